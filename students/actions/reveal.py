"""A sealed value shown in full: a logged act."""

from __future__ import annotations

import logging
from datetime import datetime

from accounts.models import User
from accounts.rules import Role
from office.audit import record
from office.fields import blind_index
from office.refusals import Refused
from students.models import Guardian, Student
from students.sheets_in import ID_PURPOSE

logger = logging.getLogger(__name__)

REVEALERS = frozenset({Role.TEACHER, Role.SCHOOL_ADMIN, Role.PRINCIPAL})


def needs_reason(user: User, student: Student) -> bool:
    """A county's staff says why; those who work with the child need not."""
    return student.county_id in user.reach.areas(Role.COUNTY_STAFF)


def may_reveal(user: User, student: Student) -> bool:
    """Visiting guides and inspectors read a child's page with its masks on."""
    if needs_reason(user, student):
        return True
    schools = user.reach.schools(*REVEALERS)
    return student.registered_school_id in schools or student.cases.filter(school__in=schools).exists()


def reveal(*, student: Student, field: str, guardian: Guardian | None, reason: str, by: User, at: datetime) -> str:
    """The value in full. Raises Refused without a reason where one is due, and when the value is not the one that was sealed."""
    if needs_reason(by, student) and not reason.strip():
        raise Refused("请写明查看的理由。")
    value = str(guardian.phone if guardian else getattr(student, field))
    if field == "id_number" and blind_index(value, purpose=ID_PURPOSE) != student.id_index:
        logger.error("the sealed number of student %s is not the one it is indexed by", student.pk)
        raise Refused("这个号码与登记时的不一致，可能被改动过，没有显示。请联系系统管理员。")
    detail = {"field": field} | ({"reason": reason.strip()[:200]} if reason.strip() else {})
    record("student.revealed", subject=student.pk, by=by.pk, at=at, county=student.county_id, detail=detail)
    return value
