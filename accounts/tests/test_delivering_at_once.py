"""Several workers, and workers that are killed: nobody gets the same thing twice, and doubt is called doubt."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions.deliveries import give_up_abandoned
from accounts.actions.notices import notify
from accounts.models import Address, Delivery, User
from accounts.rules import Role
from accounts.rules.deliveries import LEASE
from accounts.tests.make import make_user
from accounts.tests.outside import messages, outbox, reachable
from counties.tests.make import make_school
from office.jobs import enqueue, handler_of
from office.models import Job
from office.tests.mail_server import Post, mail_server
from office.tests.workers import Start, kill, start_worker, wait
from office.work import LOST_AFTER, sweep

pytestmark = pytest.mark.django_db(transaction=True)
assert outbox
assert start_worker
MANY = 30
AWHILE = LEASE + timedelta(minutes=1)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Post]:
    """A mail server, which this process and the workers it starts are set to use."""
    with mail_server() as server:
        settings.SENDERS = {"mail": "office.senders.mail.Mail"}
        monkeypatch.setenv("SONGJIAO_MAIL", server.url())
        yield server


def tell(count: int, channel: str) -> list[User]:
    """So many people are told of two incidents each, which go out at any hour."""
    school = make_school()
    people = [make_user(Role.TEACHER, school) for _ in range(count)]
    for number, user in enumerate(people):
        reachable(user, f"t{number:03}@example.org" if channel == "mail" else f"t{number:03}", channel)
    for key in ("a", "b"):
        notify(users=[user.pk for user in people], kind="incident", key=key, text=f"{key}。", path="", at=timezone.now())
    return people


def ask(channel: str, number: int) -> Job:
    return enqueue("accounts.deliver", key=f"accounts.deliver:{channel}:{number}", by=None, at=timezone.now(), payload={"channel": channel})


def tally() -> Counter[str]:
    return Counter(Delivery.objects.values_list("state", flat=True))


def test_four_who_send_at_once_send_each_once(outbox: Path) -> None:
    tell(MANY, "other")
    jobs, start, broken = [ask("other", number) for number in range(4)], threading.Barrier(4), []

    def at_once(job: Job) -> None:
        try:
            start.wait()
            handler_of(job.kind)(job)
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=at_once, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert tally() == {"sent": 2 * MANY}
    assert Counter(message["to"] for message in messages(outbox)) == {f"t{number:03}": 1 for number in range(MANY)}


def test_killed_between_taken_over_and_written_down_it_is_in_doubt_and_not_sent_again(post: Post, start_worker: Start) -> None:
    tell(1, "mail")
    post.pause = 600  # it has the mail, and its answer never comes
    first, job = start_worker(), ask("mail", 0)
    wait(lambda: post.mails)
    kill(first)
    assert tally() == {"sending": 2}

    post.pause = 0
    give_up_abandoned(at=timezone.now())
    assert tally() == {"sending": 2}, "nobody knows yet whether its holder is alive"
    start_worker()
    sweep(now=timezone.now() + LOST_AFTER * 2)  # the job is done again
    again = ask("mail", 1)
    wait(lambda: Job.objects.filter(pk__in=[job.pk, again.pk], state="done").count() == 2)
    give_up_abandoned(at=timezone.now() + AWHILE)
    assert tally() == {"unsure": 2}
    assert post.to == ["t000@example.org"]


@pytest.mark.parametrize(("count", "kills"), [(30, 3), pytest.param(240, 20, marks=pytest.mark.long)])
def test_workers_killed_again_and_again_send_nothing_twice(
    count: int, kills: int, post: Post, start_worker: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each worker is killed after so many more mails, at a moment of its own; some addresses are refused for good."""
    people, chance = tell(count, "mail"), random.Random(kills)
    post.pause = 0.02
    refused = {f"t{number:03}@example.org" for number in range(0, count, 10)}
    post.rcpt = dict.fromkeys(refused, "550 unknown")
    for number in range(kills):
        before, until = len(post.mails), chance.randint(2, 8)
        worker = start_worker()
        ask("mail", number)
        wait(lambda before=before, until=until: len(post.mails) >= before + until)  # type: ignore[misc]
        time.sleep(chance.random() / 20)
        kill(worker)
    start_worker()
    last = ask("mail", kills)
    wait(lambda: Job.objects.filter(pk=last.pk, state="done"))
    give_up_abandoned(at=timezone.now() + AWHILE)

    arrived, told = Counter(post.to), people_by_state(people)
    with capsys.disabled():
        print(
            f"\n{count} people, {kills} workers killed: {len(arrived)} mails, { {state: len(who) for state, who in told.items()} }; 0 twice"
        )
    assert max(arrived.values()) == 1
    assert set(told) <= {"sent", "unsure", "undeliverable"}
    assert told["sent"] <= set(arrived), "what is called sent was"
    assert told["undeliverable"] <= refused
    assert set(arrived) - told["sent"] <= told["unsure"], "what a kill cut off is called doubt"
    assert len(told["unsure"]) <= kills, "and nothing else is"


def people_by_state(people: list[User]) -> dict[str, set[str]]:
    """The addresses of those whose messages ended so; a message's notices end alike."""
    found: dict[str, set[str]] = {}
    addresses = {address.user_id: address.value for address in Address.objects.all()}
    for user in people:
        [state] = set(Delivery.objects.filter(notice__user=user).values_list("state", flat=True))
        found.setdefault(state, set()).add(addresses[user.pk])
    return found
