"""Making and looking after accounts: by whoever staffs the school or the county, never by oneself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions.first_passwords import draw_first_password, hash_passwords
from accounts.actions.passwords import remember_password
from accounts.actions.signing_in import account_key
from accounts.models import Post, Throttle, User
from accounts.rules import Reach, Role, Standing
from accounts.rules.appointments import clashing_duties, may_give, why_not_lock_out, why_not_look_after
from counties.models import Area, School
from office.audit import record
from office.refusals import Refused

Judge = Callable[[Reach, UUID, Iterable[Standing]], str]
NOT_YOURS = "这个职责不由您来给。"
TAKEN = "登录名 {} 已有人用，请换一个。"
MADE = "这个账号刚才已经建好了。初始密码没有抄下的，请在人员列表里重设。"


@dataclass(frozen=True, slots=True)
class NewPost:
    """A role to be given, at a school or for an area."""

    role: Role
    school: School | None = None
    area: Area | None = None
    starts_on: date | None = None

    def unsaved(self, user: User) -> Post:
        return Post(user=user, role=self.role.value, school=self.school, area=self.area, starts_on=self.starts_on)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """`id` comes with the form, so that a form sent twice makes one account."""

    username: str
    name: str
    post: NewPost
    id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for a person once, and kept nowhere."""

    name: str
    username: str
    password: str
    place: str


def create_accounts(*, people: Sequence[NewPerson], by: User, at: datetime) -> list[Slip]:
    """Accounts with one post each and first passwords to hand out. All or none; raises Refused."""
    passwords = {person.username: draw_first_password() for person in people}
    hashes = hash_passwords(passwords)
    with transaction.atomic():
        for person in people:
            _create(person, hashed=hashes[person.username], by=by, at=at)
    return [_slip(person.name, person.username, passwords[person.username], person.post) for person in people]


def _slip(name: str, username: str, password: str, post: NewPost) -> Slip:
    return Slip(name, username, password, post.school.name if post.school else post.area.name if post.area else "")


def _create(person: NewPerson, *, hashed: str, by: User, at: datetime) -> User:
    try:
        with transaction.atomic():
            values = {"username": person.username, "name": person.name, "password": hashed, "created_at": at}
            user: User = User.objects.create(id=person.id, **values)
    except IntegrityError as taken:
        made = User.objects.filter(pk=person.id).exists()
        raise Refused(MADE if made else TAKEN.format(person.username)) from taken
    _give(user, person.post, by=by)
    record("account.created", subject=user.pk, by=by.pk, at=at, county=by.reach.county, detail={"role": person.post.role.value})
    return user


def _give(user: User, new: NewPost, *, by: User) -> Post:
    post = new.unsaved(user)
    if user.pk == by.pk or not may_give(by.reach, post.standing):
        raise Refused(NOT_YOURS)
    try:
        with transaction.atomic():
            post.save()
    except IntegrityError as twice:
        raise Refused("这条任职已经有了。") from twice
    return post


@transaction.atomic
def give_post(*, user: User, new: NewPost, by: User, at: datetime) -> Post:
    """A further post for somebody. Raises Refused."""
    user = _locked(user, by=by, at=at)
    held = user.posts.not_over(timezone.localdate(at))
    if settings.SEPARATE_DUTIES and clashing_duties([new.role, *(Role(post.role) for post in held)]):
        raise Refused("系统管理员、安全管理员、审计员要由不同的人担任。")
    if held.filter(role=new.role.value, school=new.school, area=new.area).exists():
        raise Refused("这条任职已经有了。")
    post = _give(user, new, by=by)
    record("post.given", subject=user.pk, by=by.pk, at=at, county=by.reach.county, detail={"role": new.role.value})
    return post


@transaction.atomic
def end_post(*, post: Post, by: User, at: datetime) -> None:
    """From today on the post is not held any more; one that has not begun is taken back."""
    user = _locked(post.user, by=by, at=at)
    today = timezone.localdate(at)
    held = Post.objects.not_over(today).filter(pk=post.pk).first()  # read again: the account is locked now
    if held is None:
        raise Refused("这条任职已经结束了。")
    post = held
    if post.starts_on is not None and post.starts_on >= today:
        post.delete()
    else:
        post.ends_on = today
        post.save(update_fields=["ends_on"])
    record("post.ended", subject=user.pk, by=by.pk, at=at, county=by.reach.county, detail={"role": post.role})


def reset_passwords(*, users: Sequence[User], by: User, at: datetime) -> list[Slip]:
    """New first passwords, to be changed at the next sign-in; sessions and locks of these people end. All or none."""
    passwords = {str(user.pk): draw_first_password() for user in users}
    hashes = hash_passwords(passwords)
    with transaction.atomic():
        for user in sorted(users, key=lambda user: user.pk):
            _reset(_locked(user, by=by, at=at), hashed=hashes[str(user.pk)], by=by, at=at)
    return [Slip(user.name, user.username, passwords[str(user.pk)], "") for user in users]


def _reset(user: User, *, hashed: str, by: User, at: datetime) -> None:
    remember_password(user, at=at)
    user.password, user.must_change_password, user.session_round = hashed, True, user.session_round + 1
    user.save(update_fields=["password", "must_change_password", "session_round"])
    Throttle.objects.filter(account=account_key(user.username)).delete()
    record("account.password_reset", subject=user.pk, by=by.pk, at=at, county=by.reach.county)


@transaction.atomic
def disable(*, user: User, by: User, at: datetime) -> None:
    """Nobody signs in with this account any more, and whoever is signed in is out. What it did stays."""
    user = _locked(user, by=by, at=at, judge=why_not_lock_out)
    user.is_active = False
    _end_sessions(user)
    record("account.disabled", subject=user.pk, by=by.pk, at=at, county=by.reach.county)


@transaction.atomic
def enable(*, user: User, by: User, at: datetime) -> None:
    user = _locked(user, by=by, at=at, judge=why_not_lock_out)
    user.is_active = True
    _end_sessions(user)
    record("account.enabled", subject=user.pk, by=by.pk, at=at, county=by.reach.county)


@transaction.atomic
def end_sessions(*, user: User, by: User, at: datetime) -> None:
    """Whoever is signed in with this account has to sign in again: a lost phone, a forgotten office computer."""
    user = _locked(user, by=by, at=at, judge=why_not_lock_out)
    _end_sessions(user)
    record("account.sessions_ended", subject=user.pk, by=by.pk, at=at, county=by.reach.county)


def _end_sessions(user: User) -> None:
    user.session_round += 1
    user.save(update_fields=["is_active", "session_round"])


def _locked(user: User, *, by: User, at: datetime, judge: Judge = why_not_look_after) -> User:
    """The account, locked, after it is clear that `by` looks after it. Raises Refused."""
    locked: User = User.objects.select_for_update().get(pk=user.pk)
    posts = [post.standing for post in locked.posts.not_over(timezone.localdate(at))]
    if reason := judge(by.reach, locked.pk, posts):
        raise Refused(reason)
    return locked
