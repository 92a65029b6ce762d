"""The files of a submission: printed from its snapshot and particulars alone, kept beside it, printed anew when these change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

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
    key, payload = f"{KIND}:{submission.pk}:{_state_of(submission)}", {"submission": str(submission.pk)}
    job = enqueue(KIND, key=key, by=by, at=at, payload=payload)
    if job.is_over and not is_printed(submission):  # what was printed was removed since, or could not be printed
        job = enqueue(KIND, key=f"{key}:{at:%Y%m%d%H%M}", by=by, at=at, payload=payload)
    return job


def print_submission(*, submission: Submission, at: datetime) -> Submission:
    """Stores PDF and workbook. Nothing happens where they are of this state already, or the state moved on meanwhile:
    whoever moved it has it printed again. Raises Refused for what cannot be laid out.
    """
    if not submission.snapshot or is_printed(submission):
        return submission
    page = printed(Snapshot.read(submission.snapshot), Particulars.read(submission.particulars))
    made = {"pdf": submission_pdf(page, _pictures(page)), "xlsx": submission_workbook(page)}
    return _keep(submission, made, at=at)


@transaction.atomic
def _keep(submission: Submission, made: dict[str, bytes], *, at: datetime) -> Submission:
    lock_months([(submission.school_id, submission.month)])
    now: Submission = Submission.objects.select_related("school", "pdf", "xlsx").get(pk=submission.pk)
    if _state_of(now) != _state_of(submission) or is_printed(now):
        return now
    former = [file for file in (now.pdf, now.xlsx) if file is not None]
    for kind, content in made.items():
        setattr(now, kind, files.keep(content, name=file_name(now, kind), content_type=TYPES[kind], by=None, at=at))
    now.save(update_fields=list(made))
    for file in former:
        files.remove(file)
    return now


def file_of(submission: Submission, kind: str) -> PrivateFile | None:
    """The submission's PDF or workbook as it stands; None while there is none, or only that of an earlier state."""
    file: PrivateFile | None = getattr(submission, kind)
    return file if file is not None and file.name == file_name(submission, kind) else None


def is_printed(submission: Submission) -> bool:
    return all(file_of(submission, kind) for kind in TYPES)


def file_name(submission: Submission, kind: str) -> str:
    """Month, school, version and what it was printed from: no name of anybody."""
    return f"songjiao-{submission.month:%Y-%m}-{submission.school.code}-v{submission.version}-{_state_of(submission)}.{kind}"


def _state_of(submission: Submission) -> str:
    """What the files are printed from: the snapshot, and the names and texts, which can be erased without it."""
    return sha256(f"{submission.digest}|{canonical(submission.particulars)}".encode()).hexdigest()[:12]


def _pictures(page: Printed) -> dict[str, Medium]:
    """The pictures of the photo sheet, each only if it is the very one that was filed; what is gone is told so on paper."""
    wanted = {photo.id: photo.digest for photo in page.photos}
    found = Photo.objects.received().filter(pk__in=_ids(wanted)).select_related("file")
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
