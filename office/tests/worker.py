"""A real worker on the database of the tests: `celery -A office.tests.worker worker`."""

import os

import django
from django.conf import settings

settings.DATABASES["default"]["NAME"] = os.environ["SONGJIAO_TEST_DATABASE"]
django.setup()

from office.tests import handlers  # noqa: E402
from songjiao.celery import app  # noqa: E402

__all__ = ["app", "handlers"]
