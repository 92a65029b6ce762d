"""Scores of an assessment: read, counted, compared. Source: docs/rules.md, "Assessments and plans"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from office.rules.typed import BadContent
from plans.rules.scales import Scale

Totals = Mapping[str, Sequence[int]]


def highest(scale: Scale) -> dict[str, int]:
    """What can be scored, by code: the items and their top; of a scale of totals the domains and theirs."""
    if scale.of_totals:
        return {domain.code: domain.most for domain in scale.domains}
    return {item.code: scale.top for domain in scale.domains for item in domain.items}


def read_scores(scale: Scale, plain: Any) -> dict[str, int]:
    """Points by code, also as text; what is empty is not scored. Raises BadContent with words for every other value."""
    most, errors, scores = highest(scale), dict[str, str](), dict[str, int]()
    for code, value in (plain if isinstance(plain, dict) else {"": plain}).items():
        if code not in most:
            errors[f"scores.{code}"] = "这个量表没有这一项。"
        elif value not in (None, ""):
            points = int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 6 else value
            if isinstance(points, int) and not isinstance(points, bool) and 0 <= points <= most[code]:
                scores[code] = points
            else:
                errors[f"scores.{code}"] = f"得分要填 0 到 {most[code]} 的整数。"
    if errors:
        raise BadContent(errors)
    return scores


def unscored(scale: Scale, scores: Mapping[str, int]) -> int:
    return len(highest(scale).keys() - scores.keys())


@dataclass(frozen=True, slots=True)
class Change:
    """A domain then and now; None where it was not scored. `by` is the change of the share in percentage points."""

    name: str
    before: Sequence[int] | None
    after: Sequence[int] | None

    @property
    def by(self) -> int | None:
        if not self.before or not self.after:
            return None
        return round(100 * share(self.after)) - round(100 * share(self.before))


def share(total: Sequence[int]) -> float:
    """Points of the highest that could be had, 0 to 1."""
    points, most = total
    return points / most if most else 0.0


def compare(scale: Scale, before: Totals, after: Totals) -> list[Change]:
    """Domain by domain, in the scale's order; the domain's code holds through versions of a scale."""
    return [Change(domain.name, before.get(domain.code), after.get(domain.code)) for domain in scale.domains]
