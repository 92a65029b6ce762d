"""`build_archive (--student ID | --school CODE) --year 2026 --out DIR [--json]`: archives as PDF, their manifest, and a school's zip."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from counties.models import School
from office.management.arguments import refusals_end_it
from office.refusals import Refused
from reports.actions.archiving import build_all, manifest, packed
from reports.figures.archive import Scope, children_of
from students.models import Student


class Command(BaseCommand):
    help = "做学生一个学年的档案（PDF）和清单；一所学校的另打成一个 zip。文件名里没有姓名。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--student", help="学生的编号，就是学生页面网址里的那一串")
        whose.add_argument("--school", help="学校标识码")
        parser.add_argument("--year", type=int, required=True, help="学年开始的年份，例如 2026")
        parser.add_argument("--out", type=Path, required=True, help="放到哪个目录，没有就建立")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, student: str | None, school: str | None, year: int, out: Path, **options: Any) -> None:
        with refusals_end_it(self.stdout, json=options["json"]):
            students, scope = _one(student) if student else _of_school(school or "", year)
            out.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = []
            for each in build_all(students=students, year=year, scope=scope, on=timezone.localdate()):
                (out / each.name).write_bytes(each.content)
                made.append(each)
            (out / "manifest.json").write_bytes(manifest(year, made))
            if school:
                (out / f"songjiao-archives-{year}-{school}.zip").write_bytes(packed(year, made))
            lines = [each.line() for each in made]
            self.stdout.write(json.dumps(lines) if options["json"] else "\n".join(map(_text, lines)))


def _one(student: str) -> tuple[list[UUID], Scope]:
    try:
        key = UUID(student)
    except ValueError as bad:
        raise CommandError("这不是学生的编号。", returncode=2) from bad
    if not Student.objects.filter(pk=key).exists():
        raise CommandError("没有这个编号的学生。", returncode=2)
    return [key], Scope()


def _of_school(code: str, year: int) -> tuple[list[UUID], Scope]:
    school = School.objects.filter(code=code).first()
    if school is None:
        raise CommandError(f"没有标识码为 {code} 的学校。", returncode=2)
    children = children_of(school, year)
    if not children:
        raise Refused("这所学校这个学年没有送教的学生，没有档案可做。")
    return children, Scope(frozenset({school.pk}))


def _text(line: dict[str, Any]) -> str:
    return f"{line['name']}  {line['pages']} 页  SHA-256 {line['sha256']}"
