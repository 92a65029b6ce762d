"""What one asked for: how far it is, what came of it, stopped or attempted anew; and the notice at its end."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_county, make_school
from office.jobs import enqueue
from office.models import AuditLine, Job, JobState
from office.tests import handlers
from office.work import do

pytestmark = pytest.mark.django_db
assert handlers


@pytest.fixture
def admin() -> User:
    return make_user(Role.SCHOOL_ADMIN, make_school(make_county()))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_job(by: User | None, kind: str = "audit.verify", **fields: Any) -> Job:
    job = enqueue(kind, key=uuid.uuid4().hex, by=by.pk if by else None, at=timezone.now(), payload={"scope": "450125", "id_number": ""})
    Job.objects.filter(pk=job.pk).update(**fields)
    job.refresh_from_db()
    return job


def page(client: Client, name: str, *args: object, status: int = 200, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status
    return answer.content.decode()


def over(state: str = JobState.FAILED, **fields: Any) -> dict[str, Any]:
    return {"state": state, "attempts": 1, "ended_at": timezone.now(), **fields}


class TestSeeing:
    def test_ones_own_newest_first_with_progress_and_result(self, admin: User) -> None:
        now = timezone.now()
        make_job(admin, at=now - timedelta(hours=2), **over("done", outcome="完好，共 7 行。"))
        make_job(admin, "test.once", at=now - timedelta(hours=1), state="running", done=30, total=120)

        shown = page(signed_in(admin), "job_list")

        assert shown.index("30 / 120") < shown.index("完好，共 7 行。")
        assert shown.index("完好，共 7 行。") < shown.index("看审计记录")

    def test_the_list_asks_after_itself_only_while_something_moves(self, admin: User) -> None:
        client, job = signed_in(admin), make_job(admin)
        assert 'hx-trigger="every 3s"' in page(client, "job_list")
        Job.objects.filter(pk=job.pk).update(**over("done"))
        assert "hx-trigger" not in page(client, "job_list")

    def test_filters_narrow_and_nonsense_narrows_nothing(self, admin: User) -> None:
        client = signed_in(admin)
        make_job(admin, **over("failed", outcome="没有读到。"))
        assert "没有读到。" in page(client, "job_list", state="failed", kind="audit.verify")
        assert "没有读到。" not in page(client, "job_list", state="open")
        assert "没有读到。" not in page(client, "job_list", kind="roster.check")
        assert "没有读到。" in page(client, "job_list", state="x", kind="x")

    def test_nobody_elses(self, admin: User) -> None:
        colleague = make_user(Role.SCHOOL_ADMIN, admin.posts.get().school)
        job = make_job(colleague, **over(outcome="记号"))
        assert "记号" in page(signed_in(colleague), "job_list")
        assert "记号" not in page(signed_in(admin), "job_list")
        for name in ("job_detail", "job_progress"):
            page(signed_in(admin), name, job.pk, status=404)
        for name in ("job_cancel", "job_repeat"):
            assert signed_in(admin).post(reverse(name, args=[job.pk])).status_code == 404

    def test_operators_see_all_without_content(self, admin: User) -> None:
        theirs = make_job(admin, **over("done", outcome="记号"))
        systems = make_job(None, "office.tidy", **over("done", outcome="清理了 3 个文件。"))
        operator = signed_in(make_user(Role.OPERATOR))

        shown = page(operator, "job_list") + page(operator, "job_detail", theirs.pk) + page(operator, "job_detail", systems.pk)

        assert "核对审计链" in shown
        assert admin.name in shown
        assert "清理了 3 个文件。" in shown
        assert "记号" not in shown
        assert "看审计记录" not in shown

    def test_the_list_costs_the_same_for_many(self, admin: User, django_assert_max_num_queries: Any) -> None:
        for _ in range(30):
            make_job(admin)
        client = signed_in(admin)
        client.get(reverse("job_list"))
        with django_assert_max_num_queries(8):
            page(client, "job_list")


class TestProgress:
    def test_the_piece_tells_how_far_and_asks_again(self, admin: User) -> None:
        job = make_job(admin, state="running", done=30, total=120, attempts=2)
        shown = page(signed_in(admin), "job_progress", job.pk)
        assert "30 / 120（25%）" in shown
        assert "第 2 次尝试" in shown
        assert f'hx-get="{reverse("job_progress", args=[job.pk])}"' in shown

    def test_at_the_end_the_page_around_it_is_read_anew(self, admin: User) -> None:
        job, client = make_job(admin, **over("failed", outcome="表里没有姓名这一列。")), signed_in(admin)
        assert client.get(reverse("job_progress", args=[job.pk]))["HX-Refresh"] == "true"
        assert "表里没有姓名这一列。" in page(client, "job_detail", job.pk)

    def test_without_script_there_is_a_link(self, admin: User) -> None:
        job = make_job(admin)
        assert f'href="{reverse("job_detail", args=[job.pk])}">刷新看进度' in page(signed_in(admin), "job_detail", job.pk)


class TestStoppingAndTryingAgain:
    def test_a_waiting_job_is_taken_off(self, admin: User) -> None:
        job, client = make_job(admin), signed_in(admin)
        client.post(reverse("job_cancel", args=[job.pk]))
        client.post(reverse("job_cancel", args=[job.pk]))
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert AuditLine.objects.filter(verb="job.cancelled", subject=job.pk).count() == 1

    def test_a_failed_job_gets_another_attempt(self, admin: User) -> None:
        job, client = make_job(admin, **over("failed")), signed_in(admin)
        assert "再试一次" in page(client, "job_detail", job.pk)
        client.post(reverse("job_repeat", args=[job.pk]))
        do(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.DONE, 1)
        assert AuditLine.objects.filter(verb="job.repeated", subject=job.pk).count() == 1

    def test_what_is_done_is_not_done_again(self, admin: User) -> None:
        job, client = make_job(admin, **over("done")), signed_in(admin)
        assert "再试一次" not in page(client, "job_detail", job.pk)
        answer = client.post(reverse("job_repeat", args=[job.pk]))
        assert (answer.status_code, "不能再试" in answer.content.decode()) == (409, True)


class TestTheNotice:
    def notices(self, user: User) -> list[str]:
        return list(Notice.objects.filter(user=user).values_list("text", flat=True))

    def test_what_took_long_is_told_once(self, admin: User) -> None:
        job = make_job(admin, at=timezone.now() - timedelta(minutes=2))
        do(job.pk)
        do(job.pk)
        assert self.notices(admin) == ["“核对审计链”做好了。"]
        assert Notice.objects.get(user=admin).path == reverse("job_detail", args=[job.pk])

    def test_what_was_quick_was_seen(self, admin: User) -> None:
        do(make_job(admin).pk)
        assert self.notices(admin) == []

    def test_what_came_to_nothing_is_told_each_time(self, admin: User) -> None:
        job, client = make_job(admin, "test.refuse"), signed_in(admin)
        do(job.pk)
        client.post(reverse("job_repeat", args=[job.pk]))
        do(job.pk)
        assert len(self.notices(admin)) == 2
        assert "没有做成" in self.notices(admin)[0]

    def test_who_cancelled_knows(self, admin: User) -> None:
        job = make_job(admin, at=timezone.now() - timedelta(minutes=2), cancel_asked_at=timezone.now())
        do(job.pk)
        assert self.notices(admin) == []

    def test_the_systems_own_work_tells_nobody(self) -> None:
        do(make_job(None, at=timezone.now() - timedelta(minutes=2)).pk)
        assert Notice.objects.count() == 0
