"""What every table of the operator shares: each change stands in the audit."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from office.audit import record


class AuditedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Writes a line for whatever is added, changed or deleted: which row, which fields, never their values."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        audit(request, obj, "added", message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        audit(request, obj, "changed", message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for obj in queryset:
            audit(request, obj, "deleted", [])
        return super().log_deletions(request, queryset)


def audit(request: HttpRequest, obj: Model, what: str, message: Any) -> None:
    fields = [field for part in message if isinstance(part, dict) for change in part.values() for field in change.get("fields", [])]
    record(
        f"{obj._meta.model_name}.{what}_by_operator",
        subject=obj.pk if isinstance(obj.pk, UUID) else None,
        by=cast(UUID, request.user.pk),
        at=request.now,  # type: ignore[attr-defined]
        detail={"key": str(obj), "fields": fields},
    )
