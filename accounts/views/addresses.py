"""提醒方式: where a person wants to be told besides the product, and of what."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.actions.addresses import choose_kinds, code_job, confirm_address, remove_address, set_address
from accounts.forms.addresses import AddressForm, CodeForm, KindsForm
from accounts.middleware import Request
from accounts.models import Address
from office.refusals import Refused
from office.senders import Sender, channels, sender_of


@require_safe
def address_list(request: Request) -> HttpResponse:
    return _page(request)


@require_POST
def address_set(request: Request, channel: str) -> HttpResponse:
    """Takes an address down and has the code sent there."""
    form = AddressForm(_sender_or_404(channel), request.POST, prefix=channel)
    if form.is_valid():
        try:
            set_address(by=request.user, channel=channel, typed=form.cleaned_data["address"], at=request.now)
        except Refused as refusal:
            form.add_error("address", str(refusal))
        else:
            messages.success(request, "确认码正在发出，收到后填在这里。")
            return redirect("address_list")
    return _page(request, channel, form=form)


@require_POST
def address_confirm(request: Request, channel: str) -> HttpResponse:
    sender, form = _sender_or_404(channel), CodeForm(request.POST, prefix=channel)
    if form.is_valid():
        try:
            confirm_address(by=request.user, channel=channel, code=form.cleaned_data["code"], at=request.now)
        except Refused as refusal:
            form.add_error("code", str(refusal))
        else:
            messages.success(request, f"{sender.word}已确认，今后的通知也会发到那里。")
            return redirect("address_list")
    return _page(request, channel, code_form=form)


@require_POST
def address_kinds(request: Request, channel: str) -> HttpResponse:
    _sender_or_404(channel)
    form = KindsForm(request.POST, prefix=channel)
    if not form.is_valid():
        return _page(request, channel, kinds_form=form)
    choose_kinds(by=request.user, channel=channel, unwanted=form.unwanted())
    messages.success(request, "已保存。")
    return redirect("address_list")


@require_POST
def address_remove(request: Request, channel: str) -> HttpResponse:
    sender = _sender_or_404(channel)
    remove_address(by=request.user, channel=channel, at=request.now)
    messages.success(request, f"不再发到{sender.word}。")
    return redirect("address_list")


def _sender_or_404(channel: str) -> Sender:
    if channel not in channels():
        raise Http404
    return sender_of(channel)


def _page(request: Request, asked: str = "", **forms: Any) -> HttpResponse:
    """Every channel with its forms; those of the one that was just posted say what is wrong."""
    known = {address.channel: address for address in Address.objects.visible_to(request.user)}
    cards = [_card(channel, known.get(channel)) | (forms if channel == asked else {}) for channel in channels()]
    return render(request, "accounts/address_list.html", {"cards": cards})


def _card(channel: str, address: Address | None) -> dict[str, Any]:
    sender, is_typed = sender_of(channel), bool(address and address.value)
    wanted = [kind for kind, _ in KindsForm.base_fields["wanted"].choices if address and kind not in address.unwanted]  # type: ignore[attr-defined]
    return {
        "channel": channel,
        "word": sender.word,
        "address": address if is_typed else None,
        "job": code_job(address) if address and is_typed and not address.confirmed_at else None,
        "form": AddressForm(sender, prefix=channel, initial={"address": address.value if address else ""}),
        "code_form": CodeForm(prefix=channel),
        "kinds_form": KindsForm(prefix=channel, initial={"wanted": wanted}),
    }
