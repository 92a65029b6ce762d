"""Archives of a school year: made from what is on record, at once or by a job, and handed out with a line in the audit.

Source: docs/rules.md, "Archives".
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.rules import Role
from counties.models import School
from office import files
from office.audit import record, record_all
from office.fields import Unreadable
from office.jobs import enqueue
from office.models import Job, PrivateFile
from office.pdf import Medium
from office.refusals import Refused
from plans.querysets import HEADS
from plans.sheets.signing import papers_of
from reports.figures.archive import Scope, YearOfChild, children_of, size_of, taken_back, year_of_child
from reports.sheets.archive import archive, file_name, print_archive
from students.codes import SERVED_STATES
from students.models import Student
from visits.models import Photo

CHILD, SCHOOL = "archive_child", "archive_school"
AT_ONCE = 10  # pages: more than that is a job
KEPT_FOR = timedelta(days=3)
ZIP = "application/zip"
PACKED = (1980, 1, 1, 0, 0, 0)  # what the files in a zip call their date: the clock is in no archive


@dataclass(frozen=True)
class Made:
    """An archive of one child. `photos` are the pictures it shows."""

    name: str
    content: bytes
    pages: int
    photos: tuple[str, ...]

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()

    def line(self) -> dict[str, Any]:
        """What a manifest says of it."""
        return {"name": self.name, "pages": self.pages, "bytes": len(self.content), "sha256": self.digest}


# --- Who may ------------------------------------------------------------------------------------------


def scope_for(user: User, student: Student) -> Scope | None:
    """Whose share of a child's years a person may take away: heads that of their schools, a county's staff all of it
    without the signatures; None for everybody else."""
    headed = user.reach.schools(*HEADS)
    if student.cases.filter(school__in=headed, state__in=SERVED_STATES).exists():
        return Scope(frozenset(headed))
    return Scope(None, signatures=False) if needs_reason(user, student.county_id) else None


def scope_of_school(user: User, school: School) -> Scope | None:
    if school.pk in user.reach.schools(*HEADS):
        return Scope(frozenset({school.pk}))
    return Scope(frozenset({school.pk}), signatures=False) if needs_reason(user, school.county_id) else None


def needs_reason(user: User, county: str) -> bool:
    return county in user.reach.areas(Role.COUNTY_STAFF)


# --- Making ---------------------------------------------------------------------------------------------


def build(*, student: UUID, year: int, scope: Scope, on: date) -> Made:
    """The archive as the record stands; pictures as consent stands on the day `on`. Raises Refused for what cannot be laid out."""
    taken = year_of_child(student, year, scope=scope, on=on)
    media = _media(taken)
    page = archive(taken, readable=frozenset(media))
    made = print_archive(page, media)
    return Made(file_name(student, year), made.content, made.pages, tuple(picture.id for picture in page.pictures))


def build_all(
    *, students: Sequence[UUID], year: int, scope: Scope, on: date, tell: Callable[[int, int], None] = lambda done, total: None
) -> Iterable[Made]:
    """One after the other; `tell` hears how far it is."""
    for number, student in enumerate(students):
        tell(number, len(students))
        yield build(student=student, year=year, scope=scope, on=on)


def manifest(year: int, made: Sequence[Made]) -> bytes:
    """`{"year", "files": [{"name", "pages", "bytes", "sha256"}]}`, in the order of the names."""
    lines = [each.line() for each in sorted(made, key=lambda each: each.name)]
    return json.dumps({"year": year, "files": lines}, ensure_ascii=False, indent=1).encode()


def packed(year: int, made: Sequence[Made]) -> bytes:
    """A zip of the archives and their manifest; the same archives give the same bytes."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_STORED) as box:
        for name, content in [*sorted((each.name, each.content) for each in made), ("manifest.json", manifest(year, made))]:
            box.writestr(zipfile.ZipInfo(name, date_time=PACKED), content)
    return output.getvalue()


