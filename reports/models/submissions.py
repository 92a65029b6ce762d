"""What a school files of a month, in versions, and which records are in it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User
from counties.models import School
from office.fields import SealedJSONField
from office.models import PrivateFile
from reports.querysets import LineReturnQuerySet, SubmissionQuerySet
from students.models import Student
from visits.models import VisitRecord, VisitRevision


class Submission(models.Model):
    """One version of a school's month (月报), as its draft, as it was filed, and as the bureau answered it.

    `snapshot` is canonical JSON without a name: what `digest` (SHA-256) stands for and what PDF and xlsx are printed
    from, together with `particulars` (names and texts by the snapshot's keys), which can be erased without it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "汇总中"
        SUBMITTED = "submitted", "已上报"
        RETURNED = "returned", "已退回"
        ACCEPTED = "accepted", "已通过"
        SUPERSEDED = "superseded", "已重新打开"  # was accepted, then reopened

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="submissions", verbose_name="学校")
    month = models.DateField("月份")  # its first day
    version = models.PositiveIntegerField("版本", default=1)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    is_nil = models.BooleanField("零报告", default=False)
    is_auto = models.BooleanField("到期自动报送", default=False)
    as_of = models.DateTimeField("数据截至")
    snapshot = models.TextField("快照", blank=True)
    digest = models.CharField("SHA-256", max_length=64, blank=True)
    particulars = SealedJSONField("姓名与文字", null=True)
    requests = models.TextField("问题与请求", blank=True, max_length=2000)
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="确认的校长")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="上报人")
    submitted_at = models.DateTimeField("上报时间", null=True, blank=True)  # of an automatic one: the deadline
    made_at = models.DateTimeField("生成时间")  # when it was really written
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="审核人")
    reviewed_at = models.DateTimeField("审核时间", null=True, blank=True)
    review_reason = models.TextField("退回或重新打开的理由", blank=True, max_length=1000)
    pdf = models.ForeignKey(PrivateFile, models.SET_NULL, related_name="+", null=True)
    xlsx = models.ForeignKey(PrivateFile, models.SET_NULL, related_name="+", null=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "月报"
        ordering = ["month", "school", "version"]
        constraints = [
            models.UniqueConstraint(fields=["school", "month", "version"], name="submission_version_once"),
            models.UniqueConstraint(
                fields=["school", "month"],
                condition=Q(state__in=["draft", "submitted", "accepted"]),
                name="one_standing_submission",
                violation_error_message="这个月已经有一份月报。",
            ),
            models.CheckConstraint(name="submission_on_the_first", condition=Q(month__day=1)),
            models.CheckConstraint(name="submitted_has_its_moment", condition=Q(state="draft") | Q(submitted_at__isnull=False)),
            models.CheckConstraint(
                name="reviewed_has_its_moment", condition=Q(state__in=["draft", "submitted"]) | Q(reviewed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.month:%Y-%m} v{self.version}"


class Filing(models.Model):
    """A record is in one submission at most: made when it is filed, taken back when it is returned, kept once accepted."""

    record = models.OneToOneField(VisitRecord, models.PROTECT, related_name="filing")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="filings")

    class Meta:
        verbose_name = verbose_name_plural = "上报的记录"

    def __str__(self) -> str:
        return str(self.pk)


class FiledCorrection(models.Model):
    """A correction of something accepted earlier, told in the next submission: once, like a record."""

    revision = models.OneToOneField(VisitRevision, models.PROTECT, related_name="filing")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="corrections")

    class Meta:
        verbose_name = verbose_name_plural = "上报的更正"

    def __str__(self) -> str:
        return str(self.pk)


class LineReturn(models.Model):
    """Why the bureau sent a child's line back."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="line_returns")
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    reason = models.TextField("理由", max_length=500)

    objects = LineReturnQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "退回的行"
        ordering = ["submission", "id"]
        constraints = [models.UniqueConstraint(fields=["submission", "student"], name="line_returned_once")]

    def __str__(self) -> str:
        return str(self.pk)
