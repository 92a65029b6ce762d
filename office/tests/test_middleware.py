"""What every answer carries, and what a rule's no looks like."""

from __future__ import annotations

import pytest
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from office.refusals import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.urls("office.tests.test_middleware")]
WORDS = "还有 2 处事项没有说明 <b>。"


@login_not_required
def refuse(request: HttpRequest) -> HttpResponse:
    raise Refused(WORDS)


@login_not_required
def fail(request: HttpRequest) -> HttpResponse:
    raise ValueError(WORDS)


@login_not_required
def fine(request: HttpRequest) -> HttpResponse:
    return HttpResponse("好")


urlpatterns = [path("refuse/", refuse), path("fail/", fail), path("fine/", fine), path("", include("songjiao.urls"))]


@pytest.mark.parametrize("address", ["/fine/", "/refuse/", "/no-such-page/", "/fail/"])
def test_every_answer_forbids_what_is_not_our_own(address: str) -> None:
    answer = Client(raise_request_exception=False).get(address)
    policy = dict(rule.split(" ", 1) for rule in answer["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'self'",
        "img-src": "'self' data: blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


def test_a_refused_form_goes_back_to_its_page_with_the_words(client: Client) -> None:
    answer = client.post("/refuse/", headers={"referer": "http://testserver/fine/?page=2"})
    assert (answer.status_code, answer["Location"]) == (302, "http://testserver/fine/?page=2")
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [WORDS]


@pytest.mark.parametrize("referer", ["", "http://elsewhere.example/", "javascript:alert(1)", "//elsewhere.example/"])
def test_without_a_page_of_ours_to_go_back_to_the_words_have_one(client: Client, referer: str) -> None:
    answer = client.post("/refuse/", headers={"referer": referer})
    assert answer.status_code == 409
    assert "还有 2 处事项没有说明 &lt;b&gt;。" in answer.content.decode()


def test_a_page_that_is_refused_says_why(client: Client) -> None:
    answer = client.get("/refuse/", headers={"referer": "http://testserver/refuse/"})
    assert answer.status_code == 409
    assert "什么也没有改动" in answer.content.decode()


def test_another_failure_is_not_told_as_a_refusal() -> None:
    answer = Client(raise_request_exception=False).get("/fail/")
    assert answer.status_code == 500
    assert WORDS[:5] not in answer.content.decode()
