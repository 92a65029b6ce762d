"""`manage.py import_students`: the synthetic county exactly, and files that are none."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from counties.tests.make import make_county
from office.tests.make import make_bomb, make_xlsx
from students.models import Case, CaseTeacher, Student
from students.tests.make import make_roster, make_row

pytestmark = pytest.mark.django_db
COUNTY = Path(__file__).parents[2] / "tests" / "data" / "county"


def run(file: Path, *options: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_students", str(file), "--county", "450125", "--json", "--as-of", "2026-11-01T00:00", *options, stdout=out)
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


@pytest.fixture
def loaded() -> None:
    call_command("load_county", str(COUNTY / "county.yml"), "--password", "qin-shan-lu-shui-42", stdout=io.StringIO())


@pytest.mark.usefixtures("loaded")
def test_the_county_as_it_sent_it() -> None:
    expected = json.loads((COUNTY / "expected.json").read_text())["students"]

    dry = run(COUNTY / "roster.xlsx", "--dry-run")
    assert not Student.objects.exists()
    first = run(COUNTY / "roster.xlsx")
    second = run(COUNTY / "roster.xlsx")

    assert dry == first
    assert first["created"] == expected["created"] == Student.objects.count() == Case.objects.count()
    assert [[line["row"], line["code"]] for line in first["rejected"]] == expected["rejected"]
    assert {(4, "no_id"), (9, "no_id")} <= {(line["row"], line["code"]) for line in first["warnings"]}
    assert (first["updated"], first["unchanged"], first["skipped"]) == (0, 0, 3)
    assert (second["created"], second["updated"], second["unchanged"]) == (0, 0, expected["created"])
    assert (second["rejected"], second["warnings"]) == (first["rejected"], first["warnings"])
    assert CaseTeacher.objects.count() == 2 * expected["created"]


@pytest.mark.usefixtures("loaded")
def test_columns_are_named_as_the_sheet_spells_them() -> None:
    columns = {line["code"]: line["column"] for line in run(COUNTY / "roster.xlsx", "--dry-run")["rejected"]}

    assert columns["id_check_digit"] == "公民身份号码"
    assert columns["grade_unknown"] == "残疾级别"
    assert columns["name_missing"] == "姓名"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"not a spreadsheet", "不是 Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 40, "密码"),
        (make_bomb(150), "大得不正常"),
        (make_xlsx(["甲", "乙"]), "没有找到表头"),
        (make_roster(make_row(), {name: name for name in make_row()}, make_row()), "又是一行表头"),
    ],
)
def test_what_cannot_be_read_ends_with_two_and_one_clear_line(content: bytes, words: str, tmp_path: Path) -> None:
    make_county()
    file = tmp_path / "roster.xlsx"
    file.write_bytes(make_roster(make_row()))
    assert run(file)["created"] == 1

    file.write_bytes(content)
    with pytest.raises(CommandError, match=words) as ended:
        run(file)

    assert ended.value.returncode == 2
    assert "\n" not in str(ended.value)
    assert Student.objects.count() == 1


def test_an_unknown_county_or_file_ends_with_two(tmp_path: Path) -> None:
    for file in (tmp_path / "none.xlsx", tmp_path):
        with pytest.raises(CommandError, match="没有代码为") as ended:
            run(file)
        assert ended.value.returncode == 2
    make_county()
    for file in (tmp_path / "none.xlsx", tmp_path):
        with pytest.raises(CommandError, match="打不开") as ended:
            run(file)
        assert ended.value.returncode == 2
    with pytest.raises(CommandError) as ended:
        call_command("import_students", str(tmp_path), "--county", "450125", "--as-of", "gestern")
    assert ended.value.returncode == 2


def test_people_get_sentences(tmp_path: Path) -> None:
    make_county()
    file = tmp_path / "roster.xlsx"
    file.write_bytes(make_roster(make_row(), make_row(姓名="", 身份证号="450125201403080008")))
    out = io.StringIO()

    call_command("import_students", str(file), "--county", "450125", stdout=out)

    assert "新增 1 行，更新 0 行，不变 0 行，退回 1 行，跳过 0 行。" in out.getvalue()
    assert "退回 第 4 行 身份证号" in out.getvalue()
    assert "450125201403080008" not in out.getvalue()
