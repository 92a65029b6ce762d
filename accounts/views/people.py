"""The accounts of a school or a county: who there is, what they may do, new first passwords."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions import people as acts
from accounts.actions.people import Slip
from accounts.actions.signing_in import release, waiting
from accounts.forms import PersonFilter, PersonForm, PostForm, TickedForm
from accounts.middleware import Request
from accounts.models import User
from accounts.querysets import UserQuerySet
from accounts.resources import people_workbook
from accounts.rules.appointments import LOOKS_AFTER_PEOPLE, may_give, roles_to_give, why_not_lock_out, why_not_look_after
from office.audit import record
from office.refusals import Refused

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def person_list(request: Request) -> HttpResponse:
    people, chosen = _asked(request)
    page = Paginator(people, PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "page": page,
        "waiting": waiting(list(page.object_list), at=request.now),
        "may_add": bool(roles_to_give(request.user.reach)),
    }
    return render(request, "accounts/person_list.html", context)


@require_GET
def person_export(request: Request) -> HttpResponse:
    """The same people, all pages, as a workbook."""
    people, _ = _asked(request)
    rows = list(people)
    record(
        "people.exported", subject=None, by=request.user.pk, at=request.now, county=request.user.reach.county, detail={"rows": len(rows)}
    )
    name = f"songjiao-people-{timezone.localdate(request.now):%Y%m%d}.xlsx"
    return HttpResponse(people_workbook(rows), XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _asked(request: Request) -> tuple[UserQuerySet, PersonFilter]:
    _must_look_after_people(request)
    chosen = PersonFilter(request.GET, by=request.user)
    return chosen.narrowed(_people(request)), chosen


def _must_look_after_people(request: Request) -> None:
    if not request.user.reach.holds(*LOOKS_AFTER_PEOPLE):
        raise PermissionDenied


def _people(request: Request) -> UserQuerySet:
    people: UserQuerySet = User.objects.visible_to(request.user).with_posts(timezone.localdate(request.now))
    return people


def _person(request: Request, pk: UUID) -> User:
    person: User = get_object_or_404(_people(request), pk=pk)
    _must_look_after_people(request)
    return person


@require_GET
def person_detail(request: Request, pk: UUID) -> HttpResponse:
    person = _person(request, pk)
    standings = [post.standing for post in person.current]
    reach = request.user.reach
    context = {
        "person": person,
        "is_waiting": bool(waiting([person], at=request.now)),
        "past": person.posts.select_related("school", "area").exclude(pk__in=[post.pk for post in person.current]),
        "why_not": why_not_look_after(reach, person.pk, standings),
        "may_lock_out": not why_not_lock_out(reach, person.pk, standings),
        "form": PostForm(by=request.user) if roles_to_give(reach) else None,
    }
    return render(request, "accounts/person_detail.html", context)


@require_http_methods(["GET", "POST"])
def person_add(request: Request) -> HttpResponse:
    """One new account; the answer is the slip with the first password, shown this once."""
    if not roles_to_give(request.user.reach):
        raise PermissionDenied
    form = PersonForm(request.POST or None, by=request.user)
    if form.is_valid():
        try:
            return slips_page(request, acts.create_accounts(people=[form.person], by=request.user, at=request.now))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "accounts/person_add.html", {"form": form})


def slips_page(request: Request, slips: list[Slip]) -> HttpResponse:
    return render(request, "accounts/slips.html", {"slips": slips, "address": request.build_absolute_uri("/")})


@require_POST
def person_reset(request: Request) -> HttpResponse:
    """New first passwords for the people ticked; the answer is their slips, shown this once."""
    _must_look_after_people(request)
    form = TickedForm(request.POST, people=_people(request))
    if not form.is_valid():
        raise Refused("请先勾选要重设密码的人。")
    return slips_page(request, acts.reset_passwords(users=form.cleaned_data["person"], by=request.user, at=request.now))


@require_POST
def person_release(request: Request, pk: UUID) -> HttpResponse:
    person = _person(request, pk)
    release(user=person, by=request.user, at=request.now)
    messages.success(request, "已解除等待，现在可以登录。")
    return redirect("person_detail", pk)


@require_POST
def person_disable(request: Request, pk: UUID) -> HttpResponse:
    acts.disable(user=_person(request, pk), by=request.user, at=request.now)
    messages.success(request, "账号已停用，正在用的也已退出。")
    return redirect("person_detail", pk)


@require_POST
def person_enable(request: Request, pk: UUID) -> HttpResponse:
    acts.enable(user=_person(request, pk), by=request.user, at=request.now)
    messages.success(request, "账号已重新启用。")
    return redirect("person_detail", pk)


@require_POST
def person_sign_out(request: Request, pk: UUID) -> HttpResponse:
    acts.end_sessions(user=_person(request, pk), by=request.user, at=request.now)
    messages.success(request, "这个账号在各处的登录都已退出。")
    return redirect("person_detail", pk)


@require_POST
def post_give(request: Request, pk: UUID) -> HttpResponse:
    person, form = _person(request, pk), PostForm(request.POST, by=request.user)
    if not form.is_valid():
        raise Refused(" ".join(str(text) for texts in form.errors.values() for text in texts))
    acts.give_post(user=person, new=form.post, by=request.user, at=request.now)
    messages.success(request, "任职已登记。")
    return redirect("person_detail", pk)


@require_POST
def post_end(request: Request, pk: UUID, post: int) -> HttpResponse:
    held = get_object_or_404(_person(request, pk).posts.select_related("user", "school"), pk=post)
    if not may_give(request.user.reach, held.standing):
        raise PermissionDenied
    acts.end_post(post=held, by=request.user, at=request.now)
    messages.success(request, "任职已结束。")
    return redirect("person_detail", pk)
