"""Which objectives records practised, and which the page of a visit offers: in a query or two, however many there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import Exists, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from accounts.models import User
from office.rules.typed import read_key
from plans.codes import FROZEN, Area, PlanState, PromptLevel
from plans.models import Plan
from plans.rules.content import PlanContent
from plans.rules.planning import HEALTH_WORDS
from visits.models import Practice, Visit, VisitRecord
from visits.rules.practising import GONE, Standing, is_told, stood_on

LEVELS = dict(PromptLevel.choices)
Lines = Mapping[UUID, list[dict[str, Any]]]
"""By record what it practised, as RecordContent.plain() says it."""
Words = dict[UUID, dict[UUID, tuple[str, str]]]
"""By plan and objective: its area and its words."""
PRACTISES = Exists(Practice.objects.filter(record=OuterRef("pk")))


def practised_of(records: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """By record what it practised, as RecordContent.plain() says it. One query, or none."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    lines = Practice.objects.filter(record__in=records).order_by("record", "position", "pk")
    for record, plan, objective, *said in lines.values_list("record", "plan", "objective", "level", "tries", "right", "note"):
        told = dict(zip(("level", "tries", "right", "note"), said, strict=True))
        found.setdefault(record, []).append({"plan": str(plan), "objective": str(objective)} | told)
    return found


# --- As a reader sees it ------------------------------------------------------------------------------------


class Told(NamedTuple):
    """One line of what a record practised, in words; `text` is the objective's, as the plan before the teacher had it."""

    objective: UUID
    area: str
    text: str
    level: int | None
    tries: int | None
    right: int | None
    note: str

    @property
    def level_word(self) -> str:
        return "" if self.level is None else str(LEVELS[self.level])

    @property
    def tries_words(self) -> str:
        """`5 次对 3 次`."""
        if self.tries is None:
            return ""
        return f"{self.tries} 次" if self.right is None else f"{self.tries} 次对 {self.right} 次"

    @property
    def words(self) -> str:
        """`看到杯子时，用手指出杯子：口头提示，5 次对 3 次`."""
        said = "，".join(filter(None, (self.level_word, self.tries_words)))
        return f"{self.text}：{said}" if said else self.text


def told_of(records: Iterable[VisitRecord]) -> dict[UUID, list[Told]]:
    """By record what it practised, of records read `with_practices()`: no query."""
    words: Words = {}
    return {record.pk: [_told(line, words) for line in record.practices.all()] for record in records}


def told_in(records: Collection[Any]) -> dict[UUID, list[Told]]:
    """The same of a visit's records, read with PRACTISES as `practises`. One query, or none."""
    found: dict[UUID, list[Told]] = {record.pk: [] for record in records}
    if practising := [record.pk for record in records if record.practises]:
        words: Words = {}
        for line in Practice.objects.filter(record__in=practising).select_related("plan").order_by("position", "pk"):
            found[line.record_id].append(_told(line, words))
    return found


def objectives_of(visit: Visit, user: User) -> dict[str, str]:
    """The words of what the records of a visit practised that the person reads, by the objective's key."""
    records = VisitRecord.objects.open_to(user).filter(visit=visit).with_practices()
    return {str(line.objective): line.text for lines in told_of(records).values() for line in lines}


def _told(line: Practice, words: Words) -> Told:
    if line.plan_id not in words:
        content = PlanContent.read(line.plan.content)
        words[line.plan_id] = {each.key: (str(Area(goal.area).label), each.text) for goal, each in content.objectives()}
    area, text = words[line.plan_id].get(line.objective, ("", GONE))
    return Told(line.objective, area, text, line.level, line.tries, line.right, line.note)


# --- For whoever writes -------------------------------------------------------------------------------------


def standings(keys: Collection[UUID], user: User, on: date) -> dict[UUID, Standing]:
    """Of these plans those the person reads, as the check of a visit of that day needs them. One query."""
    plans = Plan.objects.visible_to(user).filter(pk__in=keys, state__in=FROZEN)
    return {plan.pk: Standing(plan.case_id, _stood(plan, on), {each.key for _, each in _objectives(plan)}) for plan in plans}


class Plans(NamedTuple):
    """What a page needs of plans: by case the one that is offered, and by id those that records on the page hold already."""

    offered: dict[UUID, Any]
    held: dict[UUID, Any]


