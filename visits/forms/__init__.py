from visits.forms.lists import VisitFilter, YearFilter
from visits.forms.writing import PostedVisit

__all__ = ["PostedVisit", "VisitFilter", "YearFilter"]
