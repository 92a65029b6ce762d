"""Whose assessments and plans a person sees. Source: docs/rules.md, "Assessments and plans"."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast

from accounts.rules import Role
from plans.codes import EDITABLE, EDITABLE_LESSONS, LessonState, PlanState
from students.codes import SERVED_STATES, CaseState

if TYPE_CHECKING:
    from accounts.models import User

READERS = (Role.SCHOOL_ADMIN, Role.PRINCIPAL, Role.ITINERANT)
HEADS = (Role.SCHOOL_ADMIN, Role.PRINCIPAL)
STANDING = (PlanState.APPROVED, PlanState.IN_FORCE)


class CaseTeamQuerySet(models.QuerySet[Any]):
    """Rows of a case that only its team and the school's reviewers see."""

    def visible_to(self, user: User) -> Self:
        """Those of the cases a person teaches today, and of the schools whose heads or itinerant teachers they are."""
        return self.filter(Q(case__in=_taught(user)) | Q(school__in=user.reach.schools(*READERS)))

    def writable_by(self, user: User) -> Self:
        """Those a person may work at: the case's teachers and the school's admin."""
        return self.filter(Q(case__in=_taught(user)) | Q(school__in=user.reach.schools(Role.SCHOOL_ADMIN)))

    def signable_by(self, user: User) -> Self:
        """Those at which a person takes signatures: of the cases they teach, and of the schools they head."""
        return self.filter(Q(case__in=_taught(user)) | Q(school__in=user.reach.schools(*HEADS)))

    def within(self, user: User) -> Self:
        """Of the schools a person heads and of the counties they staff: for counting, and for finding what waits for them."""
        reach = user.reach
        return self.filter(Q(school__in=reach.schools(*HEADS)) | Q(school__county__in=reach.areas(Role.COUNTY_STAFF)))


class AssessmentQuerySet(CaseTeamQuerySet):
    def done(self) -> Self:
        return self.filter(state="done")


class PlanQuerySet(CaseTeamQuerySet):
    def in_force(self) -> Self:
        return self.filter(state=PlanState.IN_FORCE)

    def in_service(self, on: date) -> Self:
        """Those whose case is still served that day."""
        return self.filter(Q(case__ends_on=None) | Q(case__ends_on__gt=on), case__state__in=SERVED_STATES)

    def standing(self) -> Self:
        """In force, or approved and waiting for its first day."""
        return self.filter(state__in=STANDING)

    def unsigned(self) -> Self:
        """Standing ones that no guardian has signed yet, in this version."""
        from plans.models import PlanSignature

        signed = PlanSignature.objects.filter(plan=OuterRef("pk"), kind=PlanSignature.Kind.GUARDIAN)
        return self.standing().filter(~Exists(signed))

    def in_force_at(self, at: datetime) -> Self:
        """Those that were in force at a moment, whatever became of them."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=at), in_force_at__lte=at)

    def awaiting_approval(self) -> Self:
        return self.filter(state=PlanState.SUBMITTED)

    def due_for_review(self, on: date) -> Self:
        """In force, their day has come, and nobody has marked an objective since that day."""
        from plans.models import ObjectiveReview

        looked_at = ObjectiveReview.objects.filter(plan=OuterRef("pk"), on__gte=OuterRef("review_on"))
        return self.in_force().filter(~Exists(looked_at), review_on__lte=on)

    def to_decide_by(self, user: User) -> Self:
        """Of the schools a person heads, what they neither began, wrote a word of, nor submitted."""
        theirs = Q(author=user) | Q(submitted_by=user) | Q(written__contains=str(user.pk))
        heads = self.filter(school__in=user.reach.schools(*HEADS))
        return heads.alias(written=Cast("writers", TextField())).exclude(theirs)

    def due(self, on: date) -> Self:
        """Approved ones whose first day has come, and standing ones that are over, by their days or with their case."""
        over = Q(ends_on__lt=on) | Q(case__ends_on__lte=on)
        return self.filter(Q(state=PlanState.APPROVED, starts_on__lte=on) | Q(over, state__in=STANDING))


class LessonPlanQuerySet(CaseTeamQuerySet):
    def in_short(self) -> Self:
        """For a list: without what each says, which is sealed and long."""
        return self.defer("content", "reflection")

    def for_day(self, on: date) -> Self:
        """Those for a visit of that day, alone or within a series."""
        return self.filter(Q(on=on) | Q(on__lte=on, until__gte=on))

    def taught_by(self, user: User) -> Self:
        """Of the cases a person teaches today, and those they began themselves where they may still write."""
        return self.filter(Q(case__in=_taught(user)) | Q(author=user, school__in=user.reach.schools(Role.SCHOOL_ADMIN)))

    def in_work(self) -> Self:
        return self.filter(state__in=EDITABLE_LESSONS)

    def awaiting_check(self) -> Self:
        return self.filter(state=LessonState.READY)

    def without_reflection(self, on: date) -> Self:
        """Whose first day has come, and of which nobody wrote yet how it went."""
        return self.filter(on__lte=on, reflected_at=None)


class PlanSampleQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Of the counties a person staffs."""
        return self.filter(county__in=user.reach.areas(Role.COUNTY_STAFF))

    def with_progress(self) -> Self:
        found = ~Q(drawn__finding="")
        return self.annotate(
            size=Count("drawn"), found=Count("drawn", filter=found), to_improve=Count("drawn", filter=Q(drawn__finding="improve"))
        )


class SampledPlanQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self.filter(sample__county__in=user.reach.areas(Role.COUNTY_STAFF))

    def found(self) -> Self:
        """Those of which something was found: what the plan's readers see."""
        return self.exclude(finding="")


class OfSchoolQuerySet(models.QuerySet[Any]):
    """What a school added for its own use."""

    def visible_to(self, user: User) -> Self:
        return self.filter(school__in=user.reach.schools(*READERS, Role.TEACHER))

    def in_use(self) -> Self:
        return self.filter(retired_at=None)


class OwnScaleQuerySet(OfSchoolQuerySet):
    pass


class BankObjectiveQuerySet(OfSchoolQuerySet):
    pass


def _taught(user: User) -> Any:
    from students.models import Case

    return Case.objects.taught_by(user).order_by().values("pk")


def _served(on: date) -> Any:
    """Cases in service that day, with `has_plan`: one in force, or approved and waiting for its first day."""
    from plans.models import Plan
    from students.models import Case

    standing = Plan.objects.filter(case=OuterRef("pk"), state__in=STANDING)
    return Case.objects.with_standing(on).filter(standing=CaseState.ACTIVE, starts_on__lte=on).annotate(has_plan=Exists(standing))


def cases_without_plan(user: User, on: date) -> Any:
    """The cases a person teaches or reads for, that are served without a plan."""
    mine = Q(pk__in=_taught(user)) | Q(school__in=user.reach.schools(*READERS))
    return _served(on).filter(mine, has_plan=False).select_related("student", "school").order_by("school__name", "student__name_key", "pk")


def cases_without_lesson_plan(user: User, on: date) -> Any:
    """The cases a person teaches that have a plan in force, and no lesson plan for the days to come."""
    from plans.models import LessonPlan, Plan

    plans = Plan.objects.in_force().filter(case=OuterRef("pk"))
    ahead = LessonPlan.objects.filter(Q(on__gte=on) | Q(until__gte=on), case=OuterRef("pk"))
    mine = _served(on).filter(Exists(plans), ~Exists(ahead), pk__in=_taught(user))
    return mine.select_related("student", "school").order_by("student__name_key", "pk")


class _Count(Subquery):
    """How many rows a query has, as a number in another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


def _counted(user: User, **rows: Any) -> dict[str, int]:
    """The counts of several queries, in one."""
    from accounts.models import User

    counts = {name: _Count(each.order_by().values("pk")) for name, each in rows.items()}
    return dict(User.objects.filter(pk=user.pk).annotate(**counts).values(*counts)[0])


def work_of(user: User, on: date) -> dict[str, int]:
    """What is to be done about plans by a case's team and its school, as the list of plans shows it: one query, however much there is."""
    from plans.models import Plan

    seen = Plan.objects.visible_to(user)
    return _counted(
        user,
        waiting=Plan.objects.awaiting_approval().to_decide_by(user),
        in_work=seen.filter(state__in=EDITABLE),
        unsigned=seen.unsigned(),
        due=seen.due_for_review(on),
        missing=cases_without_plan(user, on),
    )


def work_of_county(user: User, areas: Collection[str], on: date) -> dict[str, int]:
    """The same as numbers of these counties."""
    from plans.models import Plan

    plans = Plan.objects.filter(school__county__in=areas)
    return _counted(
        user,
        waiting=plans.awaiting_approval(),
        unsigned=plans.unsigned(),
        due=plans.due_for_review(on),
        missing=_served(on).filter(school__county__in=areas, has_plan=False),
    )


def of_county(areas: Collection[str], on: date) -> Any:
    """By school of these counties: children served, those with a plan, plans waiting for approval, unsigned, due for review."""
    if not areas:
        return []
    from plans.models import Plan

    rows = _served(on).filter(school__county__in=areas).order_by("school__name", "school").values("school", "school__name")
    told = list(rows.annotate(served=Count("pk"), planned=Count("pk", filter=Q(has_plan=True))))
    plans = Plan.objects.filter(school__county__in=areas)
    found = {
        name: dict(each.order_by().values_list("school").annotate(number=Count("pk")))
        for name, each in (("waiting", plans.awaiting_approval()), ("unsigned", plans.unsigned()), ("due", plans.due_for_review(on)))
    }
    return [row | {name: counts.get(row["school"], 0) for name, counts in found.items()} for row in told]
