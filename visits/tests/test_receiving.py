"""What receiving costs: a visit and its pictures in few questions, each on the disk before its receipt."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at
from office.models import PrivateFile
from office.tests.on_disk import path_of
from visits.actions import announce
from visits.models import Photo, Visit, VisitRecord
from visits.tests.conftest import Cast, signed_in
from visits.tests.make import make_visit
from visits.tests.pictures import line_of, make_picture
from visits.tests.test_photos import agree
from visits.tests.writing import NOW, make_plain, put_text

TEXT, PICTURE = 22, 16
"""Queries, savepoints included."""


def send(client: Client, visit: Any, photo: Any, content: bytes) -> Any:
    return client.put(f"/visits/{visit}/photos/{photo}/", content, content_type="image/jpeg")


def test_a_visit_with_two_photos_asks_little(cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries, client: Client) -> None:
    agree(cast.case.student, cast.teacher)
    client = signed_in(cast.teacher)
    client.get("/")
    put_text(client, uuid4(), make_plain(cast.case, people=(cast.teacher,)))  # the month's row is made once
    visit, photos = uuid4(), {uuid4(): make_picture(number) for number in (1, 2)}
    plain = make_plain(cast.case, people=(cast.teacher,), photos=[line_of(content, key) for key, content in photos.items()])

    with django_assert_max_num_queries(TEXT):
        assert put_text(client, visit, plain).status_code == 201
    for key, content in photos.items():
        with django_assert_max_num_queries(PICTURE):
            assert send(client, visit, key, content).status_code == 201
    assert VisitRecord.objects.get(visit=visit).photo_count == 2


def test_a_picture_and_its_thumbnail_lie_in_one_directory_and_are_synced_before_their_rows(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(cast.case.student, cast.teacher)
    visit, key, content = make_visit(cast.case, people=(cast.teacher,), author=cast.teacher), uuid4(), make_picture()
    announce(visit=visit, manifest=[line_of(content, key)], by=cast.teacher, at=at(NOW))
    synced: list[tuple[Path, int]] = []
    rows: list[int] = []
    real = os.fsync

    def watched(descriptor: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        synced.append((path, -1 if stat.S_ISDIR(os.fstat(descriptor).st_mode) else os.fstat(descriptor).st_size))
        rows.append(PrivateFile.objects.count())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    assert send(signed_in(cast.teacher), visit.pk, key, content).status_code == 201
    monkeypatch.undo()

    photo = Photo.objects.select_related("file", "thumbnail").get(pk=key)
    assert photo.file is not None
    assert photo.thumbnail is not None
    paths = [path_of(photo.file), path_of(photo.thumbnail)]
    assert paths[0].parent == paths[1].parent
    for path in paths:
        at_last = max(number for number, (each, _) in enumerate(synced) if each == path)
        assert synced[at_last][1] == path.stat().st_size  # all of it
        assert (paths[0].parent, -1) in synced[at_last:]  # and its name after it
        assert rows[at_last] == 0
    assert stat.S_IMODE(paths[0].stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("who", "status"),
    [("author", 201), ("team", 201), ("principal", 201), ("another teacher of the child", 403), ("a teacher of the school", 404)],
)
def test_who_brings_a_picture(cast: Cast, who: str, status: int) -> None:
    agree(cast.case.student, cast.teacher)
    author, friend, stranger, principal = (make_user(role, cast.school) for role in [Role.TEACHER] * 3 + [Role.PRINCIPAL])
    people: dict[str, User] = {"author": author, "team": friend, "principal": principal}
    people |= {"another teacher of the child": cast.teacher, "a teacher of the school": stranger}
    visit: Visit = make_visit(cast.case, people=(friend,), author=author)
    key, content = uuid4(), make_picture()
    announce(visit=visit, manifest=[line_of(content, key)], by=author, at=at(NOW))

    assert send(signed_in(people[who]), visit.pk, key, content).status_code == status
    assert send(signed_in(people[who]), uuid4(), key, content).status_code == 404
    assert Photo.objects.filter(pk=key, file__isnull=False).exists() is (status == 201)
