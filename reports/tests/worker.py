"""The product's worker and beat on the database of the tests, at the moment a file names: `celery -A reports.tests.worker worker`."""

from office.tests import moved_clock

moved_clock.follow()

from office.tests.worker import app  # noqa: E402 — after the clock is moved

__all__ = ["app"]
