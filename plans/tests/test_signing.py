"""A signature names what was signed; one without strokes, of a draft, or of tomorrow is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_school
from office.refusals import Refused
from plans.actions.signing import sign_plan
from plans.tests.make import make_plan
from students.tests.make import make_case

pytestmark = pytest.mark.django_db
NOW = at("2026-10-20 10:00")
USUAL: dict[str, Any] = {"kind": "guardian", "name": "覃母", "relation": "母亲", "on": date(2026, 10, 20), "paper": None, "at": NOW}


def test_a_signature_holds_the_digest_and_only_what_a_finger_did() -> None:
    school = make_school()
    teacher, admin = make_user(Role.TEACHER, school), make_user(Role.SCHOOL_ADMIN, school)
    case = make_case(school, teachers=(teacher,))
    plan = make_plan(case, teacher, state="in_force", digest="d" * 64, submitted_by=teacher, decided_by=admin)
    usual = USUAL | {"plan": plan, "by": teacher}

    assert sign_plan(strokes=[[[1, 2, 0], [3, 4, 9]]], **usual).digest == "d" * 64
    refused: list[Any] = [[], [[]], "x", [[[1, 2]]], [[[1001, 2, 0]]], [[[1, True, 0]]]]
    for bad in refused:
        with pytest.raises(Refused):
            sign_plan(strokes=bad, **usual)
    with pytest.raises(Refused, match="今天之后"):
        sign_plan(strokes=[[[1, 2, 0]]], **(usual | {"on": date(2026, 10, 21)}))
    draft = make_plan(case, teacher, term=2)
    with pytest.raises(Refused, match="草稿"):
        sign_plan(strokes=[[[1, 2, 0]]], **(usual | {"plan": draft}))
    assert plan.signatures.count() == 1
