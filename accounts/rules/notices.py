"""What people are told in the product, and the words of it. Source: docs/rules.md, "Notices"."""

from __future__ import annotations

KINDS = {
    "reminder": "提醒",
    "submitted": "上报",
    "returned": "退回",
    "accepted": "通过",
    "reopened": "重新打开",
    "plan": "计划",
    "incident": "突发情况",
    "job": "后台任务",
    "backup": "备份",
}
MOST_SHOWN = 99


def kind_words(kind: str) -> str:
    """A kind as people read it; one that nobody named is simply a notice."""
    return KINDS.get(kind, "通知")


def count_words(count: int) -> str:
    """`3`, `99+`, or nothing when everything has been read."""
    if not count:
        return ""
    return str(count) if count <= MOST_SHOWN else f"{MOST_SHOWN}+"
