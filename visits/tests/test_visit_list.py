"""Looking through the visits: filters, order, pages, sums, the workbook."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import give_post, make_user
from counties.models import Policy
from counties.tests.make import make_county, make_school
from office.models import AuditLine
from students.tests.make import make_case, make_student
from visits.models import Visit
from visits.tests.conftest import Cast, signed_in
from visits.tests.make import make_visit

pytestmark = pytest.mark.django_db


def listed(user: User, **asked: Any) -> Any:
    """The page's context: `lines`, `totals`, `page`, `filter`."""
    response = signed_in(user).get(f"{reverse('visit_list')}?{urlencode(asked)}")
    assert response.status_code == 200
    return response.context


def children(user: User, **asked: Any) -> list[str]:
    return [line.child for line in listed(user, **asked)["lines"]]


def test_a_bare_list_shows_the_school_year_newest_first(cast: Cast) -> None:
    make_visit(cast.case, people=(cast.teacher, "村干部温某"), start="2026-09-01 08:00")
    make_visit(cast.case, people=(cast.teacher,), start="2026-10-14 10:00")
    make_visit(cast.case, people=(cast.teacher,), start="2026-10-14 14:00")
    make_visit(cast.case, people=(cast.teacher,), start="2026-08-31 14:00")
    html = signed_in(cast.teacher).get(reverse("visit_list")).content.decode()
    shown = [html.index(words) for words in ("14:00–16:00", "10:00–12:00", "9月1日 周二")]
    assert shown == sorted(shown)
    assert "8月31日" not in html
    assert "韦志玲、村干部温某" in html
    assert len(listed(cast.teacher, **{"from": ""})["lines"]) == 4


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({"from": "2026-10-14"}, [20, 17, 14]),
        ({"to": "2026-10-14"}, [14, 8, 5]),
        ({"from": "2026-10-08", "to": "2026-10-14"}, [14, 8]),
        ({"state": "done"}, [14, 8, 5]),
        ({"state": "missed"}, [17]),
        ({"state": "planned"}, [20]),
        ({"mode": "remote"}, [8]),
        ({"delivered": "1"}, [14, 8]),
        ({"sort": "on"}, [5, 8, 14, 17, 20]),
        ({"sort": "-lessons"}, [14, 8, 20, 17, 5]),
    ],
)
def test_filters_and_order(cast: Cast, asked: dict[str, str], days: list[int]) -> None:
    make_visit(cast.case, start="2026-10-05 14:00", lessons=0)
    make_visit(cast.case, start="2026-10-08 14:00", mode="remote", lessons=2)
    make_visit(cast.case, start="2026-10-14 14:00")
    make_visit(cast.case, start="2026-10-17 14:00", state="missed", present=False, lessons=0, missed_reason="away")
    make_visit(cast.case, start="2026-10-20 14:00", state="planned", lessons=0)
    assert [line.on.day for line in listed(cast.admin, **asked)["lines"]] == days


def test_by_child_school_and_teacher(cast: Cast) -> None:
    make_visit(cast.case, people=(cast.teacher, cast.colleague))
    make_visit(cast.neighbours_case, people=(cast.neighbours_teacher,))
    assert set(children(cast.clerk)) == {"覃小远", "石阿妹"}
    assert children(cast.clerk, q="小 远") == ["覃小远"]
    assert children(cast.clerk, school=cast.neighbour.pk) == ["石阿妹"]
    assert children(cast.clerk, student=cast.case.student_id) == ["覃小远"]
    assert children(cast.clerk, teacher=cast.colleague.pk) == ["覃小远"]
    assert children(cast.clerk, teacher=cast.neighbours_teacher.pk, school=cast.school.pk) == []


def test_a_filter_narrows_and_never_widens(cast: Cast) -> None:
    make_visit(cast.case, people=(cast.teacher,))
    make_visit(cast.neighbours_case, people=(cast.neighbours_teacher,))
    for asked in ({"student": cast.neighbours_case.student_id}, {"teacher": cast.neighbours_teacher.pk}, {"q": "石"}):
        assert children(cast.admin, **asked) == []
        assert children(cast.neighbours_admin, **asked) == ["石阿妹"]


def test_a_masked_child_is_not_found_by_name(cast: Cast) -> None:
    make_visit(cast.case, people=(cast.neighbours_teacher,))
    assert children(cast.neighbours_admin) == children(cast.leader) == ["覃××"]
    assert children(cast.neighbours_admin, q="覃") == children(cast.leader, q="覃") == []
    assert children(cast.admin, q="覃") == ["覃小远"]


