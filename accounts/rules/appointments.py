"""Who may give which role, and whose account somebody may look after. Source: docs/rules.md, "People and what they see"."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from accounts.rules.standing import INSTALLATION_ROLES, Reach, Role, Standing

ADMIN_GIVES = (Role.TEACHER, Role.SCHOOL_ADMIN, Role.PRINCIPAL)
COUNTY_GIVES = (*ADMIN_GIVES, Role.ITINERANT, Role.INSPECTOR, Role.COUNTY_STAFF, Role.COUNTY_LEADER)
LOOKS_AFTER_PEOPLE = (Role.SCHOOL_ADMIN, Role.COUNTY_STAFF, Role.OPERATOR, Role.SECURITY_OFFICER)

OWN_ACCOUNT = "自己的账号要由别人来办；改密码请用“修改密码”。"
BEYOND = "这个人还有您管不到的任职，请县局经办人或系统管理员办理。"


def roles_to_give(giver: Reach) -> tuple[Role, ...]:
    """The roles somebody may give somewhere, in the order of a menu."""
    if giver.holds(Role.COUNTY_STAFF):
        return COUNTY_GIVES
    return ADMIN_GIVES if giver.holds(Role.SCHOOL_ADMIN) else ()


def may_give(giver: Reach, post: Standing) -> bool:
    """A school admin staffs the own school, county staff the own county; an operator gives everything."""
    if giver.holds(Role.OPERATOR):
        return True
    if post.role in ADMIN_GIVES and post.school_id in giver.schools(Role.SCHOOL_ADMIN):
        return True
    return post.role in COUNTY_GIVES and post.county in giver.areas(Role.COUNTY_STAFF)


def why_not_look_after(giver: Reach, person: UUID, posts: Iterable[Standing]) -> str:
    """Why somebody may not reset, disable or change the posts of an account, or an empty text.

    Whoever resets a password could sign in with it: so nobody does it for a person with a post they could not give.
    """
    if person == giver.user_id:
        return OWN_ACCOUNT
    return "" if all(may_give(giver, post) for post in posts) else BEYOND


def why_not_lock_out(giver: Reach, person: UUID, posts: Iterable[Standing]) -> str:
    """Why somebody may not disable an account or end its sessions; a security officer may, whatever its posts."""
    if giver.holds(Role.SECURITY_OFFICER) and person != giver.user_id:
        return ""
    return why_not_look_after(giver, person, posts)


def clashing_duties(roles: Iterable[Role]) -> bool:
    """Operator, security officer and auditor in one hand; installations that separate duties refuse it."""
    return len(INSTALLATION_ROLES & set(roles)) > 1
