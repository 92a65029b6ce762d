"""A real worker on the database of the tests: `celery -A office.tests.worker worker`."""

import os
from datetime import timedelta

import django
from celery import current_app as app
from django.conf import settings

settings.DATABASES["default"]["NAME"] = os.environ["SONGJIAO_TEST_DATABASE"]
settings.PULSE = 0.5
if "SONGJIAO_TEST_TICK" in os.environ:  # seconds between the ticks of a beat
    settings.CELERY_BEAT_SCHEDULE["tick"]["schedule"] = int(os.environ["SONGJIAO_TEST_TICK"])
django.setup()

from office import work  # noqa: E402 — after the database is named
from office.tests import handlers, workers  # noqa: E402

workers.mortal()
if "SONGJIAO_TEST_HASTE" in os.environ:  # a soak lives through hours in a minute
    work.HEARTBEAT, work.LOST_AFTER, work.MAX_ATTEMPTS = 1, timedelta(seconds=3), 100

__all__ = ["app", "handlers"]
