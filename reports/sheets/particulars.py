"""What of a submission can be erased: names and texts, by the opaque keys of its snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from reports.sheets import frozen


@dataclass(frozen=True, slots=True)
class Child:
    student: str
    name: str
    birth_on: date
    salt: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of a record, in short."""

    people: tuple[str, ...] = ()  # teachers first, then companions
    teaching: str = ""
    rehabilitation: str = ""
    family: str = ""
    reason: str = ""
    signer: str = ""
    guardian_words: str = ""
    practised: tuple[str, ...] = field(default=(), metadata=frozen.ADDED)  # an objective and how it went, without the note


@dataclass(frozen=True, slots=True)
class FlagTexts:
    words: str
    answer: str = ""  # empty: 未说明


@dataclass(frozen=True, slots=True)
class Staff:
    submitted_by: str = ""
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class Particulars:
    """Names and texts by the snapshot's keys: children, records, photos, flags, corrections."""

    children: dict[str, Child] = field(default_factory=dict)
    records: dict[str, Texts] = field(default_factory=dict)
    captions: dict[str, str] = field(default_factory=dict)
    flags: dict[str, FlagTexts] = field(default_factory=dict)
    corrections: dict[str, str] = field(default_factory=dict)
    staff: Staff = Staff()
    requests: str = ""

    def plain(self) -> dict[str, Any]:
        made: dict[str, Any] = frozen.plain(self)
        return made

    @classmethod
    def read(cls, plain: dict[str, Any] | None) -> Particulars:
        made: Particulars = frozen.read(cls, plain or {})
        return made

    def name_of(self, key: str) -> str:
        """The child's name, or 已删除 where it was erased."""
        return self.children[key].name if key in self.children else "已删除"

    def text_of(self, record: str) -> Texts:
        return self.records.get(record, Texts())

    def without(self, key: str, records: frozenset[str]) -> Particulars:
        """The same without a child: its name, salt and the texts of its records."""
        return replace(
            self,
            children={each: child for each, child in self.children.items() if each != key},
            records={each: texts for each, texts in self.records.items() if each not in records},
            flags={each: texts for each, texts in self.flags.items() if each.split(":")[0] not in records},
        )


def flag_key(record: str, code: str, evidence: str) -> str:
    return f"{record}:{code}:{evidence}"


def commitment(child: Child) -> str:
    return frozen.sha256("|".join((child.salt, child.student, child.name, child.birth_on.isoformat())))


def record_digest(salt: str, said: Any) -> str:
    """Of what a record said: with the salt gone nobody can try words against it."""
    return frozen.sha256(f"{salt}|{frozen.canonical(said)}")
