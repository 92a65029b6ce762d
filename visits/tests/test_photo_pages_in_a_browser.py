"""A visit with pictures and a signature, and the sheet of consents, in Chromium on a phone and on a desk."""

from __future__ import annotations

import os
import uuid

import pytest
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_county, make_school
from students.models import Guardian
from students.tests.make import make_case, make_student
from tests.browser import barriers, browser, open_as, overflow
from visits.actions import announce, confirm, receive
from visits.models import Photo, Visit
from visits.tests.make import make_visit
from visits.tests.pictures import line_of, make_picture
from visits.tests.test_confirming import NAME
from visits.tests.test_photos import NOW, agree

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def make_evidence() -> Visit:
    """A visit with three pictures, one of them still on its way, and a signature."""
    school = make_school(make_county())
    teacher = make_user(Role.TEACHER, school, name="韦志玲")
    case = make_case(school, student=make_student(school, name="覃小远"), teachers=(teacher,))
    Guardian.objects.create(student=case.student, kind=Guardian.Kind.GUARDIAN, name="覃母", relation="母亲")
    make_case(school, teachers=(teacher,))
    agree(case.student, teacher)
    visit = make_visit(case, people=(teacher,), author=teacher, teaching="认识身体部位")
    sent = {uuid.uuid4(): make_picture(number, size=(1200, 900)) for number in range(3)}
    lines = [line_of(content, key, caption="靠坐练习，妈妈在旁边扶着") for key, content in sent.items()]
    announce(visit=visit, manifest=lines, by=teacher, at=NOW)
    for key, content in list(sent.items())[:2]:
        receive(photo=Photo.objects.get(pk=key), content=content, by=teacher, at=NOW)
    given = {"id": str(uuid.uuid4()), "case": str(case.pk), "kind": "signature", "signer": "覃母", "relation": "母亲"}
    confirm(visit=visit, given=[given | {"witness": "", "strokes": NAME, "photo": None}], by=teacher, at=NOW)
    return visit


@pytest.mark.parametrize("width", [360, 1280])
def test_pictures_signatures_and_consents_are_open_to_everybody_and_fit(width: int, browser: Browser, live_server: LiveServer) -> None:
    visit = make_evidence()
    child = visit.records.get().student_id
    page = open_as(browser, live_server.url, visit.author, width=width)

    for name, ids in (("visit", [visit.pk]), ("consents", []), ("student_consents", [child]), ("student_placement", [child])):
        path = reverse(name, args=ids)
        page.goto(path, wait_until="networkidle")
        assert barriers(page) == [], path
        assert overflow(page) <= 0, path
        assert page.complaints == [], path  # type: ignore[attr-defined]
        if name == "visit":
            shown = page.locator(".pictures img").evaluate_all("images => images.map(image => image.naturalWidth)")
            assert shown == [320, 320]
            assert page.locator(".signature polyline").count() == len(NAME)
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    page.context.close()
