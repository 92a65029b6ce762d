"""What comes in from the pages of children, well formed."""

from students.forms.children import PHONE, PauseForm, RemoteForm, ResumeForm, RevealForm, TeamForm
from students.forms.consents import ConsentForm, PapersForm
from students.forms.lists import SEARCH, SearchForm, StudentFilter
from students.forms.rosters import AgreedRows, RosterForm

__all__ = [
    "PHONE",
    "SEARCH",
    "AgreedRows",
    "ConsentForm",
    "PapersForm",
    "PauseForm",
    "RemoteForm",
    "ResumeForm",
    "RevealForm",
    "RosterForm",
    "SearchForm",
    "StudentFilter",
    "TeamForm",
]
