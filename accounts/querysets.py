from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.rules import Reach, Role
from accounts.rules.deliveries import LEASE, NEVER_QUIET, State, is_quiet
from accounts.rules.names import Staff, StaffPost
from counties.models import School

if TYPE_CHECKING:
    from accounts.models import User


class UserQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> UserQuerySet:
        """Accounts a person looks after: oneself; an admin's own school; the county's for its staff; all for operators."""
        from accounts.models import Post

        reach = user.reach
        if reach.holds(Role.OPERATOR, Role.SECURITY_OFFICER):
            return self
        counties = reach.areas(Role.COUNTY_STAFF)
        posts = Post.objects.filter(
            Q(school__in=reach.schools(Role.SCHOOL_ADMIN)) | Q(school__county__in=counties) | Q(area__in=counties), user=OuterRef("pk")
        )
        return self.filter(Q(pk=user.pk) | Exists(posts))

    def with_posts(self, on: date) -> UserQuerySet:
        """Each with `current`: the posts in force that day or later."""
        from accounts.models import Post

        posts = Post.objects.not_over(on).select_related("school", "area")
        return self.prefetch_related(models.Prefetch("posts", posts, to_attr="current"))

    def matching(self, text: str) -> UserQuerySet:
        """Whose name or username holds the text."""
        return self.filter(Q(name__icontains=text.strip()) | Q(username__icontains=text.strip()))

    def in_state(self, state: str) -> UserQuerySet:
        """`active`, `disabled`, `first_password` (not changed yet), `never` (signed in), or empty for all."""
        wanted: dict[str, dict[str, Any]] = {
            "active": {"is_active": True},
            "disabled": {"is_active": False},
            "first_password": {"must_change_password": True},
            "never": {"last_login": None},
        }
        return self.filter(**wanted.get(state, {}))

    def with_post(self, *, school: School | None = None, role: str = "") -> UserQuerySet:
        """Who holds, held or will hold a post of that role at that school; either may be left open."""
        from accounts.models import Post

        wanted = ({"school": school} if school else {}) | ({"role": role} if role else {})
        return self.filter(Exists(Post.objects.filter(user=OuterRef("pk"), **wanted)))

    def of_county(self, county_code: str) -> UserQuerySet:
        return self.filter(Q(posts__school__county=county_code) | Q(posts__area=county_code)).distinct()


def schools_to_staff(reach: Reach) -> models.QuerySet[School]:
    """The schools somebody gives posts at, by name: an admin's own, the county's for its staff, every one for operators."""
    schools: models.QuerySet[School] = School.objects.order_by("name")
    if reach.holds(Role.OPERATOR):
        return schools
    return schools.filter(Q(pk__in=reach.schools(Role.SCHOOL_ADMIN)) | Q(county__in=reach.areas(Role.COUNTY_STAFF)))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> Any:
        return self.get(username=(username or "").strip().lower())


class PostQuerySet(models.QuerySet[Any]):
    def in_force(self, on: date) -> PostQuerySet:
        return self.select_related("school").filter(Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gt=on))

    def not_over(self, on: date) -> PostQuerySet:
        """In force that day or later."""
        return self.select_related("school").filter(Q(ends_on=None) | Q(ends_on__gt=on))

    def overlapping(self, first: date, last: date) -> PostQuerySet:
        """In force on any day from `first` to `last`."""
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=last), Q(ends_on=None) | Q(ends_on__gt=first))

    def with_unread(self) -> PostQuerySet:
        """Each with `unread`, how many notices wait for its holder: asked along with the posts, so that no page pays for it."""
        from accounts.models import Notice

        waiting = Notice.objects.unread().filter(user=OuterRef("user")).order_by().values("user").annotate(count=Count("pk"))
        asked: PostQuerySet = self.annotate(unread=Coalesce(Subquery(waiting.values("count")), 0))
        return asked

    def staff_of(self, county_code: str) -> Staff:
        """Who works at the county's schools, today or once: sheets tell of the past."""
        working = self.filter(school__county=county_code, role__in=[Role.TEACHER, Role.SCHOOL_ADMIN, Role.PRINCIPAL, Role.ITINERANT])
        return Staff(StaffPost(*post) for post in working.values_list("user__name", "user_id", "school_id", "starts_on", "ends_on"))


class NoticeQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> NoticeQuerySet:
        return self.filter(user=user)

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)

    def in_state(self, state: str) -> NoticeQuerySet:
        """`unread`, `read`, or empty for all."""
        return self if not state else self.filter(read_at__isnull=state == "unread")

    def of_kind(self, kind: str) -> NoticeQuerySet:
        return self.filter(kind=kind) if kind else self

    def with_deliveries(self) -> NoticeQuerySet:
        """Each with how it went out besides this page."""
        return self.prefetch_related("deliveries")


class AddressQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> AddressQuerySet:
        """One's own: nobody looks up where others are reached."""
        return self.filter(user=user)

    def confirmed(self) -> AddressQuerySet:
        return self.exclude(confirmed_at=None)


class DeliveryQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> DeliveryQuerySet:
        """What went to oneself; an operator sees to all of them, without their texts."""
        return self if user.reach.holds(Role.OPERATOR) else self.filter(notice__user=user)

    def due(self, channel: str, *, at: datetime) -> DeliveryQuerySet:
        """Waiting on the channel and to go out now: at night only what never waits."""
        waiting = self.filter(channel=channel, state=State.WAITING, due_at__lte=at)
        return waiting.filter(notice__kind__in=NEVER_QUIET) if is_quiet(at) else waiting

    def left_in_doubt(self, *, at: datetime) -> DeliveryQuerySet:
        """Handed to a sender that never said what came of it."""
        return self.filter(state=State.SENDING, taken_at__lt=at - LEASE)

    def of_message(self, message: UUID) -> DeliveryQuerySet:
        """What went out in the message, as long as nobody knows what came of it."""
        return self.filter(message=message, state__in=[State.SENDING, State.UNSURE])

    def in_trouble(self, *, since: datetime) -> DeliveryQuerySet:
        """What since then did not arrive, or nobody knows whether it did."""
        return self.filter(state__in=[State.UNSURE, State.UNDELIVERABLE], ended_at__gte=since)

    def counted(self) -> dict[tuple[str, str], int]:
        """How many in each state, by channel."""
        rows = self.order_by().values_list("channel", "state").annotate(count=Count("pk"))
        return {(channel, state): count for channel, state, count in rows}
