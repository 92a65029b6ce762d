"""Loads a county: areas, calendar, policy, schools, people."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.actions.county_file import BadCountyFile, Loaded, load_county
from accounts.rules.strict_yaml import BadYaml, read_yaml

LIMIT = 10 * 1024 * 1024
KINDS = {
    "areas": "行政区",
    "terms": "学期",
    "holidays": "节假日",
    "workdays": "调休上班日",
    "policies": "政策",
    "schools": "学校",
    "people": "人员",
    "posts": "任职",
}


class Command(BaseCommand):
    help = "读入一个县的文件：行政区、学期和节假日、政策、学校、人员。重复读入不改变什么。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--password", help="所有新人员用同一个密码，且不必修改；只用于试用")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["password"] == "":
            self.refuse(["--password 是空的。"])
        try:
            data = read_yaml(self.content(options["file"]))
            loaded = load_county(data=data, password=options["password"] or "", at=timezone.now())
        except BadYaml as bad:
            self.refuse([f"{options['file'].name}：{bad}"])
        except BadCountyFile as bad:
            self.refuse(bad.faults)
        self.stdout.write(json.dumps(as_json(loaded), ensure_ascii=False) if options["json"] else as_text(loaded))

    def content(self, path: Path) -> bytes:
        try:
            content = path.read_bytes()
        except OSError:
            self.refuse([f"打不开文件 {path}。"])
        if len(content) > LIMIT:
            self.refuse([f"文件 {path.name} 太大，不像县的文件。"])
        return content

    def refuse(self, lines: list[str]) -> NoReturn:
        for line in lines:
            self.stderr.write(line)
        sys.exit(2)


def as_json(loaded: Loaded) -> dict[str, Any]:
    people = [
        {
            "username": person.username,
            "name": person.name,
            "school": next((post.school for post in person.posts if post.school), None),
            "first_password": loaded.first_passwords.get(person.username),
        }
        for person in loaded.new_people
    ]
    return {"county": loaded.county, "counts": loaded.counts, "new_people": people}


def as_text(loaded: Loaded) -> str:
    lines = [f"{loaded.county} 已读入。"]
    for kind, counts in loaded.counts.items():
        lines.append(f"  {KINDS[kind]}：新增 {counts['created']}，更新 {counts['updated']}，不变 {counts['unchanged']}")
    if loaded.first_passwords:
        lines.append("初始密码（只显示这一次，首次登录后须修改）：")
        lines += [f"  {person.username}  {person.name}  {loaded.first_passwords[person.username]}" for person in loaded.new_people]
    return "\n".join(lines)
