"""The objectives of the plan in a visit's record: whose, when, how often, and what stays when the plan moves on."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at
from office.rules.typed import BadContent
from plans.actions.deciding import approve_plan
from plans.actions.planning import start_plan, submit_plan, write_plan
from plans.codes import PlanState
from plans.models import Plan
from plans.tests.make import make_content, make_goal, make_objective
from students.tests.make import make_case
from visits.actions.confirming import record_digest
from visits.models import Confirmation, Practice, Visit, VisitDraft, VisitRecord, VisitRevision
from visits.rules.practising import NOT_THEN, UNKNOWN
from visits.tests.conftest import Cast, signed_in
from visits.tests.practice import TEXTS, keys_of, line, make_plan_in_force
from visits.tests.writing import NOW, make_plain, put_text, write

STROKES = [[[number * 20, number * 9 % 60, number * 15] for number in range(30)]]


def plan_of(cast: Cast, **fields: Any) -> Plan:
    return make_plan_in_force(cast.case, cast.teacher, cast.admin, **fields)


def plain(cast: Cast, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    made = make_plain(cast.case, people=(cast.teacher,), **fields)
    made["records"][0] |= {"practised": list(lines)}
    return made


def errors_of(cast: Cast, *lines: dict[str, Any], visit: UUID | None = None, base: int = 0, **fields: Any) -> dict[str, str]:
    with pytest.raises(BadContent) as refused:
        write(plain(cast, *lines, **fields), cast.teacher, at(NOW), visit_id=visit, base=base)
    return refused.value.errors


def lines_of(visit: Any) -> list[tuple[Any, ...]]:
    found = Practice.objects.filter(record__visit=visit).order_by("position")
    return list(found.values_list("plan", "objective", "level", "tries", "right", "note"))


# --- Written ------------------------------------------------------------------------------------------------


def test_what_was_practised_is_kept_with_the_record_and_its_version(cast: Cast) -> None:
    plan = plan_of(cast)
    sent = [line(plan, 1, level=4, tries=5, right=3, note="看了一眼"), line(plan, 0, level=0)]
    answer = put_text(signed_in(cast.teacher), key := uuid4(), plain(cast, *sent))

    assert answer.status_code == 201
    cup, name, _ = keys_of(plan)
    assert lines_of(key) == [(plan.pk, name, 4, 5, 3, "看了一眼"), (plan.pk, cup, 0, None, None, "")]
    assert VisitRevision.objects.get(visit=key).content["records"][0]["practised"] == sent
    page = signed_in(cast.teacher).get(f"/visits/{key}/edit/").context["page"]
    assert put_text(signed_in(cast.teacher), key, page.content, 1).status_code == 201
    assert lines_of(key) == [(plan.pk, name, 4, 5, 3, "看了一眼"), (plan.pk, cup, 0, None, None, "")]


def test_written_again_it_is_there_once_and_changed_it_changes(cast: Cast) -> None:
    plan = plan_of(cast)
    first = write(plain(cast, line(plan)), cast.teacher, at(NOW))
    again = write(plain(cast, line(plan)), cast.teacher, at(NOW), visit_id=first.visit_id)
    assert (again, len(lines_of(first.visit_id))) == (first, 1)

    write(plain(cast, line(plan, 0, level=5), line(plan, 2)), cast.teacher, at(NOW), visit_id=first.visit_id, base=1)
    assert [(row[1], row[2]) for row in lines_of(first.visit_id)] == [(keys_of(plan)[0], 5), (keys_of(plan)[2], 3)]
    write(plain(cast), cast.teacher, at(NOW), visit_id=first.visit_id, base=2)
    assert lines_of(first.visit_id) == []
    assert [len(each.content["records"][0].get("practised", ())) for each in VisitRevision.objects.order_by("version")] == [1, 2, 0]


def test_an_absent_child_practised_nothing(cast: Cast) -> None:
    plan, other = plan_of(cast), make_case(cast.school, teachers=(cast.teacher,))
    sent = make_plain(other, cast.case, people=(cast.teacher,))
    sent["records"][1] |= {"present": False, "absent_reason": "away", "practised": [line(plan)]}
    missed = plain(cast, line(plan), state="missed", missed_reason="hospital")

    for each in (sent, missed):
        assert lines_of(write(each, cast.teacher, at(NOW)).visit_id) == []


def test_a_form_without_scripts_says_it_too(cast: Cast) -> None:
    plan = plan_of(cast)
    case, (cup, name, spoon) = cast.case.pk, keys_of(plan)
    form: dict[str, Any] = {
        "cases": [case],
        "on": "2026-10-28",
        "start": "06:00",
        "end_time": "08:00",
        "mode": "home",
        "people": [cast.teacher.pk],
    }
    for key, (level, tries, right) in zip((cup, name, spoon), (("5", "", ""), ("", "", ""), ("", "4", "5")), strict=True):
        said = {"plan": plan.pk, "level": level, "tries": tries, "right": right, "note": ""}
        form |= {f"practice_{field}-{case}-{key}": value for field, value in said.items()}
    form |= {"visit": uuid4(), "base_version": 0, "end": "1"}
    client = signed_in(cast.teacher)
    refused = client.post("/visits/add/", form)
    assert (refused.status_code, list(refused.context["errors"])) == (422, ["records.0.practised.1.right"])
    assert 'value="5"' in refused.content.decode()

    assert client.post("/visits/add/", form | {f"practice_right-{case}-{spoon}": "4"}).status_code == 302
    assert [row[1:5] for row in lines_of(form["visit"])] == [(cup, 5, None, None), (spoon, None, 4, 4)]


# --- Refused ------------------------------------------------------------------------------------------------


def test_another_childs_plan_is_as_unknown_as_none(cast: Cast) -> None:
    own = plan_of(cast)
    mine = make_plan_in_force(make_case(cast.school, teachers=(cast.teacher,)), cast.teacher, cast.admin)
    theirs = make_plan_in_force(cast.neighbours_case, cast.neighbours_teacher, cast.neighbours_admin)
    missing = line(own) | {"plan": str(uuid4())}
    elsewhere = line(own) | {"objective": str(keys_of(mine)[0])}

    for each in (missing, line(mine), line(theirs), elsewhere):
        assert errors_of(cast, line(own, 1), each) == {"records.0.practised.1": UNKNOWN}
    assert (Visit.objects.count(), Practice.objects.count()) == (0, 0)
    assert len(lines_of(write(plain(cast, line(own, 1)), cast.teacher, at(NOW)).visit_id)) == 1


@pytest.mark.parametrize(
    ("fields", "on", "words"),
    [
        ({"state": PlanState.DRAFT, "decided_by": None}, "2026-10-28", UNKNOWN),
        ({"state": PlanState.APPROVED, "in_force_at": None}, "2026-10-28", NOT_THEN),
        ({"state": PlanState.CLOSED, "ended_at": at("2026-10-20 00:05")}, "2026-10-21", NOT_THEN),
        ({"state": PlanState.CLOSED, "ended_at": at("2026-10-20 00:05")}, "2026-10-20", ""),
        ({"state": PlanState.SUPERSEDED, "ended_at": at("2026-10-20 18:00")}, "2026-09-10", ""),
        ({"state": PlanState.SUPERSEDED, "ended_at": at("2026-10-20 18:00")}, "2026-09-09", NOT_THEN),
        ({"state": PlanState.IN_FORCE}, "2026-09-03", ""),
    ],
)
def test_the_plan_was_in_force_on_the_day_or_is_now(cast: Cast, fields: dict[str, Any], on: str, words: str) -> None:
    plan = plan_of(cast, **fields)
    if words:
        assert errors_of(cast, line(plan), on=on) == {"records.0.practised.0": words}
    else:
        assert len(lines_of(write(plain(cast, line(plan), on=on), cast.teacher, at(NOW)).visit_id)) == 1


def test_a_dropped_objective_stays_on_its_record_with_its_words(cast: Cast) -> None:
    plan = plan_of(cast)
    visit = write(plain(cast, line(plan, 0), on="2026-09-21"), cast.teacher, at(NOW)).visit_id
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.CLOSED, ended_at=at("2026-09-15 08:00"))
    new = plan_of(cast, term=2)
    assert errors_of(cast, line(plan, 1), on="2026-09-21") == {"records.0.practised.0": NOT_THEN}

    page = signed_in(cast.teacher).get(f"/visits/{visit}/edit/")
    assert [row["text"] for row in page.context["page"].children[0]["plan"]["others"]] == [TEXTS[0]]
    assert page.content.decode().count(f'data-label="{TEXTS[0]}"') == 2  # of the old plan and of the new one
    write(plain(cast, line(plan, 0, level=5), line(new, 0), on="2026-09-21"), cast.teacher, at(NOW), visit_id=visit, base=1)
    assert [(row[0], row[2]) for row in lines_of(visit)] == [(plan.pk, 5), (new.pk, 3)]
    shown = signed_in(cast.teacher).get(f"/visits/{visit}/").content.decode()
    assert shown.count(TEXTS[0]) == 2


def test_an_objective_dropped_by_the_next_version_stays_where_it_was_practised(cast: Cast) -> None:
    old = plan_of(cast, content=make_content(make_goal(*(make_objective(f"第{number}个目标") for number in range(4)))))
    dropped, *kept = keys_of(old)
    visit = write(plain(cast, line(old), on="2026-10-20"), cast.teacher, at(NOW)).visit_id
    made = start_plan(case=cast.case, year=2026, term=1, starts_on=old.starts_on, ends_on=old.ends_on, by=cast.teacher, at=at(NOW))
    shorter = made.content | {"goals": [goal | {"objectives": goal["objectives"][1:]} for goal in made.content["goals"]]}
    made = write_plan(plan=made, edition=made.edition, content=shorter, by=cast.teacher, at=at(NOW))
    made = submit_plan(plan=made, edition=made.edition, by=cast.teacher, at=at(NOW))
    new = approve_plan(plan=made, edition=made.edition, by=cast.admin, at=at(NOW))
    old.refresh_from_db()
    assert (new.state, old.state, keys_of(new)) == ("in_force", "superseded", kept)

    edited = write(plain(cast, line(old, level=5), line(new), on="2026-10-20"), cast.teacher, at(NOW), visit_id=visit, base=1)
    assert [(row[0], row[1], row[2]) for row in lines_of(edited.visit_id)] == [(old.pk, dropped, 5), (new.pk, kept[0], 3)]
    assert "第0个目标" in signed_in(cast.teacher).get(f"/visits/{visit}/").content.decode()
    offered = signed_in(cast.teacher).get("/visits/add/").context["page"].children[0]["plan"]
    assert [each["key"] for goal in offered["goals"] for each in goal["objectives"]] == [str(key) for key in kept]
    tomorrow = plain(cast, line(old), on="2026-10-29")
    with pytest.raises(BadContent) as refused:
        write(tomorrow, cast.teacher, at("2026-10-29 09:00"))
    assert refused.value.errors == {"records.0.practised.0": NOT_THEN}


@pytest.mark.parametrize("lock", ["filed", "accepted"])
def test_a_filed_record_keeps_it_and_an_accepted_one_is_corrected(cast: Cast, lock: str) -> None:
    plan = plan_of(cast)
    visit = write(plain(cast, line(plan)), cast.teacher, at(NOW)).visit_id
    VisitRecord.objects.update(lock=lock)
    client = signed_in(cast.teacher)
    assert put_text(client, visit, plain(cast, line(plan, level=5)), 1).status_code in (403, 409, 422)
    assert lines_of(visit)[0][2] == 3

    corrected = put_text(client, visit, plain(cast, line(plan, level=5)), 1, reason="点错了")
    assert (corrected.status_code == 201, lines_of(visit)[0][2]) == ((True, 5) if lock == "accepted" else (False, 3))


# --- Older forms --------------------------------------------------------------------------------------------


def test_a_draft_and_a_receipt_from_before_there_were_objectives_still_hold(cast: Cast) -> None:
    plan_of(cast)
    client, key, before = signed_in(cast.teacher), uuid4(), make_plain(cast.case, people=(cast.teacher,))
    assert "practised" not in before["records"][0]
    first = put_text(client, key, before).json()
    assert put_text(client, key, plain(cast)).json() == first  # the page of today says it with an empty list
    assert "practised" not in VisitRevision.objects.get(visit=key).content["records"][0]

    client.put(f"/visits/{key}/draft/", {"base_version": 0, "sequence": 9, "content": before}, "application/json")
    assert VisitDraft.objects.count() == 0  # known as received
    other = uuid4()
    client.put(f"/visits/{other}/draft/", {"base_version": 0, "sequence": 1, "content": before}, "application/json")
    page = client.get(f"/visits/add/?visit={other}").context["page"]
    assert page.content["records"][0] | {"teaching": "认识红色和蓝色。", "practised": []} == page.content["records"][0]
    assert put_text(client, other, page.content).json()["digest"] == first["digest"]


def test_a_draft_may_hold_anything(cast: Cast) -> None:
    plan_of(cast)
    client, key = signed_in(cast.teacher), uuid4()
    theirs = make_plan_in_force(cast.neighbours_case, cast.neighbours_teacher, cast.neighbours_admin, "别校学生的目标")
    odd: list[Any] = [3, None, {"objective": "x"}, {"plan": [], "objective": str(uuid4()), "level": 2, "note": {}}, line(theirs)]
    client.put(f"/visits/{key}/draft/", {"base_version": 0, "sequence": 1, "content": plain(cast, *odd)}, "application/json")
    page = client.get(f"/visits/add/?visit={key}")

    assert page.status_code == 200
    assert page.content.decode().count("计划里已没有的目标") > 2
    assert "别校学生的目标" not in page.content.decode()


def test_a_confirmation_holds_what_was_practised(cast: Cast) -> None:
    plan = plan_of(cast)
    signed = {"kind": "signature", "signer": "覃大山", "strokes": STROKES, "case": str(cast.case.pk)}
    bare, more = (
        write(plain(cast, *lines, confirmations=[signed | {"id": str(uuid4())}]), cast.teacher, at(NOW)).visit
        for lines in ((), (line(plan),))
    )
    digests = {each.record.visit_id: each.record_digest for each in Confirmation.objects.select_related("record")}

    assert digests[bare.pk] == record_digest(bare.records.get(), bare)
    assert digests[more.pk] != record_digest(more.records.get(), more)
    assert digests[more.pk] == record_digest(more.records.get(), more, [line(plan)])


# --- The page -----------------------------------------------------------------------------------------------


def test_the_page_offers_what_was_practised_last_time_first(cast: Cast) -> None:
    plan = plan_of(cast)
    for on, number in (("2026-10-20", 2), ("2026-10-13", 0)):
        write(plain(cast, line(plan, number), on=on), cast.teacher, at(NOW))
    client = signed_in(cast.teacher)
    page = client.get(f"/visits/add/?child={cast.case.pk}").context["page"]

    assert page.children[0]["plan"]["last"] == [str(keys_of(plan)[2])]
    assert [goal["objectives"] for goal in page.children[0]["plan"]["goals"]] == [
        [{"key": str(key), "text": text} for key, text in zip(keys_of(plan), TEXTS, strict=True)]
    ]
    assert ("forbidden", "不俯卧") in [(field["code"], field["text"]) for field in page.children[0]["plan"]["health"]]
    assert page.content["records"][0]["practised"] == []


def test_a_copy_has_the_same_objectives_and_none_of_the_results(cast: Cast) -> None:
    plan = plan_of(cast)
    visit = write(plain(cast, line(plan, 1, tries=3, note="好")), cast.teacher, at(NOW)).visit_id
    client = signed_in(cast.teacher)
    page = client.get(f"/visits/add/?copy={visit}").context["page"]

    blank = {"plan": str(plan.pk), "objective": str(keys_of(plan)[1]), "level": "", "tries": "", "right": "", "note": ""}
    assert page.content["records"][0]["practised"] == [blank]
    assert put_text(client, page.visit_id, page.content | {"start": "05:00", "end": "05:50"}).status_code == 201
    assert lines_of(page.visit_id) == []


def test_a_plan_and_its_health_facts_are_offered_to_whoever_reads_it(cast: Cast) -> None:
    """A teacher who no longer teaches the child keeps the visit made and its words; not the plan of today."""
    plan = plan_of(cast)
    visit = write(plain(cast, line(plan)), cast.teacher, at(NOW)).visit_id
    cast.case.teachers.all().delete()
    assert Plan.objects.visible_to(cast.teacher).count() == 0
    page = signed_in(cast.teacher).get(f"/visits/{visit}/edit/")

    offered = page.context["page"].children[0]["plan"]
    assert (offered["goals"], offered["health"]) == ([], [])
    assert [each["text"] for each in offered["others"]] == [TEXTS[0]]
    assert "不俯卧" not in page.content.decode()
    assert put_text(signed_in(cast.teacher), visit, plain(cast, line(plan, level=1)), 1).status_code == 201
    assert put_text(signed_in(cast.teacher), visit, plain(cast, line(plan), line(plan, 1)), 2).json()["errors"] == {
        "records.0.practised.1": UNKNOWN
    }


# --- What it costs ------------------------------------------------------------------------------------------


def queries_of(client: Client, path: str) -> int:
    """Once the line about looking is written."""
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_a_new_visit_that_practised_nothing_asks_nothing_more(cast: Cast) -> None:
    plan = plan_of(cast)
    write(plain(cast, on="2026-10-27"), cast.teacher, at(NOW))
    with CaptureQueriesContext(connection) as asked:
        write(plain(cast), cast.teacher, at(NOW))
    assert not [each["sql"] for each in asked if "practice" in each["sql"] or "plans_plan" in each["sql"]]
    with CaptureQueriesContext(connection) as asked:
        write(plain(cast, line(plan)), cast.teacher, at(NOW))
    assert len([each["sql"] for each in asked if "practice" in each["sql"] or "plans_plan" in each["sql"]]) == 2


def test_pages_cost_the_same_with_one_objective_as_with_many(cast: Cast) -> None:
    plan = make_plan_in_force(cast.case, cast.teacher, cast.admin, *(f"目标{number}" for number in range(10)))
    visits = [write(plain(cast, *(line(plan, each) for each in range(many))), cast.teacher, at(NOW)).visit_id for many in (1, 10)]
    client = signed_in(cast.teacher)
    for path in ("/visits/{}/", "/visits/{}/edit/", "/visits/add/?copy={}"):
        few, many = (queries_of(client, path.format(visit)) for visit in visits)
        assert few == many


def own_questions(client: Client, path: str) -> int:
    """How many queries a page asks about plans and what was practised, for themselves."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return sum(each["sql"].startswith(('SELECT "visits_practice', 'SELECT "plans_plan')) for each in asked)


@pytest.mark.parametrize(("path", "most"), [("/visits/{}/", 1), ("/visits/{}/edit/", 2), ("/visits/add/", 2), ("/visits/add/?copy={}", 2)])
def test_a_child_without_a_plan_costs_nothing_more(cast: Cast, path: str, most: int) -> None:
    visit, client = write(plain(cast), cast.teacher, at(NOW)).visit_id, signed_in(cast.teacher)
    assert own_questions(client, path.format(visit)) == 0
    plan = plan_of(cast)
    write(plain(cast, line(plan)), cast.teacher, at(NOW), visit_id=visit, base=1)
    assert own_questions(client, path.format(visit)) == most


def test_offers_cost_the_same_for_two_children_as_for_several(cast: Cast) -> None:
    plan, client = plan_of(cast), signed_in(cast.teacher)
    write(plain(cast, line(plan)), cast.teacher, at(NOW))

    def asked_with_another_child() -> int:
        case = make_case(cast.school, teachers=(cast.teacher,))
        make_plan_in_force(case, cast.teacher, make_user(Role.PRINCIPAL, cast.school))
        return queries_of(client, "/visits/add/")

    two, *more = (asked_with_another_child() for _ in range(4))
    assert set(more) == {two}
