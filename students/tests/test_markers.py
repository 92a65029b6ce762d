"""A child's numbers and name stand in no log, address, job, audit line or table in the clear."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import make_county, make_school
from office import work
from office.models import AuditLine, Job
from students.models import RosterUpload, Student
from students.tests.make import make_id, make_roster, make_row

pytestmark = pytest.mark.django_db
NAME, ID, PHONE, ADDRESS = "覃马克", make_id(321), "13864924399", "第九乡镇记号村"
MARKERS = (ID, ID[6:17], PHONE, ADDRESS)


def everything_in(*tables: str) -> str:
    with connection.cursor() as cursor:
        rows = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            rows += cursor.fetchall()
    return repr(rows)


def test_no_marker_of_a_child_is_left_anywhere(caplog: pytest.LogCaptureFixture, settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_FILES = tmp_path
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)  # the statements of a development server are not logged in production
    county = make_county()
    make_school(county, name="一小")
    client = Client()
    client.force_login(make_user(Role.COUNTY_STAFF, county))
    row = make_row(姓名=NAME, 身份证号=ID, 送教学校="一小", 监护人="覃燕", 联系电话=PHONE, 家庭住址=ADDRESS)
    bad = row | {"残疾等级": "五级"}
    addresses = []

    for content in (make_roster(row, bad), make_roster(bad), b"PK\x03\x04" + ID.encode()):
        answer = client.post(reverse("roster_upload"), {"county": "450125", "sheet": SimpleUploadedFile(f"{NAME}{ID}.xlsx", content)})
        addresses.append(answer.headers.get("Location", ""))
        upload = RosterUpload.objects.first()
        assert upload is not None
        for job in Job.objects.filter(state="queued"):
            work.do(job.pk)
        client.get(reverse("roster_import", args=[upload.pk]))
        addresses.append(client.post(reverse("roster_confirm", args=[upload.pk])).headers["Location"])
        for job in Job.objects.filter(state="queued"):
            work.do(job.pk)
        rejects = client.get(reverse("roster_rejects", args=[upload.pk]))
        addresses.append(rejects.headers.get("Content-Disposition", ""))
    addresses += [client.post(reverse("search"), {"q": typed})["Location"] for typed in (ID, NAME, "qmk")]
    student = Student.objects.get()
    revealed = client.post(reverse("student_reveal", args=[student.pk]), {"field": "id_number", "reason": "核对"})

    assert ID in revealed.content.decode()  # the markers are there to be found
    assert student.guardians.get().phone == PHONE
    stored = everything_in(
        "students_student", "students_guardian", "office_job", "office_auditline", "office_privatefile", "students_rosterupload"
    )
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert student.id_index in stored
    for marker in MARKERS:
        assert marker not in caplog.text
        assert marker not in " ".join(addresses)
        assert marker not in stored
        assert marker.encode() not in on_disk
    assert NAME not in caplog.text
    assert NAME not in " ".join(addresses)
    assert NAME not in everything_in("office_job", "office_auditline", "office_privatefile", "students_rosterupload")
    assert NAME.encode() not in on_disk
    assert AuditLine.objects.count() > 5
