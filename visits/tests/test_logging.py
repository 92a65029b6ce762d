"""A visit is logged: its page, its receipt, and what is refused."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office.models import AuditLine
from students.models import Case
from students.tests.make import make_case
from visits.models import SchoolMonth, Visit, VisitRecord, VisitRevision
from visits.tests.conftest import Cast, signed_in
from visits.tests.make import make_visit
from visits.tests.writing import NOW, make_plain, put_text, write

MISSING = uuid4()


def test_a_visit_is_written_with_its_receipt(cast: Cast) -> None:
    key = uuid4()
    answer = put_text(signed_in(cast.teacher), key, make_plain(cast.case, people=(cast.teacher, cast.colleague), health="咳嗽"))

    assert answer.status_code == 201
    visit, revision, record = Visit.objects.get(pk=key), VisitRevision.objects.get(visit=key), VisitRecord.objects.get(visit=key)
    assert answer.json() == {"receipt": revision.receipt, "version": 1, "digest": revision.digest, "missing": []}
    assert (visit.state, visit.author, visit.school, visit.on, visit.version) == ("done", cast.teacher, cast.school, date(2026, 10, 28), 1)
    assert (visit.starts_at, visit.ends_at) == (at("2026-10-28 06:00"), at("2026-10-28 08:00"))
    assert [person.name for person in visit.people.all()] == ["韦志玲", "农子春"]
    assert (record.student, record.on, record.lessons, record.health) == (cast.case.student, visit.on, 3, "咳嗽")
    assert [(month.school_id, month.month) for month in SchoolMonth.objects.all()] == [(cast.school.pk, date(2026, 10, 1))]
    line = AuditLine.objects.latest("pk")
    assert (line.verb, line.subject, line.by) == ("visit.logged", cast.case.student_id, cast.teacher.pk)


def test_lessons_that_nobody_wrote_down_follow_from_the_minutes(cast: Cast) -> None:
    receipts = [write(make_plain(cast.case, end=end, lessons=said), cast.teacher, at(NOW)) for end, said in (("07:40", ""), ("08:00", "2"))]

    assert [VisitRecord.objects.get(visit=receipt.visit_id).lessons for receipt in receipts] == [2.5, 2]


def test_a_missed_visit_has_its_reason(cast: Cast) -> None:
    plain = make_plain(cast.case, people=(cast.teacher,), state="missed", missed_reason="hospital", reason_text="去县医院了")
    visit = write(plain, cast.teacher, at(NOW)).visit

    record = VisitRecord.objects.get(visit=visit)
    assert (visit.state, visit.missed_reason) == ("missed", "hospital")
    assert (record.present, record.absent_reason, record.reason_text, record.lessons) == (False, "hospital", "去县医院了", 0)


def test_the_same_visit_sent_again_gets_its_first_receipt(cast: Cast) -> None:
    key, client, plain = uuid4(), signed_in(cast.teacher), make_plain(cast.case)
    first, again = put_text(client, key, plain), put_text(client, key, plain)

    assert [first.status_code, again.status_code] == [201, 200]
    assert first.json() == again.json()
    assert Visit.objects.count() == VisitRevision.objects.count() == AuditLine.objects.filter(verb="visit.logged").count() == 1


def test_a_lost_answer_is_found_again_also_after_the_month_was_filed(cast: Cast) -> None:
    key, client, plain = uuid4(), signed_in(cast.teacher), make_plain(cast.case)
    first = put_text(client, key, plain)
    VisitRecord.objects.update(lock="filed")

    assert put_text(client, key, plain).json() == first.json()


def test_other_content_under_the_same_id_is_shown_beside_ones_own(cast: Cast) -> None:
    key, plain = uuid4(), make_plain(cast.case, people=(cast.teacher, cast.colleague))
    put_text(signed_in(cast.teacher), key, plain)
    answer = put_text(signed_in(cast.colleague), key, plain | {"end": "08:20"})

    assert answer.status_code == 409
    current = answer.json()["current"]
    assert (current["version"], current["by"], current["content"]["end"]) == (1, "韦志玲", "08:00")
    assert "您写的还在" in answer.json()["words"]
    assert VisitRevision.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"end": "06:00"}, "end"),
        ({"start": "09:30", "end": "10:00"}, "start"),
        ({"on": "2026-10-29"}, "on"),
        ({"on": "2026-08-31"}, "records.0.case"),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_is_written(cast: Cast, fields: dict[str, str], field: str) -> None:
    answer = put_text(signed_in(cast.teacher), uuid4(), make_plain(cast.case) | fields)

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert Visit.objects.count() == SchoolMonth.objects.count() == 0


def test_another_schools_child_is_as_unknown_as_nobodys(cast: Cast) -> None:
    plain = make_plain(cast.neighbours_case)
    nobody = plain | {"records": [plain["records"][0] | {"case": str(MISSING)}]}
    there, nowhere = (put_text(signed_in(cast.teacher), uuid4(), each) for each in (plain, nobody))

    assert there.status_code == nowhere.status_code == 422
    assert there.content == nowhere.content
    assert put_text(signed_in(cast.neighbours_teacher), uuid4(), plain).status_code == 201  # the control


def test_somebody_of_another_county_goes_on_no_visit_here(cast: Cast) -> None:
    stranger = make_user(Role.TEACHER, make_school(make_county("360922")))
    answer = put_text(signed_in(cast.teacher), uuid4(), make_plain(cast.case, people=(cast.teacher, stranger)))

    assert list(answer.json()["errors"]) == ["people"]
    assert (
        put_text(signed_in(cast.teacher), uuid4(), make_plain(cast.case, people=(cast.teacher, cast.neighbours_teacher))).status_code == 201
    )


def test_another_persons_visit_does_not_exist(cast: Cast) -> None:
    visit = write(make_plain(cast.neighbours_case, people=(cast.neighbours_teacher,)), cast.neighbours_teacher, at(NOW)).visit
    client = signed_in(cast.teacher)

    assert client.get(f"/visits/{visit.pk}/edit/").status_code == client.get(f"/visits/{MISSING}/edit/").status_code == 404
    assert put_text(client, visit.pk, make_plain(cast.case), 1).status_code == 404
    assert client.put(f"/visits/{visit.pk}/draft/", {"content": {}}, "application/json").status_code == 404
    assert signed_in(cast.neighbours_teacher).get(f"/visits/{visit.pk}/edit/").status_code == 200  # the control


@pytest.mark.parametrize("who", ["clerk", "leader"])
def test_a_county_never_writes(cast: Cast, who: str) -> None:
    visit = make_visit(cast.case, people=(cast.teacher,))
    client = signed_in(getattr(cast, who))

    assert client.get("/visits/add/").status_code == client.get(f"/visits/{visit.pk}/edit/").status_code == 403
    assert put_text(client, visit.pk, make_plain(cast.case), 1).status_code == 403
    assert put_text(client, uuid4(), make_plain(cast.case)).status_code == 403
    assert client.put(f"/visits/{visit.pk}/draft/", {}, "application/json").status_code == 403
    assert signed_in(cast.admin).get(f"/visits/{visit.pk}/edit/").status_code == 200  # the control


def test_who_is_signed_out_is_told_so_and_keeps_the_text(cast: Cast) -> None:
    answer = put_text(Client(), uuid4(), make_plain(cast.case))

    assert answer.status_code == 401
    assert "写的内容都还在" in answer.json()["words"]


def test_a_script_is_told_of_a_stale_token_and_of_a_first_password_and_never_led_elsewhere(cast: Cast) -> None:
    stale = Client(enforce_csrf_checks=True)
    stale.force_login(cast.teacher)
    fresh = make_user(Role.TEACHER, cast.school, must_change_password=True)
    for client in (stale, signed_in(fresh)):
        answer = put_text(client, uuid4(), make_plain(cast.case))
        assert answer.status_code == 403
        assert "写的内容都还在" in answer.json()["words"]


@pytest.mark.parametrize("body", ["", "x", "[]", "null", '"\\ud800"', "[" * 5000])
def test_what_is_no_json_is_refused_in_words(cast: Cast, body: str) -> None:
    answer = signed_in(cast.teacher).put(f"/visits/{uuid4()}/text/", body, "application/json")

    assert answer.status_code == 422
    assert answer.json()["words"]


def test_a_group_has_a_record_for_each_child_and_the_absent_one_its_reason(cast: Cast) -> None:
    other = make_case(cast.school, teachers=(cast.teacher,))
    plain = make_plain(cast.case, other)
    plain["records"][1] |= {"present": False, "absent_reason": "away", "reason_text": "去外婆家"}
    visit = write(plain, cast.teacher, at(NOW)).visit

    assert {(each.case, each.lessons, each.absent_reason) for each in visit.records.all()} == {(cast.case, 3, ""), (other, 0, "away")}
    taken_off = plain | {"records": plain["records"][:1]}
    write(taken_off, cast.teacher, at(NOW), visit_id=visit.pk, base=1)
    assert [each.case for each in visit.records.all()] == [cast.case]


def test_what_a_writer_does_not_see_of_a_visit_stays_as_it_is(cast: Cast) -> None:
    """Two schools' children on one visit: each teacher writes of the own one."""
    visit = make_visit(cast.case, cast.neighbours_case, people=(cast.teacher,), teaching="甲")
    VisitRecord.objects.filter(visit=visit, case=cast.neighbours_case).update(teaching="不变")
    shown = signed_in(cast.neighbours_teacher).get(f"/visits/{visit.pk}/edit/")
    assert shown.status_code == 403  # sees the child's record, was not on the visit, did not write it

    principal = make_user(Role.PRINCIPAL, cast.school)
    page = signed_in(principal).get(f"/visits/{visit.pk}/edit/").context["page"]
    assert [record["case"] for record in page.content["records"]] == [str(cast.case.pk)]
    plain = make_plain(cast.case, people=(cast.teacher,), on="2026-10-15", mode="centre")
    assert put_text(signed_in(principal), visit.pk, plain, 1).status_code == 201
    kept = VisitRecord.objects.get(visit=visit, case=cast.neighbours_case)
    assert (kept.teaching, kept.on) == ("不变", date(2026, 10, 15))
    assert len(VisitRevision.objects.get(visit=visit).content["records"]) == 2


