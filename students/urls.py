from django.urls import path

from students.views import rosters

urlpatterns = [
    path("students/import/", rosters.roster_upload, name="roster_upload"),
    path("students/import/<uuid:pk>/", rosters.roster_import, name="roster_import"),
    path("students/import/<uuid:pk>/confirm/", rosters.roster_confirm, name="roster_confirm"),
    path("students/import/<uuid:pk>/rejects/", rosters.roster_rejects, name="roster_rejects"),
]
