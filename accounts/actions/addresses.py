"""Where a person wants to be told besides the product: typed, confirmed by a code that was sent there, changed, removed."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.timezone import localdate

from accounts.models import Address, User
from accounts.rules.addresses import DIGITS, why_no_code, why_not_tried
from office.audit import record
from office.jobs import enqueue
from office.models import Job
from office.refusals import Refused
from office.senders import sender_of

KIND = "accounts.send_code"


@transaction.atomic
def set_address(*, by: User, channel: str, typed: str, at: datetime) -> Address:
    """Has a code sent to the address; whatever was there before is used no more. Raises Refused."""
    try:
        value = sender_of(channel).tidied(typed)
    except ValueError as error:
        raise Refused(str(error)) from None
    Address.objects.get_or_create(user=by, channel=channel, defaults={"value": value})
    address: Address = Address.objects.select_for_update().get(user=by, channel=channel)
    if address.confirmed_at and address.value == value:
        raise Refused("正在用的就是这个地址。")
    today = localdate(at)
    sent_today = address.codes if address.codes_on == today else 0
    if why := why_no_code(sent_at=address.code_at, sent_today=sent_today, at=at):
        raise Refused(why)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    address.value, address.confirmed_at, address.code_at, address.tries = value, None, at, 0
    address.codes, address.codes_on, address.code = sent_today + 1, today, _digest(address, code)
    address.save()
    enqueue(KIND, key=_job_key(address), by=by.pk, at=at, payload={"address": str(address.pk), "code": code})
    record("address.typed", subject=by.pk, by=by.pk, at=at, county=by.reach.county, detail={"key": channel})
    return address


def confirm_address(*, by: User, channel: str, code: str, at: datetime) -> None:
    """The address is the person's own and used from now on. A wrong code is counted. Raises Refused."""
    if why := _tried(by, channel, code, at=at):
        raise Refused(why)


@transaction.atomic
def _tried(by: User, channel: str, code: str, *, at: datetime) -> str:
    """Counts the try, which a Refused would undo; returns why it did not confirm, or an empty text."""
    address = Address.objects.visible_to(by).select_for_update().filter(channel=channel).first()
    if address is None:
        return "请先填写地址。"
    if address.confirmed_at:
        return ""
    if why := why_not_tried(sent_at=address.code_at, tries=address.tries, at=at):
        return why
    own = Address.objects.filter(pk=address.pk)
    if not is_code(address, code):
        own.update(tries=F("tries") + 1)
        return "确认码不对。"
    own.update(confirmed_at=at, code="", tries=0)
    record("address.confirmed", subject=by.pk, by=by.pk, at=at, county=by.reach.county, detail={"key": channel})
    return ""


def is_code(address: Address, code: str) -> bool:
    """Whether this is the code that was last sent to this address."""
    return bool(address.code) and constant_time_compare(address.code, _digest(address, code.strip()))


@transaction.atomic
def choose_kinds(*, by: User, channel: str, unwanted: list[str]) -> None:
    """What goes out there from now on; nobody else's business: no audit line."""
    Address.objects.visible_to(by).filter(channel=channel).update(unwanted=sorted(unwanted))


@transaction.atomic
def remove_address(*, by: User, channel: str, at: datetime) -> None:
    """Forgets the address; what still waited for it goes nowhere. How many codes were sent today is not forgotten."""
    emptied: dict[str, Any] = {"value": "", "confirmed_at": None, "code": "", "unwanted": []}
    if Address.objects.visible_to(by).filter(channel=channel).exclude(code="", confirmed_at=None).update(**emptied):
        record("address.removed", subject=by.pk, by=by.pk, at=at, county=by.reach.county, detail={"key": channel})


def code_job(address: Address) -> Job | None:
    """The sending of the last code, and what came of it."""
    return Job.objects.filter(key=_job_key(address)).first() if address.code_at else None


def _job_key(address: Address) -> str:
    return f"{KIND}:{address.pk}:{address.code_at:%Y%m%d%H%M%S}"


def _digest(address: Address, code: str) -> str:
    return salted_hmac(KIND, f"{address.pk}:{address.value}:{code}", algorithm="sha256").hexdigest()