def test_sums_are_of_everything_let_through(cast: Cast) -> None:
    other = make_case(cast.school)
    make_visit(cast.case, other, lessons="2.5", start="2026-10-05 14:00")
    make_visit(cast.case, lessons=8, start="2026-10-08 14:00")  # six of them count
    make_visit(cast.case, lessons=0, start="2026-10-09 14:00")
    make_visit(cast.case, state="missed", present=False, lessons=0, start="2026-10-12 14:00")
    group = make_visit(cast.case, other, start="2026-10-13 14:00")
    group.records.filter(case=other).update(present=False, lessons=0)
    make_visit(cast.case, purpose=Visit.Purpose.CONDOLENCE, start="2026-10-14 14:00")

    totals = listed(cast.admin)["totals"]
    assert (totals.records, totals.outings, totals.delivered, totals.missed) == (8, 6, 4, 2)
    assert totals.lessons == Decimal("14")
    html = signed_in(cast.admin).get(reverse("visit_list")).content.decode()
    assert "计 6" in html


def test_each_month_is_capped_by_its_own_policy(cast: Cast) -> None:
    policy = Policy.objects.get()
    Policy.objects.create(
        county=policy.county,
        effective_on="2026-10-02",
        preset="x",
        values=policy.values | {"lessons_per_visit": 2},
        created_at=policy.created_at,
    )
    make_visit(cast.case, lessons=8, start="2026-10-08 14:00")
    make_visit(cast.case, lessons=8, start="2026-11-02 14:00")
    context = listed(cast.admin)
    assert context["totals"].lessons == 6 + 4
    assert [line.credited for line in context["lines"]] == [4, 6]


def test_the_list_costs_the_same_for_ten_fifty_and_five_hundred(cast: Cast) -> None:
    readers = (cast.clerk, cast.admin, cast.teacher, cast.leader)
    clients = {user.name: signed_in(user) for user in readers}
    costs: dict[str, set[int]] = {user.name: set() for user in readers}
    for client in clients.values():
        client.get(reverse("visit_list"))  # the session's own bookkeeping is done once a while
    for first, size in ((0, 10), (10, 50), (50, 500)):
        for number in range(first, size):
            case = make_case(cast.school, teachers=(cast.teacher,))
            make_visit(case, people=(cast.teacher, cast.colleague, "志愿者"), start=f"2026-10-{number % 28 + 1:02} 14:00")
        for name, client in clients.items():
            with CaptureQueriesContext(connection) as queries:
                context = client.get(reverse("visit_list")).context
            assert (context["totals"].records, len(context["lines"])) == (size, min(size, 50))
            costs[name].add(len(queries))
    assert all(len(counts) == 1 and max(counts) <= 10 for counts in costs.values()), costs


@pytest.mark.parametrize("sort", ["", "on", "-child", "school", "-lessons"])
def test_pages_follow_one_another(cast: Cast, sort: str) -> None:
    for number in range(101):
        make_visit(make_case(cast.school), lessons=number % 4, start=f"2026-10-{number % 7 + 1:02} 14:00")
    everybody = set(Visit.objects.values_list("pk", flat=True))
    walked = [first := listed(cast.admin, sort=sort)]
    while after := walked[-1]["page"].after:
        make_visit(make_case(cast.school), start="2026-10-04 14:00")  # some come in before, some after where one is
        walked.append(listed(cast.admin, sort=sort, after=after))
    shown = [line.visit_id for page in walked for line in page["lines"]]
    back = [page := walked[-1]]
    while before := page["page"].before:
        back.append(page := listed(cast.admin, sort=sort, before=before))

    assert len(walked) == 3
    assert len(shown) == len(set(shown))
    assert everybody <= set(shown)
    assert back[-1]["page"].is_first
    assert everybody <= {line.visit_id for page in back for line in page["lines"]}
    assert [len(listed(cast.admin, **{name: "x"})["lines"]) for name in ("after", "before", "page")] == [50, 50, 50]
    assert first["totals"].records == 101


