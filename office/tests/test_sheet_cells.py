"""What one cell of a spreadsheet says."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from office.sheets_in import Cell, Month, clock, day, folded, month, number, text

moment = datetime.fromisoformat  # spreadsheets know no time zone


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("", ""),
        (None, ""),
        ("  覃\u3000小远 ", "覃\u3000小远"),
        ("\u200b覃小远\x00\ufeff", "覃小远"),
        (13950013958.0, "13950013958"),
        (2145001005, "2145001005"),
        (3.5, "3.5"),
        (4.50125201403080e17, "4.5012520140308e+17"),
        (True, "TRUE"),
        (date(2014, 3, 8), "2014-03-08"),
        (moment("2014-03-08"), "2014-03-08"),
        (moment("2014-03-08 09:30"), "2014-03-08 09:30"),
        (time(9, 30), "09:30"),
        ("=1+1", "=1+1"),
    ],
)
def test_text_is_what_was_typed(cell: Cell | None, says: str) -> None:
    assert text(cell) == says


def test_folding_removes_every_space_and_full_width() -> None:
    assert folded(" ４５０１２５ 2014\u30000308 ０００ｘ ") == "450125201403080 00x".replace(" ", "")
    assert folded("多重（肢体、智力）") == "多重(肢体、智力)"


@pytest.mark.parametrize(
    "cell",
    [
        "2014-03-08",
        "2014-3-8",
        "2014/3/8",
        "2014.3.8",
        "2014.03.08",
        "20140308",
        "2014年3月8日",
        "2014年03月08日",
        "２０１４年３月８日",
        " 2014 年 3 月 8 日 ",
        "2014-03-08 00:00:00",
        "2014—3—8",
        20140308.0,
        41706.0,
        41706,
        "41706",
        41706.4,
        date(2014, 3, 8),
        moment("2014-03-08 09:30"),
    ],
)
def test_every_form_of_a_day_is_read(cell: Cell) -> None:
    assert day(cell) == date(2014, 3, 8)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        None,
        "不详",
        "2014-02-30",
        "2014-13-01",
        "2014.3",
        "201403",
        2014.03,
        2014.0,
        "14-3-8",
        "2014-3/8",
        "3月8日",
        True,
        time(9),
        1e300,
        -5.0,
    ],
)
def test_what_is_no_day_is_not_guessed(cell: Cell | None) -> None:
    assert day(cell) is None


@pytest.mark.parametrize("cell", ["2014.03", "2014.3", "2014-3", "2014/03", "201403", "2014年3月", "2014年03月", 2014.03, 201403.0])
def test_every_form_of_a_month_is_read(cell: Cell) -> None:
    assert month(cell) == Month(2014, 3)


@pytest.mark.parametrize("cell", ["", "2014", "2014.13", "2014.0", "2014-03-08", 41706.0, "3月"])
def test_what_is_no_month_is_not_guessed(cell: Cell) -> None:
    assert month(cell) is None


def test_a_number_loses_the_zero_of_october() -> None:
    read = month(2014.10)

    assert read is not None
    assert read.may_hold(date(2014, 10, 8))
    assert read.may_hold(date(2014, 1, 8))
    assert not read.may_hold(date(2014, 3, 8))
    assert month("2014.1") == Month(2014, 1)  # as text it is January


@pytest.mark.parametrize(
    "cell",
    [
        "9:00",
        "09:00",
        "9：00",
        "09:00:00",
        " 9 : 00 ",
        0.375,
        46300.375,
        time(9),
        moment("2026-10-08 09:00"),
        timedelta(hours=9),
        time(8, 59, 59, 999600),
    ],
)
def test_every_form_of_a_time_is_read(cell: Cell) -> None:
    assert clock(cell) == time(9)


def test_a_fraction_is_read_to_the_second() -> None:
    assert clock(550 / 1440) == time(9, 10)
    assert clock(0.0) == time(0)


@pytest.mark.parametrize(
    "cell", ["", None, "下午", "9点", "24:00", "9:60", "9", 9.0, "900", -0.5, timedelta(hours=25), date(2026, 10, 8), True]
)
def test_what_is_no_time_is_not_guessed(cell: Cell | None) -> None:
    assert clock(cell) is None


def test_numbers() -> None:
    assert number(3.0) == number("3") == number("３") == Decimal(3)
    assert number(" 2.5 ") == Decimal("2.5")
    assert number("-1") == Decimal(-1)
    assert [number(cell) for cell in ("", None, "三", "1_0", "nan", "1e5", 1e300, True, "9" * 40)] == [None] * 9
