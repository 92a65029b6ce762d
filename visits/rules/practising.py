"""The objectives of a child's plan that a visit worked on: sent, checked, shown. Source: docs/rules.md, "Logging a visit"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from office.rules.typed import Typed

MOST_PRACTISED, MOST_TRIES, LONGEST_NOTE = 30, 999, 300
BLANK = {"plan": "", "objective": "", "level": "", "tries": "", "right": "", "note": ""}
RESULTS = ("level", "tries", "right", "note")

UNKNOWN = "没有这个目标，或者它不在这名学生的计划里。"
NOT_THEN = "这份计划那一天没有在执行。"
GONE = "计划里已没有的目标"
"""What stands for the words of an objective that whoever looks may not read, or that is nowhere."""


@dataclass(frozen=True, slots=True)
class Practised:
    """One objective of one plan: how much help it took (5 none, 0 all of the body), how often it went right, a word on it."""

    plan: UUID
    objective: UUID
    level: int | None
    tries: int | None
    right: int | None
    note: str

    def plain(self) -> dict[str, Any]:
        told = {"level": self.level, "tries": self.tries, "right": self.right, "note": self.note}
        return {"plan": str(self.plan), "objective": str(self.objective)} | told

    @property
    def is_empty(self) -> bool:
        return self.level is None and self.tries is None and self.right is None and not self.note


def read_practised(typed: Typed) -> tuple[Practised, ...]:
    """What was practised, in its order. An objective of which nothing is said was offered, not practised: it is left out."""
    read = [_line(each) for each in typed.each("practised", MOST_PRACTISED)]
    found = tuple(line for line in read if line and not line.is_empty)
    if len({line.objective for line in found}) < len(found):
        typed.wrong("practised", "同一个目标写了两次。")
    return found


def _line(typed: Typed) -> Practised | None:
    plan, objective = typed.key("plan", "目标没有写明是哪一份计划的。"), typed.key("objective", "目标没有编号。")
    tries, right = typed.number("tries", 1, MOST_TRIES), typed.number("right", 0, MOST_TRIES)
    if right is not None and tries is None:
        typed.wrong("tries", "写了对几次，也请写一共几次。")
    if right is not None and tries is not None and right > tries:
        typed.wrong("right", "对的次数不能多于一共的次数。")
    level, note = typed.number("level", 0, 5), typed.text("note", LONGEST_NOTE)
    if plan is None or objective is None:
        return None
    return Practised(plan, objective, level, tries, right, note)


# --- May it be written --------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """A plan as the check needs it; `stood`: in force on the visit's day, or now."""

    case: UUID
    stood: bool
    objectives: Collection[UUID]


def stood_on(state: str, began_on: date | None, ended_on: date | None, on: date) -> bool:
    """Whether a plan was in force that day, or is in force now."""
    return state == "in_force" or (began_on is not None and began_on <= on and (ended_on is None or on <= ended_on))


def why_not_practised(
    case: UUID, said: Sequence[Practised], plans: Mapping[UUID, Standing], kept: Collection[tuple[str, str]]
) -> dict[int, str]:
    """By its place what speaks against each. `plans` are those its writer reads; what the record holds already (`kept`: plan and
    objective) stays, whatever has become of the plan. A plan of another child is as unknown as none."""
    wrong = {}
    for number, line in enumerate(said):
        plan = plans.get(line.plan)
        if (str(line.plan), str(line.objective)) in kept:
            continue
        if plan is None or plan.case != case or line.objective not in plan.objectives:
            wrong[number] = UNKNOWN
        elif not plan.stood:
            wrong[number] = NOT_THEN
    return wrong


# --- On the page --------------------------------------------------------------------------------------------


def arranged(offer: Mapping[str, Any] | None, lines: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """A child's objectives as its card shows them: first those written of and those of the last time, the others by their goal.

    `offer`: the plan's id, its goals with their objectives, the keys of the last time, and the words of what else is on record.
    """
    offer = offer or {}
    said = {line["objective"]: line for line in lines}
    known = {each["key"]: each["text"] for each in (*_objectives(offer), *offer.get("others", ()))}
    rows = {each["key"]: _row(each["key"], each["text"], offer, said) for each in _objectives(offer)}
    foreign = [key for key in said if key not in rows and is_told(said[key])]
    written = {key for key in rows if key in said} | set(offer.get("last", ()))
    first = [rows[key] for key in rows if key in written] + [_row(key, known.get(key, GONE), offer, said) for key in foreign]
    more = [
        {"text": goal["text"], "area": goal["area"], "rows": left}
        for goal in offer.get("goals", ())
        if (left := [rows[each["key"]] for each in goal["objectives"] if each["key"] not in written])
    ]
    return {"first": first, "more": more, "left": sum(len(goal["rows"]) for goal in more)}


def is_told(line: Mapping[str, str]) -> bool:
    """Whether anything is said of it beyond which one it is."""
    return any(line.get(name) for name in RESULTS)


def _objectives(offer: Mapping[str, Any]) -> list[dict[str, str]]:
    return [each for goal in offer.get("goals", ()) for each in goal["objectives"]]


def _row(key: str, text: str, offer: Mapping[str, Any], said: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    row = BLANK | {"plan": offer.get("plan", ""), "objective": key}
    told = said.get(key, {})
    return row | {name: value for name, value in told.items() if value} | {"text": text}
