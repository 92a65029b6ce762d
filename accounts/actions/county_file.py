"""Loading a county file: judged whole, then written in one transaction, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from stdnum import numdb

from accounts.actions.first_passwords import draw_first_password, hash_passwords
from accounts.models import Post, User
from accounts.rules.county_file import read_county_file
from accounts.rules.county_plan import CountyPlan, PlannedPerson, PlannedPolicy, PlannedPost
from accounts.rules.county_record import OnRecord, disagreements
from counties.models import Area, Holiday, MakeUpDay, Policy, School, Term
from counties.rules import DEFAULT_PRESET, PolicyTerms, Span, policy_values, school_year_of, school_year_span
from office.audit import record


class BadCountyFile(Exception):
    """The file cannot be loaded; `faults` has one line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Loaded:
    """Rows created, updated and unchanged by kind, and the new people, with their first passwords unless one was set for all."""

    county: str
    counts: dict[str, dict[str, int]]
    new_people: list[PlannedPerson]
    first_passwords: dict[str, str]


def load_county(*, data: object, at: datetime, password: str = "") -> Loaded:
    """Brings a county's places, calendar, policy and people to what the file says; takes nothing away. Raises BadCountyFile.

    With `password` every new person gets it and need not change it: for trials only.
    """
    on = timezone.localdate(at)
    plan, faults = read_county_file(data)
    faults += disagreements(plan, on_record(plan), on=on)
    if faults:
        raise BadCountyFile(faults)
    known = set(User.objects.filter(username__in=[person.username for person in plan.people]).values_list("username", flat=True))
    new_people = [person for person in plan.people if person.username not in known]
    passwords = {person.username: password or draw_first_password() for person in new_people}
    counts = _write(plan, hashes=hash_passwords(passwords), must_change=not password, on=on, at=at)
    return Loaded(plan.code, counts, new_people, {} if password else passwords)


def on_record(plan: CountyPlan) -> OnRecord:
    """What the database holds that a plan must agree with."""
    schools = School.objects.filter(
        Q(county=plan.code)
        | Q(code__in=[school.code for school in plan.schools])
        | Q(code__in=[post.school for person in plan.people for post in person.posts])
    )
    facts = list(schools.values_list("code", "name", "county"))
    ours = User.objects.of_county(plan.code)
    usernames = User.objects.filter(username__in=[person.username for person in plan.people]).exclude(pk__in=ours.values("pk"))
    return OnRecord(
        county_of_school={code: county for code, _, county in facts},
        code_of_name={name: code for code, name, county in facts if county == plan.code},
        townships=frozenset(Area.objects.townships_of(plan.code).values_list("code", flat=True)),
        taken_usernames=frozenset(usernames.values_list("username", flat=True)),
        policies={policy.effective_on: policy.terms.plain() for policy in Policy.objects.of_county(plan.code)},
        terms=tuple(Span(*days) for days in Term.objects.filter(county=plan.code).values_list("starts_on", "ends_on")),
    )