# --- The page -----------------------------------------------------------------------------------------


def page_of(user: User, address: str) -> Any:
    answer = signed_in(user).get(address)
    assert answer.status_code == 200
    return answer.context["page"]


def test_a_new_visit_is_filled_from_the_childs_last_one(cast: Cast) -> None:
    make_visit(
        cast.case, start="2026-10-20 06:30", minutes=100, people=(cast.teacher, cast.colleague, "覃村长"), place="村委会", teaching="认数"
    )
    page = page_of(cast.teacher, f"/visits/add/?child={cast.case.pk}")

    content = page.content
    assert (page.base_version, content["on"], content["start"], content["end"]) == (0, "2026-10-28", "06:30", "08:10")
    assert (content["place"], content["companions"]) == ("村委会", ["覃村长"])
    assert content["people"] == [str(cast.teacher.pk), str(cast.colleague.pk)]
    assert [(record["case"], record["teaching"]) for record in content["records"]] == [(str(cast.case.pk), "")]
    assert [(child["name"], child["may_photograph"]) for child in page.children] == [("覃小远", False)]
    assert {person["name"] for person in page.colleagues if person["is_chosen"]} == {"韦志玲", "农子春"}
    assert put_text(signed_in(cast.teacher), page.visit_id, content).status_code == 201


