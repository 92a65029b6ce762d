"""An archive of a child's school year, frozen: eight sections in their order, in words, nothing looked up afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string

from counties.rules import school_year_of, school_year_span
from office.pdf import Medium, Paper, make_paper
from office.rules import full_day_text, masked_number
from plans.models import Assessment, LessonPlan
from plans.sheets.assessments import AssessmentPage, ScaleHistory, assessment_page, scale_history
from plans.sheets.lessons import LessonPage
from reports.figures.archive import YearOfChild
from reports.sheets.archive_plans import PlanRows, lesson_rows, plan_rows, summary_rows
from reports.sheets.archive_visits import Evidence, MonthRow, Training, month_rows, training
from reports.sheets.paper import clean, printable
from students.models import Case
from students.rules.identity import age
from students.rules.lines import FIELDS
from students.rules.words import disability_text
from visits.models import TermSummary
from visits.querysets.practising import told_of
from visits.querysets.progress import GoalProgress
from visits.sheets import SummaryPage

Rows = tuple[tuple[str, str], ...]
SECTIONS = ("基本情况", "发展评价", "教学过程", "个别化教育（康复）计划", "训练记录", "工作图片", "安全与经费", "退出与移交")
NUMBERS = "①②③④⑤⑥⑦⑧"
NOT_SAID = "—"


@dataclass(frozen=True)
class Section:
    """A line of the contents; `key` is what its link leads to."""

    key: str
    title: str
    is_empty: bool


@dataclass(frozen=True)
class ScalePart:
    history: ScaleHistory
    found: tuple[tuple[Assessment, AssessmentPage], ...]  # of the year, the earliest first


@dataclass(frozen=True)
class Archive:
    """All of it; `papers` are the ids of signed papers that could be opened."""

    name: str
    school: str
    year: int
    cover: Rows
    facts: Rows
    sealed: Rows
    guardians: tuple[tuple[str, str, str, str], ...]
    scales: tuple[ScalePart, ...]
    summaries: tuple[tuple[TermSummary, SummaryPage], ...]
    months: tuple[MonthRow, ...]
    lessons: tuple[tuple[LessonPlan, LessonPage], ...]
    plans: tuple[PlanRows, ...]
    papers: frozenset[str]
    progress: tuple[GoalProgress, ...]
    mastery: str
    trainings: tuple[Training, ...]
    pictures: tuple[Evidence, ...]
    hidden: int
    endings: Rows

    @property
    def year_text(self) -> str:
        return f"{self.year}—{self.year + 1} 学年"

    @property
    def sections(self) -> tuple[Section, ...]:
        has_taught, is_assessed = self.trainings or self.lessons, self.scales or self.summaries
        empty = (False, not is_assessed, not has_taught, not self.plans, not self.trainings, not self.pictures, True, not self.endings)
        named = zip(NUMBERS, SECTIONS, empty, strict=True)
        return tuple(Section(f"s{place}", f"{number} {title}", is_empty) for place, (number, title, is_empty) in enumerate(named, 1))

    @property
    def total(self) -> MonthRow:
        return MonthRow(date.min, *(sum(getattr(row, name) for row in self.months) for name in ("done", "missed", "lessons", "photos")))


def archive(taken: YearOfChild, *, readable: frozenset[str]) -> Archive:
    """`readable` are the pictures and signed papers whose file could be opened."""
    practised = told_of(taken.records)
    trainings = tuple(training(record, taken.scope, readable, practised[record.pk]) for record in taken.records)
    pictures = {picture.id: picture for each in trainings for picture in each.pictures}
    schools = dict.fromkeys(str(case.school.name) for case in taken.cases if case.school and _touches(case, taken.year))
    return Archive(
        name=clean(taken.student.name),
        school="、".join(map(clean, schools)) or NOT_SAID,
        year=taken.year,
        cover=(("姓名", clean(taken.student.name)), ("送教学校", "、".join(map(clean, schools)) or NOT_SAID)),
        facts=tuple(_facts(taken)),
        sealed=tuple((label, masked_number(getattr(taken.student, name)) or NOT_SAID) for name, label in FIELDS.items() if name != "phone"),
        guardians=tuple(
            (str(one.get_kind_display()), clean(one.name) or "（未填姓名）", clean(one.relation), masked_number(one.phone) or NOT_SAID)
            for one in taken.guardians
        ),
        scales=tuple(_scales(taken)),
        summaries=summary_rows(taken.summaries),
        months=tuple(month_rows(taken.year, trainings)),
        lessons=lesson_rows(taken.lessons),
        plans=tuple(plan_rows(plan, signatures=taken.scope.signatures) for plan in taken.plans),
        papers=readable,
        progress=taken.progress.goals,
        mastery=taken.progress.rule,
        trainings=trainings,
        pictures=tuple(pictures.values()),
        hidden=taken.hidden,
        endings=tuple(_endings(taken)),
    )


def print_archive(page: Archive, media: dict[str, Medium]) -> Paper:
    """Equal pages and pictures give equal bytes. Raises Refused for what cannot be laid out."""
    return make_paper(archive_html(page), css=[archive_css()], media=media)


def archive_html(page: Archive) -> str:
    return printable(render_to_string("reports/print/_archive.html", {"page": page}))


def archive_css() -> str:
    return render_to_string("reports/print/archive.css")


def _facts(taken: YearOfChild) -> Iterator[tuple[str, str]]:
    student, first = taken.student, school_year_span(taken.year).first
    yield "姓名", clean(student.name)
    yield "性别", str(student.get_sex_display())
    yield "民族", str(student.get_ethnicity_display()) or NOT_SAID
    yield "出生日期", f"{full_day_text(student.birth_on)}（学年开始时 {age(student.birth_on, first)} 岁）"
    yield "残疾类别和等级", disability_text(student.disability, student.further_disabilities, student.disability_grade) or NOT_SAID
    yield "年级", clean(student.class_grade) or NOT_SAID
    yield "安置方式", str(student.get_placement_display())
    yield "学籍学校", clean(student.registered_school.name) if student.registered_school else NOT_SAID
    for case in taken.cases:
        if _touches(case, taken.year):
            yield "送教", _served(case)
            yield "不能到校原因", clean(case.reason) or NOT_SAID
            yield "责任教师", "、".join(dict.fromkeys(clean(post.user.name) for post in case.teachers.all())) or NOT_SAID
    yield "备注", clean(student.remark) or NOT_SAID


def _touches(case: Case, year: int) -> bool:
    span = school_year_span(year)
    return bool(case.starts_on and case.starts_on <= span.last and (case.ends_on is None or case.ends_on > span.first))


def _served(case: Case) -> str:
    until = f"到 {full_day_text(case.ends_on)}（当天不算）" if case.ends_on else ""
    since = f"自 {full_day_text(case.starts_on)} 起" if case.starts_on else ""
    return " ".join(filter(None, (clean(case.school.name) if case.school else "", since, until)))


def _scales(taken: YearOfChild) -> Iterator[ScalePart]:
    """Each scale that was used in the year; earlier assessments stand behind its newest."""
    by_scale: dict[str, list[Assessment]] = {}
    for each in taken.assessments:
        by_scale.setdefault(each.scale["key"], []).append(each)
    for theirs in by_scale.values():
        of_year = [each for each in reversed(theirs) if school_year_of(each.on) == taken.year]
        if of_year:
            yield ScalePart(scale_history(theirs), tuple((each, assessment_page(each)) for each in of_year))


def _endings(taken: YearOfChild) -> Iterator[tuple[str, str]]:
    """What ended or stood still in the year."""
    span = school_year_span(taken.year)
    for case in taken.cases:
        for pause in case.pauses.all():
            if pause.starts_on <= span.last and (pause.ends_on is None or pause.ends_on > span.first):
                until = f"，{full_day_text(pause.ends_on)} 恢复" if pause.ends_on else "，没有登记恢复"
                yield "暂停", f"{full_day_text(pause.starts_on)} 起{until}。原因：{clean(pause.reason) or NOT_SAID}"
        if case.ends_on and span.first <= case.ends_on <= span.last:
            place = clean(case.school.name) if case.school else NOT_SAID
            yield "终止送教", f"{place}，自 {full_day_text(case.ends_on)} 起不再送教"


def file_name(student: object, year: int) -> str:
    """Says no name: the year, and the beginning of the child's opaque number."""
    return f"songjiao-archive-{year}-{str(student).replace('-', '')[:12]}.pdf"
