"""Who may see what: a person's posts, read once a request into one frozen value.

Source: docs/rules.md, "People and what they see".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from uuid import UUID


class Role(StrEnum):
    TEACHER = "teacher"
    SCHOOL_ADMIN = "school_admin"
    PRINCIPAL = "principal"
    COUNTY_STAFF = "county_staff"
    COUNTY_LEADER = "county_leader"
    ITINERANT = "itinerant"
    INSPECTOR = "inspector"
    OBSERVER = "observer"
    OPERATOR = "operator"
    SECURITY_OFFICER = "security_officer"
    AUDITOR = "auditor"


ROLE_NAMES = {
    Role.TEACHER: "送教教师",
    Role.SCHOOL_ADMIN: "学校送教负责人",
    Role.PRINCIPAL: "校长",
    Role.COUNTY_STAFF: "县局经办人",
    Role.COUNTY_LEADER: "县局领导",
    Role.ITINERANT: "巡回指导教师",
    Role.INSPECTOR: "督导",
    Role.OBSERVER: "市/省观察员",
    Role.OPERATOR: "系统管理员",
    Role.SECURITY_OFFICER: "安全管理员",
    Role.AUDITOR: "审计员",
}

SCHOOL_ROLES = frozenset({Role.TEACHER, Role.SCHOOL_ADMIN, Role.PRINCIPAL, Role.ITINERANT, Role.INSPECTOR})
COUNTY_ROLES = frozenset({Role.COUNTY_STAFF, Role.COUNTY_LEADER})
AREA_ROLES = COUNTY_ROLES | {Role.OBSERVER}
INSTALLATION_ROLES = frozenset({Role.OPERATOR, Role.SECURITY_OFFICER, Role.AUDITOR})

# Roles that see the children of a whole school, and those that may change its records.
SCHOOL_WIDE = frozenset({Role.SCHOOL_ADMIN, Role.PRINCIPAL, Role.ITINERANT, Role.INSPECTOR})

# Which home a person with several posts lands on: the first that applies.
HOME_ORDER = (
    Role.COUNTY_STAFF,
    Role.COUNTY_LEADER,
    Role.SCHOOL_ADMIN,
    Role.PRINCIPAL,
    Role.TEACHER,
    Role.ITINERANT,
    Role.INSPECTOR,
    Role.OBSERVER,
    Role.OPERATOR,
    Role.SECURITY_OFFICER,
    Role.AUDITOR,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One post in force: the role, and the school or the area (a code prefix) it holds for.

    `county` is the code of the county the post belongs to; empty for observers and the installation's roles.
    """

    role: Role
    school_id: UUID | None = None
    area_code: str = ""
    county: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything a person's posts reach on one day. What is not reached does not exist for them."""

    user_id: UUID
    on: date
    standings: tuple[Standing, ...]

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(standing.role for standing in self.standings)

    @property
    def home(self) -> Role | None:
        return next((role for role in HOME_ORDER if role in self.roles), None)

    def schools(self, *roles: Role) -> frozenset[UUID]:
        """The schools of posts with one of `roles`."""
        return frozenset(s.school_id for s in self.standings if s.role in roles and s.school_id is not None)

    def areas(self, *roles: Role) -> frozenset[str]:
        """The area codes of posts with one of `roles`."""
        return frozenset(s.area_code for s in self.standings if s.role in roles and s.area_code)

    def holds(self, *roles: Role) -> bool:
        return any(standing.role in roles for standing in self.standings)

    @property
    def county(self) -> str:
        """The county in whose audit chain this person's doings stand; empty for the installation's."""
        ordered = sorted(self.standings, key=lambda standing: HOME_ORDER.index(standing.role))
        return next((standing.county for standing in ordered if standing.county), "")

    @property
    def digest(self) -> str:
        """Equal as long as the posts in force are the same."""
        posts = sorted((standing.role.value, str(standing.school_id or ""), standing.area_code) for standing in self.standings)
        return sha256(repr(posts).encode()).hexdigest()

    @property
    def sees_names(self) -> bool:
        """Leaders see masked names, observers and operators none."""
        return self.holds(*(SCHOOL_WIDE | {Role.TEACHER, Role.COUNTY_STAFF}))


def reach(user_id: UUID, posts: Iterable[Standing], *, on: date) -> Reach:
    return Reach(user_id=user_id, on=on, standings=tuple(posts))
