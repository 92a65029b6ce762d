"""Work is handed over, done once, and speaks of itself."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from celery import Celery, current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from office import jobs, work
from office.jobs import cancel, enqueue
from office.models import AuditChain, Job, JobState, JobStopped
from office.tests import handlers
from office.work import do, sweep

NOW = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
CLERK = uuid.uuid4()
MARKER = "450125201403080007"


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs the workers were told of."""
    told: list[Job] = []
    monkeypatch.setattr(jobs, "nudge", told.append)
    monkeypatch.setattr(work, "nudge", told.append)
    return told


def make_job(kind: str = "test.once", key: str = "", payload: Any = None) -> Job:
    return enqueue(kind, key=key or f"{kind}:{uuid.uuid4()}", by=CLERK, at=NOW, payload=payload)


def done(job: Job) -> Job:
    do(job.pk)
    job.refresh_from_db()
    return job


@pytest.mark.django_db
class TestAsking:
    def test_the_job_waits_for_the_worker_of_its_kind(self) -> None:
        job = make_job("test.alarm", "alarm:1")
        assert (job.state, job.queue, job.by, job.at) == ("queued", "clock", CLERK, NOW)

    def test_the_same_work_is_one_job_whatever_became_of_it(self) -> None:
        job = make_job(key="list:2026-10-28")
        assert make_job(key="list:2026-10-28") == job
        done(job)
        assert make_job(key="list:2026-10-28").state == JobState.DONE
        assert Job.objects.count() == 1

    def test_a_kind_nobody_does_is_a_mistake_at_once(self) -> None:
        with pytest.raises(KeyError):
            make_job("test.nobody")

    def test_workers_are_told_after_the_commit(self, nudged: list[Job], django_capture_on_commit_callbacks: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            job = make_job(key="once")
            assert nudged == []
        assert nudged == [job]
        with django_capture_on_commit_callbacks(execute=True):
            make_job(key="once")
        assert nudged == [job]

    def test_a_job_goes_with_the_transaction_that_asked(self) -> None:
        with transaction.atomic():
            make_job()
            transaction.set_rollback(True)
        assert Job.objects.count() == 0

    def test_a_broker_that_is_down_fails_nobody(self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        monkeypatch.setattr(current_app, "send_task", lambda *args, **kwargs: 1 / 0)
        jobs.nudge(make_job())
        assert "waits for the sweep: ZeroDivisionError" in caplog.text

    def test_a_redis_that_is_gone_holds_nobody_up(self, settings: Any) -> None:
        nowhere = Celery(broker="redis://127.0.0.1:9/0", set_as_current=False)  # a port where nothing listens
        nowhere.conf.update(broker_transport_options=settings.REDIS_OPTIONS)
        begun = time.monotonic()
        with pytest.raises(OperationalError):
            nowhere.send_task("office.run", retry=False)
        assert time.monotonic() - begun < 4

    def test_what_a_job_knows_is_sealed(self) -> None:
        job = done(make_job(payload={"id_number": MARKER}))
        assert (job.payload, job.result) == ({"id_number": MARKER}, {"heard": {"id_number": MARKER}})
        with connection.cursor() as cursor:
            cursor.execute("SELECT payload, result FROM office_job")
            stored = cursor.fetchone()
        assert all(text.startswith("s1:") and MARKER not in text for text in stored)

    def test_people_see_the_jobs_they_asked_for(self) -> None:
        class Somebody:
            def __init__(self, pk: uuid.UUID, *, sees_all_jobs: bool = False) -> None:
                self.pk, self.sees_all_jobs = pk, sees_all_jobs

        job = make_job()
        assert list(Job.objects.visible_to(Somebody(CLERK))) == [job]
        assert list(Job.objects.visible_to(Somebody(uuid.uuid4()))) == []
        assert list(Job.objects.visible_to(Somebody(uuid.uuid4(), sees_all_jobs=True))) == [job]


@pytest.mark.django_db
class TestDoing:
    def test_a_job_is_done_and_says_so(self) -> None:
        job = done(make_job())
        assert (job.state, job.outcome, job.attempts, job.lease, job.is_over) == ("done", "做好了。", 1, None, True)
        assert job.ended_at

    def test_told_twice_it_is_done_once(self) -> None:
        job = make_job()
        done(job)
        done(job)
        assert AuditChain.objects.count() == 1

    def test_a_job_that_does_not_exist_any_more_is_no_error(self) -> None:
        do(uuid.uuid4())

    def test_a_refusal_ends_it_with_its_words(self) -> None:
        job = done(make_job("test.refuse"))
        assert (job.state, job.outcome, job.attempts) == ("failed", "表里没有姓名这一列。", 1)

    def test_too_long_ends_it_in_words(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def too_long(job: Job) -> None:
            raise SoftTimeLimitExceeded

        monkeypatch.setitem(jobs._handlers, "test.fail", jobs.Kind(too_long, "documents"))
        assert done(make_job("test.fail")).outcome == work.TOO_LONG

    def test_a_failure_is_tried_again_and_at_last_told(self, caplog: pytest.LogCaptureFixture) -> None:
        job = make_job("test.fail", payload={"id_number": MARKER})
        states = [done(job).state for _ in range(4)]
        assert states == ["queued", "queued", "failed", "failed"]
        assert job.attempts == work.MAX_ATTEMPTS
        assert str(job.pk) in job.outcome
        assert job.outcome.startswith("试了 3 次")
        assert "ValueError" in caplog.text
        assert "handlers.py" in caplog.text
        assert MARKER not in caplog.text

    def test_a_full_disk_is_told_as_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def write(job: Job) -> None:
            with open("/dev/full", "wb", buffering=0) as disk:
                disk.write(b".")

        monkeypatch.setitem(jobs._handlers, "test.fail", jobs.Kind(write, "documents"))
        job = make_job("test.fail")
        assert [done(job).state for _ in range(3)] == ["queued", "queued", "failed"]
        assert job.outcome.startswith("服务器的磁盘满了")

    def test_progress_is_seen(self) -> None:
        job = make_job()
        work._take(job.pk)
        held = Job.objects.get()
        held.progress(3, 10)
        held.progress(4, 10)  # too soon after
        assert Job.objects.values_list("done", "total").get() == (3, 10)
        held.progress(10, 10)
        assert Job.objects.values_list("done", "total").get() == (10, 10)


@pytest.mark.django_db
class TestCancelling:
    def test_a_waiting_job_is_never_begun(self) -> None:
        job = make_job()
        cancel(job=job, at=NOW)
        assert done(job).state == JobState.CANCELLED
        assert AuditChain.objects.count() == 0

    def test_a_running_job_stops_at_its_next_sign_of_progress(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def cancelled_meanwhile(job: Job) -> None:
            cancel(job=job, at=NOW)
            handlers.stop(job)

        monkeypatch.setitem(jobs._handlers, "test.stop", jobs.Kind(cancelled_meanwhile, "documents"))
        job = done(make_job("test.stop"))
        assert (job.state, job.outcome) == ("cancelled", "已取消。")

    def test_a_job_cancelled_while_its_worker_died_is_not_begun_again(self) -> None:
        job = make_job()
        work._take(job.pk)
        cancel(job=job, at=NOW)
        sweep(now=timezone.now() + timedelta(minutes=2))
        assert done(job).state == JobState.CANCELLED
        assert AuditChain.objects.count() == 0

    def test_what_came_to_nothing_is_attempted_anew(self, nudged: list[Job], django_capture_on_commit_callbacks: Any) -> None:
        job = done(make_job("test.refuse"))
        later = timezone.now()
        with django_capture_on_commit_callbacks(execute=True):
            assert jobs.repeat(job=job, at=later)
            assert not jobs.repeat(job=job, at=later), "the second click finds it waiting"
        job.refresh_from_db()
        assert (job.state, job.attempts, job.outcome, job.ended_at, job.at) == ("queued", 0, "", None, later)
        assert nudged == [job]
        assert done(job).state == JobState.FAILED

    def test_what_was_done_or_forgotten_is_not_attempted_anew(self) -> None:
        assert not jobs.repeat(job=done(make_job()), at=timezone.now())
        old = done(make_job("test.refuse"))
        assert not jobs.repeat(job=old, at=timezone.now() + timedelta(days=31))

    def test_what_is_over_stays_as_it_is(self) -> None:
        job = done(make_job())
        cancel(job=job, at=NOW)
        assert done(job).state == JobState.DONE


@pytest.mark.django_db
class TestTelling:
    def test_who_wants_to_know_is_told_once_of_each_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[tuple[str, str]] = []
        monkeypatch.setattr(jobs, "_told_at_the_end", [lambda job: told.append((job.state, job.outcome))])
        job = done(make_job())
        done(job)
        assert told == [("done", "做好了。")]

    def test_a_teller_that_breaks_holds_no_job_up(self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        monkeypatch.setattr(jobs, "_told_at_the_end", [lambda job: 1 / 0])
        assert done(make_job()).state == JobState.DONE
        assert "nobody was told: ZeroDivisionError" in caplog.text


@pytest.mark.django_db
class TestSweeping:
    def abandoned(self, kind: str = "test.once") -> Job:
        """Its worker was killed."""
        job = make_job(kind)
        work._take(job.pk)
        job.refresh_from_db()
        return job

    def test_a_job_nobody_holds_is_given_to_another_worker(self, nudged: list[Job]) -> None:
        job = self.abandoned()
        sweep(now=timezone.now() + timedelta(seconds=50))
        assert nudged == []
        sweep(now=timezone.now() + timedelta(seconds=70))
        assert nudged == [job]
        assert done(job).state == JobState.DONE
        assert job.attempts == 2

    def test_a_heartbeat_keeps_it(self, nudged: list[Job]) -> None:
        job = self.abandoned()
        later = timezone.now() + timedelta(seconds=70)
        Job.objects.update(heartbeat_at=later)
        sweep(now=later)
        job.refresh_from_db()
        assert (job.state, nudged) == (JobState.RUNNING, [])

    def test_sweeping_twice_tells_once(self, nudged: list[Job]) -> None:
        self.abandoned()
        later = timezone.now() + timedelta(seconds=70)
        sweep(now=later)
        sweep(now=later)
        assert len(nudged) == 1

    def test_a_lost_call_is_repeated(self, nudged: list[Job]) -> None:
        job = make_job()
        sweep(now=NOW + timedelta(seconds=59))
        assert nudged == []
        sweep(now=NOW + timedelta(seconds=61))
        sweep(now=NOW + timedelta(seconds=62))
        sweep(now=NOW + timedelta(seconds=122))
        assert nudged == [job, job]

    def test_a_job_that_kills_its_workers_fails_in_words(self) -> None:
        job = self.abandoned()
        now = timezone.now()
        for _ in range(work.MAX_ATTEMPTS):
            now += timedelta(minutes=2)
            sweep(now=now)
            work._take(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.FAILED, 3)
        assert job.outcome.startswith("试了 3 次")

    def test_a_worker_thought_dead_cannot_speak_for_the_job_any_more(self) -> None:
        zombie = self.abandoned()
        sweep(now=timezone.now() + timedelta(minutes=2))
        successor = work._take(zombie.pk)
        assert successor
        with pytest.raises(JobStopped):
            zombie.progress(1, 1)
        work._end(zombie, JobState.DONE, jobs.Outcome("迟到的结果"))
        work._give_back(zombie, told_at=None)
        assert Job.objects.get().lease == successor.lease
        assert Job.objects.get().outcome == ""

    def test_what_old_jobs_knew_is_forgotten(self) -> None:
        job = done(make_job(payload={"id_number": MARKER}))
        sweep(now=timezone.now() + timedelta(days=29))
        job.refresh_from_db()
        assert job.payload
        sweep(now=timezone.now() + timedelta(days=31))
        job.refresh_from_db()
        assert (job.payload, job.result, job.outcome) == (None, None, "做好了。")


@pytest.mark.django_db(transaction=True)
def test_twenty_workers_told_at_once_do_it_once() -> None:
    job = make_job()

    def tell() -> None:
        do(job.pk)
        connection.close()

    threads = [Thread(target=tell) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    job.refresh_from_db()
    assert (job.state, job.attempts, AuditChain.objects.count()) == ("done", 1, 1)


@pytest.mark.django_db(transaction=True)
def test_whoever_works_shows_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "HEARTBEAT", 0.05)
    seen = []

    def watch(job: Job) -> None:
        for _ in range(5):
            time.sleep(0.2)
            seen.append(Job.objects.get().heartbeat_at)

    monkeypatch.setitem(jobs._handlers, "test.once", jobs.Kind(watch, "documents"))
    assert done(make_job()).state == JobState.DONE
    assert len(set(seen)) >= 3
