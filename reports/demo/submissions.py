"""The demo's months with the bureau: last month and this one, each step taken by the action that a page would call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from counties.models import School
from office.refusals import Refused
from reports.actions.filing import accept, confirm, refresh_draft, reopen, return_submission, submit, submit_automatically
from reports.demo.places import COUNTY
from reports.models import Submission
from reports.rules import month_after
from reports.sheets.particulars import Particulars
from reports.sheets.snapshot import Snapshot
from visits.actions import write_visit
from visits.actions.answering import answer_flag
from visits.models import Visit
from visits.querysets.writing import content_of
from visits.rules.writing import VisitContent

ANSWERS = {
    "too_few_staff": "同去的村干部临时有事，当天只有一位老师到了，已和家长说明。",
    "outside_daytime": "家长白天在外务工，和家长约好傍晚去。",
    "overlap": "两家在同一个屯，前一家提前结束，时间记得粗了。",
    "short_duration": "孩子那天疲倦，提前结束，课时按计划记的。",
    "remote_share": "孩子近期住院，只能远程指导。",
    "repeated_text": "同一个目标连续练了两次，内容相同。",
    "too_few_photos": "孩子当天情绪不稳，只拍了一张，没有再拍。",
    "reused_photo": "选照片时选重了，已提醒老师。",
    "photo_other_day": "前一天准备教具时拍的，一起传了。",
    "unconfirmed": "当天家长下地干活，已电话告知。",
    "late_record": "山里没有信号，又忘了补，以后当天写。",
    "clock_skew": "手机时间没有自动校准，已调好。",
}
OTHERWISE = "已核对，情况属实。"


def file_months(today: date, *, at: datetime) -> None:
    """Every school reports here from last month on: something to see for each role, in every state there is."""
    this, last = today.replace(day=1), month_after(today.replace(day=1), -1)
    School.objects.of_county(COUNTY).update(reports_from=last)
    schools = list(School.objects.of_county(COUNTY).order_by("code"))
    School.objects.filter(pk=schools[0].pk).update(principal_confirms=True)
    schools[0].refresh_from_db()
    for number, school in enumerate(schools):
        LAST_MONTH.get(number, _accepted)(school, last, _on(last, 26), at)
    for number, school in enumerate(schools):
        THIS_MONTH.get(number, _drafted)(school, this, at, at)


def _on(month: date, day: int) -> datetime:
    return timezone.make_aware(datetime.combine(month.replace(day=day), time(10)))


# --- How a month may stand --------------------------------------------------------------------------------


def _nothing(school: School, month: date, when: datetime, at: datetime) -> None:
    """Forgotten."""


def _drafted(school: School, month: date, when: datetime, at: datetime) -> None:
    refresh_draft(school=school, month=month, at=when)


def _submitted(school: School, month: date, when: datetime, at: datetime) -> Submission:
    """As its admin would: every question answered, where the principal confirms with that, a nil report where there is nothing."""
    admin = _holder(school, "school_admin", when)
    draft = refresh_draft(school=school, month=month, at=when)
    said = Snapshot.read(draft.snapshot)
    asked = [
        *((visit.record, flag) for visit in said.visits for flag in visit.flags),
        *((late.record, late.flag) for late in said.questions),
    ]
    for record, flag in asked:
        if flag.travels and not flag.answered:
            text = ANSWERS.get(flag.code, OTHERWISE)
            answer_flag(record=UUID(record), code=flag.code, evidence=flag.evidence, text=text, by=admin, at=when)
    if school.principal_confirms:
        draft = refresh_draft(school=school, month=month, at=when)
        confirm(submission=draft, by=_holder(school, "principal", when), at=when)
    return submit(school=school, month=month, version=draft.version, by=admin, at=when, nil=draft.is_nil)


def _accepted(school: School, month: date, when: datetime, at: datetime) -> Submission:
    filed, later = _submitted(school, month, when, at), min(at, when + timedelta(days=1))
    return accept(submission=filed, version=filed.version, by=_clerk(later), at=later)


def _returned(school: School, month: date, when: datetime, at: datetime) -> Submission:
    filed, later = _submitted(school, month, when, at), min(at, when + timedelta(days=1))
    children = list(Particulars.read(filed.particulars).children.values())[:2]
    reasons = ("有一次送教没有写教学内容，请补。", "课时与起止时间对不上，请核对。")
    lines = {UUID(child.student): reason for child, reason in zip(children, reasons, strict=False)}
    return return_submission(submission=filed, version=filed.version, lines=lines, reason="请核对后重报。", by=_clerk(later), at=later)


def _resubmitted(school: School, month: date, when: datetime, at: datetime) -> None:
    """The teacher mends what was sent back, and the school files again."""
    later = min(at, when + timedelta(days=2))
    for line in _returned(school, month, when, at).line_returns.all():
        _mend(line.student_id, school, month, later)
    _submitted(school, month, later, at)


def _mend(student: UUID, school: School, month: date, when: datetime) -> None:
    visits = Visit.objects.filter(records__student=student, records__lock="", school=school, on__lt=month_after(month, 1), on__gte=month)
    visit = visits.filter(records__present=True, state=Visit.State.DONE).order_by("starts_at").first()
    if visit is None:
        return  # in the holidays
    by = visit.author.stand(on=timezone.localdate(when)) if visit.author else _holder(school, "school_admin", when)
    plain = content_of(visit, by)
    plain["records"][0]["teaching"] += "补充：用了图卡和实物各一套，孩子能独立完成三次。"
    write_visit(visit_id=visit.pk, content=VisitContent.read(plain), base_version=visit.version, by=by, at=when)


def _reopened(school: School, month: date, when: datetime, at: datetime) -> None:
    reopen(submission=_accepted(school, month, when, at), reason="学校来电：漏报一次，需要补上。", by=_clerk(at), at=at)


def _automatic(school: School, month: date, when: datetime, at: datetime) -> None:
    """Filed by the system, unless the deadline's night has not passed."""
    try:
        submit_automatically(school=school, month=month, at=at)
    except Refused:
        _drafted(school, month, at, at)


Way = Callable[[School, date, datetime, datetime], object]
LAST_MONTH: dict[int, Way] = {2: _submitted, 6: _resubmitted, 7: _returned, 8: _submitted, 9: _automatic, 10: _nothing, 5: _reopened}
THIS_MONTH: dict[int, Way] = {3: _submitted, 4: _accepted, 5: _returned, 6: _submitted, 8: _submitted, 10: _submitted}


def _holder(school: School, role: str, when: datetime) -> User:
    holder: User = User.objects.filter(posts__school=school, posts__role=role).order_by("username")[0]
    return holder.stand(on=timezone.localdate(when))


def _clerk(when: datetime) -> User:
    clerk: User = User.objects.get(username="bureau")
    return clerk.stand(on=timezone.localdate(when))
