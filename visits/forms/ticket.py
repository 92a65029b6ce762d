"""Whose page of a visit a form was: what it says when it is posted after the session has ended."""

from __future__ import annotations

from uuid import UUID

from django.core import signing

from office.rules.typed import read_key

SALT, A_DAY = "visits.page", 24 * 3600


def ticket_for(user: UUID, visit_id: UUID) -> str:
    """Signed by the server: this person was shown the page of this visit."""
    return signing.dumps([str(user), str(visit_id)], salt=SALT)


def holder_of(ticket: str, visit_id: UUID) -> UUID | None:
    """Who was shown the page; None for what the server did not sign, or for another visit, or a day ago."""
    try:
        user, visit = signing.loads(ticket, salt=SALT, max_age=A_DAY)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return read_key(user) if visit == str(visit_id) else None
