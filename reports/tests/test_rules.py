"""已补齐, without a database."""

from decimal import Decimal

from reports.rules import Balance, made_good


def short(visits: int, lessons: int) -> Balance:
    return Balance(visits, Decimal(lessons), 0, Decimal(0))


def surplus(visits: int, lessons: int) -> Balance:
    return Balance(0, Decimal(0), visits, Decimal(lessons))


MET = short(0, 0)


def test_a_later_surplus_covers_the_oldest_shortfall_first() -> None:
    assert made_good([short(1, 3), short(1, 3), surplus(1, 3)]) == {0}
    assert made_good([short(1, 3), short(1, 3), surplus(2, 6)]) == {0, 1}


def test_an_earlier_surplus_pays_for_nothing_later() -> None:
    assert made_good([surplus(2, 6), short(1, 3)]) == frozenset()


def test_a_shortfall_half_covered_is_not_made_good() -> None:
    assert made_good([short(2, 6), surplus(1, 3)]) == frozenset()
    assert made_good([short(2, 6), surplus(1, 3), MET, surplus(1, 3)]) == {0}


def test_visits_do_not_pay_for_lessons() -> None:
    assert made_good([short(0, 1), surplus(1, 0)]) == frozenset()
    assert made_good([short(0, 1), surplus(1, 3)]) == {0}
