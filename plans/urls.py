from django.urls import path

from plans.views import assessments, scales

urlpatterns = [
    path("students/<uuid:pk>/assessments/", assessments.student_assessments, name="student_assessments"),
    path("plans/assessments/add/", assessments.assessment_add, name="assessment_add"),
    path("plans/assessments/<uuid:pk>/", assessments.assessment_detail, name="assessment_detail"),
    path("plans/assessments/<uuid:pk>/edit/", assessments.assessment_edit, name="assessment_edit"),
    path("plans/assessments/<uuid:pk>/scores/", assessments.assessment_scores, name="assessment_scores"),
    path("plans/assessments/<uuid:pk>/reopen/", assessments.assessment_reopen, name="assessment_reopen"),
    path("plans/assessments/<uuid:pk>/discard/", assessments.assessment_discard, name="assessment_discard"),
    path("plans/assessments/<uuid:pk>/pdf/", assessments.assessment_pdf, name="assessment_pdf"),
    path("plans/scales/", scales.scale_list, name="scale_list"),
    path("plans/scales/<uuid:pk>/retire/", scales.scale_retire, name="scale_retire"),
]
