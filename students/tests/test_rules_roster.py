"""What is wrong in a roster row, and what a good one says: without a database."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from accounts.rules.names import Staff, StaffPost
from counties.rules import PRESETS, PolicyTerms
from office.sheets_in import Row
from students.rules import words
from students.rules.faults import MESSAGES
from students.rules.roster import HEADERS, Entry, Judged, Known
from students.rules.roster_row import judge_rows

FIRST, SECOND = UUID(int=1), UUID(int=2)
QIN, WEI, LU, LU_TOO = UUID(int=11), UUID(int=12), UUID(int=13), UUID(int=14)
KNOWN = Known(
    on=date(2026, 10, 28),
    schools={"一小": FIRST, "2145001001": FIRST, "二小": SECOND, "2145001002": SECOND},
    staff=Staff(
        [StaffPost("覃嘉涵", QIN, FIRST), StaffPost("韦志玲", WEI, SECOND), StaffPost("陆月", LU, FIRST), StaffPost("陆月", LU_TOO, FIRST)]
    ),
    policies=((date(2026, 9, 1), PolicyTerms()), (date(2027, 9, 1), PolicyTerms.read(PRESETS["校级周送教"]))),
)
GOOD: dict[str, Any] = {
    "name": " 卢 乐福 ",
    "sex": "女",
    "birth": "2014-03-08",
    "id": "450125201403080007",
    "school": "一小",
    "team": "覃嘉涵",
    "starts": "2026-09-01",
}


def judge(known: Known = KNOWN, **cells: Any) -> Judged:
    """A good row but for `cells`; None leaves a cell blank."""
    filled = {name: value for name, value in (GOOD | cells).items() if value is not None}
    return judge_rows([Row(4, filled, [])], known)[0]


def entry(**cells: Any) -> Entry:
    judged = judge(**cells)
    assert judged.entry is not None, judged.faults
    return judged.entry


def faults(judged: Judged) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in judged.faults}


def warnings(judged: Judged) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in judged.warnings}


def test_a_good_row_says_what_it_says() -> None:
    found = entry(
        ethnicity="壮",
        registration="g450125201403080007",
        cert="45012520140308000745"[:18] + "53",
        disability="智力残疾",
        grade="Ⅲ级",
        phone=13864924352.0,
        guardian="卢 燕",
        address=" 第6乡镇北村18号 ",
        registered=2145001002.0,
        remark="=1+1",
    )

    assert (found.name, found.sex, found.birth_on, found.id_number) == ("卢乐福", "2", date(2014, 3, 8), "450125201403080007")
    assert (found.ethnicity, found.registration, found.cert) == ("08", "G450125201403080007", "45012520140308000753")
    assert (found.disability, found.grade, found.phone, found.guardian) == ("5", "3", "13864924352", "卢燕")
    assert (found.school, found.registered, found.address, found.remark) == (FIRST, SECOND, "第6乡镇北村18号", "=1+1")
    assert (found.team, found.starts_on) == ((QIN,), date(2026, 9, 1))
    assert found.is_served


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"name": None}, "name", "name_missing"),
        ({"name": "字" * 101}, "name", "too_long"),
        ({"id": "450125201403080008"}, "id", "id_check_digit"),
        ({"id": 4.50125201403080e17}, "id", "id_precision_lost"),
        ({"id": "45012520140308000"}, "id", "id_format"),
        ({"id": "45012520150229000X"}, "id", "id_date"),
        ({"id": "999999201403080017"}, "id", "id_region"),
        ({"sex": "男"}, "id", "id_sex_mismatch"),
        ({"sex": "不详"}, "sex", "sex_unknown"),
        ({"birth": "2014-03-09"}, "id", "id_birth_mismatch"),
        ({"birth": "2014.04"}, "id", "id_birth_mismatch"),
        ({"birth": "不详"}, "birth", "date_format"),
        ({"id": None, "birth": "2014.03"}, "birth", "date_format"),
        ({"id": None, "birth": "2026-10-29"}, "birth", "date_format"),
        ({"id": None, "birth": None}, "birth", "birth_missing"),
        ({"id": None, "sex": None}, "sex", "sex_missing"),
        ({"ethnicity": "火星"}, "ethnicity", "ethnicity_unknown"),
        ({"registration": "LG450125201403080007"}, "registration", "registration_format"),
        ({"cert": "45012520140308000745"}, "cert", "cert_format"),
        ({"disability": "自闭"}, "disability", "category_unknown"),
        ({"disability": "多重"}, "disability", "category_unknown"),
        ({"grade": "五级"}, "grade", "grade_unknown"),
        ({"phone": "1386492435"}, "phone", "phone_format"),
        ({"school": "外县实验学校"}, "school", "school_unknown"),
        ({"registered": "外县实验学校"}, "registered", "school_unknown"),
        ({"placement": "在家"}, "placement", "placement_unknown"),
        ({"starts": "去年"}, "starts", "date_format"),
        ({"ends": "2026.13.1"}, "ends", "date_format"),
        ({"ends": "2026-08-31"}, "ends", "end_before_start"),
    ],
)
def test_each_bad_cell_is_named_with_its_column(cells: dict[str, Any], column: str, code: str) -> None:
    judged = judge(**cells)

    assert faults(judged) == {(column, code)}
    assert judged.entry is None
    assert judged.warnings == []
    assert judge().faults == []


def test_every_bad_cell_of_a_row_is_listed() -> None:
    judged = judge(name=None, sex="男", birth="2014-03-09", grade="五级", school="外校", ends="2026-08-31")

    assert faults(judged) == {
        ("name", "name_missing"),
        ("id", "id_sex_mismatch"),
        ("id", "id_birth_mismatch"),
        ("grade", "grade_unknown"),
        ("school", "school_unknown"),
        ("ends", "end_before_start"),
    }


def test_with_a_bad_id_nothing_is_compared() -> None:
    bad = "450125201403080008"

    assert faults(judge(id=bad, sex="男", birth="2014-03-09")) == {("id", "id_check_digit")}
    assert faults(judge(id=bad, sex=None, birth=None)) == {("id", "id_check_digit")}
    assert faults(judge(id=bad, birth="2014.05")) == {("id", "id_check_digit")}
    assert faults(judge(id=bad, birth="不详")) == {("id", "id_check_digit"), ("birth", "date_format")}


def test_the_id_gives_what_is_not_written() -> None:
    found = entry(sex=None, birth=None)

    assert (found.sex, found.birth_on) == ("2", date(2014, 3, 8))
    assert entry(birth="2014.03").birth_on == entry(birth=2014.03).birth_on == date(2014, 3, 8)


def test_without_an_id_birth_and_sex_are_enough() -> None:
    judged = judge(id=None)

    assert judged.entry is not None
    assert (judged.entry.sex, judged.entry.birth_on, judged.entry.id_number) == ("2", date(2014, 3, 8), "")
    assert warnings(judged) == {("id", "no_id")}


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"cert": "45012520140308000853"}, "cert", "cert_id_mismatch"),
        ({"cert": "45012520140308000753", "disability": "肢体"}, "cert", "cert_category_mismatch"),
        ({"cert": "45012520140308000753", "grade": "一级"}, "cert", "cert_grade_mismatch"),
        ({"grade": "四级"}, "grade", "light_grade"),
        ({"disability": "智力四级"}, "grade", "light_grade"),
        ({"reason": "交通不便"}, "reason", "reason_transport_only"),
        ({"team": "覃嘉涵、查无此人"}, "team", "teacher_unknown"),
        ({"team": "陆月"}, "team", "teacher_unknown"),  # two of that name
    ],
)
def test_what_is_worth_a_look_is_said_and_the_row_goes_in(cells: dict[str, Any], column: str, code: str) -> None:
    judged = judge(**cells)

    assert warnings(judged) == {(column, code)}
    assert judged.entry is not None
    assert judge(cert="45012520140308000753", disability="智力", grade="三级", reason="交通不便、生活不能自理").warnings == []


@pytest.mark.parametrize(
    ("cells", "warned"),
    [
        ({"id": None, "birth": "2020-09-01"}, False),  # six on the first day
        ({"id": None, "birth": "2020-09-02"}, True),
        ({"id": None, "birth": "2009-09-02"}, False),  # sixteen still
        ({"id": None, "birth": "2009-09-01"}, True),
        ({"id": None, "birth": "2020-09-02", "team": None}, False),  # only identified: six today
        ({"id": None, "birth": "2020-10-29", "team": None}, True),
        ({"id": None, "birth": "2020-09-02", "placement": "随班就读"}, False),  # no case, no age
        ({"id": None, "birth": "2021-09-01", "starts": "2027-09-01"}, True),  # another policy by then: from seven
        ({"id": None, "birth": "2012-09-01", "starts": "2027-09-01"}, True),  # to fourteen
        ({"id": None, "birth": "2013-09-01", "starts": "2027-09-01"}, False),
    ],
)
def test_age_is_looked_at_on_the_first_day_or_today(cells: dict[str, Any], warned: bool) -> None:  # noqa: FBT001
    assert (("birth", "age_outside_policy") in warnings(judge(**cells))) == warned


def test_a_policy_that_names_no_age_does_not_judge_it() -> None:
    silent = Known(KNOWN.on, KNOWN.schools, KNOWN.staff, ((date(2026, 9, 1), PolicyTerms(age_min=None, age_max=None)),))

    assert judge(silent, id=None, birth="2000-01-01").warnings == judge(id=None, birth="2014-03-08").warnings


def test_unknown_teachers_are_left_out_and_the_child_is_served_all_the_same() -> None:
    found = entry(team="查无此人")

    assert found.team == ()
    assert found.is_served
    assert entry(team="覃嘉涵/韦志玲，覃嘉涵").team == (QIN, WEI)  # in the school, then in the county


@pytest.mark.parametrize("missing", ["school", "team", "starts"])
def test_without_school_teachers_or_first_day_a_child_is_only_identified(missing: str) -> None:
    assert not entry(**{missing: None}).is_served
    assert entry().is_served
    assert not entry(team=" 、").is_served


def test_a_child_placed_elsewhere_makes_no_case() -> None:
    assert not entry(placement="随班就读").makes_case
    assert entry(placement="送教上门").makes_case
    assert entry(placement="送教上门").placement == words.HOME


def test_the_certificate_tells_category_and_grade_where_the_row_does_not() -> None:
    found = entry(cert="45012520140308000753")

    assert (found.disability, found.grade) == ("5", "3")


def test_a_repeated_id_rejects_the_later_row_with_that_alone() -> None:
    twice = [
        Row(4, GOOD, []),
        Row(5, GOOD | {"id": " 450125 20140308 0007", "name": "别人", "grade": "五级"}, []),
        Row(6, GOOD | {"id": "450125201403080008"}, []),
        Row(7, GOOD | {"id": "450125201403080008"}, []),  # of a rejected row
        Row(8, GOOD | {"id": 4.50125201403080e17}, []),
        Row(9, GOOD | {"id": 4.50125201403080e17}, []),  # no number, so no repetition
        Row(10, GOOD | {"id": None}, []),
        Row(11, GOOD | {"id": None}, []),
    ]

    judged = judge_rows(twice, KNOWN)

    assert [[fault.code for fault in one.faults] for one in judged] == [
        [],
        ["duplicate_row"],
        ["id_check_digit"],
        ["duplicate_row"],
        ["id_precision_lost"],
        ["id_precision_lost"],
        [],
        [],
    ]


def test_a_schools_own_people_bring_only_its_children() -> None:
    own = Known(KNOWN.on, KNOWN.schools, KNOWN.staff, KNOWN.policies, own_schools=frozenset({FIRST}))

    assert judge(own).faults == []
    assert faults(judge(own, school="二小")) == faults(judge(own, school=None)) == {("school", "school_unknown")}
    assert "只能导入本校" in judge(own, school="二小").faults[0].message
    assert len(judge(own, school="外校").faults) == 1


def test_every_code_has_words_and_no_word_repeats_a_number() -> None:
    judged = judge(id="450125201403080008", phone="1386492435", name=None)

    assert all(fault.message for fault in judged.faults)
    assert "450125" not in "".join(fault.message for fault in judged.faults)
    assert all(text.endswith("。") for text in MESSAGES.values())
    assert len({name for names in HEADERS.values() for name in names}) == sum(map(len, HEADERS.values()))
