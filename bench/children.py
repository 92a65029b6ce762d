"""The pages of one child for its teacher: its plan in force, its visits, the page on which the next one is logged."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from bench.receiving import sender
from bench.seed import AS_OF
from plans.codes import PlanState
from plans.models import Plan
from plans.rules.content import BLANK, PlanContent
from students.models import Case, CaseTeacher
from visits.models import Practice, VisitRecord

GOALS, OBJECTIVES, PRACTISED = 4, 4, 5


@cache
def child() -> tuple[Client, Case]:
    """A teacher signed in, and a child of theirs with sixteen objectives, five of them practised in every visit."""
    client, post = sender()
    case = Case.objects.select_related("school").get(pk=post.case_id)
    if not Plan.objects.filter(case=case).exists():
        _practise(_plan(case, post), case)
    return client, case


def _plan(case: Case, post: CaseTeacher) -> Plan:
    objectives = [
        {"key": str(uuid4()), "text": f"在手势提示下完成第 {number} 个动作", "steps": ["看", "伸手"]} for number in range(OBJECTIVES)
    ]
    goals = [
        {
            "key": str(uuid4()),
            "area": "living",
            "text": f"长期目标 {number}",
            "objectives": [each | {"key": str(uuid4())} for each in objectives],
        }
        for number in range(GOALS)
    ]
    content = PlanContent.read(BLANK.plain() | {"goals": goals, "health": {"forbidden": "不俯卧"}})
    school = case.school
    assert school is not None
    other = CaseTeacher.objects.filter(case__school=school).exclude(user=post.user_id).select_related("user")[0].user
    return Plan.objects.create(
        case=case,
        student_id=case.student_id,
        school=school,
        year=2026,
        term=1,
        starts_on="2026-09-01",
        ends_on="2027-01-20",
        state=PlanState.IN_FORCE,
        content=content.plain(),
        digest=content.digest,
        author_id=post.user_id,
        decided_by=other,
        in_force_at=AS_OF,
        at=AS_OF,
        written_at=AS_OF,
    )


def _practise(plan: Plan, case: Case) -> None:
    keys = [each.key for _, each in PlanContent.read(plan.content).objectives()][:PRACTISED]
    records = VisitRecord.objects.filter(case=case).values_list("pk", flat=True)
    Practice.objects.bulk_create(
        Practice(record_id=record, plan=plan, objective=key, level=place, position=place)
        for record in records
        for place, key in enumerate(keys)
    )


def child_page(name: str) -> Callable[[], None]:
    client, case = child()
    other = {"log": f"{reverse('visit_add')}?child={case.student_id}", "frame": "/empty/"}
    address = other.get(name) or reverse(name, args=[case.student_id])
    _ask(client, address)  # templates are read once in a process
    return partial(_ten_times, client, address)


def _ten_times(client: Client, address: str) -> None:
    for _ in range(10):
        _ask(client, address)


def _ask(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
