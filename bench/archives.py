"""A child's archive as PDF, short and long, against WeasyPrint alone on the HTML it makes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from uuid import UUID

from bench.documents import bare
from counties.rules import Mastery
from office.pdf import BASE_CSS, Medium
from plans.rules.content import Goal, Objective
from reports.sheets.archive import Archive, archive_css, archive_html, print_archive
from reports.sheets.archive_visits import Evidence, Training, month_rows
from reports.tests.paper import make_picture
from visits.querysets.practising import Told
from visits.querysets.progress import GoalProgress, ObjectiveProgress
from visits.rules.chart import draw
from visits.rules.progress import Trial, standing

SHORT, HALF, LONG = 1, 6, 12
"""How much is in it: seventeen pages, half of them beginnings of sections; sixty; more than a hundred."""
VISITS, OBJECTIVES, PICTURES = 10, 6, 10
FIRST = date(2026, 9, 1)
TEACHING = "【生活适应】用勺子吃饭：碗下垫防滑布，分握勺、舀起、送到嘴边、含住四步练习。做六次对四次，手势提示为主。下次减少提示。"


@cache
def archive_of(years: int) -> tuple[Archive, dict[str, Medium]]:
    """Visits with texts and practised objectives, a line for each of these, pictures."""
    visits = [FIRST + timedelta(days=number % 300) for number in range(VISITS * years)]
    pictures = tuple(Evidence(f"p{number}", "2026年10月14日", "认水果", is_there=True) for number in range(PICTURES * years))
    trainings = tuple(_training(day) for day in visits)
    page = Archive(
        name="覃小远",
        school="石门小学",
        year=2026,
        cover=(("姓名", "覃小远"),),
        facts=(("姓名", "覃小远"),),
        sealed=(),
        guardians=(),
        scales=(),
        summaries=(),
        months=tuple(month_rows(2026, trainings)),
        lessons=(),
        plans=(),
        papers=frozenset(),
        progress=tuple(_goal(number, visits[:VISITS]) for number in range(2 * years)),
        mastery="连续 3 次独立",
        trainings=trainings,
        pictures=pictures,
        hidden=0,
        endings=(),
    )
    drawn = [make_picture(number) for number in range(PICTURES)]
    return page, {picture.id: drawn[number % PICTURES] for number, picture in enumerate(pictures)}


def _training(day: date) -> Training:
    told = Told(UUID(int=1), "生活适应", "用勺子舀起稠粥送进嘴里", 3, 6, 4, "看手势就做")
    texts = (("教学内容", TEACHING), ("康复训练", TEACHING), ("家庭指导", TEACHING))
    heading = f"{day} 09:20–11:20 入户"
    return Training(day, heading, (("送教人员", "韦志玲"),), texts, (told, told, told, told), (), (), is_missed=False, lessons=Decimal(3))


def _goal(number: int, days: list[date]) -> GoalProgress:
    goal = Goal(UUID(int=number), "living", "吃饭喝水更能自己来", 4, ())
    return GoalProgress(goal, "生活适应", is_current=True, objectives=tuple(_objective(f"{number}.{place}", days) for place in (1, 2, 3)))


def _objective(number: str, days: list[date]) -> ObjectiveProgress:
    objective = Objective(UUID(int=2), "用勺子舀起稠粥送进嘴里", "饭前", "十勺里八勺", 1, 5, (), "", "", ())
    trials = tuple(Trial(day, f"{place:03}", min(5, place // 2), 6, 4, "看手势就做") for place, day in enumerate(sorted(days)))
    stands = standing(trials, Mastery(level=5, share=None, visits=3), start=1, target=5)
    chart = draw([(each.on, each.level or 0) for each in trials], start=1, target=5)
    return ObjectiveProgress(number, objective, stands, trials, chart, is_current=True, is_dropped=False, left_out=0, review=None)


def print_short() -> Callable[[], object]:
    page, media = archive_of(SHORT)
    return lambda: print_archive(page, media)


def print_half_twice() -> Callable[[], object]:
    page, media = archive_of(HALF)
    return lambda: [print_archive(page, media) for _ in range(2)]


def print_long() -> Callable[[], object]:
    page, media = archive_of(LONG)
    return lambda: print_archive(page, media)


def print_short_bare() -> Callable[[], object]:
    page, media = archive_of(SHORT)
    return bare(archive_html(page), (BASE_CSS, archive_css()), media)
