"""The bureau reviews a school's month: evidence beside each line, returned with reasons, accepted, opened again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import at, make_county
from office import files
from office.models import AuditLine
from reports.actions.filing import accept, refresh_draft, return_submission, submit, submit_automatically
from reports.models import LineReturn, Submission
from reports.tests.make import NOW, Cast, make_cast, make_many, signed_in
from students.models import Consent
from visits.models import Photo, VisitRecord
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
MORNING = at("2026-10-28 08:00")
PICTURE = b"\xff\xd8\xff\xd9"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def clerk(cast: Cast) -> User:
    return make_user(Role.COUNTY_STAFF, cast.school.county, name="苏雨美")


@pytest.fixture
def admin(cast: Cast) -> User:
    return make_user(Role.SCHOOL_ADMIN, cast.school, name="梁雨燕")


def file(cast: Cast, admin: User, when: str = "2026-10-27 09:00", **more: Any) -> Submission:
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=at(when))
    return submit(school=cast.school, month=OCTOBER, version=draft.version, by=admin, at=at(when), **more)


def address(cast: Cast, tail: str = "") -> str:
    return f"/reports/review/2026-10/{cast.school.pk}/{tail}"


def get(user: User, path: str) -> Any:
    with time_machine.travel(NOW, tick=False):
        return signed_in(user).get(path)


def page(user: User, path: str) -> str:
    answer = get(user, path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def post(user: User, path: str, submission: Submission, **fields: str) -> tuple[int, list[str]]:
    fields = {"submission": str(submission.pk), "version": str(submission.version)} | fields
    client = signed_in(user)
    with time_machine.travel(NOW, tick=False):
        answer = client.post(path, fields, headers={"referer": "http://testserver/"})
    return answer.status_code, [str(message) for message in get_messages(answer.wsgi_request)]


def photo_of(record: VisitRecord, by: User) -> Photo:
    kept = files.keep(PICTURE, name="photo.jpg", content_type="image/jpeg", by=by.pk, at=MORNING)
    photo: Photo = Photo.objects.create(visit=record.visit, digest="ab" * 32, size=len(PICTURE), caption="认识水果", file=kept, by=by)
    photo.records.add(record)
    return photo


# --- Looking -----------------------------------------------------------------------------------------------


def test_the_evidence_stands_beside_each_line(cast: Cast, clerk: User, admin: User) -> None:
    VisitRecord.objects.filter(case=cast.mine).update(teaching="认识苹果和梨", guardian_words="孩子今天很高兴")
    file(cast, admin, requests="缺一台康复椅。")

    html = page(clerk, address(cast))

    for said in ("覃小远", "10月14日", "14:00–16:00", "韦志玲、农子春", "3 课时", "没有家长确认", "认识苹果和梨", "孩子今天很高兴"):
        assert said in html
    assert "缺一台康复椅。" in html
    assert "梁雨燕" in html
    assert "还差 1 次、3 课时" in html
    assert "蓝志冬" not in html


def test_looking_is_a_line_in_the_audit(cast: Cast, clerk: User, admin: User) -> None:
    filed = file(cast, admin)

    page(clerk, address(cast))
    page(clerk, address(cast))

    line = AuditLine.objects.get(verb="submission.viewed")
    assert (line.by, line.subject) == (clerk.pk, filed.pk)


def test_a_draft_is_the_schools_own(cast: Cast, clerk: User, admin: User) -> None:
    refresh_draft(school=cast.school, month=OCTOBER, at=MORNING)

    assert get(clerk, address(cast)).status_code == 404


def test_versions_and_what_differs_between_them(cast: Cast, clerk: User, admin: User) -> None:
    first = file(cast, admin)
    return_submission(
        submission=first, version=1, lines={cast.mine.student_id: "少一次，请补。"}, reason="", by=clerk, at=at("2026-10-27 15:00")
    )
    assert "少一次，请补。" in page(clerk, address(cast))
    make_visit(cast.mine, start="2026-10-26 09:00", people=(cast.teacher, "村干部"))
    file(cast, admin, "2026-10-28 08:00")

    html = page(clerk, address(cast))

    assert "与第 1 版相比" in html
    assert "新增" in html
    assert "可能欠课 → 已达标" in html
    assert "10月26日 周一 入户" in html
    assert "这是旧的版本" in page(clerk, address(cast, "?version=1"))
    assert get(clerk, address(cast, "?version=9")).status_code == 404


def test_typed_tags_are_text(cast: Cast, clerk: User, admin: User) -> None:
    VisitRecord.objects.filter(case=cast.mine).update(teaching="<img src=x onerror=alert(1)>")
    file(cast, admin, requests="<script>alert(1)</script>")

    html = page(clerk, address(cast))

    assert "&lt;img src=x" in html
    assert "<img src=x" not in html
    assert "<script>alert" not in html


# --- Deciding ----------------------------------------------------------------------------------------------


def test_it_is_accepted_once(cast: Cast, clerk: User, admin: User) -> None:
    filed = file(cast, admin)

    assert post(clerk, address(cast, "accept/"), filed) == (302, ["石门小学：已通过。"])
    assert post(clerk, address(cast, "accept/"), filed) == (302, ["这个月的月报已经通过。"])
    filed.refresh_from_db()
    assert (filed.state, filed.reviewed_by) == ("accepted", clerk)


def test_it_is_returned_with_a_reason_for_each_line(cast: Cast, clerk: User, admin: User) -> None:
    filed = file(cast, admin)
    reason = {f"line-{cast.mine.student_id}": "少一次，请补。", f"line-{cast.other.student_id}": "  ", "reason": "请在周五前改好。"}

    status, said = post(clerk, address(cast, "return/"), filed, **reason)

    assert (status, said) == (302, ["石门小学：已退回，学校会看到每一行的理由。"])
    line = LineReturn.objects.get(submission=filed)
    assert (line.student_id, line.reason) == (cast.mine.student_id, "少一次，请补。")
    filed.refresh_from_db()
    assert (filed.state, filed.review_reason) == ("returned", "请在周五前改好。")
    html = page(clerk, address(cast))
    assert "少一次，请补。" in html
    assert "请在周五前改好。" in html
    assert "【月报退回】石门小学 2026年10月" in html


def test_nothing_is_returned_without_a_reason_nor_for_a_child_who_is_not_in_it(cast: Cast, clerk: User, admin: User) -> None:
    filed = file(cast, admin)

    assert "请写明退回的理由" in post(clerk, address(cast, "return/"), filed)[1][0]
    foreign = {f"line-{cast.theirs.student_id}": "x"}
    assert "没有这名学生" in post(clerk, address(cast, "return/"), filed, **foreign)[1][0]
    filed.refresh_from_db()
    assert filed.state == "submitted"


def test_the_second_clerk_is_told(cast: Cast, clerk: User, admin: User) -> None:
    filed = file(cast, admin)
    colleague = make_user(Role.COUNTY_STAFF, cast.school.county)
    post(clerk, address(cast, "accept/"), filed)

    assert post(colleague, address(cast, "return/"), filed, reason="请补。") == (302, ["这个月的月报已经通过。"])
    assert not LineReturn.objects.exists()


@pytest.mark.parametrize("version", ["2", "", "x", "-1"])
def test_a_version_that_was_not_seen_is_not_decided(version: str, cast: Cast, clerk: User, admin: User) -> None:
    filed = file(cast, admin)

    _, said = post(clerk, address(cast, "accept/"), filed, version=version)

    assert "新的版本" in said[0]
    filed.refresh_from_db()
    assert filed.state == "submitted"


def test_an_acceptance_is_opened_again_for_a_reason(cast: Cast, clerk: User, admin: User) -> None:
    filed = file(cast, admin)
    assert post(clerk, address(cast, "reopen/"), filed, reason="漏报。")[1] == ["这个月的月报已经上报，正等县局审核。"]
    accept(submission=filed, version=1, by=clerk, at=MORNING)

    assert "请写明重新打开的理由。" in post(clerk, address(cast, "reopen/"), filed)[1]
    assert post(clerk, address(cast, "reopen/"), filed, reason="漏报一次。")[1] == ["石门小学：已重新打开，学校可以修改后再报。"]
    filed.refresh_from_db()
    assert filed.state == "superseded"
    assert "漏报一次。" in page(clerk, address(cast))


@pytest.mark.parametrize("tail", ["accept/", "return/", "reopen/"])
@pytest.mark.parametrize(
    ("role", "status"), [(Role.COUNTY_LEADER, 403), (Role.SCHOOL_ADMIN, 403), (Role.TEACHER, 403), (Role.OBSERVER, 403), ("elsewhere", 404)]
)
def test_only_the_countys_clerks_decide(tail: str, role: Any, status: int, cast: Cast, clerk: User, admin: User) -> None:
    filed = file(cast, admin)
    county = {Role.COUNTY_LEADER, Role.OBSERVER}
    if role == "elsewhere":
        user = make_user(Role.COUNTY_STAFF, make_county("360922"))
    else:
        user = make_user(role, cast.school.county if role in county else cast.school)

    assert post(user, address(cast, tail), filed, reason="x")[0] == status
    assert get(user, address(cast)).status_code == status
    filed.refresh_from_db()
    assert filed.state == "submitted"


# --- Pictures ----------------------------------------------------------------------------------------------


def test_pictures_open_while_the_review_is_open_and_each_look_is_told(cast: Cast, clerk: User, admin: User) -> None:
    photo = photo_of(VisitRecord.objects.get(case=cast.mine), cast.teacher)
    filed = file(cast, admin)
    path = address(cast, f"photos/{photo.pk}/")
    assert path in page(clerk, address(cast))

    for each in (path, path + "thumbnail/"):
        answer = get(clerk, each)
        assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, PICTURE, "image/jpeg")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
    line = AuditLine.objects.get(verb="photos.viewed")
    assert (line.by, line.subject) == (clerk.pk, cast.mine.student_id)

    accept(submission=filed, version=1, by=clerk, at=MORNING)
    assert get(clerk, path).status_code == 404
    assert "照片 1 张，审核时才能打开。" in page(clerk, address(cast))


def test_a_picture_that_was_not_filed_is_not_there(cast: Cast, clerk: User, admin: User) -> None:
    record = VisitRecord.objects.get(case=cast.mine)
    before = photo_of(record, cast.teacher)
    assert get(clerk, address(cast, f"photos/{before.pk}/")).status_code == 404  # nothing filed yet
    file(cast, admin)
    later = photo_of(VisitRecord.objects.get(visit=make_visit(cast.mine, start="2026-10-27 15:00")), cast.teacher)

    assert get(clerk, address(cast, f"photos/{before.pk}/")).status_code == 200
    assert get(clerk, address(cast, f"photos/{later.pk}/")).status_code == 404
    for role, where in ((Role.COUNTY_LEADER, cast.school.county), (Role.SCHOOL_ADMIN, cast.neighbour)):
        assert get(make_user(role, where), address(cast, f"photos/{before.pk}/")).status_code == 403
    elsewhere = make_user(Role.COUNTY_STAFF, make_county("360922"))
    assert get(elsewhere, address(cast, f"photos/{before.pk}/thumbnail/")).status_code == 404


def test_a_withdrawn_consent_hides_the_picture_from_the_bureau_and_says_so(cast: Cast, clerk: User, admin: User) -> None:
    photo = photo_of(VisitRecord.objects.get(case=cast.mine), cast.teacher)
    word: dict[str, Any] = {"student": cast.mine.student, "kind": "photos", "text_version": "1", "by": admin, "at": MORNING}
    Consent.objects.create(is_given=True, starts_on=OCTOBER, **word)
    file(cast, admin)
    path = address(cast, f"photos/{photo.pk}/")
    assert get(clerk, path).status_code == 200

    Consent.objects.create(is_given=False, starts_on=date(2026, 10, 28), **word)
    assert [get(clerk, each).status_code for each in (path, path + "thumbnail/")] == [404, 404]
    html = page(clerk, address(cast))
    assert (path in html, "监护人撤回了拍照的同意" in html) == (False, True)


def test_a_review_asks_as_often_for_thirty_children_as_for_three(cast: Cast, clerk: User) -> None:
    client, midnight = signed_in(clerk), at("2026-10-29 00:05")

    def asked(school: School) -> int:
        with time_machine.travel("2026-10-29 09:00+08:00", tick=False), CaptureQueriesContext(connection) as queries:
            assert client.get(f"/reports/review/2026-10/{school.pk}/").status_code == 200
        return len(queries)

    for school, children in ((cast.school, 3), (cast.neighbour, 30)):
        make_many(school, make_user(Role.TEACHER, school), children)
        submit_automatically(school=school, month=OCTOBER, at=midnight)
        asked(school)

    assert asked(cast.school) == asked(cast.neighbour) <= 12
