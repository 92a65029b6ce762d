"""What every page of every role asks the database on the demo county: a dozen queries at the most, signing in included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from accounts.models import User
from reports.demo.people import INTRODUCED
from tests.addresses import addresses
from tests.crawl import crawl, pattern_of

pytestmark = pytest.mark.django_db

MOST = 12
MORE = {"filing": 35, "visit": 16, "visit_edit": 15, "visit_add": 14, "home": 14}
"""Pages that are known to ask more, and why: docs/speed.md."""

AUDIT_LINE = 3  # statements, once a look or a download: the lock of the chain, its lines, its new end
SESSION_KEPT = 3  # statements, once a minute of a session: a savepoint, its update, the release
ALIKE = 3  # pages of one address pattern that each person is asked for

UNSEEN = {
    *("login", "logout", "password", "search", "student_reveal"),
    *("roster_import", "roster_rejects", "person_import_rejected", "person_import_confirm"),
    *("job_detail", "job_list", "job_progress", "address_list", "address_confirm", "case_resume"),
    # Of what the demo county has of assessments and plans, not every page is met each time.
    *("healthz", "assessment_detail", "assessment_edit", "assessment_pdf"),
    *("plan_review", "progress_pdf", "summary_detail", "summary_edit", "summary_pdf"),
    *("plan_detail", "plan_edit", "plan_changes", "plan_pdf", "plan_bank", "plan_decide", "plan_sign", "plan_paper", "archive_file"),
    *("lesson_add", "lesson_detail", "lesson_edit", "lesson_pdf"),
    *("sample_detail", "sampled_plan", "sample_xlsx"),
    *("visit_photo", "visit_thumbnail", "review_photo", "review_thumbnail", "submission_pdf", "submission_xlsx"),
}
"""What may be asked for with GET and is not met on the demo county by following links, or not each time."""


class Counting(Client):
    """Notes how many queries each page cost."""

    def __init__(self, asked: list[Asked], who: str) -> None:
        super().__init__()
        self.asked, self.who = asked, who

    def get(self, path: Any, *rest: Any, **more: Any) -> Any:
        queries: list[str] = []
        with connection.execute_wrapper(partial(_noted, queries)):
            answer = super().get(path, *rest, **more)
        self.asked.append(Asked(self.who, path, answer.status_code, queries))
        return answer


def _noted(queries: list[str], execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    queries.append(sql)
    return execute(sql, *rest)


@dataclass(frozen=True)
class Asked:
    who: str
    address: str
    status: int
    queries: list[str] = field(repr=False)

    @property
    def recorded(self) -> int:
        """How often lines were added to the audit."""
        return sum(query.startswith('INSERT INTO "office_auditline"') for query in self.queries)

    @property
    def cost(self) -> int:
        """Without the audit line that the first look in ten minutes and every download write, however many children there are,
        and without the session that notes once a minute that its owner is there: on a busy machine any page may meet it."""
        kept = sum(query.startswith('UPDATE "django_session"') for query in self.queries)
        return len(self.queries) - AUDIT_LINE * self.recorded - SESSION_KEPT * kept

    @property
    def pattern(self) -> str:
        return pattern_of(self.address)


@pytest.fixture(scope="module")
def asked(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Asked]]:
    with django_db_blocker.unblock(), override_settings(DATA=tmp_path_factory.mktemp("demo")), transaction.atomic():
        call_command("demo", verbosity=0)
        found: list[Asked] = []
        for username in INTRODUCED:
            client = Counting(found, username)
            client.force_login(User.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
            client.get("/")  # what is made once in a session
            found.pop()
            crawl(client, alike=ALIKE)
        yield found
        transaction.set_rollback(True)


def test_no_page_asks_more_than_a_dozen_times(asked: list[Asked]) -> None:
    counted = [each for each in asked if not each.pattern.startswith("admin:")]  # Django's own
    over = {(each.pattern, each.who, each.cost) for each in counted if each.cost > MORE.get(each.pattern, MOST)}
    assert over == set()


def test_what_is_looked_at_or_taken_away_is_recorded_in_one_go(asked: list[Asked]) -> None:
    assert {each.recorded for each in asked} == {0, 1}


def test_every_page_there_is_was_asked_for(asked: list[Asked]) -> None:
    """The positive control: nothing is counted that nobody was shown."""
    shown = {each.pattern for each in asked if each.status == 200}
    client = Client()
    client.force_login(User.objects.get(username="bureau"), "django.contrib.auth.backends.ModelBackend")
    unseen = [address for address in addresses() if address.name not in shown | UNSEEN and not address.name.startswith("admin:")]

    assert [address.name for address in unseen if client.get(address.path).status_code != 405] == []
    assert {"home", "student_list", "visit", "visit_edit", "filing", "review", "month", "question_list", "person_list"} <= shown
    assert all(each.cost >= 3 for each in asked if each.status == 200)  # a session, an account, its posts
