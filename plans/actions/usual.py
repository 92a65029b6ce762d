"""What is known of a child's household and of the county's policy, as a plan begins with it: nobody writes it twice."""

from __future__ import annotations

from datetime import date, datetime

from counties.models import Policy
from counties.rules import PolicyTerms
from office.rules import number_text
from plans.actions.holding import teaching
from plans.rules.planning import Usual
from students.codes import Placement
from students.models import Case, Guardian

PERIODS = {"month": "每月", "week": "每周"}


def usual_of(case: Case, starts_on: date, *, at: datetime) -> Usual:
    """Its guardians, who looks after it, the team, and how often the policy wants it visited."""
    household = list(Guardian.objects.filter(student=case.student_id).exclude(name=""))
    team = list(dict.fromkeys(teaching(case.pk, case.school_id, at=at).order_by("pk").values_list("user__name", flat=True)))
    guardians = tuple((one.name, one.relation or "监护人") for one in household if one.kind == Guardian.Kind.GUARDIAN)
    caring = next((one for one in household if one.kind == Guardian.Kind.CAREGIVER), household[0] if household else None)
    policy = Policy.objects.judging(case.student.county_id, starts_on.replace(day=1))
    return Usual(
        participants=(*guardians, *((name, "送教教师") for name in team)),
        caregiver=(f"{caring.relation}{caring.name}" if caring else ""),
        frequency=_frequency(policy.terms if policy else PolicyTerms()),
        place="家中" if case.student.placement == Placement.HOME else "",
        people="、".join(team),
    )


def _frequency(terms: PolicyTerms) -> str:
    if not terms.visits_per_period:
        return ""
    lessons = f"，每次 {number_text(terms.lessons_per_visit)} 课时" if terms.lessons_per_visit else ""
    return f"{PERIODS[terms.period]} {terms.visits_per_period} 次{lessons}"
