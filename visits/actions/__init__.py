"""Changes to visits."""

from visits.actions.importing import import_visits
from visits.actions.months import lock_months, set_lock

__all__ = ["import_visits", "lock_months", "set_lock"]
