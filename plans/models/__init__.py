"""What is intended: scales and assessments, individualized plans with their comments, signatures and reviews, lesson plans, the
goal bank, what the county drew to look at."""

from plans.models.assessments import Assessment, OwnScale
from plans.models.bank import BankObjective
from plans.models.lessons import LessonPlan
from plans.models.plans import GoalComment, ObjectiveReview, Plan, PlanSignature
from plans.models.samples import PlanSample, SampledPlan

__all__ = ["Assessment", "BankObjective", "GoalComment", "LessonPlan", "ObjectiveReview", "OwnScale", "Plan", "PlanSignature"]
__all__ += ["PlanSample", "SampledPlan"]
