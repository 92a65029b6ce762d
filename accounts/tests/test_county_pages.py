"""The bureau reads its policies, fixes new ones for months ahead, and keeps the school calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import Area, Holiday, MakeUpDay, Policy, Term
from counties.rules import policy_values
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _autumn() -> Iterator[None]:
    with time_machine.travel("2026-10-28 09:00+08:00"):
        yield


@pytest.fixture
def county() -> Area:
    return make_county(preset="万载县 2020")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def clerk(county: Area) -> Client:
    return as_(make_user(Role.COUNTY_STAFF, county))


def fix(client: Client, month: str = "2026-12", preset: str = "山东", **changes: Any) -> Any:
    """Sends the form of a new version, filled in from a preset."""
    page = client.get("/counties/policies/add/", {"preset": preset})
    form = page.context["form"]
    filled = {name: form[name].value() for name in form.fields if form[name].value() is not None} | {"effective_on": month} | changes
    filled = {name: value for name, value in filled.items() if value is not False}
    return client.post(f"/counties/policies/add/?preset={preset}", filled)


def test_the_versions_are_read_with_what_they_do_not_say(clerk: Client, county: Area) -> None:
    Policy.objects.create(
        county=county, effective_on=date(2027, 1, 1), preset="山东", values=policy_values("山东", {}), created_at=at("2026-10-01")
    )
    page = clerk.get("/counties/policies/").content.decode()
    assert "未规定" in page
    assert "现行" in page
    assert "尚未生效" in page
    assert "216" in page
    leader = as_(make_user(Role.COUNTY_LEADER, county)).get("/counties/policies/")
    assert leader.status_code == 200
    assert "定新一版" not in leader.content.decode()


@pytest.mark.parametrize(
    "address", ["/counties/policies/", "/counties/policies/add/", "/counties/calendar/", "/counties/calendar/terms/add/"]
)
def test_a_school_has_no_part_in_it(county: Area, address: str, clerk: Client) -> None:
    assert as_(make_user(Role.SCHOOL_ADMIN, make_school(county))).get(address).status_code == 403
    assert clerk.get(address).status_code == 200


def test_a_leader_reads_and_changes_nothing(county: Area) -> None:
    leader = as_(make_user(Role.COUNTY_LEADER, county))
    term = Term.objects.filter(county=county).first()
    assert term is not None
    assert leader.get("/counties/calendar/").status_code == 200
    assert leader.post("/counties/policies/add/").status_code == 403
    assert leader.post(f"/counties/calendar/terms/{term.pk}/remove/").status_code == 403
    assert leader.post("/counties/calendar/seed/", {"year": 2026}).status_code == 403


def test_a_new_version_is_fixed_for_a_month_ahead(clerk: Client, county: Area) -> None:
    assert fix(clerk, visits_per_period="3", lessons_per_year="", exempt_months="2、8").status_code == 302
    new = Policy.objects.get(effective_on=date(2026, 12, 1))
    expected = {"visits_per_period": 3, "lessons_per_year": None, "exempt_months": [2, 8], "period": "week"}
    assert {key: new.values[key] for key in expected} == expected
    assert set(new.values) == set(policy_values("山东", {}))
    assert new.values["counting_purposes"] == policy_values("山东", {})["counting_purposes"]
    line = AuditLine.objects.get(verb="policy.added")
    assert (line.subject, line.chain_id, line.detail["effective_on"]) == (new.pk, county.pk, "2026-12-01")


@pytest.mark.parametrize("month", ["2026-10", "2026-09", "2025-12", "soon", ""])
def test_no_version_reaches_into_a_month_that_has_begun(clerk: Client, month: str) -> None:
    response = fix(clerk, month)
    assert response.status_code == 200
    assert response.context["form"].errors["effective_on"]
    assert Policy.objects.count() == 1
    assert fix(clerk, "2026-11").status_code == 302


def test_mastery_is_set_in_three_fields_or_left_unsaid(clerk: Client) -> None:
    assert fix(clerk, "2026-12").status_code == 302
    assert fix(clerk, "2027-01", mastery_level="4", mastery_share="", mastery_visits="2").status_code == 302
    assert fix(clerk, "2027-02", mastery_visits="").status_code == 302
    told = [policy.values["mastery"] for policy in Policy.objects.order_by("effective_on")][1:]
    assert told == [{"level": 5, "share": 0.8, "visits": 3}, {"level": 4, "share": None, "visits": 2}, None]
    assert fix(clerk, "2027-03", mastery_level="", mastery_share="").status_code == 200  # neither way is asked for


def test_a_month_has_one_version(clerk: Client) -> None:
    assert fix(clerk).status_code == 302
    assert "已经定好一版" in fix(clerk).content.decode()
    assert Policy.objects.count() == 2


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("visits_per_period", "0"),
        ("visits_per_period", ""),
        ("lesson_minutes", "-1"),
        ("remote_max_share", "2"),
        ("submit_due_day", "40"),
        ("exempt_months", "13"),
        ("period", "year"),
        ("day_end", "07:00"),
        ("age_max", "3"),
        ("mastery_level", "0"),
        ("mastery_share", "101"),
        ("mastery_visits", "0"),
    ],
)
def test_a_number_that_cannot_be_meant_is_told(clerk: Client, key: str, value: str) -> None:
    response = fix(clerk, **{key: value})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert Policy.objects.count() == 1


def test_a_version_ahead_may_be_withdrawn_and_one_in_force_may_not(clerk: Client, county: Area) -> None:
    fix(clerk)
    ahead, in_force = Policy.objects.get(effective_on=date(2026, 12, 1)), Policy.objects.get(effective_on=date(2026, 9, 1))
    assert clerk.get(f"/counties/policies/{ahead.pk}/withdraw/").status_code == 405
    assert clerk.post(f"/counties/policies/{ahead.pk}/withdraw/").status_code == 302
    assert "不能再改" in clerk.post(f"/counties/policies/{in_force.pk}/withdraw/").content.decode()
    assert list(Policy.objects.all()) == [in_force]
    assert clerk.post(f"/counties/policies/{ahead.pk}/withdraw/").status_code == 404


def test_another_countys_policy_and_calendar_do_not_exist(clerk: Client) -> None:
    elsewhere = make_county("360922")
    term = Term.objects.filter(county=elsewhere).first()
    assert term is not None
    policy = Policy.objects.get(county=elsewhere)
    assert clerk.post(f"/counties/policies/{policy.pk}/withdraw/").status_code == 404
    assert clerk.get(f"/counties/calendar/terms/{term.pk}/edit/").status_code == 404
    assert clerk.post(f"/counties/calendar/terms/{term.pk}/remove/").status_code == 404
    assert Term.objects.filter(pk=term.pk).exists()


# --- The calendar ------------------------------------------------------------------------------------------


def test_terms_are_added_changed_and_removed(clerk: Client, county: Area) -> None:
    def send(address: str, first: str, last: str) -> Any:
        return clerk.post(f"/counties/calendar/terms/{address}/", {"name": "秋季学期", "starts_on": first, "ends_on": last})

    assert send("add", "2027-09-01", "2028-01-20").status_code == 302
    term = Term.objects.get(county=county, starts_on="2027-09-01")
    assert "重叠" in send("add", "2028-01-20", "2028-02-01").content.decode()
    assert "9 月 1 日" in send("add", "2028-08-01", "2028-09-30").content.decode()
    assert send("add", "2028-03-01", "2028-02-01").status_code == 200
    assert send(f"{term.pk}/edit", "2027-09-02", "2028-01-21").status_code == 302
    term.refresh_from_db()
    assert (term.starts_on, term.ends_on) == (date(2027, 9, 2), date(2028, 1, 21))
    assert clerk.get(f"/counties/calendar/terms/{term.pk}/remove/").status_code == 405
    clerk.post(f"/counties/calendar/terms/{term.pk}/remove/")
    assert not Term.objects.filter(pk=term.pk).exists()
    assert clerk.get("/counties/calendar/nothing/add/").status_code == 404
    verbs = AuditLine.objects.filter(chain=county.pk).values_list("verb", flat=True)
    assert list(verbs) == ["term.added", "term.changed", "term.removed"]


def test_a_day_stands_once_in_the_calendar(clerk: Client, county: Area) -> None:
    for _ in range(2):
        response = clerk.post("/counties/calendar/workdays/add/", {"on": "2026-10-10"})
    assert "已是调休上班日" in response.content.decode()
    assert MakeUpDay.objects.filter(county=county).count() == 1


def test_a_year_is_filled_from_what_was_announced(clerk: Client, county: Area) -> None:
    own = Holiday.objects.create(county=county, name="国庆", starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 8))
    clerk.post("/counties/calendar/seed/", {"year": 2026})
    assert own in Holiday.objects.filter(county=county, starts_on__month=10)
    assert Holiday.objects.filter(county=county, starts_on__month=10).count() == 1  # people's own entry counts
    assert Holiday.objects.get(county=county, starts_on=date(2026, 2, 15)).ends_on == date(2026, 2, 23)
    assert date(2026, 10, 10) in MakeUpDay.objects.filter(county=county).values_list("on", flat=True)
    before = list(Holiday.objects.values()), list(MakeUpDay.objects.values())
    clerk.post("/counties/calendar/seed/", {"year": 2026})
    assert (list(Holiday.objects.values()), list(MakeUpDay.objects.values())) == before


def test_a_year_nobody_announced_is_told(clerk: Client, county: Area) -> None:
    page = clerk.post("/counties/calendar/seed/", {"year": 2050}).content.decode()
    assert "还没有 2050 年的放假安排" in page
    assert not Holiday.objects.exists()
    assert "请写一个年份" in clerk.post("/counties/calendar/seed/", {"year": "soon"}).content.decode()


def test_the_command_fills_a_year(county: Area) -> None:
    out, err = StringIO(), StringIO()
    call_command("seed_holidays", "2026", "--county", county.pk, "--json", stdout=out, stderr=err)
    assert out.getvalue().strip() == '{"year": 2026, "holidays": 7, "workdays": 6}'
    for arguments in (["2050", "--county", county.pk], ["2026", "--county", "999999"]):
        with pytest.raises(SystemExit) as left:
            call_command("seed_holidays", *arguments, stdout=out, stderr=err)
        assert left.value.code == 2
    assert len(err.getvalue().strip().splitlines()) == 2