def plans_for(cases: Collection[UUID], user: User, on: date, held: Collection[UUID] = ()) -> Plans:
    """Of each case the plan that stood that day, or stands now, where the person reads it; `last` is the child's last record that
    practised anything. With the plans `held` by records that the person reads. One query, or none."""
    if not cases and not held:
        return Plans({}, {})
    practised = VisitRecord.objects.filter(case=OuterRef("case"), practices__isnull=False).order_by("-on", "-pk")
    then = Q(state=PlanState.IN_FORCE) | Q(state__in=FROZEN, in_force_at__date__lte=on, ended_at__date__gte=on)
    offered = Q(pk__in=Plan.objects.visible_to(user).filter(then, case__in=cases).order_by().values("pk"))
    found = Plan.objects.filter(offered | Q(pk__in=held)).annotate(
        last=Subquery(practised.values("pk")[:1]), is_offered=Choose(When(offered, then=Value(1)), default=Value(0))
    )
    ranked = sorted(found, key=lambda plan: (_began(plan, on), plan.in_force_at or plan.at))
    return Plans({plan.case_id: plan for plan in ranked if plan.is_offered}, {plan.pk: plan for plan in ranked if plan.pk in held})


def offers(plans: Plans, lines: Lines, records: Iterable[Mapping[str, Any]], user: User) -> dict[UUID, Any]:
    """By case the objectives that a visit may practise, with what one should know of the child's health before setting out.

    `lines` are those of the last time; `records` what stands on the page: words of what else they practised are added, where the
    person reads that plan or it is held by the record already. One query for what is neither offered nor held, or none.
    """
    found = {case: _offer(plan, [line["objective"] for line in lines.get(plan.last, ())]) for case, plan in plans.offered.items()}
    said = [(read_key(record["case"]), line) for record in records for line in record["practised"] if is_told(line)]
    for case, others in _other_words(said, found, user, plans.held).items():
        found.setdefault(case, {"plan": "", "health": [], "goals": [], "last": []})["others"] = others
    return found


def _began(plan: Plan, on: date) -> bool:
    return plan.in_force_at is not None and timezone.localdate(plan.in_force_at) <= on


def _stood(plan: Plan, on: date) -> bool:
    began, ended = (timezone.localdate(each) if each else None for each in (plan.in_force_at, plan.ended_at))
    return stood_on(plan.state, began, ended, on)


def _objectives(plan: Plan) -> list[tuple[Any, Any]]:
    return list(PlanContent.read(plan.content).objectives())


def _offer(plan: Plan, last: Collection[str]) -> dict[str, Any]:
    content = PlanContent.read(plan.content)
    health = [{"code": code, "word": word, "text": text} for code, word in HEALTH_WORDS.items() if (text := content.health.get(code, ""))]
    goals = [
        {
            "text": goal.text,
            "area": str(Area(goal.area).label) if goal.area else "",
            "objectives": [{"key": str(each.key), "text": each.text} for each in goal.objectives],
        }
        for goal in content.goals
    ]
    return {"plan": str(plan.pk), "health": health, "goals": goals, "last": list(last)}


def _other_words(
    lines: Iterable[tuple[UUID | None, Any]], offered: Mapping[UUID, Any], user: User, held: Mapping[UUID, Any]
) -> dict[UUID, Any]:
    """Words of lines whose objective is not offered: by case, [{"key", "text"}]."""
    known = {case: {each["key"] for goal in offer["goals"] for each in goal["objectives"]} for case, offer in offered.items()}
    foreign = [(case, line) for case, line in lines if case and line["objective"] not in known.get(case, ())]
    asked = {key for _, line in foreign if (key := read_key(line["plan"]))} - set(held)
    plans = {**held, **(Plan.objects.visible_to(user).in_bulk(asked) if asked else {})}
    found: dict[UUID, list[dict[str, str]]] = {}
    for case, line in foreign:
        plan = plans.get(read_key(line["plan"]) or UUID(int=0))
        words = {str(each.key): each.text for _, each in _objectives(plan)} if plan and plan.case_id == case else {}
        if line["objective"] in words:
            found.setdefault(case, []).append({"key": line["objective"], "text": words[line["objective"]]})
    return found
