"""`demo`: an invented county with people, children and months of work, to look at and to try things in."""

from __future__ import annotations

import json
import unicodedata
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from accounts.rules import ROLE_NAMES, Role
from office.refusals import Refused
from reports.demo.loading import SAMPLE, is_loaded, load_demo
from reports.demo.people import INTRODUCED

PASSWORD = "songjiao-2026"  # noqa: S105 - printed for whoever tries the demo; nobody in it is real


class Command(BaseCommand):
    help = "装入演示县：12 所学校、64 名学生、40 位教师和几个月的送教记录，全部是虚构的。第二次运行不改变什么。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", default=PASSWORD, help=f"演示人员的密码，默认 {PASSWORD}")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *, password: str, json: bool, **options: Any) -> None:
        is_new = not is_loaded()
        if is_new:
            try:
                load_demo(at=timezone.now(), password=password)
            except Refused as refusal:
                raise CommandError(str(refusal), returncode=2) from refusal
        self.stdout.write(_as_json(password, is_new=is_new) if json else _as_text(password, is_new=is_new))


def _people() -> list[dict[str, str]]:
    """The people to sign in as, one a role and school."""
    users = {user.username: user for user in User.objects.filter(username__in=INTRODUCED).prefetch_related("posts__school", "posts__area")}
    return [_person(users[username]) for username in INTRODUCED]


def _person(user: User) -> dict[str, str]:
    posts = list(user.posts.all())
    places = [post.school.name if post.school else post.area.name if post.area else "全系统" for post in posts]
    place = places[0] if len(places) == 1 else f"{places[0]}等 {len(places)} 所学校"
    return {"username": user.username, "name": user.name, "role": ROLE_NAMES[Role(posts[0].role)], "place": place}


def _as_json(password: str, *, is_new: bool) -> str:
    return json.dumps({"loaded": is_new, "password": password if is_new else None, "people": _people()}, ensure_ascii=False)


def _as_text(password: str, *, is_new: bool) -> str:
    rows = [("登录名", "身份", "姓名", "单位"), *(tuple(one[key] for key in ("username", "role", "name", "place")) for one in _people())]
    lines = ["演示县已装入，全部是虚构的。" if is_new else "演示县早已装入，没有改动。", "可以用这些人登录："]
    lines += ["  " + "".join(_padded(cell, width) for cell, width in zip(row, (14, 18, 14, 0), strict=True)) for row in rows]
    lines.append("  各校还有负责人 admin00–admin11，教师 t001–t112（前两位是学校，末位是第几位）。")
    lines.append(f"所有人的密码：{password}" if is_new else "密码是第一次装入时显示的那一个。")
    lines.append(f"数据目录里的“{SAMPLE}”可以用来试导入（内有几处错误）。")
    return "\n".join(lines)


def _padded(text: str, width: int) -> str:
    """Filled up to `width` columns of a terminal, where a Chinese character takes two."""
    taken = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
    return text + " " * max(0, width - taken)
