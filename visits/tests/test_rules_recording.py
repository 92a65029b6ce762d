"""Lessons that nobody wrote down, and texts that are compared."""

from decimal import Decimal

import pytest

from visits.rules.recording import default_lessons, text_key


@pytest.mark.parametrize(
    ("minutes", "lesson_minutes", "lessons"),
    [(125, 40, "3"), (100, 40, "2.5"), (95, 40, "2"), (120, 40, "3"), (19, 40, "0"), (20, 40, "0.5"), (90, 45, "2"), (60, 0, "0")],
)
def test_lessons_follow_from_minutes_floored_to_a_half(minutes: int, lesson_minutes: int, lessons: str) -> None:
    assert default_lessons(minutes, lesson_minutes) == Decimal(lessons)


def test_white_space_does_not_make_a_text_another() -> None:
    text = "刷牙步骤：先示范再手把手练习，分解成三步"
    assert text_key(text) == text_key(" 刷牙步骤：\n先示范再手把手练习，\u3000分解成三步 ")
    assert len(text_key(text)) == 32
    assert text_key(text) != text_key(text + "。")


def test_a_text_below_twenty_characters_is_compared_with_none() -> None:
    assert text_key("一二三四五六七八九十一二三四五六七八九") == ""
    assert text_key("一二三四五六七八九十 一二三四五六七八九") == ""
    assert text_key("一二三四五六七八九十一二三四五六七八九十") != ""
