"""First passwords: drawn at random, shown once, kept only as hashes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import make_password

_LETTERS, _CAPITALS, _DIGITS = "abcdefghkmnpqrstuvwxyz", "ABCDEFGHKMNPQRSTUVWXYZ", "23456789"  # nothing that looks like another


def draw_first_password() -> str:
    """Twelve characters in three groups, easy to copy from paper: about 57 random bits, all classes of the strict profile."""
    signs = [secrets.choice(_CAPITALS), secrets.choice(_DIGITS), *(secrets.choice(_LETTERS + _DIGITS) for _ in range(10))]
    secrets.SystemRandom().shuffle(signs)
    return "-".join("".join(signs[start : start + 4]) for start in (0, 4, 8))


def hash_passwords(passwords: Mapping[str, str]) -> dict[str, str]:
    """Each with its own salt, on all cores; call it before the transaction, for it takes about 20 ms each."""
    with ThreadPoolExecutor() as pool:
        return dict(zip(passwords, pool.map(make_password, passwords.values()), strict=True))
