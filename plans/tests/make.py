"""Assessments and plans for tests: name only what the test is about."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any
from uuid import uuid4

from PIL import Image, ImageDraw
from pypdf import PdfReader

from accounts.models import User
from counties.tests.make import at
from plans.models import LessonPlan, Plan
from plans.models.lessons import columns_of
from plans.rules.content import BLANK, PlanContent
from plans.rules.lessons import LessonContent
from students.models import Case


def make_objective(text: str = "看到杯子时，用手指出杯子", **fields: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "key": str(uuid4()),
        "text": text,
        "condition": "家人拿出两样东西时",
        "criterion": "连续三次送教，5 次里对 4 次",
    }
    usual |= {"start_level": 1, "target_level": 4, "steps": ["看", "伸手", "指"], "measures": ["O"]}
    return usual | fields


def make_goal(*objectives: dict[str, Any], area: str = "communication", **fields: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {"key": str(uuid4()), "area": area, "text": "能用动作表达要求", "months": 4}
    return usual | {"objectives": list(objectives or [make_objective() for _ in range(3)])} | fields


def make_content(*goals: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A plan that is complete."""
    usual: dict[str, Any] = BLANK.plain() | {
        "levels": [{"name": "沟通", "score": 4, "most": 12, "text": "会用眼神看想要的东西。"}],
        "health": {"seizures": "无", "feeding": "软食", "medication": "无", "allergies": "无", "forbidden": "不俯卧"},
        "family": {"caregiver": "祖母", "time": "下午", "wishes": "希望孩子会表达要喝水"},
        "service": {"frequency": "每月两次", "place": "家中", "people": "韦志玲、农子春"},
        "home_practice": "吃饭前让孩子指一指要用的碗。",
        "participants": [{"name": "覃母", "role": "监护人"}],
    }
    return usual | {"goals": list(goals or [make_goal()])} | fields


def make_plan(case: Case, author: User, content: dict[str, Any] | None = None, **fields: Any) -> Plan:
    """A draft for the autumn of 2026."""
    usual: dict[str, Any] = {"student_id": case.student_id, "school": case.school, "year": 2026, "term": 1}
    usual |= {"content": PlanContent.read(content or make_content()).plain(), "starts_on": date(2026, 9, 1), "ends_on": date(2027, 1, 20)}
    usual |= {"at": at("2026-09-05 10:00"), "written_at": at("2026-09-05 10:00")}
    return Plan.objects.create(case=case, author=author, **usual | fields)


def make_standing_plan(case: Case, author: User, decider: User, content: dict[str, Any] | None = None, **fields: Any) -> Plan:
    """One in force, decided by another."""
    usual: dict[str, Any] = {"state": "in_force", "digest": "d" * 64, "submitted_by": author, "decided_by": decider}
    return make_plan(case, author, content, **usual | {"decided_at": at("2026-09-10 10:00")} | fields)


def make_lesson_content(*objectives: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A lesson plan that is complete; `objectives` are those of the plan."""
    given = objectives or (make_objective(),)
    rows = [{"key": each["key"], "text": each["text"], "aim": "会指出杯子", "steps": ["看", "指"], "materials": "杯子"} for each in given]
    flow = {
        "opening": {"text": "打招呼", "minutes": 10},
        "practice": {"text": "练", "minutes": 95},
        "closing": {"text": "放松", "minutes": 15},
    }
    usual: dict[str, Any] = {"on": "2026-10-21", "until": None, "lessons": "3", "title": "认识杯子", "objectives": rows, "flow": flow}
    return usual | {"family": "吃饭前指一指碗", "safety": "不俯卧"} | fields


def make_lesson_plan(plan: Plan, author: User, content: dict[str, Any] | None = None, **fields: Any) -> LessonPlan:
    """A draft of a complete one, for a day after the tests' usual moment."""
    told = LessonContent.read(content or make_lesson_content(*plan.content["goals"][0]["objectives"]))
    usual: dict[str, Any] = {"case": plan.case, "student_id": plan.student_id, "school": plan.school, "plan": plan, "author": author}
    usual |= {"writers": [str(author.pk)], "at": at("2026-10-10 10:00"), "written_at": at("2026-10-10 10:00")}
    return LessonPlan.objects.create(**columns_of(told) | usual | fields)


def form_fields(form: str) -> dict[str, Any]:
    """What a browser without scripts would send of a form."""
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if told.get("type") != "checkbox" or re.search(r"\bchecked\b", tag):
            sent.setdefault(told["name"], []).append(told.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*?name="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        sent[name] = [text]
    for name, options in re.findall(r'<select[^>]*?name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        sent[name] = re.findall(r'value="([^"]*)"\s*selected', options) or [""]
    return sent


def paper_of(content: bytes) -> list[str]:
    """The text of each page of a PDF."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


NAME_DRAWN = [[[100, 100, 0], [200, 250, 80], [300, 90, 160]], [[400, 100, 300], [420, 260, 380], [500, 120, 460]]]
"""A short name, as a finger draws it."""


def make_paper(*, size: tuple[int, int] = (1200, 1800), **options: Any) -> bytes:
    """A signed paper, as a phone takes it."""
    image = Image.new("RGB", size, (245, 243, 236))
    ImageDraw.Draw(image).line([(200, 900), (500, 700), (900, 950)], fill=(20, 20, 60), width=9)
    output = io.BytesIO()
    image.save(output, "JPEG", **options)
    return output.getvalue()
