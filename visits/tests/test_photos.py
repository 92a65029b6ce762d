"""Pictures are announced with a visit's text, arrive one by one, and are kept once."""

from __future__ import annotations

import errno
import os
import uuid
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from counties.tests.make import at
from office import files
from office.models import AuditLine, PrivateFile
from office.refusals import Refused
from students.models import Consent, Student
from visits.actions import announce, receive, remove
from visits.actions.photos import OtherContent
from visits.models import Photo, Visit, VisitRecord
from visits.querysets.showing import received_pictures
from visits.tests.conftest import Cast
from visits.tests.make import make_visit
from visits.tests.pictures import camera_picture, line_of, make_picture

NOW = at("2026-10-28 09:00")


def agree(student: Student, by: User, *, is_given: bool = True, starts_on: str = "2026-09-01", **fields: Any) -> Consent:
    usual = {"kind": "photos", "text_version": "2026-1", "given_by": "覃母", "at": NOW}
    return Consent.objects.create(student=student, is_given=is_given, starts_on=starts_on, by=by, **usual | fields)


@pytest.fixture
def visit(cast: Cast) -> Visit:
    agree(cast.case.student, cast.teacher)
    return make_visit(cast.case, people=(cast.teacher,), author=cast.teacher)


def announced(visit: Visit, content: bytes, by: User, **fields: Any) -> Photo:
    key = uuid.uuid4()
    announce(visit=visit, manifest=[line_of(content, key, **fields)], by=by, at=NOW)
    return Photo.objects.get(pk=key)


def count(visit: Visit) -> int:
    return VisitRecord.objects.get(visit=visit).photo_count


def test_a_picture_is_announced_then_received_and_counted(cast: Cast, visit: Visit) -> None:
    content = camera_picture()
    photo = announced(visit, content, cast.teacher, caption="练习坐位")
    assert (photo.file, count(visit)) == (None, 0)

    kept = receive(photo=photo, content=content, by=cast.teacher, at=NOW)

    assert kept.file is not None
    assert (kept.received_at, kept.taken_at, kept.caption) == (NOW, at("2026-10-14 14:20"), "练习坐位")
    assert count(visit) == 1
    assert AuditLine.objects.filter(verb="photo.received").count() == 1


def test_sent_twice_it_is_kept_once_and_another_one_is_refused(cast: Cast, visit: Visit) -> None:
    content = make_picture()
    photo = announced(visit, content, cast.teacher)
    first = receive(photo=photo, content=content, by=cast.teacher, at=NOW)
    again = receive(photo=photo, content=content, by=cast.teacher, at=NOW)  # what was loaded before the first

    assert (again.file_id, PrivateFile.objects.count(), count(visit)) == (first.file_id, 2, 1)
    with pytest.raises(OtherContent):
        receive(photo=again, content=make_picture(2), by=cast.teacher, at=NOW)


@pytest.mark.parametrize(("sent", "words"), [("short", "没有传完整"), ("long", "不是同一张"), ("other", "不是同一张")])
def test_what_is_not_the_announced_picture_is_refused(cast: Cast, visit: Visit, sent: str, words: str) -> None:
    content = make_picture()
    photo = announced(visit, content, cast.teacher)
    wrong = {"short": content[:-100], "long": content + b"x", "other": content[:-3] + b"x" + content[-2:]}[sent]

    with pytest.raises(Refused, match=words):
        receive(photo=photo, content=wrong, by=cast.teacher, at=NOW)
    assert (PrivateFile.objects.count(), count(visit)) == (0, 0)
    assert receive(photo=photo, content=content, by=cast.teacher, at=NOW).file


def test_nobody_is_shown_whose_guardian_has_not_agreed(cast: Cast, visit: Visit) -> None:
    content = make_picture()
    photo = announced(visit, content, cast.teacher)
    agree(cast.case.student, cast.teacher, is_given=False, starts_on="2026-10-20")

    with pytest.raises(Refused, match="没有同意拍照"):
        receive(photo=photo, content=content, by=cast.teacher, at=NOW)
    assert PrivateFile.objects.count() == 0

    paper = announced(visit, content, cast.teacher, kind="thumbprint")  # shows no child
    assert receive(photo=paper, content=content, by=cast.teacher, at=NOW).file
    assert count(visit) == 0