def test_a_copy_has_the_same_children_and_none_of_the_texts(cast: Cast) -> None:
    other = make_case(cast.school, teachers=(cast.teacher,))
    visit = make_visit(cast.case, other, start="2026-10-20 06:30", people=(cast.teacher,), teaching="认数")
    page = page_of(cast.teacher, f"/visits/add/?copy={visit.pk}")

    assert {record["case"] for record in page.content["records"]} == {str(cast.case.pk), str(other.pk)}
    assert page.content["mode"] == "centre"
    assert page.visit_id != visit.pk
    assert {record["teaching"] for record in page.content["records"]} == {""}


def test_a_hidden_child_or_visit_fills_nothing(cast: Cast) -> None:
    hidden = make_visit(cast.neighbours_case, people=(cast.neighbours_teacher,), place="别处")
    make_case(cast.school, teachers=(cast.teacher,))
    assert cast.case
    plain, *others = (
        page_of(cast.teacher, f"/visits/add/{query}").content
        for query in ("", f"?child={cast.neighbours_case.pk}", f"?copy={hidden.pk}", "?child=x&copy=y", f"?visit={hidden.pk}")
    )

    assert others == [plain] * 4
    assert plain["records"] == []


def test_the_page_of_a_visit_holds_what_was_written(cast: Cast) -> None:
    plain = make_plain(cast.case, people=(cast.teacher,), health="咳嗽", lessons="2.5")
    visit = write(plain, cast.teacher, at(NOW)).visit
    page = page_of(cast.teacher, f"/visits/{visit.pk}/edit/")

    assert (page.base_version, page.why_locked, page.needs_reason) == (1, "", False)
    assert page.content["records"][0]["health"] == "咳嗽"
    assert put_text(signed_in(cast.teacher), visit.pk, page.content, 1).json()["version"] == 2


