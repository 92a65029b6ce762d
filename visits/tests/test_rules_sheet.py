"""One row of past visits: what it says, and every code it may be rejected with."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from accounts.rules.names import Staff, StaffPost
from counties.rules import PolicyTerms
from counties.tests.make import at
from office.sheets_in import Row
from visits.rules.sheet import CaseSpan, Entry, Judged, Known
from visits.rules.sheet_row import Reading

HERE, THERE = uuid4(), uuid4()
QIN, TWIN, OTHER_TWIN, MOVED, FOUND, UNPLACED, FAR = (uuid4() for _ in range(7))
WEI, NONG, LU, LU_TOO, SHI = (uuid4() for _ in range(5))
CASES = {
    QIN: (CaseSpan(uuid4(), HERE, date(2026, 9, 1), date(2026, 10, 20), is_served=True),),
    TWIN: (CaseSpan(uuid4(), HERE, date(2026, 9, 1), None, is_served=True),),
    OTHER_TWIN: (CaseSpan(uuid4(), HERE, date(2026, 9, 1), None, is_served=True),),
    MOVED: (
        CaseSpan(uuid4(), HERE, date(2026, 9, 1), date(2026, 10, 10), is_served=True),
        CaseSpan(uuid4(), THERE, date(2026, 10, 10), None, is_served=True),
    ),
    FOUND: (CaseSpan(uuid4(), HERE, None, None, is_served=False),),
    UNPLACED: (CaseSpan(uuid4(), None, None, None, is_served=False),),
    FAR: (CaseSpan(uuid4(), THERE, date(2026, 9, 1), None, is_served=True),),
}
NAMES = {QIN: "覃小远", TWIN: "韦同", OTHER_TWIN: "韦同", MOVED: "潘走", FOUND: "蓝查", UNPLACED: "莫无", FAR: "石远"}
ID, FAR_ID, NOBODYS = "450125201403080007", "450125201602290007", "360922201309010005"
KNOWN = Known(
    now=at("2026-11-01 00:00"),
    schools={"2145001001": HERE, "第一中心小学": HERE, "第二中心小学": THERE},
    staff=Staff(
        [
            StaffPost("韦志玲", WEI, HERE),
            StaffPost("农子春", NONG, HERE),
            StaffPost("陆月", LU, THERE),
            StaffPost("陆月", LU_TOO, THERE),
            StaffPost("石涵梅", SHI, THERE),
        ]
    ),
    by_id={ID: QIN, FAR_ID: FAR},
    by_name={
        (HERE, "覃小远"): frozenset({QIN}),
        (HERE, "韦同"): frozenset({TWIN, OTHER_TWIN}),
        (HERE, "潘走"): frozenset({MOVED}),
        (THERE, "潘走"): frozenset({MOVED}),
        (HERE, "蓝查"): frozenset({FOUND}),
        (None, "莫无"): frozenset({UNPLACED}),
        (THERE, "石远"): frozenset({FAR}),
    },
    names=NAMES,
    cases=CASES,
    policies={date(2026, 10, 1): PolicyTerms(lesson_minutes=45)},
)
GOOD: dict[str, Any] = {
    "date": "2026-10-14",
    "start": "9:00",
    "end": "11:00",
    "name": "覃小远",
    "school": "第一中心小学",
    "mode": "入户",
    "team": "韦志玲、农子春",
    "lessons": 3,
}


def judge(**cells: Any) -> Judged:
    return Reading(Row(7, {key: cell for key, cell in (GOOD | cells).items() if cell is not None}, []), KNOWN).judge()


def said(**cells: Any) -> Entry:
    judged = judge(**cells)
    assert judged.faults == []
    assert judged.entry is not None
    return judged.entry


def codes(**cells: Any) -> list[tuple[str, str]]:
    judged = judge(**cells)
    assert (judged.entry is None) == bool(judged.faults)
    return [(fault.field, fault.code) for fault in judged.faults]


def test_a_good_row() -> None:
    entry = said(companions="村干部温某 司机", teaching=" 洗手\n步骤 ", rehabilitation="关节", family="示范")
    assert (entry.child, entry.school, entry.case_school, entry.team) == (QIN, HERE, HERE, (WEI, NONG))
    assert (entry.starts_at, entry.ends_at) == (at("2026-10-14 09:00"), at("2026-10-14 11:00"))
    assert (entry.mode, entry.present, entry.lessons, entry.companions) == ("home", True, 3, ("村干部温某", "司机"))
    assert (entry.teaching, entry.rehabilitation, entry.family) == ("洗手\n步骤", "关节", "示范")


@pytest.mark.parametrize(
    ("cells", "faults"),
    [
        ({"name": "无此人"}, [("name", "child_unknown")]),
        ({"name": None}, [("name", "child_unknown")]),
        ({"name": "石远"}, [("name", "child_unknown")]),  # of another school
        ({"id": NOBODYS}, [("id", "child_unknown")]),
        ({"id": "45012520140308000"}, [("id", "child_unknown")]),
        ({"id": 4.50125201403080e17}, [("id", "child_unknown")]),
        ({"id": FAR_ID}, [("id", "child_mismatch")]),
        ({"name": "韦同"}, [("name", "child_ambiguous")]),
        ({"school": "外县实验学校"}, [("school", "school_unknown")]),
        ({"school": None}, [("school", "school_unknown")]),
        ({"team": "外校某某"}, [("team", "teacher_unknown")]),
        ({"team": "韦志玲、甲某某、乙某某"}, [("team", "teacher_unknown")]),
        ({"team": "陆月"}, [("team", "teacher_ambiguous")]),
        ({"date": "10月14日"}, [("date", "date_format")]),
        ({"date": "2026-02-30"}, [("date", "date_format")]),
        ({"date": None}, [("date", "date_format")]),
        ({"start": "下午"}, [("start", "time_format")]),
        ({"end": "25:00"}, [("end", "time_format")]),
        ({"end": None}, [("end", "time_format")]),
        ({"start": "上午", "end": "下午"}, [("start", "time_format"), ("end", "time_format")]),
        ({"state": "补课"}, [("state", "state_unknown")]),
        ({"end": "9:00"}, [("end", "end_not_after_start")]),
        ({"start": "14:00"}, [("end", "end_not_after_start")]),
        ({"name": "韦同", "date": "2026-11-02"}, [("date", "in_future"), ("name", "child_ambiguous")]),
        ({"date": "2026-08-31"}, [("date", "outside_case")]),
        ({"date": "2026-10-20"}, [("date", "outside_case")]),
        ({"name": "蓝查"}, [("date", "outside_case")]),
        ({"name": "莫无"}, [("date", "outside_case")]),
        ({"name": "潘走"}, [("date", "outside_case")]),  # has left this school
        ({"team": None}, [("team", "no_staff")]),
        ({"team": "、 ，"}, [("team", "no_staff")]),
        ({"mode": None}, [("mode", "mode_unknown")]),
        ({"mode": "上门"}, [("mode", "mode_unknown")]),
        ({"lessons": "三"}, [("lessons", "lessons_format")]),
        ({"lessons": -1}, [("lessons", "lessons_format")]),
        ({"lessons": 1000}, [("lessons", "lessons_format")]),
    ],
)
def test_every_fault_has_its_code(cells: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    assert codes(**cells) == faults


def test_every_bad_cell_is_listed() -> None:
    bad = codes(date="x", start="y", school="z", team="外校某某", mode="w", lessons="v", state="u")
    assert sorted(code for _, code in bad) == sorted(
        ["date_format", "time_format", "school_unknown", "teacher_unknown", "mode_unknown", "lessons_format", "state_unknown"]
    )


@pytest.mark.parametrize("typed", ["2026-10-14", "2026/10/14", "2026.10.14", "20261014", 20261014.0, "2026年10月14日", 46309.0])
def test_dates_as_people_type_them(typed: Any) -> None:
    assert said(date=typed).on == date(2026, 10, 14)


@pytest.mark.parametrize("typed", ["9:00", "09:00", "9：00", "９：００", time(9), 0.375])
def test_times_as_people_type_them(typed: Any) -> None:
    assert said(start=typed).starts_at == at("2026-10-14 09:00")


def test_ten_minutes_ahead_is_a_wrong_clock_and_no_future() -> None:
    known = {"name": "韦同", "id": None}
    assert ("date", "in_future") not in codes(**known, date="2026-11-01", start="0:10", end="1:00")
    assert ("date", "in_future") in codes(**known, date="2026-11-01", start="0:11", end="1:00")


def test_the_day_a_case_begins_counts_and_the_day_it_ends_does_not() -> None:
    assert said(date="2026-09-01").on == date(2026, 9, 1)
    assert said(date="2026-10-19").on == date(2026, 10, 19)


def test_a_child_that_changed_school_is_served_by_the_one_of_the_day() -> None:
    assert said(name="潘走", date="2026-10-09").case_school == HERE
    assert said(name="潘走", date="2026-10-10", school="第二中心小学", team="石涵梅").case_school == THERE


def test_an_id_number_says_who_it_is() -> None:
    assert said(id=" 450125 20140308 0007 ").child == QIN
    assert said(id="４５０１２５２０１４０３０８０００７", name=None).child == QIN
    assert said(id=ID, name=" 覃 小远 ").child == QIN
    assert said(id=ID, school=None).school == HERE


def test_a_child_may_be_met_at_another_school() -> None:
    entry = said(id=FAR_ID, name="石远", mode="集中")
    assert (entry.school, entry.case_school) == (HERE, THERE)


def test_teachers_of_other_schools_are_found_and_order_does_not_matter() -> None:
    assert said(team="石涵梅/韦志玲").team == (SHI, WEI)
    assert said(team="石涵梅 韦志玲").values == said(team="韦志玲，石涵梅").values


def test_companions_alone_will_do() -> None:
    entry = said(team=None, companions="志愿者")
    assert (entry.team, entry.companions) == ((), ("志愿者",))


def test_lessons_not_written_follow_from_the_minutes_and_the_policy_of_the_month() -> None:
    assert said(lessons=None, end="11:05").lessons == Decimal("2.5")  # 125 of 45
    assert said(lessons=None, end="11:05", date="2026-09-14").lessons == 3  # 125 of 40
    assert said(lessons="0").lessons == 0
    assert said(lessons="２.５").lessons == Decimal("2.5")


@pytest.mark.parametrize("word", ["未遇", "扑空", "未送成", "缺席"])
def test_a_child_that_was_not_met_has_no_lessons_whatever_the_sheet_says(word: str) -> None:
    entry = said(state=word, lessons="三", reason="住院")
    assert (entry.present, entry.lessons, entry.reason, entry.reason_text) == (False, 0, "hospital", "")


@pytest.mark.parametrize(
    ("typed", "code", "text"),
    [
        ("住院", "hospital", ""),
        ("外出", "away", ""),
        ("道路天气", "weather", ""),
        ("道路、天气", "weather", "道路、天气"),
        ("教师公务", "duty", ""),
        ("其他", "other", ""),
        ("生病", "other", "生病"),
        (None, "", ""),
    ],
)
def test_reasons(typed: str | None, code: str, text: str) -> None:
    entry = said(state="未遇", reason=typed)
    assert (entry.reason, entry.reason_text) == (code, text)


def test_the_words_beside_a_visit_that_took_place_are_kept() -> None:
    entry = said(state="完成", reason="住院")
    assert (entry.present, entry.reason, entry.reason_text) == (True, "", "住院")


def test_no_number_of_a_child_is_repeated_in_words() -> None:
    for cells in ({"id": NOBODYS}, {"id": FAR_ID}, {"id": "45012520140308000"}):
        assert all(str(cells["id"]) not in fault.message for fault in judge(**cells).faults)


def test_what_is_written_stays_text() -> None:
    bad = '=HYPERLINK("http://127.0.0.1/","x")'
    assert said(teaching=bad).teaching == bad
