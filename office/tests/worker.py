"""A real worker on the database of the tests: `celery -A office.tests.worker worker`."""

import os

import django
from celery import current_app as app
from django.conf import settings

settings.DATABASES["default"]["NAME"] = os.environ["SONGJIAO_TEST_DATABASE"]
settings.PULSE = 0.5
django.setup()

from office.tests import handlers  # noqa: E402 — after the database is named

__all__ = ["app", "handlers"]
