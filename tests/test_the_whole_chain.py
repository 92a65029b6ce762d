"""The product from a bureau's sheet to an accepted month, in Chromium, by the hands of everybody concerned, on a phone and on a desk.

The day is the machine's own: a browser has no other. Jobs are done as the worker does them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from accounts.rules import Role
from accounts.tests.make import make_user
from counties.models import School
from counties.tests.make import make_county, make_school
from office.models import Job, JobState
from office.work import do
from reports.actions.filing import refresh_draft, submit
from reports.models import Submission
from students.models import Student
from students.tests.make import make_case, make_roster, make_row, make_student
from tests.browser import barriers, browser, open_as, overflow
from visits.models import Confirmation, Photo
from visits.tests.log_page import sign
from visits.tests.make import make_visit
from visits.tests.pictures import camera_picture

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHILD, TOLD, REASON = "覃小远", "看图卡认水果，五次里对四次", "请写明用了哪几张图卡。"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Walk:
    """A county without a child, its people, each with a window of their own."""

    browser: Browser
    address: str
    width: int
    confirms: bool
    school: School = field(init=False)
    people: dict[str, User] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    day: date = field(init=False)

    def __post_init__(self) -> None:
        county = make_county()
        self.day = timezone.localdate(timezone.now()) - timedelta(days=1)
        self.school = make_school(county, name="石门小学", principal_confirms=self.confirms)
        for key, role, where, name in (
            ("clerk", Role.COUNTY_STAFF, county, "苏雨美"),
            ("leader", Role.COUNTY_LEADER, county, "莫县长"),
            ("observer", Role.OBSERVER, county, "罗观察"),
            ("admin", Role.SCHOOL_ADMIN, self.school, "梁雨燕"),
            ("principal", Role.PRINCIPAL, self.school, "黄校长"),
            ("teacher", Role.TEACHER, self.school, "韦志玲"),
        ):
            self.people[key] = make_user(role, where, name=name)

    @property
    def month(self) -> str:
        return f"{self.day:%Y-%m}"

    def go(self, who: str, path: str) -> Page:
        if who not in self.pages:
            self.pages[who] = open_as(self.browser, self.address, self.people[who], width=self.width)
        self.pages[who].goto(path)
        return self.pages[who]

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()


def look(page: Page) -> None:
    """Everybody can use the page: nothing for axe to say, nothing beyond the window's edge, no complaint of the browser."""
    assert (barriers(page), overflow(page), page.complaints) == ([], 0, [])  # type: ignore[attr-defined]


def work() -> None:
    """What the worker would do by now."""
    for job in Job.objects.filter(state=JobState.QUEUED).order_by("at"):
        do(job.pk)
    assert not Job.objects.exclude(state=JobState.DONE).exists()


@pytest.mark.parametrize("width", [360, 1280])
def test_from_a_sheet_to_an_accepted_month(width: int, browser: Browser, live_server: LiveServer) -> None:
    walk = Walk(browser, live_server.url, width, confirms=width == 360)
    import_a_roster(walk)
    agree_to_photos(walk)
    open_the_month(walk)
    log_a_visit(walk)
    answer_and_file(walk)
    send_a_line_back(walk)
    mend_it(walk)
    file_again(walk)
    accept(walk)
    fetch_the_files(walk)
    look_from_above(walk)
    walk.close()


def import_a_roster(walk: Walk) -> None:
    """The clerk uploads what the county sent: one good row goes in, one comes back with its reason."""
    usual = {"送教学校": "石门小学", "开始送教日期": f"{walk.day.replace(day=1)}", "监护人": "覃大山", "与学生关系": "父亲"}
    sheet = make_roster(make_row(姓名=CHILD, **usual), make_row(姓名="黄嘉春", **usual | {"送教学校": "没有的小学"}))
    page = walk.go("clerk", "/students/import/")
    look(page)
    page.set_input_files("input[type=file]", {"name": "花名册.xlsx", "mimeType": XLSX, "buffer": sheet})
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_url("**/students/import/*-*/")
    work()
    page.reload()
    expect(page.locator("#rejected + a, #rejected")).to_have_count(2)
    look(page)
    page.get_by_role("button", name="导入 1 行").click()
    work()
    page.reload()
    expect(page.locator("#outcome")).to_contain_text("已导入")
    look(page)
    assert [child.name for child in Student.objects.all()] == [CHILD]


