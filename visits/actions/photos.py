"""Pictures of a visit: announced with its text, received one by one. Whole, or refused in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from office import files
from office.audit import Told, record
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
    known = {str(photo.pk): photo for photo in Photo.objects.select_for_update().filter(visit=visit).order_by("position", "pk")}
    lines = list(manifest)
    _refuse_foreign({str(line["id"]) for line in lines} - set(known))
    _take_away([photo for key, photo in known.items() if key not in {str(line["id"]) for line in lines}])
    cases = {str(case): pk for case, pk in VisitRecord.objects.filter(visit=visit).values_list("case", "pk")}
    for position, line in enumerate(lines):
        photo = known.get(str(line["id"])) or Photo(pk=UUID(str(line["id"])), visit=visit, by=by)
        _told(photo, line, position).save()
        photo.records.set(VisitRecord.objects.filter(pk__in=_shown_by(line, cases)))
    _keep_evidence_counts(visit.pk)
    if lines or known:
        record("photos.announced", subject=visit.pk, by=by.pk, at=at, county=visit.school.county_id, detail={"count": len(lines)})


def announce_first(*, visit: Visit, manifest: Sequence[Mapping[str, Any]], records: Iterable[VisitRecord], by: User) -> list[Told]:
    """The same for a visit written for the first time, in few steps. Returns what its writer has still to record."""
    if not manifest:
        return []
    lines = {str(line["id"]): line for line in manifest}
    _refuse_foreign(set(lines))
    photos = [_told(Photo(pk=UUID(key), visit=visit, by=by), line, position) for position, (key, line) in enumerate(lines.items())]
    Photo.objects.bulk_create(photos)
    cases = {str(record.case_id): record.pk for record in records}
    through = Photo.records.through
    shown = [through(photo_id=key, visitrecord_id=pk) for key, line in lines.items() for pk in _shown_by(line, cases)]
    through._default_manager.bulk_create(shown)
    return [("photos.announced", visit.pk, {"count": len(manifest)})]


def receive(*, photo: Photo, content: bytes, by: User, at: datetime) -> Photo:
    """The file of an announced picture. Again: the same picture, nothing written.

    Raises Refused when it is not what was announced, no picture, or shows a child without consent, or the disk is full;
    OtherContent when another one is kept already.
    """
    if photo.file_id:
        return _same(photo, content)
    digest = digest_of(content)
    _check(photo, content, digest)
    picture = read_picture(content)  # outside the transaction: nobody waits for it
    months = {(photo.visit.school_id, photo.visit.on.replace(day=1))}
    while True:
        with transaction.atomic():
            lock_months(months)
            shown = _shown(photo.visit_id)
            if (lies_in := {(each.school, each.on.replace(day=1)) for each in shown}) <= months:
                return _take_in(photo, content, digest, picture, shown, by=by, at=at)
        months |= lies_in  # other schools' children too, or moved meanwhile: all of them are held in their order


# --- Announced ----------------------------------------------------------------------------------------


def _refuse_foreign(new: set[str]) -> None:
    if Photo.objects.filter(pk__in=new).exists():
        raise Refused(NOT_THIS_VISIT)


def _shown_by(line: Mapping[str, Any], cases: Mapping[str, UUID]) -> list[UUID]:
    """The records of the children that a picture shows: those it names, or all of the visit."""
    named = {str(case) for case in line["cases"]}
    return [pk for case, pk in cases.items() if not named or case in named]


def _told(photo: Photo, line: Mapping[str, Any], position: int) -> Photo:
    """What the manifest says of a picture; of one that is kept already the content stays."""
    if photo.file_id and photo.digest != line["digest"]:
        raise OtherContent(TAKEN)
    photo.digest, photo.size = line["digest"], line["size"]
    photo.kind, photo.caption, photo.position = line["kind"], line["caption"], position
    if not photo.file_id:
        photo.taken_at = _moment(line["taken_at"])
    return photo


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


def _take_in(photo: Photo, content: bytes, digest: str, picture: Picture, shown: list[Shown], *, by: User, at: datetime) -> Photo:
    """What may have come meanwhile is asked again: the months are held, nobody else writes the visit or its pictures."""
    if not any(each.awaits(photo) for each in shown):  # it shows nobody, or the text was written anew, or it came already
        photo = _announced_still(photo)
        if photo.file_id:
            return _same(photo, content)
        _check(photo, content, digest)
    _refuse_filed_or_unwilling(photo, shown, at=at)
    _keep(photo, picture, by=by, at=at)
    _keep_counts(photo.visit_id, [each.having(photo) for each in shown])
    if Confirmation.objects.filter(photo=photo).exists():
        keep_confirmed_at(photo.visit_id)
    county = photo.visit.school.county_id
    record("photo.received", subject=photo.visit_id, by=by.pk, at=at, county=county, detail={"photo": photo.pk})
    return photo


def _announced_still(photo: Photo) -> Photo:
    """The row, held until the transaction ends; the text may have dropped it meanwhile."""
    held: Photo | None = Photo.objects.select_for_update().filter(pk=photo.pk).order_by("pk").first()
    if held is None:
        raise Refused(DROPPED)
    return held


def _same(photo: Photo, content: bytes) -> Photo:
    if digest_of(content) != photo.digest:
        raise OtherContent(TAKEN)
    return photo


def _check(photo: Photo, content: bytes, digest: str) -> None:
    if len(content) > MOST_BYTES:
        raise Refused(TOO_LARGE)
    if len(content) < photo.size:
        raise Refused(CUT_OFF)
    if len(content) != photo.size or digest != photo.digest:
        raise Refused(CHANGED)


def _refuse_filed_or_unwilling(photo: Photo, shown: Iterable[Shown], *, at: datetime) -> None:
    """Under the locks: a filing or a withdrawn consent may have come meanwhile."""
    if any(each.lock == VisitRecord.Lock.FILED for each in shown):
        raise Refused(FILED)
    children = {each.student for each in shown if each.photo == photo.pk}
    if photo.kind in SHOWING_CHILDREN and (names := _without_consent(children, at=at)):
        raise Refused(NO_CONSENT.format(names="、".join(names)))


def _without_consent(children: set[UUID], *, at: datetime) -> list[str]:
    """The names of those for whom nobody has consented to photos, as of the day."""
    without = children - Consent.objects.agreed_to_photos(children, timezone.localdate(at))
    return list(Student.objects.filter(pk__in=without).values_list("name", flat=True)) if without else []


def _keep(photo: Photo, picture: Picture, *, by: User, at: datetime) -> None:
    pictures = {"photo.jpg": picture.full, "thumbnail.jpg": picture.thumbnail}
    photo.file, photo.thumbnail = files.keep_all(pictures, content_type=JPEG, by=by.pk, at=at)
    if picture.bands:
        photo.band_0, photo.band_1, photo.band_2, photo.band_3 = picture.bands
    if picture.taken_at:  # the camera's own word before the page's
        photo.taken_at = _moment(picture.taken_at)
    photo.received_at = at
    told = ["taken_at"] if picture.taken_at else []
    photo.save(update_fields=["file", "thumbnail", "band_0", "band_1", "band_2", "band_3", "received_at", *told])


# --- What the records repeat of their pictures ------------------------------------------------------------


class Shown(NamedTuple):
    """A record with one of the pictures that show its child, or with none."""

    record: UUID
    student: UUID
    school: UUID
    on: date
    lock: str
    counted: int  # as kept so far
    photo: UUID | None
    file: UUID | None
    digest: str | None
    size: int | None
    kind: str | None

    def awaits(self, photo: Photo) -> bool:
        """Whether the picture is still to come, as it was announced when `photo` was loaded."""
        announced = (photo.pk, None, photo.digest, photo.size, photo.kind)
        return (self.photo, self.file, self.digest, self.size, self.kind) == announced

    def having(self, photo: Photo) -> Shown:
        return self._replace(file=photo.file_id) if self.photo == photo.pk else self


def _shown(visit: UUID) -> list[Shown]:
    names = [
        "pk",
        "student",
        "school",
        "on",
        "lock",
        "photo_count",
        *(f"photos{part}" for part in ("", "__file", "__digest", "__size", "__kind")),
    ]
    return [Shown(*row) for row in VisitRecord.objects.filter(visit=visit).order_by().values_list(*names)]


def _keep_evidence_counts(visit: UUID) -> None:
    _keep_counts(visit, _shown(visit))
    keep_confirmed_at(visit)


def _keep_counts(visit: UUID, shown: Iterable[Shown]) -> None:
    """Of each record: how many received pictures show the child."""
    before: dict[UUID, int] = {}
    counts: Counter[UUID] = Counter()
    for each in shown:
        before[each.record] = each.counted
        counts[each.record] += each.file is not None and each.kind in SHOWING_CHILDREN
    for pk, count in counts.items():
        if count != before[pk]:
            VisitRecord.objects.filter(pk=pk, visit=visit).update(photo_count=count)


def _places(visit: UUID) -> tuple[str, set[tuple[UUID, date]]]:
    """The county of a visit, and the school months it lies in."""
    names = ("school__county", "on", "school", "records__school")
    rows = list(Visit.objects.filter(pk=visit).order_by().values_list(*names))
    return rows[0][0], {(school, on.replace(day=1)) for _, on, *schools in rows for school in schools if school}
