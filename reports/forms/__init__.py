"""What is asked of a month and said of a submission."""

from reports.forms.month import BoardFilter, MonthFilter, TicketForm
from reports.forms.review import AcceptForm, ReopenForm, ReturnForm, SubmitForm

__all__ = ["AcceptForm", "BoardFilter", "MonthFilter", "ReopenForm", "ReturnForm", "SubmitForm", "TicketForm"]
