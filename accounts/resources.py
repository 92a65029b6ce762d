"""Lists of accounts as workbooks."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import User
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
