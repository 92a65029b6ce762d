"""What holds of a county: its policy, its school calendar, its schools."""

from counties.rules.calendar import Calendar, Span, days_of, overlap, school_year_of, school_year_span, why_no_term
from counties.rules.policy import DEFAULT_PRESET, NULLABLE, PRESETS, READERS, BadPolicy, Mastery, PolicyTerms, policy_values, why_not_from
from counties.rules.schools import school_kind

__all__ = [
    "DEFAULT_PRESET",
    "NULLABLE",
    "PRESETS",
    "READERS",
    "BadPolicy",
    "Calendar",
    "Mastery",
    "PolicyTerms",
    "Span",
    "days_of",
    "overlap",
    "policy_values",
    "school_kind",
    "school_year_of",
    "school_year_span",
    "why_no_term",
    "why_not_from",
]
