"""What people type about accounts, well formed."""

from accounts.forms.people import PersonFilter, PersonForm, PostForm, SheetForm, TickedForm
from accounts.forms.signing_in import PasswordForm, SignInForm

__all__ = ["PasswordForm", "PersonFilter", "PersonForm", "PostForm", "SheetForm", "SignInForm", "TickedForm"]
