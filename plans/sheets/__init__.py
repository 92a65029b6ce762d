"""What the pages and the papers show, frozen before a template prints it."""

from plans.sheets.assessments import assessment_page, history_of, print_assessment, scale_history
from plans.sheets.lessons import LessonPage, lesson_page, print_lesson
from plans.sheets.plans import NAMES, PlanPage, plan_page, print_plan
from plans.sheets.signing import SignRow, papers_of, sign_rows, signed_of

__all__ = ["NAMES", "PlanPage", "assessment_page", "history_of", "plan_page", "print_assessment", "print_plan", "scale_history"]
__all__ += ["SignRow", "papers_of", "sign_rows", "signed_of"]
__all__ += ["LessonPage", "lesson_page", "print_lesson"]
