"""What happens: visits, who went, what each child had of it, and what shows it."""

from visits.models.evidence import Confirmation, FlagAnswer, Photo, ToldQuestion
from visits.models.months import SchoolMonth
from visits.models.outings import Visit, VisitPerson, VisitRecord
from visits.models.practising import Practice
from visits.models.summing import TermSummary
from visits.models.writing import VisitDraft, VisitRevision

__all__ = [
    "Confirmation",
    "FlagAnswer",
    "Photo",
    "Practice",
    "SchoolMonth",
    "TermSummary",
    "ToldQuestion",
    "Visit",
    "VisitDraft",
    "VisitPerson",
    "VisitRecord",
    "VisitRevision",
]
