"""Pictures of a visit: announced with its text, received one by one, removed. Whole, or refused in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from office import files
from office.audit import record
from office.pictures import JPEG, Picture, digest_of, read_picture
from office.refusals import Refused
from students.models import Consent, Student
from visits.actions.confirming import keep_confirmed_at
from visits.actions.months import lock_months
from visits.models import Confirmation, Photo, Visit, VisitRecord
from visits.rules.evidence import SHOWING_CHILDREN

MOST_BYTES = 15 * 1024 * 1024
TOO_LARGE = "这张照片超过 15 MB，没有收下。请缩小后再传。"
CUT_OFF = "照片没有传完整，请再传一次。"
CHANGED = "传来的照片和登记的不是同一张，没有收下。请重新选这张照片。"
TAKEN = "这个编号的照片已经收到，内容不同。请重新选这张照片，作为新的一张再传。"
NOT_THIS_VISIT = "照片的编号不对。请重新选这张照片。"
DROPPED = "这次送教后来不要这张照片了，没有收下。"
NO_CONSENT = "监护人没有同意拍照：{names}。这张照片没有收下。先登记知情同意，再传照片。"
FILED = "这次送教已随月报上报，照片没有收下。月报退回后可以再传，手机里的照片请先留着。"


class OtherContent(Refused):
    """Another picture is already kept under that id."""


@transaction.atomic
def announce(*, visit: Visit, manifest: Iterable[Mapping[str, Any]], by: User, at: datetime) -> None:
    """The visit's pictures are those of `manifest` (the `photos` of its content): new ones await their file, those left out go.

    Called while the visit is written, which holds the locks. A picture without children shows all of the visit.
    """
    known = {str(photo.pk): photo for photo in Photo.objects.select_for_update().filter(visit=visit)}
    lines = list(manifest)
    _refuse_foreign({str(line["id"]) for line in lines} - set(known))
    _take_away([photo for key, photo in known.items() if key not in {str(line["id"]) for line in lines}])
    shown = dict(VisitRecord.objects.filter(visit=visit).values_list("case", "pk"))
    for position, line in enumerate(lines):
        photo = known.get(str(line["id"])) or Photo(pk=UUID(str(line["id"])), visit=visit, by=by)
        _tell(photo, line, position)
        photo.records.set([pk for case, pk in shown.items() if not line["cases"] or str(case) in map(str, line["cases"])])
    _keep_counts(visit)
    if lines or known:
        _record("photos.announced", visit, by=by, at=at, count=len(lines))


def receive(*, photo: Photo, content: bytes, by: User, at: datetime) -> Photo:
    """The file of an announced picture. Again: the same picture, nothing written.

    Raises Refused when it is not what was announced, no picture, or shows a child without consent, or the disk is full;
    OtherContent when another one is kept already.
    """
    if photo.file_id:
        return _same(photo, content)
    _check(photo, content, at=at)
    picture = read_picture(content)  # outside the transaction: nobody waits for it
    with transaction.atomic():
        visit = Visit.objects.get(pk=photo.visit_id)
        lock_months(_months(visit))
        photo = _announced_still(photo)
        if photo.file_id:
            return _same(photo, content)
        if VisitRecord.objects.filter(visit=visit, lock=VisitRecord.Lock.FILED).exists():
            raise Refused(FILED)
        _check(photo, content, at=at)  # the text may have changed meanwhile, or a consent was withdrawn
        _keep(photo, picture, by=by, at=at)
        _keep_counts(visit)
        _record("photo.received", visit, by=by, at=at, photo=photo.pk)
    return photo


@transaction.atomic
def remove(*, photo: Photo, by: User, at: datetime) -> None:
    """Takes one picture off its visit. Raises Refused while the visit is filed, and afterwards."""
    visit = Visit.objects.get(pk=photo.visit_id)
    lock_months(_months(visit))
    if VisitRecord.objects.filter(visit=visit).exclude(lock=VisitRecord.Lock.OPEN).exists():
        raise Refused("这次送教已随月报上报，照片不能删除。")
    _take_away([Photo.objects.select_for_update().get(pk=photo.pk)])
    _keep_counts(visit)
    _record("photo.removed", visit, by=by, at=at, photo=photo.pk)


# --- Announced ----------------------------------------------------------------------------------------


def _refuse_foreign(new: set[str]) -> None:
    if Photo.objects.filter(pk__in=new).exists():
        raise Refused(NOT_THIS_VISIT)


def _tell(photo: Photo, line: Mapping[str, Any], position: int) -> None:
    """What the manifest says of a picture; of one that is kept already the content stays."""
    if photo.file_id and photo.digest != line["digest"]:
        raise OtherContent(TAKEN)
    photo.digest, photo.size = line["digest"], line["size"]
    photo.kind, photo.caption, photo.position = line["kind"], line["caption"], position
    if not photo.file_id:
        photo.taken_at = _moment(line["taken_at"])
    photo.save()


def _moment(said: Any) -> datetime | None:
    if not said:
        return None
    moment = said if isinstance(said, datetime) else datetime.fromisoformat(str(said))
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _take_away(photos: Sequence[Photo]) -> None:
    """Gone, with their files and what they confirmed. Of a visit that was accepted they stay, unseen: a snapshot names them."""
    Confirmation.objects.filter(photo__in=photos).delete()
    accepted = set(Visit.objects.filter(photos__in=photos, records__lock=VisitRecord.Lock.ACCEPTED).values_list("pk", flat=True))
    for photo in photos:
        if photo.visit_id in accepted:
            photo.records.clear()
            continue
        kept = [file for file in (photo.file, photo.thumbnail) if file is not None]
        photo.delete()
        for file in kept:
            files.remove(file)


# --- Received -----------------------------------------------------------------------------------------


def _announced_still(photo: Photo) -> Photo:
    """The row, held until the transaction ends; the text may have dropped it meanwhile."""
    held: Photo | None = Photo.objects.select_for_update().filter(pk=photo.pk).first()
    if held is None:
        raise Refused(DROPPED)
    return held


def _same(photo: Photo, content: bytes) -> Photo:
    if digest_of(content) != photo.digest:
        raise OtherContent(TAKEN)
    return photo


def _check(photo: Photo, content: bytes, *, at: datetime) -> None:
    if len(content) > MOST_BYTES:
        raise Refused(TOO_LARGE)
    if len(content) < photo.size:
        raise Refused(CUT_OFF)
    if len(content) != photo.size or digest_of(content) != photo.digest:
        raise Refused(CHANGED)
    if photo.kind in SHOWING_CHILDREN and (names := _without_consent(photo, at=at)):
        raise Refused(NO_CONSENT.format(names="、".join(names)))


def _without_consent(photo: Photo, *, at: datetime) -> list[str]:
    """The names of the children shown for whom nobody has consented to photos, as of the day."""
    agreed = Consent.objects.to_photos(timezone.localdate(at)).values("student")
    shown = photo.records.order_by().values("student")
    return list(Student.objects.filter(pk__in=shown).exclude(pk__in=agreed).values_list("name", flat=True))


def _keep(photo: Photo, picture: Picture, *, by: User, at: datetime) -> None:
    kept: dict[str, Any] = {"content_type": JPEG, "by": by.pk, "at": at}
    photo.file = files.keep(picture.full, name="photo.jpg", **kept)
    photo.thumbnail = files.keep(picture.thumbnail, name="thumbnail.jpg", **kept)
    if picture.bands:
        photo.band_0, photo.band_1, photo.band_2, photo.band_3 = picture.bands
    if picture.taken_at:  # the camera's own word before the page's
        photo.taken_at = _moment(picture.taken_at)
    photo.received_at = at
    photo.save()


def _keep_counts(visit: Visit) -> None:
    """Of each record: how many received pictures show the child, and since when it is confirmed."""
    counts: dict[UUID, int] = {}
    shown = Photo.records.through.objects.filter(photo__visit=visit, photo__file__isnull=False, photo__kind__in=SHOWING_CHILDREN)
    for pk in shown.values_list("visitrecord", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    for one in VisitRecord.objects.filter(visit=visit).only("pk", "photo_count"):
        if one.photo_count != counts.get(one.pk, 0):
            VisitRecord.objects.filter(pk=one.pk).update(photo_count=counts.get(one.pk, 0))
    keep_confirmed_at(visit)


def _months(visit: Visit) -> set[tuple[UUID, Any]]:
    schools = {visit.school_id, *VisitRecord.objects.filter(visit=visit).order_by().values_list("school", flat=True)}
    return {(school, visit.on.replace(day=1)) for school in schools}


def _record(verb: str, visit: Visit, *, by: User, at: datetime, **detail: Any) -> None:
    record(verb, subject=visit.pk, by=by.pk, at=at, county=visit.school.county_id, detail=detail)
