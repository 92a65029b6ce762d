"""The summary of a term: drafted, written, finished, opened again, thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from accounts.models import User
from office.audit import record
from office.refusals import Refused
from students.codes import SERVED_STATES
from students.models import Case
from visits.models import TermSummary
from visits.querysets.summing import term_figures
from visits.rules.summing import draft, read_sections


class SummaryMovedOn(Refused):
    """Somebody else wrote since the page was opened: `held` is what is there now."""

    def __init__(self, held: TermSummary) -> None:
        super().__init__("这份小结在别处改过了。请看过对方写的，再改。")
        self.held = held


@transaction.atomic
def start_summary(*, case: Case, year: int, term: int, starts_on: date, ends_on: date, by: User, at: datetime) -> TermSummary:
    """Drafted from what is on record; the one there is where the term has one. Raises Refused for a case not in service, and for a
    term that has not begun."""
    held: Case = Case.objects.select_for_update(of=("self",)).select_related("student", "school").get(pk=case.pk)
    if held.state not in SERVED_STATES or held.school_id is None or held.starts_on is None or held.starts_on > ends_on:
        raise Refused("这名学生这个学期没有送教，不能写小结。")
    if starts_on > localdate(at):
        raise Refused("这个学期还没有开始。")
    there: TermSummary | None = TermSummary.objects.filter(case=held, year=year, term=term).first()
    if there:
        return there
    figures, _ = term_figures(held, first=starts_on, last=ends_on, on=localdate(at))
    whose = {"case": held, "student_id": held.student_id, "school_id": held.school_id}
    days = {"year": year, "term": term, "starts_on": starts_on, "ends_on": ends_on}
    people = {"author": by, "at": at, "written_by": by, "written_at": at}
    made: TermSummary = TermSummary.objects.create(**whose, **days, **people, sections=draft(figures))
    _note("summary.started", made, by=by, at=at)
    return made


@transaction.atomic
def write_summary(*, summary: TermSummary, version: int, sections: Mapping[str, object], by: User, at: datetime) -> TermSummary:
    """Keeps the texts. What stands there already changes nothing. Raises SummaryMovedOn when it was changed since `version`,
    Refused when it is finished or a text is too long."""
    held = _hold(summary, TermSummary.State.DRAFT)
    read = read_sections(sections)
    if read == held.sections:
        return held
    if held.version != version:
        raise SummaryMovedOn(held)
    _keep(held, sections=read, written_by=by, written_at=at)
    _note("summary.written", held, by=by, at=at)
    return held


@transaction.atomic
def finish_summary(*, summary: TermSummary, version: int, by: User, at: datetime) -> TermSummary:
    """From now on it is read only, and keeps its figures. Raises Refused when nothing is written."""
    held = _hold(summary, TermSummary.State.DRAFT)
    if held.version != version:
        raise SummaryMovedOn(held)
    if not any(held.sections.values()):
        raise Refused("小结还是空的，不能完成。")
    figures, _ = term_figures(held.case, first=held.starts_on, last=held.ends_on, on=localdate(at))
    _keep(held, state=TermSummary.State.DONE, figures=figures, done_at=at)
    _note("summary.finished", held, by=by, at=at)
    return held


@transaction.atomic
def reopen_summary(*, summary: TermSummary, by: User, at: datetime) -> TermSummary:
    """A finished one can be mended; its figures are counted anew until it is finished again."""
    held = _keep(_hold(summary, TermSummary.State.DONE), state=TermSummary.State.DRAFT, figures=None, done_at=None)
    _note("summary.opened_again", held, by=by, at=at)
    return held


@transaction.atomic
def discard_summary(*, summary: TermSummary, by: User, at: datetime) -> None:
    """One that was begun by mistake; a finished one is kept until it is opened again."""
    held = _hold(summary, TermSummary.State.DRAFT)
    _note("summary.discarded", held, by=by, at=at)
    TermSummary.objects.filter(pk=held.pk).delete()


def _hold(summary: TermSummary, state: str) -> TermSummary:
    Case.objects.select_for_update().get(pk=summary.case_id)
    found = TermSummary.objects.select_related("school", "case__student", "case__school", "written_by")
    held: TermSummary | None = found.filter(pk=summary.pk).first()
    if held is None:
        raise Refused("这份小结已经删除。")
    if held.state != state:
        raise Refused("这份小结已经完成，不能再改；要改，请先重新打开。" if state == "draft" else "这份小结还没有完成。")
    return held


def _keep(summary: TermSummary, **fields: object) -> TermSummary:
    for name, value in fields.items():
        setattr(summary, name, value)
    summary.version += 1
    summary.save(update_fields=[*fields, "version"])
    return summary


def _note(verb: str, summary: TermSummary, *, by: User, at: datetime) -> None:
    detail = {"summary": summary.pk, "version": summary.version}
    record(verb, subject=summary.student_id, by=by.pk, at=at, county=summary.school.county_id, detail=detail)
