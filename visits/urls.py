from django.urls import path

from visits import views

urlpatterns = [
    path("visits/", views.visit_list, name="visit_list"),
    path("visits/export/", views.visit_export, name="visit_export"),
    path("visits/add/", views.visit_add, name="visit_add"),
    path("visits/<uuid:pk>/", views.visit, name="visit"),
    path("visits/<uuid:pk>/photos/<uuid:photo>/", views.visit_photo, name="visit_photo"),
    path("visits/<uuid:pk>/photos/<uuid:photo>/thumbnail/", views.visit_thumbnail, name="visit_thumbnail"),
    path("visits/<uuid:pk>/photos/<uuid:photo>/remove/", views.visit_photo_remove, name="visit_photo_remove"),
    path("visits/<uuid:pk>/edit/", views.visit_edit, name="visit_edit"),
    path("visits/<uuid:pk>/text/", views.visit_text, name="visit_text"),
    path("visits/<uuid:pk>/draft/", views.visit_draft, name="visit_draft"),
    path("visits/<uuid:pk>/answers/", views.flag_answer, name="flag_answer"),
    path("questions/", views.question_list, name="question_list"),
    path("students/<uuid:pk>/visits/", views.student_visits, name="student_visits"),
    path("students/<uuid:pk>/progress/", views.student_progress, name="student_progress"),
    path("students/<uuid:pk>/progress/pdf/", views.progress_pdf, name="progress_pdf"),
    path("plans/<uuid:pk>/review/", views.plan_review, name="plan_review"),
    path("students/<uuid:pk>/summaries/add/", views.summary_add, name="summary_add"),
    path("summaries/<uuid:pk>/", views.summary_detail, name="summary_detail"),
    path("summaries/<uuid:pk>/edit/", views.summary_edit, name="summary_edit"),
    path("summaries/<uuid:pk>/reopen/", views.summary_reopen, name="summary_reopen"),
    path("summaries/<uuid:pk>/discard/", views.summary_discard, name="summary_discard"),
    path("summaries/<uuid:pk>/pdf/", views.summary_pdf, name="summary_pdf"),
]
