"""The summary of a term as its page and its paper show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string

from office.pdf import make_pdf
from visits.models import TermSummary
from visits.querysets.summing import term_figures
from visits.rules.summing import NOT_MEDICAL, SECTIONS, Figures, draft


@dataclass(frozen=True)
class Part:
    """A section: `fresh` is what would be drafted now, where that is something else."""

    code: str
    title: str
    text: str
    fresh: str


@dataclass(frozen=True)
class SummaryPage:
    parts: tuple[Part, ...]
    figures: Figures

    @property
    def notice(self) -> str:
        return NOT_MEDICAL if self.figures["scales"] else ""


def summary_page(summary: TermSummary, *, on: date, typed: Mapping[str, str] | None = None) -> SummaryPage:
    """With the figures it was finished with, or those of the day; with `typed` texts as somebody filled them in."""
    figures: Figures | None = summary.figures
    texts = summary.sections if typed is None else typed
    if figures is None:
        figures, _ = term_figures(summary.case, first=summary.starts_on, last=summary.ends_on, on=on)
    drafted = {} if summary.figures else draft(figures)
    parts = (Part(code, title, text := texts.get(code, ""), _other(drafted.get(code, ""), text)) for code, title in SECTIONS.items())
    return SummaryPage(tuple(parts), figures)


def _other(fresh: str, text: str) -> str:
    """A browser sends other ends of lines than those it was given."""
    return fresh if fresh != text.replace("\r\n", "\n").strip() else ""


def print_summary(summary: TermSummary, page: SummaryPage) -> bytes:
    """On paper; the same summary with the same figures gives the same bytes."""
    css = render_to_string("visits/print/summary.css")
    return make_pdf(render_to_string("visits/print/_summary.html", {"summary": summary, "page": page}), css=[css])
