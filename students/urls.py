from django.urls import path

from students.views import children, lists, rosters

urlpatterns = [
    path("students/", lists.student_list, name="student_list"),
    path("students/export/", lists.student_export, name="student_export"),
    path("students/import/", rosters.roster_upload, name="roster_upload"),
    path("students/import/<uuid:pk>/", rosters.roster_import, name="roster_import"),
    path("students/import/<uuid:pk>/confirm/", rosters.roster_confirm, name="roster_confirm"),
    path("students/import/<uuid:pk>/rejects/", rosters.roster_rejects, name="roster_rejects"),
    path("students/<uuid:pk>/", children.student_detail, name="student_detail"),
    path("students/<uuid:pk>/reveal/", children.student_reveal, name="student_reveal"),
    path("students/<uuid:pk>/placement/", children.student_placement, name="student_placement"),
    path("students/<uuid:pk>/views/", children.student_views, name="student_views"),
    path("search/", lists.search, name="search"),
]
