"""Rosters in the background: ids only, refetched, harmless when late or twice."""

from __future__ import annotations

import io

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from office import files
from office.jobs import Outcome, handles
from office.models import Job
from office.refusals import Refused
from office.sheets_in import Table
from office.sheets_in.files import open_table
from students.actions.roster_upload import check_roster, take_in_roster
from students.models import RosterUpload
from students.rules.roster import HEADERS


def _page(job: Job) -> list[tuple[str, str]]:
    return [("看这份花名册", reverse("roster_import", args=[job.payload["upload"]]))]


@handles("roster.check", title="检查花名册", links=_page)
def check(job: Job) -> Outcome:
    upload = _upload(job)
    check_roster(upload=upload, table=_table(upload), by=_sender(upload), at=timezone.now(), progress=job.progress)
    return Outcome("检查完了。")


@handles("roster.import", title="导入花名册", links=_page)
def take_in(job: Job) -> Outcome:
    upload = _upload(job)
    if upload.done_at is None:
        agreed = frozenset(job.payload["confirmed"])
        take_in_roster(upload=upload, table=_table(upload), confirmed=agreed, by=_sender(upload), at=timezone.now())
    return Outcome("导入完了。")


def _upload(job: Job) -> RosterUpload:
    upload: RosterUpload = RosterUpload.objects.select_related("sheet", "findings", "rejects", "by").get(pk=job.payload["upload"])
    return upload


def _table(upload: RosterUpload) -> Table:
    if upload.sheet is None:
        raise Refused("这份表格已超过保存期限，请重新上传。")
    return open_table(io.BytesIO(files.read(upload.sheet)), HEADERS)


def _sender(upload: RosterUpload) -> User:
    """As they stand today: whoever lost the role brings nothing in any more."""
    sender: User = upload.by
    if not sender.is_active:
        raise Refused("上传的人已停用。")
    return sender.stand(on=timezone.localdate())
