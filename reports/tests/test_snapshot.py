"""What is frozen reads the same, digests the same, and names nobody."""

from dataclasses import replace
from datetime import UTC, date
from decimal import Decimal
from fractions import Fraction

from counties.tests.make import at
from reports.sheets.particulars import Child, FlagTexts, Particulars, Texts, commitment, flag_key
from reports.sheets.snapshot import Declaration, Figures, FlagLine, Line, PhotoLine, PolicyLine, Snapshot, Totals, VisitLine

CHILD = Child("5f0c", "覃小远", date(2015, 3, 8), "ab" * 16)


def a_snapshot() -> Snapshot:
    """A school's October with one child and one visit; also for tests of what is printed from it."""
    visit = VisitLine(
        *("r1", "v1", date(2026, 10, 14), at("2026-10-14 14:00"), at("2026-10-14 16:00"), "home", "teaching", "done", ""),
        *(Decimal("3.00"), 2, 2, "00ff", 1),
        photos=(PhotoLine("p1", "aa"),),
        flags=(FlagLine("too_few_staff", "e1", answered=False, key=flag_key("r1", "too_few_staff", "e1")),),
    )
    figures = Figures("short", 2, 1, 0, 2, Decimal(3), 0, 1, Decimal(3), Decimal(3), Decimal(60))
    totals = Totals(
        *(1, 0, 1, 1, 2, 1, Decimal(3), {"home": 1, "centre": 0, "remote": 0}, 0, {}, Fraction(1, 2), Fraction(1, 2)),
        *(0, 1, 0, 0, Decimal(3), Decimal(60)),
    )
    return Snapshot(
        *("450125", "演示县", "2145009001", "石门小学", date(2026, 10, 1), 1, at("2026-11-01 09:00"), True, False),
        policy=PolicyLine("上林县 2021", date(2026, 9, 1), {"visits_per_period": 2}),
        totals=totals,
        lines=(Line("k1", commitment(CHILD), is_paused=False, figures=figures, visits=(visit,)),),
        changes=(),
        corrections=(),
        declaration=Declaration("属实。", needs_confirmation=False, deadline=at("2026-10-29 00:00")),
    )


def particulars() -> Particulars:
    words = FlagTexts("入户要两人以上。")
    return Particulars({"k1": CHILD}, {"r1": Texts(("韦志玲",), "认识水果")}, flags={flag_key("r1", "too_few_staff", "e1"): words})


def test_what_was_frozen_is_read_back() -> None:
    frozen = a_snapshot()

    assert Snapshot.read(frozen.canonical()) == frozen
    assert Snapshot.read(frozen.canonical()).digest == frozen.digest
    assert Particulars.read(particulars().plain()) == particulars()


def test_one_value_has_one_text_whatever_the_zone_and_the_zeros() -> None:
    frozen = a_snapshot()
    again = replace(frozen, as_of=at("2026-11-01 09:00").astimezone(UTC))

    assert again.digest == frozen.digest
    assert '"lessons":"3"' in frozen.canonical()
    assert replace(frozen, version=2).digest != frozen.digest


def test_what_is_frozen_names_no_child_and_survives_its_erasure() -> None:
    frozen, said = a_snapshot(), particulars()
    erased = said.without("k1", frozen.records)

    assert "覃小远" not in frozen.canonical()
    assert "覃小远" in str(said.plain())  # where it may be
    assert not {"覃小远", CHILD.salt, "认识水果", "入户要两人以上。"} & set(str(erased.plain()).split("'"))
    assert erased.name_of("k1") == "已删除"
    assert Snapshot.read(frozen.canonical()).digest == frozen.digest


def test_a_commitment_holds_for_this_child_only() -> None:
    assert a_snapshot().lines[0].commitment == commitment(CHILD)
    assert commitment(replace(CHILD, name="覃小近")) != commitment(CHILD)
    assert commitment(replace(CHILD, salt="00")) != commitment(CHILD)


def test_a_principal_confirms_what_is_said_not_when() -> None:
    frozen = a_snapshot()
    later = replace(frozen, version=2, as_of=at("2026-11-02 09:00"), declaration=replace(frozen.declaration, is_late=True))

    assert later.substance == frozen.substance
    assert replace(frozen, lines=()).substance != frozen.substance
