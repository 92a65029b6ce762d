"""Loaded before Django reads its settings: tests get a data directory of their own, never the developer's."""

import atexit
import os
import shutil
import tempfile

if "SONGJIAO_DATA" not in os.environ:
    directory = tempfile.mkdtemp(prefix="songjiao-test-")
    os.environ["SONGJIAO_DATA"] = directory
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's synchronous API runs a loop in the thread
