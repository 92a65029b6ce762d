"""The demo's workbooks, as a bureau sends them: title rows, numbers and days typed in many ways, a total and a note below."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from random import Random
from typing import TypeVar

from office.workbook import Cell, Sheet, make_workbook
from reports.demo.children import DemoChild, Stay
from reports.demo.county import NAME, DemoCounty
from reports.demo.outings import DemoOuting
from reports.demo.progress import Chronicle

Way = TypeVar("Way")

ROSTER_HEADERS = (
    *(
        "序号",
        "姓名",
        "性别",
        "民族",
        "出生年月",
        "公民身份号码",
        "全国学籍号",
        "残疾人证号",
        "残疾类型",
        "残疾级别",
        "现住址",
        "户籍所在地",
    ),
    *(
        "家长姓名",
        "关系",
        "实际照料人",
        "监护人电话",
        "送教学校",
        "学籍学校",
        "年级",
        "安置方式",
        "未入学原因",
        "责任教师",
        "起始日期",
        "终止日期",
        "备注",
    ),
)
VISIT_HEADERS = (
    *("日期", "开始时间", "结束时间", "送教学校", "学生姓名", "身份证号", "形式", "送教教师", "同行人", "课时"),
    *("教学内容", "康复训练", "家长指导", "情况", "原因"),
)


def roster(county: DemoCounty, stays: Iterable[tuple[DemoChild, Stay | None]]) -> bytes:
    """The workbook of a roster: one row a stay; a child that the survey has found has none."""
    mess = _Mess(county)
    rows = [[number, *_roster_row(child, stay, county.today, mess)] for number, (child, stay) in enumerate(stays, start=1)]
    return _workbook(f"{NAME}义务教育阶段送教上门学生花名册", ROSTER_HEADERS, rows, note="注：无身份证号的学生由学校核实后补报。")


def faulty_roster(county: DemoCounty) -> bytes:
    """Ten children more, half of them with one fault each, for people to try the import with."""
    mess = _Mess(county)
    rows = [[number, *_roster_row(child, child.stays[0], county.today, mess)] for number, child in enumerate(county.newcomers, start=1)]
    number, place, day, kind = (ROSTER_HEADERS.index(name) for name in ("公民身份号码", "送教学校", "起始日期", "残疾类型"))
    rows[1][number] = _wrong_check_digit(county.newcomers[1].id_number)
    rows[3][number] = f"{float(county.newcomers[3].id_number[:17] + '0'):.5E}"  # typed as a number: a spreadsheet keeps 15 digits
    rows[5][place] = "青山镇第九小学"
    rows[7][day] = "去年秋天"
    rows[8][kind] = "轻微"
    return _workbook(f"{NAME}新增送教上门学生花名册（试导入用，内有错误）", ROSTER_HEADERS, rows, note="注：红色单元格请学校核对。")


def _wrong_check_digit(number: str) -> str:
    return number[:17] + ("1" if number[17] == "X" else str((int(number[17]) + 1) % 10))


def _roster_row(child: DemoChild, stay: Stay | None, today: date, mess: _Mess) -> list[Cell]:
    family = child.family
    caregiver = "" if family.caregiver == family.guardian else family.caregiver
    return [
        *(mess.name(child.name), child.sex, mess.pick(child.ethnicity, child.ethnicity[:-1]), mess.day(child.birth_on)),
        *(mess.id_number(child.id_number), child.id_number and f"G{child.id_number}", child.certificate),
        *(mess.category(child.category), mess.pick(child.grade, str("一二三四".index(child.grade[0]) + 1))),
        *(family.address, mess.pick(family.address, ""), family.guardian, family.relation, caregiver, mess.phone(family.phone)),
        *(_school(stay, mess), child.registered_at.name, child.class_on(today), "送教上门" if stay else "", child.reason),
        *(mess.names(stay.teachers) if stay else "", mess.day(stay.since) if stay else None),
        *(mess.day(stay.until) if stay and stay.until else None, "" if child.id_number else "户口未办，暂无身份证"),
    ]


def _school(stay: Stay | None, mess: _Mess) -> str:
    return mess.pick(stay.school.name, stay.school.name, stay.school.code) if stay else ""


def visits(county: DemoCounty, outings: Iterable[DemoOuting], texts: Texts) -> bytes:
    """The workbook of what has happened: one row a child and visit."""
    mess = _Mess(county)
    rows = [_visit_row(outing, child, mess, texts) for outing in outings for child in outing.children]
    return _workbook(f"{NAME}送教上门记录汇总", VISIT_HEADERS, rows, note="注：一名学生一行，集中送教的每名学生各一行。")


def _visit_row(outing: DemoOuting, child: DemoChild, mess: _Mess, texts: Texts) -> list[Cell]:
    away = outing.missed or dict(outing.absent).get(child.number, "")
    told = ("", "", "") if away else texts.of(child, repeats=outing.repeats)
    state = "" if not away else mess.pick("未遇", "扑空", "未送成") if outing.missed else "缺席"
    day, is_group = outing.on, len(outing.children) > 1
    return [
        *(day.isoformat() if is_group else mess.day(day), mess.clock(outing.start), mess.clock(outing.end)),
        *(outing.school.name, mess.name(child.name), mess.pick("", child.id_number), outing.mode),
        *("、".join(outing.teachers) if is_group else mess.names(outing.teachers), "、".join(outing.companions)),
        *(None if away else outing.lessons, *told, state, away),
    ]


class Texts:
    """What was done on each visit, child by child in the order of days."""

    def __init__(self, county: DemoCounty) -> None:
        self._chronicles = {child.number: Chronicle(Random(child.number), child.need) for child in county.children}  # noqa: S311
        self._last: dict[int, str] = {}

    def of(self, child: DemoChild, *, repeats: bool) -> tuple[str, str, str]:
        """Teaching, training and guidance of the child's next visit; with `repeats` the teaching is the last one's."""
        chronicle = self._chronicles[child.number]
        chronicle.next_visit()
        teaching = chronicle.teaching()
        if repeats and child.number in self._last:
            teaching = self._last[child.number]
        self._last[child.number] = teaching
        return teaching, chronicle.training(), chronicle.guidance(child.family.who)


def _workbook(title: str, headers: tuple[str, ...], rows: list[list[Cell]], *, note: str) -> bytes:
    """Two title rows, the header, the rows with one blank row among them, a total, a note."""
    body: list[list[Cell]] = [["填报单位（盖章）：", "", "填报人："], list(headers), *rows[:9], [], *rows[9:], ["合计", len(rows)], [note]]
    return make_workbook([Sheet("汇总表", (title,), body)])


class _Mess:
    """The same value typed as different people type it."""

    def __init__(self, county: DemoCounty) -> None:
        self._rng = Random(county.today.toordinal())  # noqa: S311

    def pick(self, *ways: Way) -> Way:
        return self._rng.choice(ways)

    def day(self, day: date) -> Cell:
        texts = (f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day.year}/{day.month}/{day.day}", f"{day.year}.{day.month}.{day.day}")
        return self._rng.choice((*texts, f"{day.year}年{day.month}月{day.day}日", day))

    def clock(self, moment: time) -> Cell:
        text = f"{moment:%H:%M}"
        return self._rng.choice((text, text, text.removeprefix("0"), text.replace(":", "："), moment))

    def id_number(self, number: str) -> str:
        full_width = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
        spaced = f"{number[:6]} {number[6:14]} {number[14:]}".strip()
        return self.pick(number, number, number, f" {number}", spaced, number.lower(), number.translate(full_width))

    def name(self, name: str) -> str:
        return self.pick(name, name, name, f" {name}", f"{name[0]} {name[1:]}" if len(name) == 2 else name)

    def names(self, names: tuple[str, ...]) -> str:
        return self.pick("、", "、", "，", " ", "/", ",").join(names)

    def category(self, category: str) -> str:
        return self.pick(category, f"{category}残疾") if "（" not in category else category

    def phone(self, digits: str) -> Cell:
        return self._rng.choice((digits, digits, int(digits)))
