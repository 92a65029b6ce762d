"""The rows the floor keeps: the chain of audit lines, jobs, signs of life, private files.

They name their actor and their subject by id alone, without foreign keys: they outlive both.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from datetime import UTC
from typing import Any, NoReturn

from django.conf import settings
from django.db import models

from office.fields import SealedJSONField, SealedTextField
from office.querysets import AuditLineQuerySet, JobQuerySet

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


class JobState(models.TextChoices):
    QUEUED = "queued", "等待中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "没有做成"
    CANCELLED = "cancelled", "已取消"


class JobStopped(Exception):
    """The job is no longer this worker's to do: cancelled, or given to another one."""


class Job(models.Model):
    """Work that outlives the request that asked for it. Made by office/jobs.py, done by office/work.py.

    Whoever works holds the lease and says so by a heartbeat; a job that nobody holds is found by the
    sweep. What it was told and what it found may be about children, and is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("事项", max_length=60)
    key = models.CharField("唯一键", max_length=200, unique=True)
    queue = models.CharField("队列", max_length=20)
    by = models.UUIDField("发起人", null=True)
    at = models.DateTimeField("发起时间")
    payload = SealedJSONField("内容", null=True)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    lease = models.UUIDField("租约", null=True)
    heartbeat_at = models.DateTimeField("最近心跳", null=True)
    nudged_at = models.DateTimeField("最近通知", null=True)
    cancel_asked_at = models.DateTimeField("要求取消", null=True)
    done = models.PositiveIntegerField("已做", default=0)
    total = models.PositiveIntegerField("共", default=0)
    outcome = models.TextField("结果说明", blank=True)
    result = SealedJSONField("结果", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    objects = JobQuerySet.as_manager()
    _shown = 0.0  # when progress was last written, by the monotonic clock

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["state", "nudged_at"], name="job_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}

    @property
    def tone(self) -> str:
        return {"done": "good", "failed": "late", "running": "plan"}.get(self.state, "")

    def progress(self, done: int, total: int) -> None:
        """Shows how far the work is, at most twice a second. Raises JobStopped: let it pass.

        Outside a transaction: inside one nobody sees it, and the heartbeat waits.
        """
        now = time.monotonic()
        if done < total and now - self._shown < 0.5:
            return
        self._shown = now
        if not Job.objects.held(self.pk, self.lease).filter(cancel_asked_at=None).update(done=done, total=total):
            raise JobStopped


class Pulse(models.Model):
    """When a part that works unseen was last alive, and on which machine. Written by office/pulse.py."""

    name = models.CharField("部分", max_length=40)
    host = models.CharField("机器", max_length=100)
    at = models.DateTimeField("时间")
    detail = models.JSONField("情况", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "运行信号"
        ordering = ["name", "host"]
        constraints = [models.UniqueConstraint(fields=["name", "host"], name="pulse_once")]

    def __str__(self) -> str:
        return f"{self.name}@{self.host}"


class PrivateFile(models.Model):
    """A file only the product opens: its content lies sealed in the store, under its id. See office/files.py."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = SealedTextField("文件名")  # people put children's names into it
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("字节数")
    digest = models.CharField("SHA-256", max_length=64)
    by = models.UUIDField("上传人", null=True)
    at = models.DateTimeField("时间")
    keep_until = models.DateTimeField("保留到", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "私有文件"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["keep_until"], name="file_by_end")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def stored_as(self) -> str:
        return stored_as(self.pk.hex)


def stored_as(key: str) -> str:
    """The name in the store of the private file with that id, in hexadecimal digits."""
    return f"{key[:2]}/{key}"