def agree_to_photos(walk: Walk) -> None:
    """The admin writes down the paper that the guardian signed."""
    page = walk.go("admin", "/students/consents/")
    look(page)
    page.fill("[name=on]", f"{walk.day.replace(day=1)}")
    for box in page.locator("td input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="登记勾选的同意书").click()
    page.wait_for_url("**/students/**")
    assert Student.objects.get().consents.count() == 2


def open_the_month(walk: Walk) -> None:
    page = walk.go("admin", f"/reports/{walk.month}/filing/")
    expect(page.get_by_role("link", name=f"给{CHILD}记一次送教")).to_be_visible()
    look(page)


def log_a_visit(walk: Walk) -> None:
    """The teacher went alone, took one picture and had the father sign on the phone."""
    page = walk.go("teacher", "/")
    look(page)
    page.get_by_role("link", name=f"给 {CHILD} 记一次送教").click()
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="昨天").click()
    page.fill("[name=start]", "14:00")
    page.fill("[name=end_time]", "16:00")
    page.locator("[name^=teaching-]").first.fill(TOLD)
    picture = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": camera_picture(1, taken=f"{walk.day:%Y:%m:%d} 14:20:00")}
    page.set_input_files("[data-photo-input]", picture)  # type: ignore[arg-type]
    expect(page.locator("[data-photo-list] li")).to_have_count(1)
    page.get_by_label("照片说明").first.fill("看图卡")
    page.locator("[name^=confirm_signer-]").first.fill("覃大山")
    sign(page)
    look(page)
    page.get_by_role("button", name="提交记录").click()
    expect(page.locator("[data-sent-photos] .state.good")).to_have_count(1)
    look(page)
    page.get_by_role("link", name="看这次记录").click()
    expect(page.locator("img[alt*=看图卡]")).to_be_visible()
    look(page)
    assert (Photo.objects.received().count(), Confirmation.objects.get().signer) == (1, "覃大山")


def answer_and_file(walk: Walk) -> None:
    """Two questions stand in the way; the admin answers them, and the month is filed."""
    page = walk.go("admin", f"/reports/{walk.month}/filing/")
    expect(page.get_by_role("heading", name="还不能上报")).to_be_visible()
    look(page)
    asked = page.locator("details.answer")
    assert asked.count() == 2, page.inner_text("main")
    for left in (1, 0):
        asked.first.locator("summary").click()
        asked.first.locator("textarea").fill("同去的村干部临时有事，只拍了一张。")
        asked.first.get_by_role("button", name="保存说明").click()
        expect(asked).to_have_count(left)
    file(walk)


def file(walk: Walk) -> None:
    """Where the school wants it the principal confirms first."""
    if walk.confirms:
        principal = walk.go("principal", f"/reports/{walk.month}/filing/")
        look(principal)
        prepare = principal.get_by_role("button", name="汇总本月，准备确认")
        if prepare.count():
            prepare.click()
        principal.get_by_role("button", name="校长确认").click()
        expect(principal.get_by_text("校长已确认")).to_be_visible()
    page = walk.go("admin", f"/reports/{walk.month}/filing/")
    page.get_by_role("button", name="上报").click()
    expect(page.get_by_text("已上报，等县局审核。")).to_be_visible()
    look(page)


def send_a_line_back(walk: Walk) -> None:
    """The clerk opens the school from the board, sees the picture itself, and writes what is missing beside the child."""
    page = walk.go("clerk", f"/reports/review/{walk.month}/")
    look(page)
    page.get_by_role("link", name="审核石门小学").click()
    thumbnail = page.locator("ul.thumbs img")
    thumbnail.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('ul.thumbs img').naturalWidth > 100")
    look(page)
    picture = page.context.request.get(str(page.locator("ul.thumbs a").get_attribute("href")))
    assert (picture.status, picture.body()[:3]) == (200, b"\xff\xd8\xff")
    page.get_by_text("退回这一行").first.click()
    page.locator(".return-line textarea").first.fill(REASON)
    page.get_by_role("button", name="退回学校").click()
    expect(page.get_by_text("已退回，学校会看到每一行的理由。")).to_be_visible()


