from visits.views.answering import flag_answer, question_list
from visits.views.logging import visit_add, visit_draft, visit_edit, visit_text
from visits.views.photos import visit_photo, visit_photo_remove, visit_thumbnail
from visits.views.progress import progress_pdf, student_progress
from visits.views.reading import student_visits, visit, visit_export, visit_list
from visits.views.reviewing import plan_review
from visits.views.summing import summary_add, summary_detail, summary_discard, summary_edit, summary_pdf, summary_reopen

__all__ = [
    "flag_answer",
    "plan_review",
    "progress_pdf",
    "question_list",
    "student_progress",
    "student_visits",
    "summary_add",
    "summary_detail",
    "summary_discard",
    "summary_edit",
    "summary_pdf",
    "summary_reopen",
    "visit",
    "visit_add",
    "visit_draft",
    "visit_edit",
    "visit_export",
    "visit_list",
    "visit_photo",
    "visit_photo_remove",
    "visit_text",
    "visit_thumbnail",
]
