"""The demo's latest visits as teachers log them on the page: with pictures, with the guardian's signature, and some with a question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from accounts.rules import Role
from office.pictures import digest_of
from reports.demo.children import DemoChild
from reports.demo.outings import DemoOuting
from reports.demo.places import COUNTY, SCHOOLS, SPECIAL_SCHOOL
from reports.demo.practising import HOMEWORKS, MOODS, PARTICIPATIONS, Practices
from reports.demo.scenes import Picture, draw_picture
from reports.demo.sheets import Texts
from reports.demo.signatures import Strokes, sign
from reports.demo.stories import month_before
from students.models import Case, Consent
from visits.actions import receive, write_visit
from visits.models import Photo, Visit
from visits.rules.writing import VisitContent

FIRST = frozenset({SPECIAL_SCHOOL.code, *(SCHOOLS[number].code for number in (6, 8, 9))})
"""Schools that log on the page since last month; the others began with this one, and sent sheets before."""

ODD_PICTURES = {3: "reused", 24: "other_day", 41: "late", 58: "skewed"}
"""Which child (by its number) has which oddity, whenever it is visited."""

MODES = {"入户": Visit.Mode.HOME.value, "集中": Visit.Mode.CENTRE.value, "远程": Visit.Mode.REMOTE.value}
REASONS = {str(label): value for value, label in Visit.Missed.choices}
FORGOTTEN = timedelta(days=9)  # for so long, where a record is late


def is_logged(outing: DemoOuting, today: date) -> bool:
    """Whether a teacher wrote it on the page: what is over and of children who are where they were then."""
    since = month_before(today.replace(day=1)) if outing.school.code in FIRST else today.replace(day=1)
    return outing.on >= since and not outing.is_planned and all(_is_still_there(child, outing) for child in outing.children)


def log_visits(outings: Iterable[DemoOuting], texts: Texts, practices: Practices, *, at: datetime) -> None:
    """Each of them written by the action that the page calls, and its pictures received one by one."""
    logger = _Logger(texts, practices, at)
    for outing in outings:
        logger.log(outing)


def _is_still_there(child: DemoChild, outing: DemoOuting) -> bool:
    return child.stays[-1].until is None and child.stays[-1].school is outing.school and child.stays[-1].since <= outing.on


@dataclass(slots=True)
class _Shot:
    """A picture that is sent after the text."""

    key: UUID
    content: bytes
    line: dict[str, Any]


class _Logger:
    """Looks people and children up once, and remembers each child's last picture."""

    def __init__(self, texts: Texts, practices: Practices, at: datetime) -> None:
        self._texts, self._practices, self._at = texts, practices, at
        people = User.objects.of_county(COUNTY).order_by("pk")
        self._users: dict[str, User] = {user.name: user for user in people}
        admins = people.filter(posts__role=Role.SCHOOL_ADMIN).values_list("posts__school__code", "name")
        self._admins = {code: self._users[name] for code, name in admins if code}
        open_cases = Case.objects.filter(student__county=COUNTY, ends_on=None).select_related("student", "school")
        self._cases: dict[tuple[str, str], Case] = {(case.student.name, case.school.code): case for case in open_cases if case.school}
        agreed = Consent.objects.to_photos(timezone.localdate(at)).values_list("student", flat=True)
        self._agreed = set(agreed)
        self._last: dict[int, Picture] = {}

    def log(self, outing: DemoOuting) -> None:
        rng = Random(f"{outing.on}{outing.start}{outing.children[0].number}")  # noqa: S311 — drawn content, not secrets
        start = timezone.make_aware(datetime.combine(outing.on, outing.start))
        oddity = ODD_PICTURES.get(outing.children[0].number, "")
        written = start + timedelta(minutes=outing.minutes + rng.randint(40, 300)) + (FORGOTTEN if oddity == "late" else timedelta())
        written = min(self._at, written)
        told = {child.number: self._texts.of(child, repeats=outing.repeats) for child in self._present(outing)}
        shots = self._shots(outing, told, start, oddity, rng)
        by = self._author(outing)
        content = VisitContent.read(self._content(outing, told, shots, rng))
        key = UUID(int=rng.getrandbits(128), version=4)
        drift = 1500 if oddity == "skewed" else rng.randint(-20, 40)
        device_at = written + timedelta(seconds=drift)
        write_visit(visit_id=key, content=content, base_version=0, by=by, at=written, device_at=device_at, drift=drift)
        for shot in shots:
            photo = Photo.objects.select_related("visit__school").get(pk=shot.key)
            receive(photo=photo, content=shot.content, by=by, at=min(self._at, written + timedelta(minutes=2)))

    # --- the text ---

    def _present(self, outing: DemoOuting) -> list[DemoChild]:
        away = dict(outing.absent)
        return [] if outing.missed else [child for child in outing.children if child.number not in away]

    def _case(self, child: DemoChild, outing: DemoOuting) -> Case:
        return self._cases[child.name, outing.school.code]

    def _author(self, outing: DemoOuting) -> User:
        """A teacher of all the children who went along, or the school's admin."""
        theirs = [name for name in outing.teachers if all(name in child.stays[-1].teachers for child in outing.children)]
        user = self._users[theirs[0]] if theirs else self._admins[outing.school.code]
        user.stand(on=timezone.localdate(self._at))
        return user

    def _content(self, outing: DemoOuting, told: dict[int, tuple[str, str, str]], shots: list[_Shot], rng: Random) -> dict[str, Any]:
        signed = [given for child in self._present(outing) if (given := self._signature(child, outing, rng))]
        return {
            "on": outing.on.isoformat(),
            "start": f"{outing.start:%H:%M}",
            "end": f"{outing.end:%H:%M}",
            "mode": MODES[outing.mode],
            "channel": rng.choice(("video", "video", "phone")) if outing.mode == "远程" else "",
            "place": "资源教室" if outing.mode == "集中" else "",
            "state": "missed" if outing.missed else "done",
            "missed_reason": REASONS[outing.missed] if outing.missed else "",
            "people": [str(self._users[name].pk) for name in outing.teachers],
            "companions": list(outing.companions),
            "records": [self._record(child, outing, told, rng) for child in outing.children],
            "photos": [shot.line for shot in shots],
            "confirmations": signed,
        }

    def _record(self, child: DemoChild, outing: DemoOuting, told: dict[int, tuple[str, str, str]], rng: Random) -> dict[str, Any]:
        case = str(self._case(child, outing).pk)
        if child.number not in told:
            away = outing.missed or dict(outing.absent)[child.number]
            return {"case": case, "present": False, "absent_reason": REASONS[away]}
        teaching, rehabilitation, family = told[child.number]
        return {
            "case": case,
            "present": True,
            "lessons": "" if outing.lessons is None else str(outing.lessons),
            "teaching": teaching,
            "rehabilitation": rehabilitation,
            "family": family,
            "mood": rng.choice(MOODS),
            "participation": rng.choice(PARTICIPATIONS),
            "last_homework": Random(f"{child.number}{outing.on}").choice(HOMEWORKS),  # noqa: S311
            "practised": self._practices.of(child, outing.on),
        }

    # --- the evidence ---

    def _signature(self, child: DemoChild, outing: DemoOuting, rng: Random) -> dict[str, Any] | None:
        """Most sign themselves; where nobody at home can write, the neighbour does before a witness; now and then it is forgotten."""
        way = rng.choices(("signature", "proxy", "phone", ""), (88, 5, 4, 3))[0]
        if outing.mode == "远程" and way != "":
            way = "phone"
        if not way:
            return None
        family = child.family
        hand = Random(family.caregiver)  # noqa: S311 — everybody has their own hand
        strokes: Strokes | None = sign(family.caregiver, hand) if way in ("signature", "proxy") else None
        return {
            "id": str(UUID(int=rng.getrandbits(128), version=4)),
            "case": str(self._case(child, outing).pk),
            "kind": way,
            "signer": family.caregiver,
            "relation": family.caregiver_relation,
            "witness": outing.teachers[0] if way == "proxy" else "",
            "strokes": strokes,
            "photo": None,
        }

    def _shots(self, outing: DemoOuting, told: dict[int, tuple[str, str, str]], start: datetime, oddity: str, rng: Random) -> list[_Shot]:
        """Two pictures as a rule, three or only one at times; none where a family does not want any."""
        shown = [child for child in self._present(outing) if self._case(child, outing).student_id in self._agreed]
        if not shown:
            return []
        cases = [str(self._case(child, outing).pk) for child in shown]
        count = 1 if outing.mode == "远程" else rng.choices((1, 2, 3), (4, 80, 16))[0]
        shots = []
        for place in range(count):
            taken = start + timedelta(minutes=rng.randint(10, max(11, outing.minutes - 5)))
            taken -= timedelta(days=1 if oddity == "other_day" and place == 0 else 0)
            kind = "screenshot" if outing.mode == "远程" else "photo"
            picture = self._picture(shown[0], told[shown[0].number][0], rng, again=oddity == "reused" and place == 0)
            shots.append(_shot(picture, cases, taken, kind, rng))
        return shots

    def _picture(self, child: DemoChild, teaching: str, rng: Random, *, again: bool) -> Picture:
        """Of what was taught; `again`: the one that was sent the last time."""
        if again and child.number in self._last:
            return self._last[child.number]
        areas = [part.split("】")[0] for part in teaching.split("【")[1:]]
        self._last[child.number] = picture = draw_picture(rng, about=rng.choice(areas))
        return picture


def _shot(picture: Picture, cases: list[str], taken: datetime, kind: str, rng: Random) -> _Shot:
    key = UUID(int=rng.getrandbits(128), version=4)
    line = {
        "id": str(key),
        "digest": digest_of(picture.content),
        "size": len(picture.content),
        "kind": kind,
        "caption": picture.caption,
        "taken_at": taken.isoformat(),
        "cases": cases,
    }
    return _Shot(key, picture.content, line)
