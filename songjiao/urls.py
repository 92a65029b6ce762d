from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("students.urls")),
    path("", include("plans.urls")),
    path("", include("visits.urls")),
    path("", include("reports.urls")),
    path("operator/", admin.site.urls),
]
handler400 = "songjiao.pages.bad_request"
handler403 = "songjiao.pages.forbidden"
handler404 = "songjiao.pages.not_found"
handler500 = "songjiao.pages.broken"
