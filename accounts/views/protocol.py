"""Doors that scripts speak to in JSON: they never redirect, and every refusal has a number and words."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from accounts.middleware import Request
from office.health import is_full
from office.refusals import Refused
from office.rules.typed import BadContent
from office.stores import AWAY, Unavailable

OVER = "登录已经结束，请重新登录。写的内容都还在，登录后会接着交。"
NOT_HERE = "没有这一项，或不由您负责。"
NOT_YOURS = "您的职责不能做这一步。"
FULL = "服务器的磁盘满了，这次没有存下。写的内容都还在，请告诉管理员。"
TOO_LARGE = "内容太大，服务器没有收下。"
NO_METHOD = "这个地址不收这样的请求。"

View = Callable[..., HttpResponse]


def json_door(*methods: str) -> Callable[[View], View]:
    """Lets in who is signed in and asks by one of `methods`; turns refusals into answers in JSON."""

    def closed(view: View) -> View:
        @login_not_required  # answered here with 401: a script that is redirected learns nothing
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return said(401, OVER)
            if request.method not in methods:
                answer = said(405, NO_METHOD)
                answer["Allow"] = ", ".join(methods)
                return answer
            return _answered(view, request, *args, **kwargs)

        return door

    return closed


def _answered(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except BadContent as bad:
        return JsonResponse({"words": str(bad), "errors": bad.errors}, status=422)
    except Refused as refusal:
        return JsonResponse({"words": str(refusal), "errors": {"": str(refusal)}}, status=422)
    except RequestDataTooBig:
        return said(413, TOO_LARGE)
    except Unavailable:
        return said(503, AWAY)
    except PermissionDenied:
        return said(403, NOT_YOURS)
    except Http404:
        return said(404, NOT_HERE)
    except (OSError, OperationalError) as failure:
        if not is_full(failure):
            raise
        return said(507, FULL)


def said(status: int, words: str) -> JsonResponse:
    return JsonResponse({"words": words}, status=status)


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request. Raises BadContent."""
    try:
        plain = json.loads(request.body)
    except (ValueError, RecursionError):
        plain = None
    if not isinstance(plain, dict):
        raise BadContent({"": "内容的格式不对。"})
    return plain
