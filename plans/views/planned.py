"""Whose plans a person opens, writes and decides about."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.middleware import Request
from accounts.rules import Role
from counties.models import Term
from counties.rules import school_year_of
from office.audit import viewed
from plans.actions.holding import deciders
from plans.codes import PlanState, Semester
from plans.models import Plan
from plans.sheets import PlanPage, plan_page


def plan_of(request: Request, pk: UUID) -> Any:
    """A plan the person reads, by their post or because it waits for them; that it was opened is recorded.

    With `is_member`, `is_writable`, `is_signable`: what they may do with it, asked in the same query.
    """
    mine, here = Plan.objects, {"pk": OuterRef("pk")}
    ways = {
        "is_member": Exists(mine.visible_to(request.user).filter(**here)),
        "is_writable": Exists(mine.writable_by(request.user).filter(**here)),
        "is_signable": Exists(mine.signable_by(request.user).filter(**here)),
    }
    people = Plan.objects.select_related("student", "school", "author", "submitted_by", "decided_by")
    found: Any = get_object_or_404(people.annotate(**ways), pk=pk)
    if not found.is_member and not decides(request, found):
        raise Http404
    viewed("plan", subject=found.student_id, by=request.user.pk, at=request.now, county=found.school.county_id)
    return found


def plan_to_write(request: Request, pk: UUID) -> Plan:
    seen = Plan.objects.visible_to(request.user).select_related("student", "school", "author", "decided_by")
    found: Plan = get_object_or_404(seen, pk=pk)
    if not writes(request, found):
        raise PermissionDenied
    return found


def writes(request: Request, plan: Plan) -> bool:
    return bool(Plan.objects.writable_by(request.user).filter(pk=plan.pk).exists())


def decides(request: Request, plan: Plan) -> bool:
    """Whether it waits for this person."""
    if plan.state != PlanState.SUBMITTED or not _could(request, plan):
        return False
    return request.user.pk in deciders(plan, at=request.now)[0]


def _could(request: Request, plan: Plan) -> bool:
    reach = request.user.reach
    return plan.school_id in reach.schools(Role.SCHOOL_ADMIN, Role.PRINCIPAL) or plan.school.county_id in reach.areas(Role.COUNTY_STAFF)


def page_of(plan: Plan, **given: Any) -> PlanPage:
    """With what was said of it and not yet dealt with, and how its objectives stand."""
    comments = plan.comments.filter(settled_at=None).select_related("by")
    return plan_page(plan, comments=comments, reviews=plan.reviews.order_by("at", "pk"), **given)


def terms_of(county: str, today: date) -> list[dict[str, Any]]:
    """The term that runs, or the next, and the one after it: as plans name them."""
    found = Term.objects.filter(county=county, ends_on__gte=today).order_by("starts_on")[:2]
    return [
        {
            "name": term.name,
            "year": school_year_of(term.starts_on),
            "term": Semester.AUTUMN if term.starts_on.month >= 8 else Semester.SPRING,
            "starts_on": term.starts_on,
            "ends_on": term.ends_on,
        }
        for term in found
    ]


def today_of(request: Request) -> date:
    return timezone.localdate(request.now)


def edition_of(request: Request) -> int:
    """The edition a button was pressed on; 0, which there is none of, for anything else."""
    given = request.POST.get("edition", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0
