"""The month's round as pure rules: what is due, county by county, from any moment one asks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from counties.rules import PolicyTerms
from counties.tests.make import at
from reports.rules.reminding import Lacks, missing_text, reminder_text
from reports.rules.round import County, InForce, Kind, MonthRound, Stand, due, months_over, night_of, ready, stand_of

LONG_AGO = at("2025-08-01 08:00")
OCTOBER, SEPTEMBER = date(2026, 10, 1), date(2026, 9, 1)
FIRST, SECOND = UUID(int=1), UUID(int=2)
Stands = dict[tuple[UUID, date], Stand]


def in_force(since: str = "2026-10-01", known_at: datetime = LONG_AGO, **terms: Any) -> InForce:
    return InForce(date.fromisoformat(since), known_at, PolicyTerms(**terms))


def county(*policies: InForce, code: str = "450125", schools: tuple[tuple[UUID, date | None], ...] = ((FIRST, None),)) -> County:
    return County(code, policies or (in_force(),), schools)


def said(place: County, moment: str, stands: Stands | None = None) -> list[str]:
    """`draft 2026-10 25` a step, without the school where there is one only."""
    return [f"{step.kind} {step.month:%m} {step.day:%m-%d}" for step in due(place, stands or {}, now=at(moment))]


def kinds(place: County, moment: str, stands: Stands | None = None) -> list[str]:
    return [line.split()[0] for line in said(place, moment, stands)]


class TestDays:
    @pytest.mark.parametrize(
        ("month", "terms", "prepare_on", "due_on", "late_from"),
        [
            ("2026-10-01", {}, "2026-10-25", "2026-10-28", "2026-10-29 00:00"),
            ("2027-02-01", {}, "2027-02-25", "2027-02-28", "2027-03-01 00:00"),
            ("2027-02-01", {"submit_due_day": 31, "prepare_day": 30}, "2027-02-28", "2027-02-28", "2027-03-01 00:00"),
            ("2028-02-01", {"submit_due_day": 31, "prepare_day": 27}, "2028-02-27", "2028-02-29", "2028-03-01 00:00"),
            ("2028-02-01", {"submit_due_day": 28, "prepare_day": 28}, "2028-02-28", "2028-02-28", "2028-02-29 00:00"),
            ("2026-11-01", {"submit_due_day": 31}, "2026-11-25", "2026-11-30", "2026-12-01 00:00"),
            ("2026-12-01", {"submit_due_day": 31}, "2026-12-25", "2026-12-31", "2027-01-01 00:00"),
            ("2026-10-01", {"submit_due_day": 10, "prepare_day": 25}, "2026-10-10", "2026-10-10", "2026-10-11 00:00"),
        ],
    )
    def test_short_months_and_days_that_do_not_exist(
        self, month: str, terms: dict[str, Any], prepare_on: str, due_on: str, late_from: str
    ) -> None:
        of = MonthRound(date.fromisoformat(month), in_force(**terms))
        assert (f"{of.prepare_on}", f"{of.due_on}", of.late_from) == (prepare_on, due_on, at(late_from))

    @pytest.mark.parametrize(
        ("month", "period", "over_on"),
        [
            ("2026-10-01", "month", "2026-11-01"),
            ("2026-10-01", "week", "2026-11-02"),  # the week of Thursday 29 October ends on Sunday 1 November
            ("2026-11-01", "week", "2026-11-30"),  # the last Thursday is the 26th: over before the month is
            ("2026-12-01", "week", "2027-01-04"),
            ("2028-02-01", "month", "2028-03-01"),
            ("2028-02-01", "week", "2028-02-28"),
        ],
    )
    def test_the_period_is_over(self, month: str, period: str, over_on: str) -> None:
        assert MonthRound(date.fromisoformat(month), in_force(period=period)).over_on == date.fromisoformat(over_on)

    def test_the_night_begins_at_two_by_the_clock_of_beijing(self) -> None:
        assert night_of(at("2026-10-25 01:59")) == date(2026, 10, 24)
        assert night_of(at("2026-10-25 02:00")) == date(2026, 10, 25)
        assert night_of(datetime(2026, 10, 24, 18, 0, tzinfo=UTC)) == date(2026, 10, 25)


class TestMonthAsItPasses:
    """A school that does nothing, the policy without and with automatic filing."""

    @pytest.mark.parametrize(
        ("moment", "expected"),
        [
            ("2026-10-01 12:00", []),
            ("2026-10-21 08:59", []),
            ("2026-10-21 09:00", ["remind 10 10-21"]),
            ("2026-10-24 23:59", ["remind 10 10-21"]),
            ("2026-10-25 01:59", []),  # the reminder of this day comes at nine: the last one is of no use any more
            ("2026-10-25 02:00", ["draft 10 10-25"]),
            ("2026-10-25 09:00", ["draft 10 10-25", "remind 10 10-25"]),
            ("2026-10-26 09:00", ["draft 10 10-26", "remind 10 10-25"]),
            ("2026-10-27 09:00", ["draft 10 10-27", "remind 10 10-27"]),
            ("2026-10-28 08:00", ["draft 10 10-28"]),
            ("2026-10-28 23:59", ["draft 10 10-28", "remind 10 10-28"]),
            ("2026-10-29 00:00", ["draft 10 10-28"]),
            ("2026-10-29 08:59", ["draft 10 10-29"]),
            ("2026-10-29 09:00", ["draft 10 10-29", "missing 10 10-29"]),
            ("2026-11-01 01:59", ["draft 10 10-31", "missing 10 10-29"]),
            ("2026-11-01 02:00", ["draft 10 11-01", "missing 10 10-29", "verdicts 10 11-01"]),
            ("2026-11-21 09:00", ["draft 10 11-21", "remind 11 11-21", "missing 10 10-29", "verdicts 10 11-21"]),
        ],
    )
    def test_without_automatic_filing(self, moment: str, expected: list[str]) -> None:
        assert said(county(), moment) == expected

    @pytest.mark.parametrize(
        ("moment", "expected"),
        [
            ("2026-10-28 23:59", ["draft 10 10-28", "remind 10 10-28"]),
            ("2026-10-29 00:00", ["file 10 10-29"]),
            ("2026-10-29 09:00", ["file 10 10-29", "missing 10 10-29"]),
        ],
    )
    def test_with_automatic_filing(self, moment: str, expected: list[str]) -> None:
        assert said(county(in_force(auto_submit=True)), moment) == expected

    def test_once_filed_nothing_but_the_verdicts_is_due(self) -> None:
        place, filed = county(in_force(auto_submit=True)), {(FIRST, OCTOBER): Stand.FILED}
        assert kinds(place, "2026-10-28 10:00", filed) == []
        assert kinds(place, "2026-10-29 10:00", filed) == []
        assert kinds(place, "2026-11-02 10:00", filed) == ["verdicts"]

    def test_what_came_back_is_drafted_again_and_neither_reminded_of_nor_filed_nor_missing(self) -> None:
        place, back = county(in_force(auto_submit=True)), {(FIRST, OCTOBER): Stand.AGAIN}
        assert kinds(place, "2026-10-28 10:00", back) == ["draft"]
        assert kinds(place, "2026-10-30 10:00", back) == ["draft"]

    @pytest.mark.parametrize(
        ("state", "version", "stand"),
        [
            ("draft", 1, Stand.NEVER),
            ("draft", 2, Stand.AGAIN),
            ("returned", 1, Stand.AGAIN),
            ("superseded", 1, Stand.AGAIN),
            ("submitted", 1, Stand.FILED),
            ("accepted", 3, Stand.FILED),
        ],
    )
    def test_how_far_a_month_has_come(self, state: str, version: int, stand: Stand) -> None:
        assert stand_of(state, version) == stand


class TestCatchingUp:
    def test_off_from_the_27th_to_the_2nd(self) -> None:
        """No reminder of days gone by; the file before the list, the list before the verdicts."""
        assert kinds(county(), "2026-11-02 08:00") == ["draft", "missing", "verdicts"]
        by_itself = county(in_force(auto_submit=True), schools=((FIRST, None), (SECOND, None)))
        assert kinds(by_itself, "2026-11-02 08:00") == ["file", "file", "missing", "verdicts"]

    def test_the_list_waits_for_what_files_by_itself(self) -> None:
        steps = due(county(in_force(auto_submit=True)), {}, now=at("2026-11-02 08:00"))
        filing = next(step for step in steps if step.kind == Kind.FILE)
        assert [step.kind for step in ready(steps, {})] == [Kind.FILE, Kind.VERDICTS]
        assert [step.kind for step in ready(steps, {filing.key: "running"})] == [Kind.VERDICTS]
        assert [step.kind for step in ready(steps, {filing.key: "failed"})] == [Kind.MISSING, Kind.VERDICTS]

    def test_another_countys_list_does_not_wait(self) -> None:
        steps = [*due(county(in_force(auto_submit=True)), {}, now=at("2026-11-02 08:00"))]
        steps += due(county(code="360922"), {}, now=at("2026-11-02 08:00"))
        assert [step.county for step in ready(steps, {}) if step.kind == Kind.MISSING] == ["360922"]

    def test_what_has_a_job_is_not_asked_for_again(self) -> None:
        steps = due(county(), {}, now=at("2026-10-26 10:00"))
        assert ready(steps, {step.key: "queued" for step in steps}) == []
        assert ready(steps, {steps[0].key: "failed"}) == steps[1:]

    def test_a_school_files_its_oldest_month_first(self) -> None:
        place = county(in_force("2026-08-01", auto_submit=True))
        assert [step.month.month for step in due(place, {}, now=at("2026-11-02 08:00")) if step.kind == Kind.FILE] == [8]
        told = {(FIRST, date(2026, 8, 1)): Stand.FILED}
        assert [step.month.month for step in due(place, told, now=at("2026-11-02 08:00")) if step.kind == Kind.FILE] == [9]

    def test_it_looks_a_year_back_and_no_further(self) -> None:
        months = county(in_force("2020-01-01")).months(at("2026-11-02 08:00"))
        assert (len(months), months[0], months[-1]) == (12, date(2025, 12, 1), date(2026, 11, 1))

    def test_a_deadline_that_passed_before_the_county_was_here_is_nobodys_fault(self) -> None:
        """A county set up in November with a policy from September: drafts to work on, nothing filed or listed for it."""
        place = county(in_force("2026-09-01", known_at=at("2026-11-10 09:00"), auto_submit=True))
        assert kinds(place, "2026-11-10 10:00") == ["draft", "draft", "verdicts"]
        assert "file" in kinds(place, "2026-11-29 00:00")

    def test_only_the_latest_list_is_of_use(self) -> None:
        assert said(county(in_force("2026-08-01")), "2026-11-02 08:00")[-2:] == ["missing 10 10-29", "verdicts 10 11-02"]


class TestSchoolsAndPolicies:
    def test_months_before_a_school_reports_here_are_not_asked(self) -> None:
        place = county(in_force("2026-09-01"), schools=((FIRST, OCTOBER), (SECOND, date(2026, 11, 1))))
        steps = due(place, {}, now=at("2026-10-25 10:00"))
        assert {(step.school, step.month) for step in steps if step.school} == {(FIRST, OCTOBER)}

    def test_two_counties_side_by_side(self) -> None:
        early = county(in_force(submit_due_day=20, prepare_day=15, period="week", auto_submit=True), code="360922")
        late = county(in_force(submit_due_day=31, prepare_day=31))
        table = {
            "2026-10-12 09:00": ([], []),
            "2026-10-15 09:00": (["draft", "remind"], []),
            "2026-10-17 09:00": (["draft", "remind"], []),
            "2026-10-21 00:00": (["file"], []),
            "2026-10-24 09:00": (["file", "missing"], ["remind"]),
            "2026-10-31 09:00": (["file", "missing"], ["draft", "remind"]),
            "2026-11-01 09:00": (["file", "missing"], ["draft", "missing", "verdicts"]),
            "2026-11-02 09:00": (["file", "missing", "verdicts"], ["draft", "missing", "verdicts"]),
        }
        assert {moment: (kinds(early, moment), kinds(late, moment)) for moment in table} == table

    def test_a_policy_that_changes_on_1_january(self) -> None:
        """December goes by the old one to its end, in January too."""
        place = county(
            in_force("2026-09-01", submit_due_day=31), in_force("2027-01-01", submit_due_day=20, prepare_day=18, auto_submit=True)
        )
        done = {(FIRST, month): Stand.FILED for month in (SEPTEMBER, OCTOBER, date(2026, 11, 1))}
        assert said(place, "2026-12-31 09:00", done)[:2] == ["draft 12 12-31", "remind 12 12-31"]
        assert said(place, "2027-01-01 09:00", done) == ["draft 12 01-01", "missing 12 01-01", "verdicts 12 01-01"]
        assert said(place, "2027-01-18 09:00", done)[:3] == ["draft 12 01-18", "draft 01 01-18", "remind 01 01-17"]
        assert said(place, "2027-01-21 00:00", done)[:2] == ["draft 12 01-20", "file 01 01-21"]

    def test_reminders_stay_within_their_month(self) -> None:
        place = county(in_force("2026-10-01", submit_due_day=5, prepare_day=4))
        assert kinds(place, "2026-10-02 09:00") == ["remind"]
        assert kinds(place, "2026-10-01 09:00") == []
        assert [step.month for step in due(place, {}, now=at("2026-10-29 12:00")) if step.kind == Kind.REMIND] == []

    def test_verdicts_look_at_every_month_that_is_over(self) -> None:
        place = county(in_force("2026-08-01", period="week"))
        assert months_over(place, at("2026-11-01 23:59")) == [date(2026, 8, 1), SEPTEMBER]
        assert months_over(place, at("2026-11-02 00:00")) == [date(2026, 8, 1), SEPTEMBER, OCTOBER]

    def test_keys_name_school_month_and_day(self) -> None:
        place = county(schools=((FIRST, None), (SECOND, None)))
        moments = [at("2026-10-20 00:00") + timedelta(minutes=13 * n) for n in range(1600)]
        steps = {step for moment in moments for step in due(place, {}, now=moment)}
        assert len({step.key for step in steps}) == len(steps)
        assert f"draft:{FIRST}:2026-10:2026-10-25" in {step.key for step in steps}
        assert sorted(step.day.day for step in steps if step.kind == Kind.REMIND and step.school == FIRST) == [21, 25, 27, 28]


class TestWords:
    @pytest.mark.parametrize(
        ("lacks", "words"),
        [
            (Lacks(), "各项已齐，请上报。"),
            (Lacks(is_nil=True, unanswered=0), "没有可以上报的送教记录：如果属实，请作零报告。"),
            (Lacks(children=2, visits=3), "还缺：2 名学生共差 3 次送教。"),
            (
                Lacks(children=2, visits=3, unanswered=4, needs_principal=True),
                "还缺：2 名学生共差 3 次送教，4 处需说明事项没有说明，校长还没有确认。",
            ),
        ],
    )
    def test_what_is_missing(self, lacks: Lacks, words: str) -> None:
        assert lacks.words == words

    def test_a_reminder_says_until_when(self) -> None:
        told = {"school": "石门小学", "month": OCTOBER, "due_on": date(2026, 10, 28), "lacks": Lacks()}
        assert reminder_text(today=date(2026, 10, 25), **told) == "石门小学2026年10月月报 10月28日截止，还有 3 天。各项已齐，请上报。"  # type: ignore[arg-type]
        assert "今天 24 时以前上报" in reminder_text(today=date(2026, 10, 28), **told)  # type: ignore[arg-type]

    def test_the_list_fits_a_notice(self) -> None:
        schools = [f"第{number}初级中学附属九年一贯制学校" for number in range(40)]
        text = missing_text(month=OCTOBER, due_on=date(2026, 10, 28), schools=schools)
        assert "还有 40 所学校没有上报" in text
        assert text.endswith(" 等。")
        assert len(text) <= 300
        assert missing_text(month=OCTOBER, due_on=date(2026, 10, 28), schools=schools[:1]).endswith(f"：{schools[0]}。")
