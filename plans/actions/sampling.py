"""A county's sample of plans: drawn so that it can be drawn again, opened with its number as the reason, found good or not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.models import Post, User
from counties.models import Area, School
from office.audit import record
from office.refusals import Refused
from office.rules.drawing import MOST, draw_by_group, frame_digest
from office.rules.typed import clean
from plans.actions.holding import team_of, tell_about
from plans.models import Plan, PlanSample, SampledPlan
from plans.querysets import HEADS

CLOSED = "这次抽查已经结束。"
LONGEST_WORDS, LONGEST_SEED, LONGEST_NOTE = 500, 64, 200


def frame_of(*, county: str, school: UUID | None, at: datetime) -> dict[str, list[str]]:
    """The plans in force at that moment by school, as ids: what can be drawn."""
    plans = Plan.objects.in_force_at(at).filter(school__county=county)
    found: dict[str, list[str]] = {}
    for key, place in (plans.filter(school=school) if school else plans).order_by().values_list("pk", "school"):
        found.setdefault(str(place), []).append(str(key))
    return found


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is asked of a sample: of one school or all, so many or so many in a hundred, of all together or of each school for itself."""

    school: School | None
    count: int | None
    percent: int | None
    by_school: bool
    seed: str
    note: str = ""

    def of(self, frame: dict[str, list[str]]) -> list[str]:
        """The ids of the plans that this seed draws."""
        groups = frame if self.by_school else {"": _all(frame)}
        return draw_by_group(groups, self.seed, count=self.count, percent=self.percent)


@transaction.atomic
def draw_sample(*, county: Area, asked: Drawing, by: User, at: datetime) -> PlanSample:
    """The row of a drawing, with what was drawn. The same asked twice is one drawing: a button is pressed twice.
    Raises Refused where nothing is in force, for a seed that was used, and for a school of another county."""
    Area.objects.select_for_update(no_key=True).get(pk=county.pk)  # numbers of a county come one after the other
    asked = replace(asked, seed=clean(asked.seed), note=clean(asked.note))
    if known := PlanSample.objects.filter(county=county, seed=asked.seed).first():
        return _same(known, asked, by)
    _check(county, asked)
    frame = frame_of(county=county.pk, school=asked.school.pk if asked.school else None, at=at)
    chosen = asked.of(frame)
    if not chosen or len(chosen) > MOST:
        raise Refused(f"一次最多抽 {MOST} 份。" if chosen else "现在没有在执行的计划可以抽。")
    given = {name: getattr(asked, name) for name in ("school", "count", "percent", "by_school", "seed", "note")}
    numbered = {"year": localdate(at).year, "number": _next(county, at)}
    of = {"frame_size": len(_all(frame)), "frame_digest": frame_digest(_all(frame))}
    made: PlanSample = PlanSample.objects.create(county=county, by=by, at=at, **given, **numbered, **of)
    SampledPlan.objects.bulk_create(SampledPlan(sample=made, position=place, plan_id=key) for place, key in enumerate(chosen, 1))
    told = {"number": made.label, "frame": made.frame_size, "size": len(chosen), "digest": made.frame_digest}
    record("sample.drawn", subject=made.pk, by=by.pk, at=at, county=county.pk, detail=told)
    return made


def _check(county: Area, asked: Drawing) -> None:
    if not 0 < len(asked.seed) <= LONGEST_SEED or len(asked.note) > LONGEST_NOTE:
        raise Refused(f"请写种子，最多 {LONGEST_SEED} 个字；说明最多 {LONGEST_NOTE} 个字。")
    if asked.school and asked.school.county_id != county.pk:
        raise Refused("这所学校不在本县。")
    if (asked.count is None) == (asked.percent is None):
        raise Refused("请写份数或百分比，只写一个。")


def _same(sample: PlanSample, asked: Drawing, by: User) -> PlanSample:
    if _drawing(sample) != asked or sample.by_id != by.pk:
        raise Refused("这个种子用过了，请换一个。")
    return sample


def _drawing(sample: PlanSample) -> Drawing:
    return Drawing(sample.school, sample.count, sample.percent, sample.by_school, sample.seed, sample.note)


