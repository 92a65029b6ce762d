"""Scales as data: domains, their items, their points. Two are built in. Source: docs/rules.md, "Assessments and plans"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

BUILT_IN = Path(__file__).resolve().parent.parent / "scales"


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Domain:
    """`most` is the highest total; of a scale with items it follows from them."""

    code: str
    name: str
    items: tuple[Item, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Scale:
    """`top` is the highest score of an item; a scale `of_totals` has no items, only totals by domain."""

    key: str
    version: int
    name: str
    top: int
    words: tuple[str, ...]  # what each score from 0 to `top` means
    domains: tuple[Domain, ...]

    @property
    def of_totals(self) -> bool:
        return not any(domain.items for domain in self.domains)

    def plain(self) -> dict[str, Any]:
        domains = [
            {
                "code": domain.code,
                "name": domain.name,
                "most": domain.most,
                "items": [{"code": item.code, "text": item.text} for item in domain.items],
            }
            for domain in self.domains
        ]
        return {
            "key": self.key,
            "version": self.version,
            "name": self.name,
            "top": self.top,
            "words": list(self.words),
            "domains": domains,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Scale:
        """From its plain form, which is trusted: built in, or checked when it was added."""
        domains = []
        for each in plain["domains"]:
            items = tuple(Item(str(item["code"]), item["text"]) for item in each.get("items") or [])
            most = each["most"] if not items else len(items) * plain["top"]
            domains.append(Domain(str(each["code"]), each["name"], items, most))
        words = tuple(plain.get("words") or ())
        return cls(plain["key"], plain["version"], plain["name"], plain["top"], words, tuple(domains))


@cache
def built_in() -> tuple[Scale, ...]:
    """The scales that come with the product, in the order of their files."""
    return tuple(Scale.of(yaml.safe_load(path.read_text())) for path in sorted(BUILT_IN.glob("*.yml")))


def totals(scale: Scale, scores: Mapping[str, int]) -> dict[str, list[int]]:
    """[points, highest] by domain, of what was scored; a domain without any score is left out."""
    found = {}
    for domain in scale.domains:
        if not domain.items:
            if domain.code in scores:
                found[domain.code] = [scores[domain.code], domain.most]
            continue
        scored = [scores[item.code] for item in domain.items if item.code in scores]
        if scored:
            found[domain.code] = [sum(scored), len(scored) * scale.top]
    return found
