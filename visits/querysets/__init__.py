"""How visits are asked for: who sees which, which of them count; `reading` makes plain rows of them for lists and pages."""

from visits.querysets.records import VisitQuerySet, VisitRecordQuerySet

__all__ = ["VisitQuerySet", "VisitRecordQuerySet"]
