"""The operator's tables of places, calendars and policies. A policy in force can only be read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import ForeignKey
from django.http import HttpRequest
from django.utils import timezone
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import XLSX
from import_export.forms import ImportForm

from counties.actions import add_policy, withdraw_policy
from counties.models import Area, Holiday, MakeUpDay, Policy, School, Term
from counties.resources import AreaResource, SchoolResource
from counties.rules import PRESETS, BadPolicy, policy_values, why_not_from
from office.admin import AuditedAdmin, audit
from office.refusals import Refused
from office.uploads import check_workbook


class CheckedImportForm(ImportForm):  # type: ignore[misc]
    def clean_import_file(self) -> UploadedFile[bytes]:
        upload: UploadedFile[bytes] = self.cleaned_data["import_file"]
        try:
            check_workbook(upload, limit=settings.UPLOAD_LIMIT)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return upload


class SheetAdmin(ImportExportMixin, AuditedAdmin):  # type: ignore[misc]
    """A table that may be filled from a workbook and taken out as one."""

    formats = [XLSX]
    skip_export_form = True
    import_form_class = CheckedImportForm

    def generate_log_entries(self, result: Any, request: HttpRequest) -> None:
        for row in result.rows:
            if row.import_type in ("new", "update") and row.instance is not None:
                audit(request, row.instance, "imported", [])


class OfCounty:
    """Counties are offered where a county is meant."""

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "county":
            kwargs["queryset"] = Area.objects.counties()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


@admin.register(Area)
class AreaAdmin(SheetAdmin):
    resource_classes = [AreaResource]
    list_display = ["code", "name"]
    search_fields = ["code", "name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Area | None = None) -> list[str]:
        return ["code"] if obj else []


@admin.register(School)
class SchoolAdmin(OfCounty, SheetAdmin):
    resource_classes = [SchoolResource]
    list_display = ["code", "name", "kind", "county"]
    list_filter = ["kind"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["township"]


@admin.register(Term)
class TermAdmin(OfCounty, AuditedAdmin):
    list_display = ["county", "name", "starts_on", "ends_on"]
    list_filter = [("county", admin.RelatedOnlyFieldListFilter)]


@admin.register(Holiday)
class HolidayAdmin(OfCounty, AuditedAdmin):
    list_display = ["county", "name", "starts_on", "ends_on"]
    list_filter = [("county", admin.RelatedOnlyFieldListFilter)]


@admin.register(MakeUpDay)
class MakeUpDayAdmin(OfCounty, AuditedAdmin):
    list_display = ["county", "on"]
    list_filter = [("county", admin.RelatedOnlyFieldListFilter)]


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    preset = forms.ChoiceField(label="依据", choices=[(preset, preset) for preset in PRESETS])
    overrides = forms.JSONField(label="与样式不同的项", required=False, help_text='如 {"visits_per_period": 3}')
    today: Any = None

    class Meta:
        model = Policy
        fields = ("county", "preset", "effective_on")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        county, day, overrides = values.get("county"), values.get("effective_on"), values.get("overrides") or {}
        if county and day and Policy.objects.of_county(county.pk).exists() and (reason := why_not_from(day, on=self.today)):
            self.add_error("effective_on", reason)
        self.instance.values = {}
        try:
            self.instance.values = policy_values(
                values.get("preset", ""), overrides if isinstance(overrides, dict) else {"overrides": overrides}
            )
        except BadPolicy as bad:
            self.add_error("overrides", str(bad))
        return values


@admin.register(Policy)
class PolicyAdmin(OfCounty, admin.ModelAdmin):  # type: ignore[type-arg]
    """Versions are added and, before they are in force, taken back, by the same actions as on the bureau's page."""

    form = PolicyForm
    actions = None
    list_display = ["county", "effective_on", "preset", "created_at"]
    list_filter = [("county", admin.RelatedOnlyFieldListFilter)]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's
        if obj is not None:
            return super().get_form(request, obj, change, **{**kwargs, "form": forms.ModelForm})
        form = super().get_form(request, obj, change, **kwargs)
        form.today = timezone.localdate(request.now)  # type: ignore[attr-defined]
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["county", "preset", "effective_on", "values", "created_at"] if obj else ["county", "preset", "effective_on", "overrides"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        ahead = obj is not None and not obj.is_in_force(timezone.localdate(request.now))  # type: ignore[attr-defined]
        return ahead and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Policy, form: Any, change: Any) -> None:
        asked = form.cleaned_data
        saved = add_policy(
            county=obj.county,
            preset=obj.preset,
            values=asked["overrides"] or {},
            effective_on=obj.effective_on,
            by=request.user.pk,  # type: ignore[arg-type]
            at=request.now,  # type: ignore[attr-defined]
        )
        obj.pk = saved.pk

    def delete_model(self, request: HttpRequest, obj: Policy) -> None:
        withdraw_policy(policy=obj, by=request.user.pk, at=request.now)  # type: ignore[attr-defined, arg-type]
