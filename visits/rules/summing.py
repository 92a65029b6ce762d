"""What a term's summary says, drafted from its figures in the words a teacher would use. Source: docs/rules.md, "The summary of a term"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from office.refusals import Refused
from office.rules.typed import clean

SECTIONS = {
    "service": "送教情况",
    "goals": "目标达成",
    "assessment": "评估前后",
    "manner": "情绪和参与",
    "family": "家庭指导和作业",
    "next": "下学期建议",
}
LONGEST = 1500
NOT_MEDICAL = "教育评估，不作医学诊断。"
Counts = Sequence[Sequence[str | int]]  # [["愉快", 5], …] in a fixed order, zeros left out


class ObjectiveFigures(TypedDict):
    number: str
    text: str
    start: str  # levels in words, empty where unknown
    now: str
    target: str
    count: int  # visits of the term at which it was practised
    series: str  # what was noted each time, in order
    is_mastered: bool
    mastered_on: str
    word: str
    mark: str


class DomainFigures(TypedDict):
    name: str
    before: str
    after: str
    by: int | None  # percentage points


class ScaleFigures(TypedDict):
    name: str
    first: str  # empty where there is nothing to compare with
    last: str
    domains: list[DomainFigures]


class Figures(TypedDict):
    """A term of a case in numbers and words, as plain JSON: a finished summary keeps them as they were."""

    first: str
    last: str
    as_of: str  # the day up to which visits are counted
    owed: int
    delivered: int
    lessons: str
    modes: Counts
    missed: Counts
    goals: int
    objectives: list[ObjectiveFigures]
    scales: list[ScaleFigures]
    mood: Counts
    participation: Counts
    guided: int  # delivered visits with guidance to the family
    homework: Counts


def draft(figures: Figures) -> dict[str, str]:
    """A text for each section."""
    return {
        "service": _service(figures),
        "goals": _goals(figures),
        "assessment": _assessment(figures),
        "manner": _manner(figures),
        "family": _family(figures),
        "next": _next(figures),
    }


def _listed(counts: Counts, unit: str = "次") -> str:
    return "、".join(f"{word} {count} {unit}" for word, count in counts)


def _total(counts: Counts) -> int:
    return sum(int(count) for _, count in counts)


def _service(figures: Figures) -> str:
    owed, delivered = figures["owed"], figures["delivered"]
    said = f"本学期（{figures['first']}—{figures['last']}）应送 {owed} 次，实送 {delivered} 次，共 {figures['lessons']} 课时"
    said += f"，还差 {owed - delivered} 次。" if delivered < owed else "。"
    if delivered:
        said += f"形式：{_listed(figures['modes'])}。"
    missed = _total(figures["missed"])
    return said + (f"未送成 {missed} 次：{_listed(figures['missed'])}。" if missed else "没有未送成的。")


def _goals(figures: Figures) -> str:
    objectives = figures["objectives"]
    if not objectives:
        return "本学期没有批准的计划。"
    practised = [each for each in objectives if each["count"]]
    mastered = [each for each in objectives if each["is_mastered"]]
    said = f"本学期计划有 {figures['goals']} 个长期目标、{len(objectives)} 个短期目标，练过 {len(practised)} 个，掌握 {len(mastered)} 个。"
    lines = [said, *(_objective(each) for each in practised)]
    if left := [each["text"] for each in objectives if not each["count"]]:
        lines.append(f"本学期没有练的：{'；'.join(left)}。")
    marks = [each["mark"] for each in objectives if each["mark"]]
    if marks:
        lines.append("复核：" + "、".join(f"{mark} {marks.count(mark)} 个" for mark in dict.fromkeys(marks)) + "。")
    return "\n".join(lines)


def _objective(each: ObjectiveFigures) -> str:
    if each["now"]:
        way = f"从“{each['start']}”到“{each['now']}”" if each["start"] else f"现在“{each['now']}”"
    else:
        way = f"做对 {each['series']}" if each["series"] else ""
    parts = [f"练了 {each['count']} 次", way, f"{each['mastered_on']}掌握" if each["is_mastered"] else ""]
    return f"“{each['text']}”：{'，'.join(part for part in parts if part)}。"


def _assessment(figures: Figures) -> str:
    if not figures["scales"]:
        return "本学期没有评估。"
    return "\n".join([*(_scale(each) for each in figures["scales"]), NOT_MEDICAL])


def _scale(scale: ScaleFigures) -> str:
    if not scale["first"]:
        found = "、".join(f"{each['name']} {each['after']}" for each in scale["domains"] if each["after"])
        return f"{scale['name']}：{scale['last']}评了一次（{found}），没有可以比较的。"
    return f"{scale['name']}，{scale['first']}和{scale['last']}相比：" + "；".join(_domain(each) for each in scale["domains"]) + "。"


def _domain(each: DomainFigures) -> str:
    if each["by"] is None:
        return f"{each['name']} {each['before'] or '未评'} → {each['after'] or '未评'}"
    change = f"高 {each['by']} 个百分点" if each["by"] > 0 else f"低 {-each['by']} 个百分点" if each["by"] < 0 else "不变"
    return f"{each['name']} {each['before']} → {each['after']}（{change}）"


def _manner(figures: Figures) -> str:
    told = []
    if mood := _total(figures["mood"]):
        told.append(f"记了情绪的 {mood} 次里，{_listed(figures['mood'])}。")
    if taken := _total(figures["participation"]):
        told.append(f"记了参与情况的 {taken} 次里，{_listed(figures['participation'])}。")
    return "".join(told) or "送教记录里没有记情绪和参与情况。"


def _family(figures: Figures) -> str:
    told = [f"做了家庭指导的送教有 {figures['guided']} 次。" if figures["guided"] else "送教记录里没有写家庭指导。"]
    checked = _total(figures["homework"])
    if checked:
        done = sum(int(count) for word, count in figures["homework"] if word == "做了")
        told.append(f"检查上次作业 {checked} 次：{_listed(figures['homework'])}；全部做了的占 {percent(done, checked)}%。")
    else:
        told.append("没有检查作业的记录。")
    return "".join(told)


def percent(part: int, whole: int) -> int:
    """Rounded half up."""
    return (200 * part + whole) // (2 * whole)


def _next(figures: Figures) -> str:
    mastered = [each["text"] for each in figures["objectives"] if each["is_mastered"]]
    going_on = [each["text"] for each in figures["objectives"] if each["count"] and not each["is_mastered"]]
    left = [each["text"] for each in figures["objectives"] if not each["count"]]
    told = (("已掌握，可以加深或换新的", mastered), ("接着练", going_on), ("还没有练，下学期先安排", left))
    return "\n".join(f"{words}：{'；'.join(texts)}。" for words, texts in told if texts) or "按下学期的计划安排。"


def read_sections(plain: Mapping[str, object]) -> dict[str, str]:
    """The text of every section; what is not named is empty. Raises Refused for one that is too long."""
    found = {code: clean(str(plain.get(code) or "")) for code in SECTIONS}
    for code, text in found.items():
        if len(text) > LONGEST:
            raise Refused(f"“{SECTIONS[code]}”最多 {LONGEST} 个字，现在有 {len(text)} 个。")
    return found
