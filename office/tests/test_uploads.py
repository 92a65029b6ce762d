"""Somebody uploads a file that is no workbook, or worse."""

from __future__ import annotations

import io
import random
import time
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings as current
from django.http import HttpResponse
from django.test import RequestFactory

from office import uploads
from office.refusals import Refused
from office.tests.make import make_bomb, make_xlsx, repack, understate
from office.uploads import check_workbook

LIMIT = 20 * 1024 * 1024
GOOD = make_xlsx(["覃小远", "<!DOCTYPE html><b>"], ["=1+1", "&lt;!ENTITY"])
SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000
XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        check_workbook(io.BytesIO(content), limit=LIMIT)
    return str(caught.value)


def other_zip(*names: str) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return output.getvalue()


def test_a_workbook_passes_and_is_left_at_its_beginning() -> None:
    stream = io.BytesIO(GOOD)
    check_workbook(stream, limit=LIMIT)
    assert stream.tell() == 0


def test_workbooks_of_other_programs_pass() -> None:
    output = io.BytesIO()
    openpyxl.Workbook().save(output)
    check_workbook(output, limit=LIMIT)
    for sheet in Path(__file__).parents[2].glob("tests/data/county/*.xlsx"):
        check_workbook(io.BytesIO(sheet.read_bytes()), limit=LIMIT)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "是空的（0 字节）"),
        ("姓名,性别\n甲,男".encode("gbk"), "不是 Excel 工作簿"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 99, "不是 Excel 工作簿"),
        (b"PK", "不是 Excel 工作簿"),
        ("\ufeff<html><table>".encode(), "这是网页"),
        (OLE + "Workbook".encode("utf-16-le"), "旧格式的 Excel 文件（.xls）"),
        (OLE + b"\0" * (uploads._CHUNK - len(OLE) - 9) + "EncryptedPackage".encode("utf-16-le"), "设了打开密码"),
        (other_zip("word/document.xml"), "这是 Word 文档"),
        (other_zip("xl/workbook.bin"), "（.xlsb）"),
        (other_zip("a.txt"), "里面没有工作表"),
        (GOOD[:-100], "已损坏"),
        (GOOD[: len(GOOD) // 2], "已损坏"),
        (b"PK\x03\x04" + b"x" * 100, "已损坏"),
        (repack(GOOD, change={SHEET: XXE}), "XML 实体"),
        (repack(GOOD, change={SHEET: XXE.decode().encode("utf-16")}), "XML 实体"),
        (repack(GOOD, add={"xl/other.rels": b" " * (uploads._CHUNK - 4) + XXE}), "XML 实体"),
    ],
)
def test_each_wrong_file_is_refused_in_its_own_words(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_the_xml_of_the_refused_is_fine_without_its_entities() -> None:
    check_workbook(io.BytesIO(repack(GOOD, change={SHEET: b"<worksheet></worksheet>"})), limit=LIMIT)


@pytest.mark.parametrize(
    "content", [b"GIF89a" + GOOD, other_zip("a") + GOOD, GOOD + b"<html>", GOOD + OLE, repack(GOOD, add={SHEET.upper(): b"x"})]
)
def test_a_file_that_is_two_things_at_once_is_refused(content: bytes) -> None:
    assert refusal(content)


def test_a_member_that_names_itself_otherwise_than_the_directory_is_refused() -> None:
    renamed = bytearray(GOOD)
    at = renamed.index(SHEET.encode())  # the first place is the member's own header
    renamed[at : at + 2] = b"XL"
    assert "已损坏" in refusal(bytes(renamed))


class TestBombs:
    def test_too_much_for_the_directory(self) -> None:
        claims = understate(repack(GOOD, add={"xl/media/a.png": random.Random(1).randbytes(3_000_000)}), SHEET, 201 * 1024 * 1024)
        assert uploads.MAX_RATIO * len(claims) > 201 * 1024 * 1024
        assert "大得不正常" in refusal(claims)

    def test_too_good_a_ratio(self) -> None:
        assert "大得不正常" in refusal(make_bomb(20))

    def test_too_many_members(self) -> None:
        assert "大得不正常" in refusal(repack(GOOD, add={f"xl/{number}.xml": b"" for number in range(uploads.MAX_MEMBERS)}))

    @pytest.mark.parametrize("claimed", [10, 1000])
    def test_a_directory_that_lies(self, claimed: int) -> None:
        bomb = understate(make_bomb(30), SHEET, claimed)
        tracemalloc.start()
        begun = time.perf_counter()
        assert "已损坏" in refusal(bomb)
        assert time.perf_counter() - begun < 2
        assert tracemalloc.get_traced_memory()[1] < 20 * 1024 * 1024
        tracemalloc.stop()

    def test_a_directory_that_claims_too_much(self) -> None:
        assert "已损坏" in refusal(understate(GOOD, SHEET, 9999))


def test_two_hundred_megabytes_are_refused_unread(tmp_path: Path) -> None:
    big = tmp_path / "big.xlsx"
    with big.open("wb") as stream:
        stream.truncate(200 * 1024 * 1024)
    with big.open("rb") as stream:
        tracemalloc.start()
        with pytest.raises(Refused, match="有 200 MB，最多只能上传 20 MB"):
            check_workbook(stream, limit=LIMIT)
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
        tracemalloc.stop()


def upload(content: bytes) -> Any:
    return RequestFactory().post("/", {"before": "1", "file": io.BytesIO(content), "after": "2"})


def answer(request: Any) -> HttpResponse:
    check_workbook(request.FILES["file"], limit=current.UPLOAD_LIMIT)
    return HttpResponse(request.POST["before"] + request.POST["after"])


@pytest.mark.parametrize("limit", [1000, 4_000_000])
def test_no_byte_beyond_the_limit_is_kept_of_an_upload(settings: Any, limit: int) -> None:
    settings.UPLOAD_LIMIT = limit
    request = upload(b"PK\x03\x04" + b"x" * (3 * limit))

    with pytest.raises(Refused, match="最多只能上传"):
        answer(request)
    assert request.FILES["file"].read() == b""
    assert request.POST["after"] == "2"
    assert list(settings.SCRATCH.iterdir()) == []


@pytest.mark.parametrize("threshold", [10, 10_000_000])
def test_an_upload_within_the_limit_arrives_whole(settings: Any, threshold: int) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = threshold
    request = upload(GOOD)
    assert answer(request).content == b"12"
    assert request.FILES["file"].read() == GOOD
