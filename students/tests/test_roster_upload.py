"""The roster from the desk: upload, preview, confirm, the rejected rows back and round again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Post, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import Area, School
from counties.tests.make import make_county, make_school
from office import work
from office.models import AuditLine, JobState, PrivateFile
from office.tests.make import make_bomb, make_xlsx
from students.models import Case, RosterUpload, Student
from students.tests.make import make_roster, make_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_own_files")]


@pytest.fixture
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_FILES = tmp_path / "files"


@pytest.fixture
def county() -> Area:
    return make_county()


@pytest.fixture
def school(county: Area) -> School:
    return make_school(county, name="一小")


@pytest.fixture
def clerk(county: Area, school: School) -> User:
    make_user(Role.TEACHER, school, name="韦志玲")
    return make_user(Role.COUNTY_STAFF, county)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, content: bytes, *, check: bool = True, county: str = "450125") -> RosterUpload | None:
    """Uploads, and lets the worker check."""
    sheet = SimpleUploadedFile("覃小远.xlsx", content)
    answer = client.post(reverse("roster_upload"), {"county": county, "sheet": sheet})
    upload = RosterUpload.objects.first()
    if answer.status_code == 302 and check and upload:
        do(upload, "checking")
    return upload


def do(upload: RosterUpload, job: str) -> None:
    upload.refresh_from_db()
    work.do(getattr(upload, job).pk)
    upload.refresh_from_db()


def sent(client: Client, *rows: Any) -> RosterUpload:
    upload = send(client, make_roster(*rows))
    assert upload is not None
    return upload


def page(client: Client, upload: RosterUpload) -> str:
    answer = client.get(reverse("roster_import", args=[upload.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def confirm(client: Client, upload: RosterUpload, *rows: int) -> None:
    answer = client.post(reverse("roster_confirm", args=[upload.pk]), {"row": rows})
    assert answer.status_code == 302
    upload.refresh_from_db()
    if upload.importing and not upload.importing.is_over:
        do(upload, "importing")


def rejects(client: Client, upload: RosterUpload) -> list[list[Any]]:
    answer = client.get(reverse("roster_rejects", args=[upload.pk]))
    assert answer.status_code == 200
    return [list(line) for line in openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values]


def test_a_sheet_is_previewed_and_nothing_written_until_the_sender_says_so(clerk: User) -> None:
    client = signed_in(clerk)
    upload = sent(client, make_row(送教学校="一小"), make_row(姓名="", 送教学校="外校", 备注="<b>x</b>"))

    shown = page(client, upload)
    assert not Student.objects.exists()
    assert "导入 1 行" in shown
    assert "第 4 行" in shown
    assert "没有姓名" in shown
    assert "本县没有“外校”这所学校" in shown

    confirm(client, upload)
    assert Student.objects.count() == 1
    assert "已导入" in page(client, upload)
    assert upload.counts == {"created": 1, "updated": 0, "unchanged": 0, "rejected": 1, "skipped": 0}


def test_rejected_rows_come_back_with_a_column_and_go_in_once_corrected(clerk: User) -> None:
    client = signed_in(clerk)
    bad = make_row(送教学校="一小", 残疾等级="五级", 联系电话="12345", 出生日期="", 序号=7, 备注="=1+1")
    upload = sent(client, make_row(送教学校="一小"), bad)
    confirm(client, upload)

    headers, row = rejects(client, upload)
    assert headers[-1] == "错误"
    assert headers[:-1] == list(dict.fromkeys([*make_row(), *bad]))
    assert "残疾等级" in row[-1]
    assert "联系电话" in row[-1]
    assert row[headers.index("身份证号")] == bad["身份证号"]
    assert row[headers.index("备注")] == "=1+1"

    corrected = dict(zip(headers, row, strict=True)) | {"残疾等级": "二级", "联系电话": "13864924352"}
    again = sent(client, corrected)
    assert again.counts["created"] == 1
    confirm(client, again)
    assert Student.objects.get(remark="=1+1").disability_grade == "2"
    assert "错误" not in rejects(client, sent(client, corrected | {"姓名": ""}))[0][:-1]


def test_confirming_twice_takes_the_rows_in_once(clerk: User) -> None:
    client = signed_in(clerk)
    upload = sent(client, make_row(送教学校="一小"))

    confirm(client, upload)
    confirm(client, upload)
    assert upload.importing is not None
    work.do(upload.importing.pk)

    assert Student.objects.count() == 1
    assert AuditLine.objects.filter(verb="roster.imported").count() == 1


def test_the_rows_are_judged_anew_when_they_go_in(clerk: User) -> None:
    client = signed_in(clerk)
    row = make_row(送教学校="一小")
    upload = sent(client, row)
    other = sent(client, row)

    confirm(client, other)
    confirm(client, upload)

    assert upload.counts["created"] == 0
    assert upload.counts["unchanged"] == 1
    assert Student.objects.count() == 1


def test_moves_and_endings_happen_only_for_ticked_rows(county: Area, school: School, clerk: User) -> None:
    make_school(county, name="二小")
    client = signed_in(clerk)
    first, second, third = make_row(送教学校="一小"), make_row(送教学校="一小"), make_row(送教学校="一小")
    confirm(client, sent(client, first, second, third))
    moved = {"送教学校": "二小", "开始送教日期": "2026-10-17"}

    upload = sent(client, first | moved, second | moved, third | {"终止送教日期": "2026-10-10"})
    shown = page(client, upload)
    assert "由一小转到二小，自2026年10月17日起" in shown
    assert "2026年10月10日终止送教" in shown
    confirm(client, upload, 3, 5)

    assert sorted(Case.objects.filter(ends_on=None).values_list("school__name", flat=True)) == ["一小", "二小"]
    assert [row[0] for row in rejects(client, upload)[1:]] == [second["姓名"]]


def test_a_row_nobody_was_asked_about_is_not_taken(clerk: User) -> None:
    client = signed_in(clerk)
    upload = sent(client, make_row(送教学校="一小"))

    confirm(client, upload, 99)

    assert not Student.objects.exists()
    assert "勾选的行不在" in page(client, upload)


def test_a_school_admin_brings_only_their_own_children_and_agrees_to_nothing(county: Area, school: School, clerk: User) -> None:
    make_school(county, name="二小")
    admin = make_user(Role.SCHOOL_ADMIN, school)
    row = make_row(送教学校="一小")
    confirm(signed_in(clerk), sent(signed_in(clerk), row, make_row(送教学校="二小", 姓名="别校")))
    theirs = Student.objects.get(name="别校")
    client = signed_in(admin)

    upload = sent(
        client,
        make_row(送教学校="一小"),
        make_row(送教学校="二小"),
        make_row(送教学校="一小", 身份证号=theirs.id_number),
        row | {"终止送教日期": "2026-10-10"},
    )
    shown = page(client, upload)
    assert upload.counts["created"] == 1
    assert upload.counts["rejected"] == 3
    assert "请与县局核对" in shown
    assert "同意的请打勾" not in shown
    client.post(reverse("roster_confirm", args=[upload.pk]), {"row": [5, 6]})
    upload.refresh_from_db()
    assert upload.importing is None  # no such row was asked about


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"not a spreadsheet", "不是 Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 40, "密码"),
        (b"PK\x03\x04" + b"x" * 21 * 1024 * 1024, "最多只能上传 20 MB"),
        (make_bomb(150), "大得不正常"),
    ],
)
def test_what_is_no_workbook_is_refused_at_once_in_words(clerk: User, content: bytes, words: str) -> None:
    client = signed_in(clerk)

    answer = client.post(reverse("roster_upload"), {"county": "450125", "sheet": SimpleUploadedFile("x.xlsx", content)})

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not RosterUpload.objects.exists()
    assert not PrivateFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (make_xlsx(["甲", "乙"]), "没有找到表头"),
        (make_roster(make_row(), {name: name for name in make_row()}, make_row()), "又是一行表头"),
    ],
)
def test_what_holds_no_roster_is_told_on_its_page(clerk: User, content: bytes, words: str) -> None:
    client = signed_in(clerk)
    upload = send(client, content)

    assert upload is not None
    assert upload.stage == "failed"
    assert words in page(client, upload)


def test_progress_is_shown_and_the_page_may_be_left(clerk: User) -> None:
    client = signed_in(clerk)
    upload = send(client, make_roster(make_row(送教学校="一小")), check=False)
    assert upload is not None
    assert upload.checking is not None
    shown = page(client, upload)
    assert "检查花名册" in shown
    assert reverse("job_progress", args=[upload.checking.pk]) in shown

    upload.checking.state, upload.checking.done, upload.checking.total = JobState.RUNNING, 1500, 5000
    upload.checking.save()
    assert "1500 / 5000（30%）" in page(client, upload)
    assert reverse("roster_import", args=[upload.pk]) in client.get(reverse("roster_upload")).content.decode()


def test_html_in_the_sheet_is_shown_as_text(clerk: User) -> None:
    client = signed_in(clerk)
    html = "<script>alert(1)</script>"
    upload = sent(client, make_row(姓名=html, 送教学校=html, 送教教师=html), make_row(姓名=html, 送教学校="一小", 送教教师=html))

    shown = page(client, upload)

    assert html not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_only_the_sender_sees_an_upload_and_only_while_in_office(clerk: User, county: Area, school: School) -> None:
    client = signed_in(clerk)
    upload = sent(client, make_row(姓名="", 送教学校="一小"))
    addresses = [reverse("roster_import", args=[upload.pk]), reverse("roster_rejects", args=[upload.pk])]
    colleague, admin = make_user(Role.COUNTY_STAFF, county), make_user(Role.SCHOOL_ADMIN, school)

    assert [client.get(address).status_code for address in addresses] == [200, 200]
    for other in (colleague, admin):
        assert [signed_in(other).get(address).status_code for address in addresses] == [404, 404]
        assert signed_in(other).post(reverse("roster_confirm", args=[upload.pk])).status_code == 404

    Post.objects.filter(user=clerk).update(area=make_county("360922"))
    assert [signed_in(clerk).get(address).status_code for address in addresses] == [403, 403]


@pytest.mark.parametrize(
    "role", [Role.TEACHER, Role.PRINCIPAL, Role.ITINERANT, Role.INSPECTOR, Role.COUNTY_LEADER, Role.OBSERVER, Role.OPERATOR]
)
def test_nobody_else_imports(role: Role, county: Area, school: School) -> None:
    where = {Role.COUNTY_LEADER: county, Role.OBSERVER: county, Role.OPERATOR: None}.get(role, school)
    client = signed_in(make_user(role, where))

    assert client.get(reverse("roster_upload")).status_code == 403
    assert client.post(reverse("roster_upload"), {}).status_code == 403


def test_a_county_of_others_is_not_offered(clerk: User) -> None:
    make_county("360922")
    client = signed_in(clerk)

    assert send(client, make_roster(make_row()), county="360922") is None


def test_who_lost_the_post_meanwhile_brings_nothing_in(clerk: User) -> None:
    client = signed_in(clerk)
    upload = sent(client, make_row(送教学校="一小"))
    client.post(reverse("roster_confirm", args=[upload.pk]))
    Post.objects.filter(user=clerk).delete()

    do(upload, "importing")

    assert upload.stage == "failed"
    assert upload.importing is not None
    assert "没有导入花名册的职责" in upload.importing.outcome
    assert not Student.objects.exists()


def test_staged_copies_lie_sealed_and_go_when_they_are_not_needed(clerk: User, settings: Any) -> None:
    client = signed_in(clerk)
    row = make_row(送教学校="一小")
    upload = sent(client, row, make_row(姓名=""))
    on_disk = b"".join(path.read_bytes() for path in Path(settings.PRIVATE_FILES).rglob("*") if path.is_file())
    assert PrivateFile.objects.count() == 3
    assert str(row["身份证号"]).encode() not in on_disk
    assert all(file.keep_until is not None for file in PrivateFile.objects.all())

    confirm(client, upload)
    assert upload.sheet is None
    assert PrivateFile.objects.count() == 2  # what was found, and the rejected rows

    PrivateFile.objects.all().delete()
    assert client.get(reverse("roster_rejects", args=[upload.pk])).status_code == 404
    assert "已导入" in page(client, upload)


def test_an_expired_sheet_is_told_so(clerk: User) -> None:
    client = signed_in(clerk)
    upload = sent(client, make_row(送教学校="一小"))
    PrivateFile.objects.all().delete()

    assert "已过期" in page(client, upload)
    client.post(
        reverse("roster_confirm", args=[upload.pk]), headers={"referer": f"http://testserver{reverse('roster_import', args=[upload.pk])}"}
    )
    assert "请重新上传" in page(client, upload)
    assert not Student.objects.exists()
