"""A lesson plan drafted from the plan's objectives, or from the lesson plan before; and what it still lacks.

Source: docs/rules.md, "Lesson plans"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from plans.rules.content import Objective, PlanContent
from plans.rules.lessons import FLOW_WORDS, LONGEST_TITLE, MOST_IN_A_LESSON, LessonContent, LessonObjective, Stage
from plans.rules.planning import HEALTH_WORDS, Gap

SHORT, SHORTER = 60, 40
NOTHING = frozenset({"", "无", "没有", "未发现", "暂无"})
ENDS = "。；;，,．. "
GREETING = "和孩子、家长打招呼，看看今天的精神和身体；把材料摆出来，用孩子懂的话说今天做什么。"
FAREWELL = "做一件孩子喜欢的事放松；和家长一起看今天哪里进步了，说清楚这几天在家怎么练。"
ASK_FIRST = "先问家长孩子今天的精神和睡眠；不舒服就停下来，改天再练。"
ASK_FIRST_OF_MEDICATION = "先问家长孩子今天的精神、睡眠，药吃了没有；不舒服就停下来，改天再练。"


def drafted(
    plan: PlanContent, keys: Sequence[UUID], *, on: date, until: date | None, lessons: Decimal | None, lesson_minutes: int
) -> LessonContent:
    """A whole lesson plan at once, of the plan's objectives with these keys; the teacher changes what is otherwise."""
    found = [objective for _, objective in plan.objectives() if objective.key in keys][:MOST_IN_A_LESSON]
    return LessonContent(
        on=on,
        until=until,
        lessons=lessons,
        title=title_of(found),
        objectives=tuple(drafted_objective(each) for each in found),
        flow=flow_of(found, None if lessons is None else int(lessons * lesson_minutes)),
        family=family_of(plan, found),
        safety=safety_of(plan),
    )


def drafted_objective(objective: Objective) -> LessonObjective:
    return LessonObjective(objective.key, objective.text, aim_of(objective), objective.steps, objective.materials)


def aim_of(objective: Objective) -> str:
    """Condition, behaviour, criterion, as one reads them out."""
    done = "，".join(part for part in (_bare(objective.condition), _bare(objective.text)) if part)
    criterion = _bare(objective.criterion)
    return "".join(f"{part}。" for part in (done, f"达成标准：{criterion}" if criterion else "") if part)


def _bare(text: str) -> str:
    return text.strip().rstrip(ENDS)


def _short(text: str, most: int = SHORT) -> str:
    line = " ".join(_bare(text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def title_of(objectives: Sequence[Objective]) -> str:
    if not objectives:
        return ""
    more = f" 等 {len(objectives)} 个目标" if len(objectives) > 1 else ""
    return f"{_short(objectives[0].text, SHORTER)}{more}".strip()[:LONGEST_TITLE]


def flow_of(objectives: Sequence[Objective], minutes: int | None) -> dict[str, Stage]:
    """A tenth to begin with, a little more to end with, in steps of five minutes; the rest is practice, the same for each objective."""
    opening, closing = _portion(minutes, 10), _portion(minutes, 12)
    practice = None if minutes is None else minutes - (opening or 0) - (closing or 0)
    each = (practice or 0) // max(len(objectives), 1) // 5 * 5
    share = f"（约 {each} 分钟）" if each else ""
    lines = [f"{number}. {_short(objective.text)}{share}".strip() for number, objective in enumerate(objectives, 1)]
    words = "\n".join(["按步骤练，做对了马上夸，中间歇一歇：", *lines]) if lines else ""
    return {"opening": Stage(GREETING, opening), "practice": Stage(words, practice), "closing": Stage(FAREWELL, closing)}


def _portion(minutes: int | None, percent: int) -> int | None:
    """Of twenty minutes or more at least five."""
    if minutes is None:
        return None
    return 0 if minutes < 20 else max(5, round(minutes * percent / 500) * 5)


def family_of(plan: PlanContent, objectives: Iterable[Objective]) -> str:
    """The plan's practice at home, and this lesson's objectives in short."""
    texts = "；".join(_short(each.text) for each in objectives)
    daily = f"每天挑孩子精神好的时候练几分钟：{texts}。做对了马上夸，不想做就停。" if texts else ""
    return "\n".join(part for part in (plan.home_practice, daily) if part)


def safety_of(plan: PlanContent) -> str:
    """What is forbidden, where anything is, and what to ask first; the rest of the child's health stands beside it."""
    forbidden = _bare(plan.health.get("forbidden", ""))
    asked = ASK_FIRST if _bare(plan.health.get("medication", "")) in NOTHING else ASK_FIRST_OF_MEDICATION
    return asked if forbidden in NOTHING else f"{HEALTH_WORDS['forbidden']}：{forbidden}。\n{asked}"


def carried(
    last: LessonContent, plan: PlanContent, keys: Collection[UUID], *, on: date, until: date | None, lessons: Decimal | None
) -> LessonContent:
    """The next of a series: as the last one was, without objectives the plan no longer has, with those of `keys` that are new."""
    known = {objective.key: objective for _, objective in plan.objectives()}
    kept = tuple(replace(each, text=known[each.key].text) for each in last.objectives if each.key in known)
    fresh = tuple(drafted_objective(known[key]) for key in known if key in keys and key not in last.picked)
    return replace(last, on=on, until=until, lessons=lessons or last.lessons, objectives=(*kept, *fresh)[:MOST_IN_A_LESSON])


def gaps_of(content: LessonContent) -> list[Gap]:
    """Everything that keeps a lesson plan from being ready, in the order of the page."""
    return [*_head(content), *_objectives(content), *_rest(content)]


def _head(content: LessonContent) -> Iterator[Gap]:
    if not content.title:
        yield Gap("课题还没有写。", "head")
    if not content.lessons:
        yield Gap("课时还没有填。", "head")


def _objectives(content: LessonContent) -> Iterator[Gap]:
    if not content.objectives:
        yield Gap("还没有目标：从计划里选。", "objectives")
    for number, each in enumerate(content.objectives, 1):
        lacks = "、".join(word for word, given in (("教学目标", each.aim), ("步骤", each.steps)) if not given)
        if lacks:
            yield Gap(f"目标 {number}：还缺{lacks}。", "objectives", each.key)


def _rest(content: LessonContent) -> Iterator[Gap]:
    for name, word in FLOW_WORDS.items():
        if not content.flow[name].text:
            yield Gap(f"活动流程：“{word}”还没有写。", "flow")
    if not content.family:
        yield Gap("家长做什么还没有写。", "family")
