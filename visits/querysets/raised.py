"""The questions of a month, record by record, and what was answered. Source: docs/rules.md, "Flags"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, TextField, Value

from counties.models import Policy, School
from counties.rules import PolicyTerms, Span
from students.rules.service import judged_span, month_span
from visits.models import FlagAnswer, Visit, VisitPerson, VisitRecord
from visits.querysets.facts import Row, delivered, rows_of
from visits.querysets.pictures import Alike, Wanted, alike, other
from visits.querysets.showing import key
from visits.rules.flags import Evidence, Other, Raised, first_named, page_flags, question
from visits.rules.judging import STAYING, Fact, Flag, Key, Team, is_delivered, is_mostly_remote, visit_flags
from visits.rules.overlaps import MOST_NAMED, Outing, overlaps

HAPPENED = (Visit.State.DONE, Visit.State.MISSED)
NOBODY = Team(0, 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the answer to this evidence if there is one."""

    raised: Raised
    answer: FlagAnswer | None


def raised_in(*, schools: Iterable[UUID], month: date, as_of: datetime) -> list[Raised]:
    """What is asked about the schools' records of a month, its judged days and its calendar days, in order of the visits.

    A fixed number of queries for each county: three where nothing was asked.
    """
    known = School.objects.filter(pk__in=list(schools)).order_by("code").values_list("pk", "county")
    return raised_over(schools=dict(known), months=[month], as_of=as_of)[month]


def raised_over(
    *,
    schools: Mapping[UUID, str],
    months: Collection[date],
    as_of: datetime,
    earlier: Collection[date] = (),
    judging: Mapping[str, Policy | None] = MappingProxyType({}),
    visit: UUID | None = None,
) -> dict[date, list[Raised]]:
    """The same of schools with their counties, over several months: as few queries for each policy that judges them;
    of `earlier` months only what travels. `judging` says by county which policy judges all of them, where that has been read;
    of one `visit` alone no more is read than what touches its children and its team.

    A record at the edge of a month may stand in two of them, where weeks are judged.
    """
    by_county: dict[str, list[UUID]] = defaultdict(list)
    for school, county in schools.items():
        by_county[county].append(school)
    found: dict[date, list[Raised]] = {month: [] for month in (*months, *earlier)}
    for county, theirs in by_county.items():
        for terms, judged in _by_terms(county, found, judging):
            asking = _Asking(county, theirs, judged, terms, as_of, full=[month for month in judged if month in months], visit=visit)
            for month in judged:
                found[month] += asking.raised(month)
    return found


def _by_terms(county: str, months: Iterable[date], known: Mapping[str, Policy | None]) -> list[tuple[PolicyTerms, list[date]]]:
    """The months, by the terms that judge them. One query, or none."""
    judging = dict.fromkeys(months, known[county]) if county in known else Policy.objects.judging_each(county, months)
    found: dict[Any, list[date]] = defaultdict(list)
    for month, policy in judging.items():
        found[policy.pk if policy else None].append(month)
    return [(policy.terms if (policy := judging[theirs[0]]) else PolicyTerms(), theirs) for theirs in found.values()]


def with_answers(raised: Sequence[Raised]) -> list[Asked]:
    """One query. An answer to other evidence is none."""
    answers = FlagAnswer.objects.filter(record__in={each.record for each in raised}).select_related("by") if raised else ()
    given = {(answer.record_id, answer.code, answer.evidence): answer for answer in answers}
    return [Asked(each, given.get((each.record, each.code.value, each.evidence))) for each in raised]


