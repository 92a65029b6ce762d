"""A child's progress on paper."""

from __future__ import annotations

from django.template.loader import render_to_string

from office.pdf import make_pdf
from students.models import Student
from visits.querysets.progress import Progress


def print_progress(student: Student, progress: Progress) -> bytes:
    """The lines of the page with their tables; the same visits give the same bytes on the same day."""
    context = {"student": student, "goals": progress.goals, "known": progress.known, "rule": progress.rule}
    css = [render_to_string(f"visits/print/{name}.css") for name in ("progress", "student_progress")]
    return make_pdf(render_to_string("visits/print/_student_progress.html", context), css=css)
