"""The tick asks every room, whoever fails; and it is the one thing that beat knows of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from celery import current_app
from django.db import DatabaseError, connection
from django.utils import timezone

from office import clock, work
from office.clock import on_tick, tick
from office.jobs import enqueue
from office.models import Job, JobState, Pulse
from office.tests import handlers

NOW = datetime(2026, 10, 27, 22, 30, tzinfo=UTC)  # 06:30 on the 28th in Shanghai
MARKER = "450125201403080007"
assert handlers


@pytest.fixture
def asked() -> Iterator[list[Any]]:
    """The functions of the tick: a test adds its own, and they are gone afterwards."""
    before = list(clock._asked)
    yield clock._asked
    clock._asked[:] = before


@pytest.mark.django_db
class TestTicking:
    def test_every_room_is_asked_with_the_same_moment(self, asked: list[Any]) -> None:
        heard: list[datetime] = []
        on_tick(heard.append)
        on_tick(heard.append)
        assert tick(now=NOW) == []
        assert heard == [NOW, NOW]

    def test_who_fails_is_named_and_stops_nobody(self, asked: list[Any], caplog: pytest.LogCaptureFixture) -> None:
        heard: list[datetime] = []

        @on_tick
        def of_a_broken_room(now: datetime) -> None:
            raise ValueError(MARKER)

        on_tick(heard.append)
        (failed,) = tick(now=NOW)
        assert failed.endswith("of_a_broken_room")
        assert heard == [NOW]
        assert "of_a_broken_room: ValueError" in caplog.text
        assert MARKER not in caplog.text

    def test_it_leaves_a_sign_of_life_that_names_who_failed(self, asked: list[Any]) -> None:
        tick(now=NOW)
        assert Pulse.objects.values_list("name", "at", "detail").get() == ("tick", NOW, {"failed": []})
        on_tick(lambda now: 1 / 0)  # type: ignore[arg-type]
        (failed,) = tick(now=NOW + timedelta(minutes=1))
        assert Pulse.objects.values_list("at", "detail").get() == (NOW + timedelta(minutes=1), {"failed": [failed]})

    def test_a_sweep_that_fails_stops_nobody_either(self, asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*, now: datetime) -> None:
            raise DatabaseError

        heard: list[datetime] = []
        on_tick(heard.append)
        monkeypatch.setattr(work, "sweep", broken)
        assert tick(now=NOW) == ["office.clock.sweep"]
        assert heard == [NOW]

    def test_it_takes_up_what_nobody_holds(self) -> None:
        job = enqueue("test.once", key="once", by=None, at=NOW)
        Job.objects.update(state=JobState.RUNNING, heartbeat_at=NOW - timedelta(minutes=2))
        tick(now=NOW)
        job.refresh_from_db()
        assert job.state == JobState.QUEUED

    def test_the_day_is_tidied_once_by_the_calendar_of_beijing(self) -> None:
        for moment in (NOW, NOW + timedelta(minutes=1), NOW + timedelta(hours=18)):
            tick(now=moment)
        tidied = Job.objects.filter(kind="office.tidy")
        assert sorted(tidied.values_list("key", flat=True)) == ["office.tidy:2026-10-28", "office.tidy:2026-10-29"]


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_enqueue_once(asked: list[Any]) -> None:
    meeting = Barrier(4)

    @on_tick
    def meet(now: datetime) -> None:
        meeting.wait(30)
        enqueue("test.alarm", key="alarm", by=None, at=now)

    def run() -> None:
        assert tick(now=NOW) == []
        connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Job.objects.filter(key="alarm").count() == 1


@pytest.mark.django_db
def test_beat_knows_of_the_tick_and_nothing_else(settings: Any) -> None:
    (entry,) = settings.CELERY_BEAT_SCHEDULE.values()
    assert entry["options"]["queue"] == "clock"
    before = timezone.now()
    current_app.tasks[entry["task"]]()
    job = Job.objects.get(kind="office.tidy")
    assert before <= job.at <= timezone.now()
