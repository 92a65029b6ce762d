"""Filters that write values as people read them. None stays an honest dash."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone

from office import rules

register = template.Library()
DASH = "—"


@register.filter
def day(value: date | None) -> str:
    """`10月28日 周三`."""
    return DASH if value is None else rules.day_text(value)


@register.filter
def full_day(value: date | None) -> str:
    """`2026年10月28日`."""
    return DASH if value is None else rules.full_day_text(value)


@register.filter
def month(value: date | None) -> str:
    """`2026年10月`."""
    return DASH if value is None else rules.month_text(value)


@register.filter
def clock(value: datetime | None) -> str:
    """`14:05`, in Asia/Shanghai."""
    return DASH if value is None else f"{timezone.localtime(value):%H:%M}"


@register.filter
def moment(value: datetime | None) -> str:
    """`2026年10月28日 14:05`, in Asia/Shanghai."""
    return DASH if value is None else f"{rules.full_day_text(timezone.localdate(value))} {clock(value)}"


@register.filter
def number(value: Decimal | float | None) -> str:
    """3, 2.5, never 3.0."""
    return DASH if value is None else rules.number_text(value)


@register.filter
def ruled(value: Decimal | float | None) -> str:
    """A number that rests on the policy: 未规定 where the policy says nothing."""
    return "未规定" if value is None else rules.number_text(value)


@register.filter
def masked_name(value: str) -> str:
    """`覃××`."""
    return rules.masked_name(value)


@register.filter
def masked_number(value: str) -> str:
    """`****************07`."""
    return rules.masked_number(value)
