"""What somebody types of a visit is kept as it comes, until the receipt or until they discard it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from office.rules.typed import BadContent, cleaned
from visits.models import VisitDraft, VisitRevision
from visits.rules.writing import VisitContent


def save_draft(*, visit_id: UUID, base_version: int, sequence: int, content: dict[str, Any], by: User, at: datetime) -> VisitDraft:
    """Keeps what the page holds. An older sequence never replaces a newer one: the newer is given back.

    What was received already, word for word, is not kept again: a save that was overtaken by its own receipt leaves nothing behind.
    """
    draft = VisitDraft(visit=visit_id, user=by, base_version=base_version, sequence=sequence, content=cleaned(content), saved_at=at)
    if _is_received(draft):
        return draft
    try:
        return _save(draft)
    except IntegrityError:  # the same person's other page saved first at the same moment
        return _save(draft)


@transaction.atomic
def _save(draft: VisitDraft) -> VisitDraft:
    kept = VisitDraft.objects.select_for_update().filter(visit=draft.visit, user=draft.user).first()
    if kept is None:
        draft.save(force_insert=True)
        return draft
    if kept.sequence >= draft.sequence:
        return kept
    kept.base_version, kept.sequence, kept.content, kept.saved_at = draft.base_version, draft.sequence, draft.content, draft.saved_at
    kept.save()
    return kept


def _is_received(draft: VisitDraft) -> bool:
    try:
        digest = VisitContent.read(draft.content).digest
    except BadContent:
        return False
    return VisitRevision.objects.filter(visit=draft.visit, base_version=draft.base_version, digest=digest, by=draft.user).exists()


def discard_draft(*, visit_id: UUID, by: User) -> None:
    VisitDraft.objects.filter(visit=visit_id, user=by).delete()
