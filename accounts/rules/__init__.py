"""What holds of people: their roles and reach, and the files and words that make them."""

from accounts.rules.standing import (
    AREA_ROLES,
    COUNTY_ROLES,
    HOME_ORDER,
    INSTALLATION_ROLES,
    ROLE_NAMES,
    SCHOOL_ROLES,
    SCHOOL_WIDE,
    Reach,
    Role,
    Standing,
    reach,
)

__all__ = [
    "AREA_ROLES",
    "COUNTY_ROLES",
    "HOME_ORDER",
    "INSTALLATION_ROLES",
    "ROLE_NAMES",
    "SCHOOL_ROLES",
    "SCHOOL_WIDE",
    "Reach",
    "Role",
    "Standing",
    "reach",
]
