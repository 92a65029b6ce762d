"""The small shared pieces of the pages; each is a template under templates/components/."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import template
from django.core.paginator import Page
from django.urls import reverse

from office.jobs import title_of
from office.models import Job
from office.paging import Stretch

register = template.Library()

CHILD_TABS = (
    ("student_detail", "基本信息"),
    ("student_placement", "学籍与安置"),
    ("student_assessments", "评估"),
    ("student_plans", "个别化教育（康复）计划"),
    ("student_visits", "送教与进步"),
    ("student_archive", "档案"),
    ("student_views", "查阅记录"),
)


@register.inclusion_tag("components/_state.html")
def state(word: str, tone: str = "") -> dict[str, Any]:
    """A state as a word; `tone` is good, plan, warm, late or empty."""
    return {"word": word, "tone": tone}


@register.inclusion_tag("components/_dots.html")
def dots(*, done: int = 0, planned: int = 0, missed: int = 0, owed: int = 0) -> dict[str, Any]:
    """The month as dots; `owed` are visits owed and nowhere planned."""
    counts = (("done", done, "已送"), ("missed", missed, "未送成"), ("planned", planned, "已排"), ("owed", owed, "应送未排"))
    marks = [kind for kind, count, _ in counts for _ in range(count)]
    text = "，".join(f"{word} {count} 次" for _, count, word in counts if count)
    return {"marks": marks, "text": text or "本月没有送教，也不要求"}


@register.inclusion_tag("components/_bar.html")
def bar(part: float, whole: float, tone: str = "") -> dict[str, Any]:
    """A share drawn between nothing and full; the numbers stand beside it."""
    return {"width": round(100 * min(1.0, float(part) / float(whole))) if whole else 0, "tone": tone}


@register.inclusion_tag("components/_progress.html", takes_context=True)
def progress(context: template.Context, job: Job) -> dict[str, Any]:
    """A job under way, asking after itself; when it is over the whole page is read anew."""
    words = f"{job.done} / {job.total}（{100 * job.done // job.total}%）" if job.total else job.get_state_display()
    return {"job": job, "title": title_of(job.kind), "words": words, "here": context["request"].path, "csrf_token": context["csrf_token"]}


@register.inclusion_tag("components/_pager.html", takes_context=True)
def pager(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Links to the other pages of a list; filters and order stay."""
    return {
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "query": context["request"].GET,
    }


@register.inclusion_tag("components/_further.html", takes_context=True)
def further(context: template.Context, page: Stretch, count: int = 0) -> dict[str, Any]:
    """Links on and back in a list that grows without end; filters and order stay."""
    return {"page": page, "count": count, "query": context["request"].GET}


@register.inclusion_tag("components/_sort_header.html", takes_context=True)
def sort_header(context: template.Context, label: str, key: str, current: str, *, numeric: bool = False) -> dict[str, Any]:
    """A column head that sorts by `key`; `current` is the order in force, `-key` when descending."""
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    return {
        "label": label,
        "next": f"-{key}" if direction == "ascending" else key,
        "direction": direction,
        "numeric": numeric,
        "query": context["request"].GET,
    }


@register.inclusion_tag("components/_child_tabs.html")
def child_tabs(student_id: UUID, current: str) -> dict[str, Any]:
    """The tab bar of a child's page; `current` is the URL name of the tab shown."""
    return {"tabs": [{"label": label, "url": reverse(name, args=[student_id]), "current": name == current} for name, label in CHILD_TABS]}
