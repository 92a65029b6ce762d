"""The list of children, its workbook, and the search."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import Request
from accounts.rules import COUNTY_ROLES, SCHOOL_ROLES, Role
from counties.models import School
from office import files
from office.audit import record
from office.fields import blind_index, seal
from office.sheets_in import folded
from students.forms import SEARCH, SearchForm, StudentFilter
from students.models import Student
from students.querysets.reading import lines_of
from students.resources import students_workbook
from students.rules.identity import has_id_form, normal_id
from students.sheets_in import ID_PURPOSE

PAGE = 50


@never_cache
@require_safe
def student_list(request: Request) -> HttpResponse:
    """The children one sees, a row each, with their current case."""
    schools, chosen = _asked(request)
    today = timezone.localdate(request.now)
    found = chosen.narrowed(Student.objects.visible_to(request.user), today)
    page = Paginator(chosen.ids(found), PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "search": SearchForm(initial={"q": chosen.looked_for}),
        "page": page,
        "lines": list(lines_of(list(page.object_list), request.user, today)),
        "shows_school": len(schools) > 1,
        "may_search": request.user.reach.sees_names,
        "may_agree": request.user.reach.holds(Role.SCHOOL_ADMIN, Role.TEACHER),
        "may_import": request.user.reach.holds(Role.COUNTY_STAFF, Role.SCHOOL_ADMIN),
    }
    return render(request, "students/student_list.html", context)


@never_cache
@require_safe
def student_export(request: Request) -> HttpResponse:
    """The same rows, all pages, as a workbook without the numbers that are sealed."""
    _, chosen = _asked(request)
    today = timezone.localdate(request.now)
    ids = list(chosen.ids(chosen.narrowed(Student.objects.visible_to(request.user), today)))
    for county in sorted(set(Student.objects.filter(pk__in=ids[:1]).values_list("county_id", flat=True))):
        record("students.exported", subject=None, by=request.user.pk, at=request.now, county=county, detail={"rows": len(ids)})
    name = f"送教学生名册-{today:%Y%m%d}.xlsx"
    return files.download(students_workbook(lines_of(ids, request.user, today)), name=name, content_type=files.XLSX)


def _asked(request: Request) -> tuple[list[School], StudentFilter]:
    if not request.user.reach.holds(*SCHOOL_ROLES, *COUNTY_ROLES):
        raise Http404
    schools = list(School.objects.visible_to(request.user))
    return schools, StudentFilter(request.GET, schools=schools, user=request.user)


@never_cache
@sensitive_post_parameters("q")
@require_http_methods(["GET", "POST"])
def search(request: Request) -> HttpResponse:
    """Somebody looked for: what they typed stands in no address; a whole ID leads to the child's page."""
    if not request.user.reach.sees_names:
        raise PermissionDenied
    form = SearchForm(request.POST or None)
    if not form.is_valid():
        return render(request, "students/search.html", {"form": form})
    typed = form.cleaned_data["q"]
    number = normal_id(folded(typed))
    if not has_id_form(number):
        return redirect(f"{reverse('student_list')}?{urlencode({'s': seal(typed, purpose=SEARCH)})}")
    known = Student.objects.open_to(request.user).filter(id_index=blind_index(number, purpose=ID_PURPOSE))
    if child := known.only("pk").first():
        return redirect("student_detail", child.pk)
    messages.warning(request, "在您能看到的学生里，没有这个身份证号。")
    return redirect("search")
