from django.urls import path

from plans.views import assessments, bank, listing, plans, scales, writing

urlpatterns = [
    path("students/<uuid:pk>/assessments/", assessments.student_assessments, name="student_assessments"),
    path("plans/assessments/add/", assessments.assessment_add, name="assessment_add"),
    path("plans/assessments/<uuid:pk>/", assessments.assessment_detail, name="assessment_detail"),
    path("plans/assessments/<uuid:pk>/edit/", assessments.assessment_edit, name="assessment_edit"),
    path("plans/assessments/<uuid:pk>/scores/", assessments.assessment_scores, name="assessment_scores"),
    path("plans/assessments/<uuid:pk>/reopen/", assessments.assessment_reopen, name="assessment_reopen"),
    path("plans/assessments/<uuid:pk>/discard/", assessments.assessment_discard, name="assessment_discard"),
    path("plans/assessments/<uuid:pk>/pdf/", assessments.assessment_pdf, name="assessment_pdf"),
    path("students/<uuid:pk>/plans/", plans.student_plans, name="student_plans"),
    path("plans/", listing.plan_list, name="plan_list"),
    path("plans/add/", plans.plan_add, name="plan_add"),
    path("plans/<uuid:pk>/", plans.plan_detail, name="plan_detail"),
    path("plans/<uuid:pk>/edit/", writing.plan_edit, name="plan_edit"),
    path("plans/<uuid:pk>/content/", writing.plan_content, name="plan_content"),
    path("plans/<uuid:pk>/take/", bank.plan_take, name="plan_take"),
    path("plans/<uuid:pk>/changes/", plans.plan_changes, name="plan_changes"),
    path("plans/<uuid:pk>/pdf/", plans.plan_pdf, name="plan_pdf"),
    path("plans/<uuid:pk>/decide/", plans.plan_decide, name="plan_decide"),
    path("plans/<uuid:pk>/version/", plans.plan_version, name="plan_version"),
    path("plans/<uuid:pk>/withdraw/", plans.plan_withdraw, name="plan_withdraw"),
    path("plans/<uuid:pk>/discard/", plans.plan_discard, name="plan_discard"),
    path("plans/<uuid:pk>/close/", plans.plan_close, name="plan_close"),
    path("plans/bank/", bank.bank_list, name="bank_list"),
    path("plans/bank/<uuid:pk>/retire/", bank.bank_retire, name="bank_retire"),
    path("plans/scales/", scales.scale_list, name="scale_list"),
    path("plans/scales/<uuid:pk>/retire/", scales.scale_retire, name="scale_retire"),
]
