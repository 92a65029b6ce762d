"""The steps of the month's round that are nobody's click: drafts with their files, reminders, the bureau's list."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localdate

from accounts.actions.notices import notify
from accounts.models import Post
from accounts.rules import COUNTY_ROLES, Role
from counties.models import School
from reports.actions.drafting import State, refresh_draft
from reports.actions.printing import print_submission
from reports.figures.filing import take
from reports.figures.round import stands_since
from reports.models import Submission
from reports.rules.reminding import Lacks, missing_text, reminder_text
from reports.rules.round import County, MonthRound, missing
from visits.actions import lock_months


def prepare(*, school: School, month: date, at: datetime) -> Submission:
    """The month's draft brought up to date, with its PDF and workbook. What was filed stays as it is."""
    standing = refresh_draft(school=school, month=month, at=at)
    return print_submission(submission=standing, at=at) if standing.state == State.DRAFT else standing


def remind(*, school: School, of: MonthRound, day: date, at: datetime) -> int:
    """Tells the school's administrators what the month still lacks, once for each reminder's `day`; the principal too where they
    are waited for. Nothing happens once the month was filed, or is late. Returns how many people it concerns.
    """
    if at >= of.late_from:
        return 0
    lacks = lacks_of(school, of.month, at=at)
    with transaction.atomic():
        lock_months([(school.pk, of.month)])
        if _was_filed(school, of.month):
            return 0
        roles = [Role.SCHOOL_ADMIN, *([Role.PRINCIPAL] if lacks.needs_principal else [])]
        text = reminder_text(school=school.name, month=of.month, due_on=of.due_on, today=localdate(at), lacks=lacks)
        path = reverse("filing", args=[f"{of.month:%Y-%m}", school.pk])
        key = f"remind:{school.pk}:{of.month:%Y-%m}:{day}"
        return _tell(Q(school=school, role__in=roles), key, text, path, at=at, until=of.late_from)


def lacks_of(school: School, month: date, *, at: datetime) -> Lacks:
    """What the month would lack if it were filed now."""
    taken = take(school, month, at)
    short = [line.month.short_visits for line in taken.figures.lines if line.month.short_visits]
    confirmed = Submission.objects.filter(school=school, month=month, state=State.DRAFT, confirmed_at__isnull=False)
    waits = school.principal_confirms and not confirmed.exists()
    return Lacks(taken.is_nil, len(short), sum(short), len(taken.open_flags), needs_principal=waits)


@transaction.atomic
def tell_missing(*, county: County, of: MonthRound, at: datetime) -> int:
    """Gives the bureau's staff and leaders the list of the schools that have not filed, once for each month. Returns how many."""
    absent = missing(county, of.month, stands_since(of.month, [school for school, _ in county.schools]))
    if absent:
        names = School.objects.filter(pk__in=absent).order_by("code").values_list("name", flat=True)
        text = missing_text(month=of.month, due_on=of.due_on, schools=list(names))
        path = reverse("review_board", args=[f"{of.month:%Y-%m}"]) + f"?{urlencode({'stand': 'late', 'county': county.code})}"
        _tell(Q(area=county.code, role__in=COUNTY_ROLES), f"missing:{county.code}:{of.month:%Y-%m}", text, path, at=at)
    return len(absent)


def _was_filed(school: School, month: date) -> bool:
    return Submission.objects.filed().filter(school=school, month=month).exists()


def _tell(posts: Q, key: str, text: str, path: str, *, at: datetime, until: datetime | None = None) -> int:
    users = set(Post.objects.in_force(localdate(at)).filter(posts).values_list("user", flat=True))
    notify(users=users, kind="reminder", key=key, text=text, path=path, at=at, until=until)
    return len(users)
