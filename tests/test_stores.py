"""Private files and anchors on S3-compatible storage: what holds on the disk holds there, against a real server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from office import anchors, files, health, stores
from office.audit import record
from office.fields import Unreadable
from office.models import PrivateFile
from office.rules.health import Level
from office.verification import verify
from songjiao import env
from tests.object_server import Server, door, object_server, use

NOW = datetime(2026, 10, 28, 9, tzinfo=UTC)
CONTENT = "覃小远,450125201403080007".encode() * 100
LATER = timedelta(days=2)


@pytest.fixture
def server() -> Server:
    return object_server()


@pytest.fixture
def bucket(server: Server, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    name = server.bucket()
    use(server.url(name), settings, monkeypatch)
    return name


def keep(content: bytes = CONTENT) -> PrivateFile:
    return files.keep(content, name="花名册 覃小远.xlsx", content_type=files.XLSX, by=None, at=NOW)


def objects(server: Server, bucket: str) -> dict[str, bytes]:
    client = server.client()
    names = [each["Key"] for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {name: client.get_object(Bucket=bucket, Key=name)["Body"].read() for name in names}


pytestmark = pytest.mark.django_db


def test_a_file_is_read_as_it_was_kept_and_lies_sealed_in_the_bucket(server: Server, bucket: str) -> None:
    file = keep()
    assert files.read(PrivateFile.objects.get(pk=file.pk)) == CONTENT
    [(name, sealed)] = objects(server, bucket).items()
    assert name == f"county/files/{file.pk.hex[:2]}/{file.pk.hex}"
    assert b"450125" not in sealed
    told = server.client().head_object(Bucket=bucket, Key=name)
    assert told["ContentType"] == "application/octet-stream"
    assert told["Metadata"] == {}


def test_nobody_reads_it_past_the_product(server: Server, bucket: str) -> None:
    file = keep()
    address = f"http://127.0.0.1:{server.port}/{bucket}/county/files/{file.stored_as}"
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError) as refused:
        straight.open(address)
    assert refused.value.code == 403
    [grant] = server.client().get_object_acl(Bucket=bucket, Key=f"county/files/{file.stored_as}")["Grants"]
    assert grant["Grantee"]["Type"] == "CanonicalUser"
    with pytest.raises(ValueError, match="has an address"):
        stores.private().url(file.stored_as)  # type: ignore[attr-defined]


def test_a_file_altered_or_lost_is_noticed(server: Server, bucket: str) -> None:
    file = keep()
    whole = stores.private().fetch(file.stored_as)
    for content in (whole[:-1] + bytes([whole[-1] ^ 1]), whole[:-1], b""):
        stores.private().put(file.stored_as, content)
        with pytest.raises(Unreadable):
            files.read(file)
    stores.private().put(file.stored_as, whole)
    assert files.read(file) == CONTENT
    stores.private().delete(file.stored_as)
    with pytest.raises(Unreadable):
        files.read(file)


def test_a_removed_file_goes_with_the_commit(server: Server, bucket: str, django_capture_on_commit_callbacks: Any) -> None:
    file = keep()
    with django_capture_on_commit_callbacks(execute=True):
        files.remove(file)
        assert len(objects(server, bucket)) == 1
    assert objects(server, bucket) == {}


def test_what_failed_transactions_left_is_tidied_and_nothing_of_another_installation(server: Server, bucket: str, settings: Any) -> None:
    kept = keep()
    with transaction.atomic():
        keep()
        transaction.set_rollback(True)
    ours, settings.SEALING_KEYS = settings.SEALING_KEYS, ["another installation's key, long enough"]
    with transaction.atomic():
        theirs = keep()
        transaction.set_rollback(True)
    settings.SEALING_KEYS = ours
    server.client().put_object(Bucket=bucket, Key="county/files/README", Body=b"somebody's")
    now = datetime.now(UTC)
    assert files.tidy(now=now) == 0, "a transaction may be about to commit"
    assert files.tidy(now=now + LATER) == 1
    left = {f"county/files/{file.stored_as}" for file in (kept, theirs)} | {"county/files/README"}
    assert set(objects(server, bucket)) == left


def test_storage_that_goes_away_in_the_middle_leaves_no_row_and_what_is_left_is_tidied(
    server: Server, bucket: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with door(server.port) as way:
        use(server.url(bucket, port=way.port), settings, monkeypatch)
        way.shut_after(puts=1)
        with pytest.raises(files.Unavailable):
            files.keep_all({"photo.jpg": b"1", "thumbnail.jpg": b"2"}, content_type="image/jpeg", by=None, at=NOW)
        assert PrivateFile.objects.count() == 0
        with pytest.raises(files.Unavailable, match="silent"):  # not asked again: a page of pictures waits once, not for each
            keep()
    use(server.url(bucket), settings, monkeypatch)
    assert len(objects(server, bucket)) == 1
    assert files.tidy(now=datetime.now(UTC) + LATER) == 1
    assert objects(server, bucket) == {}
    assert files.read(keep()) == CONTENT


def test_storage_that_is_silent_is_not_waited_for_long(server: Server, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from office.stores import objects as store

    assert (store.CONNECT + store.READ) * store.TRIES < 20
    monkeypatch.setitem(store._CONFIG, "read_timeout", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        use(server.url("songjiao", port=mute.getsockname()[1]), settings, monkeypatch)
        with pytest.raises(files.Unavailable):
            keep()
        [part] = health.storage()
        assert (part.code, part.level) == ("files", Level.DOWN)


@pytest.mark.parametrize("wrong", ["secret", "bucket"])
def test_wrong_keys_and_a_bucket_that_is_not_there(
    wrong: str, server: Server, bucket: str, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert health.storage()[0].level == Level.GOOD
    file = keep()
    use(server.url("another-bucket" if wrong == "bucket" else bucket, secret="wrong" if wrong == "secret" else ""), settings, monkeypatch)
    with pytest.raises(files.Unavailable):
        files.read(file)
    with pytest.raises(files.Unavailable):
        keep()
    [part] = health.storage()
    assert part.level == Level.DOWN
    assert "密钥、桶名" in part.advice
    assert "object storage refuses: 40" in caplog.text
    assert server.secret not in caplog.text
    assert PrivateFile.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_anchors_lie_there_too_and_a_cut_chain_shows(server: Server, bucket: str) -> None:
    for _ in range(3):
        record("student.changed", subject=uuid.uuid4(), by=None, at=NOW, county="450125")
    assert [name for name in objects(server, bucket) if "anchors" in name] == ["county/anchors/450125.json"]
    assert list(verify("450125")) == []
    assert health.chains().level == Level.GOOD
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM office_auditline WHERE number = 3")
        cursor.execute("UPDATE office_auditchain SET count = 2, head = (SELECT mac FROM office_auditline WHERE number = 2)")
    assert ["数据库外的锚到第 3 行" in fault.message for fault in verify("450125")] == [True]
    assert health.chains().level == Level.DOWN


@pytest.mark.django_db(transaction=True)
def test_an_anchor_that_could_not_be_written_lags_and_catches_up(
    server: Server, bucket: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def line() -> None:
        record("student.changed", subject=uuid.uuid4(), by=None, at=NOW, county="450125")

    line()
    with door(server.port) as way:
        use(server.url(bucket, port=way.port), settings, monkeypatch)
        way.shut()
        line()  # what was done stands
        with pytest.raises(files.Unavailable):
            list(verify("450125"))
        assert health.chains().level == Level.WARN
    use(server.url(bucket), settings, monkeypatch)
    anchor = anchors.read("450125")
    assert anchor is not None
    assert anchor.count == 1
    assert list(verify("450125")) == []
    line()
    assert anchors.read("450125").count == 3  # type: ignore[union-attr]


def test_the_client_is_loaded_only_where_it_is_used() -> None:
    code = "import django, sys; django.setup(); from office import files, anchors, health; sys.exit('boto3' in sys.modules)"
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": "songjiao.settings"}
    assert subprocess.run([sys.executable, "-c", code], env=environ, check=False).returncode == 0


@pytest.mark.parametrize(
    ("url", "endpoint", "bucket", "prefix"),
    [
        ("s3://a:b@s3.example.org/songjiao", "https://s3.example.org", "songjiao", ""),
        ("s3://a:b%2F%40@10.0.0.5:9000/songjiao/county/one?tls=no&region=cn-south", "http://10.0.0.5:9000", "songjiao", "county/one"),
        ("s3://a:b@oss.example.org/songjiao?style=virtual", "https://oss.example.org", "songjiao", ""),
    ],
)
def test_the_setting(url: str, endpoint: str, bucket: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGJIAO_FILES", url)
    told = env.objects("SONGJIAO_FILES")
    assert (told["endpoint_url"], told["bucket_name"], told["prefix"]) == (endpoint, bucket, prefix)
    places = [place["OPTIONS"]["location"] for place in env.stores(told).values()]
    assert places == ([f"{prefix}/files", f"{prefix}/anchors"] if prefix else ["files", "anchors"])


@pytest.mark.parametrize(
    "url",
    [
        "https://a:b@s3.example.org/songjiao",
        "s3://s3.example.org/songjiao",
        "s3://a@s3.example.org/songjiao",
        "s3://a:b@/songjiao",
        "s3://a:b@s3.example.org",
        "s3://a:b@s3.example.org:port/songjiao",
        "s3://a:b@s3.example.org/songjiao?tls=maybe",
        "s3://a:b@s3.example.org/songjiao?style=odd",
        "s3://a:b@s3.example.org/songjiao?ca=/no/such/file",
        "s3://a:b@s3.example.org/songjiao?acl=public-read",
    ],
)
def test_a_setting_that_makes_no_sense_stops_the_start(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGJIAO_FILES", url)
    with pytest.raises(env.Misconfigured, match="SONGJIAO_FILES") as told:
        env.objects("SONGJIAO_FILES")
    assert "a:b@" not in str(told.value)
    monkeypatch.delenv("SONGJIAO_FILES")
    assert env.objects("SONGJIAO_FILES") == {}
