"""Lists page by page: nothing lost, nothing twice, whatever comes in meanwhile."""

from random import Random

import pytest
from django.core.paginator import Paginator

from office.models import AuditChain
from office.paging import Stretch, place_of, stretch

pytestmark = pytest.mark.django_db
ORDERS = [("count", "scope"), ("-count", "-scope")]


def add(rng: Random, number: int) -> None:
    AuditChain.objects.create(scope=f"x{number:04}{rng.randrange(10**6)}", count=rng.randrange(4))  # many are equal but for the last column


def page(order: tuple[str, ...], **asked: str) -> Stretch:
    rows = AuditChain.objects.values_list(*(column.lstrip("-") for column in order))
    return stretch(rows, order, asked, size=7)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("seed", range(5))
def test_whoever_walks_on_meets_each_row_once(order: tuple[str, ...], seed: int) -> None:
    rng = Random(seed)
    for number in range(40):
        add(rng, number)
    there = list(AuditChain.objects.order_by(*order).values_list("count", "scope"))
    found, at = [], page(order)
    while True:
        found += at.rows
        add(rng, 100 + len(found))
        if not at.after:
            break
        at = page(order, after=at.after)

    assert len(found) == len(set(found))
    assert [row for row in found if row in set(there)] == there


def test_pages_by_number_would_show_one_twice() -> None:
    """The control: what this is for."""
    for number in range(14):
        AuditChain.objects.create(scope=f"x{number:02}")
    first = list(Paginator(AuditChain.objects.order_by("-scope"), 7).page(1))
    after = page(("-count", "-scope")).after
    AuditChain.objects.create(scope="x99")

    assert set(first) & set(Paginator(AuditChain.objects.order_by("-scope"), 7).page(2))
    assert [scope for _, scope in page(("-count", "-scope"), after=after).rows] == [f"x{number:02}" for number in range(6, -1, -1)]


@pytest.mark.parametrize("order", ORDERS)
def test_back_leads_where_one_came_from(order: tuple[str, ...]) -> None:
    for number in range(20):
        add(Random(number), number)
    first = page(order)
    second = page(order, after=first.after)
    third = page(order, after=second.after)

    assert page(order, before=third.before).rows == second.rows
    assert page(order, before=second.before).rows == first.rows
    assert page(order, before=second.before).is_first
    assert (first.before, third.after) == ("", "")
    assert (len(third.rows), third.is_first) == (6, False)


def test_where_nothing_is_left_the_list_begins_anew() -> None:
    for number in range(9):
        add(Random(number), number)
    order = ORDERS[0]
    end = place_of((99, "z"), order)

    assert page(order, after=end).rows == page(order).rows
    assert page(order, after="nonsense", before="too").rows == page(order).rows
    assert page(ORDERS[1], after=page(order).after).is_first
    AuditChain.objects.all().delete()
    assert page(order, after=end) == Stretch([], "", "", is_first=True)
