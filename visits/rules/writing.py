"""What is sent of one visit: read from plain JSON, judged by itself, and told by its digest. Source: docs/rules.md, "Logging a visit".

What depends on the moment or on what is on record (a start in the future, a day outside the case) is asked in `changing`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID

from office.rules import number_text
from office.rules.typed import BadContent, Typed, clean
from visits.rules.practising import Practised, read_practised

MODES = ("home", "centre", "remote")
PURPOSES = ("teaching", "rehabilitation", "training", "assessment", "signing", "condolence", "coordination")
REASONS = ("hospital", "away", "refused", "weather", "duty", "other")
CHANNELS = ("phone", "video")
MOODS = ("good", "calm", "upset")
PARTICIPATIONS = ("full", "partial", "little")
HOMEWORKS = ("done", "partly", "not_done")
PHOTO_KINDS = ("photo", "screenshot", "thumbprint", "paper")
CONFIRMATION_KINDS = ("signature", "thumbprint", "proxy", "paper", "link", "phone")
TEXTS = {"teaching": 4000, "rehabilitation": 4000, "family": 4000, "health": 1000}
TEXTS |= {"homework": 1000, "next_time": 1000, "guardian_words": 1000, "reason_text": 500}
MOST_CHILDREN, MOST_PEOPLE, MOST_PHOTOS, MOST_STROKES, MOST_POINTS = 60, 20, 60, 400, 20_000


@dataclass(frozen=True, slots=True)
class RecordContent:
    """What one child had of it. Lessons that nobody wrote down follow from the minutes."""

    case: UUID
    present: bool
    absent_reason: str
    lessons: Decimal | None
    mood: str
    participation: str
    last_homework: str
    texts: Mapping[str, str]
    practised: tuple[Practised, ...] = ()

    def plain(self) -> dict[str, Any]:
        return {
            "case": str(self.case),
            "present": self.present,
            "absent_reason": self.absent_reason,
            "lessons": "" if self.lessons is None else number_text(self.lessons),
            "mood": self.mood,
            "participation": self.participation,
            "last_homework": self.last_homework,
            **self.texts,
            **({"practised": [line.plain() for line in self.practised]} if self.practised else {}),  # else as before there was any
        }


@dataclass(frozen=True, slots=True)
class VisitContent:
    """One visit as its page sends it; the manifest of photos names every file that follows."""

    on: date
    start: time
    end: time
    mode: str
    purpose: str
    place: str
    channel: str
    state: str
    missed_reason: str
    reason_text: str
    people: tuple[UUID, ...]
    companions: tuple[str, ...]
    records: tuple[RecordContent, ...]
    photos: tuple[dict[str, Any], ...]
    confirmations: tuple[dict[str, Any], ...]

    @classmethod
    def read(cls, plain: Any) -> VisitContent:
        """From plain JSON. Raises BadContent with words for every field that cannot be right."""
        errors: dict[str, str] = {}
        content = _read(Typed(plain, errors), errors)
        if content is None or errors:
            raise BadContent(errors)
        return content

    def plain(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "start": f"{self.start:%H:%M}",
            "end": f"{self.end:%H:%M}",
            "mode": self.mode,
            "purpose": self.purpose,
            "place": self.place,
            "channel": self.channel,
            "state": self.state,
            "missed_reason": self.missed_reason,
            "reason_text": self.reason_text,
            "people": [str(user) for user in self.people],
            "companions": list(self.companions),
            "records": [record.plain() for record in self.records],
            "photos": [dict(photo) for photo in self.photos],
            "confirmations": [dict(given) for given in self.confirmations],
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the content in canonical form: equal for whoever says the same."""
        text = json.dumps(self.plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def cases(self) -> tuple[UUID, ...]:
        return tuple(record.case for record in self.records)

    def starts_at(self, zone: tzinfo | None) -> datetime:
        return datetime.combine(self.on, self.start, tzinfo=zone)

    def ends_at(self, zone: tzinfo | None) -> datetime:
        return datetime.combine(self.on, self.end, tzinfo=zone)

    @property
    def minutes(self) -> int:
        return (self.end.hour - self.start.hour) * 60 + self.end.minute - self.start.minute


def _read(typed: Typed, errors: dict[str, str]) -> VisitContent | None:
    on, start, end = typed.day("on"), typed.hour("start", "请填开始时间，例如 14:00。"), typed.hour("end", "请填结束时间，例如 16:00。")
    if start is not None and end is not None and end <= start:
        typed.wrong("end", "结束时间要晚于开始时间。")
    state = typed.word("state", ("done", "missed"), "请选这次送教是完成还是未送成。")
    missed_reason = typed.word("missed_reason", REASONS, "请选未送成的原因。") if state == "missed" else ""
    records = _records(typed, missed_reason)
    people, companions = typed.keys("people", MOST_PEOPLE), _companions(typed)
    if not people and not companions:
        typed.wrong("people", "至少要有一个人去送教。")
    mode = typed.word("mode", MODES, "请选形式：入户、集中或远程。")
    if state == "done" and records and not any(record.present for record in records):
        typed.wrong("state", "没有学生到场，请选“未送成”。")
    photos = tuple(_photo(each) for each in typed.each("photos", MOST_PHOTOS))
    confirmations = tuple(_confirmation(each) for each in typed.each("confirmations", MOST_CHILDREN * 2))
    _belong_together(typed, records, photos, confirmations)
    if on is None or start is None or end is None:
        return None
    return VisitContent(
        on=on,
        start=start,
        end=end,
        mode=mode,
        purpose=typed.word("purpose", PURPOSES) or "teaching",
        place=typed.text("place", 100),
        channel=typed.word("channel", CHANNELS) if mode == "remote" else "",
        state=state,
        missed_reason=missed_reason,
        reason_text=typed.text("reason_text", 500) if state == "missed" else "",
        people=people,
        companions=companions,
        records=records,
        photos=photos,
        confirmations=confirmations,
    )


def _companions(typed: Typed) -> tuple[str, ...]:
    names = [clean(name) for name in typed.several("companions", MOST_PEOPLE) if isinstance(name, str)]
    if any(len(name) > 100 for name in names):
        typed.wrong("companions", "随行人员的姓名最多 100 个字。")
    return tuple(dict.fromkeys(name for name in names if name))


def _records(typed: Typed, missed_reason: str) -> tuple[RecordContent, ...]:
    found = [record for each in typed.each("records", MOST_CHILDREN) if (record := _record(each, missed_reason))]
    if not found:
        typed.wrong("records", "至少要有一名学生。")
    if len({record.case for record in found}) < len(found):
        typed.wrong("records", "同一名学生写了两次。")
    return tuple(found)


def _record(typed: Typed, missed_reason: str) -> RecordContent | None:
    case = typed.key("case", "请选学生。")
    is_present = typed.yes("present", usual=True) and not missed_reason
    absent_reason = ""
    if not is_present:
        absent_reason = missed_reason or typed.word("absent_reason", REASONS, "请选没有到场的原因。")
    lessons = typed.lessons("lessons")
    texts = {name: typed.text(name, longest) for name, longest in TEXTS.items()}
    if case is None:
        return None
    return RecordContent(
        case=case,
        present=is_present,
        absent_reason=absent_reason,
        lessons=lessons if is_present else Decimal(0),
        mood=typed.word("mood", MOODS),
        participation=typed.word("participation", PARTICIPATIONS),
        last_homework=typed.word("last_homework", HOMEWORKS),
        texts=texts,
        practised=read_practised(typed) if is_present else (),
    )


def _photo(typed: Typed) -> dict[str, Any]:
    key, digest = typed.key("id", "照片没有编号。"), typed.text("digest", 64).lower()
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        typed.wrong("digest", "照片的校验值不对。")
    return {
        "id": str(key),
        "digest": digest,
        "size": typed.whole("size"),
        "kind": typed.word("kind", PHOTO_KINDS) or "photo",
        "caption": typed.text("caption", 200),
        "taken_at": typed.moment("taken_at"),
        "cases": [str(case) for case in typed.keys("cases", MOST_CHILDREN)],
    }


def _confirmation(typed: Typed) -> dict[str, Any]:
    kind = typed.word("kind", CONFIRMATION_KINDS, "请选家长确认的方式。")
    signer, witness = typed.text("signer", 100), typed.text("witness", 100)
    if not signer:
        typed.wrong("signer", "请填签字人。")
    if kind == "proxy" and not witness:
        typed.wrong("witness", "代签要有见证人。")
    photo, strokes = typed.key("photo"), _strokes(typed)
    if kind == "signature" and not strokes:
        typed.wrong("strokes", "还没有签字。")
    if kind in ("thumbprint", "paper") and photo is None:
        typed.wrong("photo", "请拍下手印或纸质签字。")
    return {
        "id": str(typed.key("id", "家长确认没有编号。")),
        "case": str(typed.key("case", "请选学生。")),
        "kind": kind,
        "signer": signer,
        "relation": typed.text("relation", 100),
        "witness": witness,
        "strokes": strokes,
        "photo": str(photo) if photo else None,
    }


def _strokes(typed: Typed) -> list[list[list[int]]] | None:
    """Lists of [x, y, milliseconds]."""
    strokes = typed.several("strokes", MOST_STROKES)
    try:
        read = [[[int(value) for value in point] for point in stroke] for stroke in strokes]
    except (TypeError, ValueError, OverflowError):
        read = [[[]]]
    if any(len(point) != 3 or max(map(abs, point)) > 10**9 for stroke in read for point in stroke):
        typed.wrong("strokes", "签字的格式不对。")
        return None
    if sum(map(len, read)) > MOST_POINTS:
        typed.wrong("strokes", "签字太长了，请重签。")
    return read or None


def _belong_together(typed: Typed, records: tuple[RecordContent, ...], photos: Any, confirmations: Any) -> None:
    """What is sent with a visit is of its children and its photos, each once."""
    cases, known = {str(record.case) for record in records}, {photo["id"] for photo in photos}
    if len(known) < len(photos):
        typed.wrong("photos", "同一张照片写了两次。")
    if any(set(photo["cases"]) - cases for photo in photos):
        typed.wrong("photos", "照片里的学生不在这次送教里。")
    if any(given["case"] not in cases or (given["photo"] and given["photo"] not in known) for given in confirmations):
        typed.wrong("confirmations", "家长确认的学生或照片不在这次送教里。")
