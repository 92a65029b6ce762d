"""The figures of a child's term, read from what is on record. Source: docs/rules.md, "The summary of a term"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from counties.rules import Calendar, Span
from office.rules import full_day_text, number_text
from plans.codes import AssessmentKind
from plans.models import Assessment
from plans.rules.assessing import compare
from plans.rules.scales import Scale
from students.codes import SERVED_STATES
from students.models import Case
from students.rules.service import MonthDemand, Service, next_month
from visits.models import Visit, VisitRecord
from visits.querysets.given import Known, known_of
from visits.querysets.progress import LEVELS, ObjectiveProgress, Progress, progress_of
from visits.rules.lines import MODES
from visits.rules.progress import Trial
from visits.rules.summing import Figures, ObjectiveFigures, ScaleFigures

KINDS = dict(AssessmentKind.choices)


def term_figures(case: Case, *, first: date, last: date, on: date) -> tuple[Figures, Progress]:
    """Of the term from `first` to `last`, as far as it is known on the day; with the progress it rests on. Seven queries."""
    until = min(last, on)
    known = known_of(case.student, on=until)
    progress = progress_of(case.student, on=until, first=first, known=known)
    own = [each for each in known.given if each.case == case.pk and each.on >= first]
    delivered = [each for each in own if each.is_delivered]
    missed = [each.reason or "other" for each in own if each.outcome == "missed"]
    figures: Figures = {
        "first": full_day_text(first),
        "last": full_day_text(last),
        "as_of": full_day_text(until),
        "owed": _owed(case, known, Span(first, last)),
        "delivered": len(delivered),
        "lessons": number_text(sum((each.credited for each in delivered), Decimal(0))),
        "modes": _counts([each.mode for each in delivered], MODES.items()),
        "missed": _counts(missed, Visit.Missed.choices),
        "goals": len(progress.goals),
        "objectives": [_objective(each) for each in progress.objectives],
        "scales": _scales(case, first, until),
        "mood": _counts([each.mood for each in delivered], VisitRecord.Mood.choices),
        "participation": _counts([each.participation for each in delivered], VisitRecord.Participation.choices),
        "guided": sum(each.is_guided for each in delivered),
        "homework": _counts([each.last_homework for each in delivered], VisitRecord.Homework.choices),
    }
    return figures, progress


def _counts(codes: Iterable[str], words: Iterable[tuple[Any, Any]]) -> list[list[str | int]]:
    """How often each code stands there, by its word, in the order of the words."""
    found = Counter(codes)
    return [[str(word), found[code]] for code, word in words if found[code]]


def _owed(case: Case, known: Known, term: Span) -> int:
    """This case's share of the visits owed in the term: whole, also where the term still runs."""
    services = _services(case)
    calendar, latest = Calendar((term,), known.calendar.holidays), max(known.terms)
    number = list(services).index(case.pk)
    owed, month = 0, term.first.replace(day=1)
    while month <= term.last:
        demand = MonthDemand(month, known.terms[min(month, latest)], calendar)
        window = Span(demand.periods[0].first, demand.periods[-1].last)
        served = tuple(service.spans(window) for service in services.values())
        owed += sum(shares[number] for shares in demand.owed(served))
        month = next_month(month)
    return owed


def _services(case: Case) -> dict[UUID, Service]:
    """The child's cases in service, the earliest first, in one query with their pauses."""
    cases = Case.objects.filter(student=case.student_id, state__in=SERVED_STATES, starts_on__isnull=False)
    rows = cases.order_by("starts_on", "pk", "pauses__starts_on")
    found: dict[UUID, tuple[date, date | None, list[tuple[date, date | None]]]] = {}
    for pk, starts_on, ends_on, paused, resumed in rows.values_list("pk", "starts_on", "ends_on", "pauses__starts_on", "pauses__ends_on"):
        pauses = found.setdefault(pk, (starts_on, ends_on, []))[2]
        if paused:
            pauses.append((paused, resumed))
    return {pk: Service(starts_on, ends_on, tuple(pauses)) for pk, (starts_on, ends_on, pauses) in found.items()}


def _objective(each: ObjectiveProgress) -> ObjectiveFigures:
    stands, mastered = each.standing, each.standing.mastered
    levels = [trial.level for trial in each.trials if trial.level is not None]
    return {
        "number": each.number,
        "text": each.objective.text,
        "start": _level(stands.start),
        "now": _level(levels[-1]) if levels else "",
        "target": _level(stands.target),
        "count": len(each.trials),
        "series": "、".join(filter(None, map(_noted, each.trials))),
        "is_mastered": mastered is not None,
        "mastered_on": full_day_text(mastered.on) if mastered else "",
        "word": "中途去掉" if each.is_dropped else "没有练" if not each.trials and not mastered else stands.word,
        "mark": each.review.get_mark_display() if each.review else "",
    }


def _level(level: int | None) -> str:
    return "" if level is None else f"{level} {LEVELS[level]}"


def _noted(trial: Trial) -> str:
    level = "" if trial.level is None else str(trial.level)
    share = "" if trial.share is None else f"{trial.right}/{trial.tries}"
    return f"{level}（{share}）" if level and share else level or share


def _scales(case: Case, first: date, until: date) -> list[ScaleFigures]:
    """With every scale used in the term: its first and last assessment, or the only one beside the last before the term."""
    by_scale: dict[str, list[Assessment]] = {}
    for each in Assessment.objects.done().filter(student=case.student_id, on__lte=until).order_by("on", "at", "pk"):
        by_scale.setdefault(each.scale["key"], []).append(each)
    return [_compared(theirs, first) for theirs in by_scale.values() if theirs[-1].on >= first]


def _compared(theirs: Sequence[Assessment], first: date) -> ScaleFigures:
    of_term = [each for each in theirs if each.on >= first]
    last = of_term[-1]
    before = of_term[0] if len(of_term) > 1 else theirs[-2] if len(theirs) > 1 else None
    scale = Scale.of(last.scale)
    changes = compare(scale, before.totals if before else {}, last.totals)
    return {
        "name": scale.name,
        "first": _named(before) if before else "",
        "last": _named(last),
        "domains": [{"name": each.name, "before": _points(each.before), "after": _points(each.after), "by": each.by} for each in changes],
    }


def _named(assessment: Assessment) -> str:
    return f"{full_day_text(assessment.on)}{KINDS[assessment.kind]}"


def _points(total: Sequence[int] | None) -> str:
    return f"{total[0]}/{total[1]}" if total else ""
