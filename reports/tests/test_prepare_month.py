"""manage.py prepare_month."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.rules import Role
from accounts.tests.make import make_user
from counties.tests.make import at
from office.models import Job
from office.work import do
from reports.actions.filing import submit
from reports.models import Submission
from reports.tests.make import make_cast

pytestmark = pytest.mark.django_db
NOW = at("2026-10-25 06:00")


def prepare(*arguments: str) -> list[dict[str, Any]]:
    out = StringIO()
    with patch.object(timezone, "now", return_value=NOW):
        call_command("prepare_month", "2026-10", *arguments, "--json", stdout=out)
    lines: list[dict[str, Any]] = json.loads(out.getvalue())
    return lines


def test_every_school_gets_one_draft_however_often_it_runs() -> None:
    cast = make_cast()
    lines = prepare()

    assert [(line["school"], line["state"], line["version"]) for line in lines] == [
        (school.code, "draft", 1) for school in (cast.school, cast.neighbour)
    ]
    assert prepare("--county", "450125") == lines
    assert Submission.objects.count() == 2


def test_what_was_filed_stays_as_it_was() -> None:
    cast = make_cast()
    clerk = make_user(Role.SCHOOL_ADMIN, cast.school)
    prepare("--school", cast.school.code)
    filed = submit(school=cast.school, month=NOW.date().replace(day=1), version=1, by=clerk, at=NOW)

    (line,) = prepare("--school", cast.school.code)
    assert (line["state"], line["digest"]) == ("submitted", filed.digest)


def test_drafts_have_their_files() -> None:
    make_cast()
    prepare()
    assert [bool(draft.pdf and draft.xlsx) for draft in Submission.objects.all()] == [True, True]


def test_a_school_that_fails_is_told_and_stops_no_other() -> None:
    cast = make_cast()
    broken = {"confirmed_at": NOW, "snapshot": "{", "digest": "0" * 64, "as_of": NOW, "made_at": NOW}
    Submission.objects.create(school=cast.school, month=NOW.date().replace(day=1), **broken)
    out = StringIO()
    with patch.object(timezone, "now", return_value=NOW), pytest.raises(CommandError, match="1 所学校没有做成"):
        call_command("prepare_month", "2026-10", "--json", stdout=out)
    first, second = json.loads(out.getvalue())
    assert (first["failed"], second["state"]) == ("JSONDecodeError", "draft")


def test_the_workers_do_the_same_when_it_is_left_to_them() -> None:
    cast = make_cast()
    lines = prepare("--queue")
    assert prepare("--queue") == lines
    for line in lines:
        do(UUID(line["job"]))
    assert [(job.kind, job.state) for job in Job.objects.all()] == [("month.draft", "done")] * 2
    drafts = Submission.objects.filter(state="draft", pdf__isnull=False, xlsx__isnull=False)
    assert {draft.school for draft in drafts} == {cast.school, cast.neighbour}


def test_wrong_arguments_are_told() -> None:
    with pytest.raises(CommandError, match="没有代码"):
        prepare("--county", "999999")
    with pytest.raises(CommandError, match="没有标识码"):
        prepare("--school", "0000000000")
    with pytest.raises(CommandError, match="不是月份"):
        call_command("prepare_month", "October")
