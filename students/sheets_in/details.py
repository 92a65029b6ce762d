"""What a row says of a child and its family that the record does not say yet."""

from __future__ import annotations

from typing import Any

from students.models import Guardian, Student
from students.rules.roster import Entry


def stated(entry: Entry) -> dict[str, Any]:
    """The columns of a child a row says something of; what it leaves blank stays as it is."""
    values = {
        "name": entry.name,
        "name_key": entry.key,
        "sex": entry.sex,
        "birth_on": entry.birth_on,
        "id_number": entry.id_number,
        "ethnicity": entry.ethnicity,
        "cert_number": entry.cert,
        "registration_number": entry.registration,
        "disability": entry.disability,
        "further_disabilities": entry.further,
        "disability_grade": entry.grade,
        "home_address": entry.address,
        "household_address": entry.household,
        "class_grade": entry.class_grade,
        "placement": entry.placement,
        "registered_school_id": entry.registered,
        "remark": entry.remark,
    }
    return {name: value for name, value in values.items() if value}


def changes_of(entry: Entry, student: Student) -> dict[str, Any]:
    changes = {name: value for name, value in stated(entry).items() if getattr(student, name) != value}
    if "disability" in changes and not entry.further:
        changes["further_disabilities"] = ""
    return changes


def guardians_of(entry: Entry, on_record: list[Guardian]) -> list[Guardian]:
    """The guardian and the caregiver where the row tells something new; relation and phone are the guardian's, if one is named."""
    along = {"relation": entry.relation, "phone": entry.phone}
    is_caregivers = bool(entry.caregiver and not entry.guardian)
    people = (
        (Guardian.Kind.GUARDIAN, {} if is_caregivers else {"name": entry.guardian, **along}),
        (Guardian.Kind.CAREGIVER, {"name": entry.caregiver, **(along if is_caregivers else {})}),
    )
    told = (_guardian(kind, {name: value for name, value in said.items() if value}, on_record) for kind, said in people)
    return [guardian for guardian in told if guardian is not None]


def _guardian(kind: Guardian.Kind, said: dict[str, str], on_record: list[Guardian]) -> Guardian | None:
    if not said:
        return None
    ours = [guardian for guardian in on_record if guardian.kind == kind]
    if not ours:
        return Guardian(kind=kind, **said)
    guardian = next((one for one in ours if one.name == said.get("name", one.name)), ours[0])
    changes = {name: value for name, value in said.items() if getattr(guardian, name) != value}
    for name, value in changes.items():
        setattr(guardian, name, value)
    return guardian if changes else None
