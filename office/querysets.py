from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn, Protocol
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from office.models import AuditLine, Job  # noqa: F401 — named in quotes below


class Auditor(Protocol):
    @property
    def audit_scopes(self) -> frozenset[str] | None:
        """The chains a person may read (county codes, INSTALLATION); None for all of them."""


class AuditLineQuerySet(models.QuerySet["AuditLine"]):
    """Lines of the audit, to be read and filtered only."""

    def visible_to(self, user: Auditor) -> AuditLineQuerySet:
        return self if user.audit_scopes is None else self.filter(chain__in=user.audit_scopes)

    def of(self, scope: str) -> AuditLineQuerySet:
        return self.filter(chain=scope)

    def about(self, subject: UUID) -> AuditLineQuerySet:
        return self.filter(subject=subject)

    def done_by(self, actor: UUID) -> AuditLineQuerySet:
        return self.filter(by=actor)

    def between(self, start: datetime, end: datetime) -> AuditLineQuerySet:
        """From `start` up to, not including, `end`."""
        return self.filter(at__gte=start, at__lt=end)

    def newest_first(self) -> AuditLineQuerySet:
        return self.order_by("-at", "chain", "-number")

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("audit lines are never changed")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("audit lines are never changed")

    def create(self, **kwargs: Any) -> NoReturn:
        raise TypeError("audit lines are added by office.audit.record")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("audit lines are added by office.audit.record")

    def delete(self) -> NoReturn:
        raise TypeError("audit lines are never deleted")


class Person(Protocol):
    @property
    def pk(self) -> UUID: ...

    @property
    def sees_all_jobs(self) -> bool:
        """Whether the person looks after the installation."""


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Person) -> JobQuerySet:
        """The jobs a person asked for; all of them for those who look after the installation."""
        return self if user.sees_all_jobs else self.filter(by=user.pk)

    def in_state(self, state: str) -> JobQuerySet:
        """`open` (waiting or running), a state, or empty for all."""
        if state == "open":
            return self.filter(state__in=["queued", "running"])
        return self.filter(state=state) if state else self

    def of_kind(self, kind: str) -> JobQuerySet:
        return self.filter(kind=kind) if kind else self

    def held(self, job: UUID, lease: UUID | None) -> JobQuerySet:
        """The job, if it is running under this lease."""
        return self.filter(pk=job, state="running", lease=lease)

    def abandoned(self, *, since: datetime) -> JobQuerySet:
        """Running, but no sign of life since then."""
        return self.filter(state="running", heartbeat_at__lt=since)

    def unheard(self, *, since: datetime) -> JobQuerySet:
        """Waiting, and no worker was told since then."""
        return self.filter(models.Q(nudged_at=None) | models.Q(nudged_at__lt=since), state="queued")
