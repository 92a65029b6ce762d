"""Whether what people were told of a month still holds when a message of it is about to leave: derived, never told."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate

from accounts.actions.deliveries import true_while
from accounts.models import Notice, Post
from counties.models import School
from reports.figures.round import counties_in_round, stands_since
from reports.models import Submission
from reports.querysets import SubmissionQuerySet
from reports.rules.round import missing

State = Submission.State


@true_while("reminder")
def is_not_filed(notice: Notice, at: datetime) -> bool:
    """A reminder, until the school has filed; the bureau's list, until the last of its schools has."""
    what, _, rest = notice.key.partition(":")
    where, _, month = rest.partition(":")
    if what == "remind":
        of = date.fromisoformat(f"{month[:7]}-01")
        return _answers_for(notice, Q(school=UUID(where)), at) and not _filed(UUID(where), of).exists()
    if what == "missing":
        return _answers_for(notice, Q(area=where), at) and _lacks_some(where, date.fromisoformat(f"{month}-01"))
    return True


@true_while("returned")
@true_while("reopened")
def is_not_filed_again(notice: Notice, at: datetime) -> bool:
    told = _told_of(notice)
    if told is None:
        return True
    return _is_theirs(notice, told, at) and not _filed(told.school_id, told.month).filter(version__gt=told.version).exists()


@true_while("submitted")
def waits_for_an_answer(notice: Notice, at: datetime) -> bool:
    told = _told_of(notice)
    return told is None or (_is_theirs(notice, told, at) and told.state == State.SUBMITTED)


@true_while("accepted")
def is_accepted(notice: Notice, at: datetime) -> bool:
    told = _told_of(notice)
    return told is None or (_is_theirs(notice, told, at) and told.state == State.ACCEPTED)


def _told_of(notice: Notice) -> Submission | None:
    """The submission whose step it was."""
    kind, _, pk = notice.key.partition(":")
    try:
        return Submission.objects.select_related("school").filter(pk=UUID(pk)).first() if kind == notice.kind else None
    except ValueError:
        return None


def _is_theirs(notice: Notice, told: Submission, at: datetime) -> bool:
    return _answers_for(notice, Q(school=told.school_id) | Q(area=told.school.county_id), at)


def _answers_for(notice: Notice, place: Q, at: datetime) -> bool:
    """Whether the reader still has a post there."""
    return Post.objects.in_force(localdate(at)).filter(place, user=notice.user_id).exists()


def _filed(school: UUID, month: date) -> SubmissionQuerySet:
    return Submission.objects.filed().filter(school=school, month=month)


def _lacks_some(code: str, month: date) -> bool:
    schools = list(School.objects.filter(county=code).values_list("pk", flat=True))
    stands = stands_since(month, schools)
    return any(missing(county, month, stands) for county in counties_in_round([code]))
