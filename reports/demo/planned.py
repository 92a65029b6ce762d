"""The demo's assessments and plans, each step taken by the action that a page would call, on the day it would have been."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from accounts.actions.notices import mark_all_read
from accounts.models import Notice, User
from accounts.rules import Role
from plans.actions.assessing import finish, score, start_assessment
from plans.actions.deciding import approve_plan, return_plan, settle_plan
from plans.actions.planning import start_plan, submit_plan, write_plan
from plans.actions.reviewing import review_objectives
from plans.actions.signing import sign_plan
from plans.codes import AssessmentKind, PlanState
from plans.models import Plan, PlanSignature
from plans.rules.scales import built_in
from reports.demo.children import DemoChild
from reports.demo.county import DemoCounty
from reports.demo.courses import Course, TermCourse, as_content, scores_of
from reports.demo.places import COUNTY
from reports.demo.prepared import prepare_lessons, sum_up
from reports.demo.signatures import sign
from reports.demo.stories import REMEMBERED
from reports.demo.terms import AUTUMN, DemoTerm, last_lessons, plan_terms
from reports.demo.wording import COMMENTS, HEALTH, OBSERVED, PRACTICE, RETURNED, TIMES, WISHES, standing
from students.models import Case

# How a child's plan of this term stands, by the child's number; all others have one in force.
NONE, DRAFT, SUBMITTED, RETURNED_ONES = {11, 35, 50}, {6, 24, 42, 53}, {2, 9, 22, 30, 44}, {8, 27}
LEFT_TO_COUNTY = 46
"""Its plan is the school admin's own work, and nobody else at the school may approve it."""
LATER, DUE, SECOND_VERSION, UNFINISHED = {14, 33}, {4, 23, 38}, {31}, {12, 32}
BEFORE, UNSIGNED, BOTH_TIMES = 4, 5, 3
"""Every so many-th child has last term's plan too; has nothing from its guardian; was assessed twice."""

HEALTH_FIELDS = ("seizures", "feeding", "medication", "allergies", "forbidden")


