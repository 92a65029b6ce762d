"""The audit repeats below what rooms above call their codes: one word for one thing."""

from __future__ import annotations

from accounts.rules.audit_details import CODES
from plans.models import PlanSignature
from students.models import Consent
from visits.models import Confirmation
from visits.rules.judging import FLAG_WORDS


def test_questions_confirmations_and_signatures_are_called_as_on_their_own_pages() -> None:
    assert CODES["flag"] == {flag.value: words for flag, words in FLAG_WORDS.items()}
    assert CODES["kinds"] == dict(Confirmation.Kind.choices) | dict(Consent.Kind.choices)
    assert CODES["kind"] == dict(PlanSignature.Kind.choices)
