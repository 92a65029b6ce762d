"""A person says where they are reached, proves it by the code that was sent there, chooses, changes, removes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.actions.notices import notify
from accounts.models import Address, Delivery, User
from accounts.rules import Role
from accounts.rules.addresses import why_no_code, why_not_tried
from accounts.rules.notices import KINDS
from accounts.tests.make import make_user
from accounts.tests.outside import NOON, messages, outbox, reachable, states
from counties.tests.make import at, make_school
from office.jobs import handler_of
from office.models import AuditLine, Job
from office.tests.mail_server import mail_server
from office.work import do

pytestmark = pytest.mark.django_db
assert outbox
PAGE = "/notices/outside/"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def wei(outbox: Path, clock: time_machine.Traveller) -> User:
    return make_user(Role.TEACHER, make_school(), name="韦志玲")


@pytest.fixture
def client(wei: User) -> Client:
    client = Client()
    client.force_login(wei)
    return client


def post(client: Client, what: str, **fields: Any) -> str:
    """What the page says after the form was sent."""
    return client.post(f"{PAGE}other/{what}/", {f"other-{name}": value for name, value in fields.items()}, follow=True).content.decode()


def sent_code(outbox: Path) -> str:
    """The worker sends what was asked for; returns the code of the last message."""
    for job in Job.objects.filter(kind="accounts.send_code", state="queued"):
        do(job.pk)
    last = max(outbox.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    found = re.search(r"确认码是 (\d{6})", last.read_text())
    assert found
    return found[1]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_typed_confirmed_and_used(client: Client, wei: User, outbox: Path) -> None:
    assert "确认码正在发出" in post(client, "set", address=" wei-01 ")
    notify(users=[wei.pk], kind="returned", key="before", text="a", path="", at=NOON)
    code = sent_code(outbox)
    assert "确认码已发出。" in client.get(PAGE).content.decode()
    assert "确认码不对" in post(client, "confirm", code=wrong(code))
    assert not Address.objects.confirmed().exists()
    assert "演练消息已确认" in post(client, "confirm", code=f" {code} ")
    notify(users=[wei.pk], kind="returned", key="after", text="a", path="", at=NOON)
    assert states(wei) == [("after", "waiting")]
    assert list(AuditLine.objects.filter(subject=wei.pk).order_by("number").values_list("verb", flat=True)) == [
        "address.typed",
        "address.confirmed",
    ]


def test_an_address_lies_sealed_and_in_no_audit_line_and_no_log(
    client: Client, wei: User, outbox: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from django.db import connection

    post(client, "set", address="wei-13800138000")
    code = sent_code(outbox)
    with connection.cursor() as cursor:
        kept = ""
        for table in ("accounts_address", "office_job", "office_auditline"):
            cursor.execute(f"SELECT * FROM {table}")
            kept += repr(cursor.fetchall())
    assert str(wei.pk).replace("-", "") in kept.replace("-", "")
    assert "13800138000" not in kept + caplog.text
    assert code not in kept + caplog.text


def test_what_is_no_address_is_said_beside_the_field(client: Client) -> None:
    page = post(client, "set", address="韦")
    assert "演练地址用 2–40 个小写字母" in page
    assert not Address.objects.exists()


def test_a_new_address_is_not_used_before_it_is_confirmed_and_the_old_no_more(client: Client, wei: User, outbox: Path) -> None:
    reachable(wei)
    assert "正在用的就是这个地址" in post(client, "set", address="wei-01")
    post(client, "set", address="wei-02")
    assert not Address.objects.confirmed().exists()
    notify(users=[wei.pk], kind="returned", key="a", text="a", path="", at=NOON)
    assert Delivery.objects.count() == 0


def test_a_code_proves_only_the_address_it_was_sent_to(client: Client, outbox: Path, clock: time_machine.Traveller) -> None:
    post(client, "set", address="wei-01")
    first = sent_code(outbox)
    clock.shift(timedelta(minutes=2))
    post(client, "set", address="somebody-else")
    assert "确认码不对" in post(client, "confirm", code=first)
    assert "已确认" in post(client, "confirm", code=sent_code(outbox))


def test_five_wrong_codes_and_the_right_one_opens_nothing(client: Client, outbox: Path) -> None:
    post(client, "set", address="wei-01")
    code = sent_code(outbox)
    for _ in range(5):
        assert "确认码不对" in post(client, "confirm", code=wrong(code))
    assert "输错太多次" in post(client, "confirm", code=code)
    assert not Address.objects.confirmed().exists()


def test_nobodys_mailbox_is_filled(client: Client, clock: time_machine.Traveller) -> None:
    post(client, "set", address="wei-01")
    assert "请过一分钟再试" in post(client, "set", address="wei-02")
    post(client, "remove")
    assert "请过一分钟再试" in post(client, "set", address="wei-02"), "removing forgets no count"
    for _ in range(4):
        clock.shift(timedelta(minutes=1))
        assert "确认码正在发出" in post(client, "set", address="wei-02")
    clock.shift(timedelta(minutes=1))
    assert "今天已经发过 5 次" in post(client, "set", address="wei-03")
    assert Job.objects.filter(kind="accounts.send_code").count() == 5


@pytest.mark.parametrize(("later", "words"), [({"minutes": 29, "seconds": 59}, ""), ({"minutes": 30}, "过期")])
def test_a_code_holds_for_half_an_hour(later: dict[str, int], words: str) -> None:
    assert words in why_not_tried(sent_at=NOON, tries=0, at=NOON + timedelta(**later))
    assert bool(words) is bool(why_not_tried(sent_at=NOON, tries=0, at=NOON + timedelta(**later)))


def test_when_a_code_is_sent() -> None:
    assert why_no_code(sent_at=None, sent_today=4, at=NOON) == ""
    assert why_no_code(sent_at=NOON, sent_today=1, at=NOON + timedelta(minutes=1)) == ""
    assert why_no_code(sent_at=NOON, sent_today=1, at=NOON + timedelta(seconds=59))
    assert why_no_code(sent_at=None, sent_today=5, at=NOON)
    assert why_not_tried(sent_at=NOON, tries=4, at=NOON) == ""
    assert why_not_tried(sent_at=NOON, tries=5, at=NOON)
    assert why_not_tried(sent_at=None, tries=0, at=NOON)


def test_a_code_that_could_not_be_sent_says_why(client: Client) -> None:
    post(client, "set", address="never-01")
    for job in Job.objects.filter(kind="accounts.send_code"):
        do(job.pk)
    assert "没有这个地址。" in client.get(PAGE).content.decode()


def test_a_code_that_is_overtaken_is_not_sent(client: Client, outbox: Path, clock: time_machine.Traveller) -> None:
    post(client, "set", address="wei-01")
    old = Job.objects.get(kind="accounts.send_code")
    clock.shift(timedelta(minutes=1))
    post(client, "set", address="wei-02")
    outcome = handler_of(old.kind)(old)
    assert outcome
    assert outcome.words == "已不需要。"
    assert messages(outbox) == []


def test_kinds_are_chosen_and_an_incident_is_not_asked(client: Client, wei: User) -> None:
    reachable(wei)
    page = client.get(PAGE).content.decode()
    assert 'value="returned"' in page
    assert 'value="incident"' not in page
    post(client, "kinds", wanted=["returned", "reminder"])
    others = sorted(set(KINDS) - {"returned", "reminder", "incident"})
    assert wei.addresses.get().unwanted == others
    post(client, "kinds", wanted=["nonsense"])
    assert wei.addresses.get().unwanted == others


def test_removed_it_is_forgotten(client: Client, wei: User) -> None:
    reachable(wei)
    assert "不再发到演练消息" in post(client, "remove")
    gone = wei.addresses.get()
    assert (gone.value, gone.confirmed_at) == ("", None)
    post(client, "remove")
    assert AuditLine.objects.filter(verb="address.removed").count() == 1


def test_somebody_elses_address_is_nobodys_business(client: Client, wei: User) -> None:
    other = make_user(Role.TEACHER, wei.posts.get().school)
    reachable(other, "zhou-02", unwanted=["returned"])
    assert "zhou-02" not in client.get(PAGE).content.decode()
    post(client, "remove")
    post(client, "kinds", wanted=[])
    assert (other.addresses.get().value, other.addresses.get().unwanted) == ("zhou-02", ["returned"])


def test_a_channel_that_is_not_configured_is_not_there(client: Client, settings: Any) -> None:
    assert client.post(f"{PAGE}mail/set/", {"mail-address": "a@example.org"}).status_code == 404
    assert "提醒方式" in client.get("/notices/").content.decode()
    settings.SENDERS = {}
    assert "没有配置邮件或短信" in client.get(PAGE).content.decode()
    assert "提醒方式" not in client.get("/notices/").content.decode()


def test_over_real_mail(client: Client, wei: User, settings: Any) -> None:
    with mail_server() as server:
        settings.SENDERS = {"mail": "office.senders.mail.Mail"}
        settings.MAIL_SERVER = {
            "host": "127.0.0.1",
            "port": server.port,
            "username": "",
            "password": "",
            "use_tls": False,
            "use_ssl": False,
        }
        settings.MAIL_FROM = "songjiao@example.org"
        client.post(f"{PAGE}mail/set/", {"mail-address": "wei@example.org"})
        do(Job.objects.get().pk)
        [mail] = server.mails
        assert (mail["To"], mail["Subject"]) == ("wei@example.org", "送教系统：确认码")
        code = re.search(r"\d{6}", mail.get_content())
        assert code
        client.post(f"{PAGE}mail/confirm/", {"mail-code": code[0]})
    assert wei.addresses.get().confirmed_at == NOON


def test_the_notice_says_how_it_went_out(client: Client, wei: User, django_assert_max_num_queries: Callable[..., Any]) -> None:
    reachable(wei)
    for number in range(12):
        notify(users=[wei.pk], kind="returned", key=str(number), text="已退回。", path="", at=NOON)
    Delivery.objects.filter(notice__key="0").update(state="unsure", outcome="不知道收到没有")
    Delivery.objects.filter(notice__key="1").update(state="sent", ended_at=at("2026-10-28 12:01"))
    with django_assert_max_num_queries(9):
        page = " ".join(client.get("/notices/").content.decode().split())
    assert "演练消息：不确定 （不知道收到没有）" in page
    assert "演练消息：已发送 2026年10月28日 12:01" in page
    assert "演练消息：等待发送" in page


def test_the_operator_sees_states_and_reasons_without_texts(
    wei: User, outbox: Path, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    reachable(wei)
    operator, client = make_user(Role.OPERATOR), Client()
    client.force_login(operator)
    assert "有人确认了自己的地址" in client.get("/notices/deliveries/").content.decode()
    for number in range(20):
        notify(users=[wei.pk], kind="returned", key=str(number), text="某校已退回。", path="/", at=NOON)
    Delivery.objects.filter(notice__key="0").update(state="undeliverable", outcome="没有这个地址")
    with django_assert_max_num_queries(12):
        page = client.get("/notices/deliveries/").content.decode()
    assert "没有这个地址" in page
    assert "没有送达 1 条" in page
    assert "等待发送 19 条" in page
    assert "某校已退回" not in page
    assert "wei-01" not in page
    assert len(client.get("/notices/deliveries/", {"state": "undeliverable", "channel": "other"}).context["deliveries"]) == 1
    assert len(client.get("/notices/deliveries/", {"state": "x"}).context["deliveries"]) == 20


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_ADMIN])
def test_the_list_of_all_is_the_operators(role: Role) -> None:
    client = Client()
    client.force_login(make_user(role, make_school()))
    assert client.get("/notices/deliveries/").status_code == 403
