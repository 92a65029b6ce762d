"""Changes to visits."""

from visits.actions.answering import answer_flag
from visits.actions.confirming import confirm
from visits.actions.drafts import discard_draft, save_draft
from visits.actions.importing import import_visits
from visits.actions.months import lock_months, set_lock, tell, untell
from visits.actions.photos import announce, receive
from visits.actions.removing import remove
from visits.actions.writing import Conflict, write_visit

__all__ = [
    "Conflict",
    "announce",
    "answer_flag",
    "confirm",
    "discard_draft",
    "import_visits",
    "lock_months",
    "receive",
    "remove",
    "save_draft",
    "set_lock",
    "tell",
    "untell",
    "write_visit",
]
