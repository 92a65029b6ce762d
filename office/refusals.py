"""The third refusal: a rule says no, in words for the person at the screen.

The other two are Django's: not visible is Http404, visible but not for this role is PermissionDenied.
"""


class Refused(Exception):
    """A rule of the domain forbids what was asked; `str()` is the sentence to show."""
