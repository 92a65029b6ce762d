"""A school admin or the county's staff add accounts, one by one or from a sheet."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Post, User
from accounts.rules import Role
from accounts.rules.usernames import username_for
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import make_county, make_school
from office.models import AuditLine
from office.sheets_in import Table, read_table
from office.workbook import Sheet, make_workbook

pytestmark = pytest.mark.django_db
TITLES = ("姓名", "职责", "学校", "登录名")


@pytest.fixture
def school() -> School:
    return make_school(name="演示县第一小学")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin(school: School) -> Client:
    return as_(make_user(Role.SCHOOL_ADMIN, school))


@pytest.fixture
def clerk(school: School) -> Client:
    return as_(make_user(Role.COUNTY_STAFF, school.county))


def test_one_person_is_added_and_gets_a_slip(admin: Client, school: School) -> None:
    response = admin.post("/people/add/", {"name": "蓝 永浩", "role": "teacher"})
    slip = response.context["slips"][0]
    user = User.objects.get(username="lanyonghao")
    assert (user.name, slip.username, slip.place) == ("蓝永浩", "lanyonghao", school.name)
    assert check_password(slip.password, user.password)
    assert user.must_change_password
    assert list(user.posts.values_list("role", "school")) == [("teacher", school.pk)]
    assert "no-store" in response["Cache-Control"]
    line = AuditLine.objects.get(verb="account.created")
    assert (line.subject, line.chain_id) == (user.pk, school.county_id)
    assert "蓝" not in repr(line.detail)


def test_a_form_sent_twice_makes_one_account(admin: Client) -> None:
    fields = {"name": "蓝永浩", "role": "teacher", "id": str(admin.get("/people/add/").context["form"]["id"].value())}
    assert admin.post("/people/add/", fields).context["slips"]
    assert "刚才已经建好" in admin.post("/people/add/", fields).content.decode()
    assert User.objects.filter(name="蓝永浩").count() == 1
    namesake = fields | {"id": str(admin.get("/people/add/").context["form"]["id"].value())}
    assert admin.post("/people/add/", namesake).context["slips"][0].username == "lanyonghao2"


def test_a_username_may_be_chosen_but_only_once(admin: Client) -> None:
    assert admin.post("/people/add/", {"name": "蓝永浩", "role": "teacher", "username": "lan"}).context["slips"]
    page = admin.post("/people/add/", {"name": "蓝永皓", "role": "teacher", "username": "lan"}).content.decode()
    assert "已有人用" in page
    assert User.objects.filter(username="lan").count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "role": "teacher"},
        {"name": "甲", "role": "county_staff"},
        {"name": "甲", "role": "operator"},
        {"name": "甲", "role": "teacher", "username": "大写"},
        {"name": "甲", "role": "teacher", "starts_on": "2026-02-30"},
        {"name": "甲" * 41, "role": "teacher"},
    ],
)
def test_what_cannot_be_meant_adds_nobody(admin: Client, fields: dict[str, str]) -> None:
    before = User.objects.count()
    assert "slips" not in admin.post("/people/add/", fields).context
    assert User.objects.count() == before


def test_a_clerk_adds_people_of_the_county_and_of_its_schools(clerk: Client, school: School) -> None:
    clerk.post("/people/add/", {"name": "樊子家", "role": "county_leader"})
    clerk.post("/people/add/", {"name": "莫冬美", "role": "school_admin", "school": str(school.pk)})
    assert Post.objects.get(user__username="fanzijia").area_id == school.county_id
    assert Post.objects.get(user__username="modongmei").school == school
    foreign = make_school(make_county("360922"))
    assert "slips" not in clerk.post("/people/add/", {"name": "乙", "role": "teacher", "school": str(foreign.pk)}).context
    assert "请选择学校" in clerk.post("/people/add/", {"name": "乙", "role": "teacher"}).content.decode()


def test_usernames_come_from_the_name_and_never_twice() -> None:
    assert username_for("蓝永浩", taken=set()) == "lanyonghao"
    assert username_for("蓝永浩", taken={"lanyonghao", "lanyonghao2"}) == "lanyonghao3"
    assert username_for("阿依古丽·买买提", taken=set()) == "ayigulimaimaiti"
    assert username_for("X", taken=set()) == "userx"


# --- From a sheet -----------------------------------------------------------------------------------------


def upload(client: Client, rows: list[tuple[Any, ...]], titles: tuple[str, ...] = TITLES) -> Any:
    content = make_workbook([Sheet("人员", titles, rows)])
    return client.post("/people/import/", {"sheet": SimpleUploadedFile("people.xlsx", content)})


def outcome(response: Any) -> list[str]:
    return [" ".join(row.reasons) or row.person.username for row in response.context["judged"]]


GOOD_AND_BAD = [
    ("蓝永浩", "送教教师", "演示县第一小学", ""),
    ("潘 轩月", "校长", "", "pan.xy"),
    ("", "送教教师", "", ""),
    ("邓秋志", "老师", "", ""),
    ("莫宇月", "送教教师", "别的学校", ""),
    ("温冬雨", "县局经办人", "", ""),
    ("梁雨燕", "送教教师", "", "大写"),
    ("韦志玲", "送教教师", "", "pan.xy"),
    ("蓝永浩", "送教教师", "", ""),
]


def test_a_sheet_is_looked_at_before_anything_is_written(admin: Client) -> None:
    before = User.objects.count()
    response = upload(admin, GOOD_AND_BAD)
    assert outcome(response)[:2] == ["lanyonghao", "pan.xy"]
    words = ["没有写姓名", "职责要写", "没有您管的这所学校", "职责要写", "登录名用", "已有人用", "同名的两行"]
    assert all(word in said for word, said in zip(words, outcome(response)[2:], strict=True)), outcome(response)
    assert (response.context["good"], response.context["bad"]) == (2, 7)
    assert User.objects.count() == before


def test_the_good_rows_become_accounts_with_slips(admin: Client, school: School) -> None:
    rows = upload(admin, GOOD_AND_BAD).context["rows"]
    response = admin.post("/people/import/confirm/", {"rows": rows})
    assert [(slip.name, slip.username) for slip in response.context["slips"]] == [("蓝永浩", "lanyonghao"), ("潘轩月", "pan.xy")]
    for slip in response.context["slips"]:
        assert check_password(slip.password, User.objects.get(username=slip.username).password)
    assert set(Post.objects.filter(school=school).values_list("role", flat=True)) == {"school_admin", "teacher", "principal"}


def test_confirming_twice_makes_nobody_twice(admin: Client) -> None:
    rows = upload(admin, GOOD_AND_BAD).context["rows"]
    admin.post("/people/import/confirm/", {"rows": rows})
    before = User.objects.count()
    page = admin.post("/people/import/confirm/", {"rows": rows}).content.decode()
    assert "已经建好" in page
    assert User.objects.count() == before


def test_the_bad_rows_come_back_to_be_put_right(admin: Client) -> None:
    rows = upload(admin, GOOD_AND_BAD).context["rows"]
    response = admin.post("/people/import/rejected/", {"rows": rows})
    headers = {"name": ("姓名",), "role": ("职责",), "school": ("学校",), "username": ("登录名",), "fault": ("错误",)}
    table: Table = read_table(response.content, headers)
    assert len(table.rows) == 7
    assert "职责要写" in str(table.rows[1].cells["fault"])
    fixed = [("邓秋志", "送教教师", "", "")]
    assert outcome(upload(admin, fixed, TITLES)) == ["dengqiuzhi"]
    again = admin.post("/people/import/", {"sheet": SimpleUploadedFile("errors.xlsx", response.content)})
    assert (again.context["good"], again.context["bad"]) == (2, 5)  # two were only wrong beside the good rows


def test_a_clerk_names_the_school_and_may_use_its_code(clerk: Client, school: School) -> None:
    response = upload(
        clerk,
        [
            ("甲一", "送教教师", school.code, ""),
            ("甲二", "督导", school.name, ""),
            ("甲三", "县局领导", "", ""),
            ("甲四", "送教教师", "", ""),
        ],
    )
    make_school(school.county)
    assert [row.person is not None for row in response.context["judged"]] == [True, True, True, True]
    assert "没有写学校" in outcome(upload(clerk, [("甲四", "送教教师", "", "")]))[0]


def test_formulas_in_a_sheet_stay_text(admin: Client) -> None:
    response = upload(admin, [("=1+1", "送教教师", "", ""), ("@SUM(A1)", "不知道", "", "")])
    rows = response.context["rows"]
    content = admin.post("/people/import/rejected/", {"rows": rows}).content
    import openpyxl

    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]  # type: ignore[union-attr]
    assert any(cell.value == "@SUM(A1)" for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_told_in_words(admin: Client, content: bytes) -> None:
    response = admin.post("/people/import/", {"sheet": SimpleUploadedFile("people.xlsx", content)})
    assert response.status_code == 200
    assert response.context["form"].errors["sheet"]
    assert "judged" not in response.context


def test_a_sheet_without_the_headers_is_told(admin: Client) -> None:
    response = upload(admin, [("甲", "乙")], ("名称", "备注"))
    assert "没有找到表头" in str(response.context["form"].errors)


def test_rows_from_another_person_or_altered_are_refused(admin: Client, clerk: Client) -> None:
    rows = upload(clerk, [("甲三", "县局领导", "", "")]).context["rows"]
    before = User.objects.count()
    for client, value in [(admin, rows), (clerk, rows[:-2] + "xx"), (clerk, "")]:
        assert "预览已过期" in client.post("/people/import/confirm/", {"rows": value}).content.decode()
    assert User.objects.count() == before
    assert clerk.post("/people/import/confirm/", {"rows": rows}).context["slips"]


def test_only_post_confirms_and_only_who_may_staff(school: School, admin: Client) -> None:
    assert admin.get("/people/import/confirm/").status_code == 405
    teacher = as_(make_user(Role.TEACHER, school))
    assert teacher.get("/people/import/").status_code == 403
    assert teacher.post("/people/import/confirm/", {"rows": "x"}).status_code == 403
    assert admin.get("/people/import/template/").status_code == 200
