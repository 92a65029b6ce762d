"""Who a child is: every value of the rules, without a database."""

from __future__ import annotations

from datetime import date

import pytest
from stdnum.cn import ric

from office.sheets_in import folded
from students.rules import identity, words
from students.rules.identity import Identity, Unsound

ON = date(2026, 10, 28)


def read(typed: str | float) -> Identity | Unsound:
    return identity.read_id(folded(typed), is_number=not isinstance(typed, str), on=ON)


@pytest.mark.parametrize(
    ("typed", "birth_on", "sex"),
    [
        ("450125201403080007", date(2014, 3, 8), "2"),
        ("450125201602290007", date(2016, 2, 29), "2"),
        ("360922201309010005", date(2013, 9, 1), "2"),
        ("45012520140119000X", date(2014, 1, 19), "2"),
        ("45012520140127000x", date(2014, 1, 27), "2"),
        ("４５０１２５２０１４０３０８０００７", date(2014, 3, 8), "2"),
        (" 450125 20140308\u30000007 ", date(2014, 3, 8), "2"),
        ("11010519491231002X", date(1949, 12, 31), "2"),
        ("450125201202059973", date(2012, 2, 5), "1"),
    ],
)
def test_valid_numbers_tell_birth_and_sex(typed: str, birth_on: date, sex: str) -> None:
    found = read(typed)

    assert isinstance(found, Identity)
    assert (found.birth_on, found.sex) == (birth_on, sex)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("450125201403080008", "id_check_digit"),
        ("45012520150229000X", "id_date"),
        ("440524188001010014", "id_date"),
        ("999999201403080017", "id_region"),
        ("45012520140308000", "id_format"),
        ("450125140308000", "id_format"),  # the old number of 15 digits
        (450125140308000.0, "id_format"),
        ("45012520140308000Y", "id_format"),
        ("无", "id_format"),
        (3.5, "id_format"),
        ("4.50125201403080E+17", "id_precision_lost"),
        ("4.50125e17", "id_precision_lost"),
        (4.50125201403080e17, "id_precision_lost"),
        (450125201403080007, "id_precision_lost"),  # looks whole, but is a number
        (4501252014011599.0, "id_precision_lost"),
    ],
)
def test_the_first_thing_that_is_wrong_is_named(typed: str | float, code: str) -> None:
    assert read(typed) == Unsound(code)


def test_nobody_was_born_tomorrow() -> None:
    number = "450125202610280009"
    number = number[:17] + ric.calc_check_digit(number)

    assert isinstance(identity.read_id(number, is_number=False, on=date(2026, 10, 28)), Identity)
    assert identity.read_id(number, is_number=False, on=date(2026, 10, 27)) == Unsound("id_date")


@pytest.mark.parametrize(
    ("typed", "category", "grade"),
    [("45012520140308000741", "4", "1"), ("45012520140308000771B1", "7", "1"), ("45012520140127000x53b12", "5", "3")],
)
def test_certificates(typed: str, category: str, grade: str) -> None:
    found = identity.read_cert(typed)

    assert found is not None
    assert (found.category, found.grade) == (category, grade)
    assert found.id_number == typed[:18].upper()


@pytest.mark.parametrize("typed", ["45012520140308000745", "45012520140308000701", "450125201403080007", "45012520140308000741B", "无"])
def test_what_is_no_certificate(typed: str) -> None:
    assert identity.read_cert(typed) is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("G450125201403080007", "G450125201403080007"),
        ("g45012520140119000x", "G45012520140119000X"),
        ("J45012520140308001X", "J45012520140308001X"),
        ("L450125201403080012", "L450125201403080012"),
        ("办理中", ""),
        ("LG45012520140308000", None),
        ("LG450125201403080007", None),
        ("L45012520140308001X", None),
        ("450125201403080007", None),
        ("G45012520140308000", None),
    ],
)
def test_registration_numbers(typed: str, number: str | None) -> None:
    assert identity.read_registration(typed) == number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13864924352", "13864924352"),
        ("138-6492-4352", "13864924352"),
        ("+8613864924352", "13864924352"),
        ("8613864924352", "13864924352"),
        ("0771-5222333", "0771-5222333"),
        ("07715222333", "07715222333"),
        ("(0771)5222333", "(0771)5222333"),
        ("010-62223333-801", "010-62223333-801"),
        ("5222333", "5222333"),
        ("12864924352", None),
        ("1386492435", None),
        ("138649243521", None),
        ("不详", None),
        ("13864924352/13864924353", None),
    ],
)
def test_phones(typed: str, number: str | None) -> None:
    assert identity.read_phone(typed) == number


