"""A hand on a page: it taps, types, chooses and reads in a real browser, and counts what a person would need for it.

Seconds by the keystroke-level model (Card, Moran and Newell 1980), for a phone: a tap with pointing 1.2; a character of Chinese by an
input method 1.2, any other key 0.28; a decision before each of them 1.35; silent reading of Chinese 5 characters a second.
An estimate of the page, not of the machine: the same page gives the same number.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Locator

TAP, CHINESE, KEY, DECISION, READ = 1.2, 1.2, 0.28, 1.35, 1 / 5


@dataclass
class Hand:
    taps: int = 0
    fields: int = 0
    chinese: int = 0
    keys: int = 0
    decisions: int = 0
    read: int = 0
    done: list[str] = field(default_factory=list)

    def tap(self, what: Locator, *, decided: bool = True) -> None:
        self.taps += 1
        self.decisions += decided
        what.click()

    def write(self, what: Locator, text: str) -> None:
        """Into a field, after thinking what; one tap to get there."""
        self.taps, self.fields, self.decisions = self.taps + 1, self.fields + 1, self.decisions + 1
        chinese = sum(ord(one) > 0x2E7F for one in text)
        self.chinese, self.keys = self.chinese + chinese, self.keys + len(text) - chinese
        what.fill(text)

    def choose(self, what: Locator, value: str) -> None:
        """From a list that opens at a tap and closes at another."""
        self.taps, self.fields, self.decisions = self.taps + 2, self.fields + 1, self.decisions + 1
        what.select_option(value)

    def look(self, what: Locator) -> None:
        """Reads it to the last word."""
        self.read += len("".join("".join(what.all_inner_texts()).split()))

    @property
    def minutes(self) -> float:
        typed = self.chinese * CHINESE + self.keys * KEY
        return (self.taps * TAP + typed + self.decisions * DECISION + self.read * READ) / 60

    def __str__(self) -> str:
        what = f"{self.taps} taps, {self.fields} fields, {self.chinese} characters and {self.keys} keys typed"
        return f"{what}, {self.decisions} decisions, {self.read} characters read: {self.minutes:.1f} minutes"
