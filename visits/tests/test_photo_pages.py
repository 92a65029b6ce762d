"""Pictures are sent by a page and shown to those who may see them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from counties.tests.make import at
from office.models import AuditLine, PrivateFile
from visits.actions import announce, confirm, receive
from visits.models import Photo, Visit
from visits.tests.conftest import Cast, signed_in
from visits.tests.make import make_visit
from visits.tests.pictures import SERIAL, camera_picture, line_of, make_picture
from visits.tests.test_confirming import given
from visits.tests.test_photos import agree, announced

NOW = at("2026-10-28 09:00")


@pytest.fixture
def visit(cast: Cast) -> Visit:
    agree(cast.case.student, cast.teacher)
    return make_visit(cast.case, people=(cast.teacher,), author=cast.teacher)


def address(photo: Photo, *, thumbnail: bool = False, visit: Any = None) -> str:
    return reverse("visit_thumbnail" if thumbnail else "visit_photo", args=[visit or photo.visit_id, photo.pk])


def put(user: User, photo: Photo, content: bytes, **more: Any) -> Any:
    return signed_in(user).put(address(photo, **more), content, content_type="image/jpeg")


def kept(visit: Visit, by: User, content: bytes | None = None, **fields: Any) -> Photo:
    content = content or camera_picture()
    return receive(photo=announced(visit, content, by, **fields), content=content, by=by, at=NOW)


def test_a_page_sends_a_picture_and_gets_its_receipt(cast: Cast, visit: Visit) -> None:
    content = camera_picture()
    photo = announced(visit, content, cast.teacher)
    first, again = put(cast.teacher, photo, content), put(cast.teacher, photo, content)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == {"receipt": photo.receipt, "digest": photo.digest}
    assert PrivateFile.objects.count() == 2


def test_each_no_has_its_number_and_its_words(cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    content = make_picture()
    photo = announced(visit, content, cast.teacher)
    stranger = Client().put(address(photo), content, content_type="image/jpeg")
    short = put(cast.teacher, photo, content[:-9])
    monkeypatch.setattr("visits.views.photos.MOST_BYTES", 1000)
    large = put(cast.teacher, photo, content)
    monkeypatch.undo()
    unknown = put(cast.teacher, Photo(visit=visit), content)
    put(cast.teacher, photo, content)
    other = put(cast.teacher, photo, make_picture(2))

    assert [answer.status_code for answer in (stranger, short, large, unknown, other)] == [401, 422, 422, 404, 409]
    assert all(answer.json()["words"] for answer in (stranger, short, large, unknown, other))
    assert "没有传完整" in short.json()["words"]


def test_a_full_disk_is_told(cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    content = make_picture()
    photo = announced(visit, content, cast.teacher)

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("office.stores.disk._write_new", full)
    answer = put(cast.teacher, photo, content)

    assert (answer.status_code, "磁盘满了" in answer.json()["words"]) == (507, True)


def test_nobody_else_adds_a_picture(cast: Cast, visit: Visit) -> None:
    content = make_picture()
    photo = announced(visit, content, cast.teacher)
    told = {name: put(getattr(cast, name), photo, content).status_code for name in ("neighbours_admin", "clerk", "leader", "colleague")}

    assert set(told.values()) == {404}
    assert put(cast.neighbours_teacher, photo, content, visit=make_visit(cast.neighbours_case).pk).status_code == 404
    assert not Photo.objects.received().exists()
    assert put(cast.admin, photo, content).status_code == 201


def test_the_picture_is_shown_and_that_is_recorded(cast: Cast, visit: Visit) -> None:
    photo = kept(visit, cast.teacher, caption="练习坐位")
    client = signed_in(cast.teacher)
    full, small = client.get(address(photo)), client.get(address(photo, thumbnail=True))

    for answer in (full, small):
        assert (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
        assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
        assert answer.content.startswith(b"\xff\xd8\xff")
    assert len(small.content) < len(full.content)
    assert AuditLine.objects.filter(verb="photos.viewed", subject=cast.case.student_id, by=cast.teacher.pk).count() == 1


@pytest.mark.parametrize("kind", ["visit_photo", "visit_thumbnail"])
def test_another_persons_picture_is_as_if_it_did_not_exist(cast: Cast, visit: Visit, kind: str) -> None:
    photo = kept(visit, cast.teacher)
    theirs = make_visit(cast.neighbours_case)
    where, elsewhere, nobody = (reverse(kind, args=ids) for ids in ((visit.pk, photo.pk), (theirs.pk, photo.pk), (visit.pk, uuid.uuid4())))

    for name in ("neighbours_admin", "neighbours_teacher", "clerk", "leader", "colleague"):
        client = signed_in(getattr(cast, name))
        assert [client.get(each).status_code for each in (where, elsewhere, nobody)] == [404] * 3, name
    assert signed_in(cast.teacher).get(elsewhere).status_code == 404  # the picture, under a visit that is not its own
    stranger = Client().get(where)
    assert (stranger.status_code, stranger["Location"].split("?")[0]) == (302, reverse("login"))
    assert signed_in(cast.admin).get(where).status_code == 200


@pytest.mark.parametrize(
    "path", ["../../login/", "..%2f..%2fkeys.json", "%2e%2e/%2e%2e/keys.json", "....//keys.json", "thumbnail/../../../"]
)
def test_no_path_leads_out(cast: Cast, visit: Visit, path: str) -> None:
    photo = kept(visit, cast.teacher)

    assert signed_in(cast.teacher).get(address(photo) + path).status_code == 404


@pytest.mark.parametrize("range_", ["bytes=0-9", "bytes=-5", "bytes=9999999-", "bytes=0-1,2-3", "rubbish"])
def test_a_piece_is_not_handed_out(cast: Cast, visit: Visit, range_: str) -> None:
    photo = kept(visit, cast.teacher)
    client = signed_in(cast.teacher)
    answer = client.get(address(photo), headers={"Range": range_})

    assert (answer.status_code, answer.content) == (200, client.get(address(photo)).content)
    assert Client().get(address(photo), headers={"Range": range_}).status_code == 302


def test_what_was_taken_off_or_has_not_come_is_not_there(cast: Cast, visit: Visit) -> None:
    client = signed_in(cast.teacher)
    awaited = announced(visit, make_picture(), cast.teacher)
    assert client.get(address(awaited)).status_code == 404

    photo = kept(visit, cast.teacher)
    visit.records.update(lock="accepted")
    announce(visit=visit, manifest=[], by=cast.teacher, at=NOW)
    assert client.get(address(photo)).status_code == 404


def test_neither_place_nor_serial_number_is_kept_or_served(cast: Cast, visit: Visit) -> None:
    content = camera_picture(orientation=6)
    marks = (SERIAL.encode(), b"Phone 14", b"Exif", b"GPS", b"gps", b"xmp", b"2026:10:14")
    assert all(mark in content for mark in (SERIAL.encode(), b"Exif", b"gps"))  # there is something to lose
    photo = kept(visit, cast.teacher, content)
    client = signed_in(cast.teacher)
    copies = [client.get(address(photo)).content, client.get(address(photo, thumbnail=True)).content]
    from office import files

    copies += [files.read(file) for file in PrivateFile.objects.all()]

    assert len(copies) == 4
    assert {mark for mark in marks for copy in copies if mark in copy} == set()
    assert photo.taken_at == at("2026-10-14 14:20")  # the camera's time is kept apart


def test_the_visits_page_shows_pictures_and_who_confirmed(cast: Cast, visit: Visit) -> None:
    content, paper, missing = make_picture(), make_picture(2), make_picture(3)
    keys = [uuid.uuid4() for _ in range(3)]
    lines = [line_of(content, keys[0], caption="练习坐位"), line_of(paper, keys[1], kind="paper"), line_of(missing, keys[2])]
    announce(visit=visit, manifest=lines, by=cast.teacher, at=NOW)
    signed, on_paper = given(cast), given(cast, kind="paper", strokes=None, photo=str(keys[1]), signer="覃父")
    confirm(visit=visit, given=[signed, on_paper], by=cast.teacher, at=NOW)
    for key, sent in zip(keys, (content, paper), strict=False):
        receive(photo=Photo.objects.get(pk=key), content=sent, by=cast.teacher, at=NOW)
    page = signed_in(cast.teacher).get(reverse("visit", args=[visit.pk])).content.decode()
    bureau = signed_in(cast.clerk).get(reverse("visit", args=[visit.pk])).content.decode()

    assert "练习坐位" in page
    assert '<polyline points="100,100 200,250 300,90"' in page
    assert "还有 1 张照片没有传到" in page
    assert page.count("/thumbnail/") == 2
    assert ("覃父" in page, "覃父" in bureau, "手机签字" in bureau) == (True, True, True)
    assert ("polyline" in bureau, "/thumbnail/" in bureau, "没有传到" in bureau) == (False, False, False)
