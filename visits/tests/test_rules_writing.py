"""What is sent of a visit, judged by itself: docs/rules.md, "Logging a visit"."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from counties.tests.make import SHANGHAI, at
from office.rules.typed import BadContent
from visits.models import Confirmation, Photo, Visit, VisitRecord
from visits.rules import writing
from visits.rules.changing import Hand, why_not, why_not_corrected, written_at
from visits.rules.fields import Fields, read_draft
from visits.rules.shape import shaped
from visits.rules.sheet import CaseSpan
from visits.rules.times import usual_times
from visits.rules.writing import VisitContent

CASE = uuid4()


def plain(**fields: Any) -> dict[str, Any]:
    record = {"case": str(CASE), "lessons": "2.50", "teaching": " 认数\r\n1 到 5 "} | fields.pop("record", {})
    usual = {"on": "2026-10-14", "start": "14:00", "end": "16:00", "mode": "home", "state": "done", "people": [str(uuid4())]}
    return usual | {"records": [record]} | fields


def errors_of(**fields: Any) -> dict[str, str]:
    with pytest.raises(BadContent) as refused:
        VisitContent.read(plain(**fields))
    return refused.value.errors


def test_a_good_visit_is_read_and_told_in_one_canonical_form() -> None:
    said = plain()
    content = VisitContent.read(said)

    assert content.minutes == 120
    assert content.starts_at(SHANGHAI) == at("2026-10-14 14:00")
    assert content.records[0].lessons == Decimal("2.5")
    assert content.records[0].texts["teaching"] == "认数\n1 到 5"
    assert VisitContent.read(content.plain()) == content
    assert VisitContent.read(dict(reversed(said.items()))).digest == content.digest
    assert VisitContent.read(said | {"end": "16:05"}).digest != content.digest


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"end": "14:00"}, "end"),
        ({"end": "13:59"}, "end"),
        ({"start": "25:00"}, "start"),
        ({"on": "2026-02-30"}, "on"),
        ({"on": "0001-01-01"}, "on"),
        ({"on": None}, "on"),
        ({"records": []}, "records"),
        ({"records": "x"}, "records"),
        ({"people": [], "companions": []}, "people"),
        ({"people": ["x"]}, "people"),
        ({"mode": "walk"}, "mode"),
        ({"mode": ["home"]}, "mode"),
        ({"state": "planned"}, "state"),
        ({"state": "missed"}, "missed_reason"),
        ({"record": {"present": False}}, "records.0.absent_reason"),
        ({"record": {"present": False, "absent_reason": "hospital"}}, "state"),
        ({"record": {"lessons": "-1"}}, "records.0.lessons"),
        ({"record": {"lessons": "NaN"}}, "records.0.lessons"),
        ({"record": {"lessons": 1e400}}, "records.0.lessons"),
        ({"record": {"lessons": True}}, "records.0.lessons"),
        ({"record": {"case": "x"}}, "records.0.case"),
        ({"record": {"teaching": "字" * 4001}}, "records.0.teaching"),
        ({"record": {"teaching": ["x"]}}, "records.0.teaching"),
        ({"photos": [{"id": str(uuid4()), "digest": "x", "size": 3}]}, "photos.0.digest"),
        ({"photos": [{"id": str(uuid4()), "digest": "a" * 64, "size": 0}]}, "photos.0.size"),
        ({"photos": [{"id": str(uuid4()), "digest": "a" * 64, "size": 3, "cases": [str(uuid4())]}]}, "photos"),
        ({"confirmations": [{"id": str(uuid4()), "case": str(CASE), "kind": "proxy", "signer": "甲"}]}, "confirmations.0.witness"),
        ({"confirmations": [{"id": str(uuid4()), "case": str(CASE), "kind": "signature", "signer": "甲"}]}, "confirmations.0.strokes"),
        ({"confirmations": [{"id": str(uuid4()), "case": str(CASE), "kind": "paper", "signer": "甲"}]}, "confirmations.0.photo"),
        ({"confirmations": [3]}, "confirmations.0"),
    ],
)
def test_what_cannot_be_right_is_named_by_its_field(fields: dict[str, Any], field: str) -> None:
    assert field in errors_of(**fields)


@pytest.mark.parametrize("sent", [None, [], "x", 3, {}, {"records": [None], "people": {}, "photos": 3}])
def test_anything_else_is_refused_in_words_too(sent: Any) -> None:
    with pytest.raises(BadContent) as refused:
        VisitContent.read(sent)
    assert str(refused.value)


def test_a_missed_visit_gives_nobody_a_lesson() -> None:
    content = VisitContent.read(plain(state="missed", missed_reason="hospital", reason_text="县医院"))

    assert [(each.present, each.absent_reason, each.lessons) for each in content.records] == [(False, "hospital", 0)]
    assert content.reason_text == "县医院"


def test_texts_hold_nothing_a_database_or_a_page_could_not() -> None:
    content = VisitContent.read(plain(record={"teaching": "认\x00数\ud800\r再数"}))

    assert content.records[0].texts["teaching"] == "认数\n再数"
    assert content.digest


def test_the_codes_are_those_of_the_tables() -> None:
    assert list(writing.MODES) == Visit.Mode.values
    assert list(writing.PURPOSES) == Visit.Purpose.values
    assert list(writing.REASONS) == Visit.Missed.values
    assert list(writing.CHANNELS) == Visit.Channel.values
    assert list(writing.MOODS) == VisitRecord.Mood.values
    assert list(writing.PARTICIPATIONS) == VisitRecord.Participation.values
    assert list(writing.HOMEWORKS) == VisitRecord.Homework.values
    assert list(writing.PHOTO_KINDS) == Photo.Kind.values
    assert list(writing.CONFIRMATION_KINDS) == Confirmation.Kind.values


def span(first: str, last: str | None = None) -> dict[Any, CaseSpan]:
    return {CASE: CaseSpan(CASE, uuid4(), date.fromisoformat(first), date.fromisoformat(last) if last else None, is_served=True)}


def test_a_visit_lies_in_the_case_and_not_in_the_future() -> None:
    content = VisitContent.read(plain())

    assert why_not(content, span("2026-10-14", "2026-10-15"), now=at("2026-10-14 13:50")) == {}
    assert "start" in why_not(content, span("2026-10-14"), now=at("2026-10-14 13:49"))
    assert "on" in why_not(content, span("2026-10-14"), now=at("2026-10-13 20:00"))
    assert "records.0.case" in why_not(content, span("2026-10-15"), now=at("2026-10-20"))
    assert "records.0.case" in why_not(content, span("2026-09-01", "2026-10-14"), now=at("2026-10-20"))
    assert "records.0.case" in why_not(content, {}, now=at("2026-10-20"))


def test_the_writers_moment_is_freed_of_what_the_clock_was_off() -> None:
    now, slow = at("2026-10-28 09:00"), at("2026-10-26 08:00")

    assert written_at(slow, -3600, at=now) == at("2026-10-26 09:00")
    assert written_at(None, 0, at=now) == now
    assert written_at(now + timedelta(days=2), 3600, at=now) == now


def test_what_was_accepted_is_corrected_by_the_team_and_the_admin_not_by_the_principal() -> None:
    assert Hand(is_principal=True).may_touch(set())
    assert not Hand(is_principal=True).may_touch({"accepted"})
    assert all(hand.may_touch({"accepted"}) for hand in (Hand(is_author=True), Hand(is_team=True), Hand(is_admin=True)))
    assert not Hand().may_touch(set())


def test_a_correction_has_a_reason_and_stays_in_its_month_with_its_children() -> None:
    content = VisitContent.read(plain())

    assert why_not_corrected(content, date(2026, 10, 1), {CASE}, "时间写错了") == {}
    assert set(why_not_corrected(content, date(2026, 9, 30), {CASE, uuid4()}, " ")) == {"reason", "on", "records"}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-10-28 17:03", ("2026-10-28", "14:00", "16:00")),
        ("2026-10-28 15:13", ("2026-10-28", "13:10", "15:10")),
        ("2026-10-28 07:30", ("2026-10-27", "14:00", "16:00")),
        ("2026-10-28 00:30", ("2026-10-27", "14:00", "16:00")),
    ],
)
def test_the_times_of_the_last_visit_are_moved_behind_now(now: str, expected: tuple[str, str, str]) -> None:
    assert usual_times("", "", 120, now=at(now)) == expected
    assert usual_times("14:00", "16:00", 40, now=at(now)) == expected


def test_a_shape_is_whole_whatever_a_draft_held() -> None:
    assert shaped(None)["records"] == []
    whole = shaped({"people": "x", "place": 3, "records": [None, {"case": 5, "present": "yes", "lessons": 2.5}], "photos": [{}]})

    assert (whole["people"], whole["place"]) == ([], "3")
    assert [(each["case"], each["present"], each["lessons"], each["teaching"]) for each in whole["records"]] == [("5", True, "2.5", "")]


def test_the_fields_of_the_page_become_a_content() -> None:
    fields = {"on": ["2026-10-14"], "start": ["14:00"], "end_time": ["16:00"], "mode": ["home"], "people": [str(uuid4())]}
    fields |= {"companions": ["覃村长、陆医生"], "cases": [str(CASE), str(CASE)], f"teaching-{CASE}": ["认数"], f"lessons-{CASE}": [""]}
    content = VisitContent.read(Fields(fields).content())

    assert content.companions == ("覃村长", "陆医生")
    assert [(each.case, each.texts["teaching"], each.lessons) for each in content.records] == [(CASE, "认数", None)]
    kept = {name: value if len(value) > 1 else value[0] for name, value in fields.items()}
    assert VisitContent.read(read_draft({"fields": kept, "cases": [str(CASE)]})) == content
    assert read_draft({"fields": 3}) == {"fields": 3}
    assert read_draft([]) == []


def test_confirmations_without_scripts_are_the_same_when_sent_again() -> None:
    visit, photo = uuid4(), str(uuid4())
    fields = Fields({"cases": [str(CASE)], f"confirm_kind-{CASE}": ["paper"], f"confirm_signer-{CASE}": ["覃母"]})

    assert fields.confirmations(visit, {}) == []
    assert fields.confirmations(visit, {str(CASE): photo}) == fields.confirmations(visit, {str(CASE): photo})
    assert fields.confirmations(visit, {str(CASE): photo})[0]["photo"] == photo


@pytest.mark.parametrize(
    ("sequence", "saved", "moment"),
    [
        (None, None, "10:00"),
        (5, None, "10:00"),
        (5, (3, "09:00"), "10:00"),  # in its order
        (5, (3, "11:00"), "11:00"),  # typed after a draft that came at eleven
        (5, (5, "09:00"), "09:00"),  # the draft that came at nine held it already
        (5, (7, "11:00"), "10:00"),
        (5, (3, "13:00"), "12:00"),  # never later than the receipt
    ],
)
def test_the_count_of_changes_bounds_what_a_jumping_clock_says(sequence: int | None, saved: tuple[int, str] | None, moment: str) -> None:
    held = (saved[0], at(f"2026-10-28 {saved[1]}")) if saved else None
    found = written_at(at("2026-10-28 10:00"), 0, at=at("2026-10-28 12:00"), sequence=sequence, saved=held)
    assert found == at(f"2026-10-28 {moment}")
