from django.urls import path

from reports.views.home import home
from reports.views.month import month, month_schools, month_teachers, month_xlsx
from reports.views.months import month_list

urlpatterns = [
    path("", home, name="home"),
    path("reports/", month_list, name="month_list"),
    path("reports/<str:month>/", month, name="month"),
    path("reports/<str:month>/schools/", month_schools, name="month_schools"),
    path("reports/<str:month>/teachers/", month_teachers, name="month_teachers"),
    path("reports/<str:month>/xlsx/", month_xlsx, name="month_xlsx"),
]
