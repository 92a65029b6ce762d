from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from accounts.models import User


class RosterUploadQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> RosterUploadQuerySet:
        """One's own: what somebody uploaded concerns children that others may not see."""
        return self.filter(by=user)

    def with_work(self) -> RosterUploadQuerySet:
        return self.select_related("county", "sheet", "findings", "rejects", "checking", "importing")
