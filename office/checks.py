"""What `manage.py check` warns of: pieces of the system that fail late and silently when they are missing."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004

from office.senders import sender_of

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


@register()
def ways_out(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """A sender that cannot be made would fail at night, message by message: it stops the start instead."""
    found: list[CheckMessage] = []
    for channel, path in settings.SENDERS.items():
        try:
            lacking = [name for name in ("word", "address_word", "tidied", "send") if not hasattr(sender_of(channel), name)]
        except Exception as error:  # of a class that others wrote
            found.append(Error(f"SONGJIAO_SENDER: {path} cannot be made: {type(error).__name__}.", id="office.E001"))
        else:
            found += [Error(f"SONGJIAO_SENDER: {path} has no {name}.", id="office.E002") for name in lacking]
    return found


@register()
def restored(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if (Path(settings.DATA) / "restoring.json").exists():
        return [
            Error("A restore was cut off in its last step.", hint="Run manage.py restore again: it finishes it first.", id="office.E003")
        ]
    return []


def _can_subset() -> bool:
    try:
        ctypes.CDLL(SUBSETTER)
    except OSError:
        return False
    return True


def _has_font(family: str) -> bool:
    return any(next(Path(directory).expanduser().rglob(f"{family}*"), None) for directory in FONT_DIRECTORIES)
