"""A submission as it was filed: everything it says, without a name; names and texts stand apart and can be erased.

PDF and workbook are printed from `Snapshot` and `Particulars` alone. Children go by opaque keys, which the versions of
one month share; `commitment` binds a key to a child as long as the child's particulars, which hold the salt, are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from reports.sheets import frozen

FORM = 1
"""The layout of a snapshot: goes up when a field changes its meaning."""


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """The policy that judged the month: its values by name, as counties.rules.PolicyTerms.plain() gives them."""

    preset: str
    effective_on: date | None
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Totals:
    """What the school's month comes to. `late_visits` are delivered ones of earlier months, which count in their own."""

    on_roll: int
    paused: int
    children_owed: int
    children_served: int
    owed: int
    delivered: int
    lessons: Decimal
    by_mode: dict[str, int]  # home, centre, remote: child-visits of the calendar month
    missed: int
    missed_by_reason: dict[str, int]  # by Visit.Missed code; "" where none was given
    rate: Fraction | None  # 实送率
    reachable_rate: Fraction | None  # 可控实送率
    met: int
    short: int
    on_track: int
    at_risk: int
    year_delivered: Decimal  # lessons since September
    year_owed: Decimal | None  # None: not laid down
    late_visits: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """A child's month: `verdict` is a code of visits.rules.judging.Verdict."""

    verdict: str
    owed: int
    delivered: int
    planned: int
    reachable: int
    lessons: Decimal
    missed: int
    short_visits: int
    short_lessons: Decimal | None
    year_delivered: Decimal
    year_owed: Decimal | None


@dataclass(frozen=True, slots=True)
class PhotoLine:
    id: str
    digest: str


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A question about a record; words and answer are in Particulars.flags under `key`. Not answered: 未说明."""

    code: str
    evidence: str
    answered: bool
    travels: bool = True  # what stays with the school is not printed for the bureau
    key: str = ""


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One child's record of one visit."""

    record: str
    visit: str
    on: date
    starts_at: datetime
    ends_at: datetime
    mode: str
    purpose: str
    outcome: str  # "done", or "missed" also where the child was absent from a group's visit
    reason: str  # Visit.Missed code of what was missed
    lessons: Decimal
    people: int
    teachers: int
    digest: str  # of the record as filed, with the child's salt
    version: int  # of the visit
    month: date | None = None  # of what is told afterwards (补报): the month it belongs to
    mark: str = ""  # against the version before: "new" 新增, "changed" 改动
    confirmation: str = ""  # Confirmation.Kind code
    confirmed_at: datetime | None = None
    photos: tuple[PhotoLine, ...] = ()
    flags: tuple[FlagLine, ...] = ()
    written_at: datetime | None = field(
        default=None, metadata=frozen.ADDED
    )  # both only of what was written in time and received late (后同步)
    received_at: datetime | None = field(default=None, metadata=frozen.ADDED)


@dataclass(frozen=True, slots=True)
class Line:
    """A child. `figures` is None for one who is told afterwards only and no longer on the school's list."""

    key: str
    commitment: str
    is_paused: bool
    figures: Figures | None
    visits: tuple[VisitLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the month: "entry", "pause" (until the day before `until`, or open), "exit"."""

    kind: str
    key: str
    on: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """A correction of something accepted earlier; its reason is in Particulars.corrections under `key`."""

    key: str  # "<visit>:<version>"
    visit: str
    version: int
    on: date
    at: datetime
    digest: str
    children: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LateQuestion:
    """A question about a record that an earlier submission holds, asked since then: told once, with the record's own month."""

    child: str
    record: str
    visit: str
    on: date
    month: date
    flag: FlagLine


@dataclass(frozen=True, slots=True)
class Declaration:
    """Who stands for it (names in Particulars.staff), when, and how the audit chain stood then."""

    words: str
    needs_confirmation: bool
    deadline: datetime
    is_auto: bool = False
    confirmed_at: datetime | None = None
    submitted_at: datetime | None = None
    first_submitted_at: datetime | None = None  # decides whether it was late
    is_late: bool = False
    audit_count: int = 0
    audit_head: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    county: str
    county_name: str
    school: str  # ten-digit code
    school_name: str
    month: date
    version: int
    as_of: datetime
    is_over: bool
    is_nil: bool
    policy: PolicyLine
    totals: Totals
    lines: tuple[Line, ...]
    changes: tuple[Change, ...]
    corrections: tuple[CorrectionLine, ...]
    declaration: Declaration
    form: int = FORM
    questions: tuple[LateQuestion, ...] = field(default=(), metadata=frozen.ADDED)

    def canonical(self) -> str:
        return frozen.canonical(self)

    @property
    def digest(self) -> str:
        return frozen.sha256(self.canonical())

    @classmethod
    def read(cls, text: str) -> Snapshot:
        made: Snapshot = frozen.read(cls, frozen.loads(text))
        return made

    @property
    def visits(self) -> Iterator[VisitLine]:
        return (visit for line in self.lines for visit in line.visits)

    @property
    def flags(self) -> Iterator[FlagLine]:
        """All that it asks and that travels: about its own records, and about what was filed before."""
        yield from (flag for visit in self.visits for flag in visit.flags if flag.travels)
        yield from (question.flag for question in self.questions)

    @property
    def records(self) -> frozenset[str]:
        return frozenset(visit.record for visit in self.visits)

    @property
    def substance(self) -> str:
        """Digest of what a principal confirms: all but the version, the moment and the declaration."""
        said = replace(self, version=0, as_of=self.declaration.deadline, declaration=replace(self.declaration, **UNSAID))
        return frozen.sha256(said.canonical())


UNSAID: dict[str, Any] = {
    "is_auto": False,
    "confirmed_at": None,
    "submitted_at": None,
    "first_submitted_at": None,
    "is_late": False,
    "audit_count": 0,
    "audit_head": "",
}
