"""What a person is told in the product, and on which other ways the same word goes out to them."""

from __future__ import annotations

import uuid

from django.db import models

from accounts.models.people import User
from accounts.querysets import AddressQuerySet, DeliveryQuerySet, NoticeQuerySet
from accounts.rules.deliveries import STATE_TONES, STATE_WORDS, State
from accounts.rules.notices import kind_words
from office.fields import SealedTextField
from office.senders import channel_word


class Notice(models.Model):
    """Something a person is told in the product: a return, a reminder, an approval. Once each: `key` names the occasion."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name="收件人")
    kind = models.CharField("事项", max_length=30)
    key = models.CharField(max_length=150)
    text = models.CharField("内容", max_length=300)  # no child's name: it may go out as a message
    path = models.CharField("页面", max_length=200, blank=True)
    at = models.DateTimeField("时间")
    until = models.DateTimeField("此后无用", null=True, blank=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ["-at", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notice_once")]
        indexes = [models.Index(fields=["user", "read_at"], name="notice_unread")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def kind_word(self) -> str:
        return kind_words(self.kind)

    @property
    def tone(self) -> str:
        return {"returned": "late", "reopened": "late", "accepted": "good", "reminder": "warm", "incident": "late"}.get(self.kind, "plan")


class Address(models.Model):
    """Where a person is reached outside the product, on one channel. Used from `confirmed_at` on, when they had typed the code sent there.

    Some give a private number: it is sealed.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="addresses", verbose_name="人员")
    channel = models.CharField("方式", max_length=10)
    value = SealedTextField("地址")
    unwanted = models.JSONField("不要的事项", default=list, blank=True)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    code = models.CharField(max_length=64, blank=True)  # a digest
    code_at = models.DateTimeField(null=True, blank=True)
    codes = models.PositiveSmallIntegerField(default=0)  # sent since `codes_on`
    codes_on = models.DateField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "外部地址"
        constraints = [models.UniqueConstraint(fields=["user", "channel"], name="address_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Delivery(models.Model):
    """A notice on its way to a person over one channel, at most once: see accounts/actions/deliveries.py.

    `message` is what it went out in, one with what else was due then; whoever sends holds it as the lease.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", verbose_name="通知")
    channel = models.CharField("方式", max_length=10)
    state = models.CharField("状态", max_length=14, choices=STATE_WORDS.items(), default=State.WAITING)
    due_at = models.DateTimeField("应发时间")
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    message = models.UUIDField("消息", null=True, blank=True)
    taken_at = models.DateTimeField("开始发送", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    outcome = models.CharField("结果说明", max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "外部消息"
        ordering = ["-due_at", "id"]
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once")]
        indexes = [models.Index(fields=["state", "channel", "due_at"], name="delivery_due")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def channel_word(self) -> str:
        return channel_word(self.channel)

    @property
    def tone(self) -> str:
        return STATE_TONES[State(self.state)]
