"""The tab of a child's archive and a school's page: who may, how it is asked for, what the audit says, what a job makes."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import reverse

from accounts.models import Post, User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_county
from office.files import tidy
from office.models import AuditLine, Job, PrivateFile
from office.work import do
from plans.tests.make import make_content, make_goal, make_objective, make_plan
from reports.tests.archives import NOW, TODAY, Year, make_year, picture_of, practise, prepare, take_back
from reports.tests.make import signed_in
from reports.tests.test_printing import text_of
from students.tests.make import make_case
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def year() -> Year:
    return make_year()


def clerk_of(year: Year) -> User:
    return make_user(Role.COUNTY_STAFF, year.school.county)


def tab(year: Year) -> str:
    return reverse("student_archive", args=[year.case.student_id])


def ask(user: User, address: str, **fields: Any) -> Any:
    return signed_in(user).post(address, {"year": 2026} | fields)


def make_long(year: Year) -> None:
    for day in range(1, 29):
        make_visit(year.case, start=f"2026-11-{day:02} 09:00", people=(year.teacher,))


def downloaded(user: User, answer: HttpResponse) -> bytes:
    """What the job that the answer leads to has made."""
    job = Job.objects.get()
    assert answer["Location"] == reverse("job_detail", args=[job.pk])
    do(job.pk)
    page = signed_in(user).get(answer["Location"]).content.decode()
    assert reverse("archive_file", args=[job.pk]) in page
    got = signed_in(user).get(reverse("archive_file", args=[job.pk]))
    assert got.status_code == 200, got.content.decode()
    return bytes(got.content)


def lines() -> list[tuple[str, Any]]:
    return list(AuditLine.objects.filter(verb__startswith="archive.").order_by("number").values_list("verb", "subject"))


def test_a_small_one_comes_at_once_with_a_line_in_the_audit(year: Year) -> None:
    answer = ask(year.head, tab(year))

    assert answer["Content-Type"] == "application/pdf"
    assert f"songjiao-archive-2026-{year.case.student_id.hex[:12]}.pdf" in answer["Content-Disposition"]
    assert "认识苹果和香蕉" in text_of(answer.content)
    assert lines() == [("archive.exported", year.case.student_id)]
    assert AuditLine.objects.get(verb="archive.exported").detail["digest"] == sha256(answer.content).hexdigest()[:16]
    assert "下载了档案" in signed_in(year.head).get(reverse("student_views", args=[year.case.student_id])).content.decode()


def test_a_long_one_is_a_job(year: Year) -> None:
    make_long(year)
    content = downloaded(year.head, ask(year.head, tab(year)))

    assert content.startswith(b"%PDF")
    assert lines() == [("archive.asked", year.case.student_id), ("archive.exported", year.case.student_id)]
    job = Job.objects.get()
    assert "覃" not in f"{job.outcome}{job.key}"


def test_who_may(year: Year) -> None:
    admin, inspector = make_user(Role.SCHOOL_ADMIN, year.school), make_user(Role.INSPECTOR, year.school)
    leader = make_user(Role.COUNTY_LEADER, year.school.county)
    theirs, far = make_user(Role.PRINCIPAL, year.neighbour), make_user(Role.COUNTY_STAFF, make_county("360922"))
    seen = {
        role: (signed_in(user).get(tab(year)).status_code, ask(user, tab(year))["Content-Type"] == "application/pdf")
        for role, user in {
            "head": year.head,
            "admin": admin,
            "teacher": year.teacher,
            "inspector": inspector,
            "leader": leader,
            "neighbour": theirs,
            "another county": far,
        }.items()
    }

    assert seen == {
        "head": (200, True),
        "admin": (200, True),
        "teacher": (200, False),
        "inspector": (200, False),
        "leader": (403, False),
        "neighbour": (404, False),
        "another county": (404, False),
    }


def test_the_county_says_why_and_gets_no_signatures(year: Year) -> None:
    clerk = clerk_of(year)
    without = ask(clerk, tab(year))
    assert (without.status_code, without["Content-Type"].split(";")[0]) == (200, "text/html")

    answer = ask(clerk, tab(year), reason="学生转学，移交档案")
    assert "签字留在学校" in text_of(answer.content)
    assert AuditLine.objects.get(verb="archive.exported").detail["reason"] == "学生转学，移交档案"


def test_a_school_gets_its_own_share_of_a_child_that_moved(year: Year) -> None:
    later = make_case(year.neighbour, student=year.case.student, starts_on=TODAY - timedelta(days=7))
    make_visit(later, start="2026-10-24 09:00", teaching="新学校的内容")
    head = make_user(Role.PRINCIPAL, year.neighbour)
    old, new = (text_of(ask(user, tab(year)).content) for user in (year.head, head))

    assert ("认识苹果和香蕉" in old, "新学校的内容" in old) == (True, False)
    assert ("认识苹果和香蕉" in new, "新学校的内容" in new) == (False, True)


def test_a_school_s_year_is_a_zip_with_a_manifest(year: Year) -> None:
    make_case(year.school)
    make_case(year.neighbour)
    content = downloaded(year.head, ask(year.head, reverse("archives"), school=year.school.pk))

    with zipfile.ZipFile(io.BytesIO(content)) as box:
        told = json.loads(box.read("manifest.json"))["files"]
        assert [each["name"] for each in told] == sorted(name for name in box.namelist() if name != "manifest.json")
        assert len(told) == 2
        for each in told:
            assert sha256(box.read(each["name"])).hexdigest() == each["sha256"]
    assert [verb for verb, _ in lines()] == ["archive.asked", "archive.exported", "archive.exported"]
    job = Job.objects.get()
    assert "2 份档案" in job.outcome


def test_a_school_s_zip_holds_nothing_of_what_its_child_had_elsewhere(year: Year) -> None:
    """The child moved on: visits, practised objectives, plans and lesson plans stay with the school that had them."""
    later = make_case(year.neighbour, student=year.case.student, starts_on=TODAY - timedelta(days=7))
    teacher, head = make_user(Role.TEACHER, year.neighbour), make_user(Role.PRINCIPAL, year.neighbour)
    frozen: dict[str, Any] = {"state": "in_force", "digest": "ef" * 32, "decided_by": head, "decided_at": NOW, "in_force_at": NOW}
    theirs = make_plan(later, teacher, make_content(make_goal(*[make_objective("听到名字会转头") for _ in range(3)])), **frozen)
    practise(make_visit(later, start="2026-10-24 09:00", people=(teacher,), teaching="新学校的内容"), theirs, note="转头很慢")
    prepare(theirs, teacher, head, title="新学校的教案")
    zips = {}
    for user, school in ((year.head, year.school), (head, year.neighbour)):
        zips[school] = downloaded(user, ask(user, reverse("archives"), school=school.pk))
        Job.objects.all().delete()
    old, new = (text_of(_only_pdf(zips[school])) for school in (year.school, year.neighbour))

    of_old = ("认识苹果和香蕉", "看到杯子时，用手指出杯子", "指得很快", "认识杯子", "喜欢听歌")
    of_new = ("新学校的内容", "听到名字会转头", "转头很慢", "新学校的教案")
    assert [words in old for words in (*of_old, *of_new)] == [True] * len(of_old) + [False] * len(of_new)
    assert [words in new for words in (*of_old, *of_new)] == [False] * len(of_old) + [True] * len(of_new)


def _only_pdf(packed: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(packed)) as box:
        (name,) = [name for name in box.namelist() if name.endswith(".pdf")]
        return box.read(name)


def test_schools_are_chosen_by_their_names(year: Year) -> None:
    said = signed_in(year.head).get(reverse("archives")).content.decode()

    assert "石门小学</option>" in said
    assert "塘红小学" not in said


def test_no_school_but_one_s_own(year: Year) -> None:
    answer = ask(year.head, reverse("archives"), school=year.neighbour.pk)

    assert answer.status_code == 200
    assert not Job.objects.exists()
    assert signed_in(year.teacher).get(reverse("archives")).status_code == 403


def test_what_a_job_made_is_for_who_asked_and_only_as_long_as_they_may(year: Year) -> None:
    admin = make_user(Role.SCHOOL_ADMIN, year.school)
    downloaded(year.head, ask(year.head, reverse("archives"), school=year.school.pk))
    address = reverse("archive_file", args=[Job.objects.get().pk])

    assert signed_in(admin).get(address).status_code == 404
    assert signed_in(year.head).get(address).status_code == 200
    Post.objects.filter(user=year.head).update(ends_on=TODAY)
    make_user(Role.PRINCIPAL, year.neighbour)
    assert signed_in(year.head).get(address).status_code in (302, 403, 404)


def test_it_is_not_handed_out_after_the_consent_was_taken_back(year: Year) -> None:
    picture_of(year)
    downloaded(year.head, ask(year.head, reverse("archives"), school=year.school.pk))
    address = reverse("archive_file", args=[Job.objects.get().pk])
    take_back(year)

    answer = signed_in(year.head).get(address)
    assert answer.status_code != 200
    assert "撤回了照片的同意" in answer.content.decode()


def test_after_three_days_it_is_gone(year: Year, today: Any) -> None:
    downloaded(year.head, ask(year.head, reverse("archives"), school=year.school.pk))
    kept = PrivateFile.objects.get(keep_until__isnull=False)
    tidy(now=NOW + timedelta(days=4))

    assert not PrivateFile.objects.filter(pk=kept.pk).exists()
    assert "已经清除" in signed_in(year.head).get(reverse("archive_file", args=[Job.objects.get().pk])).content.decode()


def test_the_command_writes_archives_their_manifest_and_a_zip(year: Year, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("build_archive", school=year.school.code, year=2026, out=tmp_path, json=True)
    (told,) = json.loads(capsys.readouterr().out)
    written = {path.name for path in tmp_path.iterdir()}

    assert written == {told["name"], "manifest.json", f"songjiao-archives-2026-{year.school.code}.zip"}
    assert sha256((tmp_path / told["name"]).read_bytes()).hexdigest() == told["sha256"]
    call_command("build_archive", student=str(year.case.student_id), year=2026, out=tmp_path / "one", json=True)
    assert json.loads(capsys.readouterr().out)[0]["name"] == told["name"]


def test_the_command_tells_what_it_cannot_find(year: Year, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("build_archive", school=year.neighbour.code, year=2026, out=tmp_path / "no", json=True)
    assert "没有送教的学生" in json.loads(capsys.readouterr().out)["refused"]
    assert not (tmp_path / "no").exists()
