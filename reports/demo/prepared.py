"""The demo's lesson plans, each as far as the school has come with it, and what is summed up when a term is over."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from plans.actions.checking import check_lesson_plan, return_lesson_plan
from plans.actions.lessons import reflect_on_lesson_plan, start_lesson_plan, submit_lesson_plan
from reports.demo.courses import Course
from reports.demo.terms import DemoTerm, last_lessons
from students.models import Case
from visits.actions.summing import finish_summary, start_summary

IN_A_TERM = 3
LESSONS = Decimal(3)
WAITING, RETURNED, UNFINISHED = 5, 7, 15
"""Whose latest lesson plan waits for the school, was sent back, is a draft; that of the others is checked and has no reflection yet."""

REFLECTIONS = (
    {"worked": "家里的材料比图卡好用，孩子愿意伸手。", "failed": "前十分钟没有坐稳，导入太长。", "next": "先做喜欢的，再练新的。"},
    {"worked": "少说一句、多等十秒，自己动了两次。", "failed": "家里来人，练到一半停了。", "next": "换到里屋，关上门再练。"},
    {"worked": "祖辈跟着做了一遍，会带了。", "failed": "最后一步还要扶着。", "next": "把最后一步拆成两步。"},
)
NOT_YET = "练习只写了一个活动，请按三个目标写清各练几次。"


def moment(day: date, hour: int, at: datetime) -> datetime:
    """Of the day, or `at` where that is to come."""
    return min(at, timezone.make_aware(datetime.combine(day, time(hour, 40))))


def prepare_lessons(number: int, case: Case, course: Course, term: DemoTerm, *, teacher: User, head: User, at: datetime) -> None:
    """A few of the term's visits, written the evening before; of a term that runs the latest one is still on its way."""
    today = timezone.localdate(at)
    since, days = min(today, term.starts_on), sorted({each.day for each in course.practised if each.term == term})
    chosen = [days[place] for place in sorted({0, len(days) // 2, len(days) - 1})] if days else []
    for place, day in enumerate(chosen[:IN_A_TERM]):
        keys = [each.objective for each in course.practised if each.day == day][:IN_A_TERM]
        evening = moment(max(since, day - timedelta(days=1)), 19, at)
        lesson = start_lesson_plan(case=case, on=day, until=None, lessons=LESSONS, keys=keys, by=teacher, at=evening)
        is_latest = term.ends_on >= today and day == chosen[-1]
        if is_latest and number == UNFINISHED:
            continue
        lesson = submit_lesson_plan(lesson=lesson, edition=lesson.edition, by=teacher, at=evening)
        if is_latest and number == WAITING:
            continue
        morning = moment(day, 8, at)
        if is_latest and number == RETURNED:
            return_lesson_plan(lesson=lesson, edition=lesson.edition, note=NOT_YET, by=head, at=morning)
            continue
        lesson = check_lesson_plan(lesson=lesson, edition=lesson.edition, by=head, at=morning)
        if not is_latest:
            lines = REFLECTIONS[(number + place) % len(REFLECTIONS)]
            reflect_on_lesson_plan(lesson=lesson, edition=lesson.edition, lines=lines, by=teacher, at=moment(day, 20, at))


def sum_up(case: Case, term: DemoTerm, *, by: User, at: datetime) -> None:
    """A finished summary of a term that is over; of the one that runs a draft."""
    today, last = timezone.localdate(at), last_lessons(term)
    if term.starts_on > today:
        return
    days = {"starts_on": term.starts_on, "ends_on": last}
    begun = start_summary(case=case, year=term.year, term=term.term, by=by, at=moment(last, 16, at), **days)
    if last < today:
        finish_summary(summary=begun, version=begun.version, by=by, at=moment(last, 17, at))
