"""A visit with two photos arriving, against the barest view that would take them: a row and two files, nothing looked at."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.test import Client
from PIL import Image

from accounts.models import User
from bench.pages import client_of
from bench.seed import AS_OF, TENFOLD
from students.models import CaseTeacher, Consent

VISITS, PHOTOS = 5, 2


@cache
def sender() -> tuple[Client, CaseTeacher]:
    """A teacher signed in, and a child of theirs whose guardian agreed to photos."""
    post = CaseTeacher.objects.filter(case__school__county=TENFOLD).select_related("case", "user").order_by("pk")[0]
    consent = {"is_given": True, "text_version": "1", "given_by": "家长", "by": post.user, "at": AS_OF}
    Consent.objects.get_or_create(student_id=post.case.student_id, kind="photos", starts_on=date(2024, 9, 1), defaults=consent)
    return client_of(User.objects.get(pk=post.user_id)), post


def picture(number: int) -> bytes:
    """As a phone sends it: about 300 KB of 1600 by 1200 pixels, none like another."""
    out = io.BytesIO()
    noise = Image.effect_noise((400, 300), 40).convert("RGB").resize((1600, 1200))
    noise.paste((number * 40 % 256, 90, 120), (0, 0, 400, 400))
    noise.save(out, "JPEG", quality=80)
    return out.getvalue()


def content_of(post: CaseTeacher, photos: dict[UUID, bytes]) -> dict[str, Any]:
    manifest = [
        {"id": str(key), "digest": hashlib.sha256(each).hexdigest(), "size": len(each), "kind": "photo", "cases": [str(post.case_id)]}
        for key, each in photos.items()
    ]
    record = {"case": str(post.case_id), "present": True, "lessons": "3", "teaching": f"认识水果，练习穿衣，第 {uuid4()} 次"}
    day = AS_OF.date() - timedelta(days=7)
    when = {"on": day.isoformat(), "start": "09:00", "end": "11:00", "mode": "home", "state": "done", "purpose": "teaching"}
    return {**when, "people": [str(post.user_id)], "records": [record], "photos": manifest, "companions": ["村干部"]}


def receive_visits() -> Callable[[], None]:
    return _each(_visit)


def receive_bare() -> Callable[[], None]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_received (name varchar(100), size integer)")
    return _each(_bare)


def _each(send: Callable[[Client, UUID, bytes, dict[UUID, bytes]], None]) -> Callable[[], None]:
    client, post = sender()
    made = [_made(post, number) for number in range(VISITS)]

    def run() -> None:
        for each in made:
            send(client, *each)

    return run


def _made(post: CaseTeacher, number: int) -> tuple[UUID, bytes, dict[UUID, bytes]]:
    photos = {uuid4(): picture(number + each) for each in range(PHOTOS)}
    sent = {"base_version": 0, "content": content_of(post, photos), "device": {"at": "", "sent_at": "", "sequence": 1}, "reason": ""}
    return uuid4(), json.dumps(sent).encode(), photos


def _visit(client: Client, visit: UUID, text: bytes, photos: dict[UUID, bytes]) -> None:
    _put(client, f"/visits/{visit}/text/", text, "application/json")
    for key, content in photos.items():
        _put(client, f"/visits/{visit}/photos/{key}/", content, "image/jpeg")


def _bare(client: Client, visit: UUID, text: bytes, photos: dict[UUID, bytes]) -> None:
    for content in (text, *photos.values()):
        _put(client, "/bare/receive/", content, "application/octet-stream")


def _put(client: Client, address: str, content: bytes, kind: str) -> None:
    answer = client.put(address, content, content_type=kind)
    if answer.status_code != 201:
        raise RuntimeError(f"{address} answered {answer.status_code}: {answer.content.decode()[:300]}")
