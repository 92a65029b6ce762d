"""Changes to visits."""

from visits.actions.confirming import confirm
from visits.actions.importing import import_visits
from visits.actions.months import lock_months, set_lock
from visits.actions.photos import announce, receive, remove

__all__ = ["announce", "confirm", "import_visits", "lock_months", "receive", "remove", "set_lock"]