def test_a_place_in_a_list_names_nobody(cast: Cast) -> None:
    for number in range(51):
        make_visit(make_case(cast.school), start=f"2026-10-{number % 28 + 1:02} 14:00")
    page = listed(cast.admin, sort="child")
    name = page["lines"][-1].child
    assert name not in page["page"].after
    assert len(listed(cast.admin, sort="child", after=page["page"].after)["lines"]) == 1
    assert len(listed(cast.admin, sort="-child", after=page["page"].after)["lines"]) == 50  # of another order: the first page


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "2026-13-45"},
        {"from": "2026-10-20", "to": "2026-10-01"},
        {"student": "1 OR 1=1"},
        {"teacher": "x"},
        {"state": "gone"},
        {"mode": "<script>"},
        {"sort": "student__id_number"},
        {"school": "00000000-0000-0000-0000-000000000000"},
    ],
)
def test_a_filter_that_makes_no_sense_shows_nothing_and_says_so(cast: Cast, asked: dict[str, str]) -> None:
    make_visit(cast.case)
    make_visit(cast.neighbours_case)
    response = signed_in(cast.clerk).get(f"{reverse('visit_list')}?{urlencode(asked)}")
    assert response.status_code == 200
    assert response.context["lines"] == []
    assert "筛选条件有误" in response.content.decode()
    assert "<script>" not in response.content.decode().split("<main")[1]


def test_an_empty_list_says_what_to_do(cast: Cast) -> None:
    html = signed_in(cast.admin).get(reverse("visit_list")).content.decode()
    assert "没有符合条件的送教记录" in html
    assert "导出表格" not in html


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.OPERATOR, Role.AUDITOR])
def test_roles_without_children_have_no_list(cast: Cast, role: Role) -> None:
    user = make_user(role, cast.school.county if role == Role.OBSERVER else None)
    for name in ("visit_list", "visit_export"):
        assert signed_in(user).get(reverse(name)).status_code == 403
        assert signed_in(cast.admin).get(reverse(name)).status_code == 200


def test_somebody_of_two_counties_sees_both_by_their_own_policies(cast: Cast) -> None:
    elsewhere = make_county("360922", preset="甘肃 2018")
    user = make_user(Role.COUNTY_STAFF, cast.school.county)
    give_post(user, Role.COUNTY_STAFF, elsewhere)
    far = make_school(elsewhere)
    make_visit(make_case(far, student=make_student(far)), lessons=8)
    make_visit(cast.case, lessons=8)
    assert listed(user)["totals"].lessons == 4 + 6


# --- The workbook --------------------------------------------------------------------------------------


def rows(user: User, **asked: Any) -> list[tuple[Any, ...]]:
    response = signed_in(user).get(f"{reverse('visit_export')}?{urlencode(asked)}")
    assert response.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


def test_the_workbook_holds_all_pages_of_what_is_asked(cast: Cast) -> None:
    for number in range(55):
        make_visit(cast.case, start=f"2026-{9 + number // 28:02}-{number % 28 + 1:02} 14:00", people=(cast.teacher,))
    exported = rows(cast.admin, **{"from": "2026-09-01"})
    assert exported[0][:4] == ("日期", "开始时间", "结束时间", "学生姓名")
    assert len(exported) == 56
    assert exported[1][3:8] == ("覃小远", "第一中心小学", "入户", "韦志玲", 3)
    assert len(rows(cast.admin, to="2026-09-30")) == 29


def test_the_workbook_masks_what_the_page_masks(cast: Cast) -> None:
    make_visit(
        cast.case, people=(cast.neighbours_teacher, "村干部温某"), state="missed", missed_reason="hospital", present=False, lessons=0
    )
    for user in (cast.neighbours_admin, cast.leader):
        text = str(rows(user))
        assert "覃××" in text
        for hidden in ("覃小远", "温某", "住院"):
            assert hidden not in text
    assert "覃小远" in str(rows(cast.admin))
    assert rows(cast.neighbours_admin, q="覃小远")[1:] == []


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_in_the_workbook_is_a_formula(cast: Cast, sign: str) -> None:
    bad = f'{sign}HYPERLINK("http://127.0.0.1/","x")'
    case = make_case(cast.school, student=make_student(cast.school, name=bad))
    make_visit(case, people=(bad,))
    response = signed_in(cast.admin).get(reverse("visit_export"))
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert sum("HYPERLINK" in str(cell.value) for cell in cells) == 2


def test_taking_the_workbook_is_written_down(cast: Cast) -> None:
    make_visit(cast.case)
    rows(cast.admin)
    line = AuditLine.objects.get(verb="visits.exported")
    assert line.by == cast.admin.pk
    assert line.detail == {"rows": 1}
    assert line.chain.scope == "450125"
