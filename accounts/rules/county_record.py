"""A county file against what is on record: another county's school, a policy in force, a name already taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.rules.county_plan import CountyPlan
from accounts.rules.entries import shown
from counties.rules import Span, why_not_from


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the installation already holds that concerns a county file."""

    county_of_school: Mapping[str, str]  # code -> county code
    code_of_name: Mapping[str, str]  # names of this county's schools -> code
    townships: frozenset[str]
    taken_usernames: frozenset[str]  # of people who serve no place of this county
    policies: Mapping[date, Mapping[str, Any]]  # effective_on -> values
    terms: tuple[Span, ...]


def disagreements(plan: CountyPlan, held: OnRecord, *, on: date) -> list[str]:
    """Faults that show only against what is on record."""
    checks: tuple[Callable[[], Iterable[str]], ...] = (
        lambda: _schools_disagree(plan, held),
        lambda: _people_disagree(plan, held),
        lambda: _policy_disagrees(plan, held, on=on),
        lambda: _terms_disagree(plan, held),
    )
    return [line for check in checks for line in check()]


def _schools_disagree(plan: CountyPlan, held: OnRecord) -> Iterable[str]:
    townships = held.townships | set(plan.townships)
    for school in plan.schools:
        if held.county_of_school.get(school.code, plan.code) != plan.code:
            yield f"schools：学校标识码 {school.code} 是别的县的学校。"
        if held.code_of_name.get(school.name, school.code) != school.code:
            yield f"schools：本县已有名为“{shown(school.name)}”的学校，标识码不同。"
        if school.township and school.township not in townships:
            yield f"schools：{school.code} 的 township {school.township} 没有列在 townships 里。"


def _people_disagree(plan: CountyPlan, held: OnRecord) -> Iterable[str]:
    listed = {school.code for school in plan.schools}
    for person in plan.people:
        if person.username in held.taken_usernames:
            yield f"people：登录名 {person.username} 已是别处的人员。"
        for code in dict.fromkeys(post.school for post in person.posts if post.school):
            if code not in listed and held.county_of_school.get(code) != plan.code:
                other = "是别的县的学校" if code in held.county_of_school else "没有这所学校"
                yield f"people：{person.username} 的 school {code} {other}。"


def _policy_disagrees(plan: CountyPlan, held: OnRecord, *, on: date) -> Iterable[str]:
    if plan.policy is None or not held.policies:
        return
    day = plan.policy.effective_on
    if day in held.policies:
        if day <= on and held.policies[day] != plan.policy.values:
            yield f"policy：自 {day} 起的政策已经生效，不能改写；请另立今后月份起的新版本。"
    elif problem := why_not_from(day, on=on):
        yield f"policy：{problem}"


def _terms_disagree(plan: CountyPlan, held: OnRecord) -> Iterable[str]:
    starts = {term.span.first for term in plan.terms}
    for term in plan.terms:
        for other in held.terms:
            if other.first not in starts and other.first <= term.span.last and term.span.first <= other.last:
                yield f"terms：学期“{shown(term.name)}”与已有的学期（{other.first} 起）重叠。"
