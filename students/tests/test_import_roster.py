"""A roster goes in: what is written, what is left alone, what a second run does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import TODAY, make_user
from counties.models import Area, School
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from office.sheets_in import read_table
from office.workbook import Cell
from students.actions.import_roster import import_roster
from students.codes import CaseState
from students.models import Case, CaseTeacher, Guardian, Student
from students.rules.roster import HEADERS
from students.sheets_in import Scope, review
from students.tests.make import make_id, make_roster, make_row

pytestmark = pytest.mark.django_db
NOW = at("2026-10-28 09:00")


@pytest.fixture
def county() -> Area:
    return make_county()


@pytest.fixture
def school(county: Area) -> School:
    return make_school(county, name="一小")


@pytest.fixture
def teacher(school: School) -> User:
    return make_user(Role.TEACHER, school, name="韦志玲")


def bring(*rows: dict[str, Cell], **options: Any) -> dict[str, Any]:
    table = read_table(make_roster(*rows), HEADERS)
    scope = options.pop("scope", Scope(county="450125", on=TODAY))
    return import_roster(table=table, scope=scope, by=None, at=NOW, **options).summary()


def codes(summary: dict[str, Any], kind: str = "rejected") -> list[tuple[int, str]]:
    return [(line["row"], line["code"]) for line in summary[kind]]


def counts(summary: dict[str, Any]) -> tuple[int, int, int]:
    return summary["created"], summary["updated"], summary["unchanged"]


def test_a_good_row_becomes_a_child_with_an_active_case(school: School, teacher: User) -> None:
    row = make_row(
        姓名=" 覃 小远 ",
        送教学校="一小",
        民族="壮",
        残疾类别="多重（肢体、智力）",
        残疾等级="二级",
        家庭住址="=第6乡镇",
        监护人="覃燕",
        与学生关系="母",
        联系电话=13864924352,
        实际照料人="覃奶奶",
        不能到校原因="生活不能自理",
        备注="@备注",
    )

    assert counts(bring(row)) == (1, 0, 0)

    student = Student.objects.get()
    case = Case.objects.get()
    assert (student.name, student.sex, student.birth_on, student.ethnicity) == ("覃小远", "1", date(2014, 3, 8), "08")
    assert (student.disability, student.further_disabilities, student.disability_grade) == ("7", "45", "2")
    assert (student.home_address, student.remark, student.id_number) == ("=第6乡镇", "@备注", row["身份证号"])
    assert {"qxy", "txy"} <= set(student.initials.split())
    assert (case.student, case.state, case.school, case.starts_on, case.ends_on) == (
        student,
        CaseState.ACTIVE,
        school,
        date(2026, 9, 1),
        None,
    )
    assert case.reason == "生活不能自理"
    assert [post.user for post in case.teachers.all()] == [teacher]
    assert [(one.kind, one.name, one.relation, one.phone) for one in student.guardians.all()] == [
        ("guardian", "覃燕", "母", "13864924352"),
        ("caregiver", "覃奶奶", "", ""),
    ]


def test_an_import_leaves_one_audit_line_without_names_or_numbers(school: School, teacher: User) -> None:
    row = make_row(送教学校="一小")
    table = read_table(make_roster(row, make_row(姓名="")), HEADERS)

    import_roster(table=table, scope=Scope(county="450125", on=TODAY), by=teacher, at=NOW)

    line = AuditLine.objects.get(verb="roster.imported")
    assert (line.by, line.detail) == (teacher.pk, {"created": 1, "updated": 0, "unchanged": 0, "rejected": 1, "skipped": 0})


def test_a_second_import_changes_nothing_and_rejects_the_same(school: School, teacher: User) -> None:
    rows = [
        make_row(送教学校="一小", 终止送教日期="2026-10-10", 监护人="覃燕", 联系电话="13864924352"),
        make_row(送教学校="一小", 身份证号="", 残疾类别="智力三级"),
        make_row(送教学校="一小", 开始送教日期=""),
        make_row(安置方式="随班就读"),
        make_row(姓名=""),
        make_row(送教学校="外校"),
        make_row(送教学校="一小", 送教教师="查无此人"),
        make_row(送教学校="一小", 姓名="同名", 身份证号=""),
        make_row(送教学校="一小", 姓名="同名", 身份证号="", 备注="又一个"),
    ]

    first, second = bring(*rows), bring(*rows)

    assert counts(first) == (7, 0, 0)
    assert counts(second) == (0, 0, 7)
    assert second["rejected"] == first["rejected"] != []
    assert second["warnings"] == first["warnings"] != []
    assert Student.objects.count() == 7
    assert Case.objects.count() == 6


def test_a_dry_run_writes_nothing_and_says_the_same(school: School, teacher: User) -> None:
    table = read_table(make_roster(make_row(送教学校="一小"), make_row(姓名="")), HEADERS)

    judged = review(table, Scope(county="450125", on=TODAY)).summary()

    assert not Student.objects.exists()
    assert judged == import_roster(table=table, scope=Scope(county="450125", on=TODAY), by=None, at=NOW).summary()


def test_a_known_id_is_an_update_and_blank_cells_erase_nothing(school: School, teacher: User) -> None:
    number = make_id(7)
    bring(make_row(姓名="覃小远", 送教学校="一小", 身份证号=number, 备注="旧", 家庭住址="北村", 监护人="覃燕", 联系电话="13864924352"))

    summary = bring(make_row(姓名="谭小远", 送教学校="一小", 身份证号=number, 备注="新", 监护人="覃燕", 联系电话="13864924353"))

    student = Student.objects.get()
    assert counts(summary) == (0, 1, 0)
    assert (student.name, student.name_key, student.remark, student.home_address) == ("谭小远", "谭小远", "新", "北村")
    assert "txy" in student.initials.split()
    assert Guardian.objects.get().phone == "13864924353"


def test_children_without_an_id_are_known_by_school_name_and_birth(county: Area, school: School, teacher: User) -> None:
    make_school(county, name="二小")
    row = make_row(姓名="覃小远", 送教学校="一小", 身份证号="")
    bring(row)

    assert counts(bring(row | {"姓名": "覃 小远", "备注": "新"})) == (0, 1, 0)
    elsewhere = bring(row | {"送教学校": "二小"})
    assert counts(elsewhere) == (1, 0, 0)
    assert (3, "possible_duplicate") in codes(elsewhere, "warnings")


def test_a_child_with_an_id_is_never_merged_with_one_without(school: School, teacher: User) -> None:
    bring(make_row(姓名="覃小远", 送教学校="一小", 身份证号=""))

    summary = bring(make_row(姓名="覃小远", 送教学校="一小"))

    assert counts(summary) == (1, 0, 0)
    assert codes(summary, "warnings") == [(3, "possible_duplicate")]
    assert Student.objects.count() == 2


def test_namesakes_in_the_file_are_both_worth_a_look(school: School, teacher: User) -> None:
    rows = [make_row(姓名=name, 送教学校="一小") for name in ("覃小远", "覃 小远", "覃小近")]

    assert codes(bring(*rows), "warnings") == [(3, "possible_duplicate"), (4, "possible_duplicate")]


def test_a_rejected_namesake_is_none(school: School, teacher: User) -> None:
    row = make_row(姓名="覃小远", 送教学校="一小")

    assert bring(row, row)["warnings"] == []


def test_an_import_moves_nobody_and_ends_nothing_by_itself(county: Area, school: School, teacher: User) -> None:
    make_school(county, name="二小")
    row = make_row(送教学校="一小", 备注="旧")
    bring(row)

    moved = bring(row | {"送教学校": "二小", "备注": "新"})
    ended = bring(row | {"终止送教日期": "2026-10-10", "备注": "新"})

    assert codes(moved) == [(3, "would_move")]
    assert codes(ended) == [(3, "would_end")]
    case = Case.objects.get()
    assert (case.school, case.ends_on, case.student.remark) == (school, None, "旧")


def test_a_confirmed_move_ends_the_old_case_and_begins_another(county: Area, school: School, teacher: User) -> None:
    other = make_school(county, name="二小")
    row = make_row(送教学校="一小")
    bring(row)

    summary = bring(row | {"送教学校": "二小", "开始送教日期": "2026-10-17"}, confirmed=frozenset({3}))

    old, new = Case.objects.order_by("starts_on")
    assert counts(summary) == (0, 1, 0)
    assert (old.school, old.ends_on, old.state) == (school, date(2026, 10, 17), CaseState.EXITED)
    assert (new.school, new.starts_on, new.state) == (other, date(2026, 10, 17), CaseState.ACTIVE)
    assert new.teachers.count() == 1
    assert counts(bring(row | {"送教学校": "二小", "开始送教日期": "2026-10-17"})) == (0, 0, 1)


def test_a_confirmed_ending_ends_the_case(school: School, teacher: User) -> None:
    row = make_row(送教学校="一小")
    bring(row)

    bring(row | {"终止送教日期": "2026-10-10"}, confirmed=frozenset({3}))

    case = Case.objects.get()
    assert (case.ends_on, case.state) == (date(2026, 10, 10), CaseState.EXITED)


def test_an_identified_child_becomes_active_when_the_sheet_says_so(school: School, teacher: User) -> None:
    row = make_row(送教学校="一小")
    bring(row | {"开始送教日期": "", "送教教师": ""})
    identified = Case.objects.get()

    summary = bring(row)

    case = Case.objects.get()
    assert (identified.state, identified.starts_on) == (CaseState.IDENTIFIED, None)
    assert counts(summary) == (0, 1, 0)
    assert (case.pk, case.state, case.starts_on) == (identified.pk, CaseState.ACTIVE, date(2026, 9, 1))
    assert [post.user for post in case.teachers.all()] == [teacher]


def test_teams_stay_as_they_are_and_only_an_empty_one_is_filled(school: School, teacher: User) -> None:
    late = make_row(送教学校="一小", 送教教师="陆月")
    rows = [make_row(送教学校="一小"), late]
    bring(*rows)
    colleague = make_user(Role.TEACHER, school, name="陆月")

    summary = bring(rows[0] | {"送教教师": "陆月"}, late)

    assert counts(summary) == (0, 1, 1)
    assert codes(summary, "warnings") == [(3, "teachers_kept"), (3, "possible_duplicate"), (4, "possible_duplicate")][:1]
    assert set(CaseTeacher.objects.values_list("user", flat=True)) == {teacher.pk, colleague.pk}


def test_a_child_that_comes_back_gets_a_second_case(school: School, teacher: User) -> None:
    row = make_row(送教学校="一小", 终止送教日期="2026-10-10")
    bring(row)

    summary = bring(row | {"开始送教日期": "2026-10-20", "终止送教日期": ""})

    assert counts(summary) == (0, 1, 0)
    assert list(Case.objects.order_by("starts_on").values_list("starts_on", "ends_on")) == [
        (date(2026, 9, 1), date(2026, 10, 10)),
        (date(2026, 10, 20), None),
    ]
    assert counts(bring(row | {"开始送教日期": "2026-10-20", "终止送教日期": ""})) == (0, 0, 1)
    assert counts(bring(row)) == (0, 0, 1)


def test_children_of_another_county_are_other_children(school: School, teacher: User) -> None:
    make_user(Role.TEACHER, make_school(make_county("360922"), name="一小"), name="韦志玲")
    row = make_row(送教学校="一小")
    bring(row)

    summary = bring(row, scope=Scope(county="360922", on=TODAY))

    assert counts(summary) == (1, 0, 0)
    assert Student.objects.count() == 2


def test_a_schools_own_people_touch_only_the_children_they_see(county: Area, school: School, teacher: User) -> None:
    other = make_school(county, name="二小")
    theirs = make_row(送教学校="二小", 送教教师="")
    bring(theirs)
    own = Scope(county="450125", on=TODAY, schools=frozenset({school.pk}), students=frozenset())

    summary = bring(theirs | {"送教学校": "一小", "姓名": "改名"}, make_row(送教学校="二小"), make_row(送教学校="一小"), scope=own)

    assert codes(summary) == [(3, "would_move"), (4, "school_unknown")]
    assert counts(summary) == (1, 0, 0)
    assert not Student.objects.filter(name="改名").exists()
    assert Case.objects.get(student__name=theirs["姓名"]).school == other


def test_html_goes_in_as_text(school: School, teacher: User) -> None:
    html = "<script>alert(1)</script>"

    bring(make_row(送教学校="一小", 姓名=html, 家庭住址=html, 监护人=html, 备注=html, 与学生关系=html, 年级=html, 不能到校原因=html))

    student = Student.objects.get()
    assert {student.name, student.home_address, student.remark, student.class_grade, Guardian.objects.get().name} == {html}


def test_look_ups_do_not_grow_with_the_rows(school: School, teacher: User) -> None:
    def look_ups(rows: int, year: int) -> int:
        numbers = [make_id(n, born=date(year, 1, 1)) for n in range(rows)]
        table = read_table(
            make_roster(*[make_row(姓名="覃小远", 送教学校="一小", 出生日期="", 身份证号=number) for number in numbers]), HEADERS
        )
        with CaptureQueriesContext(connection) as queries:
            assert counts(import_roster(table=table, scope=Scope(county="450125", on=TODAY), by=None, at=NOW).summary())[1] == 0
        return sum(query["sql"].startswith("SELECT") for query in queries)

    look_ups(1, 2011)  # the county's first audit line
    assert look_ups(3, 2012) == look_ups(300, 2013)
    assert look_ups(3, 2012) == look_ups(300, 2013)  # children on record are looked up together too
