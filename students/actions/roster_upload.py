"""A roster sheet on screen: kept sealed, checked in the background, taken in when its sender says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from accounts.rules import Role
from counties.models import Area, School
from office import files
from office.audit import record
from office.jobs import enqueue
from office.models import PrivateFile
from office.refusals import Refused
from office.rules import full_day_text
from office.sheets_in import Table
from office.uploads import check_workbook
from students.actions.import_roster import import_roster
from students.models import RosterUpload, Student
from students.resources import rejects_workbook
from students.rules.matching import Step, move_day
from students.rules.roster import Fault
from students.sheets_in import Review, RowPlan, Scope, review

Progress = Callable[[int, int], object]
KEPT = timedelta(days=7)


def counties_of_importer(user: User) -> list[str]:
    """Where a person may bring children in: their county as its staff, their schools' counties as school admin."""
    own = School.objects.filter(pk__in=user.reach.schools(Role.SCHOOL_ADMIN)).values_list("county_id", flat=True)
    return sorted(user.reach.areas(Role.COUNTY_STAFF) | set(own))


def scope_of(user: User, county: str) -> Scope:
    """Whose children the person may bring in and change. Raises Refused when they may not, or no longer."""
    if county in user.reach.areas(Role.COUNTY_STAFF):
        return Scope(county=county, on=user.reach.on)
    schools = School.objects.filter(pk__in=user.reach.schools(Role.SCHOOL_ADMIN), county=county).values_list("pk", flat=True)
    if not schools:
        raise Refused("您现在没有导入花名册的职责。")
    seen = Student.objects.visible_to(user).values_list("pk", flat=True)
    return Scope(county=county, on=user.reach.on, schools=frozenset(schools), students=frozenset(seen))


@transaction.atomic
def upload_roster(*, stream: IO[bytes], county: Area, by: User, at: datetime, limit: int) -> RosterUpload:
    """Keeps the sheet for a week, and has it checked. Raises Refused for what is no workbook."""
    scope_of(by, county.pk)
    check_workbook(stream, limit=limit)
    sheet = files.keep(stream.read(), name="花名册.xlsx", content_type=files.XLSX, by=by.pk, at=at, keep_until=at + KEPT)
    upload = RosterUpload.objects.create(county=county, by=by, at=at, sheet=sheet)
    upload.checking = enqueue("roster.check", key=f"roster.check:{upload.pk}", by=by.pk, at=at, payload={"upload": str(upload.pk)})
    upload.save(update_fields=["checking"])
    record("roster.uploaded", subject=upload.pk, by=by.pk, at=at, county=county.pk)
    return upload


@transaction.atomic
def confirm_roster(*, upload: RosterUpload, confirmed: frozenset[int], by: User, at: datetime) -> None:
    """Has the good rows taken in; asking twice takes them in once.

    `confirmed`: numbers of the rows whose move or ending the person agrees to; only a county's staff may.
    """
    upload = RosterUpload.objects.select_for_update().get(pk=upload.pk)
    if upload.importing_id or upload.done_at:
        return
    if upload.sheet is None or upload.findings is None:
        raise Refused("这份表格还没有检查完，或已超过保存期限。请重新上传。")
    if scope_of(by, upload.county_id).schools is not None:
        confirmed = frozenset()
    payload = {"upload": str(upload.pk), "confirmed": sorted(confirmed)}
    upload.importing = enqueue("roster.import", key=f"roster.import:{upload.pk}", by=by.pk, at=at, payload=payload)
    upload.save(update_fields=["importing"])
    record("roster.confirmed", subject=upload.pk, by=by.pk, at=at, county=upload.county_id, detail={"agreed_rows": len(confirmed)})


def check_roster(*, upload: RosterUpload, table: Table, by: User, at: datetime, progress: Progress) -> None:
    """Judges the sheet and keeps what was found; `by` stands on the present day."""
    scope = scope_of(by, upload.county_id)
    judged = review(table, scope, progress=progress)
    with transaction.atomic():
        _keep_findings(upload, judged, scope, at=at)
        upload.save(update_fields=["findings", "rejects", "counts"])


@transaction.atomic
def take_in_roster(*, upload: RosterUpload, table: Table, confirmed: frozenset[int], by: User, at: datetime) -> None:
    """Takes the good rows in, judged anew; a second run finds that it is done. `by` stands on the present day."""
    upload = RosterUpload.objects.select_for_update().get(pk=upload.pk)
    if upload.done_at:
        return
    scope = scope_of(by, upload.county_id)
    judged = import_roster(table=table, scope=scope, by=by, at=at, confirmed=confirmed)
    _keep_findings(upload, judged, scope, at=at)
    sheet, upload.sheet, upload.done_at = upload.sheet, None, at
    upload.save(update_fields=["sheet", "findings", "rejects", "counts", "done_at"])
    if sheet is not None:
        files.remove(sheet)


def _keep_findings(upload: RosterUpload, judged: Review, scope: Scope, *, at: datetime) -> None:
    """Sealed, in place of what was found before: the findings for the page, and the rejected rows to be corrected."""
    before = [file for file in (upload.findings, upload.rejects) if file is not None]
    upload.counts = judged.counts()
    content = json.dumps(findings_of(judged, scope), ensure_ascii=False).encode()
    upload.findings = _keep(content, "检查结果.json", "application/json", upload, at=at)
    upload.rejects = _keep(rejects_workbook(judged), "退回的行.xlsx", files.XLSX, upload, at=at) if upload.counts["rejected"] else None
    upload.save(update_fields=["findings", "rejects"])
    for file in before:
        files.remove(file)


def _keep(content: bytes, name: str, content_type: str, upload: RosterUpload, *, at: datetime) -> PrivateFile:
    return files.keep(content, name=name, content_type=content_type, by=upload.by_id, at=at, keep_until=at + KEPT)


def findings_of(judged: Review, scope: Scope) -> dict[str, Any]:
    """What the page shows of each row that wants a look: plain JSON."""
    names = dict(School.objects.of_county(scope.county).values_list("pk", "name"))
    return {
        "rejected": [_line(judged, plan, plan.judged.faults) for plan in judged.plans if plan.judged.faults],
        "warnings": [_line(judged, plan, plan.judged.warnings) for plan in judged.plans if plan.judged.warnings],
        "asks": [_ask(plan, names, scope) for plan in judged.plans if scope.schools is None and plan.asks],
    }


def _line(judged: Review, plan: RowPlan, faults: list[Fault]) -> dict[str, Any]:
    said = [{"column": judged.column(fault.field), "message": fault.message} for fault in faults]
    return {"row": plan.judged.row.number, "name": plan.written_name, "faults": said}


def _ask(plan: RowPlan, names: dict[UUID, str], scope: Scope) -> dict[str, Any]:
    """What agreeing to the row would do, in words."""
    entry, case, words = plan.entry, plan.case.case, []
    if case is not None and Step.MOVE in plan.case.steps:
        since = f"，自{full_day_text(move_day(entry, case, scope.on))}起" if case.is_served else ""
        words.append(f"由{names[case.school] if case.school else '未定学校'}转到{names[entry.school] if entry.school else ''}{since}")
    if Step.END in plan.case.steps and entry.ends_on:
        words.append(f"{full_day_text(entry.ends_on)}终止送教")
    return {"row": plan.judged.row.number, "name": plan.written_name, "words": "；".join(words)}