def mend_it(walk: Walk) -> None:
    """The teacher reads the notice, finds the reason at home and completes the record."""
    page = walk.go("teacher", "/notices/")
    look(page)
    page.get_by_role("button", name="查看").first.click()
    expect(page.get_by_text(REASON)).to_be_visible()
    look(page)
    page.get_by_role("link", name=f"打开 {CHILD} 的送教记录").click()
    page.locator("main a[href^='/visits/'][href$='/']").last.click()
    page.get_by_role("link", name="修改", exact=True).click()
    page.wait_for_selector("html[data-ready]")
    page.locator("[name^=teaching-]").first.fill(f"{TOLD}。用了苹果、香蕉、柚子三张图卡。")
    page.get_by_role("button", name="提交记录").click()
    expect(page.locator("[data-receipt]")).to_be_visible()
    expect(walk.go("teacher", "/").get_by_text("已改过")).to_be_visible()


def file_again(walk: Walk) -> None:
    page = walk.go("admin", f"/reports/{walk.month}/filing/")
    expect(page.get_by_text(f"县局退回这一行：{REASON}")).to_be_visible()
    expect(page.get_by_role("heading", name="与第 1 版相比")).to_be_visible()
    look(page)
    file(walk)


def accept(walk: Walk) -> None:
    """The second version shows what changed; two schools without a question are accepted together."""
    for number in (1, 2):
        file_without_a_question(walk, number)
    page = walk.go("clerk", f"/reports/review/{walk.month}/")
    look(page)
    page.get_by_role("button", name="通过勾选的学校").click()
    expect(page.get_by_text("第1小学：已通过。")).to_be_visible()
    expect(page.get_by_text("第2小学：已通过。")).to_be_visible()
    page.get_by_role("link", name="审核石门小学").click()
    expect(page.get_by_role("heading", name="与第 1 版相比")).to_be_visible()
    expect(page.locator(".card", has_text="与第 1 版相比").first).to_contain_text(CHILD)
    look(page)
    page.get_by_role("button", name="通过", exact=True).click()
    page.wait_for_load_state()
    states = Submission.objects.order_by("school__name", "version").values_list("school__name", "version", "state")
    assert list(states) == [
        ("石门小学", 1, "returned"),
        ("石门小学", 2, "accepted"),
        ("第1小学", 1, "accepted"),
        ("第2小学", 1, "accepted"),
    ]


def file_without_a_question(walk: Walk, number: int) -> None:
    school = make_school(walk.school.county, name=f"第{number}小学")
    admin = make_user(Role.SCHOOL_ADMIN, school)
    case = make_case(school, student=make_student(school, name=f"蓝志{'冬秋'[number - 1]}"))
    pair = (make_user(Role.TEACHER, school), make_user(Role.TEACHER, school))
    make_visit(case, start=f"{walk.day} 09:00", people=pair)
    now = timezone.now()
    draft = refresh_draft(school=school, month=walk.day.replace(day=1), at=now)
    submit(school=school, month=draft.month, version=draft.version, by=admin, at=now)


def fetch_the_files(walk: Walk) -> None:
    work()
    page = walk.go("clerk", f"/reports/review/{walk.month}/{walk.school.pk}/")
    look(page)
    for link, beginning in (("PDF（公文版式）", b"%PDF-"), ("表格", b"PK\x03\x04")):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=link).first.click()
        content = waiting.value.path().read_bytes()
        assert (content[: len(beginning)], len(content) > 4000) == (beginning, True)
        assert CHILD not in waiting.value.suggested_filename


def look_from_above(walk: Walk) -> None:
    """Leader and observer read numbers: no child's name, no picture, no school's month to open."""
    for who in ("leader", "observer"):
        for path in ("/", f"/reports/{walk.month}/"):
            page = walk.go(who, path)
            look(page)
            words = page.inner_text("body")
            assert not [name for name in (CHILD, "蓝志冬", "蓝志秋", TOLD) if name in words]
            assert page.locator("main img").count() == 0
        answer: Any = page.goto(f"/reports/review/{walk.month}/{walk.school.pk}/")
        assert answer.status in (403, 404)
        page.complaints.clear()  # type: ignore[attr-defined]
