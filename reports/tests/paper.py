"""A submission as it is printed in tests: made of values, no database."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from PIL import Image, ImageDraw

from counties.tests.make import at
from office.pdf import Medium
from reports.sheets.particulars import Child, FlagTexts, Particulars, Staff, Texts, flag_key
from reports.sheets.snapshot import (
    Change,
    CorrectionLine,
    Declaration,
    Figures,
    FlagLine,
    Line,
    PhotoLine,
    PolicyLine,
    Snapshot,
    Totals,
    VisitLine,
)

NAMES = ("覃小远", "黄嘉春", "蓝志冬", "韦小平", "农秋月", "罗建华")
OCTOBER = date(2026, 10, 1)
TEACHING = "认识常见水果的颜色和名称，用图片配对，跟读“苹果、香蕉、橙子”，能在口头提示下指认三种；练习自己握勺进食五分钟。"
FLAGGED = "入户只有一位教师签到"


def make_figures(**fields: object) -> Figures:
    values = {"verdict": "met", "owed": 2, "delivered": 2, "planned": 0, "reachable": 2, "lessons": Decimal(6), "missed": 0}
    lacks = {"short_visits": 0, "short_lessons": Decimal(0), "year_delivered": Decimal(12), "year_owed": Decimal(120)}
    return Figures(**(values | lacks | fields))  # type: ignore[arg-type]


def make_visit_line(record: str, start: datetime, **fields: object) -> VisitLine:
    values = {"visit": f"v-{record}", "on": start.date(), "starts_at": start, "ends_at": start + timedelta(hours=2), "mode": "home"}
    said = {"purpose": "teaching", "outcome": "done", "reason": "", "lessons": Decimal(3), "people": 2, "teachers": 2}
    proof = {"digest": "ab" * 32, "version": 1, "confirmation": "signature", "confirmed_at": start + timedelta(hours=2)}
    return VisitLine(record=record, **(values | said | proof | fields))  # type: ignore[arg-type]


def _lines(photos: int) -> Iterator[Line]:
    for number, _ in enumerate(NAMES):
        visits = [_visit_of(number, which, photos) for which in (0, 1)]
        if number == 1:
            missed: dict[str, Any] = {"outcome": "missed", "reason": "hospital", "lessons": Decimal(0)}
            missed |= {"confirmation": "", "confirmed_at": None, "photos": ()}
            visits[1] = replace(visits[1], **missed)
            short = make_figures(verdict="short", delivered=1, lessons=Decimal(3), missed=1, short_visits=1, short_lessons=Decimal(3))
            yield Line("c1", "cd" * 32, is_paused=False, figures=short, visits=tuple(visits))
        elif number == 5:
            late = replace(visits[0], month=date(2026, 9, 1), on=date(2026, 9, 29))
            paused = make_figures(verdict="not_owed", owed=0, delivered=0, reachable=0, lessons=Decimal(0))
            yield Line("c5", "cd" * 32, is_paused=True, figures=paused, visits=(late,))
        else:
            yield Line(f"c{number}", "cd" * 32, is_paused=False, figures=make_figures(), visits=tuple(visits))


def _visit_of(number: int, which: int, photos: int) -> VisitLine:
    record, start = f"r{number}{which}", at(f"2026-10-{12 + number + 7 * which:02} 14:00")
    flags: tuple[FlagLine, ...] = ()
    if which == 0 and number in (0, 2):
        flags = (FlagLine("too_few_staff", "e1", answered=number == 0, key=flag_key(record, "too_few_staff", "e1")),)
    taken = tuple(PhotoLine(f"p{number}{which}{each}", "ef" * 32) for each in range(photos))
    return make_visit_line(record, start, flags=flags, photos=taken, mark="new" if number == 3 and which else "")


def make_snapshot(*, photos: int = 3, **fields: object) -> Snapshot:
    totals = Totals(
        on_roll=5,
        paused=1,
        children_owed=5,
        children_served=5,
        owed=10,
        delivered=9,
        lessons=Decimal(27),
        by_mode={"home": 9, "centre": 0, "remote": 0},
        missed=1,
        missed_by_reason={"hospital": 1},
        rate=Fraction(9, 10),
        reachable_rate=Fraction(1),
        met=4,
        short=1,
        on_track=0,
        at_risk=0,
        year_delivered=Decimal(57),
        year_owed=Decimal(600),
        late_visits=1,
    )
    declaration = Declaration(
        words="本校保证所报送教记录真实，照片和家长确认均为当次送教所得。",
        needs_confirmation=True,
        deadline=at("2026-10-28 23:59:59"),
        confirmed_at=at("2026-10-27 16:00"),
        submitted_at=at("2026-10-28 09:00"),
        first_submitted_at=at("2026-10-28 09:00"),
        audit_count=1234,
        audit_head="9f" * 32,
    )
    values = {
        "county": "450125",
        "county_name": "上林县",
        "school": "2145001001",
        "school_name": "上林县石门小学",
        "month": OCTOBER,
        "version": 1,
        "as_of": at("2026-10-28 09:00"),
        "is_over": True,
        "is_nil": False,
        "totals": totals,
        "policy": PolicyLine("上林县 2021", date(2026, 9, 1), {}),
        "lines": tuple(_lines(photos)),
        "changes": (Change("entry", "c4", date(2026, 10, 9)), Change("pause", "c5", date(2026, 10, 1), date(2026, 11, 1))),
        "corrections": (CorrectionLine("v9:2", "v9", 2, date(2026, 9, 18), at("2026-10-11 10:00"), "aa" * 32, ("c0",)),),
        "declaration": declaration,
    }
    return Snapshot(**(values | fields))  # type: ignore[arg-type]


def make_particulars(snapshot: Snapshot, *, words: str = "") -> Particulars:
    """Names and texts of every key; with `words` all free texts are these."""
    texts = Texts(
        people=("韦志玲", words or "农子春"),
        teaching=words or TEACHING,
        rehabilitation=words or "被动关节活动二十分钟。",
        family=words or "每天睡前按摩双腿十分钟。",
        reason=words,
        signer=words or "覃大山",
        guardian_words=words,
    )
    return Particulars(
        children={f"c{n}": Child(f"s{n}", words or name, date(2015, 3, 8), "salt") for n, name in enumerate(NAMES)},
        records={visit.record: texts for visit in snapshot.visits},
        captions={photo.id: words or "认水果" for visit in snapshot.visits for photo in visit.photos},
        flags={
            flag.key: FlagTexts(words or FLAGGED, (words or "另一位教师临时开会，由村医陪同。") if flag.answered else "")
            for visit in snapshot.visits
            for flag in visit.flags
        },
        corrections={"v9:2": words or "课时记多了一节，已改为三节。"},
        staff=Staff(words or "蓝永浩", words or "黄校长"),
        requests=words or "韦小平家道路塌方，请协调乡镇修路。\n请增配一台移动评估箱。",
    )


def make_picture(number: int = 0) -> Medium:
    image = Image.new("RGB", (1200, 1600) if number % 3 == 0 else (1600, 1200), ("teal", "olive", "navy", "sienna")[number % 4])
    ImageDraw.Draw(image).ellipse((200, 200, 1000, 1000), fill="white")
    output = io.BytesIO()
    image.save(output, "JPEG", quality=80)
    return Medium("image/jpeg", output.getvalue())
