"""Who is to sign a plan, and who has. Source: docs/rules.md, "Assessments and plans"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

GUARDIAN, TEACHER, LEADER, OTHER = "guardian", "teacher", "leader", "other"
TEACHERS = ("老师", "教师", "班主任", "康复师", "治疗师")
LEADERS = ("校长", "负责人", "主任", "园长", "领导")
FAMILY = ("监护", "家长", "母", "父", "妈", "爸", "祖", "爷", "奶", "外公", "外婆", "姥", "叔", "姑", "舅", "姨", "伯", "哥", "姐")
DAYS_UNSIGNED = 14
"""Days after its approval on which a plan without the guardian's signature is spoken of."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who is to sign: as what, by name where it is known, with the relation to the child or the role."""

    kind: str
    name: str
    relation: str = ""


def kind_of(role: str) -> str:
    """As what somebody signs who took part in this role."""
    for kind, words in ((TEACHER, TEACHERS), (LEADER, LEADERS), (GUARDIAN, FAMILY)):
        if any(word in role for word in words):
            return kind
    return OTHER


def signers(participants: Iterable[Mapping[str, str]], *, teachers: Sequence[str], leader: str) -> list[Signer]:
    """The guardian, the teachers, the school's leader, then others who took part; each once. `teachers` and `leader` are names
    that stand in where nobody of the kind took part; a guardian is always asked for."""
    took_part = [Signer(kind_of(each["role"]), each["name"], each["role"]) for each in participants if each["name"] or each["role"]]
    stand_in = {GUARDIAN: [""], TEACHER: list(teachers), LEADER: [leader]}
    found: list[Signer] = []
    for kind in (GUARDIAN, TEACHER, LEADER, OTHER):
        own = [each for each in took_part if each.kind == kind]
        found += own or [Signer(kind, name) for name in stand_in.get(kind, [])]
    return list(dict.fromkeys(found))


def matched(asked: Iterable[Signer], signed: Sequence[Signer]) -> list[tuple[Signer, int | None]]:
    """Each who is to sign, with the place in `signed` of what they signed, or none; then what was signed by others.
    A name that is not known yet takes whoever of its kind is left."""
    free, rows = dict(enumerate(signed)), list(asked)
    found: dict[int, int] = {}
    for by_name in (True, False):
        for row, signer in enumerate(rows):
            if row in found or bool(signer.name) != by_name:
                continue
            own = (at for at, one in free.items() if one.kind == signer.kind and (one.name == signer.name or not by_name))
            if (place := next(own, None)) is not None:
                found[row] = place
                del free[place]
    return [(signer, found.get(row)) for row, signer in enumerate(rows)] + [(one, at) for at, one in free.items()]
