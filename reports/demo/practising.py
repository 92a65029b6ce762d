"""Which objectives the demo's visits worked on: of the plan that was in force that day, as the child's course has it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from random import Random
from typing import Any

from django.utils.timezone import localdate

from reports.demo.children import DemoChild
from reports.demo.courses import Practised
from reports.demo.places import COUNTY
from reports.demo.planned import Planner
from visits.models import Practice, Visit, VisitRecord

MOODS = ("good", "good", "calm", "calm", "calm", "upset")
PARTICIPATIONS = ("full", "partial", "partial", "little")
HOMEWORKS = ("done", "done", "partly", "partly", "not_done", "")


class Practices:
    """What each child practised, by its number and the day."""

    def __init__(self, planner: Planner) -> None:
        self._planned = planner.plans
        self._told: dict[tuple[int, date], list[Practised]] = {}
        for number, course in planner.courses.items():
            for each in course.practised:
                plan = self._planned.get((number, each.term))
                if plan and plan.in_force_at and localdate(plan.in_force_at) <= each.day:
                    self._told.setdefault((number, each.day), []).append(each)

    def of(self, child: DemoChild, on: date) -> list[dict[str, Any]]:
        """As the page of the visit sends it."""
        return [
            {"plan": str(self._planned[child.number, each.term].pk), "objective": str(each.objective)}
            | {"level": each.level, "tries": each.tries, "right": each.right, "note": each.note}
            for each in self._told.get((child.number, on), [])
        ]

    def add_to_sheet(self, children: Iterable[DemoChild]) -> None:
        """To visits that came as a sheet, which has no columns for it; with how the child was that day."""
        delivered = VisitRecord.objects.filter(visit__source=Visit.Source.SHEET, visit__state=Visit.State.DONE, present=True)
        records = {
            (record.student.name, record.on): record
            for record in delivered.filter(student__county=COUNTY).select_related("student").order_by("on", "pk")
        }
        rows, felt = [], []
        for child in children:
            for number, on in self._told:
                if number == child.number and (record := records.get((child.name, on))):
                    rng = Random(f"{number}{on}")  # noqa: S311 — drawn content, not secrets
                    record.mood, record.participation = rng.choice(MOODS), rng.choice(PARTICIPATIONS)
                    record.last_homework = rng.choice(HOMEWORKS)
                    felt.append(record)
                    rows += [_row(record, place, line) for place, line in enumerate(self.of(child, on))]
        VisitRecord.objects.bulk_update(felt, ["mood", "participation", "last_homework"], batch_size=200)
        Practice.objects.bulk_create(rows, batch_size=500)


def _row(record: VisitRecord, place: int, line: dict[str, Any]) -> Practice:
    said = {name: value for name, value in line.items() if name != "plan"}
    return Practice(record=record, plan_id=line["plan"], position=place, **said)
