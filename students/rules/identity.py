"""Numbers and names that say who a child is. Source: docs/rules.md, "Identity"; GB 11643, GB/T 2260, GB/T 2261.1, GB/T 3304.

Text comes in folded: full-width as half-width, without spaces.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from stdnum.cn import ric

# --- Resident identity numbers -------------------------------------------------------------------

PROVINCES = frozenset("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split())
"""GB/T 2260, and 83: residence permits for people from Taiwan bear numbers of the same form."""

_ID = re.compile(r"\d{17}[\dX]", re.ASCII)
_ROUNDED = re.compile(r"\d(\.\d+)?E\+?1\d", re.ASCII | re.IGNORECASE)  # 4.50125E+17
_DIGITS_KEPT = 10**15  # a spreadsheet's number keeps fifteen


@dataclass(frozen=True, slots=True)
class Identity:
    """A valid resident identity number."""

    number: str

    @property
    def birth_on(self) -> date:
        return date(int(self.number[6:10]), int(self.number[10:12]), int(self.number[12:14]))

    @property
    def sex(self) -> str:
        """As GB/T 2261.1 codes it: 1 male, 2 female."""
        return "1" if int(self.number[16]) % 2 else "2"


@dataclass(frozen=True, slots=True)
class Unsound:
    """Why something written is no number of its kind."""

    code: str


def normal_id(typed: str) -> str:
    """The number as it is compared: upper case. `typed` is folded."""
    return typed.upper()


def has_id_form(number: str) -> bool:
    return _ID.fullmatch(number) is not None


def read_id(typed: str, *, is_number: bool, on: date) -> Identity | Unsound:
    """The identity, or the first that is wrong: digits lost, form, check digit, date, region.

    `is_number`: the cell held a number, not text; then from 16 digits on the last ones are invented.
    """
    number = normal_id(typed)
    if _ROUNDED.fullmatch(number) or (is_number and float(number) >= _DIGITS_KEPT):
        return Unsound("id_precision_lost")
    if not has_id_form(number):
        return Unsound("id_format")
    if ric.calc_check_digit(number) != number[17]:
        return Unsound("id_check_digit")
    if not _is_day(number[6:14], until=on):
        return Unsound("id_date")
    return Identity(number) if number[:2] in PROVINCES else Unsound("id_region")


def _is_day(digits: str, *, until: date) -> bool:
    try:
        return date(1900, 1, 1) <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) <= until
    except ValueError:
        return False


# --- Other numbers ------------------------------------------------------------------------------------

_CERT = re.compile(r"(\d{17}[\dX])([1-7])([1-4])([A-Z]\d{1,2})?", re.ASCII)
_REGISTRATION = re.compile(r"G\d{17}[\dX]|J\d{17}[\dX]|L\d{18}", re.ASCII)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(\(?0\d{2,3}\)?-?)?[2-9]\d{6,7}((-|转)\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A disability certificate's number: the ID it was made from, category 1–7, grade 1–4, perhaps a reissue."""

    number: str

    @property
    def id_number(self) -> str:
        return self.number[:18]

    @property
    def category(self) -> str:
        return self.number[18]

    @property
    def grade(self) -> str:
        return self.number[19]


def read_cert(typed: str) -> Certificate | None:
    number = typed.upper()
    return Certificate(number) if _CERT.fullmatch(number) else None


def read_registration(typed: str) -> str | None:
    """学籍号, 19 characters; empty while it is being applied for (办理中); None for what is none."""
    number = typed.upper()
    if number == "办理中":
        return ""
    return number if _REGISTRATION.fullmatch(number) else None


def read_phone(typed: str) -> str | None:
    """A mobile number without country code and dashes, or a landline as written; None for what is neither."""
    bare = re.sub(r"^(\+86|0086|86(?=1[3-9]))-?", "", typed)
    mobile = bare.replace("-", "")
    if _MOBILE.fullmatch(mobile):
        return mobile
    return bare if _LANDLINE.fullmatch(bare) else None


# --- Names ----------------------------------------------------------------------------------------------

_LONGEST_INDEXED = 20  # characters of a name


def read_name(typed: str) -> str:
    """The name without any space."""
    return "".join(typed.split())


def initials(name: str) -> str:
    """Pinyin initials, once for every reading of the surname, separated by spaces: 覃小远 → "qxy txy yxy"."""
    letters = [_initials_of(char) for char in name[:_LONGEST_INDEXED]]
    spoken = [letter for letter in letters if letter]
    if not spoken:
        return ""
    rest = "".join(letter[0] for letter in spoken[1:])
    return " ".join(sorted(first + rest for first in spoken[0]))


@cache
def _initials_of(char: str) -> str:
    """The initials of a character's readings, the usual one first; a letter or digit is its own."""
    if char.isascii():
        return char.lower() if char.isalnum() else ""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # characters are read one by one
    from pypinyin import Style, pinyin  # its dictionaries take tens of MB: only where names are written

    readings = pinyin(char, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    return "".join(dict.fromkeys(reading[0] for reading in (readings[0] if readings else []) if reading[:1].isascii()))


# --- Sex, ethnic group, age --------------------------------------------------------------------------------

ETHNIC_GROUPS = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
).split()
"""GB/T 3304 in its order: the first has the code 01."""

_SEXES = {"男": "1", "男性": "1", "女": "2", "女性": "2"}
_ETHNIC_CODES = {name: f"{code:02}" for code, name in enumerate(ETHNIC_GROUPS, start=1)}


def read_sex(typed: str) -> str | None:
    return _SEXES.get(typed)


def read_ethnicity(typed: str) -> str | None:
    """The code of a group written with or without 族."""
    return _ETHNIC_CODES.get(typed.removesuffix("族"))


def age(birth_on: date, on: date) -> int:
    """Full years by the calendar; a birthday on 29 February falls on 1 March in common years."""
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))
