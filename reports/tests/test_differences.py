"""Two versions of a month compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from reports.sheets.differences import FIGURE_WORDS, TOTAL_WORDS, differences
from reports.sheets.snapshot import Change, CorrectionLine, Figures, Line, PhotoLine, Snapshot, Totals, VisitLine
from reports.tests.test_snapshot import a_snapshot


def with_visits(snapshot: Snapshot, *visits: VisitLine) -> Snapshot:
    (line, *others) = snapshot.lines
    return replace(snapshot, version=2, lines=(replace(line, visits=visits), *others))


def test_a_version_does_not_differ_from_itself() -> None:
    assert differences(a_snapshot(), replace(a_snapshot(), version=2)).is_empty


def test_new_changed_and_gone_records_are_told_apart() -> None:
    before = a_snapshot()
    (visit,) = before.lines[0].visits
    longer = replace(visit, lessons=Decimal(4), digest="01", photos=(*visit.photos, PhotoLine("p2", "bb")))
    found = differences(before, with_visits(before, longer, replace(visit, record="r2")))
    (line,) = found.lines

    assert [(each.word, each.before, each.after) for each in line.changed[0].changed] == [
        ("课时", Decimal("3.00"), Decimal(4)),
        ("照片", ("aa",), ("aa", "bb")),
    ]
    assert [each.record for each in line.new] == ["r2"]
    assert found.counts == (1, 1, 0)
    assert differences(with_visits(before, longer), with_visits(before)).counts == (0, 0, 1)


def test_a_text_that_changed_shows_by_its_digest_alone() -> None:
    before = a_snapshot()
    (visit,) = before.lines[0].visits
    (line,) = differences(before, with_visits(before, replace(visit, digest="ee"))).lines

    assert [each.word for each in line.changed[0].changed] == ["内容"]


def test_an_answer_counts_as_a_change_and_a_longer_wording_does_not() -> None:
    before = a_snapshot()
    (visit,) = before.lines[0].visits
    answered = replace(visit, flags=tuple(replace(flag, answered=True) for flag in visit.flags))

    assert [each.name for each in differences(before, with_visits(before, answered)).lines[0].changed[0].changed] == ["flags"]
    assert differences(before, with_visits(before, replace(visit, mark="changed"))).is_empty


def test_children_totals_changes_and_corrections() -> None:
    before = a_snapshot()
    added = Line("k2", "cc", is_paused=True, figures=None)
    correction = CorrectionLine("v0:2", "v0", 2, date(2026, 9, 9), before.as_of, "00")
    after = replace(
        *(before,),
        lines=(*before.lines, added),
        totals=replace(before.totals, on_roll=2),
        changes=(Change("entry", "k2", date(2026, 10, 9)),),
        corrections=(correction,),
    )
    found = differences(before, after)

    assert [(line.key, line.is_new) for line in found.lines] == [("k2", True)]
    assert [(each.word, each.before, each.after) for each in found.totals] == [("在册学生", 1, 2)]
    assert found.changes == after.changes
    assert found.corrections == (correction,)
    assert [line.is_gone for line in differences(after, before).lines] == [True]


def test_every_number_has_a_word() -> None:
    assert set(Totals.__dataclass_fields__) == set(TOTAL_WORDS)
    assert set(Figures.__dataclass_fields__) == set(FIGURE_WORDS)