def test_every_child_shown_must_have_agreed(cast: Cast, visit: Visit) -> None:
    from students.tests.make import make_case

    other = make_case(cast.school, teachers=(cast.teacher,))
    group = make_visit(cast.case, other, people=(cast.teacher,))
    content, mine = make_picture(), make_picture(2)
    both, one = uuid.uuid4(), uuid.uuid4()
    announce(visit=group, manifest=[line_of(content, both), line_of(mine, one, cases=[str(cast.case.pk)])], by=cast.teacher, at=NOW)

    with pytest.raises(Refused, match=other.student.name):
        receive(photo=Photo.objects.get(pk=both), content=content, by=cast.teacher, at=NOW)
    assert receive(photo=Photo.objects.get(pk=one), content=mine, by=cast.teacher, at=NOW).file
    assert dict(group.records.values_list("case", "photo_count")) == {cast.case.pk: 1, other.pk: 0}


def test_an_id_of_another_visit_is_not_taken_over(cast: Cast, visit: Visit) -> None:
    theirs = make_visit(cast.neighbours_case)
    photo = announced(theirs, make_picture(), cast.neighbours_teacher)

    with pytest.raises(Refused, match="编号不对"):
        announce(visit=visit, manifest=[line_of(make_picture(2), photo.pk)], by=cast.teacher, at=NOW)
    assert Photo.objects.get(pk=photo.pk).visit_id == theirs.pk


def test_what_the_manifest_leaves_out_goes_with_its_files(cast: Cast, visit: Visit) -> None:
    content = make_picture()
    photo = announced(visit, content, cast.teacher)
    receive(photo=photo, content=content, by=cast.teacher, at=NOW)
    announce(visit=visit, manifest=[], by=cast.teacher, at=NOW)

    assert (Photo.objects.count(), PrivateFile.objects.count(), count(visit)) == (0, 0, 0)


def test_one_that_the_text_dropped_meanwhile_is_refused(cast: Cast, visit: Visit) -> None:
    content = make_picture()
    photo = announced(visit, content, cast.teacher)
    announce(visit=visit, manifest=[], by=cast.teacher, at=NOW)

    with pytest.raises(Refused, match="不要这张照片"):
        receive(photo=photo, content=content, by=cast.teacher, at=NOW)


def test_of_an_accepted_visit_it_stays_unseen(cast: Cast, visit: Visit) -> None:
    content = make_picture()
    receive(photo=announced(visit, content, cast.teacher), content=content, by=cast.teacher, at=NOW)
    VisitRecord.objects.update(lock="accepted")
    announce(visit=visit, manifest=[], by=cast.teacher, at=NOW)

    assert (Photo.objects.count(), count(visit)) == (1, 0)
    assert not Photo.objects.shown().exists()
    assert not received_pictures().exists()  # nor is anything asked about it


def test_what_is_filed_takes_no_more_and_gives_none_back(cast: Cast, visit: Visit) -> None:
    content, late = make_picture(), make_picture(2)
    first, second = uuid.uuid4(), uuid.uuid4()
    announce(visit=visit, manifest=[line_of(content, first), line_of(late, second)], by=cast.teacher, at=NOW)
    photo = receive(photo=Photo.objects.get(pk=first), content=content, by=cast.teacher, at=NOW)
    VisitRecord.objects.update(lock="filed")

    with pytest.raises(Refused, match="已随月报上报"):
        receive(photo=Photo.objects.get(pk=second), content=late, by=cast.teacher, at=NOW)
    with pytest.raises(Refused, match="不能删除"):
        remove(photo=photo, by=cast.teacher, at=NOW)
    assert receive(photo=photo, content=content, by=cast.teacher, at=NOW) == photo  # its receipt may be asked for again
    VisitRecord.objects.update(lock="")
    remove(photo=photo, by=cast.teacher, at=NOW)
    assert PrivateFile.objects.count() == 0


def test_a_full_disk_keeps_nothing_and_says_so(
    cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.PRIVATE_FILES = tmp_path
    content = make_picture()
    photo = announced(visit, content, cast.teacher)
    calls: list[int] = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:  # the thumbnail's: the picture itself still fitted
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(files.Full, match="磁盘满了"):
        receive(photo=photo, content=content, by=cast.teacher, at=NOW)
    monkeypatch.undo()
    assert (PrivateFile.objects.count(), count(visit)) == (0, 0)
    assert receive(photo=photo, content=content, by=cast.teacher, at=NOW).file
