"""Where a request comes from: its address, and whether its device has been in an account before."""

from __future__ import annotations

import ipaddress
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.actions.signing_in import Origin, account_key

COOKIE = "device"
SALT = "accounts.device"
A_YEAR = 365 * 24 * 3600
REMEMBERED = 10  # people who share one device


def origin_of(request: HttpRequest, username: str) -> Origin:
    device, accounts = _known_device(request)
    return Origin(address=client_address(request), device=device if _short(username) in accounts else "")


def client_address(request: HttpRequest) -> str:
    """The address of the person's network; what proxies say is believed only as far as settings.TRUSTED_PROXIES."""
    address: str = request.META.get("REMOTE_ADDR", "")
    forwarded = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    if 0 < settings.TRUSTED_PROXIES <= len(forwarded):
        address = forwarded[-settings.TRUSTED_PROXIES]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:  # a household or school gets a whole /64
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def remember_device(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """From now on this device is known in this account: nobody else's tries keep its owner out."""
    device, accounts = _known_device(request)
    account = _short(username)
    accounts = [account, *(known for known in accounts if known != account)][:REMEMBERED]
    value = signing.dumps([device or secrets.token_hex(16), accounts], salt=SALT)
    response.set_cookie(COOKIE, value, max_age=A_YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")


def _known_device(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        device, accounts = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=A_YEAR)
    except signing.BadSignature:
        return "", []
    return device, accounts


def _short(username: str) -> str:
    return account_key(username)[:20]
