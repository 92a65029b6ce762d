"""Lists of accounts as workbooks."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import User
from accounts.rules.audit_words import Line
from accounts.sheets_in import TITLES, Judged
from office.workbook import Sheet, make_workbook

HEADERS = ("姓名", "登录名", "任职", "状态", "上次登录")


def people_workbook(people: Iterable[User]) -> bytes:
    """One sheet, a row for each account, as the list on screen shows them; `current` posts are loaded."""
    rows = (
        (person.name, person.username, "；".join(post.words for post in person.current), person.state_word, person.last_login)
        for person in people
    )
    return make_workbook([Sheet("人员", HEADERS, rows)])


def bad_people_workbook(rows: Iterable[Judged]) -> bytes:
    """The rows that could not become accounts, as typed, with what is wrong."""
    return make_workbook([Sheet("人员", (*TITLES, "错误"), ((*row.typed.values, " ".join(row.reasons)) for row in rows))])


def people_template() -> bytes:
    return make_workbook([Sheet("人员", TITLES, [], widths=(14, 18, 30, 18))])


def audit_workbook(lines: Iterable[Line]) -> bytes:
    """One sheet, a row for each line, in the order given."""
    rows = ((line.at, line.who, line.what, line.whom, line.detail, line.place) for line in lines)
    return make_workbook([Sheet("审计记录", ("时间", "谁", "事项", "对象", "说明", "审计链"), rows)])
