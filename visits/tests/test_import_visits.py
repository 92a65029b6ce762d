"""`manage.py import_visits`: the synthetic county exactly, groups, a second time, and files that are none."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.fields import blind_index
from office.models import AuditLine
from office.tests.make import make_bomb, make_xlsx
from students.tests.make import make_case, make_student
from visits.models import SchoolMonth, Visit, VisitPerson, VisitRecord
from visits.rules.recording import text_key
from visits.rules.sheet import HEADERS
from visits.tests.conftest import Cast
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db
COUNTY = Path(__file__).parents[2] / "tests" / "data" / "county"
USUAL = {"日期": "2026-10-14", "开始时间": "9:00", "结束时间": "11:00", "送教学校": "第一中心小学", "学生姓名": "覃小远", "形式": "入户"}
Sheet = Callable[..., dict[str, Any]]


def run(file: Path, *options: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_visits", str(file), "--county", "450125", "--json", "--as-of", "2026-11-01T00:00", *options, stdout=out)
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


def book(*rows: dict[str, Any]) -> bytes:
    headers = tuple(names[0] for names in HEADERS.values())
    return make_xlsx(*([row.get(header) for header in headers] for row in rows), headers=headers, title="送教记录")


@pytest.fixture
def taken(cast: Cast, tmp_path: Path) -> Sheet:
    """Takes rows in, each the usual one with other cells."""
    assert all((cast.case, cast.teacher, cast.colleague))

    def take(*rows: dict[str, Any], options: tuple[str, ...] = ()) -> dict[str, Any]:
        file = tmp_path / "visits.xlsx"
        file.write_bytes(book(*(USUAL | {"送教教师": "韦志玲、农子春"} | row for row in rows)))
        return run(file, *options)

    return take


def counts(result: dict[str, Any]) -> tuple[int, int, list[tuple[int, str]]]:
    assert result["updated"] == 0
    return result["created"], result["unchanged"], [(line["row"], line["code"]) for line in result["rejected"]]


def contents() -> list[Any]:
    tables = (Visit, VisitPerson, VisitRecord, SchoolMonth)
    return [list(table._default_manager.order_by("pk").values_list()) for table in tables]


def test_the_county_as_it_sent_it() -> None:
    call_command("load_county", str(COUNTY / "county.yml"), "--password", "qin-shan-lu-shui-42", stdout=io.StringIO())
    call_command("import_students", str(COUNTY / "roster.xlsx"), "--county", "450125", "--as-of", "2026-11-01T00:00", stdout=io.StringIO())
    expected = json.loads((COUNTY / "expected.json").read_text())["visits"]

    dry = run(COUNTY / "visits.xlsx", "--dry-run")
    assert not Visit.objects.exists()
    assert not SchoolMonth.objects.exists()
    first = run(COUNTY / "visits.xlsx")
    before = contents()
    second = run(COUNTY / "visits.xlsx")

    assert dry == first
    assert first["created"] == expected["created"] == VisitRecord.objects.count()
    assert [[line["row"], line["code"]] for line in first["rejected"]] == expected["rejected"]
    assert (first["updated"], first["unchanged"], first["skipped"], first["warnings"]) == (0, 0, 0, [])
    assert (second["created"], second["unchanged"], second["rejected"]) == (0, expected["created"], first["rejected"])
    assert contents() == before


def test_one_row_becomes_one_visit(cast: Cast, taken: Sheet) -> None:
    text = "刷牙步骤：先示范再手把手练习，分解成三步，家长在旁边看着学"
    taken({"课时": 2.5, "同行人": "村干部温某", "教学内容": text, "康复训练": "关节活动", "家长指导": "示范"})
    visit = Visit.objects.get()
    assert (visit.school, visit.on, visit.mode, visit.state, visit.source) == (cast.school, date(2026, 10, 14), "home", "done", "sheet")
    assert (visit.starts_at, visit.ends_at, visit.written_at) == (at("2026-10-14 09:00"), at("2026-10-14 11:00"), at("2026-11-01 00:00"))
    assert [(person.user, person.name) for person in visit.people.all()] == [
        (cast.teacher, "韦志玲"),
        (cast.colleague, "农子春"),
        (None, "村干部温某"),
    ]
    record = visit.records.get()
    assert (record.case, record.student, record.school, record.on) == (cast.case, cast.case.student, cast.school, visit.on)
    assert (record.present, record.lessons, record.ends_at) == (True, 2.5, None)
    assert (record.teaching, record.teaching_key, record.rehabilitation, record.family) == (text, text_key(text), "关节活动", "示范")
    assert list(SchoolMonth.objects.values_list("school", "month", "state")) == [(cast.school.pk, date(2026, 10, 1), "open")]


def test_a_visit_that_found_nobody(taken: Sheet) -> None:
    taken({"情况": "扑空", "原因": "家里没人", "课时": "三"})
    visit, record = Visit.objects.get(), VisitRecord.objects.get()
    assert (visit.state, visit.missed_reason) == ("missed", "other")
    assert (record.present, record.lessons, record.absent_reason, record.reason_text) == (False, 0, "other", "家里没人")


def test_the_same_row_again_is_unchanged_and_another_value_is_refused(taken: Sheet) -> None:
    assert counts(taken({}, {}, {"课时": 1})) == (1, 1, [(4, "duplicate_visit")])
    again = ({"送教教师": "农子春 韦志玲"}, {"日期": "20261014", "开始时间": "9：00"}, {"情况": "完成"}, {"课时": 3})
    assert counts(taken(*again)) == (0, 4, [])
    others = (
        {"结束时间": "11:30"},
        {"形式": "远程"},
        {"送教教师": "韦志玲"},
        {"同行人": "温某"},
        {"课时": 2},
        {"教学内容": "别的"},
        {"康复训练": "别的"},
        {"家长指导": "别的"},
        {"情况": "未遇"},
        {"原因": "住院"},
    )
    assert counts(taken(*others)) == (0, 0, [(row, "duplicate_visit") for row in range(2, 12)])
    assert Visit.objects.count() == VisitRecord.objects.count() == 1


def test_a_rejected_row_takes_no_place(taken: Sheet) -> None:
    assert counts(taken({"形式": "上门"}, {})) == (1, 0, [(2, "mode_unknown")])


def test_a_visit_recorded_on_a_page_is_on_record_too(cast: Cast, taken: Sheet) -> None:
    make_visit(cast.case, start="2026-10-14 09:00", people=(cast.teacher, cast.colleague), lessons=3)
    assert counts(taken({}, {"课时": 1})) == (0, 1, [(3, "duplicate_visit")])


def test_rows_of_one_team_hour_and_place_are_one_group(cast: Cast, taken: Sheet) -> None:
    for name in ("石同行", "蓝同行"):
        make_case(cast.school, student=make_student(cast.school, name=name))
    group = {"形式": "集中"}
    rows = (
        group | {"同行人": "温某"},
        group | {"学生姓名": "石同行", "送教教师": "农子春、韦志玲", "结束时间": "11:30", "同行人": "司机"},
        group | {"学生姓名": "蓝同行", "情况": "缺席", "原因": "生病"},
    )
    assert counts(taken(*rows)) == (3, 0, [])
    visit = Visit.objects.get()
    assert (visit.mode, visit.state, visit.missed_reason, visit.ends_at) == ("centre", "done", "", at("2026-10-14 11:30"))
    assert sorted(person.name for person in visit.people.all()) == sorted(["韦志玲", "农子春", "温某", "司机"])
    lessons = {record.student.name: (record.present, record.lessons) for record in visit.records.all()}
    assert lessons == {"覃小远": (True, 3), "石同行": (True, 3.5), "蓝同行": (False, 0)}

    before = contents()
    assert counts(taken(*rows)) == (0, 3, [])
    assert contents() == before
    assert counts(taken(group | {"结束时间": "11:30"})) == (0, 0, [(2, "duplicate_visit")])


def test_other_teams_hours_and_modes_are_visits_of_their_own(cast: Cast, taken: Sheet) -> None:
    names = ("石一", "石二", "石三", "石四")
    for name in names:
        make_case(cast.school, student=make_student(cast.school, name=name))
    rows = [{"形式": "集中"}, {"形式": "集中", "送教教师": "韦志玲"}, {"形式": "集中", "开始时间": "9:30"}, {}, {}]
    taken(*(row | {"学生姓名": name} for row, name in zip(rows, ("覃小远", *names), strict=True)))
    assert Visit.objects.count() == 5


def test_a_row_joins_the_group_that_is_on_record(cast: Cast, taken: Sheet) -> None:
    late = make_case(cast.school, student=make_student(cast.school, name="石迟到"))
    group = {"形式": "集中"}
    assert counts(taken(group | {"情况": "缺席", "原因": "住院"})) == (1, 0, [])
    assert Visit.objects.get().state == "missed"
    assert Visit.objects.get().missed_reason == "hospital"

    joined = group | {"学生姓名": "石迟到", "结束时间": "12:00", "同行人": "温某"}
    assert counts(taken(group | {"情况": "缺席", "原因": "住院"}, joined)) == (1, 1, [])
    visit = Visit.objects.get()
    assert (visit.state, visit.missed_reason, visit.ends_at, visit.version) == ("done", "", at("2026-10-14 12:00"), 2)
    assert set(visit.records.values_list("student", flat=True)) == {cast.case.student_id, late.student_id}
    assert visit.people.filter(user=None).get().name == "温某"
    before = contents()
    assert counts(taken(group | {"情况": "缺席", "原因": "住院"}, joined)) == (0, 2, [])
    assert contents() == before


def test_a_child_met_at_another_school_counts_for_its_own(cast: Cast, taken: Sheet) -> None:
    number = "450125201403080007"
    index = blind_index(number, purpose="students.id_number")
    there = make_case(cast.neighbour, student=make_student(cast.neighbour, name="石远客", id_number=number, id_index=index))
    assert counts(taken({"形式": "集中"}, {"形式": "集中", "学生姓名": "石远客", "身份证号": number})) == (2, 0, [])
    assert Visit.objects.get().school == cast.school
    assert VisitRecord.objects.get(case=there).school == cast.neighbour
    assert set(SchoolMonth.objects.values_list("school", flat=True)) == {cast.school.pk, cast.neighbour.pk}
    assert counts(taken({"学生姓名": "覃小远", "身份证号": number})) == (0, 0, [(2, "child_mismatch")])
    assert counts(taken({"学生姓名": "石远客", "身份证号": "360922201309010005"})) == (0, 0, [(2, "child_unknown")])


def test_another_countys_children_schools_and_teachers_are_unknown(taken: Sheet) -> None:
    elsewhere = make_county("360922")
    school = make_school(elsewhere, name="外县小学")
    make_case(school, student=make_student(school, name="外县生"))
    make_user(Role.TEACHER, school, name="外县师")
    rows: tuple[dict[str, Any], ...] = ({"学生姓名": "外县生"}, {"送教学校": "外县小学"}, {"送教教师": "外县师"}, {})
    assert counts(taken(*rows)) == (1, 0, [(2, "child_unknown"), (3, "school_unknown"), (4, "teacher_unknown")])


def test_blank_and_total_rows_are_skipped_and_columns_named_as_spelled(cast: Cast, tmp_path: Path) -> None:
    assert all((cast.case, cast.teacher))
    headers = ("日期", "开始时间", "结束时间", "姓名", "学校", "形式", "送教教师", "情况")
    good = ["2026-10-14", "9:00", "11:00", "覃小远", "第一中心小学", "入户", "韦志玲", ""]
    rows: tuple[list[Any], ...] = (
        good,
        ["", "", "", "", "", "", "", ""],
        ["合计", "", "", "", "", "", "", "2人"],
        [*good[:3], "无此人", *good[4:]],
        ["注：本表一式两份"],
    )
    file = tmp_path / "visits.xlsx"
    file.write_bytes(make_xlsx(*rows, headers=headers))
    result = run(file)
    assert (counts(result), result["skipped"]) == ((1, 0, [(5, "child_unknown")]), 3)
    assert result["rejected"][0]["column"] == "姓名"


def test_formulas_are_text_and_stay_text(taken: Sheet) -> None:
    bad = '=HYPERLINK("http://127.0.0.1/","x")'
    taken({"教学内容": bad})
    assert VisitRecord.objects.get().teaching == bad
    assert counts(taken({"教学内容": bad})) == (0, 1, [])


def test_it_is_written_down_without_names(taken: Sheet) -> None:
    taken({}, {"形式": "上门", "开始时间": "8:00"})
    line = AuditLine.objects.get(verb="visits.imported")
    assert line.detail == {"created": 1, "updated": 0, "unchanged": 0, "skipped": 0, "rejected": 1}
    assert "覃小远" not in str(line.detail)


def test_a_larger_sheet_asks_no_more_often(taken: Sheet) -> None:
    taken({})
    asked = set()
    for hour, size in ((8, 3), (10, 28)):
        rows = [{"日期": f"2026-10-{day:02}", "开始时间": f"{hour}:00", "结束时间": f"{hour + 1}:00"} for day in range(1, size)]
        with CaptureQueriesContext(connection) as queries:
            assert counts(taken(*rows))[0] == size - 1
        asked.add(len(queries))
    assert len(asked) == 1, asked


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"not a spreadsheet", "不是 Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 40, "密码"),
        (make_bomb(150), "大得不正常"),
        (make_xlsx(["甲", "乙"]), "没有找到表头"),
        (book(USUAL, {name: name for name in USUAL}, USUAL), "又是一行表头"),
    ],
)
def test_what_cannot_be_read_ends_with_two_and_one_clear_line(content: bytes, words: str, taken: Sheet, tmp_path: Path) -> None:
    assert taken({})["created"] == 1
    before = contents()
    file = tmp_path / "other.xlsx"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=words) as ended:
        run(file)
    assert ended.value.returncode == 2
    assert "\n" not in str(ended.value)
    assert contents() == before


def test_an_unknown_county_or_file_ends_with_two(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有代码为") as ended:
        run(tmp_path / "none.xlsx")
    assert ended.value.returncode == 2
    make_county()
    with pytest.raises(CommandError, match="打不开") as ended:
        run(tmp_path / "none.xlsx")
    assert ended.value.returncode == 2


def test_people_get_sentences(cast: Cast, tmp_path: Path) -> None:
    assert all((cast.case, cast.teacher))
    file = tmp_path / "visits.xlsx"
    file.write_bytes(book(USUAL | {"送教教师": "韦志玲"}, USUAL | {"送教教师": "韦志玲", "身份证号": "450125201403080008"}))
    out = io.StringIO()
    call_command("import_visits", str(file), "--county", "450125", stdout=out)
    assert "新增 1 行，不变 0 行，退回 1 行，跳过 0 行。" in out.getvalue()
    assert "退回 第 3 行 身份证号" in out.getvalue()
    assert "450125201403080008" not in out.getvalue()
