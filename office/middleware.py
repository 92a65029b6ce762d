"""What every answer carries, and how a rule's refusal reaches the person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from office.refusals import Refused

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


def content_security_policy(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response

    return middleware


def refusals(get_response: Handler) -> Handler:
    """A `Refused` that no view caught becomes a message on the page the person came from."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or response.content or request.method != "GET":
            return response
        # The address of a button, opened as a page: an empty window would tell a person nothing.
        page = render(request, "refusals/405.html", status=405)
        page["Allow"] = response["Allow"]
        return page

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        back = request.headers.get("Referer", "")
        if request.method == "POST" and url_has_allowed_host_and_scheme(back, {request.get_host()}):
            messages.error(request, str(exception))
            return redirect(back)
        return render(request, "refusals/409.html", {"reason": str(exception)}, status=409)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


class CutOff(BadRequest):
    """The body ended before it was whole: nothing of it may be taken for what was meant."""


class WholeBody:
    """A request's body that does not pass off its beginning as all of it.

    A server gives a connection that broke as the end of the stream, and a form cut between two fields reads like a shorter form.
    """

    def __init__(self, stream: Any, length: int) -> None:
        self.stream, self.left = stream, length

    def read(self, size: int | None = None) -> bytes:
        is_all = size is None or size < 0
        chunk: bytes = self.stream.read() if is_all else self.stream.read(size)
        return self._counted(chunk, is_over=is_all or len(chunk) < (size or 0))  # servers wait for as much as is asked

    def readline(self, size: int | None = None) -> bytes:
        chunk: bytes = self.stream.readline() if size is None or size < 0 else self.stream.readline(size)
        return self._counted(chunk, is_over=not chunk and size != 0)

    def _counted(self, chunk: bytes, *, is_over: bool) -> bytes:
        self.left -= len(chunk)
        if self.left > 0 and is_over:
            raise CutOff("the body is shorter than its Content-Length")
        return chunk


Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def whole_bodies(application: Application) -> Application:
    """Around the whole application: who reads the body of a request reads all of it, or learns that it was cut off."""

    def whole(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdecimal():
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
        return application(environ, start_response)

    return whole
