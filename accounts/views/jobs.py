"""Work in the background: what one asked for, how far it is, what came of it. Operators see that of everybody, without its content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.actions.jobs import cancel_job, repeat_job
from accounts.forms.jobs import JobFilter
from accounts.middleware import Request
from accounts.models import User
from office import jobs
from office.models import Job

PAGE = 30


@dataclass(frozen=True)
class Line:
    """A job as its reader sees it. `outcome` and `links` are empty for who did not ask for it."""

    job: Job
    title: str
    who: str
    outcome: str
    links: list[tuple[str, str]]
    may_repeat: bool


@never_cache
@require_safe
def job_list(request: Request) -> HttpResponse:
    """Newest first; while something is under way the list asks after itself."""
    chosen = JobFilter(request.GET)
    found = chosen.narrowed(Job.objects.visible_to(request.user)).order_by("-at", "id")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = _told(page.object_list, request.user, at=request.now)
    context = {"filter": chosen, "page": page, "lines": lines, "is_moving": any(not line.job.is_over for line in lines)}
    return render(request, "accounts/job_list.html", context)


@never_cache
@require_safe
def job_detail(request: Request, pk: UUID) -> HttpResponse:
    (line,) = _told([_job(request, pk)], request.user, at=request.now)
    return render(request, "accounts/job_detail.html", {"line": line})


@never_cache
@require_safe
def job_progress(request: Request, pk: UUID) -> HttpResponse:
    """The piece of a page that shows how far the job is; when it is over, the page around it is read anew."""
    job = _job(request, pk)
    if job.is_over:
        return HttpResponseClientRefresh()
    return render(request, "accounts/_job_progress.html", {"job": job})


@require_POST
def job_cancel(request: Request, pk: UUID) -> HttpResponse:
    cancel_job(job=_job(request, pk), by=request.user, at=request.now)
    messages.success(request, "已要求取消；正在做的会在下一步停下。")
    return redirect("job_detail", pk)


@require_POST
def job_repeat(request: Request, pk: UUID) -> HttpResponse:
    repeat_job(job=_job(request, pk), by=request.user, at=request.now)
    messages.success(request, "已重新排队。")
    return redirect("job_detail", pk)


def _job(request: Request, pk: UUID) -> Job:
    job: Job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    return job


def _told(found: Iterable[Job], reader: User, *, at: datetime) -> list[Line]:
    """The jobs in words; what others asked for is told without what it was about."""
    found = list(found)
    names = dict(User.objects.filter(pk__in={job.by for job in found if job.by}).values_list("pk", "name"))
    return [_line(job, names, at, is_own=job.by in (None, reader.pk)) for job in found]


def _line(job: Job, names: dict[UUID, str], at: datetime, *, is_own: bool) -> Line:
    return Line(
        job=job,
        title=jobs.title_of(job.kind),
        who=names.get(job.by, "—") if job.by else "系统",
        outcome=job.outcome if is_own else "",
        links=jobs.links_of(job) if is_own and job.by else [],
        may_repeat=jobs.may_repeat(job, at=at),
    )
