"""Where a figure opens: the list of the visits that make it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from counties.rules import Span

register = template.Library()


@register.simple_tag
def visits_url(window: Span, **filters: Any) -> str:
    """The list of visits from the first to the last day of `window`, narrowed by what is given."""
    asked = {key: str(value) for key, value in filters.items() if value not in (None, "")}
    return f"{reverse('visit_list')}?{urlencode({**asked, 'from': window.first, 'to': window.last})}"
