"""The product as gunicorn serves it, on the database of the test that started it."""

import os

from django.conf import settings

settings.DATABASES["default"]["NAME"] = os.environ["SONGJIAO_TEST_DATABASE"]

from songjiao.wsgi import application  # noqa: E402

__all__ = ["application"]
