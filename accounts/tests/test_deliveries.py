"""A notice goes out once, when it may, to whom it still concerns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.actions import deliveries
from accounts.actions.deliveries import mark_sent, take, true_while
from accounts.actions.notices import mark_all_read, notify
from accounts.models import Delivery, Notice, User
from accounts.rules import Role
from accounts.tests.make import make_user
from accounts.tests.outside import NOON, messages, minute, outbox, reachable, states, taken
from counties.tests.make import at, make_school
from office.clock import tick
from office.models import Job, Pulse
from office.pulse import beat

pytestmark = pytest.mark.django_db
assert outbox


@pytest.fixture
def admin() -> User:
    return make_user(Role.SCHOOL_ADMIN, make_school(), name="梁雨燕")


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def tell(*users: User, key: str = "a", kind: str = "returned", now: datetime = NOON, **fields: Any) -> None:
    notify(users=[user.pk for user in users], kind=kind, key=key, text=f"月报已退回 {key}。", path="/reports/2026-10/", at=now, **fields)


def test_one_message_goes_out_and_says_so(admin: User, outbox: Path, noon: time_machine.Traveller) -> None:
    reachable(admin)
    tell(admin)
    assert states(admin) == [("a", "waiting")]
    assert minute(NOON) == ["发出 1 条。"]
    [message] = messages(outbox)
    assert (message["to"], message["subject"]) == ("wei-01", "送教系统：退回")
    assert "梁雨燕，您好" in message["text"]
    assert "月报已退回 a。" in message["text"]
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.outcome, delivery.ended_at) == ("sent", 1, "写入 outbox", NOON)
    assert str(delivery.message) == message["id"]
    assert Pulse.objects.get(name="other").detail == {"ok": True, "words": ""}
    tell(admin)
    minute(NOON + timedelta(minutes=1))
    assert len(messages(outbox)) == 1, "told again, it does not go out again"


def test_nothing_is_planned_for_who_has_no_confirmed_address_or_wants_it_not(admin: User, outbox: Path) -> None:
    unconfirmed, picky = make_user(), make_user()
    reachable(unconfirmed, confirmed_at=None)
    reachable(picky, unwanted=["returned", "incident"])
    tell(admin, unconfirmed, picky)
    assert Notice.objects.count() == 3
    assert Delivery.objects.count() == 0
    tell(picky, key="b", kind="incident")
    tell(picky, key="c", kind="accepted")
    assert states(picky) == [("b", "waiting"), ("c", "waiting")]


def test_an_address_that_comes_later_brings_nothing_old(admin: User, outbox: Path) -> None:
    tell(admin)
    reachable(admin)
    tell(admin)
    assert Delivery.objects.count() == 0


def test_a_channel_that_is_not_configured_is_not_used(admin: User, settings: Any) -> None:
    settings.SENDERS = {}
    reachable(admin)
    tell(admin)
    assert Delivery.objects.count() == 0


def test_what_came_at_night_goes_out_together_in_the_morning(admin: User, outbox: Path) -> None:
    reachable(admin)
    for key, moment in {"a": "2026-10-28 21:00", "b": "2026-10-28 23:59", "c": "2026-10-29 06:59"}.items():
        tell(admin, key=key, now=at(moment))
    assert Notice.objects.count() == 3, "in the product at once"
    with time_machine.travel(at("2026-10-29 06:59:59"), tick=False):
        assert minute(at("2026-10-29 06:59:59")) == []
    with time_machine.travel(at("2026-10-29 07:00"), tick=False):
        minute(at("2026-10-29 07:00"))
    [message] = messages(outbox)
    assert message["subject"] == "送教系统：3 条通知"
    assert all(f"月报已退回 {key}。" in message["text"] for key in "abc")
    assert len(set(Delivery.objects.values_list("message", "state"))) == 1


def test_an_incident_goes_out_at_night_and_nothing_goes_along(admin: User, outbox: Path) -> None:
    reachable(admin)
    late = at("2026-10-28 20:59")
    tell(admin, key="late", now=late)  # it was due, and its worker came too late
    tell(admin, key="now", kind="incident", now=at("2026-10-28 22:00"))
    with time_machine.travel(at("2026-10-28 22:00"), tick=False):
        minute(at("2026-10-28 22:00"))
    assert states(admin) == [("late", "waiting"), ("now", "sent")]
    assert "late" not in messages(outbox)[0]["text"]


def disable(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def end_post(user: User) -> None:
    user.posts.update(ends_on=NOON.date())


def read(user: User) -> None:
    mark_all_read(by=user, at=NOON)


def change_address(user: User) -> None:
    user.addresses.update(confirmed_at=None)


def want_no_more(user: User) -> None:
    user.addresses.update(unwanted=["returned"])


@pytest.mark.parametrize("happening", [disable, end_post, read, change_address, want_no_more])
def test_what_lost_its_reason_does_not_go_out(admin: User, outbox: Path, noon: time_machine.Traveller, happening: Any) -> None:
    other = make_user(Role.PRINCIPAL, make_school(code="2145001777"))
    for user in (admin, other):
        reachable(user, "to-" + user.username)
    tell(admin, other)
    happening(admin)
    minute(NOON)
    assert [states(admin), states(other)] == [[("a", "dropped")], [("a", "sent")]]
    assert [message["to"] for message in messages(outbox)] == ["to-" + other.username]
    assert Delivery.objects.get(state="dropped").outcome


def test_until_is_the_last_moment(admin: User, outbox: Path, noon: time_machine.Traveller) -> None:
    reachable(admin)
    tell(admin, key="a", until=NOON)
    tell(admin, key="b", until=NOON + timedelta(seconds=1))
    minute(NOON)
    assert states(admin) == [("a", "dropped"), ("b", "sent")]


def test_three_days_late_is_too_late(admin: User, outbox: Path, noon: time_machine.Traveller) -> None:
    reachable(admin)
    tell(admin, key="a", now=NOON - timedelta(days=3))
    tell(admin, key="b", now=NOON - timedelta(days=2, hours=23))
    minute(NOON)
    assert states(admin) == [("a", "dropped"), ("b", "sent")]


def test_a_room_says_whether_it_still_holds(
    admin: User, outbox: Path, noon: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "_checks", {})
    asked = []

    @true_while("reminder")
    def not_filed(notice: Notice, now: datetime) -> bool:
        asked.append((notice.key, notice.user_id, now))
        return notice.key != "filed"

    reachable(admin)
    tell(admin, key="filed", kind="reminder")
    tell(admin, key="open", kind="reminder")
    tell(admin, key="other")
    minute(NOON)
    assert states(admin) == [("filed", "dropped"), ("open", "sent"), ("other", "sent")]
    assert sorted(asked) == [("filed", admin.pk, NOON), ("open", admin.pk, NOON)]


def test_what_could_not_go_out_is_tried_again_for_a_day(admin: User, outbox: Path, noon: time_machine.Traveller) -> None:
    reachable(admin, "later-01")
    tell(admin)
    minute(NOON)
    first = Delivery.objects.get()
    assert (first.state, first.attempts, first.outcome, first.due_at) == ("waiting", 1, "对方忙", NOON + timedelta(minutes=1))
    tries, moment = 1, NOON
    while Delivery.objects.get().state == "waiting":
        moment = Delivery.objects.get().due_at
        noon.move_to(moment, tick=False)
        tries += len(minute(moment))
        assert 7 <= moment.astimezone(NOON.tzinfo).hour < 21
    last = Delivery.objects.get()
    assert (last.state, last.attempts, last.outcome) == ("undeliverable", tries, "对方忙，试了一天")
    assert moment >= NOON + timedelta(days=1)
    assert messages(outbox) == []


def test_what_the_other_side_refuses_is_not_tried_again(admin: User, outbox: Path, noon: time_machine.Traveller) -> None:
    reachable(admin, "never-01")
    tell(admin)
    assert minute(NOON) == ["发出 0 条。"]
    assert Pulse.objects.get(name="other").detail["ok"], "the way itself is open"
    assert [(row.state, row.outcome) for row in Delivery.objects.all()] == [("undeliverable", "没有这个地址")]
    assert Delivery.objects.in_trouble(since=NOON).count() == 1
    assert minute(NOON + timedelta(hours=2)) == []


def test_what_was_left_in_doubt_is_said_so_and_not_sent_again(admin: User, outbox: Path) -> None:
    reachable(admin)
    tell(admin)
    outgoing = taken(admin, NOON)
    assert outgoing
    for later, state in {timedelta(minutes=5): "sending", timedelta(minutes=5, seconds=1): "unsure", timedelta(hours=1): "unsure"}.items():
        with time_machine.travel(NOON + later, tick=False):
            assert minute(NOON + later) == []
        assert states(admin) == [("a", state)]
    assert messages(outbox) == []
    mark_sent(message=outgoing.message.id, words="", at=NOON + timedelta(hours=2))
    assert states(admin) == [("a", "sent")], "whoever held it knows better"
    mark_sent(message=outgoing.message.id, words="again", at=NOON + timedelta(hours=3))
    assert Delivery.objects.get().outcome == ""


def test_what_was_due_before_a_restore_may_have_gone_out_since_its_backup(admin: User, outbox: Path, noon: time_machine.Traveller) -> None:
    reachable(admin)
    tell(admin, key="due", now=NOON - timedelta(hours=2))
    tell(admin, key="night", now=at("2026-10-27 22:00"))
    Delivery.objects.filter(notice__key="night").update(due_at=NOON + timedelta(minutes=1))
    beat("restored", at=NOON - timedelta(hours=1))
    tell(admin, key="since", now=NOON - timedelta(minutes=59))
    assert minute(NOON) == ["发出 1 条。"]
    assert states(admin) == [("due", "unsure"), ("night", "waiting"), ("since", "sent")]


def test_a_sender_that_breaks_leaves_one_in_doubt_and_the_others_for_the_next_minute(
    admin: User, outbox: Path, noon: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from office.senders.recording import Recording

    other, send = make_user(Role.PRINCIPAL, make_school(code="2145001777")), Recording.send

    def break_for_wei(self: Recording, message: Any) -> Any:
        if message.to == "wei-01":
            raise ConnectionResetError(message.to)
        return send(self, message)

    monkeypatch.setattr(Recording, "send", break_for_wei)
    reachable(admin)
    reachable(other, "zhou-02")
    tell(admin)
    tell(other, now=NOON + timedelta(seconds=1))
    noon.shift(timedelta(minutes=1))
    assert minute(NOON + timedelta(minutes=1)) == ["发出 0 条后停下：对方没有说收到没有。"]
    assert [states(admin), states(other)] == [[("a", "unsure")], [("a", "waiting")]]
    assert Pulse.objects.get(name="other").detail["ok"] is False
    noon.shift(timedelta(minutes=1))
    assert minute(NOON + timedelta(minutes=2)) == ["发出 1 条。"]
    assert [states(admin), states(other)] == [[("a", "unsure")], [("a", "sent")]]
    assert Pulse.objects.get(name="other").detail["ok"] is True
    assert "ConnectionResetError" in caplog.text
    assert "wei-01" not in caplog.text


def test_the_tick_asks_once_a_minute_however_often_it_comes(admin: User, outbox: Path, noon: time_machine.Traveller) -> None:
    assert tick(now=NOON) == []
    assert not Job.objects.filter(kind="accounts.deliver").exists(), "nothing is due"
    reachable(admin)
    tell(admin)
    for second in (0, 1, 59, 60):
        assert tick(now=NOON + timedelta(seconds=second)) == []
    assert Job.objects.filter(kind="accounts.deliver").count() == 2


def test_who_takes_it_second_gets_nothing(admin: User, outbox: Path) -> None:
    reachable(admin)
    tell(admin)
    assert take(user=admin.pk, channel="other", at=NOON) is not None
    assert take(user=admin.pk, channel="other", at=NOON) is None


def test_a_way_that_is_closed_is_tried_once_a_minute_and_everything_goes_out_when_it_opens(
    outbox: Path, noon: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from office.senders import TryLater
    from office.senders.recording import Recording

    people, send, tried = [make_user(Role.TEACHER, school) for school in [make_school()] * 4], Recording.send, []

    def closed(self: Recording, message: Any) -> Any:
        tried.append(message.to)
        raise TryLater("连不上", everyone=True)

    for number, user in enumerate(people):
        reachable(user, f"t{number}")
    tell(*people)
    monkeypatch.setattr(Recording, "send", closed)
    for number in range(3):
        moment = NOON + timedelta(minutes=number)
        noon.move_to(moment, tick=False)
        assert minute(moment) == ["发出 0 条后停下：连不上。"]
    assert len(tried) == 3
    operator = Client()
    operator.force_login(make_user(Role.OPERATOR))
    assert "发不出去：连不上。" in operator.get("/health/").content.decode()
    monkeypatch.setattr(Recording, "send", send)
    noon.move_to(NOON + timedelta(minutes=10), tick=False)
    minute(NOON + timedelta(minutes=10))
    assert {message["to"] for message in messages(outbox)} == {"t0", "t1", "t2", "t3"}
    assert "发不出去" not in operator.get("/health/").content.decode()


def test_a_check_that_breaks_holds_up_nobody_else(
    admin: User, outbox: Path, noon: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(deliveries, "_checks", {})

    @true_while("reminder")
    def broken(notice: Notice, now: datetime) -> bool:
        raise ValueError(notice.user.name)

    other = make_user(Role.PRINCIPAL, make_school(code="2145001777"))
    reachable(admin)
    reachable(other, "zhou-02")
    tell(admin, kind="reminder")
    noon.shift(timedelta(seconds=1))
    tell(other, now=NOON + timedelta(seconds=1))
    assert minute(NOON + timedelta(seconds=1)) == ["发出 1 条，1 人的消息处理不了，见日志。"]
    assert [states(admin), states(other)] == [[("a", "waiting")], [("a", "sent")]]
    assert Pulse.objects.get(name="other").detail == {"ok": False, "words": "1 人的消息处理不了，见日志"}
    assert "ValueError" in caplog.text
    assert "梁雨燕" not in caplog.text
