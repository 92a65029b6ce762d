"""Loaded before Django reads its settings: tests get a data directory of their own, never the developer's."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

if "SONGJIAO_DATA" not in os.environ:
    directory = tempfile.mkdtemp(prefix="songjiao-test-")
    os.environ["SONGJIAO_DATA"] = directory
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # each process of a parallel run has files of its own
    os.environ["SONGJIAO_DATA"] = str(Path(os.environ["SONGJIAO_DATA"]) / worker)
    if redis := os.environ.get("REDIS_URL"):  # and a broker of its own: another's worker knows nothing of its jobs
        os.environ["REDIS_URL"] = urlsplit(redis)._replace(path=f"/{worker.removeprefix('gw')}").geturl()
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's synchronous API runs a loop in the thread


@pytest.fixture(autouse=True)
def _fresh_anchors() -> Iterator[None]:
    """A test that commits leaves the ends of its audit chains outside the database: they go as its rows do."""
    yield
    shutil.rmtree(Path(os.environ["SONGJIAO_DATA"]) / "anchors", ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def _undefined_variables_are_fatal(django_test_environment: None) -> None:
    from django.template import engines

    from tests.undefined import Fatal

    engines["django"].engine.string_if_invalid = Fatal()  # type: ignore[attr-defined]
