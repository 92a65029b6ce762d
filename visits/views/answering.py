"""Questions: a month's list of them, and what is said to one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import Request
from accounts.rules import SCHOOL_ROLES
from office.refusals import Refused
from students.rules.service import next_month
from visits.actions import answer_flag
from visits.forms import AnswerForm, QuestionMonth
from visits.models import Visit, VisitRecord
from visits.querysets.questions import questions_in
from visits.views.reading import visit_page


@require_safe
def question_list(request: Request) -> HttpResponse:
    """What is asked in a month: a teacher's own visits, a school's all. What waits for an answer comes first."""
    if not request.user.reach.holds(*SCHOOL_ROLES):
        raise PermissionDenied
    asked = QuestionMonth(request.GET)
    if not asked.is_valid():
        raise Http404
    this_month = timezone.localdate(request.now).replace(day=1)
    month = asked.cleaned_data["month"] or this_month
    lines = questions_in(month, request.user, as_of=request.now)
    months = {"month": month, "previous": (month - timedelta(days=1)).replace(day=1), "next": next_month(month)}
    waiting = sum(not line.is_answered for line in lines)
    return render(request, "visits/questions.html", {"lines": lines, "waiting": waiting, "is_latest": month >= this_month, **months})


@require_POST
def flag_answer(request: Request, pk: UUID) -> HttpResponse:
    """说明: back to where it was written; what was refused stands on the visit's page with its text."""
    visit = get_object_or_404(Visit.objects.visible_to(request.user), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    said = form.cleaned_data
    month = said.pop("month")
    get_object_or_404(VisitRecord.objects.visible_to(request.user).filter(visit=visit), pk=said["record"])
    try:
        answer_flag(by=request.user, at=request.now, **said)
    except Refused as refusal:
        return visit_page(request, pk, refused=said | {"words": str(refusal)})
    messages.success(request, "说明已保存。")
    return redirect(f"{reverse('question_list')}?month={month:%Y-%m}" if month else reverse("visit", args=[pk]))
