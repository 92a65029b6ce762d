"""What was practised in a visit is part of what is filed: its digest holds it, the bureau reads objective and level, not the note."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at
from reports.figures.filing import take
from reports.sheets.freezing import freeze
from reports.sheets.particulars import Particulars, Texts
from reports.tests.make import Cast, make_cast
from reports.tests.test_review import OCTOBER, address, file, page
from visits.models import Practice, VisitRecord
from visits.tests.practice import TEXTS, keys_of, make_plan_in_force

pytestmark = pytest.mark.django_db
NOTE = "只在祖母抱着时肯做"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def admin(cast: Cast) -> User:
    return make_user(Role.SCHOOL_ADMIN, cast.school, name="梁雨燕")


def practise(cast: Cast, admin: User, **said: Any) -> Practice:
    plan = make_plan_in_force(cast.mine, cast.teacher, admin)
    record = VisitRecord.objects.get(case=cast.mine)
    said = {"level": 4, "tries": 5, "right": 3, "note": NOTE} | said
    made: Practice = Practice.objects.create(record=record, plan=plan, objective=keys_of(plan)[0], **said)
    return made


def digest_of(cast: Cast, known: Particulars) -> str:
    """Of the child's record as it would be filed now, under the same salt each time."""
    snapshot, _ = freeze(take(cast.school, OCTOBER, at("2026-10-27 09:00")), version=1, known=[known])
    record = str(VisitRecord.objects.get(case=cast.mine).pk)
    return next(visit.digest for visit in snapshot.visits if visit.record == record)


def test_the_digest_of_a_record_holds_what_it_practised_and_nothing_where_it_practised_nothing(cast: Cast, admin: User) -> None:
    _, known = freeze(take(cast.school, OCTOBER, at("2026-10-27 09:00")), version=1)
    before = digest_of(cast, known)
    made = practise(cast, admin)
    first = digest_of(cast, known)
    Practice.objects.filter(pk=made.pk).update(note="别的")
    second = digest_of(cast, known)
    made.delete()

    assert len({before, first, second}) == 3
    assert digest_of(cast, known) == before


def test_particulars_from_before_read_and_print_as_they_did() -> None:
    old = Particulars(records={"r": Texts(("韦志玲",), "认识水果")})
    assert "practised" not in str(old.plain())
    assert Particulars.read(old.plain()) == old


def test_the_bureau_reads_objective_and_level_beside_the_visit(cast: Cast, admin: User) -> None:
    practise(cast, admin)
    file(cast, admin)
    html = page(make_user(Role.COUNTY_STAFF, cast.school.county), address(cast))

    assert f"目标：{TEXTS[0]}：口头提示，5 次对 3 次" in html
    assert NOTE not in html
    assert "不俯卧" not in html  # the plan's health facts


def test_on_the_visits_page_it_is_part_of_the_record(cast: Cast, admin: User) -> None:
    made = practise(cast, admin)
    path = f"/visits/{made.record.visit_id}/"
    teacher, clerk = page(cast.teacher, path), page(make_user(Role.COUNTY_STAFF, cast.school.county), path)
    leader = page(make_user(Role.COUNTY_LEADER, cast.school.county), path)

    for html in (teacher, clerk):
        assert all(words in html for words in (TEXTS[0], "口头提示", "5 次对 3 次", NOTE))
        assert "不俯卧" not in html
    assert "只显示日期和课时" in leader
    assert not [words for words in (TEXTS[0], "口头提示", NOTE) if words in leader]
