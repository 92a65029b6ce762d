"""Questions about visits written on the page, to the boundary; their evidence and their words. Without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from counties.rules import PolicyTerms
from counties.tests.make import at
from visits.rules.flags import EXPLAINED, Evidence, Other, Shown, are_near, is_late_sync, page_flags, question
from visits.rules.judging import FLAG_WORDS, STAYING, Fact, Flag, Team
from visits.tests.test_rules_judging import USUAL

TERMS = PolicyTerms()
END = USUAL.ends_at
GOOD = Shown(
    written_at=END, received_at=END, drift=0, photos=2, may_photograph=True, is_confirmed=True, has_reused=False, has_other_day=False
)
SOME_DAY = date(2026, 10, 12)


def after(**passed: float) -> datetime:
    return END + timedelta(**passed)


@pytest.mark.parametrize(
    ("fact", "shown", "raised"),
    [
        ({}, {}, []),
        ({}, {"photos": 1}, [Flag.TOO_FEW_PHOTOS]),
        ({}, {"photos": 0, "may_photograph": False}, []),  # nobody may take pictures of a child without consent
        ({"mode": "remote"}, {"photos": 0}, []),
        ({"mode": "centre"}, {"photos": 1}, [Flag.TOO_FEW_PHOTOS]),
        ({}, {"has_reused": True}, [Flag.REUSED_PHOTO]),
        ({}, {"has_other_day": True}, [Flag.PHOTO_OTHER_DAY]),
        ({}, {"is_confirmed": False}, [Flag.UNCONFIRMED]),
        ({}, {"written_at": after(hours=168)}, []),
        ({}, {"written_at": after(hours=168, seconds=1)}, [Flag.LATE_RECORD]),
        ({}, {"received_at": after(days=30)}, []),  # when it was synced is not asked
        ({}, {"drift": 600}, []),
        ({}, {"drift": 601}, [Flag.CLOCK_SKEW]),
        ({}, {"drift": -600}, []),
        ({}, {"drift": -601}, [Flag.CLOCK_SKEW]),
    ],
)
def test_each_question_is_raised_by_its_own_cause(fact: dict[str, Any], shown: dict[str, Any], raised: list[Flag]) -> None:
    assert list(page_flags(USUAL._replace(**fact), GOOD._replace(**shown), TERMS)) == raised


def test_the_policy_sets_the_bounds() -> None:
    poor = GOOD._replace(photos=0, is_confirmed=False, written_at=after(hours=25))
    assert list(page_flags(USUAL, poor, PolicyTerms(photo_min=0, parent_confirm=()))) == []
    asked = list(page_flags(USUAL, poor, PolicyTerms(photo_min=1, record_due_hours=24)))
    assert asked == [Flag.TOO_FEW_PHOTOS, Flag.UNCONFIRMED, Flag.LATE_RECORD]


def test_written_in_time_and_received_late_is_a_neutral_mark() -> None:
    assert is_late_sync(END, after(hours=2), after(hours=169), TERMS)
    assert not is_late_sync(END, after(hours=2), after(hours=168), TERMS)
    assert not is_late_sync(END, after(hours=169), after(hours=170), TERMS)  # late itself: a question, not a mark
    assert not is_late_sync(END, END, None, TERMS)


def test_pictures_are_near_up_to_three_bits_and_an_even_surface_is_near_to_nothing() -> None:
    picture = (0b1010, 0xBEEF, 7, 9)
    assert are_near(picture, (0b1010 ^ 0b111, 0xBEEF, 7, 9))
    assert are_near(picture, (0b1010 ^ 0b1, 0xBEEF ^ 0b1, 7 ^ 0b1, 9))
    assert not are_near(picture, (0b1010 ^ 0b1111, 0xBEEF, 7, 9))
    assert not are_near((0, 0, 0, 0), (0, 0, 0, 0))
    assert not are_near((0xFFFF,) * 4, (0xFFFF,) * 4)


# --- Evidence and words ---------------------------------------------------------------------------------

EARLIER = Other("another visit", at("2026-09-16 14:00"), at("2026-09-16 16:00"))
SEEN = Evidence(
    fact=USUAL,
    team=Team(1, 1),
    terms=TERMS,
    overlapping=[Other("a clash", at("2026-10-14 15:00"), at("2026-10-14 17:00"))],
    twins=[EARLIER],
    text_key="a key",
    shown=GOOD._replace(photos=3, drift=-720, written_at=after(days=8, hours=1)),
    other_days={("b", SOME_DAY)},
    same_photo={"a": [EARLIER]},
    like_photo={"c": [EARLIER]},
    month_remote=2,
    month_delivered=3,
)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (Flag.TOO_FEW_STAFF, "当天记了 1 人，其中教师 1 人；要 2 人以上，至少一位教师。"),
        (Flag.OUTSIDE_DAYTIME, "送教 14:00–16:00，白天是 08:00–18:00。"),
        (Flag.OVERLAP, "同一位老师或同一个孩子，同时还在 10月14日 15:00–17:00 的另一次送教里。"),
        (Flag.SHORT_DURATION, "起止 120 分钟，记了 3 课时，按每课时 40 分钟是 120 分钟。"),
        (Flag.REMOTE_SHARE, "这个月送了 3 次，其中远程 2 次。"),
        (Flag.REPEATED_TEXT, "教学内容与 9月16日 14:00–16:00 那次的一字不差。"),
        (Flag.TOO_FEW_PHOTOS, "有 3 张照片，要 2 张。"),
        (Flag.REUSED_PHOTO, "3 张照片里有 1 张与 9月16日 14:00–16:00 那次的相同。"),
        (Flag.PHOTO_OTHER_DAY, "3 张照片里有 1 张是 10月12日 拍的，送教在 10月14日。"),
        (Flag.UNCONFIRMED, "这次还没有家长确认。"),
        (Flag.LATE_RECORD, "送教结束后 8 天 1 小时才写成，要求 168 小时以内。"),
        (Flag.CLOCK_SKEW, "提交时，手机的时间慢了 12 分钟。"),
        (Flag.SIMILAR_PHOTO, "3 张照片里有 1 张与 9月16日 14:00–16:00 那次的很像。"),
    ],
)
def test_every_question_says_what_it_rests_on(code: Flag, words: str) -> None:
    asked = question(code, SEEN)
    assert asked.words == words
    assert len(asked.evidence) == 32
    assert asked.travels == (code not in STAYING)


def test_every_flag_has_its_word_and_explanation() -> None:
    assert set(EXPLAINED) == set(FLAG_WORDS) == set(Flag)


def fact(**fields: Any) -> Evidence:
    return replace(SEEN, fact=SEEN.fact._replace(**fields))


def shown(**fields: Any) -> Evidence:
    assert SEEN.shown is not None
    return replace(SEEN, shown=SEEN.shown._replace(**fields))


LATER = EARLIER._replace(starts_at=at("2026-09-16 14:05"))
CHANGES = [
    (Flag.TOO_FEW_STAFF, replace(SEEN, team=Team(1, 0))),
    (Flag.OUTSIDE_DAYTIME, fact(starts_at=at("2026-10-14 13:59"))),
    (Flag.OVERLAP, fact(ends_at=at("2026-10-14 15:30"))),
    (Flag.OVERLAP, replace(SEEN, overlapping=[LATER])),
    (Flag.SHORT_DURATION, fact(lessons=Decimal(4))),
    (Flag.SHORT_DURATION, fact(ends_at=at("2026-10-14 15:59"))),
    (Flag.REMOTE_SHARE, replace(SEEN, month_delivered=4)),
    (Flag.REPEATED_TEXT, replace(SEEN, text_key="another")),
    (Flag.REPEATED_TEXT, replace(SEEN, twins=[EARLIER, Other("a third", LATER.starts_at, LATER.ends_at)])),
    (Flag.TOO_FEW_PHOTOS, shown(photos=1)),
    (Flag.REUSED_PHOTO, replace(SEEN, same_photo={"b": [EARLIER]})),
    (Flag.REUSED_PHOTO, replace(SEEN, same_photo={"a": [EARLIER._replace(visit_id="yet another")]})),
    (Flag.PHOTO_OTHER_DAY, replace(SEEN, other_days={("b", date(2026, 10, 11))})),
    (Flag.UNCONFIRMED, replace(SEEN, terms=PolicyTerms(confirm_period="month"))),
    (Flag.LATE_RECORD, shown(written_at=after(days=9))),
    (Flag.CLOCK_SKEW, shown(drift=-721)),
    (Flag.SIMILAR_PHOTO, replace(SEEN, like_photo={"d": [EARLIER]})),
]


@pytest.mark.parametrize(("code", "changed"), CHANGES, ids=lambda value: str(value) if isinstance(value, Flag) else "")
def test_other_evidence_is_another_question(code: Flag, changed: Evidence) -> None:
    assert question(code, changed).evidence != question(code, SEEN).evidence
    assert question(code, changed).evidence == question(code, changed).evidence


def test_what_does_not_make_the_evidence_does_not_change_it() -> None:
    utc = datetime.fromisoformat("2026-10-14T06:00:00+00:00")
    assert question(Flag.OUTSIDE_DAYTIME, fact(starts_at=utc)).evidence == question(Flag.OUTSIDE_DAYTIME, SEEN).evidence
    assert question(Flag.SHORT_DURATION, fact(lessons=Decimal("3.00"))).evidence == question(Flag.SHORT_DURATION, SEEN).evidence
    assert question(Flag.TOO_FEW_PHOTOS, fact(lessons=Decimal(1))).evidence == question(Flag.TOO_FEW_PHOTOS, SEEN).evidence


def test_usual_facts_are_what_the_evidence_is_made_for() -> None:
    assert isinstance(USUAL, Fact)
    assert {code for code, _ in CHANGES} == set(Flag)
