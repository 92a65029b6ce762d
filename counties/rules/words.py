"""A policy in the words of the screen. Source: docs/rules.md, "The policy"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from decimal import Decimal
from typing import Any

from counties.rules.policy import Mastery, PolicyTerms

UNKNOWN = "未规定"
LABELS = {
    "age_min": "最小年龄（岁）",
    "age_max": "最大年龄（岁，含）",
    "cert_required": "须有残疾人证",
    "period": "按什么计次",
    "visits_per_period": "每期送教次数",
    "lessons_per_visit": "每次课时",
    "lesson_minutes": "每课时分钟",
    "lessons_per_year": "每学年课时",
    "exempt_months": "不要求送教的月份",
    "makeup_per_week": "每周最多补送次数",
    "counting_purposes": "计入送教的内容",
    "min_staff": "每次至少几人",
    "day_start": "白天从",
    "day_end": "白天到",
    "remote_max_share": "远程最多占比",
    "workload_lessons_per_visit": "每次计工作量（课时）",
    "missed_visit_workload": "未送成计工作量的比例",
    "photo_min": "每次至少几张照片",
    "parent_confirm": "家长确认方式",
    "confirm_period": "家长多久确认一次",
    "record_due_hours": "几小时内写记录",
    "submit_due_day": "每月上报截止日",
    "prepare_day": "每月汇总日",
    "plan_due_date": "年度计划上报日",
    "reassess_months": "几个月复评一次",
    "budget_per_student_year": "每生每年经费（元）",
    "budget_categories": "经费类别",
    "approval_chain": "审批顺序",
    "auto_submit": "到期自动报送",
    "mastery": "短期目标掌握标准",
}
_WORDS = {
    "month": "按月",
    "week": "按周",
    "teaching": "教学",
    "rehabilitation": "康复",
    "training": "家长培训",
    "assessment": "评估",
    "signature": "手机签字",
    "thumbprint": "手印照片",
    "proxy": "代签并有见证人",
    "paper": "纸质扫描",
    "link": "链接确认",
    "phone": "电话确认",
}


def policy_lines(terms: PolicyTerms) -> list[tuple[str, str]]:
    """Every key's label and value, in the order of the policy."""
    return [(label, value_words(key, getattr(terms, key))) for key, label in LABELS.items()]


def value_words(key: str, value: Any) -> str:
    if value is None:
        return UNKNOWN
    if key == "confirm_period":
        return "每次" if value == "visit" else "每月一次"
    if key == "exempt_months":
        return "、".join(f"{month}月" for month in value) or "无"
    if key in ("remote_max_share", "missed_visit_workload"):
        return f"{float(Decimal(value) * 100):g}%"
    for kind, words in _KINDS:
        if isinstance(value, kind):
            return words(value)
    return str(value)


def mastery_words(mastery: Mastery) -> str:
    """`连续 3 次送教独立完成，或做对 80% 以上`."""
    level = "" if mastery.level is None else "独立完成" if mastery.level == 5 else f"提示程度达到 {mastery.level} 级"
    share = "" if mastery.share is None else f"做对 {float(mastery.share * 100):g}% 以上"
    return f"连续 {mastery.visits} 次送教" + "，或".join(each for each in (level, share) if each)


_KINDS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "是" if value else "否"),
    (tuple, lambda value: "、".join(_WORDS.get(word, word) for word in value)),
    (time, lambda value: f"{value:%H:%M}"),
    (Mastery, mastery_words),
    (Decimal, lambda value: f"{value.normalize():f}"),
    (str, lambda value: _WORDS.get(value, value)),
)