@pytest.mark.parametrize(
    ("address", "most"), [("/visits/add/?child={case}", 12), ("/visits/add/?copy={visit}", 14), ("/visits/{visit}/edit/", 25)]
)
def test_the_page_asks_a_fixed_number_of_questions(
    cast: Cast, address: str, most: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """Of seven children here; opening a visit asks once more for each whether it was looked at just now."""
    cases: list[Case] = [cast.case, *(make_case(cast.school, teachers=(cast.teacher,)) for _ in range(6))]
    visit = make_visit(*cases, people=(cast.teacher, cast.colleague))
    client, path = signed_in(cast.teacher), address.format(case=cast.case.pk, visit=visit.pk)
    client.get(path)  # the audit's lines about looking are written once
    with django_assert_max_num_queries(most):
        assert client.get(path).status_code == 200


def test_teachers_find_the_way_to_it_where_they_look(cast: Cast) -> None:
    visit = make_visit(cast.case, people=(cast.teacher,))
    client, way = signed_in(cast.teacher), f"/visits/add/?child={cast.case.student_id}"
    pages = {path: client.get(path).content.decode() for path in ("/", f"/students/{cast.case.student_id}/visits/", f"/visits/{visit.pk}/")}

    assert way in pages["/"]
    assert way in pages[f"/students/{cast.case.student_id}/visits/"]
    assert {f"/visits/{visit.pk}/edit/", f"/visits/add/?copy={visit.pk}"} <= set(
        re.findall(r'href="([^"]+)"', pages[f"/visits/{visit.pk}/"])
    )
    assert page_of(cast.teacher, way).content["records"][0]["case"] == str(cast.case.pk)
    clerk = signed_in(cast.clerk)
    for path in (f"/students/{cast.case.student_id}/visits/", f"/visits/{visit.pk}/"):
        assert "记一次送教" not in clerk.get(path).content.decode()
        assert "/edit/" not in clerk.get(path).content.decode()


def test_what_was_begun_is_found_on_the_first_page(cast: Cast) -> None:
    key = uuid4()
    assert cast.case
    client = signed_in(cast.teacher)
    assert "还没有提交的送教" not in client.get("/").content.decode()
    client.put(f"/visits/{key}/draft/", {"base_version": 0, "sequence": 1, "content": {}}, "application/json")

    assert f"/visits/add/?visit={key}" in client.get("/").content.decode()
