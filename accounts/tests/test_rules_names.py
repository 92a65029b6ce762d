"""Names in sheets, without a database."""

from datetime import date
from uuid import UUID, uuid4

from accounts.rules.names import Staff, StaffPost, name_key, split_names

FIRST, SECOND, THIRD = uuid4(), uuid4(), uuid4()


def user(number: int) -> UUID:
    return UUID(int=number)


def test_names_are_compared_without_spaces_and_with_one_dot() -> None:
    assert {name_key(f" 阿依{dot}古 丽") for dot in "·•・．‧∙."} == {"阿依·古丽"}
    assert name_key("卢\u3000乐福") == name_key("卢乐福") == "卢乐福"
    assert name_key("Ａｂ") == "Ab"


def test_teams_are_split_by_every_usual_sign() -> None:
    assert split_names("覃嘉涵/韦志玲") == split_names(" 覃嘉涵， 韦志玲、覃嘉涵 ") == ["覃嘉涵", "韦志玲"]
    assert split_names("樊月涵 苏欣杰\n潘月") == ["樊月涵", "苏欣杰", "潘月"]
    assert split_names(" ") == []


def test_a_single_character_belongs_to_its_neighbour() -> None:
    assert split_names("韦\u3000涵、蓝 永浩") == ["韦涵", "蓝永浩"]
    assert split_names("韦 涵 蓝 永浩") == ["韦涵", "蓝永浩"]
    assert split_names("潘轩月 莫 宇月 韦涵") == ["潘轩月", "莫宇月", "韦涵"]
    assert split_names("韦、志玲") == ["韦", "志玲"]


def test_those_in_post_on_the_day_come_first() -> None:
    staff = Staff(
        [
            StaffPost("韦志玲", user(1), FIRST, ends_on=date(2026, 10, 1)),
            StaffPost("韦志玲", user(2), FIRST, starts_on=date(2026, 10, 1)),
            StaffPost("覃嘉涵", user(3), FIRST, starts_on=date(2026, 10, 1)),
        ]
    )
    assert staff.named("韦志玲", FIRST, date(2026, 9, 30)) == {user(1)}
    assert staff.named("韦志玲", FIRST, date(2026, 10, 1)) == {user(2)}
    assert staff.named("韦志玲", FIRST) == {user(1), user(2)}
    assert staff.named("覃嘉涵", FIRST, date(2026, 9, 1)) == {user(3)}  # sheets tell of a time before the county was loaded


def test_a_name_is_looked_up_in_the_school_then_in_the_county() -> None:
    staff = Staff(
        [
            StaffPost("韦志玲", user(1), FIRST),
            StaffPost("韦志玲", user(2), SECOND),
            StaffPost("覃 嘉涵", user(3), FIRST),
            StaffPost("覃嘉涵", user(3), SECOND),  # one person, two schools
        ]
    )

    assert staff.named("韦志玲", FIRST) == {user(1)}
    assert staff.named("韦志玲", THIRD) == {user(1), user(2)}
    assert staff.named("韦志玲", None) == {user(1), user(2)}
    assert staff.named("覃嘉涵", THIRD) == {user(3)}
    assert staff.named("无此人", FIRST) == set()
