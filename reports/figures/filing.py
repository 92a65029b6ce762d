"""What a school's submission of a month would hold, read in a fixed number of queries (and those of flags, a month each)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, Q

from counties.models import Policy, School
from counties.rules import PolicyTerms
from reports.figures.lines import CountyMonth
from reports.figures.month import month_figures
from reports.models import Filing, Submission
from reports.rules.filing import Candidate, takes, waiting_months
from students.codes import SERVED_STATES
from students.models import Case, Pause
from students.rules.service import month_span, next_month
from visits.models import Confirmation, Photo, Visit, VisitPerson, VisitRecord, VisitRevision
from visits.querysets.raised import Asked, raised_over, with_answers
from visits.querysets.told import untold
from visits.rules.flags import is_late_sync

SHOWN = (Photo.Kind.PHOTO, Photo.Kind.SCREENSHOT)
HAPPENED = (Visit.State.DONE, Visit.State.MISSED)


@dataclass(frozen=True)
class Taken:
    """A month as it would be filed. `records` are in the order of their start."""

    school: School
    month: date
    as_of: datetime
    figures: CountyMonth
    missed_by_reason: dict[str, int]
    records: tuple[VisitRecord, ...]
    asked: dict[UUID, list[Asked]]  # by record
    late_syncs: frozenset[UUID]  # records that were written in time and received late (后同步)
    born_since: tuple[Asked, ...]  # about what earlier months have filed: asked since then, and not told yet
    afterwards: dict[UUID, VisitRecord]  # the records that these are about
    corrections: tuple[VisitRevision, ...]
    cases: tuple[Case, ...]  # that begin or end in the month
    pauses: tuple[Pause, ...]  # that begin or end in it

    @property
    def is_nil(self) -> bool:
        return not self.records and not self.corrections and not self.born_since

    @property
    def open_flags(self) -> list[Asked]:
        """What has to be answered before a person submits: all but what a return left closed, which nobody can answer."""
        closed = {record.pk for record in self.records if record.lock == VisitRecord.Lock.FILED}
        asked = [each for record, theirs in self.asked.items() if record not in closed for each in theirs]
        return [each for each in (*asked, *self.born_since) if each.raised.travels and each.answer is None]


def months_to_hold(school: School, month: date, as_of: datetime) -> set[date]:
    """The month, and those it would take something of: what a submission locks before it looks again."""
    return {month, *(candidate.month for candidate in candidates(school, month, as_of).values())}


def candidates(school: School, month: date, as_of: datetime) -> dict[UUID, Candidate]:
    """The records in no submission that this month takes."""
    states = Submission.objects.filter(school=school, month__lte=month).values_list("month", "version", "state")
    waiting = waiting_months(states) - {month}
    rows = VisitRecord.objects.filter(
        school=school, on__lt=next_month(month), filing__isnull=True, visit__state__in=HAPPENED, visit__starts_at__lte=as_of
    ).order_by("visit__starts_at", "pk")
    found = {pk: Candidate(*row) for pk, *row in rows.values_list("pk", "on", "visit__state", "present")}
    return {pk: each for pk, each in found.items() if takes(each, month, reports_from=school.reports_from, waiting=waiting)}


def take(school: School, month: date, as_of: datetime, *, held: Collection[date] | None = None) -> Taken:
    """What the month would hold now; of `held` months only, where a writer may still be at work in others."""
    chosen = candidates(school, month, as_of)
    ids = [pk for pk, each in chosen.items() if held is None or each.month in held]
    records = _records(ids)
    asked, born_since = _questions(school, month, as_of, records)
    inside = month_span(month)
    starts_or_ends = Q(starts_on__range=(inside.first, inside.last)) | Q(ends_on__range=(inside.first, inside.last))
    served = Case.objects.filter(school=school, state__in=SERVED_STATES)
    return Taken(
        school=school,
        month=month,
        as_of=as_of,
        figures=month_figures(county_code=school.county_id, month=month, as_of=as_of, schools=[school.pk]),
        missed_by_reason=_missed_by_reason(school, month, as_of),
        records=records,
        asked=asked,
        late_syncs=frozenset(_late_syncs(school, records)),
        born_since=born_since,
        afterwards=_about(born_since),
        corrections=tuple(_corrections(school, month, as_of)),
        cases=tuple(served.filter(starts_or_ends).select_related("student").order_by("starts_on", "pk")),
        pauses=tuple(Pause.objects.filter(starts_or_ends, case__in=served).select_related("case__student").order_by("starts_on", "pk")),
    )


def _records(ids: list[UUID]) -> tuple[VisitRecord, ...]:
    pictures = Photo.objects.received().filter(kind__in=SHOWN).order_by("position", "pk")
    return tuple(
        VisitRecord.objects.filter(pk__in=ids)
        .select_related("visit", "student")
        .prefetch_related(
            Prefetch("visit__people", VisitPerson.objects.order_by("pk")),
            Prefetch("confirmations", Confirmation.objects.order_by("at", "pk")),
            Prefetch("photos", pictures),
        )
        .with_practices()
        .order_by("visit__starts_at", "pk")
    )


def _corrections(school: School, month: date, as_of: datetime) -> Iterable[VisitRevision]:
    """Corrections that no submission has told, of visits up to the month's end."""
    return (
        VisitRevision.objects.filter(visit__school=school, visit__on__lt=next_month(month), at__lte=as_of, filing__isnull=True)
        .exclude(reason="")
        .filter(**({"visit__on__gte": school.reports_from} if school.reports_from else {}))
        .select_related("visit")
        .prefetch_related("visit__records__student")
        .order_by("at", "pk")
    )


