"""What the page of a visit offers to choose from, and each child beside what is written of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import template

from accounts.models import User
from visits.forms.ticket import ticket_for
from visits.models import Confirmation
from visits.querysets.page import CHOICES
from visits.rules.practising import BLANK, arranged
from visits.rules.shape import RECORD

register = template.Library()

AREAS = ["生活适应", "生活语文", "生活数学", "运动与保健", "劳动技能", "唱游与律动", "绘画与手工"]
CONFIRMATION = {"kind": "signature", "signer": "", "relation": "", "witness": ""}


@register.simple_tag
def choices() -> dict[str, Any]:
    """The codes of each field with their words."""
    return CHOICES


@register.simple_tag
def kinds(page: Any) -> list[tuple[str, str]]:
    """How a guardian may confirm on this page: the forms that the policy accepts; by a link they do it themselves."""
    here = [(kind.value, kind.label) for kind in Confirmation.Kind if kind != Confirmation.Kind.LINK]
    return [(code, label) for code, label in here if code in page.confirmations] or here


@register.simple_tag
def ticket(user: User, visit_id: UUID) -> str:
    """Whose page it is: so that what is posted after the session ended becomes this person's draft."""
    return ticket_for(user.pk, visit_id)


@register.simple_tag
def areas() -> list[str]:
    """The areas that a teaching text is usually divided by."""
    return AREAS


@register.simple_tag
def pattern() -> dict[str, Any]:
    """The card from which the page makes one for a child added to a group."""
    return _card({"case": "__case__", "name": "", "may_photograph": True}, {})


@register.simple_tag
def objective_pattern() -> dict[str, str]:
    """The row from which the page makes one for an objective of a child added to a group."""
    return BLANK | {"objective": "__objective__", "plan": "__plan__", "text": "__text__"}


@register.simple_tag
def cards(page: Any) -> list[dict[str, Any]]:
    """The children of this visit in the order of its records, each with what is written of it."""
    of_case = {str(_of(child, "case")): child for child in page.children}
    given = {str(each.get("case")): each for each in page.content.get("confirmations", [])}
    chosen = [(of_case.get(str(record["case"])), record) for record in page.content.get("records", [])]
    return [_card(child, record, given.get(str(record["case"]))) for child, record in chosen if child is not None]


@register.simple_tag
def uncarded(page: Any) -> list[Any]:
    """The children that could be added to this visit."""
    chosen = {str(record["case"]) for record in page.content.get("records", [])}
    return [child for child in page.children if str(_of(child, "case")) not in chosen]


def _card(child: Any, record: dict[str, Any], confirmation: dict[str, Any] | None = None) -> dict[str, Any]:
    card = {"case": str(_of(child, "case")), "name": _of(child, "name"), "may_photograph": _of(child, "may_photograph")}
    usual = {"signer": _of(child, "guardian", ""), "relation": _of(child, "relation", "")}
    whole, plan = RECORD | record, _of(child, "plan")
    practice = arranged(plan, whole["practised"]) | {"health": (plan or {}).get("health", [])}
    card["lesson"] = _of(child, "lesson") or {"url": "", "title": ""}
    return card | {"record": whole, "confirmation": CONFIRMATION | usual | (confirmation or {}), "practice": practice}


def _of(child: Any, name: str, otherwise: Any = None) -> Any:
    return child.get(name, otherwise) if isinstance(child, dict) else getattr(child, name, otherwise)
