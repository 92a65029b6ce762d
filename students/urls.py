from django.urls import path

from students.views import cases, children, consents, lists, rosters

urlpatterns = [
    path("students/", lists.student_list, name="student_list"),
    path("students/export/", lists.student_export, name="student_export"),
    path("students/import/", rosters.roster_upload, name="roster_upload"),
    path("students/import/<uuid:pk>/", rosters.roster_import, name="roster_import"),
    path("students/import/<uuid:pk>/confirm/", rosters.roster_confirm, name="roster_confirm"),
    path("students/import/<uuid:pk>/rejects/", rosters.roster_rejects, name="roster_rejects"),
    path("students/consents/", consents.consents, name="consents"),
    path("students/<uuid:pk>/", children.student_detail, name="student_detail"),
    path("students/<uuid:pk>/reveal/", children.student_reveal, name="student_reveal"),
    path("students/<uuid:pk>/placement/", children.student_placement, name="student_placement"),
    path("students/<uuid:pk>/consents/", consents.student_consents, name="student_consents"),
    path("students/<uuid:pk>/views/", children.student_views, name="student_views"),
    path("students/cases/<uuid:pk>/pause/", cases.case_pause, name="case_pause"),
    path("students/cases/<uuid:pk>/resume/", cases.case_resume, name="case_resume"),
    path("students/cases/<uuid:pk>/remote/", cases.case_remote, name="case_remote"),
    path("students/cases/<uuid:pk>/team/", cases.case_team, name="case_team"),
    path("search/", lists.search, name="search"),
]
