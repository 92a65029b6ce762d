"""Filters of progress: levels in words."""

from __future__ import annotations

from django import template

from plans.codes import PromptLevel

register = template.Library()
LEVELS = dict(PromptLevel.choices)


@register.filter
def level(value: int | None) -> str:
    """`4 口头提示`; a dash where none was noted."""
    return "—" if value is None else f"{value} {LEVELS[value]}"


@register.filter
def left_out(count: int) -> str:
    return f"最近 {count} 次送教没有练"
