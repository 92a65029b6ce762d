"""A disk without room is told in words, with a number of its own."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from songjiao.pages import broken


@pytest.mark.skipif(connection.vendor != "sqlite", reason="needs a database that can be told to be full")
@pytest.mark.django_db(transaction=True)
def test_a_full_database_is_a_507_in_words(rf: RequestFactory) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
        try:
            cursor.execute("CREATE TABLE filler AS SELECT zeroblob(1000000) AS content")
            pytest.fail("there was room")
        except OperationalError:
            page, script = broken(rf.post("/")), broken(rf.put("/"))
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    assert (page.status_code, "磁盘满了" in page.content.decode()) == (507, True)
    assert (script.status_code, "磁盘满了" in json.loads(script.content)["words"]) == (507, True)
