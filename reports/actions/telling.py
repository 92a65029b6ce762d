"""Who is told of a submission's steps, in words without a child's name."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.actions.notices import notify
from accounts.models import Post
from accounts.rules import Role
from reports.models import Submission

WORDS = {"returned": "已退回，请补正后重报", "accepted": "已通过", "reopened": "被重新打开，请补正后重报"}


def tell_school(submission: Submission, kind: str, *, at: datetime) -> None:
    """The school's own administrators and principal."""
    heads = Q(school=submission.school_id, role__in=[Role.SCHOOL_ADMIN, Role.PRINCIPAL])
    _tell(submission, kind, heads, f"{_month(submission)}月报{WORDS[kind]}。", page="filing", at=at)


def tell_county(submission: Submission, *, at: datetime) -> None:
    """The county's staff: something waits for them."""
    staff = Q(area=submission.school.county_id, role=Role.COUNTY_STAFF)
    how = "到期自动报送" if submission.is_auto else "重报" if submission.version > 1 else "上报"
    _tell(submission, "submitted", staff, f"{submission.school.name}{how}了{_month(submission)}月报。", page="review", at=at)


def _tell(submission: Submission, kind: str, posts: Q, text: str, *, page: str, at: datetime) -> None:
    users = Post.objects.in_force(localdate(at)).filter(posts).values_list("user", flat=True)
    path = reverse(page, args=[f"{submission.month:%Y-%m}", submission.school_id])
    notify(users=users, kind=kind, key=f"{kind}:{submission.pk}", text=text, path=path, at=at)


def _month(submission: Submission) -> str:
    return f"{submission.month.year}年{submission.month.month}月"