def _media(taken: YearOfChild) -> dict[str, Medium]:
    """The pictures the archive may show, each as it is kept: without what the camera wrote into it."""
    photos: dict[str, Photo] = {str(photo.pk): photo for record in taken.records for photo in record.photos.all()}
    media = papers_of(one for plan in taken.plans for one in plan.signatures.all()) if taken.scope.signatures else {}
    if taken.scope.signatures:
        papers = [one.photo for record in taken.records for one in record.confirmations.all() if one.photo and one.photo.file]
        photos |= {str(photo.pk): photo for photo in papers}
    for key, photo in photos.items():
        if photo.file and (content := _content(photo.file)):
            media[key] = Medium(photo.file.content_type, content)
    return media


def _content(file: PrivateFile) -> bytes:
    try:
        return files.read(file)
    except Unreadable:
        return b""


# --- Asking, and handing out -----------------------------------------------------------------------------


def is_small(*, student: Student, year: int, scope: Scope) -> bool:
    """Whether it is made while one waits."""
    return size_of(student.pk, year, scope=scope) <= AT_ONCE


@transaction.atomic
def ask_for_archive(*, student: Student, year: int, scope: Scope, reason: str, by: User, at: datetime) -> Job:
    """A job that makes it; asked again within the minute it is the same one."""
    job = _ask(CHILD, student.pk, year, scope, by, at)
    detail = {"year": year, "reason": reason}
    record("archive.asked", subject=student.pk, by=by.pk, at=at, county=student.county_id, detail=detail)
    return job


@transaction.atomic
def ask_for_archives(*, school: School, year: int, scope: Scope, reason: str, by: User, at: datetime) -> Job:
    """A job that makes those of all children whom the school served in the year. Raises Refused where there are none."""
    count = len(children_of(school, year))
    if not count:
        raise Refused("这所学校这个学年没有送教的学生，没有档案可做。")
    job = _ask(SCHOOL, school.pk, year, scope, by, at)
    detail = {"year": year, "children": count, "reason": reason}
    record("archive.asked", subject=school.pk, by=by.pk, at=at, county=school.county_id, detail=detail)
    return job


def _ask(kind: str, of: UUID, year: int, scope: Scope, by: User, at: datetime) -> Job:
    schools = sorted(map(str, scope.schools)) if scope.schools is not None else None
    payload = {"of": str(of), "year": year, "schools": schools, "signatures": scope.signatures}
    return enqueue(kind, key=f"{kind}:{of}:{year}:{by.pk}:{at:%Y%m%d%H%M}", by=by.pk, at=at, payload=payload)


def asked_scope(job: Job) -> Scope:
    schools = job.payload["schools"]
    return Scope(None if schools is None else frozenset(map(UUID, schools)), signatures=job.payload["signatures"])


def keep(*, made: Sequence[Made], students: Sequence[UUID], job: Job, at: datetime) -> dict[str, Any]:
    """Keeps what a job made for a few days; what it says of it."""
    year = job.payload["year"]
    is_one = job.kind == CHILD
    name = made[0].name if is_one else f"songjiao-archives-{year}-{job.payload['of'][:8]}.zip"
    content, kind = (made[0].content, files.PDF) if is_one else (packed(year, made), ZIP)
    kept = files.keep(content, name=name, content_type=kind, by=job.by, at=at, keep_until=at + KEPT_FOR)
    photos = sorted({photo for each in made for photo in each.photos})
    return {"file": str(kept.pk), "pages": sum(each.pages for each in made), "photos": photos, "students": sorted(map(str, students))}


def file_of(job: Job, *, on: date) -> PrivateFile:
    """What the job made. Raises Refused when it is gone, or a guardian has taken back the consent to a picture in it."""
    file: PrivateFile | None = PrivateFile.objects.filter(pk=job.result["file"]).first() if job.result else None
    if file is None:
        raise Refused("做好的档案只保留三天，已经清除。请重新生成。")
    if taken_back(job.result["photos"], on):
        raise Refused("这份档案做好以后，有监护人撤回了照片的同意。请重新生成。")
    return file


def told(*, students: Sequence[UUID], year: int, digest: str, pages: int, county: str, by: User, at: datetime, reason: str = "") -> None:
    """The line in the audit of every child whose archive left the house."""
    detail = {"year": year, "pages": pages, "digest": digest[:16]} | ({"reason": reason} if reason else {})
    record_all([("archive.exported", student, detail) for student in students], by=by.pk, at=at, county=county)
