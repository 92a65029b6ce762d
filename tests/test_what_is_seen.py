"""Every page of every role against every other role's records, in two counties and three schools.

The world says by place who may see what; the crawl finds what there is to see. Each refusal has its positive
control: somebody did get that page, and the marker was found where it may be.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import Post, User
from counties.models import School
from plans.models import LessonPlan, SampledPlan
from students.models import Case, Student
from tests.addresses import NOBODY
from tests.crawl import UUID_TEXT, Crawl, crawl
from tests.world import NOW, Child, World, make_world
from visits.models import Visit

pytestmark = pytest.mark.django_db


@dataclass
class Seen:
    world: World
    clients: dict[str, Client]
    crawls: dict[str, Crawl]
    log: list[str]

    def addresses_of_records(self) -> dict[str, set[str]]:
        """Addresses somebody reached that hold an id, with those ids: one of each kind for each child or school."""
        owner = {one: child.name for child in self.world.children for one in child.ids}
        kinds: dict[tuple[str, ...], tuple[str, set[str]]] = {}
        for one in self.crawls.values():
            for address in one.pages:
                if ids := set(UUID_TEXT.findall(address)):
                    kind = without(address, ids).split("?")[0]
                    kinds.setdefault((kind, *sorted(owner.get(each, each) for each in ids)), (address, ids))
        return dict(kinds.values())

    def actions_on_records(self) -> dict[str, dict[str, str]]:
        return {action: fields for one in self.crawls.values() for action, fields in one.posts.items() if UUID_TEXT.search(action)}


@pytest.fixture(scope="module")
def seen(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Seen]:
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        world = make_world()
        clients = {label: Client() for label in world.people}
        for label, client in clients.items():
            client.force_login(world.people[label])
        with logged() as log:
            crawls = {label: crawl(client) for label, client in clients.items()}
        yield Seen(world, clients, crawls, log)
        transaction.set_rollback(True)


@contextmanager
def logged() -> Iterator[list[str]]:
    """Every line that any logger writes, as an installation set to INFO would keep it."""
    lines: list[str] = []
    handler = logging.Handler(logging.INFO)
    handler.emit = lambda record: lines.append(logging.Formatter().format(record))  # type: ignore[method-assign]
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def test_every_role_finds_pages_and_the_records_that_are_theirs(seen: Seen) -> None:
    """The positive control of everything below."""
    reached = seen.addresses_of_records()
    for child in seen.world.children:
        for label in child.knows_name:
            assert any(child.name in page.text for page in seen.crawls[label].pages.values()), (label, child.name)
        assert any(str(child.case.student_id) in ids for ids in reached.values())
        assert any({str(visit.pk) for visit in child.visits} & ids for ids in reached.values())
    for label, one in seen.crawls.items():
        assert one.pages, label
    assert any(page.text for one in seen.crawls.values() for page in one.workbooks)


def test_no_link_leads_to_a_refusal_or_a_breakdown(seen: Seen) -> None:
    """A page shows nobody a way that is closed to them."""
    assert {label: one.refused for label, one in seen.crawls.items() if one.refused} == {}


def test_a_record_beyond_ones_reach_is_as_if_it_did_not_exist(seen: Seen) -> None:
    leaks, asked = {}, 0
    for label, client in seen.clients.items():
        hidden = seen.world.hidden_from(label)
        missing = cache(client.get)
        for address, ids in seen.addresses_of_records().items():
            if theirs := ids & hidden.keys():
                asked += 1
                there, nowhere = client.get(address), missing(without(address, theirs))
                same = (there.status_code, plain(there.content, theirs)) == (nowhere.status_code, plain(nowhere.content, theirs))
                in_path = bool(theirs & set(UUID_TEXT.findall(address.split("?")[0])))
                if not same or (in_path and there.status_code not in (403, 404)):
                    leaks[label, address] = there.status_code

    assert asked > 100
    assert leaks == {}


def test_nor_can_it_be_changed(seen: Seen) -> None:
    """Whoever posts a hidden id is answered as for an id that nobody has, and no row comes, goes or changes."""
    leaks, asked = {}, 0
    for label, client in seen.clients.items():
        hidden = seen.world.hidden_from(label)
        missing = cache(lambda action, fields, client=client: client.post(action, dict(fields)))
        for action, fields in seen.actions_on_records().items():
            if theirs := set(UUID_TEXT.findall(action)) & hidden.keys():
                asked += 1
                before = rows_of(theirs)
                with transaction.atomic():
                    there = client.post(action, fields)
                    changed = rows_of(theirs) != before
                    transaction.set_rollback(True)
                nowhere = missing(without(action, theirs), tuple(item for item in fields.items() if item[0] != "csrfmiddlewaretoken"))
                in_path = bool(theirs & set(UUID_TEXT.findall(action.split("?")[0])))
                if changed or there.status_code != nowhere.status_code or (in_path and there.status_code not in (403, 404)):
                    leaks[label, action] = there.status_code

    assert asked > 10
    assert leaks == {}


def rows_of(ids: set[str]) -> list[list[Any]]:
    """What is recorded of children, cases, visits, schools and lesson plans, and how many accounts there are."""
    kinds: tuple[type[Model], ...] = (Student, Case, Visit, School, LessonPlan)
    return [list(kind._default_manager.filter(pk__in=ids).values()) for kind in kinds] + [[User.objects.count(), Post.objects.count()]]


def test_pictures_are_seen_by_those_who_work_with_the_child(seen: Seen) -> None:
    got = {
        label
        for label, one in seen.crawls.items()
        if any(page.kind == "image/jpeg" and address.startswith("/visits/") for address, page in one.pages.items())
    }

    assert {"teacher 甲1", "school_admin 甲", "principal 甲"} <= got
    assert [label for label in got if label.startswith(("county", "observer", "operator", "auditor", "security"))] == []


def test_a_name_stands_only_before_those_who_may_know_it(seen: Seen) -> None:
    leaks = {
        (label, address): child.name
        for label, one in seen.crawls.items()
        for address, page in one.pages.items()
        for child in seen.world.children
        if label not in child.knows_name and child.name in page.text
    }

    assert leaks == {}


def test_what_a_visit_practised_stands_only_before_those_who_read_its_record(seen: Seen) -> None:
    """Objective, note: as the name. What is forbidden to the child: before those who read its plan."""
    shown: set[tuple[str, str]] = set()
    leaks: dict[tuple[str, str], list[str]] = {}
    for label, one in seen.crawls.items():
        for child in seen.world.children:
            readers = {each for each in child.knows_name if not each.startswith("county")}
            for marker, may in ((child.practised[0], child.knows_name), (child.practised[1], child.knows_name), (child.forbidden, readers)):
                places = [address for address, page in one.pages.items() if marker in page.text]
                shown |= {(marker, label)} if places else set()
                leaks |= {(label, marker): places} if places and label not in may else {}

    child = seen.world.children[0]
    assert {(marker, "teacher 甲1") for marker in (*child.practised, child.forbidden)} <= shown
    assert (child.practised[0], "county_staff 450125") in shown
    assert leaks == {}


def test_a_lesson_plan_stands_only_before_its_team_and_its_schools_readers(seen: Seen) -> None:
    shown: set[str] = set()
    leaks: dict[tuple[str, str], list[str]] = {}
    for label, one in seen.crawls.items():
        for child in seen.world.children:
            readers = {each for each in child.knows_name if not each.startswith(("county", "inspector"))}
            places = [address for address, page in one.pages.items() if child.lesson.title in page.text]
            shown |= {label} if places else set()
            leaks |= {(label, child.name): places} if places and label not in readers else {}

    assert {"teacher 甲1", "school_admin 甲", "principal 甲", "itinerant 甲", "school_admin 丙"} <= shown
    assert leaks == {}


def test_who_signed_a_plan_and_its_paper_stand_only_before_those_who_read_the_plan(seen: Seen) -> None:
    shown: set[str] = set()
    papers: set[str] = set()
    leaks: dict[tuple[str, str], list[str]] = {}
    for label, one in seen.crawls.items():
        papers |= {label for address, page in one.pages.items() if "/papers/" in address and page.kind == "image/jpeg"}
        for child in seen.world.children:
            places = [address for address, page in one.pages.items() if child.signer in page.text]
            shown |= {label} if places else set()
            leaks |= {(label, child.signer): places} if places and (label not in child.knows_name or label.startswith("county")) else {}

    team = {"teacher 甲1", "school_admin 甲", "principal 甲", "itinerant 甲", "teacher 丙1", "school_admin 丙"}
    assert (team - shown, team - papers, leaks) == (set(), set(), {})
    assert [label for label in papers | shown if label.startswith(("county", "observer", "inspector", "operator", "auditor"))] == []


def test_what_a_county_found_of_its_sample_stands_before_it_and_who_reads_the_plan(seen: Seen) -> None:
    found = SampledPlan.objects.get(sample__county="450125").plan
    (child,) = (child for child in seen.world.children if child.plan == found)
    words = "450125抽查的意见"
    shown = {label for label, one in seen.crawls.items() if any(words in page.text for page in one.pages.values())}

    assert "county_staff 450125" in shown
    assert {label for label in child.knows_name if label.startswith(("teacher", "school_admin"))} <= shown
    assert shown <= {label for label in child.knows_name if not label.startswith("inspector")}


def test_no_page_and_no_sheet_shows_a_sealed_number(seen: Seen) -> None:
    """Not even to those who may reveal it: revealing is an act of its own."""
    leaks = {
        (label, address): what
        for label, one in seen.crawls.items()
        for address, page in one.pages.items()
        for child in seen.world.children
        for what, number in child.numbers.items()
        if number in page.text and not may_show(what, label, child)
    }

    assert leaks == {}


def may_show(what: str, label: str, child: Child) -> bool:
    """Where the family lives and how to reach it is shown to those who go there; numbers of the person are always masked."""
    return False


def test_leaders_and_observers_see_numbers_and_at_most_a_masked_name(seen: Seen) -> None:
    for label, one in seen.crawls.items():
        if label.startswith("observer"):
            assert not [address for address, page in one.pages.items() if "覃" in page.text], label
        if label.startswith("county_leader 450125"):
            assert any("覃××" in page.text for page in one.pages.values())


def test_no_address_and_no_name_of_a_file_tells_who_a_child_is(seen: Seen) -> None:
    markers = [marker for child in seen.world.children for marker in (child.name, *child.numbers.values())]
    told = {
        (address, page.name)
        for one in seen.crawls.values()
        for address, page in one.pages.items()
        for marker in markers
        if marker in address or marker in page.name
    }

    assert told == set()


def test_nothing_that_is_kept_holds_a_sealed_number(seen: Seen) -> None:
    tables = {kind._meta.db_table: repr(list(kind._default_manager.values_list())) for kind in apps.get_models()}
    stored = {table: text_of_table(table) for table in tables}
    numbers = [number for child in seen.world.children for number in child.numbers.values()]
    names = [child.name for child in seen.world.children]

    assert numbers[0] in tables["students_student"]  # it opens for the product
    assert names[0] in stored["students_student"]  # and the tables were read
    assert {table for table, text in stored.items() for number in numbers if number in text} == set()
    assert {table for table, text in stored.items() for name in names if name in text} <= {"students_student", "students_guardian"}


def text_of_table(table: str) -> str:
    """The rows as the database holds them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return repr(cursor.fetchall())


