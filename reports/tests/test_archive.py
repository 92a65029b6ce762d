"""The archive of a child's year: what stands where, what is not in it, and that equal data give equal bytes."""

from __future__ import annotations

import io
import os
import pickle
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counties.tests.make import at
from reports.actions.archiving import Made, build, manifest, packed
from reports.figures.archive import Scope, year_of_child
from reports.sheets.archive import NUMBERS, SECTIONS, archive
from reports.tests.archives import NUMBER, TODAY, Year, make_year, picture_of, take_back
from reports.tests.test_printing import text_of
from students.tests.make import make_case, make_student
from visits.models import VisitRecord
from visits.tests.make import make_visit
from visits.tests.pictures import SERIAL

pytestmark = pytest.mark.django_db
HEADINGS = [f"{number}{title}" for number, title in zip(NUMBERS, SECTIONS, strict=True)]


def made(year: Year, *, scope: Scope | None = None, on: date = TODAY, of: int = 2026) -> Made:
    return build(student=year.case.student_id, year=of, scope=scope or Scope(), on=on)


def pages(content: bytes) -> list[str]:
    return [re.sub(r"\s", "", page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def images(content: bytes) -> int:
    return len({image.data for page in pypdf.PdfReader(io.BytesIO(content)).pages for image in page.images})


def drawn(page: pypdf.PageObject) -> bytes:
    contents = page.get_contents()
    return contents.get_data() if contents is not None else b""


def test_the_cover_the_contents_and_every_section_in_order() -> None:
    found = made(make_year())
    cover, contents, *rest = pages(found.content)

    for said in ("送教上门学生档案", "覃小远", "石门小学", "2026—2027学年"):
        assert said in cover
    places = [contents.index(heading) for heading in HEADINGS]
    assert places == sorted(places)
    starts = [next(number for number, page in enumerate(rest, 3) if heading in page) for heading in HEADINGS]
    assert starts == sorted(starts)
    told = [int(re.search(rf"{heading}(?:（无内容）)?[·.…]*(\d+)", contents)[1]) for heading in HEADINGS]  # type: ignore[index]
    assert told == starts
    assert found.pages == len(rest) + 2
    assert [f"第{number}页，共{found.pages}页" in page for number, page in enumerate(rest, 3)] == [True] * len(rest)


def test_its_bookmarks_are_the_sections_with_the_months_below() -> None:
    outline = pypdf.PdfReader(io.BytesIO(made(make_year()).content)).outline
    titles = [str(entry.title) for entry in outline if not isinstance(entry, list)]

    assert [title.replace(" ", "") for title in titles] == HEADINGS
    assert "2026年10月" in [entry.title for part in outline if isinstance(part, list) for entry in part]  # type: ignore[union-attr]


def test_what_it_says() -> None:
    text = text_of(made(make_year()).content)

    for said in (
        *("覃小远", "2015年3月8日", "责任教师", "韦志玲", "教育评估，不作医学诊断", "初评", "喜欢听歌"),
        *("能用动作表达要求", "看到杯子时，用手指出杯子", "连续三次送教，5次里对4次", "不俯卧", "执行中"),
        *("认识苹果和香蕉", "扶站五分钟", "教祖母握勺的办法", "每天指一指碗", "孩子很高兴", "村医覃伯", "3课时"),
        *("短期目标的进展", "掌握：", "3手势", "3/5", "指得很快", "看到杯子时，用手指出杯子：手势，5次对3次（指得很快）"),
        *("认识杯子", "会指出杯子", "图卡认得快", "坐不久", "换成实物", "学校检查"),
        *("2026学年上学期小结", "短期目标（数到2026年10月28日）", "监护人签字覃母（母亲），2026年10月28日"),
        *("手机签字：覃母，母亲", "2026年10月21日14:00–16:00入户（未送成）", "住院"),
    ):
        assert said in text, said


def test_numbers_and_addresses_are_masked_as_on_the_pages() -> None:
    text = text_of(made(make_year()).content)

    assert f"{'*' * 16}{NUMBER[-2:]}" in text
    assert NUMBER not in text
    assert "石门村" not in text


def test_a_year_with_nothing_says_so_in_every_section() -> None:
    case = make_case(student=make_student(name="黄嘉春"))
    found = build(student=case.student_id, year=2026, scope=Scope(), on=TODAY)
    text, (_, contents, *_rest) = text_of(found.content), pages(found.content)

    for nothing in (
        *("没有登记监护人和照料人", "本学年没有完成的评估", "本学年没有写完的学期小结", "本学年没有学校检查过的教案"),
        *("本学年没有送教记录", "本学年没有已批准的个别化教育", "本学年没有训练记录"),
        *("本学年没有可以放入的工作图片", "没有登记这名学生本学年的安全事项和经费", "本学年没有登记暂停、退出或移交"),
    ):
        assert nothing in text, nothing
    assert contents.count("（无内容）") == 7
    assert all(heading in text for heading in HEADINGS)


def test_another_year_holds_nothing_of_this_one() -> None:
    year = make_year()

    assert "认识苹果和香蕉" in text_of(made(year).content)
    assert "认识苹果和香蕉" not in text_of(made(year, of=2027).content)


def test_the_signature_is_drawn_and_stays_with_the_school_where_it_must() -> None:
    year = make_year()

    def is_signed(found: Made, strokes: bytes) -> bool:
        return any(strokes in drawn(page) for page in pypdf.PdfReader(io.BytesIO(found.content)).pages)

    visit, plan = b"100 100 m\n300 140 l\n500 90 l", b"111 40 m\n333 222 l\n555 90 l"
    whole, without = made(year), made(year, scope=Scope(signatures=False))
    assert "签字留在学校" not in text_of(whole.content)
    assert text_of(without.content).count("签字留在学校") == 2
    assert [is_signed(whole, visit), is_signed(whole, plan)] == [True, True]
    assert [is_signed(without, visit), is_signed(without, plan)] == [False, False]


def test_of_another_school_it_holds_nothing() -> None:
    year = make_year()
    text = text_of(made(year, scope=Scope(frozenset({year.neighbour.pk}))).content)

    assert "认识苹果和香蕉" not in text
    assert "喜欢听歌" not in text
    for theirs in ("能用动作表达要求", "看到杯子时，用手指出杯子", "指得很快", "图卡认得快", "上学期小结"):
        assert theirs not in text
        assert theirs in text_of(made(year).content)


def test_pictures_without_what_the_camera_wrote_and_only_while_consent_stands() -> None:
    year = make_year()
    photo = picture_of(year)
    found = made(year)

    assert (images(found.content), found.photos) == (1, (str(photo.pk),))
    assert "认水果" in text_of(found.content)
    for page in pypdf.PdfReader(io.BytesIO(found.content)).pages:
        for image in page.images:
            assert SERIAL.encode() not in image.data
            assert b"Exif" not in image.data
    assert SERIAL.encode() not in found.content

    take_back(year)
    later = made(year, on=TODAY + timedelta(days=1))
    assert (images(later.content), later.photos) == (0, ())
    assert "有1张照片没有放入" in text_of(later.content)


HOSTILE = (
    '<img src="file:///etc/passwd"><script>alert(1)</script>',
    '<link rel="attachment" href="file:///etc/hostname">',
    "</td></table><h2>假的部分</h2>",
    "{{ page.name }} {% now 'Y' %}",
)


def test_what_somebody_typed_is_text() -> None:
    year = make_year(teaching=HOSTILE[0], rehabilitation=HOSTILE[1], family=HOSTILE[2] + HOSTILE[3])
    found = made(year)
    reader, text = pypdf.PdfReader(io.BytesIO(found.content)), text_of(found.content)

    for typed in HOSTILE:
        assert re.sub(r"\s", "", typed) in text
    assert images(found.content) == 0
    assert not reader.attachments
    assert "假的部分" not in [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert "root:" not in text


def test_rare_characters_and_a_text_of_many_pages() -> None:
    long = "练习握勺进食，每次五分钟。" * 300
    found = made(make_year(name="𬭎㛃·阿依古丽", teaching=long))
    text = "".join(pages(found.content))

    assert "𬭎㛃·阿依古丽" in text
    assert text.count("勺") == 300 + "教祖母握勺的办法".count("勺")  # a sentence may lie on two pages, a character does not


def test_the_same_data_give_the_same_bytes_on_two_days() -> None:
    year = make_year()
    picture_of(year)
    with time_machine.travel("2026-10-28 09:00:00+08:00"):
        first = made(year)
    with time_machine.travel("2026-11-03 22:10:00+08:00"):
        second = made(year, on=date(2026, 11, 3))

    assert first.digest == second.digest
    assert (first.name, first.pages) == (second.name, second.pages)
    VisitRecord.objects.update(homework="别的作业")
    assert made(year).digest != first.digest


PRINTING = """
import pickle, sys
import django
django.setup()
from reports.sheets.archive import print_archive
sys.stdout.buffer.write(print_archive(pickle.load(open(sys.argv[1], "rb")), {}).content)
"""


def test_two_processes_print_the_same_bytes(tmp_path: Path) -> None:
    year = make_year()
    taken = year_of_child(year.case.student_id, 2026, scope=Scope(), on=TODAY)
    frozen = tmp_path / "page"
    frozen.write_bytes(pickle.dumps(archive(taken, readable=frozenset())))
    printed = [
        subprocess.run(
            [sys.executable, "-c", PRINTING, str(frozen)], env=os.environ | {"PYTHONHASHSEED": seed}, check=True, stdout=subprocess.PIPE
        ).stdout
        for seed in ("1", "2")
    ]

    assert printed[0] == printed[1] == made(year).content


def test_it_is_kept_for_long_every_font_within_it() -> None:
    """PDF/A-2u as it says itself: its colours named, no font from elsewhere, every character findable."""
    year = make_year(name="𬭎㛃·䶮", teaching="䶮𬭎㛃")
    picture_of(year)
    reader: Any = pypdf.PdfReader(io.BytesIO(made(year).content))
    told = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    fonts = {found.get_object()["/BaseFont"]: found.get_object() for page in reader.pages for found in page["/Resources"]["/Font"].values()}
    within = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts.values()]

    assert re.search(r"pdfaid:part(>|=\")2", told)
    assert re.search(r"pdfaid:conformance(>|=\")U", told)
    assert reader.trailer["/Root"]["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    assert within
    assert all("/FontFile2" in each or "/FontFile3" in each for each in within)
    assert all("/ToUnicode" in font for font in fonts.values())


def test_a_year_is_read_in_the_same_number_of_queries_whatever_there_is() -> None:
    year = make_year()
    picture_of(year)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            taken = year_of_child(year.case.student_id, 2026, scope=Scope(), on=TODAY)
            archive(taken, readable=frozenset())
        return len(queries)

    few = asked()
    for day in range(1, 29):
        for hour in (9, 15):
            make_visit(year.case, start=f"2026-11-{day:02} {hour:02}:00", people=(year.teacher,))
    assert VisitRecord.objects.count() == 58
    assert asked() == few <= 25


def test_a_manifest_and_a_zip_hold_no_name_and_no_clock() -> None:
    year = make_year()
    found = made(year)
    with time_machine.travel(at("2027-01-01 00:00")):
        later = packed(2026, [found])

    assert packed(2026, [found]) == later
    assert found.name == f"songjiao-archive-2026-{year.case.student_id.hex[:12]}.pdf"
    assert found.digest in manifest(2026, [found]).decode()
    assert "覃" not in manifest(2026, [found]).decode()
