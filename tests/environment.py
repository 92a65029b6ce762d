"""Loaded before Django reads its settings: tests get a data directory of their own, never the developer's."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--stored-only", action="store_true", help="leave out what touches neither database nor broker: once is enough")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--stored-only"):
        kept = [item for item in items if touches_services(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


SHARING = ("reports/tests/test_demo.py", "tests/test_queries.py", "tests/test_what_is_seen.py")
"""Modules whose tests share what takes a minute to make: the demo county, a walk through every page of every role."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Of several processes one makes it, and runs the module's tests, first of all; the others are handed out one by one."""
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            module, *_ = nodeid.split("::")
            return module if module in SHARING else nodeid

    return Scheduling(config, log)


def touches_services(item: pytest.Item) -> bool:
    """Whether it could go otherwise on another database or broker: it asks one, or its module speaks of their addresses.

    A test that is not marked cannot ask one by mistake: pytest-django lets nobody through to the database unasked.
    """
    asked = set(getattr(item, "fixturenames", ())) & {"db", "transactional_db", "live_server"}
    marked = any(item.get_closest_marker(name) for name in ("django_db", "services"))
    return bool(asked) or marked or any(word in item.path.read_text() for word in ("DATABASE_URL", "REDIS_URL", "django_db_setup"))
