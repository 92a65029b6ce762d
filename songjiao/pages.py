"""The pages of refusal, in plain words."""

from __future__ import annotations

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

WORDS = {
    503: "系统暂时连不上{what}，过一会儿会再试。写的内容都还在。",
    507: "服务器的磁盘满了，这次没有存下。写的内容都还在，请告诉管理员。",
}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _is_script(request):
        return JsonResponse({"words": "内容没有传完整，什么也没有保存，请再传一次。"}, status=400)
    is_too_much = isinstance(exception, TooManyFieldsSent | RequestDataTooBig)
    return render(request, "refusals/400.html", {"is_too_much": is_too_much}, status=413 if is_too_much else 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "refusals/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "refusals/404.html", status=404)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without a valid token: signed out elsewhere, or a page kept open too long."""
    if _is_script(request):
        return JsonResponse({"words": "这一页打开太久，或已经换人登录。写的内容都还在，请刷新这一页再试。"}, status=403)
    return render(request, "refusals/stale_form.html", status=403)


def _is_script(request: HttpRequest) -> bool:
    """Browsers know no PUT: who sends one reads JSON."""
    return request.method in ("PUT", "DELETE")


def broken(request: HttpRequest) -> HttpResponse:
    """What nobody foresaw; a database that is away and a full disk are told as what they are, in numbers and words of their own.

    No context processors: whatever broke may be what they need.
    """
    from django.template.loader import render_to_string

    from office.health import is_away, is_full
    from office.stores import Unavailable

    failure = sys.exc_info()[1]
    what = "存放文件的地方" if isinstance(failure, Unavailable) else "数据库"
    status = 507 if is_full(failure) else 503 if is_away(failure) else 500
    headers = {"Retry-After": "30"} if status == 503 else {}
    if _is_script(request) and status != 500:
        return JsonResponse({"words": WORDS[status].format(what=what)}, status=status, headers=headers)
    context = {"was_sent": request.method == "POST", "what": what}
    return HttpResponse(render_to_string(f"refusals/{status}.html", context), status=status, headers=headers)
