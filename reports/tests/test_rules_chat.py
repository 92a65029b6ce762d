"""What is pasted into a chat tells what to do, and names no child."""

from __future__ import annotations

from datetime import date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from reports.rules.chat import Lack, Named, Outing, labels, plan_text, reminder_text, return_text

OCTOBER, TODAY = date(2026, 10, 1), date(2026, 10, 25)
DEADLINE = datetime(2026, 10, 28, 23, 59, 59)  # noqa: DTZ001 — local, as it is read
FAR, NEAR, BLUE = Named(1, "覃小远"), Named(2, "覃小近"), Named(3, "蓝志冬")


def reminder(*lacks: Lack, today: date = TODAY, others: tuple[str, ...] = ()) -> str:
    return reminder_text(school="石门小学", month=OCTOBER, deadline=DEADLINE, today=today, lacks=lacks, others=others)


def test_a_reminder_says_what_until_when_and_where() -> None:
    made = reminder(
        Lack(FAR, ("还差 1 次", "家长尚未确认")), Lack(NEAR, ("照片不足",)), Lack(BLUE, ("还差 2 次",)), others=("校长尚未确认",)
    )
    assert made.splitlines() == [
        "【月报提醒】石门小学 2026年10月",
        "请在 10月28日 周三 23:59 前上报，还有 3 天。",
        "还缺 4 项：",
        "1. 覃同学1：还差 1 次，家长尚未确认",
        "2. 覃同学2：照片不足",
        "3. 蓝同学：还差 2 次",
        "4. 校长尚未确认",
        "请登录送教系统，在“月报”打开 2026年10月，逐项补齐。",
    ]


def test_the_last_day_and_the_day_after_read_otherwise() -> None:
    assert "今天截止" in reminder(today=date(2026, 10, 28))
    assert "已过期限" in reminder(today=date(2026, 10, 29))
    assert "各项已齐，请上报。" in reminder()


def test_a_return_says_how_many_lines_and_no_reason() -> None:
    made = return_text(school="石门小学", month=OCTOBER, lines=2, version=1)
    assert made.splitlines() == [
        "【月报退回】石门小学 2026年10月（第 1 次上报）",
        "县局退回 2 行，请修改后重新上报。",
        "请登录送教系统，在“月报”打开 2026年10月：退回的行有标记，旁边写着理由。",
    ]
    assert "0 行" not in return_text(school="石门小学", month=OCTOBER, lines=0, version=1)


def test_a_plan_goes_by_day_and_team() -> None:
    outings = [
        Outing(date(2026, 11, 4), time(14), "入户", ("农子春",), (BLUE,)),
        Outing(date(2026, 11, 2), time(14), "集中", ("韦志玲", "农子春"), (FAR, BLUE)),
        Outing(date(2026, 11, 2), time(9), "入户", (), (FAR,)),
    ]
    made = plan_text(school="石门小学", first=date(2026, 11, 2), last=date(2026, 11, 8), outings=outings)
    assert made.splitlines() == [
        "【送教安排】石门小学 11月2日 周一 至 11月8日 周日",
        "▪ 11月2日 周一",
        "09:00 待定：覃同学（入户）",
        "14:00 韦志玲、农子春：覃同学、蓝同学（集中）",
        "▪ 11月4日 周三",
        "14:00 农子春：蓝同学（入户）",
        "共 3 次。",
    ]
    assert "没有安排" in plan_text(school="石门小学", first=TODAY, last=TODAY, outings=[])


HAN = st.text(alphabet=[chr(0x8D75 + n) for n in range(60)], min_size=2, max_size=4)


@given(names=st.lists(HAN, min_size=1, max_size=8))
def test_no_name_is_in_any_text(names: list[str]) -> None:
    children = [Named(number, name) for number, name in enumerate(names)]
    outings = [Outing(TODAY, time(9), "入户", ("农子春",), (child,)) for child in children]
    texts = (
        reminder(*(Lack(child, ("还差 1 次",)) for child in children)),
        plan_text(school="石门小学", first=TODAY, last=TODAY, outings=outings),
    )
    for text in texts:
        assert not any(name in text for name in names)
        assert all(label in text for label in labels(children).values()), "the control: each child is told of"
    assert len(set(labels(children).values())) == len(names)


def test_a_line_break_in_a_name_makes_no_line() -> None:
    assert len(reminder(Lack(Named(1, "\n覃"), ("还\n差",))).splitlines()) == 5
