"""The largest plan there may be is written without scripts; one beyond it is refused on a page, in words."""

from __future__ import annotations

import html

import pytest

from plans.models import Plan
from plans.rules.content import MOST_GOALS, MOST_OBJECTIVES
from plans.tests.make import make_content, make_goal, make_objective
from plans.tests.test_plan_pages import Cast, cast, fields_of, signed_in, text_of

__all__ = ["cast"]
pytestmark = pytest.mark.django_db


def test_twenty_goals_of_twelve_objectives_are_saved_without_scripts(cast: Cast) -> None:
    usual = {"measures": ["O", "W", "T", "V", "P"], "strategy": "慢慢来", "materials": "碗"}
    goals = [make_goal(*(make_objective(f"第{n}.{m}个", **usual) for m in range(MOST_OBJECTIVES))) for n in range(MOST_GOALS)]
    made = cast.draft(**make_content(*goals))
    client, edit = signed_in(cast.teacher), f"/plans/{made.pk}/edit/"
    sent = {name: [html.unescape(each) for each in values] for name, values in fields_of(text_of(client.get(edit))).items()}
    count = sum(map(len, sent.values()))
    assert count > 3400
    answer = client.post(edit, sent | {"home_practice": ["每天练"]})

    assert answer.status_code == 302, text_of(answer)[:2000]
    after = Plan.objects.get().content
    assert (after["home_practice"], after["goals"]) == ("每天练", made.content["goals"])


def test_more_fields_than_any_form_has_are_refused_in_words(cast: Cast) -> None:
    made = cast.draft()
    answer = signed_in(cast.teacher).post(f"/plans/{made.pk}/edit/", {f"goals-{number}-text": "x" for number in range(5000)})

    assert (answer.status_code, "一次收不下" in text_of(answer)) == (413, True)
    assert Plan.objects.get().edition == 1
