"""One row of a roster: what it says, and what is wrong with its cells. Source: docs/rules.md, "The roster sheet"."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from accounts.rules.names import name_key, split_names
from counties.rules import PolicyTerms
from office.sheets_in import Cell, Month, Row, day, folded, month, text
from students.rules import identity, words
from students.rules.faults import LONGEST, MESSAGES
from students.rules.roster import Entry, Fault, Judged, Known, fault

T = TypeVar("T")


def judge_rows(rows: Iterable[Row], known: Known) -> list[Judged]:
    """Each row by itself and against the rows before it; the record is not looked at."""
    judged: list[Judged] = []
    seen: set[str] = set()
    memory: dict[Hashable, Any] = {}  # most columns say the same few words over and over
    for row in rows:
        number = identity.normal_id(folded(row.cells.get("id")))
        if number in seen:
            judged.append(Judged(row, None, [fault("id", "duplicate_row")]))
            continue
        if identity.has_id_form(number):
            seen.add(number)
        judged.append(Reading(row, known, memory).judge())
    return judged


class Reading:
    """One row being read: every reader notes what is wrong with its cell and gives back what it says."""

    def __init__(self, row: Row, known: Known, memory: dict[Hashable, Any]) -> None:
        self.row, self.cells, self.known, self.memory = row, row.cells, known, memory
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []
        self.identity: identity.Identity | None = None

    def judge(self) -> Judged:
        entry = self._entry()
        if self.faults:
            return Judged(self.row, None, self.faults)
        return Judged(self.row, entry, warnings=self.warnings)

    def wrong(self, field: str, code: str, said: str = "") -> None:
        self.faults.append(fault(field, code, said))

    def warn(self, field: str, code: str, said: str = "") -> None:
        self.warnings.append(fault(field, code, said))

    def _entry(self) -> Entry | None:
        self._length()
        name = identity.read_name(text(self.cells.get("name")))
        if not name:
            self.wrong("name", "name_missing")
        self._identity()
        sex, birth_on = self._sex(), self._birth()
        disability = self._disability()
        school, registered = self._school("school"), self._school("registered")
        self._within_own_schools(school)
        starts_on, ends_on = self._day("starts"), self._day("ends")
        if starts_on and ends_on and ends_on < starts_on:
            self.wrong("ends", "end_before_start")
        team, has_team = self._team(school)
        known_words = {
            "ethnicity": self._word("ethnicity", identity.read_ethnicity, "ethnicity_unknown"),
            "registration": self._word("registration", identity.read_registration, "registration_format"),
            "phone": self._word("phone", identity.read_phone, "phone_format"),
            "placement": self._word("placement", words.read_placement, "placement_unknown"),
        }
        cert = self._cert(disability)
        if self.faults or birth_on is None:
            return None
        entry = Entry(
            name=name,
            key=name_key(name),
            sex=sex,
            birth_on=birth_on,
            id_number=self.identity.number if self.identity else "",
            cert=cert.number if cert else "",
            disability=disability.category or (cert.category if cert else ""),
            further=disability.further,
            grade=disability.grade or (cert.grade if cert else ""),
            school=school,
            registered=registered,
            starts_on=starts_on,
            ends_on=ends_on,
            team=team,
            has_team=has_team,
            **known_words,
            **{name: text(self.cells.get(name)) for name in ("address", "household", "relation", "class_grade", "reason", "remark")},
            **{name: identity.read_name(text(self.cells.get(name))) for name in ("guardian", "caregiver")},
        )
        self._look_at(entry)
        return entry

    def _length(self) -> None:
        for name, longest in LONGEST.items():
            cell = self.cells.get(name)
            if cell.__class__ is str and len(cell) > longest:
                self.wrong(name, "too_long", str(longest))

    def _identity(self) -> None:
        cell = self.cells.get("id")
        if cell is None:
            return
        found = identity.read_id(folded(cell), is_number=not isinstance(cell, str), on=self.known.on)
        if isinstance(found, identity.Unsound):
            self.wrong("id", found.code)
        else:
            self.identity = found

    def _sex(self) -> str:
        said = self._word("sex", identity.read_sex, "sex_unknown")
        if self.identity:
            if said and said != self.identity.sex:
                self.wrong("id", "id_sex_mismatch")
            return self.identity.sex
        if "sex" not in self.cells and "id" not in self.cells:
            self.wrong("sex", "sex_missing")
        return said

    def _birth(self) -> date | None:
        """The day written, or the identity's; a month without a day only stands beside an identity."""
        cell = self.cells.get("birth")
        if cell is None:
            if "id" not in self.cells:
                self.wrong("birth", "birth_missing")
            return self.identity.birth_on if self.identity else None
        said = day(cell) or ("id" in self.cells and month(cell)) or None
        if said is None or (isinstance(said, date) and said > self.known.on):
            self.wrong("birth", "date_format")
        elif self.identity and not _agrees(said, self.identity.birth_on):
            self.wrong("id", "id_birth_mismatch")
        if self.identity:
            return self.identity.birth_on
        return said if isinstance(said, date) else None

    def _disability(self) -> words.Disability:
        found = self._read("disability", words.read_disability, "category_unknown") or words.Disability("")
        grade = self._word("grade", words.read_grade, "grade_unknown") or found.grade
        return words.Disability(found.category, found.further, grade)

    def _cert(self, disability: words.Disability) -> identity.Certificate | None:
        found = self._read("cert", identity.read_cert, "cert_format")
        if found is None:
            return None
        if self.identity and found.id_number != self.identity.number:
            self.warn("cert", "cert_id_mismatch")
        if disability.category and found.category != disability.category:
            self.warn("cert", "cert_category_mismatch")
        if disability.grade and found.grade != disability.grade:
            self.warn("cert", "cert_grade_mismatch")
        return found

    def _school(self, name: str) -> UUID | None:
        cell = self.cells.get(name)
        if cell is None:
            return None
        found = self._remembered(("school", cell.__class__, cell), lambda: self.known.schools.get(folded(cell)))
        if found is None:
            self.wrong(name, "school_unknown", text(cell)[:40])
        return found

    def _within_own_schools(self, school: UUID | None) -> None:
        own = self.known.own_schools
        if own is not None and school not in own and not any(fault.field == "school" for fault in self.faults):
            self.faults.append(Fault("school", "school_unknown", MESSAGES["not_own_school"]))

    def _day(self, name: str) -> date | None:
        cell = self.cells.get(name)
        if cell is None:
            return None
        found = self._remembered(("day", cell.__class__, cell), lambda: day(cell))
        if found is None:
            self.wrong(name, "date_format")
        return found

    def _team(self, school: UUID | None) -> tuple[tuple[UUID, ...], bool]:
        """Who is known of the teachers named, and whether any are named."""
        cell = self.cells.get("team")
        if cell is None:
            return (), False
        team, unknown, names = self._remembered(("team", cell.__class__, cell, school), lambda: self._named(cell, school))
        for name in unknown:
            self.warn("team", "teacher_unknown", name[:40])
        return team, names > 0

    def _named(self, cell: Cell, school: UUID | None) -> tuple[tuple[UUID, ...], list[str], int]:
        names = split_names(text(cell))
        found = {name: self.known.staff.named(name, school) for name in names}
        team = dict.fromkeys(user for users in found.values() if len(users) == 1 for user in users)
        return tuple(team), [name for name, users in found.items() if len(users) != 1], len(names)

    def _read(self, name: str, reader: Callable[[str], T | None], code: str) -> T | None:
        cell = self.cells.get(name)
        if cell is None:
            return None
        found = self._remembered((code, cell.__class__, cell), lambda: reader(folded(cell)))
        if found is None:
            self.wrong(name, code)
        return found

    def _remembered(self, key: Hashable, read: Callable[[], T]) -> T:
        try:
            said: T = self.memory[key]
        except KeyError:
            said = self.memory[key] = read()
        return said

    def _word(self, name: str, reader: Callable[[str], str | None], code: str) -> str:
        return self._read(name, reader, code) or ""

    def _look_at(self, entry: Entry) -> None:
        """What is worth a look in a good row."""
        if not entry.id_number:
            self.warn("id", "no_id")
        if entry.grade == "4":
            self.warn("grade", "light_grade")
        if words.is_transport_only(folded(entry.reason)):
            self.warn("reason", "reason_transport_only")
        on = entry.starts_on if entry.is_served and entry.starts_on else self.known.on
        terms = self.known.policy(on)
        if entry.makes_case and terms and not _is_of_age(identity.age(entry.birth_on, on), terms):
            self.warn("birth", "age_outside_policy")


def _agrees(said: date | Month, birth_on: date) -> bool:
    return said.may_hold(birth_on) if isinstance(said, Month) else said == birth_on


def _is_of_age(years: int, terms: PolicyTerms) -> bool:
    return (terms.age_min is None or years >= terms.age_min) and (terms.age_max is None or years <= terms.age_max)
