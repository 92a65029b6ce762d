"""What a roster says in words: disability, placement, reasons. Source: docs/rules.md, "Words of the roster".

Text comes in folded: full-width as half-width, without spaces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CATEGORIES = {"视力": "1", "听力": "2", "言语": "3", "肢体": "4", "智力": "5", "精神": "6", "多重": "7"}
MULTIPLE = CATEGORIES["多重"]
_GRADES = {"1": "1", "2": "2", "3": "3", "4": "4"}
for _code, _ways in {"1": "一壹", "2": "二贰", "3": "三叁", "4": "四肆"}.items():
    _GRADES |= dict.fromkeys(_ways, _code)
_GRADES |= {"I": "1", "II": "2", "III": "3", "IV": "4"}  # folding turns Ⅰ into I
_GRADE_TEXT = "|".join(sorted(_GRADES, key=len, reverse=True))
_GRADE = re.compile(rf"({_GRADE_TEXT})级?")
_GRADE_INSIDE = re.compile(rf"\(?({_GRADE_TEXT})级\)?")
_BETWEEN = re.compile(r"[()、,，/;；+和及与-]+")

HOME = "home"
PLACEMENTS = {
    "送教上门": HOME,
    "送教": HOME,
    "随班就读": "inclusive",
    "特教班": "special_class",
    "特殊教育班": "special_class",
    "特校": "special_school",
    "特殊教育学校": "special_school",
    "特校就读": "special_school",
    "特殊教育学校就读": "special_school",
    "远程": "remote",
    "远程教育": "remote",
    "延缓入学": "deferred",
}


@dataclass(frozen=True, slots=True)
class Disability:
    """Category 1–7; for 7 at least two of 1–6, ascending; the grade where it was written along."""

    category: str
    further: str = ""
    grade: str = ""


def read_grade(typed: str) -> str | None:
    """一级, 1, 1级, Ⅰ级, 壹级 and the like."""
    found = _GRADE.fullmatch(typed.upper().removesuffix("残疾"))
    return _GRADES[found[1]] if found else None


def read_disability(typed: str) -> Disability | None:
    """智力, 智力残疾, 智力三级, 多重(肢体、智力); two categories side by side are 多重, one 多重 alone says too little."""
    bare = typed.upper().replace("残疾", "")
    grade = _GRADE_INSIDE.search(bare)
    bare = _GRADE_INSIDE.sub("", bare, count=1)
    names = [name for name in _BETWEEN.split(bare.replace("多重", "多重/")) if name]
    codes = {CATEGORIES.get(name, "") for name in names}
    single = "".join(sorted(codes - {MULTIPLE}))
    if not names or "" in codes or (MULTIPLE in codes and len(single) < 2):
        return None
    written = _GRADES[grade[1]] if grade else ""
    return Disability(single, grade=written) if len(single) == 1 else Disability(MULTIPLE, further=single, grade=written)


def read_placement(typed: str) -> str | None:
    return PLACEMENTS.get(typed)


def is_transport_only(reason: str) -> bool:
    """Nothing but the way to school is named: that alone is no reason to stay at home."""
    parts = [part for part in re.split(r"[、,，;；。/]+", reason) if part]
    return bool(parts) and all(part.startswith("交通不") for part in parts)


_CATEGORY_WORDS = {code: word for word, code in CATEGORIES.items()}
_GRADE_WORDS = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}


def disability_text(category: str, further: str, grade: str) -> str:
    """智力三级, 多重（肢体、智力）一级; empty for an unknown one."""
    named = "、".join(_CATEGORY_WORDS[code] for code in further)
    return _CATEGORY_WORDS.get(category, "") + (f"（{named}）" if named else "") + _GRADE_WORDS.get(grade, "")
