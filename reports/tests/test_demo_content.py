"""The demo county, before anything is loaded: the same for the same day, and possible."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import combinations, pairwise
from random import Random

import pytest
from stdnum.cn import ric

from office.pictures import read_picture
from office.rules.strokes import why_not_strokes
from reports.demo.county import draw_county
from reports.demo.lessons import LESSONS, NEEDS
from reports.demo.oddities import ODD_CHILDREN
from reports.demo.progress import Chronicle
from reports.demo.scenes import SCENES, draw_picture
from reports.demo.signatures import sign
from reports.demo.trainings import GUIDANCE, GUIDANCE_FOR, TRAININGS
from visits.rules.flags import are_near

DAYS = [date(2026, 11, 22), date(2026, 9, 1), date(2027, 2, 28), date(2027, 8, 10), date(2028, 2, 29)]


@pytest.mark.parametrize("today", DAYS)
def test_the_same_day_gives_the_same_county(today: date) -> None:
    assert draw_county(today=today) == draw_county(today=today)
    assert draw_county(today=today) != draw_county(today=today, seed=7)


@pytest.mark.parametrize("today", DAYS)
def test_is_as_large_as_promised(today: date) -> None:
    county = draw_county(today=today)
    teachers = [person for person in county.people if any(post["role"] == "teacher" for post in person.posts)]
    assert (len(county.county_file["schools"]), len(county.children), len(teachers)) == (12, 64, 40)
    assert sum(not child.stays for child in county.children) == 4
    assert sum(not child.id_number for child in county.children) == 3


def test_numbers_are_well_formed_and_belong_to_nobody() -> None:
    numbers = [child.id_number for child in draw_county(today=DAYS[0]).children if child.id_number]
    assert all(ric.is_valid(number) for number in numbers)
    assert {number[14:17] for number in numbers} <= {"996", "997", "998", "999"}
    assert len(set(numbers)) == len(numbers)


def test_no_two_people_share_a_name() -> None:
    county = draw_county(today=DAYS[0])
    names = [person.name for person in county.people] + [child.name for child in county.children]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("today", DAYS)
def test_nobody_is_in_two_places_but_where_a_flag_is_meant(today: date) -> None:
    county = draw_county(today=today)
    odd = {ODD_CHILDREN["overlap"], ODD_CHILDREN["overlap"] + 1}
    times: dict[str, list[tuple[datetime, datetime]]] = {}
    for outing in county.outings:
        if odd.isdisjoint(child.number for child in outing.children):
            start = datetime.combine(outing.on, outing.start)
            for name in [*outing.teachers, *(child.name for child in outing.children)]:
                times.setdefault(name, []).append((start, start + timedelta(minutes=outing.minutes)))
    for spans in times.values():
        spans.sort()
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))


@pytest.mark.parametrize("today", DAYS)
def test_what_is_planned_lies_ahead_and_the_rest_behind(today: date) -> None:
    outings = draw_county(today=today).outings
    assert all((outing.on >= today) == outing.is_planned for outing in outings)
    assert sum(not outing.is_planned for outing in outings) > 300


@pytest.mark.parametrize("today", DAYS)
def test_children_are_visited_only_while_served(today: date) -> None:
    for outing in draw_county(today=today).outings:
        for child in outing.children:
            stay = next(stay for stay in child.stays if stay.school == outing.school)
            assert stay.since <= outing.on
            assert stay.until is None or outing.on < stay.until
            assert not any(since <= outing.on and (until is None or outing.on < until) for since, until, _ in child.pauses)


def test_pictures_of_every_lesson_differ_and_are_the_same_for_the_same_draw() -> None:
    areas = sorted({lesson.area for lesson in LESSONS})
    assert set(areas) == set(SCENES)
    drawn = [draw_picture(Random(number), about=areas[number % len(areas)]) for number in range(96)]
    bands = [read_picture(each.content).bands for each in drawn]
    assert sum(are_near(one, other) for one, other in combinations(bands, 2) if one and other) <= 1
    assert len({each.caption for each in drawn}) > 20
    assert draw_picture(Random(7), about="生活语文") == draw_picture(Random(7), about="生活语文")


def test_a_signature_fits_the_pad_and_everybody_has_their_own() -> None:
    signed = [sign(name, Random(name)) for name in ("韦桂芳", "蓝秀英", "覃文")]
    assert [why_not_strokes(strokes) for strokes in signed] == ["", "", ""]
    assert max(point[1] for strokes in signed for stroke in strokes for point in stroke) <= 320
    assert all(stroke == sorted(stroke, key=lambda point: point[2]) for strokes in signed for stroke in strokes)
    assert len({str(strokes) for strokes in signed}) == 3
    assert sign("韦桂芳", Random("韦桂芳")) == signed[0]


def test_there_is_much_to_read_and_a_child_never_reads_the_same_twice() -> None:
    assert len(LESSONS) + sum(map(len, TRAININGS.values())) + len(GUIDANCE) + sum(map(len, GUIDANCE_FOR.values())) >= 60
    assert all(sum(need in lesson.needs for lesson in LESSONS) >= 6 for need in NEEDS)
    chronicle = Chronicle(Random(1), "waking")
    texts = []
    for _ in range(60):
        chronicle.next_visit()
        texts.append(chronicle.teaching())
    assert max(Counter(texts).values()) == 1
    assert min(map(len, texts)) >= 20
