"""Makes a person who keeps the installation: the first of them on a new one."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.actions.operators import add_operator
from accounts.rules import INSTALLATION_ROLES, Role
from office.refusals import Refused


class Command(BaseCommand):
    help = "添加一位系统管理员（或安全管理员、审计员），打印初始密码。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="姓名；不填就用登录名")
        parser.add_argument(
            "--role", action="append", choices=sorted(role.value for role in INSTALLATION_ROLES), help="可写几次；不写就是 operator"
        )
        parser.add_argument("--password", default="", help="指定密码，且不必修改；只用于试用")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"].strip().lower()
        roles = sorted({Role(role) for role in options["role"] or [Role.OPERATOR]})
        try:
            first = add_operator(
                username=username, name=options["name"] or username, roles=roles, at=timezone.now(), password=options["password"]
            )
        except Refused as refusal:
            self.stderr.write(str(refusal))
            sys.exit(2)
        if options["json"]:
            self.stdout.write(json.dumps({"username": username, "first_password": None if options["password"] else first}))
        elif options["password"]:
            self.stdout.write(f"已添加 {username}。")
        else:
            self.stdout.write(f"已添加 {username}，初始密码（只显示这一次，首次登录后须修改）：{first}")
