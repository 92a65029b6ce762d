from django.urls import path

from accounts.views import signing_in

urlpatterns = [
    path("login/", signing_in.login, name="login"),
    path("logout/", signing_in.logout, name="logout"),
    path("password/", signing_in.password, name="password"),
]
