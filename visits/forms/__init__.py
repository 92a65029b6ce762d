from visits.forms.answers import AnswerForm, QuestionMonth
from visits.forms.lists import VisitFilter, YearFilter
from visits.forms.writing import PostedVisit

__all__ = ["AnswerForm", "PostedVisit", "QuestionMonth", "VisitFilter", "YearFilter"]
