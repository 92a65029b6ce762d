"""One row of past visits: what it says, and what is wrong with its cells. Source: docs/rules.md, "The visit sheet"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from accounts.rules.names import name_key, split_names
from office.sheets_in import Row, clock, day, folded, number, text
from students.rules.identity import normal_id
from students.rules.roster import Fault
from visits.rules.recording import default_lessons
from visits.rules.sheet import MODES, PRESENT, REASONS, CaseSpan, Entry, Judged, Known, fault

AHEAD = timedelta(minutes=10)
"""How far a clock may be wrong before a visit lies in the future."""

MOST_LESSONS = 100
LONGEST_NAME = 100
T = TypeVar("T")


class Reading:
    """One row being read: every reader notes what is wrong with its cell and gives back what it says."""

    def __init__(self, row: Row, known: Known) -> None:
        self.row, self.cells, self.known = row, row.cells, known
        self.faults: list[Fault] = []

    def judge(self) -> Judged:
        entry = self._entry()
        return Judged(self.row, entry, self.faults)

    def wrong(self, field: str, code: str, said: str = "") -> None:
        self.faults.append(fault(field, code, said))

    def _entry(self) -> Entry | None:
        on, start, end = self._day(), self._time("start"), self._time("end")
        self._order(on, start, end)
        school = self._school()
        child = self._child(school)
        case = self._case(child, school, on)
        school = school or (case.school if case else None)
        team = self._team((case.school if case else None) or school, on)
        companions = self._companions()
        mode, present = self._word("mode", MODES, "mode_unknown"), self._word("state", PRESENT, "state_unknown")
        lessons = Decimal(0) if present is False else self._lessons()
        if self.faults or not (on and start and end and school and child and case and case.school and mode) or present is None:
            return None
        starts_at, ends_at = self._moment(on, start), self._moment(on, end)
        if lessons is None:
            lessons = default_lessons(int((ends_at - starts_at).total_seconds()) // 60, self.known.lesson_minutes(on))
        reason, reason_text = self._reason(present=present)
        return Entry(
            number=self.row.number,
            child=child,
            case=case.id,
            case_school=case.school,
            school=school,
            starts_at=starts_at,
            ends_at=ends_at,
            mode=mode,
            team=team,
            companions=companions,
            lessons=lessons,
            present=present,
            reason=reason,
            reason_text=reason_text,
            teaching=text(self.cells.get("teaching")),
            rehabilitation=text(self.cells.get("rehabilitation")),
            family=text(self.cells.get("family")),
        )

    # --- When ---------------------------------------------------------------------------------------

    def _day(self) -> date | None:
        on = day(self.cells.get("date"))
        if on is None:
            self.wrong("date", "date_format")
        return on

    def _time(self, field: str) -> time | None:
        at = clock(self.cells.get(field))
        if at is None:
            self.wrong(field, "time_format")
        return at

    def _order(self, on: date | None, start: time | None, end: time | None) -> None:
        if start is not None and end is not None and end <= start:
            self.wrong("end", "end_not_after_start")
        if on is not None and start is not None and self._moment(on, start) > self.known.now + AHEAD:
            self.wrong("date", "in_future")

    def _moment(self, on: date, at: time) -> datetime:
        return datetime.combine(on, at, tzinfo=self.known.now.tzinfo)

    # --- Whom ---------------------------------------------------------------------------------------

    def _school(self) -> UUID | None:
        """The school named. A blank one is that of the child, where an ID number says who it is."""
        typed = folded(self.cells.get("school"))
        school = self.known.schools.get(typed)
        if school is None and (typed or "id" not in self.cells):
            self.wrong("school", "school_unknown", typed)
        return school

    def _child(self, school: UUID | None) -> UUID | None:
        key = name_key(text(self.cells.get("name")))
        typed = normal_id(folded(self.cells.get("id")))
        if not typed:
            return self._child_by_name(school, key)
        child = self.known.by_id.get(typed)
        if child is None:
            self.wrong("id", "child_unknown", "本县没有学生有这个身份证号")
        elif key and self.known.names[child] != key:
            self.wrong("id", "child_mismatch")
            return None
        return child

    def _child_by_name(self, school: UUID | None, key: str) -> UUID | None:
        if school is None:
            return None
        found = self.known.by_name.get((school, key)) or self.known.by_name.get((None, key), frozenset()) if key else frozenset()
        if not found:
            self.wrong("name", "child_unknown", "这所学校没有叫这个名字的学生" if key else "没有姓名也没有身份证号")
        elif len(found) > 1:
            self.wrong("name", "child_ambiguous")
        return next(iter(found)) if len(found) == 1 else None

    def _case(self, child: UUID | None, school: UUID | None, on: date | None) -> CaseSpan | None:
        """The case that serves the child on the day: of that school's, where it ever had one there."""
        if child is None or on is None:
            return None
        cases = self.known.cases.get(child, ())
        there = [case for case in cases if school and case.school == school]
        held = next((case for case in there or cases if case.holds(on)), None)
        if held is None:
            self.wrong("date", "outside_case")
        return held

    # --- Who went -----------------------------------------------------------------------------------

    def _team(self, school: UUID | None, on: date | None) -> tuple[UUID, ...]:
        names = split_names(text(self.cells.get("team")))
        found = {name: self.known.staff.named(name, school, on) for name in names}
        if unknown := [name for name, users in found.items() if not users]:
            self.wrong("team", "teacher_unknown", "、".join(unknown))
        if ambiguous := [name for name, users in found.items() if len(users) > 1]:
            self.wrong("team", "teacher_ambiguous", "、".join(ambiguous))
        return tuple(dict.fromkeys(next(iter(users)) for users in found.values() if users))

    def _companions(self) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(name[:LONGEST_NAME] for name in split_names(text(self.cells.get("companions")))))
        if not names and not split_names(text(self.cells.get("team"))):
            self.wrong("team", "no_staff")
        return names

    # --- What ---------------------------------------------------------------------------------------

    def _word(self, field: str, words: Mapping[str, T], code: str) -> T | None:
        typed = folded(self.cells.get(field))
        if typed not in words:
            self.wrong(field, code)
        return words.get(typed)

    def _lessons(self) -> Decimal | None:
        """The lessons written down; None where nothing is."""
        if "lessons" not in self.cells:
            return None
        lessons = number(self.cells["lessons"])
        if lessons is None or not 0 <= lessons < MOST_LESSONS:
            self.wrong("lessons", "lessons_format")
            return None
        return lessons.quantize(Decimal("0.01"))

    def _reason(self, *, present: bool) -> tuple[str, str]:
        """The reason's code, and its words where they say more; a child that was there has words at most."""
        said = text(self.cells.get("reason"))
        code = REASONS.get(folded(said).replace("、", "").replace("/", ""))
        if present or not said:
            return "", said
        return (code, "") if code and folded(said) in REASONS else (code or REASONS["其他"], said)
