"""What goes out beyond the product, for the operator: states and reasons, never a text."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.forms.addresses import DeliveryFilter
from accounts.middleware import Request
from accounts.models import Delivery
from accounts.rules import Role
from accounts.rules.deliveries import STATE_WORDS
from office.models import Pulse
from office.senders import channel_word, channels

PAGE = 50


@require_safe
def delivery_list(request: Request) -> HttpResponse:
    if not request.user.reach.holds(Role.OPERATOR):
        raise PermissionDenied
    mine, chosen = Delivery.objects.visible_to(request.user), DeliveryFilter(request.GET)
    rows = mine.filter(**chosen.asked()).select_related("notice__user")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counts = mine.counted()
    ways = [
        {
            "word": channel_word(channel),
            "pulse": Pulse.objects.filter(name=channel).order_by("-at").first(),
            "counts": [(word, counts[channel, state]) for state, word in STATE_WORDS.items() if (channel, state) in counts],
        }
        for channel in channels()
    ]
    context = {"ways": ways, "filter": chosen, "page": page, "deliveries": list(page.object_list)}
    return render(request, "accounts/delivery_list.html", context)
