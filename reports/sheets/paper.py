"""How the codes of a snapshot read on paper, and which characters of a text reach it."""

from __future__ import annotations

import re

from visits.models import Confirmation, Visit
from visits.rules.judging import FLAG_WORDS, VERDICT_WORDS

LONGEST = 200
"""Of what a visit held, in short: about five lines of its column; the workbook has all of it."""
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


def short(text: str, longest: int = LONGEST) -> str:
    """The beginning of a text on one line, with an ellipsis where it goes on."""
    line = " ".join(clean(text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


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
