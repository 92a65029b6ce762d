"""Consent to photos withdrawn hides the earlier ones too, given again shows them; and a photo is removed by a button."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from counties.tests.make import at
from office.models import PrivateFile
from students.actions.consents import record_consent, withdraw_consent
from students.models import Consent
from visits.actions import Conflict, receive
from visits.models import Photo, Visit, VisitDraft, VisitRecord, VisitRevision
from visits.tests.conftest import Cast, signed_in
from visits.tests.pictures import line_of, make_picture
from visits.tests.test_photos import agree
from visits.tests.writing import make_plain, write

NOW, TODAY = at("2026-10-28 09:00"), date(2026, 10, 28)
HIDDEN = "监护人撤回了拍照的同意"


@pytest.fixture
def visit(cast: Cast) -> Visit:
    agree(cast.case.student, cast.teacher)
    content, key = make_picture(), uuid.uuid4()
    written = write(make_plain(cast.case, people=(cast.teacher,), photos=[line_of(content, key)]), cast.teacher, NOW)
    receive(photo=Photo.objects.get(pk=key), content=content, by=cast.teacher, at=NOW)
    return written.visit


def withdraw(cast: Cast) -> None:
    withdraw_consent(student=cast.case.student, kind=Consent.Kind.PHOTOS, on=TODAY, by=cast.admin, at=NOW)


def looks(user: User, visit: Visit) -> tuple[int, int, bool, bool]:
    """The picture, its thumbnail, whether the visit's page shows it, and whether that says why not."""
    photo, client = Photo.objects.get(), signed_in(user)
    page = client.get(reverse("visit", args=[visit.pk])).content.decode()
    full, small = reverse("visit_photo", args=[visit.pk, photo.pk]), reverse("visit_thumbnail", args=[visit.pk, photo.pk])
    return client.get(full).status_code, client.get(small).status_code, small in page, HIDDEN in page


def test_withdrawn_it_is_hidden_everywhere_and_kept_and_given_again_it_is_seen(cast: Cast, visit: Visit) -> None:
    before = Photo.objects.values_list("digest", "file", "band_0").get()
    assert looks(cast.teacher, visit) == (200, 200, True, False)

    withdraw(cast)
    for user in (cast.teacher, cast.admin):
        assert looks(user, visit) == (404, 404, False, True)
    assert Photo.objects.values_list("digest", "file", "band_0").get() == before
    assert visit.records.get().photo_count == 1

    said: dict[str, Any] = {"kinds": [Consent.Kind.PHOTOS], "is_given": True, "given_by": "覃大山", "relation": "父亲"}
    record_consent(student=cast.case.student, starts_on=TODAY, by=cast.admin, at=NOW, **said)
    assert looks(cast.teacher, visit) == (200, 200, True, False)


def test_of_a_group_one_no_is_enough_and_papers_are_not_meant(cast: Cast, visit: Visit) -> None:
    photo = Photo.objects.get()
    photo.records.set(VisitRecord.objects.filter(visit=visit))
    withdraw(cast)
    assert looks(cast.teacher, visit)[:2] == (404, 404)
    Photo.objects.update(kind=Photo.Kind.PAPER)
    assert looks(cast.teacher, visit)[:2] == (200, 200)


def test_another_childs_no_hides_nothing_here(cast: Cast, visit: Visit) -> None:
    agree(cast.neighbours_case.student, cast.neighbours_teacher)
    withdraw_consent(student=cast.neighbours_case.student, kind=Consent.Kind.PHOTOS, on=TODAY, by=cast.neighbours_admin, at=NOW)
    assert looks(cast.teacher, visit) == (200, 200, True, False)


# --- Removed --------------------------------------------------------------------------------------------


def press(user: User, visit: Visit) -> Any:
    photo = Photo.objects.get()
    return signed_in(user).post(reverse("visit_photo_remove", args=[visit.pk, photo.pk]), headers={"referer": "http://testserver/"})


def test_a_photo_is_removed_by_a_button_and_the_manifest_follows(cast: Cast, visit: Visit) -> None:
    page = signed_in(cast.teacher).get(reverse("visit", args=[visit.pk])).content.decode()
    assert "删除这张照片" in page
    assert press(cast.teacher, visit).status_code == 302

    assert (Photo.objects.count(), PrivateFile.objects.count(), visit.records.get().photo_count) == (0, 0, 0)
    last = VisitRevision.objects.filter(visit=visit).order_by("-version").first()
    assert last is not None
    assert (last.version, last.content["photos"], last.content["records"][0]["teaching"]) == (2, [], "认识红色和蓝色。")


def test_a_page_opened_before_does_not_bring_it_back(cast: Cast, visit: Visit) -> None:
    first = VisitRevision.objects.get(visit=visit)
    press(cast.teacher, visit)
    plain = {name: first.content[name] for name in first.content} | {"place": "村委会"}
    with pytest.raises(Conflict):
        write(plain, cast.teacher, NOW, visit_id=visit.pk, base=1)
    assert not Photo.objects.exists()


@pytest.mark.parametrize("lock", ["filed", "accepted"])
def test_once_it_is_filed_there_is_no_button_and_no_removing(cast: Cast, visit: Visit, lock: str) -> None:
    VisitRecord.objects.update(lock=lock)
    assert "删除这张照片" not in signed_in(cast.teacher).get(reverse("visit", args=[visit.pk])).content.decode()
    press(cast.teacher, visit)
    assert Photo.objects.count() == 1


def test_a_draft_of_the_visit_is_not_lost_by_it(cast: Cast, visit: Visit) -> None:
    VisitDraft.objects.create(visit=visit.pk, user=cast.teacher, base_version=1, sequence=3, content={"place": "x"}, saved_at=NOW)
    press(cast.teacher, visit)
    assert (Photo.objects.count(), VisitDraft.objects.count()) == (1, 1)


def test_others_do_not_remove_it(cast: Cast, visit: Visit) -> None:
    assert press(cast.neighbours_admin, visit).status_code == 404
    assert press(cast.clerk, visit).status_code in (403, 404)
    assert Photo.objects.count() == 1
