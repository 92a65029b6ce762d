from visits.forms.lists import VisitFilter, YearFilter

__all__ = ["VisitFilter", "YearFilter"]
