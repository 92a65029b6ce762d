"""The worker's wiring: `celery -A songjiao worker`. What it does stands in each room's tasks.py."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

TRANSPORT_ALIASES["embedded"] = "office.broker:Transport"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songjiao.settings")
app = Celery("songjiao")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["office"])
