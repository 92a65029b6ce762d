"""Roster sheets in: the whole file judged, by itself and against the record, before anything is written.

Look-ups are made once for the file; nothing here asks the database row by row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from uuid import UUID

from accounts.models import Post
from counties.models import Policy, School
from office.fields import blind_index
from office.sheets_in import Table, folded
from students.rules.matching import Step, plan_case
from students.rules.roster import Known
from students.rules.roster_row import judge_rows
from students.sheets_in.details import changes_of, guardians_of, stated
from students.sheets_in.plans import Outcome, Review, RowPlan, Scope
from students.sheets_in.record import Record

__all__ = ["ID_PURPOSE", "Outcome", "Review", "RowPlan", "Scope", "review", "stated"]

ID_PURPOSE = "students.id_number"
_TOLD_EVERY = 250  # rows


def review(table: Table, scope: Scope, *, confirmed: frozenset[int] = frozenset(), progress: Callable[[int, int], object] = max) -> Review:
    """Judges every row. `confirmed`: numbers of rows whose move or ending somebody has agreed to."""
    judged = judge_rows(table.rows, _known(scope))
    plans = [RowPlan(one, blind_index(one.entry.id_number, purpose=ID_PURPOSE) if one.entry else "") for one in judged]
    record = Record.load(scope, plans)
    record.meet(plan for plan in plans if plan.is_accepted)
    for number, plan in enumerate(plans, start=1):
        if plan.is_accepted:
            _plan(plan, record, scope, is_confirmed=plan.judged.row.number in confirmed)
        if number % _TOLD_EVERY == 0:
            progress(number, len(plans))
    _warn_of_namesakes(plans, record)
    return Review(table, plans)


def _known(scope: Scope) -> Known:
    schools: dict[str, UUID] = {}
    for key, code, name in School.objects.of_county(scope.county).values_list("id", "code", "name"):
        schools |= {code: key, folded(name): key}
    policies = tuple((policy.effective_on, policy.terms) for policy in Policy.objects.of_county(scope.county))
    return Known(on=scope.on, schools=schools, staff=Post.objects.staff_of(scope.county), policies=policies, own_schools=scope.schools)


def _plan(plan: RowPlan, record: Record, scope: Scope, *, is_confirmed: bool) -> None:
    """Completes the plan of an accepted row, or rejects it."""
    if plan.student is None:
        plan.is_new = True
        plan.case = plan_case(plan.entry, ())
        plan.guardians = guardians_of(plan.entry, [])
        return
    if scope.students is not None and plan.student.pk not in scope.students:
        plan.judged.reject("school", "would_move")
        return
    plan.case = plan_case(plan.entry, record.cases[plan.student.pk])
    if not is_confirmed:
        for step, name, code in ((Step.MOVE, "school", "would_move"), (Step.END, "ends", "would_end")):
            if step in plan.case.steps:
                plan.judged.reject(name, code)
    if plan.is_accepted:
        plan.changes = changes_of(plan.entry, plan.student)
        plan.guardians = guardians_of(plan.entry, record.guardians[plan.student.pk])
        if plan.case.keeps_team:
            plan.judged.warn("team", "teachers_kept")


def _warn_of_namesakes(plans: list[RowPlan], record: Record) -> None:
    in_file = Counter((plan.entry.key, plan.entry.birth_on) for plan in plans if plan.is_accepted)
    for plan in plans:
        if not plan.is_accepted:
            continue
        name = (plan.entry.key, plan.entry.birth_on)
        own = plan.student.pk if plan.student else None
        if in_file[name] > 1 or any(key != own for key in record.by_name.get(name, ())):
            plan.judged.warn("name", "possible_duplicate")
