"""Who is told of a submission's steps, in words without a child's name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.actions.notices import notify
from accounts.models import Post
from accounts.rules import Role
from reports.models import Submission
from students.models import Case, CaseTeacher
from students.rules.service import month_span
from visits.models import VisitPerson

WORDS = {"returned": "已退回，请补正后重报", "accepted": "已通过", "reopened": "被重新打开，请补正后重报"}


def tell_school(submission: Submission, kind: str, *, at: datetime) -> None:
    """The school's own administrators and principal."""
    heads = Q(school=submission.school_id, role__in=[Role.SCHOOL_ADMIN, Role.PRINCIPAL])
    _tell(submission, kind, heads, f"{_month(submission)}月报{WORDS[kind]}。", page="filing", at=at)


def tell_teachers(submission: Submission, students: Collection[UUID], *, at: datetime) -> None:
    """Who teaches these children, and who went to them in the month: something was sent back that they wrote."""
    month = month_span(submission.month)
    went = Q(visit__records__student__in=students, visit__records__school=submission.school_id)
    wrote = VisitPerson.objects.filter(went, visit__on__range=(month.first, month.last), user__isnull=False).values("user")
    cases = Case.objects.filter(student__in=students, school=submission.school_id)
    teach = CaseTeacher.objects.filter(Q(ends_on=None) | Q(ends_on__gt=localdate(at)), case__in=cases).values("user")
    posts = Q(role=Role.TEACHER) & (Q(user__in=wrote) | Q(user__in=teach))
    text = f"{_month(submission)}月报有退回的行，其中有您送教的学生。请看理由，改好后告诉学校重报。"
    _notify(submission, "returned", posts, text, path=reverse("home"), at=at)


def tell_county(submission: Submission, *, at: datetime) -> None:
    """The county's staff: something waits for them."""
    staff = Q(area=submission.school.county_id, role=Role.COUNTY_STAFF)
    how = "到期自动报送" if submission.is_auto else "重报" if submission.version > 1 else "上报"
    _tell(submission, "submitted", staff, f"{submission.school.name}{how}了{_month(submission)}月报。", page="review", at=at)


def _tell(submission: Submission, kind: str, posts: Q, text: str, *, page: str, at: datetime) -> None:
    path = reverse(page, args=[f"{submission.month:%Y-%m}", submission.school_id])
    _notify(submission, kind, posts, text, path=path, at=at)


def _notify(submission: Submission, kind: str, posts: Q, text: str, *, path: str, at: datetime) -> None:
    users = Post.objects.in_force(localdate(at)).filter(posts).values_list("user", flat=True)
    notify(users=users, kind=kind, key=f"{kind}:{submission.pk}", text=text, path=path, at=at)


def _month(submission: Submission) -> str:
    return f"{submission.month.year}年{submission.month.month}月"
