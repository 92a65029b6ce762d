"""A filed submission is printed once, kept beside it, and handed to those who see its names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at, make_county, make_school
from office import files
from office.models import AuditLine, Job, PrivateFile
from office.work import do
from reports.actions.filing import refresh_draft, submit
from reports.actions.printing import ask_for_print, file_of, print_submission
from reports.models import Submission
from reports.sheets.particulars import Particulars
from reports.tests.make import Cast, make_cast, signed_in
from reports.tests.paper import make_picture
from reports.tests.test_printing import text_of
from students.models import Consent
from visits.models import Photo, VisitRecord

pytestmark = pytest.mark.django_db
OCTOBER, NOW = date(2026, 10, 1), at("2026-10-28 09:00")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def admin(cast: Cast) -> User:
    return make_user(Role.SCHOOL_ADMIN, cast.school, name="韦校务")


@pytest.fixture
def filed(cast: Cast, admin: User) -> Submission:
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=NOW)
    return submit(school=cast.school, month=OCTOBER, version=draft.version, by=admin, at=NOW)


def again(submission: Submission) -> Submission:
    found: Submission = Submission.objects.select_related("school", "pdf", "xlsx").get(pk=submission.pk)
    return found


def done(submission: Submission) -> Submission:
    """The jobs of a submission done, as the worker does them."""
    for job in Job.objects.filter(kind="print_submission", state="queued"):
        do(job.pk)
    return again(submission)


def content(submission: Submission, kind: str = "pdf") -> bytes:
    file = file_of(submission, kind, NOW.date())
    assert file is not None
    return files.read(file)


def address(submission: Submission, kind: str = "pdf") -> str:
    return reverse(f"submission_{kind}", args=[submission.pk])


def test_filing_has_it_printed(filed: Submission) -> None:
    assert Job.objects.filter(kind="print_submission").count() == 1
    printed = done(filed)
    assert content(printed).startswith(b"%PDF-1.7")
    assert content(printed, "xlsx").startswith(b"PK")
    assert "覃小远" in text_of(content(printed))
    assert filed.digest in text_of(content(printed))
    assert printed.pdf
    assert printed.pdf.name.startswith(f"songjiao-2026-10-{filed.school.code}-v1-")


def test_a_second_run_prints_nothing_and_another_state_replaces_it(filed: Submission) -> None:
    printed = done(filed)
    before = {printed.pdf_id, printed.xlsx_id}
    print_submission(submission=printed, at=NOW)
    assert {again(filed).pdf_id, again(filed).xlsx_id} == before
    erased = Particulars.read(printed.particulars)
    printed.particulars = replace(erased, children={}).plain()
    printed.save(update_fields=["particulars"])
    assert file_of(again(filed), "pdf", NOW.date()) is None, "what was printed before is not handed out any more"
    print_submission(submission=again(filed), at=NOW)
    assert "覃小远" not in text_of(content(again(filed)))
    assert not PrivateFile.objects.filter(pk__in=filter(None, before)).exists()


def test_what_moved_on_meanwhile_is_not_overwritten(filed: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    def moved(*args: Any) -> bytes:
        Submission.objects.filter(pk=filed.pk).update(digest="0" * 64)
        return b"%PDF"

    monkeypatch.setattr("reports.actions.printing.submission_pdf", moved)
    assert print_submission(submission=again(filed), at=NOW).pdf is None
    assert PrivateFile.objects.count() == 0


def test_printed_later_from_what_was_filed_whatever_happened_since(cast: Cast, filed: Submission) -> None:
    before = content(done(filed))
    Submission.objects.update(pdf=None, xlsx=None)
    VisitRecord.objects.update(teaching="后来改的。")
    cast.school.name = "改名小学"
    cast.school.save()
    cast.mine.student.name = "覃改名"
    cast.mine.student.save()
    print_submission(submission=again(filed), at=at("2027-03-01 09:00"))
    assert content(again(filed)) == before


def test_the_picture_that_was_filed_is_on_the_sheet_and_no_other(cast: Cast, admin: User) -> None:
    record = VisitRecord.objects.get(student=cast.mine.student)
    picture = make_picture()
    kept = files.keep(picture.content, name="x.jpg", content_type="image/jpeg", by=None, at=NOW)
    photo = Photo.objects.create(visit=record.visit, digest="ab" * 32, size=1, file=kept, caption="认水果", by=admin, received_at=NOW)
    photo.records.add(record)
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=NOW)
    print_submission(submission=again(draft), at=NOW)
    assert "认水果" in text_of(content(again(draft)))
    assert "已删除，或不再显示" not in text_of(content(again(draft)))
    Photo.objects.update(digest="cd" * 32)
    Submission.objects.update(pdf=None, xlsx=None)
    print_submission(submission=again(draft), at=NOW)
    assert "已删除，或不再显示" in text_of(content(again(draft)))


def test_once_the_consent_is_withdrawn_the_old_file_is_not_handed_out_and_the_new_one_is_without(cast: Cast, admin: User) -> None:
    record, picture = VisitRecord.objects.get(student=cast.mine.student), make_picture()
    kept = files.keep(picture.content, name="x.jpg", content_type="image/jpeg", by=None, at=NOW)
    photo = Photo.objects.create(visit=record.visit, digest="ab" * 32, size=1, file=kept, by=admin, received_at=NOW)
    photo.records.add(record)
    said: dict[str, Any] = {"student": cast.mine.student, "kind": Consent.Kind.PHOTOS, "text_version": "1", "by": admin, "at": NOW}
    yes = Consent.objects.create(is_given=True, starts_on=OCTOBER, **said)
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=NOW)
    print_submission(submission=again(draft), at=NOW)
    assert "不再显示" not in text_of(content(again(draft)))

    Consent.objects.filter(pk=yes.pk).update(ends_on=NOW.date())
    assert file_of(again(draft), "pdf", NOW.date()) is None
    print_submission(submission=again(draft), at=NOW)
    assert "不再显示" in text_of(content(again(draft)))
    assert again(draft).digest == draft.digest
    Consent.objects.create(is_given=True, starts_on=NOW.date(), **said)
    print_submission(submission=again(draft), at=NOW)
    assert "不再显示" not in text_of(content(again(draft)))


def test_asked_for_twice_is_one_job_and_what_was_lost_is_printed_again(filed: Submission) -> None:
    first = ask_for_print(submission=again(filed), by=None, at=NOW)
    assert ask_for_print(submission=again(filed), by=None, at=NOW) == first
    done(filed)
    assert ask_for_print(submission=again(filed), by=None, at=NOW) == first
    Submission.objects.update(pdf=None)
    assert ask_for_print(submission=again(filed), by=None, at=NOW) != first
    assert file_of(done(filed), "pdf", NOW.date()) is not None


# --- Who gets it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_a_download_is_a_line_in_the_audit(admin: User, filed: Submission, kind: str) -> None:
    printed = done(filed)
    answer = signed_in(admin).get(address(filed, kind))
    assert answer.status_code == 200
    assert answer.content == content(printed, kind)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert "attachment" in answer["Content-Disposition"]
    line = AuditLine.objects.get(verb="submission.exported")
    assert (line.subject, line.by, line.detail) == (filed.pk, admin.pk, {"month": "2026-10", "version": 1, "file": kind})


def test_one_that_is_not_there_yet_is_told_so_and_asked_for(admin: User, filed: Submission) -> None:
    answer = signed_in(admin).get(address(filed))
    assert answer.status_code == 409
    assert "正在生成" in answer.content.decode()
    assert AuditLine.objects.filter(verb="submission.exported").count() == 0


def test_the_review_leads_to_both_files(cast: Cast, filed: Submission) -> None:
    done(filed)
    client = signed_in(make_user(Role.COUNTY_STAFF, cast.school.county))
    page = client.get(reverse("review", args=["2026-10", cast.school.pk])).content.decode()
    for kind in ("pdf", "xlsx"):
        assert f'href="{address(filed, kind)}"' in page
        assert client.get(address(filed, kind)).status_code == 200


def roles(cast: Cast) -> dict[str, tuple[User, int]]:
    county = cast.school.county
    return {
        "principal": (make_user(Role.PRINCIPAL, cast.school), 200),
        "clerk": (make_user(Role.COUNTY_STAFF, county), 200),
        "leader": (make_user(Role.COUNTY_LEADER, county), 403),
        "teacher": (cast.teacher, 404),
        "neighbour": (make_user(Role.SCHOOL_ADMIN, cast.neighbour), 404),
        "elsewhere": (make_user(Role.COUNTY_STAFF, make_county("360922")), 404),
        "observer": (make_user(Role.OBSERVER, county), 404),
        "operator": (make_user(Role.OPERATOR), 404),
    }


def test_who_gets_it_and_for_whom_it_does_not_exist(cast: Cast, filed: Submission) -> None:
    done(filed)
    for name, (user, status) in roles(cast).items():
        assert signed_in(user).get(address(filed)).status_code == status, name
    assert Client().get(address(filed)).status_code == 302
    assert signed_in(cast.teacher).get(reverse("submission_pdf", args=[uuid4()])).status_code == 404


def test_a_draft_is_the_schools_alone(cast: Cast, admin: User) -> None:
    draft = refresh_draft(school=cast.school, month=OCTOBER, at=NOW)
    print_submission(submission=again(draft), at=NOW)
    assert "草稿，尚未上报" in text_of(content(again(draft)))
    assert signed_in(admin).get(address(draft)).status_code == 200
    assert signed_in(make_user(Role.COUNTY_STAFF, cast.school.county)).get(address(draft)).status_code == 404


def test_a_school_without_children_prints_a_nil_report(cast: Cast) -> None:
    school = make_school(county=cast.school.county)
    draft = refresh_draft(school=school, month=OCTOBER, at=NOW)
    print_submission(submission=again(draft), at=NOW)
    assert "本月没有学生" in text_of(content(again(draft)))
