"""What each row of a roster would do, and the sheet as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from office.sheets_in import Row, Table, text
from students.models import Guardian, Student
from students.rules.matching import NOTHING, CasePlan, Step
from students.rules.roster import HEADERS, Entry, Fault, Judged


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(slots=True)
class RowPlan:
    """What a row would do: make or amend a child and its case, or nothing but tell its faults."""

    judged: Judged
    id_index: str = ""
    student: Student | None = None  # on record, or made of the row
    is_new: bool = False
    changes: dict[str, Any] = field(default_factory=dict)  # columns of the child on record
    guardians: list[Guardian] = field(default_factory=list)  # made or changed, not saved
    case: CasePlan = NOTHING

    @property
    def entry(self) -> Entry:
        if self.judged.entry is None:
            raise ValueError(f"row {self.judged.row.number} could not be read")
        return self.judged.entry

    @property
    def is_accepted(self) -> bool:
        return self.judged.is_accepted

    @property
    def asks(self) -> bool:
        """Nothing is wrong with the row but that it moves or ends; somebody may agree to that."""
        return (
            bool(self.judged.faults)
            and {fault.code for fault in self.judged.faults} <= {"would_move", "would_end"}
            and self.case != NOTHING
        )

    @property
    def written_name(self) -> str:
        return text(self.judged.row.cells.get("name"))[:40]

    @property
    def outcome(self) -> Outcome:
        if not self.is_accepted:
            return Outcome.REJECTED
        if self.is_new:
            return Outcome.CREATED
        asks = self.changes or self.guardians or Step.NONE not in self.case.steps
        return Outcome.UPDATED if asks else Outcome.UNCHANGED


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose sheet it is: the county, the present day, and for a school's own people what they may touch."""

    county: str
    on: date
    schools: frozenset[UUID] | None = None  # None: every school of the county
    students: frozenset[UUID] | None = None  # children on record that may be changed; None: every one


@dataclass(frozen=True, slots=True)
class Review:
    """A judged sheet: a plan for each row, in order."""

    table: Table
    plans: list[RowPlan]

    def counts(self) -> dict[str, int]:
        """Rows by what becomes of them, and the lines that were none."""
        outcomes = Counter(plan.outcome for plan in self.plans)
        return {outcome.value: outcomes[outcome] for outcome in Outcome} | {"skipped": self.table.skipped}

    def summary(self) -> dict[str, Any]:
        """Counts of rows, and every fault and warning by row: what the command prints."""
        return self.counts() | {
            "rejected": [line for plan in self.plans for line in self._lines(plan.judged.row, plan.judged.faults)],
            "warnings": [line for plan in self.plans for line in self._lines(plan.judged.row, plan.judged.warnings)],
        }

    def _lines(self, row: Row, faults: Iterable[Fault]) -> Iterator[dict[str, Any]]:
        for fault in faults:
            yield {"row": row.number, "column": self.column(fault.field), "code": fault.code, "message": fault.message}

    def column(self, field: str) -> str:
        """The header as the sheet spells it; the usual one where the sheet has no such column."""
        return self.table.spelled.get(field, HEADERS[field][0])
