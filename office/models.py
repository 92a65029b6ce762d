"""The rows the floor keeps: the chain of audit lines.

Lines name their actor and their subject by id alone, without foreign keys: they outlive both.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC
from typing import Any, NoReturn

from django.conf import settings
from django.db import models

from office.querysets import AuditLineQuerySet

INSTALLATION = "installation"  # the chain of what belongs to no county


class AuditChain(models.Model):
    """The head of one chain: a county's (its code), or the installation's. Who writes a line waits here."""

    scope = models.CharField("链", max_length=12, primary_key=True)
    count = models.PositiveBigIntegerField("行数", default=0)
    head = models.CharField("末行校验码", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计链"

    def __str__(self) -> str:
        return self.scope


class AuditLine(models.Model):
    """Who did what to what, when. Written by office/audit.py only, never changed, never deleted.

    `mac` is an HMAC (key: settings.AUDIT_KEY, outside the database) over everything else in the line,
    the previous line's included. Whoever writes to the database by hand is found by `verify_audit`.
    """

    pk = models.CompositePrimaryKey("chain_id", "number")
    chain = models.ForeignKey(AuditChain, models.PROTECT, related_name="lines", verbose_name="链")
    number = models.PositiveBigIntegerField("行号")
    at = models.DateTimeField("时间")
    verb = models.CharField("事项", max_length=60)
    by = models.UUIDField("操作人", null=True)
    subject = models.UUIDField("对象", null=True)
    detail = models.JSONField("涉及", default=dict)
    previous = models.CharField("上一行校验码", max_length=64, blank=True)
    mac = models.CharField("校验码", max_length=64)

    objects = AuditLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        ordering = ["chain", "number"]
        indexes = [
            models.Index(fields=["chain", "at"], name="audit_by_time"),
            models.Index(fields=["subject", "at"], name="audit_by_subject"),
            models.Index(fields=["by", "at"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.chain_id}:{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not kwargs.get("force_insert"):
            raise TypeError("an audit line is only ever added, by office.audit.record")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("an audit line is never deleted")

    def signature(self) -> str:
        """The HMAC this line should carry, 64 hex digits."""
        content = [
            self.chain_id,
            self.number,
            self.at.astimezone(UTC).isoformat(),
            self.verb,
            str(self.by or ""),
            str(self.subject or ""),
            self.detail,
            self.previous,
        ]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hmac.new(settings.AUDIT_KEY.encode(), b"line:" + text.encode(), hashlib.sha256).hexdigest()
