"""Somebody is told once, sees only their own, and reads when they like."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions.notices import mark_all_read, notify
from accounts.models import Notice, User
from accounts.rules import Role
from accounts.rules.notices import count_words, kind_words
from accounts.tests.make import make_user
from counties.tests.make import at, make_school

pytestmark = pytest.mark.django_db
NOON = at("2026-10-28 12:00")


@pytest.fixture
def admin() -> User:
    return make_user(Role.SCHOOL_ADMIN, make_school())


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def tell(*users: User, key: str = "2026-10 v1", kind: str = "returned", text: str = "10月月报退回，共 2 行。", path: str = "/") -> None:
    notify(users=[user.pk for user in users], kind=kind, key=key, text=text, path=path, at=NOON)


def test_the_same_thing_is_told_once_and_another_thing_again(admin: User) -> None:
    other = make_user()
    tell(admin)
    tell(admin, other, text="换了说法。")
    tell(admin, admin, key="2026-10 v2")
    assert list(Notice.objects.filter(user=admin).order_by("key").values_list("key", "text")) == [
        ("2026-10 v1", "10月月报退回，共 2 行。"),
        ("2026-10 v2", "10月月报退回，共 2 行。"),
    ]
    assert other.notices.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_at_once_tell_once() -> None:
    user, start = make_user(), threading.Barrier(4)

    def at_once() -> None:
        try:
            start.wait()
            tell(user)
        finally:
            connection.close()

    threads = [threading.Thread(target=at_once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert user.notices.count() == 1


@pytest.mark.parametrize("path", ["https://example.org/", "//example.org/", "javascript:alert(1)", "login/"])
def test_a_notice_leads_nowhere_else(path: str) -> None:
    with pytest.raises(ValueError, match="this site"):
        tell(make_user(), path=path)


def test_a_person_sees_and_marks_only_their_own(admin: User) -> None:
    other = make_user(Role.TEACHER, make_school(code="2145001777"))
    tell(admin, text="给甲的。")
    tell(other, text="给乙的。")
    page = as_(admin).get("/notices/")
    assert "给甲的。" in page.content.decode()
    assert "给乙的。" not in page.content.decode()
    theirs, own = other.notices.get(), admin.notices.get()
    assert as_(admin).post(reverse("notice_read", args=[theirs.pk])).status_code == 404
    assert as_(admin).post(reverse("notice_read", args=[own.pk])).status_code == 302
    assert [notice.read_at is None for notice in (Notice.objects.get(pk=theirs.pk), Notice.objects.get(pk=own.pk))] == [True, False]


def test_the_button_leads_to_the_page_and_reading_twice_keeps_the_first_moment(admin: User) -> None:
    tell(admin, path="/reports/2026-10/")
    address = reverse("notice_read", args=[admin.notices.get().pk])
    answer = as_(admin).post(address, {"open": "1"})
    assert answer["Location"] == "/reports/2026-10/"
    first = admin.notices.get().read_at
    assert as_(admin).post(address)["Location"] == "/notices/"
    assert admin.notices.get().read_at == first


def test_all_at_once_but_none_that_came_after(admin: User) -> None:
    tell(admin, key="a")
    notify(users=[admin.pk], kind="accepted", key="b", text="通过。", path="", at=NOON + timedelta(minutes=1))
    assert mark_all_read(by=admin, at=NOON) == 1
    assert list(Notice.objects.visible_to(admin).unread().values_list("key", flat=True)) == ["b"]
    assert "1 条通知已标为已读" in as_(admin).post("/notices/read/", follow=True).content.decode()


def test_looking_marks_nothing(admin: User) -> None:
    tell(admin)
    client = as_(admin)
    client.get("/notices/")
    assert client.get("/notices/read/").status_code == 405
    assert admin.notices.get().read_at is None


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({}, {"a", "b"}),
        ({"state": "unread"}, {"b"}),
        ({"state": "read"}, {"a"}),
        ({"kind": "accepted"}, {"b"}),
        ({"kind": "x"}, {"a", "b"}),
    ],
)
def test_the_filter(admin: User, query: dict[str, str], keys: set[str]) -> None:
    tell(admin, key="a")
    mark_all_read(by=admin, at=NOON)
    tell(admin, key="b", kind="accepted")
    assert {notice.key for notice in as_(admin).get("/notices/", query).context["notices"]} == keys


def test_the_top_bar_counts_what_is_unread(admin: User) -> None:
    client = as_(admin)
    assert "条未读" not in client.get("/notices/").content.decode()
    tell(admin, key="a")
    tell(admin, key="b")
    assert "通知，2 条未读" in client.get("/password/").content.decode()


def test_the_count_costs_no_query_of_its_own(admin: User) -> None:
    client = as_(admin)
    client.get("/password/")
    tell(admin)
    with CaptureQueriesContext(connection) as queries:
        client.get("/password/")
    assert sum("accounts_notice" in query["sql"] for query in queries) == 1
    assert [query["sql"] for query in queries if "accounts_notice" in query["sql"] and "accounts_post" not in query["sql"]] == []


def test_words() -> None:
    assert [count_words(count) for count in (0, 1, 99, 100)] == ["", "1", "99", "99+"]
    assert [kind_words(kind) for kind in ("returned", "something")] == ["退回", "通知"]


def test_markup_in_a_notice_stays_text(admin: User) -> None:
    tell(admin, text="<script>alert(1)</script>")
    page = as_(admin).get("/notices/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_the_page_costs_the_same_for_few_and_for_many(admin: User, django_assert_max_num_queries: Callable[..., Any]) -> None:
    client = as_(admin)
    client.get("/notices/")
    tell(admin)
    with django_assert_max_num_queries(7) as few:
        client.get("/notices/")
    for number in range(120):
        tell(admin, key=str(number))
    with django_assert_max_num_queries(len(few)):
        page = client.get("/notices/")
    assert "99+" in page.content.decode()
    assert sum("accounts_notice" in query["sql"] and "COUNT" in query["sql"] for query in few.captured_queries) == 2, (
        "the bar and the pager"
    )
