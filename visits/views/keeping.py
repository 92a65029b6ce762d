"""A form posted after its session ended: what was typed becomes the draft of whoever was shown the page, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.middleware import Request
from accounts.models import User
from office.refusals import Refused
from office.rules.typed import read_key
from visits.forms import PostedVisit
from visits.forms.ticket import holder_of
from visits.models import Visit
from visits.querysets.writing import WRITERS, hand_of
from visits.views.posting import keep_draft

KEPT = "登录已经过期，记录还没有提交。您写的字已存成您的草稿，登录后接着写；照片要重新选。"
ANOTHERS = "这一页是另一位老师打开的，没有提交。请从自己的首页打开记录。"

View = Callable[..., HttpResponse]


def keeps_text(view: View) -> View:
    """Closed to who is not signed in; but what they post is kept first. Nobody posts another person's page."""

    @login_not_required  # led to the sign-in here, after the text is safe
    @wraps(view)
    def door(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = cast(Request, request)
        visit_id = kwargs.get("pk") or read_key(request.POST.get("visit")) or uuid4()
        holder = holder_of(request.POST.get("ticket", ""), visit_id) if request.method == "POST" else None
        if request.user.is_authenticated:
            if holder not in (None, request.user.pk) and _is_seen(asked, kwargs.get("pk")):
                raise Refused(ANOTHERS)
            return view(request, **kwargs)
        if holder is None:
            return redirect_to_login(request.get_full_path())
        if _keep(asked, visit_id, holder):
            messages.warning(request, KEPT)
        return redirect_to_login(request.path if "pk" in kwargs else f"{reverse('visit_add')}?{urlencode({'visit': visit_id})}")

    return door


def _is_seen(request: Request, visit: UUID | None) -> bool:
    """A visit that the person does not see is not there for them: the page behind the door says so. None is a new one."""
    return visit is None or Visit.objects.visible_to(request.user).filter(pk=visit).exists()


def _keep(request: Request, visit_id: UUID, holder: UUID) -> bool:
    """Only while the person could write it themselves."""
    user = User.objects.filter(pk=holder, is_active=True).first()
    if user is None or not user.stand(on=timezone.localdate(request.now)).reach.holds(*WRITERS):
        return False
    visit = Visit.objects.filter(pk=visit_id).first()
    if visit is not None and not (Visit.objects.visible_to(user).filter(pk=visit_id).exists() and hand_of(visit, user).may_touch(set())):
        return False
    keep_draft(PostedVisit(request.POST, request.FILES, visit_id), user, at=request.now)
    return True
