"""What the pages and the paper of an assessment show, frozen before a template prints it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from office.pdf import make_pdf
from office.rules import day_text, full_day_text
from plans.models import Assessment
from plans.rules.assessing import Change, compare, share, unscored
from plans.rules.radar import Radar, draw
from plans.rules.scales import Scale

MOST_SHAPES = 3


@dataclass(frozen=True)
class ItemLine:
    code: str
    text: str
    points: int | None
    word: str
    most: int


@dataclass(frozen=True)
class DomainPart:
    code: str
    name: str
    total: Sequence[int] | None
    items: tuple[ItemLine, ...]


@dataclass(frozen=True)
class AssessmentPage:
    """One assessment: its domains with what was scored, a note, how much is left."""

    scale: Scale
    parts: tuple[DomainPart, ...]
    note: str
    left: int
    count: int

    @property
    def done(self) -> int:
        return self.count - self.left


def assessment_page(assessment: Assessment, *, scores: Mapping[str, Any] | None = None, note: str | None = None) -> AssessmentPage:
    """As it is on record, or with `scores` and `note` as somebody filled them in."""
    scale = Scale.of(assessment.scale)
    given = assessment.scores if scores is None else {code: _points(value) for code, value in scores.items()}
    scored = {code: points for code, points in given.items() if points is not None}
    parts = tuple(_part(scale, number, scored, assessment.totals) for number in range(len(scale.domains)))
    count = sum(len(part.items) for part in parts)
    return AssessmentPage(scale, parts, assessment.note if note is None else note, unscored(scale, scored), count)


def _points(value: Any) -> int | None:
    return int(value) if str(value).isascii() and str(value).isdecimal() and len(str(value)) < 6 else None


def _part(scale: Scale, number: int, scores: Mapping[str, int], totals: Mapping[str, Sequence[int]]) -> DomainPart:
    domain = scale.domains[number]
    asked = [(item.code, item.text, scale.top) for item in domain.items] or [(domain.code, "总分", domain.most)]
    lines = (ItemLine(code, text, scores.get(code), _word(scale, scores.get(code)), most) for code, text, most in asked)
    return DomainPart(domain.code, domain.name, totals.get(domain.code), tuple(lines))


def _word(scale: Scale, points: int | None) -> str:
    return scale.words[points] if points is not None and points < len(scale.words) else ""


@dataclass(frozen=True)
class ScaleHistory:
    """What was found with one scale: the radar of the newest with earlier ones behind it, and the newest beside the one before."""

    name: str
    assessments: tuple[Assessment, ...]  # finished ones, the newest first
    radar: Radar | None
    changes: tuple[Change, ...]

    @property
    def newest(self) -> Assessment:
        return self.assessments[0]

    @property
    def before(self) -> Assessment | None:
        return self.assessments[1] if len(self.assessments) > 1 else None


@dataclass(frozen=True)
class History:
    all: tuple[Assessment, ...]
    scales: tuple[ScaleHistory, ...]


def history_of(assessments: Sequence[Assessment]) -> History:
    """A child's assessments, the newest first, gathered by scale."""
    by_scale: dict[str, list[Assessment]] = {}
    for each in assessments:
        if each.state == Assessment.State.DONE:
            by_scale.setdefault(each.scale["key"], []).append(each)
    return History(tuple(assessments), tuple(scale_history(theirs) for theirs in by_scale.values()))


def scale_history(theirs: Sequence[Assessment]) -> ScaleHistory:
    """Of assessments with one scale, the newest first."""
    scale = Scale.of(theirs[0].scale)
    shown = theirs[:MOST_SHAPES]
    domains = [(domain.code, domain.name) for domain in scale.domains]
    series = [(_label(each), {code: share(total) for code, total in each.totals.items()}) for each in shown]
    before = theirs[1].totals if len(theirs) > 1 else {}
    return ScaleHistory(scale.name, tuple(theirs), draw(domains, series), tuple(compare(scale, before, theirs[0].totals)))


def _label(assessment: Assessment) -> str:
    return f"{assessment.get_kind_display()} {assessment.on.year}年{day_text(assessment.on)}"


def print_assessment(assessment: Assessment, earlier: Sequence[Assessment]) -> bytes:
    """One page of paper as PDF; the same assessment gives the same bytes."""
    context = {
        "assessment": assessment,
        "page": assessment_page(assessment),
        "history": scale_history([assessment, *earlier]),
        "on": full_day_text(assessment.on),
    }
    css = render_to_string("plans/print/assessment.css")
    return make_pdf(render_to_string("plans/print/_assessment.html", context), css=[css])