class Planner:
    """Looks people and cases up once; `courses` and `plans` say afterwards what each child works at."""

    def __init__(self, county: DemoCounty, *, at: datetime) -> None:
        self._county, self._at, self._today = county, at, county.today
        people = User.objects.of_county(COUNTY).order_by("pk")
        self._users = {user.name: user for user in people}
        self._heads: dict[str, list[User]] = {}
        for role in (Role.SCHOOL_ADMIN, Role.PRINCIPAL):
            for user in people.filter(posts__role=role).prefetch_related("posts__school"):
                self._heads.setdefault(next(post.school.code for post in user.posts.all() if post.school), []).append(user)
        cases = Case.objects.filter(student__county=COUNTY).select_related("student", "school")
        self._cases = {(case.student.name, case.school.code): case for case in cases if case.school}
        self._days: dict[int, list[date]] = {}
        for outing in county.outings:
            if not (outing.is_planned or outing.missed):
                for child in outing.children:
                    if child.number not in dict(outing.absent):
                        self._days.setdefault(child.number, []).append(outing.on)
        self.courses: dict[int, Course] = {}
        self.plans: dict[tuple[int, DemoTerm], Plan] = {}

    def plan_all(self) -> None:
        for child in self._county.children:
            if child.stays and child.stays[-1].until is None:
                self._plan(child)
        for user in self._users.values():  # what was told long ago has been read
            if Notice.objects.visible_to(user).unread().exists():
                mark_all_read(by=user, at=self._at - timedelta(days=20))

    def sum_up_all(self) -> None:
        """Once the visits are on record: the terms of the children who are remembered longest."""
        for child in self._county.children:
            if child.number in REMEMBERED:
                for each in self.courses[child.number].terms:
                    case = self._cases[child.name, child.stays[-1].school.code]
                    sum_up(case, each.term, by=self._teacher(child), at=self._at)

    def _plan(self, child: DemoChild) -> None:
        case, terms = self._cases[child.name, child.stays[-1].school.code], self._terms(child)
        course = self.courses[child.number] = Course(child, terms, self._days.get(child.number, []))
        for place, each in enumerate(course.terms):
            days = self._assessment_days(child, each.term, is_first=place == 0)
            for day, kind, scale in days:
                if kind == AssessmentKind.BASELINE:
                    self._assess(child, case, day, kind, scale)
            if child.number not in NONE:
                self._carry_out(child, case, each, is_first=place == 0)
            for day, kind, scale in days:
                if kind != AssessmentKind.BASELINE:
                    self._assess(child, case, day, kind, scale)

    def _terms(self, child: DemoChild) -> list[DemoTerm]:
        """The terms that the child has plans for."""
        terms, since = plan_terms(self._today), child.stays[-1].since
        *begun, this, after = [term for term in terms if term.ends_on >= since]
        if child.number in REMEMBERED:
            return [*begun, this]
        if child.number in DUE and (last := _three_months_old([*begun, this], self._today)):
            return [replace(last, ends_on=max(last.ends_on, self._today + timedelta(days=30)))]
        if child.number in LATER:
            return [this, after]
        return [*begun[-1:], this] if child.number % BEFORE == 1 else [this]

    def _moment(self, day: date, hour: int) -> datetime:
        return min(self._at, timezone.make_aware(datetime.combine(day, time(hour, 20))))

    def _teacher(self, child: DemoChild) -> User:
        teacher: User = self._users[child.stays[-1].teachers[0]]
        return teacher

    # --- assessments ---

    def _assessment_days(self, child: DemoChild, term: DemoTerm, *, is_first: bool) -> list[tuple[date, AssessmentKind, int]]:
        """At the beginning, in the middle of a term and at its end; children remembered longest at times with both scales."""
        start, usual = max(term.starts_on, child.stays[-1].since) + timedelta(days=2), child.number % 2
        both = (usual, 1 - usual) if child.number in REMEMBERED else (usual,)
        often = child.number in REMEMBERED or child.number % BOTH_TIMES == 0
        days = [(start, AssessmentKind.BASELINE, scale) for scale in both if is_first]
        days += [(start + timedelta(days=68), AssessmentKind.MIDTERM, usual)] if often else []
        days += [(last_lessons(term), AssessmentKind.FINAL, scale) for scale in (both if term.term != AUTUMN else both[:1])]
        return [one for one in days if start <= one[0] <= self._today]

    def _assess(self, child: DemoChild, case: Case, day: date, kind: AssessmentKind, scale: int) -> None:
        of, by, at = built_in()[scale], self._teacher(child), self._moment(day, 11)
        months = (day - child.stays[0].since).days / 30
        made = start_assessment(case=case, kind=kind, on=day, scale=of, by=by, at=at)
        scores = scores_of(child, of, months)
        if child.number in UNFINISHED:
            scores = dict(list(scores.items())[: len(scores) // 2])
        words = Random(f"{child.number}{day}").choice(OBSERVED).format(who=child.family.who)  # noqa: S311
        made = score(assessment=made, version=made.version, scores=scores, note=words, by=by, at=at)
        if child.number not in UNFINISHED:
            finish(assessment=made, version=made.version, by=by, at=at)

    # --- plans ---

    def _carry_out(self, child: DemoChild, case: Case, each: TermCourse, *, is_first: bool) -> None:
        """As far as the child's plan has come."""
        term, number = each.term, child.number
        since, is_current = child.stays[-1].since, term.starts_on <= self._today <= term.ends_on
        day = max(term.starts_on, since) + timedelta(days=4) if is_first else term.starts_on - timedelta(days=8)
        if is_current and number in DRAFT | SUBMITTED | RETURNED_ONES | {LEFT_TO_COUNTY}:
            day = max(day, self._today - timedelta(days=3 + number % 5))
        day = min(day, self._today - timedelta(days=3))
        by = self._heads[child.stays[-1].school.code][0] if number == LEFT_TO_COUNTY else self._teacher(child)
        plan = self._write(child, case, each, by, day)
        if is_current and number in DRAFT:
            return
        plan = submit_plan(plan=plan, edition=plan.edition, by=by, at=self._moment(day + timedelta(days=1), 16))
        if is_current and number in SUBMITTED | {LEFT_TO_COUNTY}:
            return
        if is_current and number in RETURNED_ONES:
            self._return(child, plan, each, day + timedelta(days=2))
            return
        self._approve(child, plan, each, day + timedelta(days=2))
        if is_current and number in SECOND_VERSION:
            self._write_again(child, case, each)

    def _write(self, child: DemoChild, case: Case, each: TermCourse, by: User, day: date) -> Plan:
        rng, at, term = Random(f"{child.number}{each.term.starts_on}"), self._moment(day, 15), each.term  # noqa: S311
        start = max(term.starts_on, child.stays[-1].since)
        plan = start_plan(case=case, year=term.year, term=term.term, starts_on=start, ends_on=term.ends_on, by=by, at=at, is_copied=True)
        scored = [level for level in plan.content["levels"] if level["most"]]
        levels = [level | {"text": standing(level["name"], level["score"] / level["most"])} for level in scored]
        levels = levels or [{"name": "家里看到的", "score": None, "most": None, "text": standing("", 0)}]
        family, team = child.family, "、".join(child.stays[-1].teachers)
        people = [(family.guardian, family.relation), *((name, "送教教师") for name in child.stays[-1].teachers)]
        content = as_content(
            plan.content,
            each.goals,
            levels=levels,
            health=dict(zip(HEALTH_FIELDS, HEALTH[child.need], strict=True)),
            family={
                "caregiver": f"{family.caregiver}（{family.caregiver_relation}）",
                "time": rng.choice(TIMES),
                "wishes": WISHES[child.need],
            },
            service={"frequency": "每月两次，每次三课时", "place": "学生家中", "people": team},
            home_practice=rng.choice(PRACTICE).format(who=family.who),
            participants=[{"name": name, "role": role} for name, role in people],
        )
        return write_plan(plan=plan, edition=plan.edition, content=content, by=by, at=at)

    def _return(self, child: DemoChild, plan: Plan, each: TermCourse, day: date) -> None:
        comments = [(goal.key, words) for goal, words in zip(each.goals, COMMENTS, strict=False)][:2]
        by = self._heads[child.stays[-1].school.code][0]
        return_plan(plan=plan, edition=plan.edition, reason=RETURNED, comments=comments, by=by, at=self._moment(day, 9))

    def _approve(self, child: DemoChild, plan: Plan, each: TermCourse, day: date) -> None:
        heads = self._heads[child.stays[-1].school.code]
        by = heads[child.number % len(heads)]
        plan = approve_plan(plan=plan, edition=plan.edition, by=by, at=self._moment(day, 9))
        if plan.state == PlanState.APPROVED and plan.starts_on <= self._today:
            plan = settle_plan(plan=plan, at=self._moment(plan.starts_on, 0))
        self.plans[child.number, each.term] = plan
        self._sign(child, plan, by, day)
        if plan.state == PlanState.IN_FORCE:
            if child.number in REMEMBERED:
                case, course = plan.case, self.courses[child.number]
                prepare_lessons(child.number, case, course, each.term, teacher=self._teacher(child), head=by, at=self._at)
            self._review(child, plan, each)
        if plan.ends_on < self._today:
            settle_plan(plan=plan, at=self._moment(plan.ends_on + timedelta(days=1), 0))

    def _write_again(self, child: DemoChild, case: Case, each: TermCourse) -> None:
        """The next version of a plan in force: one thing changed, the rest as it stands."""
        by, day = self._teacher(child), self._today - timedelta(days=2)
        term, at = each.term, self._moment(day, 10)
        made = start_plan(case=case, year=term.year, term=term.term, starts_on=term.starts_on, ends_on=term.ends_on, by=by, at=at)
        content = made.content | {"home_practice": made.content["home_practice"] + "入冬以后在屋里练，先把手搓暖。"}
        made = write_plan(plan=made, edition=made.edition, content=content, by=by, at=self._moment(day, 11))
        made = submit_plan(plan=made, edition=made.edition, by=by, at=self._moment(day, 12))
        head = self._heads[child.stays[-1].school.code][0]
        approve_plan(plan=made, edition=made.edition, by=head, at=self._moment(day + timedelta(days=1), 9))

    # --- signed, looked back on ---

    def _sign(self, child: DemoChild, plan: Plan, head: User, day: date) -> None:
        kinds, family = PlanSignature.Kind, child.family
        teachers = child.stays[-1].teachers[: 1 + child.number % 2]  # the second one has not come to it everywhere
        signers = [*((kinds.TEACHER, name, "送教教师") for name in teachers), (kinds.LEADER, head.name, "学校负责人")]
        if child.number % UNSIGNED or child.number in REMEMBERED:
            signers.insert(0, (kinds.GUARDIAN, family.guardian, family.relation))
        on = min(day + timedelta(days=4), self._today)
        by, at = self._teacher(child), self._moment(on, 17)
        for kind, name, relation in signers:
            key = UUID(int=Random(f"{child.number}{plan.starts_on}{name}").getrandbits(128), version=4)  # noqa: S311
            drawn = sign(name, Random(name))  # noqa: S311 — everybody has their own hand
            sign_plan(plan=plan, key=key, kind=kind, name=name, relation=relation, on=on, strokes=drawn, paper=None, by=by, at=at)

    def _review(self, child: DemoChild, plan: Plan, each: TermCourse) -> None:
        """Passed and dropped ones on their day; the others when the term is over."""
        by, is_over = self._teacher(child), each.term.ends_on < self._today
        last = last_lessons(each.term)
        by_day: dict[date, dict[UUID, tuple[str, str]]] = {}
        for key, (mark, words, day) in each.marks.items():
            is_settled = day != each.term.ends_on and day <= self._today
            if is_settled or is_over:
                by_day.setdefault(day if is_settled else last, {})[key] = (mark, words)
        for day, marks in sorted(by_day.items()):
            review_objectives(plan=plan, marks=marks, on=day, by=by, at=self._moment(day, 18))


def _three_months_old(terms: list[DemoTerm], today: date) -> DemoTerm | None:
    """The latest term that began so long ago that a plan of three or four months is due for review."""
    old = [term for term in terms if term.starts_on + timedelta(days=155) <= today]
    return old[-1] if old else None