def _missed_by_reason(school: School, month: date, as_of: datetime) -> dict[str, int]:
    span = month_span(month)
    rows = (
        VisitRecord.objects.filter(school=school, visit__starts_at__lte=as_of)
        .between(span.first, span.last)
        .with_outcome("missed")
        .order_by()
        .values_list("absent_reason", "visit__missed_reason")
    )
    return dict(sorted(Counter(absent or missed for absent, missed in rows).items()))


def _questions(
    school: School, month: date, as_of: datetime, records: Collection[VisitRecord]
) -> tuple[dict[UUID, list[Asked]], tuple[Asked, ...]]:
    """The questions about these records, and those that came up about what an earlier month's submission holds and that none has
    told; with their answers. Their months are read together."""
    filed = dict(Filing.objects.filter(submission__school=school, submission__month__lt=month).values_list("record", "record__on"))
    months, before = {record.on.replace(day=1) for record in records}, {on.replace(day=1) for on in filed.values()}
    found = raised_over(schools={school.pk: school.county_id}, months=sorted(months), earlier=before - months, as_of=as_of)
    ours = {record.pk for record in records}
    about = dict.fromkeys(each for one in sorted(months) for each in found[one] if each.record in ours)
    since = untold(each for one in sorted(before) for each in found[one] if each.record in filed)
    answered = with_answers([*about, *since])
    asked: dict[UUID, list[Asked]] = defaultdict(list)
    for each in answered[: len(about)]:
        asked[each.raised.record].append(each)
    return dict(asked), tuple(answered[len(about) :])


def _late_syncs(school: School, records: Iterable[VisitRecord]) -> Iterable[UUID]:
    """Each by the policy of its own month. One query."""
    paged = [(record, record.visit) for record in records if record.visit.source == Visit.Source.PAGE]
    judging = Policy.objects.judging_each(school.county_id, {record.on.replace(day=1) for record, _ in paged})
    for record, visit in paged:
        policy = judging[record.on.replace(day=1)]
        if is_late_sync(visit.ends_at, visit.written_at, visit.received_at, policy.terms if policy else PolicyTerms()):
            yield record.pk


def _about(asked: Collection[Asked]) -> dict[UUID, VisitRecord]:
    """One query, or none."""
    records = VisitRecord.objects.filter(pk__in={each.raised.record for each in asked}).select_related("visit", "student")
    return {record.pk: record for record in records} if asked else {}


def due_day_of(school: School, month: date) -> int:
    policy = Policy.objects.judging(school.county_id, month)
    return (policy.terms if policy else PolicyTerms()).submit_due_day
