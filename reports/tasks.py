"""What reports does in the background: ids only, harmless when late or twice."""

from __future__ import annotations

import logging
import traceback
from datetime import date, datetime
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.urls import reverse
from django.utils import timezone

from counties.models import School
from office.jobs import Outcome, handles
from office.models import Job, JobStopped
from office.refusals import Refused
from office.rules import month_text
from reports.actions import (
    archiving,
    make_verdicts,
    printing,
    reasons,  # noqa: F401 — puts its checks of messages on the list
)
from reports.actions import round as steps
from reports.actions.filing import submit_automatically
from reports.figures.archive import children_of
from reports.figures.round import counties_in_round
from reports.models import Submission
from reports.rules.round import County, Kind, Occasion, months_over

logger = logging.getLogger(__name__)

KIND_OF = {kind: f"month.{kind}" for kind in Kind}
"""The kind of job of each step of the month's round."""


def payload(step: Occasion) -> dict[str, str]:
    """What the job is told: ids and days alone."""
    told = {"county": step.county, "month": f"{step.month}", "day": f"{step.day}"}
    return told | ({"school": str(step.school)} if step.school else {})


FILED = "已经上报，没有改动。"


def _files(job: Job) -> list[tuple[str, str]]:
    pk = job.payload["submission"]
    return [("PDF", reverse("submission_pdf", args=[pk])), ("表格", reverse("submission_xlsx", args=[pk]))]


@handles(printing.KIND, title="生成月报的文件", links=_files)
def print_submission(job: Job) -> Outcome:
    found = Submission.objects.select_related("school", "pdf", "xlsx").filter(pk=job.payload["submission"]).first()
    if found is None:
        return Outcome("这份月报已经没有了。")
    printing.print_submission(submission=found, at=timezone.now())
    return Outcome("PDF 和表格做好了。")


# --- The month's round ------------------------------------------------------------------------------------


@handles(KIND_OF[Kind.DRAFT], title="汇总月报草稿")
def draft(job: Job) -> Outcome:
    made = steps.prepare(school=_school(job), month=_month(job), at=timezone.now())
    return Outcome(f"{_of(job)}草稿、PDF 和表格做好了。" if made.state == Submission.State.DRAFT else FILED)


@handles(KIND_OF[Kind.REMIND], queue="clock", title="提醒上报月报")
def remind(job: Job) -> Outcome:
    of = _county(job).round_of(_month(job))
    told = steps.remind(school=_school(job), of=of, day=date.fromisoformat(job.payload["day"]), at=timezone.now())
    return Outcome(f"{_of(job)}提醒了 {told} 人。" if told else "没有要提醒的。")


@handles(KIND_OF[Kind.FILE], title="到期自动报送")
def file(job: Job) -> Outcome:
    filed = submit_automatically(school=_school(job), month=_month(job), at=timezone.now())
    return Outcome(f"{_of(job)}到期自动报送了。" if filed.is_auto else FILED)


@handles(KIND_OF[Kind.MISSING], queue="clock", title="告诉县局谁没有上报")
def missing(job: Job) -> Outcome:
    county = _county(job)
    absent = steps.tell_missing(county=county, of=county.round_of(_month(job)), at=timezone.now())
    return Outcome(f"{_of(job)}有 {absent} 所学校没有上报，已告诉县局。" if absent else "各校都已上报。")


@handles(KIND_OF[Kind.VERDICTS], title="作出判定")
def verdicts(job: Job) -> Outcome:
    """Every month of the county that is over; one that cannot be judged stops no other, and is told."""
    county, now = _county(job), timezone.now()
    months = months_over(county, now)
    failed = [month for number, month in enumerate(months) if not _judge(job, county, month, now, (number, len(months)))]
    if failed:
        raise Refused(f"没有判定成：{'、'.join(map(month_text, failed))}。明天夜里会再试；原因见日志，编号 {job.pk}。")
    return Outcome(f"判定到 {month_text(months[-1])}。" if months else "还没有结束的月份。")


def _judge(job: Job, county: County, month: date, now: datetime, progress: tuple[int, int]) -> bool:
    job.progress(*progress)
    try:
        make_verdicts(county_code=county.code, month=month, by=None, at=now)
    except (JobStopped, SoftTimeLimitExceeded):
        raise
    except Exception as error:
        # The error's text may quote a child's data: its type and place are enough to find it.
        place = "".join(traceback.format_tb(error.__traceback__))
        logger.error("job %s: verdicts of %s: %s\n%s", job, f"{month:%Y-%m}", type(error).__name__, place)
        return False
    return True


def _school(job: Job) -> School:
    school: School = School.objects.get(pk=job.payload["school"])
    return school


def _month(job: Job) -> date:
    return date.fromisoformat(job.payload["month"])


def _county(job: Job) -> County:
    """Raises Refused where the county has no round any more."""
    for county in counties_in_round([job.payload["county"]]):
        return county
    raise Refused("这个县没有政策或学校。")


def _of(job: Job) -> str:
    return month_text(_month(job))


# --- Archives -----------------------------------------------------------------------------------------------


def _archive(job: Job) -> list[tuple[str, str]]:
    return [("下载", reverse("archive_file", args=[job.pk]))]


@handles(archiving.CHILD, title="做一名学生的档案", links=_archive)
def archive_child(job: Job) -> Outcome:
    return _made(job, [UUID(job.payload["of"])])


@handles(archiving.SCHOOL, title="做一所学校的档案", links=_archive)
def archive_school(job: Job) -> Outcome:
    return _made(job, children_of(School.objects.get(pk=job.payload["of"]), job.payload["year"]))


def _made(job: Job, students: list[UUID]) -> Outcome:
    """Pictures are those that consent allows on the day it is done."""
    now, scope = timezone.now(), archiving.asked_scope(job)
    told = {"students": students, "year": job.payload["year"], "scope": scope, "on": timezone.localdate(now), "tell": job.progress}
    made = list(archiving.build_all(**told))
    result = archiving.keep(made=made, students=students, job=job, at=now)
    return Outcome(f"做好了 {len(made)} 份档案，共 {result['pages']} 页。保留三天。", result)
