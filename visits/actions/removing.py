"""A picture is taken off its visit by those who may change it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from office.audit import record
from office.refusals import Refused
from visits.actions.writing import write_visit
from visits.models import Photo, VisitDraft, VisitRecord
from visits.querysets.writing import content_of
from visits.rules.writing import VisitContent

FILED = "这次送教已随月报上报，照片不能删除。"
UNSENT = "这次送教还有没提交的修改。请先提交或丢弃它，或者在修改的页面上删这张照片。"


@transaction.atomic
def remove(*, photo: Photo, by: User, at: datetime) -> None:
    """Writes a version of the visit whose manifest does not name the picture: a page opened before sees that it moved on.

    Raises Refused while the visit is filed, and afterwards, and while `by` has a draft of it; PermissionDenied for
    whoever may not change the visit; Conflict when it was written meanwhile.
    """
    visit, gone = photo.visit, str(photo.pk)
    if VisitRecord.objects.filter(visit=visit).exclude(lock=VisitRecord.Lock.OPEN).exists():
        raise Refused(FILED)
    if VisitDraft.objects.filter(visit=visit.pk, user=by).exists():
        raise Refused(UNSENT)
    plain = content_of(visit, by)
    plain["photos"] = [each for each in plain["photos"] if str(each["id"]) != gone]
    plain["confirmations"] = [each for each in plain["confirmations"] if str(each.get("photo")) != gone]
    write_visit(visit_id=visit.pk, content=VisitContent.read(plain), base_version=visit.version, by=by, at=at)
    record("photo.removed", subject=visit.pk, by=by.pk, at=at, county=visit.school.county_id, detail={"photo": photo.pk})