def test_names_lose_their_spaces() -> None:
    assert identity.read_name(" 卢 乐\u3000福 ") == "卢乐福"


def test_every_reading_of_a_surname_is_searchable() -> None:
    assert {"qxy", "txy"} <= set(identity.initials("覃小远").split())
    assert {"zm", "cm"} <= set(identity.initials("曾明").split())
    assert identity.initials("卢乐福").split()[0][0] == "l"
    assert identity.initials("阿依·古丽").split() == ["aygl", "eygl"]


def test_initials_of_what_is_no_name_stay_short_plain_letters() -> None:
    found = identity.initials('<img src="x" onerror=alert(1)>' * 20)

    assert found.isalnum()
    assert len(found) <= 20
    assert identity.initials("") == identity.initials("😀") == ""


@pytest.mark.parametrize(("typed", "code"), [("男", "1"), ("女", "2"), ("男性", "1"), ("女性", "2"), ("不详", None), ("nan", None)])
def test_sex(typed: str, code: str | None) -> None:
    assert identity.read_sex(typed) == code


@pytest.mark.parametrize(
    ("typed", "code"), [("壮", "08"), ("壮族", "08"), ("汉族", "01"), ("基诺", "56"), ("仫佬族", "32"), ("火星族", None), ("族", None)]
)
def test_ethnic_groups_with_and_without_their_suffix(typed: str, code: str | None) -> None:
    assert identity.read_ethnicity(typed) == code
    assert len(identity.ETHNIC_GROUPS) == 56


@pytest.mark.parametrize(
    ("birth_on", "on", "years"),
    [
        (date(2014, 3, 8), date(2026, 3, 7), 11),
        (date(2014, 3, 8), date(2026, 3, 8), 12),
        (date(2016, 2, 29), date(2026, 2, 28), 9),
        (date(2016, 2, 29), date(2026, 3, 1), 10),
        (date(2016, 2, 29), date(2028, 2, 29), 12),
        (date(2009, 10, 29), date(2026, 10, 28), 16),  # the last eligible day
    ],
)
def test_age_goes_by_the_calendar(birth_on: date, on: date, years: int) -> None:
    assert identity.age(birth_on, on) == years


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("智力", words.Disability("5")),
        ("智力残疾", words.Disability("5")),
        ("智力三级", words.Disability("5", grade="3")),
        ("智力残疾三级", words.Disability("5", grade="3")),
        ("肢体(一级)", words.Disability("4", grade="1")),
        ("肢体Ⅱ级", words.Disability("4", grade="2")),
        ("多重(肢体、智力)", words.Disability("7", further="45")),
        ("多重（智力、肢体）", words.Disability("7", further="45")),
        ("多重残疾(肢体，言语)一级", words.Disability("7", further="34", grade="1")),
        ("肢体、智力", words.Disability("7", further="45")),
        ("多重", None),
        ("多重(肢体)", None),
        ("自闭", None),
        ("智力、自闭", None),
        ("", None),
    ],
)
def test_disabilities(typed: str, found: words.Disability | None) -> None:
    assert words.read_disability(folded(typed)) == found


@pytest.mark.parametrize(
    ("typed", "grade"),
    [
        ("一级", "1"),
        ("1", "1"),
        ("Ⅰ级", "1"),
        ("壹级", "1"),
        ("Ⅳ", "4"),
        ("四级", "4"),
        ("3级", "3"),
        ("叁级", "3"),
        ("二", "2"),
        ("ii级", "2"),
        ("五级", None),
        ("5", None),
        ("0", None),
        ("重度", None),
        ("一级二级", None),
    ],
)
def test_grades(typed: str, grade: str | None) -> None:
    assert words.read_grade(folded(typed)) == grade


def test_placements() -> None:
    assert words.read_placement("送教上门") == words.HOME
    assert {words.read_placement(word) for word in ("随班就读", "特教班", "特校", "远程", "延缓入学")} & {None, words.HOME} == set()
    assert words.read_placement("在家") is None


@pytest.mark.parametrize(
    ("reason", "alone"), [("交通不便", True), ("交通不便。", True), ("交通不便、生活不能自理", False), ("生活不能自理", False), ("", False)]
)
def test_the_way_to_school_alone_is_no_reason(reason: str, alone: bool) -> None:  # noqa: FBT001
    assert words.is_transport_only(reason) == alone
