"""Who may write over a visit, when, and what becomes of two who do; drafts until the receipt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at
from office.models import AuditLine
from office.refusals import Refused
from office.rules.typed import BadContent
from students.tests.make import make_case
from visits.actions import Conflict, save_draft
from visits.models import Photo, SchoolMonth, Visit, VisitDraft, VisitPerson, VisitRecord, VisitRevision
from visits.tests.conftest import Cast, signed_in
from visits.tests.writing import NOW, make_plain, put_text, write


@pytest.fixture
def visit(cast: Cast) -> Visit:
    """Written by the teacher, who went with a colleague."""
    return write(make_plain(cast.case, people=(cast.teacher, cast.colleague)), cast.teacher, at(NOW)).visit


def changed(cast: Cast, **fields: Any) -> dict[str, Any]:
    return make_plain(cast.case, people=(cast.teacher, cast.colleague)) | {"end": "08:30"} | fields


# --- Versions ---------------------------------------------------------------------------------------------


def test_the_second_of_two_editors_is_shown_both_texts(cast: Cast, visit: Visit) -> None:
    first, second = changed(cast, place="村委会"), changed(cast, place="家里")
    assert put_text(signed_in(cast.teacher), visit.pk, first, 1).status_code == 201
    answer = put_text(signed_in(cast.colleague), visit.pk, second, 1)

    current = answer.json()["current"]
    assert (answer.status_code, current["version"], current["content"]["place"], current["by"]) == (409, 2, "村委会", "韦志玲")
    assert put_text(signed_in(cast.colleague), visit.pk, second, current["version"]).status_code == 201
    assert [one.content["place"] for one in VisitRevision.objects.filter(visit=visit)] == ["", "村委会", "家里"]


def test_an_old_version_writes_over_nothing(cast: Cast, visit: Visit) -> None:
    for base in (0, 2, 99):
        with pytest.raises(Conflict):
            write(changed(cast), cast.teacher, at(NOW), visit_id=visit.pk, base=base)
    visit.refresh_from_db()
    assert visit.version == 1


def test_who_went_keeps_the_name_of_then(cast: Cast, visit: Visit) -> None:
    User.objects.filter(pk=cast.colleague.pk).update(name="改名")
    write(changed(cast, companions=["覃村长"]), cast.teacher, at(NOW), visit_id=visit.pk, base=1)

    assert list(VisitPerson.objects.filter(visit=visit).values_list("name", flat=True)) == ["韦志玲", "农子春", "覃村长"]


def test_a_record_keeps_its_id_through_every_version_and_the_writers_moment_is_the_first(cast: Cast, visit: Visit) -> None:
    before = VisitRecord.objects.get(visit=visit).pk
    write(changed(cast), cast.teacher, at("2026-10-28 20:00"), visit_id=visit.pk, base=1)

    assert VisitRecord.objects.get(visit=visit).pk == before
    assert Visit.objects.get(pk=visit.pk).written_at == at(NOW)


def test_every_month_and_school_that_a_write_touches_is_locked(cast: Cast, visit: Visit) -> None:
    case = make_case(cast.neighbour, teachers=(cast.neighbours_teacher,))
    SchoolMonth.objects.all().delete()
    VisitRecord.objects.create(visit=visit, case=case, student=case.student, school=cast.neighbour, on=visit.on)
    write(changed(cast, on="2026-09-30"), cast.teacher, at(NOW), visit_id=visit.pk, base=1)

    touched = {(month.school_id, month.month.month) for month in SchoolMonth.objects.all()}
    assert touched == {(school.pk, month) for school in (cast.school, cast.neighbour) for month in (9, 10)}


# --- Who, and when ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "lock", "reason", "status"),
    [
        ("teacher", "", "", 201),
        ("colleague", "", "", 201),
        ("admin", "", "", 201),
        ("principal", "", "", 201),
        ("clerk", "", "", 403),
        ("teacher", "filed", "", 422),
        ("admin", "filed", "有理由", 422),
        ("teacher", "accepted", "", 422),
        ("teacher", "accepted", "时间写错了", 201),
        ("colleague", "accepted", "时间写错了", 201),
        ("admin", "accepted", "时间写错了", 201),
        ("principal", "accepted", "时间写错了", 422),
        ("clerk", "accepted", "时间写错了", 403),
    ],
)
def test_who_may_change_a_visit(cast: Cast, visit: Visit, who: str, lock: str, reason: str, status: int) -> None:
    user = make_user(Role.PRINCIPAL, cast.school) if who == "principal" else getattr(cast, who)
    VisitRecord.objects.update(lock=lock)
    answer = put_text(signed_in(user), visit.pk, changed(cast), 1, reason=reason)

    assert answer.status_code == status, answer.content.decode()
    assert Visit.objects.get(pk=visit.pk).version == (2 if status == 201 else 1)


def test_a_filed_visit_says_so_on_its_page_and_its_text_is_kept_as_a_draft(cast: Cast, visit: Visit) -> None:
    VisitRecord.objects.update(lock="filed")
    client = signed_in(cast.teacher)

    assert "月报退回以后可以修改" in client.get(f"/visits/{visit.pk}/edit/").content.decode()
    assert "月报退回以后可以修改" in put_text(client, visit.pk, changed(cast), 1).json()["words"]


def test_a_correction_says_why_and_what_stood_before_stays(cast: Cast, visit: Visit) -> None:
    VisitRecord.objects.update(lock="accepted")
    with pytest.raises(BadContent) as refused:
        write(changed(cast, on="2026-09-30"), cast.teacher, at(NOW), visit_id=visit.pk, base=1, reason="日期")
    assert set(refused.value.errors) == {"on"}

    receipt = write(changed(cast), cast.teacher, at(NOW), visit_id=visit.pk, base=1, reason="时间写错了")

    assert (receipt.reason, receipt.is_correction) == ("时间写错了", True)
    assert [one.content["end"] for one in VisitRevision.objects.filter(visit=visit)] == ["08:00", "08:30"]
    assert AuditLine.objects.latest("pk").verb == "visit.corrected"
    assert VisitRecord.objects.get(visit=visit).lock == "accepted"


def test_a_new_visit_goes_into_a_filed_month(cast: Cast, visit: Visit) -> None:
    SchoolMonth.objects.update(state="filed")
    VisitRecord.objects.update(lock="filed")

    assert write(make_plain(cast.case, start="04:00", end="05:00"), cast.teacher, at(NOW)).version == 1


def test_what_is_gone_is_not_written_over(cast: Cast) -> None:
    with pytest.raises(Refused):
        write(changed(cast), cast.teacher, at(NOW), base=3)


def test_the_phones_clock_is_set_right(cast: Cast) -> None:
    key = uuid4()
    device = {"at": "2026-10-28T07:40:00+08:00", "sent_at": "2026-10-28T08:30:00+08:00", "sequence": 4}
    put_text(signed_in(cast.teacher), key, make_plain(cast.case), device=device)

    visit = Visit.objects.get(pk=key)
    assert abs(visit.written_at - at("2026-10-28 08:10")) < timedelta(minutes=2)
    assert abs(visit.drift + 1800) < 120
    odds: list[Any] = [{"at": "x", "sent_at": 3}, {"at": "0001-01-01T00:00:00Z", "sent_at": "9999-12-31T23:59:59Z"}, [], "x", None]
    for odd in odds:
        assert put_text(signed_in(cast.teacher), uuid4(), make_plain(cast.case), device=odd).status_code == 201


# --- Drafts -------------------------------------------------------------------------------------------------


def put_draft(client: Client, visit: UUID, sequence: int, content: Any, base: int = 0) -> Any:
    body = {"base_version": base, "sequence": sequence, "content": content}
    return client.put(f"/visits/{visit}/draft/", body, "application/json")


def test_a_draft_is_kept_through_refusal_and_sign_out_and_goes_with_the_receipt(cast: Cast) -> None:
    key, client, plain = uuid4(), signed_in(cast.teacher), make_plain(cast.case, teaching="写了一半")
    assert put_draft(client, key, 5, plain).json()["sequence"] == 5
    assert put_text(client, key, plain | {"end": "05:00"}).status_code == 422
    client.logout()
    assert put_draft(client, key, 6, {}).status_code == 401

    page = signed_in(cast.teacher).get(f"/visits/add/?visit={key}").context["page"]
    assert (page.sequence, page.content["records"][0]["teaching"], page.draft_saved_at is None) == (5, "写了一半", False)
    assert put_text(signed_in(cast.teacher), key, plain).status_code == 201
    assert not VisitDraft.objects.exists()


def test_an_older_save_never_replaces_a_newer_one(cast: Cast) -> None:
    key, client = uuid4(), signed_in(cast.teacher)
    for sequence, text in ((2, "新"), (1, "旧"), (2, "又")):
        assert put_draft(client, key, sequence, {"place": text}).json()["sequence"] == 2
    assert VisitDraft.objects.get().content == {"place": "新"}


def test_a_save_overtaken_by_its_own_receipt_leaves_nothing_behind(cast: Cast) -> None:
    key, client, plain = uuid4(), signed_in(cast.teacher), make_plain(cast.case)
    put_text(client, key, plain)
    assert put_draft(client, key, 9, plain).status_code == 200
    assert not VisitDraft.objects.exists()
    put_draft(client, key, 10, plain | {"place": "别处"})  # the control: what was not received is kept
    assert VisitDraft.objects.exists()


def test_a_draft_of_a_later_version_outlives_the_repeated_receipt(cast: Cast, visit: Visit) -> None:
    client = signed_in(cast.teacher)
    put_draft(client, visit.pk, 1, {"place": "后来"}, base=1)
    assert put_text(client, visit.pk, make_plain(cast.case, people=(cast.teacher, cast.colleague))).status_code == 200
    assert client.get(f"/visits/{visit.pk}/edit/").context["page"].content["place"] == "后来"


def test_each_person_has_a_draft_of_their_own_and_discards_only_that(cast: Cast, visit: Visit) -> None:
    for user in (cast.teacher, cast.colleague):
        put_draft(signed_in(user), visit.pk, 1, {"place": user.name}, base=1)
    assert signed_in(cast.teacher).delete(f"/visits/{visit.pk}/draft/").status_code == 200

    assert [draft.user for draft in VisitDraft.objects.all()] == [cast.colleague]
    assert signed_in(cast.teacher).get(f"/visits/{visit.pk}/edit/").context["page"].content["place"] == ""


@pytest.mark.parametrize(
    "content", [{"records": [{"case": 3}], "people": None}, {"fields": {"on": ["x"], "mode": "home"}}, {"on": {}}, {"x": "\ud800\x00"}]
)
def test_a_draft_of_any_shape_opens_again(cast: Cast, content: dict[str, Any]) -> None:
    key, client = uuid4(), signed_in(cast.teacher)
    assert put_draft(client, key, 1, content).status_code == 200

    assert client.get(f"/visits/add/?visit={key}").status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"content": []}, {"content": {}, "sequence": -1}, {"content": {}, "sequence": "1", "base_version": 0}]
)
def test_what_is_no_draft_is_refused_in_words(cast: Cast, body: dict[str, Any]) -> None:
    answer = signed_in(cast.teacher).put(f"/visits/{uuid4()}/draft/", body, "application/json")

    assert (answer.status_code, bool(answer.json()["words"])) == (422, True)


def test_drafts_are_sealed(cast: Cast) -> None:
    save_draft(visit_id=uuid4(), base_version=0, sequence=1, content={"health": "癫痫"}, by=cast.teacher, at=at(NOW))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM visits_visitdraft")
        assert "癫痫" not in str(cursor.fetchone()[0])


# --- Without scripts ----------------------------------------------------------------------------------------


def form(cast: Cast, key: UUID, **fields: Any) -> dict[str, Any]:
    case = cast.case.pk
    usual: dict[str, Any] = {
        "visit": str(key),
        "base_version": "0",
        "on": "2026-10-28",
        "start": "06:00",
        "end_time": "08:00",
        "mode": "home",
    }
    usual |= {"purpose": "teaching", "people": [str(cast.teacher.pk)], "companions": "覃村长、陆医生", "cases": [str(case)]}
    return usual | {f"teaching-{case}": "认数", f"lessons-{case}": "", "end": "1"} | fields


def test_the_form_works_without_scripts_and_twice_makes_one_visit(cast: Cast) -> None:
    key, client = uuid4(), signed_in(cast.teacher)
    sent = form(cast, key) | {f"confirm_kind-{cast.case.pk}": "proxy", f"confirm_signer-{cast.case.pk}": "覃母"}
    sent |= {f"confirm_witness-{cast.case.pk}": "覃村长"}
    answers = [client.post("/visits/add/", sent) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == [f"/visits/{key}/"] * 2
    assert VisitRecord.objects.get().teaching == "认数"
    assert VisitRecord.objects.get().confirmed_at is not None
    assert VisitRevision.objects.count() == 1
    page = client.get(f"/visits/{key}/edit/").context["page"]
    changed = form(cast, key, base_version="1", place="家里")
    assert client.post(f"/visits/{key}/edit/", changed).status_code == 302
    assert (page.base_version, Visit.objects.get().version, Visit.objects.get().place) == (1, 2, "家里")
    assert VisitRecord.objects.get().confirmations.count() == 1


def test_a_form_without_its_last_field_is_no_visit_but_a_draft(cast: Cast) -> None:
    key, client, sent = uuid4(), signed_in(cast.teacher), form(cast, uuid4())
    sent |= {"visit": str(key)}
    del sent["end"]
    answer = client.post("/visits/add/", sent)

    assert answer.status_code == 400
    assert "没有传完整" in answer.content.decode()
    assert not Visit.objects.exists()
    assert client.get(f"/visits/add/?visit={key}").context["page"].content["records"][0]["teaching"] == "认数"


def test_a_refused_form_comes_back_as_it_was_typed(cast: Cast) -> None:
    key, client = uuid4(), signed_in(cast.teacher)
    answer = client.post("/visits/add/", form(cast, key, end_time="05:00"))

    assert answer.status_code == 422
    assert "结束时间要晚于开始时间" in answer.content.decode()
    assert "认数" in answer.content.decode()
    assert VisitDraft.objects.get().visit == key
    assert client.post("/visits/add/", form(cast, key)).status_code == 302
    assert not VisitDraft.objects.exists()


def test_a_form_on_an_old_version_is_given_back_beside_who_was_first(cast: Cast, visit: Visit) -> None:
    write(changed(cast), cast.colleague, at(NOW), visit_id=visit.pk, base=1)
    answer = signed_in(cast.teacher).post(f"/visits/{visit.pk}/edit/", form(cast, visit.pk, base_version="1"))

    assert answer.status_code == 409
    assert "农子春" in answer.content.decode()
    assert Visit.objects.get(pk=visit.pk).version == 2


def test_a_file_that_is_no_picture_holds_back_neither_text_nor_words(cast: Cast) -> None:
    key, client = uuid4(), signed_in(cast.teacher)
    files = {"photos": [SimpleUploadedFile("a.jpg", b"no picture", "image/jpeg"), SimpleUploadedFile("b.jpg", b"", "image/jpeg")]}
    answer = client.post("/visits/add/", form(cast, key) | files, follow=True)

    assert answer.status_code in (200, 422)
    assert [word for word in ("照片", "图片") if word in answer.content.decode()]
    assert Photo.objects.filter(file__isnull=False).count() == 0
