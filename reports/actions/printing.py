"""The files of a submission: printed from its snapshot and particulars alone, kept beside it, printed anew when these change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from office import files
from office.fields import Unreadable
from office.jobs import enqueue
from office.models import Job, PrivateFile
from office.pdf import Medium
from reports.models import Submission
from reports.sheets.documents import submission_pdf, submission_workbook
from reports.sheets.frozen import canonical
from reports.sheets.particulars import Particulars
from reports.sheets.printing import Printed, printed
from reports.sheets.snapshot import Snapshot
from visits.actions import lock_months
from visits.models import Photo

KIND = "print_submission"
TYPES = {"pdf": files.PDF, "xlsx": files.XLSX}


def ask_for_print(*, submission: Submission, by: UUID | None, at: datetime) -> Job:
    """Has the submission printed as it stands; asked again while nothing changed it is the same job, unless that one is over."""
    today = localdate(at)
    key, payload = f"{KIND}:{submission.pk}:{_state_of(submission, today)}", {"submission": str(submission.pk)}
    job = enqueue(KIND, key=key, by=by, at=at, payload=payload)
    if job.is_over and not is_printed(submission, today):  # what was printed was removed since, or could not be printed
        job = enqueue(KIND, key=f"{key}:{at:%Y%m%d%H%M}", by=by, at=at, payload=payload)
    return job


def print_submission(*, submission: Submission, at: datetime) -> Submission:
    """Stores PDF and workbook. Nothing happens where they are of this state already, or the state moved on meanwhile:
    whoever moved it has it printed again. Raises Refused for what cannot be laid out.
    """
    today = localdate(at)
    if not submission.snapshot or is_printed(submission, today):
        return submission
    page = printed(Snapshot.read(submission.snapshot), Particulars.read(submission.particulars))
    made = {"pdf": submission_pdf(page, _pictures(page, today)), "xlsx": submission_workbook(page)}
    return _keep(submission, made, at=at)


@transaction.atomic
def _keep(submission: Submission, made: dict[str, bytes], *, at: datetime) -> Submission:
    lock_months([(submission.school_id, submission.month)])
    now: Submission = Submission.objects.select_related("school", "pdf", "xlsx").get(pk=submission.pk)
    today = localdate(at)
    if _state_of(now, today) != _state_of(submission, today) or is_printed(now, today):
        return now
    former = [file for file in (now.pdf, now.xlsx) if file is not None]
    for kind, content in made.items():
        setattr(now, kind, files.keep(content, name=file_name(now, kind, today), content_type=TYPES[kind], by=None, at=at))
    now.save(update_fields=list(made))
    for file in former:
        files.remove(file)
    return now


def file_of(submission: Submission, kind: str, on: date) -> PrivateFile | None:
    """The submission's PDF or workbook as it stands; None while there is none, or only that of an earlier state."""
    file: PrivateFile | None = getattr(submission, kind)
    return file if file is not None and file.name == file_name(submission, kind, on) else None


def is_printed(submission: Submission, on: date) -> bool:
    return all(file_of(submission, kind, on) for kind in TYPES)


def file_name(submission: Submission, kind: str, on: date) -> str:
    """Month, school, version and what it was printed from: no name of anybody."""
    return f"songjiao-{submission.month:%Y-%m}-{submission.school.code}-v{submission.version}-{_state_of(submission, on)}.{kind}"


def _state_of(submission: Submission, on: date) -> str:
    """What the files are printed from: the snapshot, the names and texts, which can be erased without it, and what is hidden."""
    said = f"{submission.digest}|{canonical(submission.particulars)}"
    hidden = "".join(sorted(hidden_photos(submission, on)))
    return sha256(f"{said}|{hidden}".encode() if hidden else said.encode()).hexdigest()[:12]


def hidden_photos(submission: Submission, on: date) -> set[str]:
    """The filed pictures of children whose guardian has withdrawn the consent to photos. One query, or none."""
    visits = Snapshot.read(submission.snapshot).visits if submission.snapshot else ()
    filed = _ids(photo.id for visit in visits for photo in visit.photos)
    return {str(pk) for pk in Photo.objects.filter(pk__in=filed).hidden(on).values_list("pk", flat=True)} if filed else set()


def _pictures(page: Printed, on: date) -> dict[str, Medium]:
    """The pictures of the photo sheet, each only if it is the very one that was filed; what is gone is told so on paper."""
    wanted = {photo.id: photo.digest for photo in page.photos}
    found = Photo.objects.received().agreed(on).filter(pk__in=_ids(wanted)).select_related("file")
    media = {}
    for photo in found:
        if photo.digest == wanted[str(photo.pk)] and (content := _content(photo.file)):
            media[str(photo.pk)] = Medium(photo.file.content_type, content)
    return media


def _content(file: PrivateFile) -> bytes:
    try:
        return files.read(file)
    except Unreadable:
        return b""


def _ids(texts: Iterable[str]) -> list[UUID]:
    return [UUID(text) for text in texts]
