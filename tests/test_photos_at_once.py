"""One photo sent by a phone many times at once is kept once; two photos of a visit at once are both counted."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_county, make_school
from office.models import AuditLine, PrivateFile
from students.models import Consent
from students.tests.make import make_case
from visits.actions import announce
from visits.models import Photo, Visit, VisitRecord
from visits.tests.make import make_visit
from visits.tests.pictures import camera_picture, line_of
from visits.tests.test_photos import NOW

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 20


def at_once(tasks: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each of some threads got that began together."""
    start, done, failures = threading.Barrier(len(tasks)), [], list[BaseException]()

    def run(task: Callable[[], Any]) -> None:
        try:
            start.wait()
            done.append(task())
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return done


@pytest.fixture
def teacher() -> User:
    return make_user(Role.TEACHER, make_school(make_county()))


@pytest.fixture
def visit(teacher: User) -> Visit:
    case = make_case(teacher.posts.get().school, teachers=(teacher,))
    given: dict[str, Any] = {"kind": "photos", "is_given": True, "text_version": "1", "given_by": "覃母"}
    Consent.objects.create(student=case.student, starts_on="2026-09-01", by=teacher, at=NOW, **given)
    return make_visit(case, people=(teacher,), author=teacher)


def sending(teacher: User, visit: Visit, key: uuid.UUID, content: bytes) -> Callable[[], int]:
    client = Client()
    client.force_login(teacher)
    address = reverse("visit_photo", args=[visit.pk, key])
    return lambda: client.put(address, content, content_type="image/jpeg").status_code


def test_one_picture_sent_twenty_times_at_once_is_kept_once(teacher: User, visit: Visit, settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_FILES = tmp_path
    content, key = camera_picture(), uuid.uuid4()
    announce(visit=visit, manifest=[line_of(content, key)], by=teacher, at=NOW)

    told = at_once([sending(teacher, visit, key, content) for _ in range(TIMES)])

    assert sorted(told) == [200] * (TIMES - 1) + [201]
    assert (PrivateFile.objects.count(), len([*tmp_path.glob("??/*")])) == (2, 2)  # the picture and its thumbnail
    assert VisitRecord.objects.get().photo_count == 1
    assert AuditLine.objects.filter(verb="photo.received").count() == 1


def test_several_pictures_at_once_are_all_counted(teacher: User, visit: Visit, settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_FILES = tmp_path
    sent = {uuid.uuid4(): camera_picture(number) for number in range(8)}
    announce(visit=visit, manifest=[line_of(content, key) for key, content in sent.items()], by=teacher, at=NOW)

    told = at_once([sending(teacher, visit, key, content) for key, content in sent.items()])

    assert told == [201] * 8
    assert Photo.objects.shown().count() == VisitRecord.objects.get().photo_count == 8
