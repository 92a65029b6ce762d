from django.urls import path

from visits import views

urlpatterns = [
    path("visits/", views.visit_list, name="visit_list"),
    path("visits/export/", views.visit_export, name="visit_export"),
    path("visits/<uuid:pk>/", views.visit, name="visit"),
    path("visits/<uuid:pk>/photos/<uuid:photo>/", views.visit_photo, name="visit_photo"),
    path("visits/<uuid:pk>/photos/<uuid:photo>/thumbnail/", views.visit_thumbnail, name="visit_thumbnail"),
    path("students/<uuid:pk>/visits/", views.student_visits, name="student_visits"),
]
