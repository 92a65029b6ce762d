"""What a line of the audit adds to its verb, in the words of the screen. Source: docs/rules.md, "Audit"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.rules.standing import ROLE_NAMES

NAMES = {
    "rows": "行数",
    "role": "职责",
    "roles": "职责",
    "fields": "项目",
    "field": "项目",
    "kinds": "事项",
    "given": "同意",
    "count": "个数",
    "photo": "照片",
    "pages": "页数",
    "key": "编号",
    "from": "从",
    "to": "到",
    "on": "日期",
    "year": "年份",
    "month": "月份",
    "reason": "原因",
    "visit": "送教",
    "version": "版本",
    "children": "学生数",
    "preset": "依据",
    "effective_on": "自何日起",
    "areas": "行政区",
    "terms": "学期",
    "holidays": "节假日",
    "workdays": "调休上班日",
    "make_up_days": "调休上班日",
    "policies": "政策",
    "schools": "学校",
    "people": "人员",
    "posts": "任职",
    "chain": "审计链",
    "file": "文件",
    "digest": "SHA-256 前 16 位",
    "auto": "到期自动报送",
    "created": "新增",
    "updated": "更新",
    "unchanged": "不变",
    "skipped": "略过",
    "rejected": "退回",
    "warnings": "提醒",
    "agreed_rows": "确认行数",
    "case": "个案",
    "comments": "意见数",
    "is_late": "补充",
    "kind": "种类",
    "job": "任务",
    "objectives": "目标数",
    "assessment": "评估",
    "scored": "已评项目",
    "plan": "计划",
    "summary": "学期小结",
    "first": "首次",
    "revised": "修订",
    "record": "记录",
    "flag": "需说明事项",
    "number": "编号",
    "left": "还没有结果",
}

CODES = {
    "flag": {
        "too_few_staff": "送教人员不足两人",
        "outside_daytime": "不在白天时段",
        "overlap": "时间与另一次送教重叠",
        "too_few_photos": "照片不足",
        "reused_photo": "照片与另一次相同",
        "similar_photo": "照片与另一次很像",
        "photo_other_day": "照片不是当天拍摄",
        "unconfirmed": "家长尚未确认",
        "late_record": "补录较晚",
        "clock_skew": "手机时间不准",
        "short_duration": "时长少于课时",
        "remote_share": "远程占比较高",
        "repeated_text": "记录内容与另一次相同",
    },
    "kinds": {
        "signature": "手机签字",
        "thumbprint": "手印照片",
        "proxy": "代签",
        "paper": "纸质签字",
        "link": "链接确认",
        "phone": "电话确认",
        "data": "个人信息处理",
        "photos": "拍照和使用照片",
    },
    "kind": {"guardian": "监护人", "teacher": "教师", "leader": "学校负责人", "other": "其他参加人"},
    "file": {"pdf": "PDF", "xlsx": "表格"},
}
"""What rooms above say of the codes they record, repeated here because the audit is read below them; a test holds them together."""


def detail_words(detail: Mapping[str, Any]) -> str:
    """`行数 12，职责 校长`. What nobody translated stays as it is, so that nothing hides."""
    return "，".join(f"{_name_words(name)} {_value_words(name, value)}" for name, value in detail.items() if value not in ("", [], None))


def _name_words(name: str) -> str:
    """`people.created` is 人员新增."""
    return "".join(NAMES.get(part, part) for part in name.split("."))


def _value_words(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_value_words(name, item) for item in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    codes: Mapping[str, str] = CODES.get(name) or {role.value: words for role, words in ROLE_NAMES.items()}
    return codes.get(str(value)) or _short(str(value))


def _short(text: str) -> str:
    """Of a number that only tells rows apart its beginning, as for a line's subject."""
    try:
        return f"编号 {UUID(text).hex[:8]}" if len(text) == 36 else text
    except ValueError:
        return text
