"""What a county's sample of plans found, as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from office.workbook import Cell, Sheet, make_workbook
from plans.models import PlanSample, SampledPlan

HEADERS = ("序号", "学校", "学生", "学年", "学期", "版本", "结论", "意见", "填写人", "填写时间")


def sample_workbook(sample: PlanSample, drawn: Iterable[SampledPlan]) -> bytes:
    """One sheet of what was found, one of how it was drawn, so that it can be drawn again."""
    return make_workbook([Sheet("抽查结果", HEADERS, map(_row, drawn)), Sheet("怎样抽的", ("项目", "内容"), _drawing(sample))])


def _row(each: SampledPlan) -> tuple[Cell, ...]:
    plan = each.plan
    of = (plan.school.name, plan.student.name, plan.year, plan.get_term_display(), plan.version)
    return (each.position, *of, each.get_finding_display() or "还没有看", each.words, each.by.name if each.by else "", each.at)


def _drawing(sample: PlanSample) -> Iterator[tuple[Cell, ...]]:
    yield "编号", sample.label
    yield "范围", f"{sample.where}在执行的计划"
    yield "抽多少", f"{sample.percent}%" if sample.percent is not None else f"{sample.count} 份"
    yield "每所学校分别抽", "是" if sample.by_school else "否"
    yield "名单份数", sample.frame_size
    yield "名单 SHA-256", sample.frame_digest
    yield "种子", sample.seed
    yield "抽样人", sample.by.name
    yield "抽样时间", sample.at
    yield "说明", sample.note
