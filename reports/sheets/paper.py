"""How the codes of a snapshot read on paper, and which characters of a text reach it."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils import timezone

from office.rules import full_day_text, number_text
from reports.sheets.snapshot import Figures
from visits.models import Confirmation, Visit
from visits.rules.judging import FLAG_WORDS, VERDICT_WORDS

LONGEST = 200
"""Of what a visit held, in short: about five lines of its column; the workbook has all of it."""
MOST_LINES = 30
MARKS = {"new": "新增", "changed": "改动"}
CHANGES = {"entry": "开始送教", "pause": "暂停送教", "exit": "结束送教"}

_VERDICTS = {code.value: word for code, word in VERDICT_WORDS.items()}
_FLAGS = {code.value: word for code, word in FLAG_WORDS.items()}
_MODES = {code: str(label) for code, label in Visit.Mode.choices}
_REASONS = {code: str(label) for code, label in Visit.Missed.choices}
_CONFIRMATIONS = {code: str(label) for code, label in Confirmation.Kind.choices}
# Controls, halves of surrogates, and marks that turn the direction of what follows.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


def clean(text: str) -> str:
    """A text as paper takes it: its words and line breaks, nothing that steers."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\t", " ")).strip()


def printable(html: str) -> str:
    """A whole page without what steers, wherever it came from."""
    return _UNPRINTABLE.sub("", html)


def short(text: str, longest: int = LONGEST) -> str:
    """The beginning of a text on one line, with an ellipsis where it goes on."""
    line = " ".join(clean(text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def paragraphs(text: str) -> tuple[str, ...]:
    """The lines of a text that are not empty; past the thirtieth they run on in one."""
    lines = [line.strip() for line in clean(text).splitlines() if line.strip()]
    return (*lines[:MOST_LINES], *([" ".join(lines[MOST_LINES:])] if lines[MOST_LINES:] else []))


def verdict_word(code: str) -> str:
    return _VERDICTS.get(code, code)


def flag_word(code: str) -> str:
    return _FLAGS.get(code, code)


def mode_word(code: str) -> str:
    return _MODES.get(code, code)


def reason_word(code: str) -> str:
    return _REASONS.get(code, code)


def confirmation_word(code: str) -> str:
    return _CONFIRMATIONS.get(code, code)


def short_words(figures: Figures) -> str:
    """`1 次、3 课时`."""
    lessons = f"{number_text(figures.short_lessons)} 课时" if figures.short_lessons else ""
    return "、".join(filter(None, (f"{figures.short_visits} 次" if figures.short_visits else "", lessons))) or "—"


def figures_words(figures: Figures) -> str:
    """`已送 2 / 应送 2 次，6 课时；学年已送 12 课时`."""
    missed = f"，未送成 {figures.missed} 次" if figures.missed else ""
    owed = "" if figures.year_owed is None else f" / 应送 {number_text(figures.year_owed)}"
    month = f"已送 {figures.delivered} / 应送 {figures.owed} 次，{number_text(figures.lessons)} 课时{missed}"
    return f"{month}；学年已送 {number_text(figures.year_delivered)}{owed} 课时"


def sync_words(written_at: datetime | None, received_at: datetime | None) -> str:
    """Of what was written in time and received late; empty of all else."""
    return f"后同步：写成 {moment(written_at)}，收到 {moment(received_at)}" if received_at else ""


def moment(at: datetime | None) -> str:
    """`2026年10月28日 14:05`, in Asia/Shanghai; empty where there is none."""
    return f"{full_day_text(timezone.localdate(at))} {timezone.localtime(at):%H:%M}" if at else ""
