from django.urls import path

from accounts.views import batch, counties, people, signing_in

urlpatterns = [
    path("login/", signing_in.login, name="login"),
    path("logout/", signing_in.logout, name="logout"),
    path("password/", signing_in.password, name="password"),
    path("people/", people.person_list, name="person_list"),
    path("people/export/", people.person_export, name="person_export"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/reset/", people.person_reset, name="person_reset"),
    path("people/import/", batch.person_import, name="person_import"),
    path("people/import/template/", batch.person_import_template, name="person_import_template"),
    path("people/import/confirm/", batch.person_import_confirm, name="person_import_confirm"),
    path("people/import/rejected/", batch.person_import_rejected, name="person_import_rejected"),
    path("people/<uuid:pk>/", people.person_detail, name="person_detail"),
    path("people/<uuid:pk>/release/", people.person_release, name="person_release"),
    path("people/<uuid:pk>/disable/", people.person_disable, name="person_disable"),
    path("people/<uuid:pk>/enable/", people.person_enable, name="person_enable"),
    path("people/<uuid:pk>/sign-out/", people.person_sign_out, name="person_sign_out"),
    path("people/<uuid:pk>/posts/give/", people.post_give, name="post_give"),
    path("people/<uuid:pk>/posts/<int:post>/end/", people.post_end, name="post_end"),
    path("counties/policies/", counties.policy_list, name="policy_list"),
    path("counties/policies/add/", counties.policy_add, name="policy_add"),
    path("counties/policies/<uuid:pk>/withdraw/", counties.policy_withdraw, name="policy_withdraw"),
    path("counties/calendar/", counties.calendar, name="calendar"),
    path("counties/calendar/seed/", counties.year_seed, name="year_seed"),
    path("counties/calendar/<slug:kind>/add/", counties.day_add, name="day_add"),
    path("counties/calendar/<slug:kind>/<int:pk>/edit/", counties.day_edit, name="day_edit"),
    path("counties/calendar/<slug:kind>/<int:pk>/remove/", counties.day_remove, name="day_remove"),
]
