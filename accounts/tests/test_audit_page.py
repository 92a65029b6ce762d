"""Auditors read every chain, the bureau its own county's; nobody writes, and every verb has its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.rules.audit_details import NAMES, detail_words
from accounts.rules.audit_words import VERBS, verb_words
from accounts.tasks import verify_chain
from accounts.tests.make import make_user
from counties.models import Area
from counties.tests.make import at, make_county
from office.audit import record
from office.jobs import Outcome
from office.models import AuditLine, Job
from office.sheets_in import read_table

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _autumn() -> Iterator[None]:
    with time_machine.travel("2026-10-28 12:00+08:00"):
        yield


@pytest.fixture
def county() -> Area:
    return make_county()


@pytest.fixture
def clerk(county: Area) -> User:
    return make_user(Role.COUNTY_STAFF, county, name="苏雨美")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def whats(client: Client, **query: str) -> list[str]:
    return [line.what for line in client.get("/audit/", query).context["lines"]]


def write(county: str, verb: str, *, day: str = "2026-10-27", by: User | None = None, subject: User | None = None, **detail: Any) -> None:
    moment = at(f"{day} 09:00")
    record(verb, subject=subject.pk if subject else None, by=by.pk if by else None, at=moment, county=county, detail=detail)


def test_a_line_reads_in_words(county: Area, clerk: User) -> None:
    teacher = make_user(name="蓝永浩", username="lan")
    write(county.pk, "post.given", by=clerk, subject=teacher, role="principal")
    line = as_(clerk).get("/audit/").context["lines"][0]
    assert (line.who, line.what, line.whom) == (f"苏雨美（{clerk.username}）", "添加任职", "蓝永浩（lan）")
    assert (line.detail, line.place) == ("职责 校长", f"{county.pk} 第 1 行")


def test_the_bureau_reads_its_own_chain_and_an_auditor_every_one(county: Area, clerk: User) -> None:
    make_county("360922")
    write(county.pk, "policy.added")
    write("360922", "policy.withdrawn")
    write("", "account.sign_in_failed")
    assert whats(as_(clerk)) == ["定新一版政策"]
    assert whats(as_(clerk), scope="360922") == []
    everything = as_(make_user(Role.AUDITOR))
    assert set(whats(everything)) == {"定新一版政策", "撤回未生效的政策", "登录失败"}
    assert whats(everything, scope="360922") == ["撤回未生效的政策"]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SECURITY_OFFICER, Role.COUNTY_LEADER, None])
def test_others_do_not_read_it(county: Area, clerk: User, role: Role | None) -> None:
    client = as_(make_user(role, county if role is Role.COUNTY_LEADER else None))
    assert [client.get("/audit/").status_code, client.get("/audit/export/").status_code] == [403, 403]
    assert client.post("/audit/verify/", {"scope": county.pk}).status_code == 403
    assert as_(clerk).get("/audit/").status_code == 200


def test_it_is_filtered_and_sorted(county: Area, clerk: User) -> None:
    other = make_user(name="潘轩月", username="pan")
    write(county.pk, "account.signed_in", day="2026-08-01", by=other)
    write(county.pk, "account.signed_in", day="2026-10-20", by=other)
    write(county.pk, "policy.added", day="2026-10-21", by=clerk)
    client = as_(clerk)
    assert whats(client) == ["定新一版政策", "登录"]  # the last 31 days, newest first
    assert whats(client, sort="at") == ["登录", "定新一版政策"]
    assert whats(client, since="2026-07-01") == ["定新一版政策", "登录", "登录"]
    assert whats(client, since="2026-07-01", until="2026-08-01") == ["登录"]
    assert whats(client, who="轩月") == ["登录"]
    assert whats(client, who="nobody") == []
    assert whats(client, verb="policy.added") == ["定新一版政策"]
    assert whats(client, since="2026-10-22", until="2026-10-20") == []
    assert "结束的日期早于" in client.get("/audit/", {"since": "2026-10-22", "until": "2026-10-20"}).content.decode()


def test_it_goes_out_as_a_workbook_and_that_is_a_line(county: Area, clerk: User) -> None:
    write(county.pk, "policy.added", by=clerk)
    content = as_(clerk).get("/audit/export/").content
    table = read_table(content, {"name": ("谁",), "what": ("事项",), "place": ("审计链",)})
    assert [row.cells["what"] for row in table.rows] == ["导出审计记录", "定新一版政策"]  # logged before the file exists
    assert AuditLine.objects.get(verb="audit.exported").detail == {"rows": 1}


def test_the_page_costs_the_same_for_few_and_for_many(county: Area, clerk: User, django_assert_max_num_queries: Any) -> None:
    client = as_(clerk)
    write(county.pk, "policy.added", by=clerk)
    client.get("/audit/")
    with django_assert_max_num_queries(12) as few:
        client.get("/audit/")
    for _ in range(60):
        write(county.pk, "policy.added", by=make_user(), subject=make_user())
    with django_assert_max_num_queries(len(few)):
        client.get("/audit/")


@pytest.mark.parametrize("sort", ["at", "-at"])
def test_no_line_is_lost_or_shown_twice_while_others_come_in(county: Area, clerk: User, sort: str) -> None:
    for number in range(120):
        write(county.pk, "policy.added", by=clerk, day=f"2026-10-{20 + number // 50}")  # many of one moment
    before = set(AuditLine.objects.values_list("number", flat=True))
    client, shown, after = as_(clerk), [], ""
    while True:
        page = client.get("/audit/", {"sort": sort, "after": after}).context["page"]
        shown += [line.number for line in page.rows]
        write(county.pk, "policy.added", by=clerk, day="2026-10-21")
        if not (after := page.after):
            break
    last = client.get("/audit/", {"sort": sort, "before": page.before}).context["page"]

    assert len(shown) == len(set(shown))
    assert before <= set(shown)
    assert not last.is_first
    assert [line.number for line in last.rows][-1] in shown


def walk(job: Job) -> Outcome:
    outcome = verify_chain(job)
    assert outcome is not None
    return outcome


def test_a_chain_is_walked_in_the_background_and_the_page_says_what_came_of_it(
    county: Area, clerk: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            write(county.pk, "policy.added", by=clerk)
    client = as_(clerk)
    assert "还没有核对过" in client.get("/audit/").content.decode()
    client.post("/audit/verify/", {"scope": county.pk})
    client.post("/audit/verify/", {"scope": county.pk})
    job = Job.objects.get(kind="audit.verify")  # twice in a minute is once
    assert "正在核对" in client.get("/audit/").content.decode()
    assert walk(job).result == {"faults": []}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE office_auditline SET verb = 'policy.withdrawn' WHERE number = 2")
    outcome = walk(job)
    assert len(outcome.result["faults"]) == 1
    Job.objects.filter(pk=job.pk).update(state="done", outcome=outcome.words, result=outcome.result, ended_at=at("2026-10-28 12:01"))
    assert "有问题" in client.get("/audit/").content.decode()


def test_another_countys_chain_is_not_walked_for_this_one(clerk: User) -> None:
    write(make_county("360922").pk, "policy.added")
    client = as_(clerk)
    assert client.post("/audit/verify/", {"scope": "360922"}).status_code == 404
    assert client.post("/audit/verify/", {"scope": "installation"}).status_code == 404
    assert client.get("/audit/verify/").status_code == 405
    assert as_(make_user(Role.AUDITOR)).post("/audit/verify/", {"scope": "360922"}).status_code == 302


def test_an_operator_has_no_table_of_it() -> None:
    assert AuditLine not in admin.site._registry


def sources_of_the_rooms() -> list[str]:
    rooms = [Path(settings.BASE) / room for room in ("office", "counties", "accounts", "students", "plans", "visits", "reports")]
    return [path.read_text() for room in rooms for path in room.rglob("*.py") if "tests" not in path.parts]


def named_details(source: str) -> Iterator[str]:
    """What the lines of a source file name beside their verb: keys of `detail=`, and words given to a helper that records."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case (
                ast.keyword(arg="detail", value=ast.Dict(keys=keys))
                | ast.Assign(targets=[ast.Name(id="detail")], value=ast.Dict(keys=keys))
            ):
                yield from (key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
            case ast.Call(func=ast.Name(id="note" | "_record"), keywords=keywords):
                yield from (each.arg for each in keywords if each.arg and each.arg not in ("by", "at", "detail"))


def test_every_detail_written_anywhere_has_its_word() -> None:
    named = {name for text in sources_of_the_rooms() for name in named_details(text)}
    assert len(named) > 20
    assert sorted(named - NAMES.keys()) == []


def test_every_verb_written_anywhere_has_its_words() -> None:
    """A line that nobody can read is no evidence."""
    sources = sources_of_the_rooms()
    written = {verb for text in sources for verb in re.findall(r'\b(?:record|_record|note)\(\s*"([a-z_.]+)"', text)}
    viewed = {f"{kind}.viewed" for text in sources for kind in re.findall(r'\bviewed\(\s*"([a-z_]+)"', text)}
    assert len(written) > 20
    assert len(viewed) > 1
    assert {verb for verb in written | viewed if verb not in VERBS} == set()


def test_words_of_rows_and_details() -> None:
    assert verb_words("term.removed") == "删除学期"
    assert verb_words("user.changed_by_operator") == "系统管理员修改人员"
    assert verb_words("something.new") == "something.new"
    assert detail_words({"rows": 12, "roles": ["operator", "auditor"], "note": ""}) == "行数 12，职责 系统管理员、审计员"
    assert detail_words({"people.created": 42, "unknown": 1}) == "人员新增 42，unknown 1"
    number = "b3813319-1a04-44f3-8dd3-737bade1b23d"
    assert detail_words({"record": number, "flag": "clock_skew"}) == "记录 编号 b3813319，需说明事项 手机时间不准"
    assert detail_words({"auto": True, "given": False, "kinds": ["phone"]}) == "到期自动报送 是，同意 否，事项 电话确认"
