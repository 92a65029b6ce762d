"""Where a private file lies, when files lie on this machine's disk."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from office.models import PrivateFile


def path_of(file: PrivateFile) -> Path:
    return Path(settings.PRIVATE_FILES) / file.stored_as
