"""The county file: plain YAML values in, one plan out, or a line for every fault.

Source: docs/rules.md, "The county file".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from accounts.rules.county_plan import CountyPlan, PlannedDays, PlannedPerson, PlannedPolicy, PlannedPost, PlannedSchool
from accounts.rules.entries import Entry, read_day, shown
from accounts.rules.standing import AREA_ROLES, COUNTY_ROLES, INSTALLATION_ROLES, ROLE_NAMES, SCHOOL_ROLES, Role
from counties.rules import DEFAULT_PRESET, BadPolicy, Span, policy_values, school_kind, school_year_of

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,29}")
COUNTY_FILE_ROLES = tuple(role for role in Role if role not in INSTALLATION_ROLES)


def read_county_file(data: object) -> tuple[CountyPlan, list[str]]:
    """The plan of a county file and its faults in words; the plan is only to be used when there are none."""
    faults: list[str] = []
    if not isinstance(data, Mapping):
        data, faults = {}, ["文件里没有 county、schools、people 等各项。"]
    top = Entry(data, "文件", faults)
    county = top.entry("county", "county")
    if county is None:
        if not faults:
            top.fault("缺少 county。")
        county = Entry({}, "county", [])
    code, name = county.digits("code", 6), county.name("name", 60)
    county.close()
    townships = read_townships(top, code)
    plan = CountyPlan(
        code=code,
        name=name,
        townships=townships,
        terms=read_terms(top),
        holidays=tuple(read_days(entry, named=False) for entry in top.entries("holidays", "holidays ")),
        workdays=read_workdays(top),
        policy=read_policy(top.entry("policy", "policy")),
        schools=tuple(read_school(entry) for entry in top.entries("schools", "schools ")),
        people=tuple(read_person(entry, code) for entry in top.entries("people", "people ")),
    )
    top.close()
    return plan, faults + repeated(plan)


def read_townships(top: Entry, county_code: str) -> dict[str, str]:
    townships = {}
    for entry in top.entries("townships", "townships "):
        code = entry.digits("code", 9)
        if code in townships:
            entry.fault(f"代码 {code} 重复。")
        if code and county_code and not code.startswith(county_code):
            entry.fault(f"代码 {code} 不属于 {county_code}。")
        townships[code] = entry.name("name", 60)
        entry.close()
    return townships


def read_days(entry: Entry, *, named: bool) -> PlannedDays:
    name = entry.text("name", needed=named)
    first = entry.day("start")
    last = entry.day("end", needed=named) or first
    if first and last and last < first:
        entry.fault("end 早于 start。")
    entry.close()
    return PlannedDays(name[:30], Span(first or date.min, last or date.min))


def read_terms(top: Entry) -> tuple[PlannedDays, ...]:
    entries = top.entries("terms", "terms ")
    terms = sorted((read_days(entry, named=True) for entry in entries), key=lambda term: term.span.first)
    read = [term for term in terms if term.span.first > date.min]
    for term in read:
        if term.span.first < term.span.last and school_year_of(term.span.first) != school_year_of(term.span.last):
            top.fault(f"学期“{shown(term.name)}”跨过了 9 月 1 日。")
    for earlier, later in pairwise(read):
        if later.span.first <= earlier.span.last:
            top.fault(f"学期“{shown(earlier.name)}”和“{shown(later.name)}”重叠。")
    return tuple(terms)


def read_workdays(top: Entry) -> tuple[date, ...]:
    if not top.has("workdays"):
        return ()
    values = top.values["workdays"]
    days = [read_day(value) for value in values] if isinstance(values, list) else [None]
    if None in days:
        top.fault("workdays 应是日期的列表，如 [2026-10-10]。")
    return tuple(sorted({day for day in days if day is not None}))


def read_policy(entry: Entry | None) -> PlannedPolicy | None:
    if entry is None:
        return None
    preset = entry.text("preset", needed=False) or DEFAULT_PRESET
    effective_on = entry.day("effective_on")
    overrides = entry.values["overrides"] if entry.has("overrides") else {}
    values: dict[str, Any] = {}
    if not isinstance(overrides, Mapping):
        entry.fault("overrides 应写成“名称: 值”的形式。")
    else:
        try:
            values = policy_values(preset, overrides)
        except BadPolicy as bad:
            entry.fault(str(bad))
    entry.close()
    return PlannedPolicy(preset, effective_on or date.min, values)


def read_school(entry: Entry) -> PlannedSchool:
    code, name, said = entry.digits("code", 10), entry.name("name", 60), entry.text("kind", needed=False)
    kind = school_kind(said)
    if kind is None:
        entry.fault(f"学校类别“{shown(said)}”不认识，应是特殊教育学校、小学、初中、九年一贯制学校、十二年一贯制学校、完全中学或其他。")
    township = entry.digits("township", 9, needed=False)
    entry.close()
    return PlannedSchool(code, name, kind or "", township)


def read_person(entry: Entry, county_code: str) -> PlannedPerson:
    username = entry.text("username").lower()
    if username:
        entry.where += f"（{shown(username)}）"
        if not USERNAME.fullmatch(username):
            entry.fault("username 应是 2–30 个小写字母、数字、点或横线。")
    name = entry.name("name", 40)
    listed = entry.entries("posts", f"{entry.where}的 posts ")
    if entry.has("role") == bool(listed):
        entry.fault("role 和 posts 要写其中一样。")
    posts = [read_post(post, county_code) for post in ([entry] if entry.has("role") else []) + listed]
    for read in [entry, *listed]:
        read.close()
    return PlannedPerson(username, name, tuple(post for post in posts if post is not None))


def read_post(entry: Entry, county_code: str) -> PlannedPost | None:
    said = entry.text("role")
    school, area = entry.digits("school", 10, needed=False), entry.digits("area", 2, 4, 6, needed=False)
    starts_on, ends_on = entry.day("from", needed=False), entry.day("until", needed=False)
    if starts_on and ends_on and ends_on <= starts_on:
        entry.fault("until 要晚于 from（until 当天不算）。")
    if said not in COUNTY_FILE_ROLES:
        if said:
            entry.fault(f"没有“{shown(said)}”这个职责；可用的有：{'、'.join(COUNTY_FILE_ROLES)}。")
        return None
    role = Role(said)
    if role in COUNTY_ROLES:
        area = area or county_code
    if not county_code:
        return None
    if problem := misplaced(role, school=school, area=area, county_code=county_code):
        entry.fault(problem)
        return None
    return PlannedPost(role, school, area, starts_on, ends_on)


def misplaced(role: Role, *, school: str, area: str, county_code: str) -> str:
    """Why a role cannot be held there, or an empty text."""
    if role in SCHOOL_ROLES and (not school or area):
        return f"{ROLE_NAMES[role]}（{role}）要写 school，不写 area。"
    if role in AREA_ROLES and (not area or school):
        return f"{ROLE_NAMES[role]}（{role}）要写 area，不写 school。"
    if role in COUNTY_ROLES and area != county_code:
        return f"{ROLE_NAMES[role]}（{role}）的 area {area} 应是本县 {county_code}。"
    if area and not county_code.startswith(area):
        return f"area {area} 不是本县 {county_code} 或它的上级。"
    return ""


def repeated(plan: CountyPlan) -> list[str]:
    """What stands twice in the file though it may stand only once."""
    faults = list(_twice("schools：学校标识码 {} 重复。", (school.code for school in plan.schools)))
    faults += _twice("schools：学校名称“{}”重复。", (name for _, name in {(school.code, school.name) for school in plan.schools}))
    faults += _twice("people：登录名 {} 重复。", (person.username for person in plan.people))
    faults += _twice("holidays：{} 开始的假日重复。", (str(days.span.first) for days in plan.holidays if days.span.first > date.min))
    for person in plan.people:
        if len(set(person.posts)) < len(person.posts):
            faults.append(f"people：登录名 {person.username} 有两条相同的任职。")
    return faults


def _twice(text: str, values: Iterable[str]) -> Iterable[str]:
    return (text.format(shown(value)) for value, times in Counter(values).items() if value and times > 1)
