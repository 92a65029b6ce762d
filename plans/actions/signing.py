"""Who signed a plan: with a finger on the screen, or on paper that was photographed. Each signature names what was signed by its digest."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from accounts.models import User
from office import files
from office.models import PrivateFile
from office.pictures import JPEG, Picture, read_picture
from office.refusals import Refused
from office.rules.strokes import why_not_drawn
from office.rules.typed import clean
from plans.actions.holding import hold, note
from plans.codes import FROZEN, PlanState
from plans.models import Plan, PlanSignature

SIGNABLE = (PlanState.APPROVED, PlanState.IN_FORCE, PlanState.CLOSED)
MOST_BYTES = 15 * 1024 * 1024
LONGEST_NAME, LONGEST_REASON = 100, 200


def sign_plan(
    *, plan: Plan, key: UUID, kind: str, name: str, relation: str, on: date, strokes: Any, paper: bytes | None, by: User, at: datetime
) -> PlanSignature:
    """Adds a signature to an approved plan; it may come later than the plan. The same again (known by `key`, which its page made)
    changes nothing. Raises Refused, in words, for one with neither strokes nor paper, and for a paper that is no picture."""
    picture = read_picture(paper) if paper else None  # outside the transaction: nobody waits for it
    with transaction.atomic():
        held = hold(plan, None, FROZEN)
        if known := PlanSignature.objects.filter(key=key).first():
            return _same(known, held)
        if held.state not in SIGNABLE:
            raise Refused("这份计划已被新版本代替，请在新的一版上签字。")
        _check(held, name, relation, on, strokes, picture, at=at)
        given: dict[str, Any] = {"kind": kind, "name": clean(name), "relation": clean(relation), "on": on, "by": by, "at": at}
        given |= {"digest": held.digest, "strokes": strokes or None, "paper": _kept(picture, by=by, at=at)}
        made: PlanSignature = PlanSignature.objects.create(plan=held, key=key, **given)
        note("plan.signed", held, by=by, at=at, kind=kind)
        return made


def _same(known: PlanSignature, plan: Plan) -> PlanSignature:
    if known.plan_id != plan.pk:
        raise Refused("签字的编号不对，请重新打开这一页再签。")
    return known


def _check(plan: Plan, name: str, relation: str, on: date, strokes: Any, picture: Picture | None, *, at: datetime) -> None:
    if not clean(name):
        raise Refused("请写签字人的姓名。")
    if max(len(clean(name)), len(clean(relation))) > LONGEST_NAME:
        raise Refused(f"姓名和关系最多 {LONGEST_NAME} 个字。")
    if not strokes and picture is None:
        raise Refused("请在屏幕上签字，或者拍下签好的纸。")
    if strokes and (why := why_not_drawn(strokes)):
        raise Refused(why)
    if on > localdate(at):
        raise Refused("签字日期不能在今天之后。")
    if on < localdate(plan.at):
        raise Refused("签字日期在开始写这份计划之前，请核对。")


def _kept(picture: Picture | None, *, by: User, at: datetime) -> PrivateFile | None:
    """Only the pixels: nothing of what the camera wrote into it."""
    return files.keep(picture.full, name="signed.jpg", content_type=JPEG, by=by.pk, at=at) if picture else None


@transaction.atomic
def remove_signature(*, signature: PlanSignature, reason: str, by: User, at: datetime) -> None:
    """A wrong one, for good, with its paper; that it was there and why it went stands in the audit. Gone already: nothing."""
    held = hold(signature.plan, None, FROZEN)
    if not clean(reason):
        raise Refused("请写明为什么去掉这个签字。")
    found = PlanSignature.objects.select_related("paper").filter(pk=signature.pk).first()
    if found is None:
        return
    found.delete()
    if found.paper:
        files.remove(found.paper)
    told = {"kind": found.kind, "signed": found.on, "reason": clean(reason)[:LONGEST_REASON]}
    note("plan.signature_removed", held, by=by, at=at, **told)