def _all(frame: dict[str, list[str]]) -> list[str]:
    return [key for keys in frame.values() for key in keys]


def _next(county: Area, at: datetime) -> int:
    last = PlanSample.objects.filter(county=county, year=localdate(at).year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def is_as_drawn(sample: PlanSample, drawn: list[str]) -> bool:
    """Whether the plans that were in force then, with the seed, give this sample: drawn anew from what is on record."""
    frame = frame_of(county=sample.county_id, school=sample.school_id, at=sample.at)
    return frame_digest(_all(frame)) == sample.frame_digest and _drawing(sample).of(frame) == drawn


@transaction.atomic
def open_sampled(*, drawn: SampledPlan, reason: str, by: User, at: datetime) -> SampledPlan:
    """From now on, until the sample is closed, `by` reads it; the reason stands in the audit."""
    held = _hold(drawn)
    if not clean(reason):
        raise Refused("请写明查看的理由。")
    if str(by.pk) not in held.readers:
        held.readers = sorted({*held.readers, str(by.pk)})
        held.save(update_fields=["readers"])
        told = {"reason": clean(reason)[:200], "sample": held.sample.label}
        record("plan.revealed", subject=held.plan.student_id, by=by.pk, at=at, county=held.sample.county_id, detail=told)
    return held


@transaction.atomic
def record_finding(*, drawn: SampledPlan, seen: datetime | None, finding: str, words: str, by: User, at: datetime) -> SampledPlan:
    """What was found, by somebody who read it; the school and the case's team are told. `seen` is when the finding that `by` saw
    was written (none: there was none). Raises Refused when somebody else wrote since."""
    held = _hold(drawn)
    if str(by.pk) not in held.readers:
        raise Refused("请先打开这份计划看过，再写结论。")
    if (held.finding, held.words, held.by_id) == (finding, clean(words), by.pk):
        return held
    if held.at != seen:
        raise Refused("别人刚写了结论。请看过再改。")
    if finding not in SampledPlan.Finding.values:
        raise Refused("请选结论。")
    if len(clean(words)) > LONGEST_WORDS or (finding == SampledPlan.Finding.IMPROVE and not clean(words)):
        raise Refused(f"请写明要改进什么，最多 {LONGEST_WORDS} 个字。")
    held.finding, held.words, held.by, held.at = finding, clean(words), by, at
    held.save(update_fields=["finding", "words", "by", "at"])
    _tell_school(held, at=at)
    told = {"sample": held.sample.label, "plan": held.plan_id, "finding": finding}
    record("sample.found", subject=held.plan.student_id, by=by.pk, at=at, county=held.sample.county_id, detail=told)
    return held


def _tell_school(drawn: SampledPlan, *, at: datetime) -> None:
    heads = Post.objects.in_force(localdate(at)).filter(school=drawn.plan.school_id, role__in=HEADS).values_list("user", flat=True)
    text = f"县局抽查了本校的一份个别化教育（康复）计划：{drawn.get_finding_display()}。"
    path = f"{reverse('plan_detail', args=[drawn.plan_id])}#sampled"
    key = f"plan.sampled:{drawn.pk}:{at:%Y%m%d%H%M%S%f}"
    tell_about(key, {*heads, *team_of(drawn.plan, at=at)}, text, path, at=at)


@transaction.atomic
def close_sample(*, sample: PlanSample, by: User, at: datetime) -> None:
    """Its plans are no longer opened by it, and what was found stays. Closed already: nothing."""
    if PlanSample.objects.filter(pk=sample.pk, closed_at=None).update(closed_at=at):
        left = SampledPlan.objects.filter(sample=sample, finding="").count()
        record("sample.closed", subject=sample.pk, by=by.pk, at=at, county=sample.county_id, detail={"number": sample.label, "left": left})


def _hold(drawn: SampledPlan) -> SampledPlan:
    """The row as it stands, the sample locked first: closing waits."""
    sample = PlanSample.objects.select_for_update().get(pk=drawn.sample_id)
    if sample.closed_at:
        raise Refused(CLOSED)
    held: SampledPlan = SampledPlan.objects.select_for_update(of=("self",)).select_related("sample", "plan__school").get(pk=drawn.pk)
    return held
