"""Who: people and the posts they hold. No e-mail address is needed anywhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac

from accounts.querysets import PostQuerySet, UserManager
from accounts.rules import AREA_ROLES, COUNTY_ROLES, INSTALLATION_ROLES, ROLE_NAMES, SCHOOL_ROLES, Reach, Role, Standing, reach
from counties.models import Area, School

ROLE_CHOICES = [(role.value, name) for role, name in ROLE_NAMES.items()]


def _codes(roles: Iterable[Role]) -> list[str]:
    return sorted(role.value for role in roles)


class User(AbstractBaseUser):
    """A person who signs in; what they may do follows from their posts alone."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(
        "登录名",
        max_length=30,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9._-]{1,29}$", "登录名用 2–30 个小写字母、数字、点或横线。")],
        error_messages={"unique": "这个登录名已有人用。"},
    )
    name = models.CharField("姓名", max_length=40)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须改初始密码", default=True)
    password_changed_at = models.DateTimeField("改密时间", null=True, blank=True)
    session_round = models.PositiveIntegerField("登录轮次", default=0, editable=False, help_text="加一即让此前的登录全部失效。")
    created_at = models.DateTimeField("建立时间")

    objects = UserManager()

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ["username"]

    def __str__(self) -> str:
        return str(self.pk)

    # Set by accounts.middleware.standing at the start of a request, or by `stand` in commands and tasks.
    reach: Reach
    unread: int
    # Set by `with_posts`: the posts in force or ahead.
    current: list[Post]

    @property
    def state_word(self) -> str:
        if not self.is_active:
            return "已停用"
        return "未改初始密码" if self.must_change_password else "在用"

    @property
    def state_tone(self) -> str:
        if not self.is_active:
            return ""
        return "plan" if self.must_change_password else "good"

    @property
    def audit_scopes(self) -> frozenset[str] | None:
        """The audit chains this person may read; None for all of them."""
        if self.reach.holds(Role.AUDITOR):
            return None
        return self.reach.areas(Role.COUNTY_STAFF)

    @property
    def sees_all_jobs(self) -> bool:
        return self.reach.holds(Role.OPERATOR)

    def stand(self, *, on: date) -> User:
        """Reads the posts in force on a day, so that `visible_to(user)` can be asked, and how much waits unread. Returns self."""
        posts = list(self.posts.in_force(on).with_unread())
        self.reach = reach(self.pk, (post.standing for post in posts), on=on)
        self.unread = posts[0].unread if posts else 0
        return self

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must still agree with: the password it was opened with, and the round of sessions."""
        salt = "accounts.models.User.session_auth_hash"
        return salted_hmac(salt, f"{self.password}:{self.session_round}", secret=secret, algorithm="sha256").hexdigest()

    # What Django's admin asks: the operator's tables hold no case data.
    @property
    def is_staff(self) -> bool:
        return self.is_active and hasattr(self, "reach") and self.reach.holds(Role.OPERATOR)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class Post(models.Model):
    """A role somebody holds for a school or an area, from a day until (not including) another."""

    user = models.ForeignKey(User, models.CASCADE, related_name="posts", verbose_name="人员")
    role = models.CharField("职责", max_length=20, choices=ROLE_CHOICES)
    school = models.ForeignKey(School, models.PROTECT, related_name="posts", null=True, blank=True, verbose_name="学校")
    area = models.ForeignKey(Area, models.PROTECT, related_name="posts", null=True, blank=True, verbose_name="行政区")
    starts_on = models.DateField("起", null=True, blank=True)
    ends_on = models.DateField("止（当天不算）", null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ["user", "role", "school", "area"]
        constraints = [
            models.CheckConstraint(
                name="post_where_its_role_needs",
                condition=Q(role__in=_codes(SCHOOL_ROLES), school__isnull=False, area__isnull=True)
                | Q(role__in=_codes(AREA_ROLES), school__isnull=True, area__isnull=False)
                | Q(role__in=_codes(INSTALLATION_ROLES), school__isnull=True, area__isnull=True),
                violation_error_message="学校的职责要选学校，县、市、省的职责要选行政区，系统的职责两样都不选。",
            ),
            models.CheckConstraint(
                name="post_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                violation_error_message="任职的止日要晚于起日。",
            ),
            models.UniqueConstraint(  # an empty value counts as equal to another, on every database
                "user",
                "role",
                Coalesce("school", Value(uuid.UUID(int=0), output_field=models.UUIDField())),
                Coalesce("area", Value("")),
                Coalesce("starts_on", Value(date.min, output_field=models.DateField())),
                name="post_once",
                violation_error_message="这条任职已经有了。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.school_id or self.area_id or ''}".strip()

    @property
    def words(self) -> str:
        """`送教教师 · 第一小学（2026-09-01 起，2027-07-01 前）`; school and area are loaded with the post."""
        place = self.school.name if self.school else self.area.name if self.area else ""
        span = "，".join(
            text for text in (f"{self.starts_on} 起" if self.starts_on else "", f"{self.ends_on} 前" if self.ends_on else "") if text
        )
        return f"{self.get_role_display()}{' · ' if place else ''}{place}{f'（{span}）' if span else ''}"

    @property
    def standing(self) -> Standing:
        """Reads the school: load it with the post."""
        county = self.school.county_id if self.school else self.area_id if self.role in COUNTY_ROLES else ""
        return Standing(role=Role(self.role), school_id=self.school_id, area_code=self.area_id or "", county=county or "")


class FormerPassword(models.Model):
    """A password somebody had, as its hash: kept only where the profile forbids using one of the last again."""

    user = models.ForeignKey(User, models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Throttle(models.Model):
    """Tries at signing in that did not succeed, and from when the next one is looked at.

    All keys are digests: nobody's mistyped password or address is kept here. `account` is the account's own
    key on the rows that belong to it, so that a release finds them all.
    """

    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=64)
    account = models.CharField(max_length=64, blank=True, db_index=True)
    tries = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(db_index=True)
    free_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="throttle_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
