"""The summary of a term on its pages and on paper: written by whom, when, by two at once, and never by half."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from counties.models import Term
from office.models import AuditLine
from plans.tests.make import make_goal, make_objective, paper_of
from students.models import Case
from students.tests.make import make_case
from visits.models import TermSummary
from visits.rules.summing import LONGEST, SECTIONS
from visits.tests.practising import NOW, TEXTS, Cast, client_of, text_of

pytestmark = pytest.mark.django_db
POISON = "<script>alert(1)</script><img src=x onerror=ran()>"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    made = Cast()
    for on, level in (("2026-09-10", 1), ("2026-10-10", 5), ("2026-11-10", 5), ("2026-12-10", 5)):
        made.practise(on, level)
    return made


def begin(cast: Cast, user: User | None = None, term: str = "2026-09-01") -> Any:
    return client_of(user or cast.teacher).post(f"/students/{cast.case.student_id}/summaries/add/", {"term": term})


def begun(cast: Cast) -> TermSummary:
    begin(cast)
    return TermSummary.objects.get()


def sent(summary: TermSummary, **changes: str) -> dict[str, str]:
    return {**summary.sections, "version": str(summary.version), **changes}


# --- Written ------------------------------------------------------------------------------------------------------


def test_it_is_drafted_edited_finished_printed_and_opened_again(cast: Cast) -> None:
    client = client_of(cast.teacher)
    assert '<option value="2026-09-01">' in text_of(client.get(f"/students/{cast.case.student_id}/progress/"))
    edit = begin(cast)["Location"]
    made = TermSummary.objects.get()
    page = f"/summaries/{made.pk}/"
    shown = text_of(client.get(edit))
    assert (edit, "练过 1 个，掌握 1 个" in shown, "应送 9 次，实送 4 次" in shown) == (f"{page}edit/", True, True)
    assert "按现在的记录起草的文字" not in shown  # it says the same

    assert client.post(edit, sent(made, goals="会自己吃饭了。")).status_code == 302
    shown = text_of(client.get(edit))
    assert ("会自己吃饭了。" in shown, shown.count("按现在的记录起草的文字")) == (True, 1)
    made.refresh_from_db()
    assert (made.version, made.state, made.figures) == (2, "draft", None)
    assert "草稿，数到2026年12月20日" in "".join(paper_of(client.get(f"{page}pdf/").content))

    finished = client.post(edit, sent(made, finish="1"), follow=True)
    made.refresh_from_db()
    assert ("小结已完成。" in text_of(finished), made.state, made.figures["delivered"]) == (True, "done", 4)
    assert client.get(edit)["Location"] == page
    assert begin(cast)["Location"] == page  # the one there is

    cast.practise("2026-12-12", 1)
    assert "4 次" in text_of(client.get(page))  # as it was finished
    assert client.post(f"{page}reopen/").status_code == 302
    made.refresh_from_db()
    assert (made.state, made.figures, made.done_at) == ("draft", None, None)
    assert "曾达到掌握标准" in text_of(client.get(page))
    lines = AuditLine.objects.filter(verb__startswith="summary.").values_list("verb", flat=True)
    done = [verb.removeprefix("summary.") for verb in lines if not verb.endswith(("viewed", "exported"))]
    assert done == ["started", "written", "finished", "opened_again"]


def test_of_two_who_write_the_second_sees_both_texts(cast: Cast) -> None:
    made = begun(cast)
    edit = f"/summaries/{made.pk}/edit/"
    client_of(cast.admin).post(edit, sent(made, goals="对方写的"))
    client = client_of(cast.teacher)
    answer = client.post(edit, sent(made, goals="我写的"))
    page = text_of(answer)

    assert (answer.status_code, "<del>对方写的</del>" in page, "<ins>我写的</ins>" in page) == (409, True, True)
    assert TermSummary.objects.get().sections["goals"] == "对方写的"
    version = page.split('name="version" value="')[1].split('"')[0]
    assert client.post(edit, sent(made, goals="我写的", version=version)).status_code == 302  # seen, and meant
    assert TermSummary.objects.get().sections["goals"] == "我写的"
    assert client.post(edit, sent(made, goals="再写", version="1", finish="1")).status_code == 409  # nor is it finished unseen
    assert TermSummary.objects.get().state == "draft"


def test_the_same_twice_changes_nothing(cast: Cast) -> None:
    made, client = begun(cast), client_of(cast.teacher)
    assert begin(cast)["Location"] == f"/summaries/{made.pk}/edit/"
    edit = f"/summaries/{made.pk}/edit/"
    for _ in range(2):  # an answer that was lost: the old version again, with what stands there already
        assert client.post(edit, sent(made, goals="一")).status_code == 302
    assert (TermSummary.objects.count(), TermSummary.objects.get().version) == (1, 2)
    assert AuditLine.objects.filter(verb="summary.written").count() == 1


def test_at_the_wrong_moment_it_is_refused_in_words(cast: Cast) -> None:
    made, client = begun(cast), client_of(cast.teacher)
    page = f"/summaries/{made.pk}/"
    assert client.post(f"{page}reopen/").status_code == 409  # it is not finished
    empty = client.post(f"{page}edit/", dict.fromkeys(SECTIONS, "") | {"version": "1", "finish": "1"})
    assert (empty.status_code, "还是空的" in text_of(empty)) == (422, True)
    made.refresh_from_db()
    client.post(f"{page}edit/", sent(made, goals="一", finish="1"))
    made.refresh_from_db()
    assert made.state == "done"
    late = client.post(f"{page}edit/", sent(made, goals="二"))
    assert (late.status_code, "已经完成，不能再改" in text_of(late), "二" in text_of(late)) == (422, True, True)
    assert client.post(f"{page}discard/").status_code == 409
    assert TermSummary.objects.get().sections["goals"] == "一"

    client.post(f"{page}reopen/")
    assert client.post(f"{page}discard/")["Location"] == f"/students/{cast.case.student_id}/progress/"
    assert TermSummary.objects.count() == 0
    assert client.post(f"{page}edit/", sent(made)).status_code == 404


def test_only_a_term_that_has_begun_of_a_child_that_is_served(cast: Cast) -> None:
    assert begin(cast, term="2027-02-22").status_code == 409
    assert begin(cast, term="2026-09-02").status_code == 409
    assert client_of(cast.teacher).post(f"/students/{cast.case.student_id}/summaries/add/").status_code == 409
    Term.objects.create(county=cast.county, name="以前", starts_on=date(2025, 9, 1), ends_on=date(2026, 1, 20))
    assert begin(cast, term="2025-09-01").status_code == 409  # served since September 2026
    Case.objects.filter(pk=cast.case.pk).update(ends_on=date(2026, 12, 20), state="exited")
    assert begin(cast).status_code == 403
    assert TermSummary.objects.count() == 0


def test_a_text_too_long_is_refused_and_kept_on_the_page(cast: Cast) -> None:
    made = begun(cast)
    answer = client_of(cast.teacher).post(f"/summaries/{made.pk}/edit/", sent(made, next="长" * (LONGEST + 1)))
    assert (answer.status_code, "最多 1500 个字" in text_of(answer), "长" * (LONGEST + 1) in text_of(answer)) == (422, True, True)
    for odd in ("", "x", "²", "9" * 40):
        assert client_of(cast.teacher).post(f"/summaries/{made.pk}/edit/", sent(made, goals="一", version=odd)).status_code == 409


# --- Seen ---------------------------------------------------------------------------------------------------------


def test_the_team_and_the_admin_write_readers_read_and_others_find_nothing(cast: Cast) -> None:
    made = begun(cast)
    TermSummary.objects.filter(pk=made.pk).update(sections=made.sections | {"goals": "标记一二三"})
    page = f"/summaries/{made.pk}/"
    for user, sees, does in (
        (cast.teacher, 200, 302),
        (cast.admin, 200, 302),
        (cast.principal, 200, 403),
        (cast.itinerant, 200, 403),
        (cast.inspector, 404, 404),
        (cast.staff, 404, 404),
        (cast.leader, 404, 404),
        (cast.neighbour, 404, 404),
        (cast.colleague, 404, 404),
    ):
        client = client_of(user)
        shown, paper = client.get(page), client.get(f"{page}pdf/")
        assert (shown.status_code, paper.status_code) == (sees, sees), user.name
        assert ("标记一二三" in text_of(shown)) == (sees == 200)
        assert (f'href="{page}edit/"' in text_of(shown)) == (does == 302)
        held = TermSummary.objects.get()
        assert client.post(f"{page}edit/", sent(held, next=str(user.pk))).status_code == does
        if does != 302:
            assert [client.post(f"{page}{what}/").status_code for what in ("reopen", "discard")] == [does, does]
    for user, status in ((cast.principal, 403), (cast.inspector, 403), (cast.staff, 403), (cast.leader, 403), (cast.neighbour, 404)):
        assert begin(cast, user).status_code == status, user.name
    assert TermSummary.objects.get().version == 3


def test_another_schools_ids_are_as_if_they_did_not_exist(cast: Cast) -> None:
    made = begun(cast)
    theirs = make_case(cast.elsewhere)
    other = client_of(cast.neighbour)
    for method, path in (("get", ""), ("get", "edit/"), ("post", "edit/"), ("post", "reopen/"), ("post", "discard/"), ("get", "pdf/")):
        there, nowhere = (getattr(other, method)(f"/summaries/{key}/{path}") for key in (made.pk, uuid4()))
        assert (there.status_code, nowhere.status_code) == (404, 404), path
    assert other.post(f"/students/{theirs.student_id}/summaries/add/", {"term": "2026-09-01"}).status_code == 302  # the positive control


def test_the_county_reads_of_it_once_it_gives_a_reason_but_does_not_open_it(cast: Cast) -> None:
    made = begun(cast)
    client, path = client_of(cast.staff), f"/students/{cast.case.student_id}/progress/"
    assert "学期小结" not in text_of(client.get(path))
    page = text_of(client.post(path, {"reason": "核对"}))
    assert ("学期小结" in page, f"/summaries/{made.pk}/" in page, "写学期小结" in page) == (True, False, False)


def test_what_is_kept_is_sealed(cast: Cast) -> None:
    made = begun(cast)
    client_of(cast.teacher).post(f"/summaries/{made.pk}/edit/", sent(made, goals="标记一二三", finish="1"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM visits_termsummary")
        stored = repr(cursor.fetchall())
    assert ("标记一二三" in stored, TEXTS[0] in stored, "s1:" in stored) == (False, False, True)
    assert TermSummary.objects.get().sections["goals"] == "标记一二三"


def test_a_text_is_text_wherever_it_stands(cast: Cast) -> None:
    made = begun(cast)
    client, page = client_of(cast.teacher), f"/summaries/{made.pk}/"
    client.post(f"{page}edit/", sent(made, **dict.fromkeys(SECTIONS, POISON)))
    for path in (page, f"{page}edit/"):
        shown = text_of(client.get(path))
        assert (shown.count("&lt;script&gt;alert(1)") >= len(SECTIONS), "<script>alert" in shown, "<img src=x" in shown) == (
            True,
            False,
            False,
        )
    assert POISON in "".join("".join(paper_of(client.get(f"{page}pdf/").content)).split("\n"))


# --- On paper -----------------------------------------------------------------------------------------------------


def test_on_paper_it_is_one_page_with_everything_and_the_same_twice(cast: Cast) -> None:
    made = begun(cast)
    client, page = client_of(cast.teacher), f"/summaries/{made.pk}/"
    client.post(f"{page}edit/", sent(made, next="下学期练习自己洗手。", finish="1"))
    first, second = (client.get(f"{page}pdf/") for _ in range(2))
    pages = paper_of(first.content)
    whole = "".join("".join(pages).split())

    assert (len(pages), first.content == second.content) == (1, True)
    for said in (
        "覃小远",
        "石门小学",
        "2026学年上学期",
        "韦志玲",
        "下学期练习自己洗手。",
        "1、5、5、5",
        "已掌握",
        *SECTIONS.values(),
        *TEXTS,
    ):
        assert said in whole, said
    assert "草稿" not in whole
    assert "覃" not in first["Content-Disposition"]
    assert AuditLine.objects.filter(verb="summary.exported").count() == 2


def test_a_long_one_goes_on_to_the_last_word(cast: Cast) -> None:
    cast.plan.state = "superseded"
    cast.plan.save()
    cast.objectives = [make_objective(f"{'一口气写下来没有空格' * 40}{number}完") for number in range(12)]
    cast.plan = cast.make_plan(make_goal(*cast.objectives), version=2)
    made = begun(cast)
    made.sections = dict.fromkeys(SECTIONS, "长" * 1490 + "末尾")
    made.save()
    pages = paper_of(client_of(cast.teacher).get(f"/summaries/{made.pk}/pdf/").content)
    whole = "".join("".join(pages).split())
    assert len(pages) > 2
    assert whole.count("长末尾") == len(SECTIONS)
    assert all(f"{number}完" in whole for number in range(12))


# --- What it costs ------------------------------------------------------------------------------------------------


def test_as_many_queries_for_many_visits_as_for_few(cast: Cast) -> None:
    made, client = begun(cast), client_of(cast.teacher)
    paths = [f"/summaries/{made.pk}/", f"/summaries/{made.pk}/edit/", f"/students/{cast.case.student_id}/progress/"]

    def cost() -> list[int]:
        found = []
        for path in paths:
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            found.append(len(queries))
        return found

    few = cost()
    for number in range(60):
        cast.practise(f"2026-{10 + number % 2}-{1 + number // 3:02} {8 + number % 9:02}:00", 3, 4, (1, 2))
    assert cost() == few
    assert max(few) <= 12
    assert re.search(r"64 次", text_of(client.get(paths[0])))
