"""The page on which a visit is logged: what stands in it before anybody types."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import Post, User
from accounts.rules import Role
from counties.models import Policy, School
from counties.rules import PolicyTerms
from office.rules import number_text
from office.rules.typed import read_key
from plans.codes import FROZEN, PromptLevel
from plans.models import Plan
from students.models import Case, CaseTeacher, Consent, Guardian
from students.querysets import CaseQuerySet
from visits.models import Visit, VisitDraft, VisitRecord
from visits.querysets.lesson_plans import lesson_links
from visits.querysets.practising import Lines, Plans, offers, plans_for, practised_of
from visits.querysets.reach import HEADS
from visits.querysets.writing import cases_to_log, content_of, plain_of
from visits.rules.changing import NOT_YOURS, Hand, why_locked
from visits.rules.fields import read_draft
from visits.rules.shape import RECORD, shaped
from visits.rules.times import usual_times

CHOICES = {
    "modes": Visit.Mode.choices,
    "purposes": Visit.Purpose.choices,
    "reasons": Visit.Missed.choices,
    "channels": Visit.Channel.choices,
    "moods": VisitRecord.Mood.choices,
    "participations": VisitRecord.Participation.choices,
    "homeworks": VisitRecord.Homework.choices,
    "levels": [(str(code), word) for code, word in PromptLevel.choices],
}
OUTLINE = ("mode", "purpose", "place", "channel", "people", "companions")


@dataclass(frozen=True, slots=True)
class LogPage:
    """What the page of one visit shows. `content` has the shape of VisitContent.plain(), every key there."""

    visit_id: UUID
    base_version: int
    content: dict[str, Any]
    children: list[dict[str, Any]]  # of whom may be told: case, name, may_photograph, guardian, relation, last_homework, plan, lesson
    colleagues: list[dict[str, Any]]  # id, name, is_chosen
    lesson_minutes: int
    lessons_per_visit: str
    photo_min: int
    confirmations: tuple[str, ...]  # the forms the policy accepts
    needs_reason: bool = False
    why_locked: str = ""
    draft_saved_at: datetime | None = None
    sequence: int = 0  # of the draft: the page counts on from here
    reason: str = ""  # of a correction, as it was typed
    draft: dict[str, Any] | None = None  # just as the page saved it
    choices: dict[str, Any] = field(default_factory=lambda: CHOICES)

    def plain(self) -> dict[str, Any]:
        """For json_script."""
        return asdict(self)


def new_page(
    user: User, *, visit_id: UUID, at: datetime, child: UUID | None = None, copied: Visit | None = None, draft: VisitDraft | None = None
) -> LogPage:
    """A visit nobody wrote yet: filled from the child's last one, from the one it is to be like, or from a draft. `child` or its case."""
    today = timezone.localdate(at)
    cases = _told_of(cases_to_log(user).filter(Q(ends_on=None) | Q(ends_on__gt=today - timedelta(days=62))), today)
    chosen = _chosen(cases, child)
    county = cases[0].school.county_id if cases and cases[0].school else ""
    terms = _terms(county, today)
    last = copied or _last_of(chosen, user)
    plans = _plans(cases, user, today)
    lines = {} if copied else practised_of([plan.last for plan in plans.offered.values() if plan.last])
    content = read_draft(draft.content) if draft else _filled(last, chosen, user, terms, at, is_copy=copied is not None)
    schools = {case.school_id for case in cases}
    return _page(user, visit_id, 0, content, cases, schools, terms, today, draft=draft, plans=plans, lines=lines)


def edit_page(visit: Visit, records: Sequence[Any], user: User, *, hand: Hand, draft: VisitDraft | None = None) -> LogPage:
    """A visit on record, as it stands or as the person's draft has it; says why it cannot be changed where it cannot.

    `records` are all of the visit's, as `records_to_write` reads them.
    """
    locks, theirs = {record.lock for record in records}, [record for record in records if record.is_open]
    mine = cases_to_log(user).order_by().values("pk")
    cases = _told_of(Case.objects.filter(Q(pk__in=mine) | Q(pk__in=[record.case_id for record in theirs])), visit.on)
    lines = practised_of([record.pk for record in theirs if record.practises])
    plans = _plans(cases, user, visit.on, {UUID(line["plan"]) for said in lines.values() for line in said})
    content = read_draft(draft.content) if draft else plain_of(visit, theirs, lines)
    if not lines:  # what it practised itself comes first, else what was practised the last time
        lines = practised_of([plan.last for plan in plans.offered.values() if plan.last])
    why = why_locked(locks) or ("" if hand.may_touch(locks) else NOT_YOURS)
    base = draft.base_version if draft else visit.version
    terms = _terms(visit.school.county_id, visit.on)
    more: dict[str, Any] = {"draft": draft, "needs_reason": "accepted" in locks, "why": why, "plans": plans, "lines": lines}
    return _page(user, visit.pk, base, content, cases, {visit.school_id}, terms, visit.on, **more)


def _page(
    user: User,
    visit_id: UUID,
    base: int,
    content: Any,
    cases: list[Any],
    schools: Iterable[UUID | None],
    terms: PolicyTerms,
    on: date,
    *,
    draft: VisitDraft | None,
    plans: Plans,
    lines: Lines,
    needs_reason: bool = False,
    why: str = "",
) -> LogPage:
    whole = shaped(content)
    offered = offers(plans, lines, whole["records"], user)
    lessons = lesson_links(user, [case.student_id for case in cases], on)
    return LogPage(
        visit_id=visit_id,
        base_version=base,
        content=whole,
        children=_children(cases, offered, lessons),
        colleagues=_colleagues({school for school in schools if school}, whole["people"], on),
        lesson_minutes=terms.lesson_minutes,
        lessons_per_visit="" if terms.lessons_per_visit is None else number_text(terms.lessons_per_visit),
        photo_min=terms.photo_min,
        confirmations=terms.parent_confirm,
        needs_reason=needs_reason,
        why_locked=why,
        draft_saved_at=draft.saved_at if draft else None,
        sequence=draft.sequence if draft else 0,
        draft=draft.content if draft else None,
    )