class Tally:
    """Writes rows that are missing or differ, and counts them by kind."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}

    def count(self, kind: str, outcome: str) -> None:
        self.counts.setdefault(kind, Counter(created=0, updated=0, unchanged=0))[outcome] += 1

    def keep(
        self, kind: str, model: type[models.Model], *, key: Mapping[str, Any], values: Mapping[str, Any], initial: Mapping[str, Any] = {}
    ) -> Any:
        """The row found by `key`, with `values`; one that is new also with what is `initial`."""
        row, created = model._default_manager.get_or_create(**key, defaults={**values, **initial})
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, values[name])
        if changed:
            row.save(update_fields=changed)
        self.count(kind, "created" if created else "updated" if changed else "unchanged")
        return row


@transaction.atomic
def _write(plan: CountyPlan, *, hashes: Mapping[str, str], must_change: bool, on: date, at: datetime) -> dict[str, dict[str, int]]:
    tally = Tally()
    county = tally.keep("areas", Area, key={"code": plan.code}, values={"name": plan.name})
    for code, name in plan.townships.items():
        tally.keep("areas", Area, key={"code": code}, values={"name": name})
    _write_calendar(plan, county, tally)
    _write_policy(plan.policy, county, tally, on=on, at=at)
    begins = Policy.objects.of_county(county.code).earliest("effective_on").effective_on.replace(day=1)
    for planned in plan.schools:
        values = {"name": planned.name, "kind": planned.kind, "township_id": planned.township or None}
        tally.keep("schools", School, key={"county": county, "code": planned.code}, values=values, initial={"reports_from": begins})
    for person in plan.people:
        _write_person(person, tally, county=plan.code, hashes=hashes, must_change=must_change, at=at)
    changes = {f"{kind}.{what}": n for kind, counts in tally.counts.items() for what, n in counts.items() if n and what != "unchanged"}
    if changes:
        record("county.loaded", subject=None, by=None, at=at, county=plan.code, detail=changes)
    return {kind: dict(counter) for kind, counter in tally.counts.items()}


def _write_calendar(plan: CountyPlan, county: Area, tally: Tally) -> None:
    for term in plan.terms:
        values = {"name": term.name, "ends_on": term.span.last}
        tally.keep("terms", Term, key={"county": county, "starts_on": term.span.first}, values=values)
    for holiday in plan.holidays:
        values = {"ends_on": holiday.span.last} | ({"name": holiday.name} if holiday.name else {})
        tally.keep("holidays", Holiday, key={"county": county, "starts_on": holiday.span.first}, values=values)
    for day in plan.workdays:
        tally.keep("workdays", MakeUpDay, key={"county": county, "on": day}, values={})


def _write_policy(planned: PlannedPolicy | None, county: Area, tally: Tally, *, on: date, at: datetime) -> None:
    """One that is in force with the same values stays untouched; a county that names none gets the default."""
    if planned is None:
        if Policy.objects.of_county(county.code).exists():
            return
        first_day = school_year_span(school_year_of(on)).first
        planned = PlannedPolicy(DEFAULT_PRESET, first_day, policy_values(DEFAULT_PRESET, {}))
    held = Policy.objects.filter(county=county, effective_on=planned.effective_on).first()
    if held is None:
        Policy.objects.create(county=county, effective_on=planned.effective_on, preset=planned.preset, values=planned.values, created_at=at)
        tally.count("policies", "created")
    elif held.is_in_force(on) or held.terms == PolicyTerms.read(planned.values):
        tally.count("policies", "unchanged")
    else:
        held.preset, held.values = planned.preset, planned.values
        held.save(update_fields=["preset", "values"])
        tally.count("policies", "updated")


def _write_person(person: PlannedPerson, tally: Tally, *, county: str, hashes: Mapping[str, str], must_change: bool, at: datetime) -> None:
    if person.username in hashes:
        first = {"password": hashes[person.username], "must_change_password": must_change, "created_at": at}
        user = User.objects.create(username=person.username, name=person.name, **first)
        tally.count("people", "created")
        record("account.created", subject=user.pk, by=None, at=at, county=county)
    else:
        user = tally.keep("people", User, key={"username": person.username}, values={"name": person.name})
    for post in person.posts:
        _write_post(user, post, tally)


def _write_post(user: User, planned: PlannedPost, tally: Tally) -> None:
    """A post that was ended on screen is not opened again by a file that does not say when it starts anew."""
    school = School.objects.get(code=planned.school) if planned.school else None
    area = _area(planned.area) if planned.area else None
    held = Post.objects.filter(user=user, role=planned.role, school=school, area=area)
    if planned.starts_on is not None:
        held = held.filter(starts_on=planned.starts_on)
    post = held.first()
    if post is None:
        Post.objects.create(user=user, role=planned.role, school=school, area=area, starts_on=planned.starts_on, ends_on=planned.ends_on)
        tally.count("posts", "created")
    elif planned.ends_on is not None and post.ends_on != planned.ends_on:
        post.ends_on = planned.ends_on
        post.save(update_fields=["ends_on"])
        tally.count("posts", "updated")
    else:
        tally.count("posts", "unchanged")


def _area(code: str) -> Area:
    """The area of a post; a province or city that is not on record yet is named by GB/T 2260."""
    area = Area.objects.filter(pk=code).first()
    if area is None:
        parts = [facts for _, facts in numdb.get("cn/loc").info(code.ljust(6, "0"))]
        names = [name for facts in parts for key, name in facts.items() if key == ("province" if len(code) == 2 else "county")]
        area = Area.objects.create(code=code, name=(names or [code])[-1].rpartition("]")[2])
    return area