def test_no_log_tells_who_a_child_is(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    child = seen.world.children[0]
    client = Client(raise_request_exception=False)
    client.force_login(seen.world.people["county_staff 450125"])
    monkeypatch.setattr("students.views.lists.has_id_form", lambda number: 1 / 0)
    with logged() as breakdown:
        answers = [client.post("/search/", {"q": typed}) for typed in (child.numbers["id"], child.name)]
        client.get("/no-such-page/")
    log = "\n".join(seen.log + breakdown)

    assert [answer.status_code for answer in answers] == [500, 500]
    assert "ZeroDivisionError" in log  # breakdowns are told with their place,
    assert "/no-such-page/" in log
    markers = [marker for one in seen.world.children for marker in (one.name, *one.numbers.values())]
    assert [marker for marker in markers if marker in log] == []  # not with what was typed


def without(address: str, ids: set[str]) -> str:
    """The address of the same page of a record that nobody has."""
    for one in ids:
        address = address.replace(one, str(NOBODY))
    return address


def plain(content: bytes, ids: set[str]) -> str:
    """What a page says, its form token, its ticket, a seed it threw, the new id a form brings and the ids asked for aside."""
    text = re.sub(r'name="(?:ticket|seed)"\s+value="[^"]*"', "", content.decode("utf-8", errors="replace"))
    fresh = set(re.findall(r'name="(?:id|visit)" value="([\w-]+)"', text))
    text = re.sub(r'name="csrfmiddlewaretoken" value="[\w-]+"', "", text)
    return without(text, ids | fresh)
