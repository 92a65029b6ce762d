"""The operator keeps places, people and policies in tables of their own, sees no child, and stands in the audit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
import time_machine
from django.conf import LazySettings
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from accounts.models import Post, User
from accounts.rules import Role
from accounts.tests.make import give_post, make_user
from counties.models import Area, Policy, School
from counties.tests.make import make_county, make_school
from office.models import AuditLine
from office.workbook import Sheet, make_workbook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _autumn() -> Iterator[None]:
    with time_machine.travel("2026-10-28 09:00+08:00"):
        yield


@pytest.fixture
def operator() -> User:
    return make_user(Role.OPERATOR)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def command(*arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("add_operator", *arguments, stdout=out, stderr=err)
    except SystemExit as left:
        return int(left.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_first_operator_is_made_on_the_command_line(client: Client) -> None:
    status, out, _ = command("root", "--json")
    first = json.loads(out)["first_password"]
    assert status == 0
    assert client.post("/login/", {"username": "root", "password": first, "next": "/operator/"}).status_code == 302
    assert client.get("/operator/")["Location"] == "/password/"  # the first password must be changed
    assert AuditLine.objects.get(verb="account.created").chain_id == "installation"
    assert command("root")[0] == 2
    assert command("大写")[0] == 2


def test_duties_may_be_separated(settings: LazySettings) -> None:
    assert command("all3", "--role", "operator", "--role", "auditor", "--role", "security_officer")[0] == 0
    settings.SEPARATE_DUTIES = True
    status, _, err = command("two", "--role", "operator", "--role", "auditor")
    assert (status, "三员分立" in err) == (2, True)
    assert not User.objects.filter(username="two").exists()
    assert command("one", "--role", "auditor")[0] == 0


@pytest.mark.parametrize("role", [None, Role.SECURITY_OFFICER, Role.AUDITOR])
def test_only_operators_enter(role: Role | None, operator: User) -> None:
    for address in ("/operator/", "/operator/counties/area/", "/operator/accounts/user/add/"):
        assert as_(operator).get(address).status_code == 200
        assert as_(make_user(role)).get(address).status_code == 403
        assert Client().get(address, follow=True).redirect_chain[-1][0] == f"/login/?next={address}"


def test_the_county_has_no_way_in(operator: User) -> None:
    county = make_county()
    assert as_(make_user(Role.COUNTY_STAFF, county)).get("/operator/counties/area/").status_code == 403


def test_no_table_holds_a_child() -> None:
    assert {model._meta.app_label for model in admin.site._registry} == {"accounts", "counties"}


@pytest.mark.parametrize(
    "table", ["accounts/user", "counties/area", "counties/school", "counties/term", "counties/holiday", "counties/policy"]
)
def test_every_table_opens(operator: User, table: str) -> None:
    make_school()
    client = as_(operator)
    assert client.get(f"/operator/{table}/").status_code == 200
    assert client.get(f"/operator/{table}/add/").status_code == 200


def test_signing_out_and_passwords_are_the_products_own(operator: User) -> None:
    client = as_(operator)
    assert client.get("/operator/password_change/")["Location"] == "/password/"
    assert client.post("/operator/logout/")["Location"] == "/login/"
    assert client.get("/operator/", follow=True).request["PATH_INFO"] == "/login/"


def person_form(person: User, **posts: Any) -> dict[str, Any]:
    held = list(person.posts.all())
    form: dict[str, Any] = {"username": person.username, "name": person.name}
    form |= {"posts-TOTAL_FORMS": len(held) + 1, "posts-INITIAL_FORMS": len(held), "posts-MIN_NUM_FORMS": 0, "posts-MAX_NUM_FORMS": 1000}
    for number, post in enumerate(held):
        form |= {f"posts-{number}-id": post.pk, f"posts-{number}-user": person.pk, f"posts-{number}-role": post.role}
        form |= {f"posts-{number}-school": post.school_id or "", f"posts-{number}-area": post.area_id or ""}
    return form | {f"posts-{len(held)}-{key}": value for key, value in ({"user": person.pk} | posts).items()}


def test_an_operator_gives_any_post_but_not_to_themselves(operator: User) -> None:
    client, other = as_(operator), make_user()
    Area.objects.create(code="45", name="广西壮族自治区")
    assert client.post(f"/operator/accounts/user/{other.pk}/change/", person_form(other, role="observer", area="45")).status_code == 302
    assert other.posts.get().area_id == "45"
    line = AuditLine.objects.get(verb="user.changed_by_operator")
    assert (line.subject, line.by) == (other.pk, operator.pk)
    assert client.post(f"/operator/accounts/user/{operator.pk}/change/", person_form(operator, role="auditor")).status_code == 403
    assert operator.posts.count() == 1


def test_a_post_where_it_does_not_belong_is_told(operator: User) -> None:
    other = make_user()
    response = as_(operator).post(f"/operator/accounts/user/{other.pk}/change/", person_form(other, role="teacher"))
    assert "学校的职责要选学校" in response.content.decode()
    assert not other.posts.exists()


def test_separated_duties_hold_in_the_table_too(operator: User, settings: LazySettings) -> None:
    settings.SEPARATE_DUTIES = True
    other = make_user(Role.AUDITOR)
    response = as_(operator).post(f"/operator/accounts/user/{other.pk}/change/", person_form(other, role="operator"))
    assert "不同的人" in response.content.decode()
    response = as_(operator).post(f"/operator/accounts/user/{other.pk}/change/", person_form(other, role="operator", ends_on="2027-01-01"))
    assert "不同的人" in response.content.decode()
    assert other.posts.count() == 1
    assert as_(operator).post(f"/operator/accounts/user/{other.pk}/change/", person_form(other)).status_code == 302


def test_a_new_person_gets_the_first_password_on_the_people_page(operator: User) -> None:
    client = as_(operator)
    form = {"username": "newone", "name": "新人", "posts-TOTAL_FORMS": 0, "posts-INITIAL_FORMS": 0}
    assert client.post("/operator/accounts/user/add/", form).status_code == 302
    person = User.objects.get(username="newone")
    assert not person.has_usable_password()
    slip = client.post("/people/reset/", {"person": str(person.pk)}).context["slips"][0]
    assert Client().post("/login/", {"username": "newone", "password": slip.password}).status_code == 302


def test_nobody_is_deleted(operator: User) -> None:
    other = make_user()
    client = as_(operator)
    assert client.post(f"/operator/accounts/user/{other.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post("/operator/accounts/user/", {"action": "delete_selected", "_selected_action": [str(other.pk)], "post": "yes"})
    assert User.objects.filter(pk=other.pk).exists()


def test_a_policy_in_force_can_only_be_read(operator: User) -> None:
    county = make_county()
    policy = Policy.objects.get(county=county)
    client = as_(operator)
    page = f"/operator/counties/policy/{policy.pk}"
    assert client.get(f"{page}/change/").status_code == 200
    assert client.post(f"{page}/change/", {"preset": "山东", "effective_on": "2026-09-01", "county": county.pk}).status_code == 403
    assert client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    policy.refresh_from_db()
    assert policy.preset == "上林县 2021"


def test_a_policy_ahead_is_added_and_taken_back(operator: User) -> None:
    county = make_county()
    client = as_(operator)

    def add(day: str, overrides: str = '{"min_staff": 3}') -> Any:
        form = {"county": county.pk, "preset": "山东", "effective_on": day, "overrides": overrides}
        return client.post("/operator/counties/policy/add/", form)

    assert "不行" in add("2026-10-01").content.decode()
    assert "min_stuff" in add("2026-12-01", '{"min_stuff": 3}').content.decode()
    assert add("2026-12-01").status_code == 302
    policy = Policy.objects.get(effective_on=date(2026, 12, 1))
    assert (policy.values["min_staff"], policy.values["lessons_per_year"]) == (3, 216)
    assert client.post(f"/operator/counties/policy/{policy.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Policy.objects.filter(pk=policy.pk).exists()
    verbs = AuditLine.objects.filter(chain=county.pk).values_list("verb", flat=True)
    assert list(verbs) == ["policy.added", "policy.withdrawn"]


def test_terms_that_overlap_are_told_here_too(operator: User) -> None:
    county = make_county()
    form = {"county": county.pk, "name": "小学期", "starts_on": "2026-10-01", "ends_on": "2026-10-31"}
    assert "重叠" in as_(operator).post("/operator/counties/term/add/", form).content.decode()
    assert (
        as_(operator).post("/operator/counties/term/add/", form | {"starts_on": "2027-07-10", "ends_on": "2027-07-20"}).status_code == 302
    )


def test_areas_come_in_from_a_workbook_and_go_out_as_one(operator: User) -> None:
    make_county()
    client = as_(operator)
    sheet = make_workbook([Sheet("行政区", ("代码", "名称"), [("450125100", "=大丰镇"), ("450125101", "明亮镇")])])
    page = client.post(
        "/operator/counties/area/import/", {"import_file": SimpleUploadedFile("areas.xlsx", sheet), "format": "0", "resource": "0"}
    )
    confirm = page.context["confirm_form"]
    client.post("/operator/counties/area/process_import/", {name: confirm[name].value() or "" for name in confirm.fields})
    assert Area.objects.get(pk="450125101").name == "明亮镇"
    assert AuditLine.objects.filter(verb="area.imported_by_operator").count() == 2
    content = client.get("/operator/counties/area/export/").content
    cells = [cell for row in openpyxl.load_workbook(BytesIO(content)).active.iter_rows() for cell in row]  # type: ignore[union-attr]
    assert any("大丰镇" in str(cell.value) for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)


@pytest.mark.parametrize("content", [b"", b"no workbook"])
def test_what_is_no_workbook_is_told(operator: User, content: bytes) -> None:
    upload = {"import_file": SimpleUploadedFile("areas.xlsx", content), "format": "0", "resource": "0"}
    response = as_(operator).post("/operator/counties/area/import/", upload)
    assert response.status_code == 200
    assert response.context["form"].errors["import_file"]


def test_an_operator_sees_all_people_and_no_child(operator: User) -> None:
    teacher = make_user(Role.TEACHER, make_school())
    client = as_(operator)
    assert teacher.username in client.get("/people/").content.decode()
    assert client.get("/students/").status_code in (403, 404)


def test_an_operator_who_also_teaches_does_not_take_the_tables_to_the_school(operator: User) -> None:
    give_post(operator, Role.TEACHER, make_school())
    Post.objects.filter(user=operator, role="operator").update(ends_on=date(2026, 10, 1))
    assert as_(operator).get("/operator/counties/school/").status_code == 403
    assert School.objects.count() == 1