def _plans(cases: list[Any], user: User, on: date, held: Collection[UUID] = ()) -> Plans:
    return plans_for([case.pk for case in cases if case.has_plan], user, on, held)


def _chosen(cases: list[Case], child: UUID | None) -> Case | None:
    """The case meant: by its own id, or by the child's; the only one there is goes without saying."""
    meant = [case for case in cases if child in (case.pk, case.student_id)]
    running = [case for case in meant if case.ends_on is None]
    return next(iter(running or meant), cases[0] if len(cases) == 1 else None)


def _terms(county: str, on: date) -> PolicyTerms:
    policy = Policy.objects.judging(county, on.replace(day=1)) if county else None
    return policy.terms if policy else PolicyTerms()


def _last_of(case: Case | None, user: User) -> Visit | None:
    if case is None:
        return None
    seen = VisitRecord.objects.open_to(user).filter(student=case.student_id, visit__state__in=["done", "missed"])
    last = seen.select_related("visit").order_by("-visit__starts_at").first()
    return last.visit if last else None


def _filled(last: Visit | None, chosen: Case | None, user: User, terms: PolicyTerms, at: datetime, *, is_copy: bool) -> dict[str, Any]:
    """Outline and times of the last one, today; its children and objectives too where it is copied. All else is of the day itself."""
    before = (content_of(last, user) if is_copy else plain_of(last, [], {})) if last else {}
    content = {name: before[name] for name in OUTLINE if name in before}
    before_of = {record["case"]: record for record in before.get("records", [])} if is_copy else {}
    cases = list(before_of)
    if chosen and str(chosen.pk) not in cases:
        cases = [str(chosen.pk)]
    if len(cases) == 1 and content.get("mode") == Visit.Mode.CENTRE and not is_copy:
        content["mode"] = Visit.Mode.HOME.value
    if not before:
        content["people"] = _team_of(chosen, user, timezone.localdate(at))
    minutes = int((terms.lessons_per_visit or 1) * terms.lesson_minutes)
    on, start, end = usual_times(before.get("start", ""), before.get("end", ""), minutes, now=timezone.localtime(at))
    return content | {"on": on, "start": start, "end": end, "records": [_anew(case, before_of.get(case, {})) for case in cases]}


def _anew(case: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """A record without a word; of the objectives practised then which they were, not how it went."""
    which = [{"plan": line["plan"], "objective": line["objective"]} for line in before.get("practised", ())]
    return RECORD | {"case": case, "practised": which}


def _team_of(case: Case | None, user: User, on: date) -> list[str]:
    """The child's teachers of today; the writer where they teach."""
    mine = [str(user.pk)] if user.reach.holds(Role.TEACHER) else []
    if case is None:
        return mine
    today = Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gt=on)
    team = CaseTeacher.objects.filter(*today, case=case).order_by("pk").values_list("user", flat=True)
    return list(dict.fromkeys([*mine, *map(str, team)]))


def _told_of(cases: CaseQuerySet, on: date) -> list[Any]:
    """The cases with what the page says of each child: one query. The first guardian is who usually confirms."""
    child = OuterRef("student")
    guardians = Guardian.objects.filter(student=child, kind=Guardian.Kind.GUARDIAN).order_by("pk")
    homework = VisitRecord.objects.filter(case=OuterRef("pk"), on__gte=on - timedelta(days=92), on__lte=on).exclude(homework="")
    told = cases.select_related("student", "school").annotate(
        may_photograph=Exists(Consent.objects.to_photos(on).filter(student=child)),
        guardian=Subquery(guardians.values("name")[:1]),
        relation=Subquery(guardians.values("relation")[:1]),
        has_plan=Exists(Plan.objects.filter(case=OuterRef("pk"), state__in=FROZEN)),
        last_homework=Subquery(homework.order_by("-visit__starts_at").values("homework")[:1]),
    )
    return list(told)


def _children(cases: list[Any], offered: Mapping[UUID, Any], lessons: Mapping[UUID, Any]) -> list[dict[str, Any]]:
    ordered = sorted(cases, key=lambda case: (case.student.initials, case.student.name, str(case.pk)))
    return [
        {
            "case": str(case.pk),
            "name": case.student.name,
            "may_photograph": case.may_photograph,
            "guardian": case.guardian or "",
            "relation": case.relation or "",
            "last_homework": case.last_homework or "",
            "plan": offered.get(case.pk),
            "lesson": lessons.get(case.student_id),
        }
        for case in ordered
    ]


def _colleagues(schools: set[UUID], people: list[Any], on: date) -> list[dict[str, Any]]:
    """Who works at the schools that day; and whoever is on the visit already, of the same county."""
    posts = Post.objects.in_force(on).filter(school__in=schools, role__in=[Role.TEACHER, *HEADS, Role.ITINERANT])
    named = {key for person in people if (key := read_key(person))}
    counties = School.objects.filter(pk__in=schools).order_by().values("county")
    elsewhere = Post.objects.filter(user__in=named, school__county__in=counties)
    found = User.objects.filter(Q(pk__in=posts.order_by().values("user"), is_active=True) | Q(pk__in=elsewhere.order_by().values("user")))
    rows = found.order_by("name", "pk").values_list("pk", "name")
    return [{"id": str(pk), "name": name, "is_chosen": pk in named} for pk, name in rows]
