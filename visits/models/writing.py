"""How a visit came to be written: drafts that are not lost, versions that are not overwritten, receipts for both."""

from __future__ import annotations

import uuid

from django.db import models

from accounts.models import User
from office.fields import SealedJSONField
from visits.models.outings import Visit


class VisitDraft(models.Model):
    """What somebody has typed of a visit and not ended yet, just as the page held it. Gone with the receipt, not before.

    `visit` is the id that the visit has or will have: the page makes it before the server knows of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.UUIDField("送教")
    user = models.ForeignKey(User, models.CASCADE, related_name="visit_drafts")
    base_version = models.PositiveIntegerField(default=0)  # the version it began from; 0: a new visit
    sequence = models.PositiveBigIntegerField(default=0)  # the page's count of changes: an older save never replaces a newer one
    content = SealedJSONField("内容")
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = verbose_name_plural = "送教草稿"
        ordering = ["-saved_at", "id"]
        constraints = [models.UniqueConstraint(fields=["visit", "user"], name="draft_once_a_person")]

    def __str__(self) -> str:
        return str(self.pk)


class VisitRevision(models.Model):
    """One version of a visit as it was accepted: the receipt of whoever sent it, and the proof of what stood before.

    `digest` is the SHA-256 of what was sent. The same content sent again on the same version finds its first receipt.
    """

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    base_version = models.PositiveIntegerField()
    digest = models.CharField("SHA-256", max_length=64)
    content = SealedJSONField("内容")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="写的人")
    at = models.DateTimeField("收到时间")
    device_at = models.DateTimeField("手机时间", null=True)  # as the device's clock said it
    reason = models.TextField("更正理由", blank=True, max_length=500)  # a correction of what was accepted has one

    class Meta:
        verbose_name = verbose_name_plural = "送教记录的版本"
        ordering = ["visit", "version"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "version"], name="revision_once"),
            models.UniqueConstraint(fields=["visit", "base_version", "digest"], name="receipt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.version}"

    @property
    def receipt(self) -> str:
        """回执号: what the page shows and a person can read out."""
        return f"{self.visit_id.hex[:4]}-{self.digest[:6]}-{self.version}".upper()

    @property
    def is_correction(self) -> bool:
        return bool(self.reason)
