"""Processes that live at another moment, all the same one: a file says by how many seconds their clocks are off."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import time_machine

LOOK = 0.05  # seconds between two looks at the file
VARIABLE = "SONGJIAO_TEST_CLOCK"


def real_now() -> float:
    hatch = time_machine.escape_hatch
    return hatch.time.time() if hatch.is_travelling() else time.time()


def set_clock(file: Path, moment: datetime) -> None:
    """From now on every process that follows the file lives at `moment`, and goes on from there."""
    draft = file.with_suffix(".draft")
    draft.write_text(str(moment.timestamp() - real_now()))
    draft.replace(file)


def moved_now(file: Path) -> datetime:
    """What the processes that follow the file take for now."""
    return datetime.fromtimestamp(real_now() + float(file.read_text()), UTC)


def follow() -> None:
    """Moves this process and its children to the moment of the file that VARIABLE names, whenever it changes."""
    traveller = time_machine.travel(real_now() + _offset()).start()

    def watch() -> None:
        known = None
        while True:
            if (offset := _offset()) != known:
                known = offset
                traveller.move_to(real_now() + offset)
                time.time()  # it stands still until somebody looks
            time.sleep(LOOK)

    def begin() -> None:
        threading.Thread(target=watch, daemon=True).start()

    begin()
    os.register_at_fork(after_in_child=begin)


def _offset() -> float:
    return float(Path(os.environ[VARIABLE]).read_text())
