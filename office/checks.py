"""What `manage.py check` warns of: pieces of the system that fail late and silently when they are missing."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004

FONT_DIRECTORIES = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
SUBSETTER = "libharfbuzz-subset.so.0"


@register()
def printing(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not _can_subset():
        found.append(Warning("Writing a PDF will take twenty times longer.", hint="apt-get install libharfbuzz-subset0", id="office.W001"))
    if missing := [family for family in ("NotoSerifCJK", "NotoSansCJK") if not _has_font(family)]:
        words = f"PDFs will show Chinese in whatever font there is: {' and '.join(missing)} missing."
        found.append(Warning(words, hint="apt-get install fonts-noto-cjk", id="office.W002"))
    return found


@register()
def secrecy(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    keys = Path(settings.DATA) / "keys.json"
    if keys.exists() and keys.stat().st_mode & 0o077:
        return [Warning(f"Others on this machine can read {keys}.", hint=f"chmod 600 {keys}", id="office.W003")]
    return []


def _can_subset() -> bool:
    try:
        ctypes.CDLL(SUBSETTER)
    except OSError:
        return False
    return True


def _has_font(family: str) -> bool:
    return any(next(Path(directory).expanduser().rglob(f"{family}*"), None) for directory in FONT_DIRECTORIES)
