"""What shows that a visit took place: pictures, the guardian's confirmation, answers to questions."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User
from office.fields import SealedJSONField
from office.models import PrivateFile
from visits.models.outings import Visit, VisitRecord
from visits.querysets.evidence import PhotoQuerySet


class Photo(models.Model):
    """A picture of a visit: announced with the visit's text (digest and size), received one by one afterwards.

    What is kept carries no EXIF; the camera's own time is kept apart. `digest` is of what was sent, so that the
    phone knows its own picture again; the four bands are the perceptual hash in sixteen-bit pieces.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", "工作图片"
        SCREENSHOT = "screenshot", "远程截图"
        THUMBPRINT = "thumbprint", "手印"
        PAPER = "paper", "纸质签字"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="photos")
    records = models.ManyToManyField(VisitRecord, related_name="photos", verbose_name="照片里的学生")
    kind = models.CharField("类型", max_length=10, choices=Kind, default=Kind.PHOTO)
    caption = models.CharField("说明", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)
    digest = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)  # the camera's own
    file = models.ForeignKey(PrivateFile, models.PROTECT, related_name="+", null=True)  # at most 1600 pixels; null: not received yet
    thumbnail = models.ForeignKey(PrivateFile, models.PROTECT, related_name="+", null=True)  # at most 320 pixels
    band_0 = models.PositiveIntegerField(null=True)
    band_1 = models.PositiveIntegerField(null=True)
    band_2 = models.PositiveIntegerField(null=True)
    band_3 = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    received_at = models.DateTimeField("收到时间", null=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "照片"
        ordering = ["visit", "position", "id"]
        indexes = [
            models.Index(fields=["digest"], name="photo_by_digest"),
            *(models.Index(fields=[f"band_{number}"], name=f"photo_by_band_{number}") for number in range(4)),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def receipt(self) -> str:
        return f"{self.pk.hex[:4]}-{self.digest[:6]}".upper()


class Confirmation(models.Model):
    """The guardian's word that the visit took place, in one of the forms the policy accepts.

    `record_digest` is what the record said when it was confirmed. Never called a certified signature.
    """

    class Kind(models.TextChoices):
        SIGNATURE = "signature", "手机签字"
        THUMBPRINT = "thumbprint", "手印照片"
        PROXY = "proxy", "代签"
        PAPER = "paper", "纸质签字"
        LINK = "link", "链接确认"
        PHONE = "phone", "电话确认"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(VisitRecord, models.CASCADE, related_name="confirmations")
    kind = models.CharField("方式", max_length=10, choices=Kind)
    signer = models.CharField("签字人", max_length=100)
    relation = models.CharField("与学生关系", max_length=100, blank=True)
    witness = models.CharField("见证人", max_length=100, blank=True)  # of a proxy
    strokes = SealedJSONField("笔画", null=True)  # of a signature: lists of [x, y, milliseconds], in a box 1000 wide
    photo = models.ForeignKey(Photo, models.PROTECT, related_name="+", null=True)  # of a thumb-print or a paper
    record_digest = models.CharField("确认时的记录", max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经手人")
    at = models.DateTimeField("确认时间")

    class Meta:
        verbose_name = verbose_name_plural = "家长确认"
        ordering = ["record", "at", "id"]

    def __str__(self) -> str:
        return str(self.pk)


class FlagAnswer(models.Model):
    """What the team or the school says to a question. It answers this evidence only: other evidence asks anew."""

    record = models.ForeignKey(VisitRecord, models.CASCADE, related_name="answers")
    code = models.CharField("事项", max_length=20)
    evidence = models.CharField("依据", max_length=64)
    text = models.TextField("说明", max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="说明人")
    at = models.DateTimeField("说明时间")

    class Meta:
        verbose_name = verbose_name_plural = "事项的说明"
        ordering = ["record", "code", "at"]
        constraints = [models.UniqueConstraint(fields=["record", "code", "evidence"], name="answer_once")]

    def __str__(self) -> str:
        return str(self.pk)


class ToldQuestion(models.Model):
    """A question that a submission has told the bureau; set with the filing, by reports, as VisitRecord.lock is.

    With its record, or `is_late`: born after another submission had taken the record, and told once.
    """

    record = models.ForeignKey(VisitRecord, models.CASCADE, related_name="told")
    code = models.CharField("事项", max_length=20)
    evidence = models.CharField("依据", max_length=64)
    submission = models.UUIDField("月报", db_index=True)
    is_late = models.BooleanField("补充", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "上报的事项"
        ordering = ["record", "code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "record", "code", "evidence"], name="told_once_a_submission"),
            models.UniqueConstraint(fields=["record", "code", "evidence"], condition=Q(is_late=True), name="told_late_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
