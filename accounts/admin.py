"""The operator's table of people. Passwords are reset and accounts disabled on the people pages, which the site link opens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Post, User
from accounts.rules import Role
from accounts.rules.appointments import clashing_duties
from office.admin import AuditedAdmin

admin.site.unregister(Group)  # what people may do follows from their posts alone


class PostFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")]
        today = timezone.localdate()
        roles = [Role(post["role"]) for post in kept if post.get("ends_on") is None or post["ends_on"] > today]
        if settings.SEPARATE_DUTIES and clashing_duties(roles):
            raise forms.ValidationError("系统管理员、安全管理员、审计员要由不同的人担任。")


class PostInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Post
    formset = PostFormSet
    extra = 1
    autocomplete_fields = ["school", "area"]


@admin.register(User)
class UserAdmin(AuditedAdmin):
    """Nobody changes their own row, and none is deleted: what a person did outlives the account."""

    list_display = ["username", "name", "is_active", "last_login"]
    list_filter = ["is_active", "posts__role"]
    search_fields = ["username", "name"]
    fields = ["username", "name", "is_active", "must_change_password", "last_login"]
    readonly_fields = ["is_active", "must_change_password", "last_login"]
    inlines = [PostInline]

    def view_on_site(self, obj: User) -> str:
        return reverse("person_detail", args=[obj.pk])

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.pk != request.user.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        if not change:
            obj.created_at = request.now  # type: ignore[attr-defined]
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
