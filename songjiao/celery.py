"""The worker's wiring: `celery -A songjiao worker`. What it does stands in each room's tasks.py."""

import logging
import os
from typing import Any

from celery import Celery, bootsteps
from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["embedded"] = "office.broker:Transport"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songjiao.settings")
app = Celery("songjiao")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["office"])

logger = logging.getLogger(__name__)


class Pulse(bootsteps.StartStopStep):
    """While a worker listens to its queues, it says so: not before it found the broker, nor after it lost it."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self.timer: Any = None

    def start(self, parent: Any) -> None:
        from django.conf import settings

        self.stop(parent)
        queues = list(parent.app.amqp.queues.consume_from)
        self.beat(queues)
        self.timer = parent.timer.call_repeatedly(settings.PULSE, self.beat, (queues,))

    def stop(self, parent: Any) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer = None

    def beat(self, queues: list[str]) -> None:
        from django.db import Error, connection
        from django.utils import timezone

        from office.pulse import beat

        try:
            for queue in queues:
                beat(f"worker:{queue}", at=timezone.now(), pid=os.getpid())
        except Error as error:
            logger.warning("no sign of life: %s", type(error).__name__)
        finally:
            connection.close()  # children are forked from here: none may inherit it


app.steps["consumer"].add(Pulse)