class _Asking:
    """Months of one county's schools that the same terms judge: what was loaded, grouped once, and asked visit by visit."""

    def __init__(
        self,
        county: str,
        schools: list[UUID],
        months: list[date],
        terms: PolicyTerms,
        as_of: datetime,
        *,
        full: list[date],
        visit: UUID | None,
    ) -> None:
        self.county, self.schools, self.terms, self.as_of, self.full, self.visit = county, schools, terms, as_of, full, visit
        self.judged = {month: judged_span(month, terms) for month in months}
        self.spans = {month: _around(judged, month_span(month)) for month, judged in self.judged.items()}
        self.window = _around(*self.spans.values())
        self.rows = rows_of(self._of_children(), self.terms, self.as_of)
        self.own = [row for row in self.rows if UUID(row.fact.school_id) in schools and is_delivered(row.fact, self.terms)]
        self.asked = [row for row in self.own if visit is None or UUID(row.fact.visit_id) == visit]

    # --- reading ------------------------------------------------------------------------------------

    def _records(self) -> QuerySet[VisitRecord]:
        records: QuerySet[VisitRecord] = VisitRecord.objects.between(self.window.first, self.window.last).filter(
            visit__state__in=HAPPENED, visit__starts_at__lte=self.as_of
        )
        return records.order_by()

    def _of_schools(self) -> QuerySet[VisitRecord]:
        records = self._records().filter(school__in=self.schools)
        return records if self.visit is None else records.filter(visit=self.visit)

    def _of_children(self) -> QuerySet[VisitRecord]:
        """Also what the schools' children had from others: a child may be in two visits at once."""
        return self._records().filter(student__in=self._of_schools().values("student"))

    @cached_property
    def named(self) -> list[tuple[str, Key | None, Other]]:
        """One query: by person the teams, and wherever else these people were; by text and child what was said twice."""
        columns = (key("visit_id"), "visit__starts_at", "visit__ends_at")
        rows = self._people().values_list(Value("", output_field=TextField()), key("user_id"), *columns)
        if twice := [row for row in self.asked if row.fact.repeated]:
            twins = delivered(self.as_of).filter(
                student__in={UUID(row.fact.student_id) for row in twice}, teaching_key__in={row.text_key for row in twice}
            )
            rows = rows.union(twins.values_list(key("teaching_key"), key("student_id"), *columns), all=True)
        return [(text, whose, other(*visit)) for text, whose, *visit in rows]

    def _people(self) -> QuerySet[VisitPerson]:
        visits = self._of_schools().values("visit")
        users = VisitPerson.objects.filter(visit__in=visits, user__isnull=False).order_by().values("user")
        rows: QuerySet[VisitPerson] = VisitPerson.objects.filter(
            Q(visit__in=visits) | Q(user__in=users),
            visit__on__gte=self.window.first,
            visit__on__lte=self.window.last,
            visit__state__in=HAPPENED,
            visit__starts_at__lte=self.as_of,
        )
        return rows.order_by()

    @cached_property
    def people(self) -> list[tuple[Key | None, Other]]:
        return [(user, visit) for text, user, visit in self.named if not text]

    @cached_property
    def teams(self) -> dict[Key, Team]:
        teams: dict[Key, Team] = {}
        for user, visit in self.people:
            people, teachers = teams.get(visit.visit_id, NOBODY)
            teams[visit.visit_id] = Team(people + 1, teachers + (user is not None))
        return teams

    @cached_property
    def clashes(self) -> dict[Key, list[Key]]:
        outings = [Outing(row.fact.student_id, row.fact.starts_at, row.fact.ends_at, row.fact.visit_id) for row in self.rows]
        outings += [Outing(user, visit.starts_at, visit.ends_at, visit.visit_id) for user, visit in self.people if user is not None]
        return overlaps(outings)

    @cached_property
    def visits(self) -> dict[Key, Other]:
        known = {row.fact.visit_id: Other(row.fact.visit_id, row.fact.starts_at, row.fact.ends_at) for row in self.rows}
        return known | {visit.visit_id: visit for _, visit in self.people}

    @cached_property
    def twins(self) -> dict[tuple[Key, str], list[Other]]:
        """By child and text, the delivered visits that say it, the first of them."""
        twins: dict[tuple[Key, str], list[Other]] = defaultdict(list)
        for text, student, visit in self.named:
            if text and student:
                twins[student, text].append(visit)
        return {text: first_named(visits) for text, visits in twins.items()}

    @cached_property
    def pictures(self) -> Alike:
        """Two queries, or none."""
        shown = [row.shown for row in self.asked if row.shown]
        wanted = Wanted(
            reused=any(each.has_reused for each in shown),
            other_day=any(each.has_other_day for each in shown),
            alike_in=_around(*(self.spans[month] for month in self.full)) if self.full and shown else None,
        )
        return alike(self._of_schools(), self.county, wanted, as_of=self.as_of)

    # --- asking -------------------------------------------------------------------------------------

    def raised(self, month: date) -> Iterator[Raised]:
        remote = self.remote.get(month, {})
        for row in self.asked:
            if not self.spans[month].holds(row.fact.on):
                continue
            flags = list(self._flags(row))
            seen = self._evidence(row, *remote.get(row.record, (0, 0)))
            if row.record in remote:
                flags.append(Flag.REMOTE_SHARE)
            if seen.like_photo and month in self.full:
                flags.append(Flag.SIMILAR_PHOTO)
            for flag in sorted(flags, key=list(Flag).index):
                yield self._raised(row, flag, seen)

    def _flags(self, row: Row) -> Iterator[Flag]:
        fact = row.fact
        yield from visit_flags(fact, self.teams.get(fact.visit_id, NOBODY), overlaps=fact.visit_id in self.clashes, terms=self.terms)
        if row.shown:
            yield from page_flags(fact, row.shown, self.terms)

    def _evidence(self, row: Row, remote: int, delivered: int) -> Evidence:
        fact, pictures = row.fact, self.pictures
        return Evidence(
            fact=fact,
            team=self.teams.get(fact.visit_id, NOBODY),
            terms=self.terms,
            overlapping=[self.visits[visit] for visit in self.clashes.get(fact.visit_id, ())],
            twins=_elsewhere(self.twins.get((fact.student_id, row.text_key), ()), fact),
            text_key=row.text_key,
            shown=row.shown,
            same_photo={digest: _elsewhere(pictures.visits[digest], fact) for digest in pictures.of(pictures.same, fact)},
            other_days=set(pictures.of(pictures.other_days, fact)),
            like_photo=_grouped(pictures.of(pictures.like, fact)) if row.shown else {},
            month_remote=remote,
            month_delivered=delivered,
        )

    def _raised(self, row: Row, flag: Flag, seen: Evidence) -> Raised:
        asked, fact = question(flag, seen), row.fact
        return Raised(
            record=row.record,
            student=UUID(fact.student_id),
            school=UUID(fact.school_id),
            code=flag,
            evidence=asked.evidence,
            words=asked.words,
            travels=flag not in STAYING,
            visit=UUID(fact.visit_id),
            on=fact.on,
        )

    @cached_property
    def remote(self) -> dict[date, dict[UUID, tuple[int, int]]]:
        """By month, the last remote record of each child and school whose month was mostly remote, with remote and all visits."""
        return {month: dict(self._mostly_remote(month, judged)) for month, judged in self.judged.items()}

    def _mostly_remote(self, month: date, judged: Span) -> Iterator[tuple[UUID, tuple[int, int]]]:
        counted: dict[tuple[Key, Key], list[Row]] = defaultdict(list)
        for row in self.own:
            if judged.holds(row.fact.on):
                counted[row.fact.student_id, row.fact.school_id].append(row)
        for rows in counted.values():
            remote = [row for row in rows if row.fact.mode == Visit.Mode.REMOTE]
            if remote and is_mostly_remote(len(remote), len(rows), self.terms) and not remote[-1].is_approved_in(month):
                yield remote[-1].record, (len(remote), len(rows))


def _around(*spans: Span) -> Span:
    return Span(min(span.first for span in spans), max(span.last for span in spans))


def _grouped(pairs: Iterable[tuple[str, Other]]) -> dict[str, set[Other]]:
    grouped: dict[str, set[Other]] = defaultdict(set)
    for digest, visit in pairs:
        grouped[digest].add(visit)
    return grouped


def _elsewhere(visits: Iterable[Other], fact: Fact) -> list[Other]:
    return [visit for visit in visits if visit.visit_id != fact.visit_id][:MOST_NAMED]
