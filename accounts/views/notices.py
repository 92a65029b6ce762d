"""What a person was told: returns, reminders, approvals; read or not."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.actions.notices import mark_all_read, mark_read
from accounts.forms.notices import NoticeFilter
from accounts.middleware import Request
from accounts.models import Notice
from office.senders import channels

PAGE = 30


@require_safe
def notice_list(request: Request) -> HttpResponse:
    chosen = NoticeFilter(request.GET)
    page = Paginator(chosen.narrowed(Notice.objects.visible_to(request.user).with_deliveries()), PAGE).get_page(request.GET.get("page"))
    context = {"filter": chosen, "page": page, "notices": list(page.object_list), "has_channels": bool(channels())}
    return render(request, "accounts/notice_list.html", context)


@require_POST
def notice_read(request: Request, pk: UUID) -> HttpResponse:
    """Marks one as read; its own button leads on to the page it tells of."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    mark_read(notice=notice, at=request.now)
    return redirect(notice.path if "open" in request.POST and notice.path else "notice_list")


@require_POST
def notices_read(request: Request) -> HttpResponse:
    count = mark_all_read(by=request.user, at=request.now)
    messages.success(request, f"{count} 条通知已标为已读。" if count else "没有未读的通知。")
    return redirect("notice_list")
