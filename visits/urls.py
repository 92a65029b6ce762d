from django.urls import path

from visits import views

urlpatterns = [
    path("visits/", views.visit_list, name="visit_list"),
    path("visits/export/", views.visit_export, name="visit_export"),
    path("visits/<uuid:pk>/", views.visit, name="visit"),
    path("students/<uuid:pk>/visits/", views.student_visits, name="student_visits"),
]
