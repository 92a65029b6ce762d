"""An operator loads a county file, again and again, with every mistake people make in such files."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
import yaml
from django.apps import apps
from django.contrib.auth.hashers import check_password
from django.core.management import call_command

from accounts.models import Post, User
from accounts.rules import Role
from accounts.tests.make import give_post, make_user
from counties.models import Area, Holiday, MakeUpDay, Policy, School, Term
from counties.tests.make import make_county, make_school
from office.models import AuditLine

pytestmark = pytest.mark.django_db
COUNTY = Path("tests/data/county/county.yml")


def small(**changes: Any) -> dict[str, Any]:
    """A county file with everything in it once."""
    return {
        "county": {"code": 450125, "name": "演示县"},
        "townships": [{"code": "450125100", "name": "大丰镇"}],
        "terms": [{"name": "秋季学期", "start": date(2026, 9, 1), "end": "2027-01-20"}],
        "holidays": [{"start": "2026/10/1", "end": date(2026, 10, 7)}],
        "workdays": [date(2026, 10, 10)],
        "policy": {"preset": "广西 2019", "effective_on": "2026-09-01", "overrides": {"min_staff": 3}},
        "schools": [{"code": 2145001000, "name": "演示县特殊教育学校", "kind": "特殊教育学校", "township": 450125100}],
        "people": [
            {"username": "t000", "name": "蓝永浩", "role": "teacher", "school": "2145001000"},
            {"username": "bureau", "name": "苏雨美", "role": "county_staff"},
            {
                "username": "many",
                "name": "韦子春",
                "posts": [
                    {"role": "principal", "school": 2145001000, "from": "2026-09-01"},
                    {"role": "inspector", "school": 2145001000, "until": date(2027, 7, 1)},
                    {"role": "observer", "area": 4501},
                ],
            },
        ],
    } | changes


class Run:
    """One run of the command: its exit status and what it printed."""

    def __init__(self, path: Path, *arguments: str) -> None:
        out, err = StringIO(), StringIO()
        self.status = 0
        try:
            call_command("load_county", str(path), *arguments, stdout=out, stderr=err)
        except SystemExit as left:
            self.status = int(left.code or 0)
        self.out, self.err = out.getvalue(), err.getvalue()


@pytest.fixture
def load(tmp_path: Path) -> Any:
    def run(content: Any, *arguments: str) -> Run:
        path = tmp_path / "county.yml"
        path.write_bytes(content if isinstance(content, bytes) else yaml.safe_dump(content, allow_unicode=True).encode())
        return Run(path, *arguments)

    return run


def digest() -> dict[str, str]:
    """A digest of every table of the house."""
    return {
        model._meta.label: hashlib.sha256(repr(sorted(map(repr, model._default_manager.values_list()))).encode()).hexdigest()
        for model in apps.get_models()
        if model._meta.app_label in {"office", "counties", "accounts", "students", "plans", "visits", "reports"}
    }


def test_the_file_of_the_example_county_is_loaded_whole() -> None:
    run = Run(COUNTY, "--json")
    assert run.status == 0, run.err
    said = json.loads(run.out)
    assert {kind: counts["created"] for kind, counts in said["counts"].items()} == {
        "areas": 9,
        "terms": 2,
        "holidays": 2,
        "policies": 1,
        "schools": 8,
        "people": 42,
        "posts": 42,
    }
    assert Post.objects.get(user__username="bureau").area_id == "450125"
    assert School.objects.get(code="2145001000").kind == School.Kind.SPECIAL


def test_a_second_run_changes_nothing(load: Any) -> None:
    first = load(small())
    assert first.status == 0, first.err
    before = digest()
    second = load(small(), "--json")
    assert digest() == before
    assert second.status == 0
    assert all(counts["created"] == counts["updated"] == 0 for counts in json.loads(second.out)["counts"].values())


def test_what_a_file_changed_is_in_the_countys_audit(load: Any) -> None:
    load(small())
    lines = AuditLine.objects.filter(chain="450125")
    assert list(lines.values_list("verb", flat=True)) == ["account.created"] * 3 + ["county.loaded"]
    assert lines.get(verb="county.loaded").detail["people.created"] == 3
    assert "蓝永浩" not in repr(list(lines.values()))


def test_every_part_of_the_file_arrives(load: Any) -> None:
    assert load(small()).status == 0
    assert Area.objects.get(pk="450125100").name == "大丰镇"
    assert list(Term.objects.values_list("name", "starts_on", "ends_on")) == [("秋季学期", date(2026, 9, 1), date(2027, 1, 20))]
    assert list(Holiday.objects.values_list("starts_on", "ends_on")) == [(date(2026, 10, 1), date(2026, 10, 7))]
    assert list(MakeUpDay.objects.values_list("on", flat=True)) == [date(2026, 10, 10)]
    policy = Policy.objects.get()
    assert (policy.preset, policy.values["min_staff"], policy.values["workload_lessons_per_visit"]) == ("广西 2019", 3, 4)
    posts = Post.objects.filter(user__username="many").values_list("role", "school__code", "area", "starts_on", "ends_on")
    assert set(posts) == {
        ("principal", "2145001000", None, date(2026, 9, 1), None),
        ("inspector", "2145001000", None, None, date(2027, 7, 1)),
        ("observer", None, "4501", None, None),
    }
    assert Area.objects.get(pk="4501").name == "南宁市"


def test_new_people_get_first_passwords_that_are_printed_once_and_must_be_changed(load: Any) -> None:
    people = json.loads(load(small(), "--json").out)["new_people"]
    assert len({person["first_password"] for person in people}) == 3
    for person in people:
        user = User.objects.get(username=person["username"])
        assert check_password(person["first_password"], user.password)
        assert user.must_change_password
    again = load(small())
    assert not any(person["first_password"] in again.out for person in people)


def test_one_password_for_all_needs_no_change_and_leaves_those_on_record_alone(load: Any) -> None:
    load(small(people=small()["people"][:1]))
    held = User.objects.get(username="t000").password
    run = load(small(), "--password", "trial-trial-trial")
    assert "trial-trial-trial" not in run.out
    assert User.objects.get(username="t000").password == held
    bureau = User.objects.get(username="bureau")
    assert check_password("trial-trial-trial", bureau.password)
    assert not bureau.must_change_password


def test_a_changed_file_brings_the_record_up_to_it(load: Any) -> None:
    load(small())
    changed = small(schools=[{"code": 2145001000, "name": "演示县启明学校", "kind": "九年一贯制", "township": 450125100}])
    changed["people"][0]["name"] = "蓝永皓"
    counts = json.loads(load(changed, "--json").out)["counts"]
    assert (counts["schools"]["updated"], counts["people"]["updated"]) == (1, 1)
    school = School.objects.get()
    assert (school.name, school.kind) == ("演示县启明学校", School.Kind.NINE_YEAR)
    assert User.objects.get(username="t000").name == "蓝永皓"


def test_a_post_ended_on_screen_stays_ended(load: Any) -> None:
    load(small())
    Post.objects.filter(user__username="t000").update(ends_on=date(2026, 10, 1))
    load(small())
    assert Post.objects.get(user__username="t000").ends_on == date(2026, 10, 1)


def test_without_a_policy_the_county_gets_the_default_once(load: Any) -> None:
    file = small()
    del file["policy"]
    with time_machine.travel("2026-11-22"):
        assert load(file).status == 0
    with time_machine.travel("2027-11-22"):
        assert load(file).status == 0
    assert list(Policy.objects.values_list("preset", "effective_on")) == [("上林县 2021", date(2026, 9, 1))]


@time_machine.travel("2026-11-22")
def test_a_new_school_reports_from_the_first_policys_month_and_one_on_record_keeps_its_own(load: Any) -> None:
    load(small())
    assert School.objects.get().reports_from == date(2026, 9, 1)
    School.objects.update(reports_from=date(2026, 11, 1))
    load(small())

    assert School.objects.get().reports_from == date(2026, 11, 1)


def test_a_policy_in_force_is_never_rewritten_and_a_later_one_may_be_added(load: Any) -> None:
    load(small())
    before = digest()
    run = load(small(policy={"preset": "山东", "effective_on": "2026-09-01"}))
    assert (run.status, digest()) == (2, before)
    assert "已经生效" in run.err
    assert load(small(policy={"preset": "山东", "effective_on": "2026-11-01"})).status == 2
    assert load(small(policy={"preset": "山东", "effective_on": "2026-12-15"})).status == 2
    assert load(small(policy={"preset": "山东", "effective_on": "2026-12-01"})).status == 0
    assert load(small(policy={"preset": "河南", "effective_on": "2026-12-01"})).status == 0  # not yet in force: may be put right
    assert list(Policy.objects.values_list("preset", flat=True)) == ["广西 2019", "河南"]


def with_person(**changes: Any) -> dict[str, Any]:
    return small(people=[{"username": "t000", "name": "蓝永浩", "role": "teacher", "school": "2145001000"} | changes])


BAD = {
    "a misspelt role": (with_person(role="techer"), ["techer", "teacher", "school_admin"]),
    "a role of the installation": (with_person(role="operator"), ["operator"]),
    "an unknown key": (small(poeple=[]), ["poeple", "people"]),
    "an unknown key of a person": (with_person(shcool="2145001000"), ["shcool"]),
    "an unknown school": (with_person(school="2145001999"), ["2145001999", "没有这所学校"]),
    "a teacher of no school": (with_person(school=None), ["school"]),
    "a teacher of an area": (with_person(school=None, area="450125"), ["school"]),
    "a leader of another county": (with_person(role="county_leader", school=None, area="360922"), ["360922"]),
    "an observer without an area": (with_person(role="observer", school=None), ["area"]),
    "role and posts": (with_person(posts=[{"role": "principal", "school": "2145001000"}]), ["role 和 posts"]),
    "no role": (small(people=[{"username": "t000", "name": "蓝永浩"}]), ["role"]),
    "a post twice": (small(people=[{"username": "x1", "name": "甲", "posts": [{"role": "county_staff"}] * 2}]), ["两条相同"]),
    "a bad username": (with_person(username="蓝永浩"), ["小写字母"]),
    "a name that is a list": (with_person(name=["蓝"]), ["name"]),
    "an until before from": (with_person(**{"from": "2026-10-01", "until": "2026-09-01"}), ["until"]),
    "a username twice": (small(people=small()["people"][:1] * 2), ["t000", "重复"]),
    "a school twice": (small(schools=small()["schools"] * 2), ["2145001000", "重复"]),
    "a school code too short": (small(schools=[{"code": 214500100, "name": "甲", "kind": "小学"}], people=[]), ["10 位"]),
    "an unknown kind": (small(schools=[{"code": 2145001000, "name": "甲", "kind": "大学"}]), ["大学", "特殊教育学校"]),
    "an unknown township": (small(schools=[{"code": 2145001000, "name": "甲", "kind": "小学", "township": 450125999}]), ["450125999"]),
    "a township of another county": (small(townships=[{"code": 360922100, "name": "甲"}], schools=[], people=[]), ["360922100"]),
    "a bad date": (small(terms=[{"name": "秋", "start": "2026-09-31", "end": "2027-01-20"}]), ["2026-09-31"]),
    "a term that ends before it starts": (small(terms=[{"name": "秋", "start": "2026-09-01", "end": "2026-08-01"}]), ["早于"]),
    "terms that overlap": (
        small(
            terms=[
                {"name": "秋", "start": "2026-09-01", "end": "2027-01-20"},
                {"name": "春", "start": "2027-01-20", "end": "2027-07-08"},
            ]
        ),
        ["重叠"],
    ),
    "a term over the first of September": (small(terms=[{"name": "年", "start": "2026-05-01", "end": "2026-09-02"}]), ["9 月 1 日"]),
    "bad workdays": (small(workdays="2026-10-10"), ["workdays"]),
    "an unknown preset": (small(policy={"preset": "火星", "effective_on": "2026-09-01"}), ["火星", "上林县 2021"]),
    "an unknown policy key": (small(policy={"effective_on": "2026-09-01", "overrides": {"min_stuff": 2}}), ["min_stuff"]),
    "a policy without a day": (small(policy={"preset": "山东"}), ["effective_on"]),
    "no county": ({key: value for key, value in small().items() if key != "county"}, ["缺少 county"]),
    "a county code too short": (small(county={"code": "4501", "name": "演示市"}), ["6 位"]),
    "schools as a mapping": (small(schools={"code": 1}, people=[]), ["schools"]),
    "a person as a text": (small(people=["蓝永浩"]), ["people 第 1 项"]),
    "a list": (["county"], ["county"]),
    "an empty file": (b"", ["county"]),
    "no YAML": (b"county: {code: [", ["YAML"]),
    "a tab": (b"county:\n\tcode: 1", ["YAML"]),
    "a key twice": (b"county: {code: 450125, name: a}\nschools: []\nschools: []\n", ["schools", "两次"]),
    "another encoding": ("county: {code: 450125, name: 演示县}".encode("gbk"), ["UTF-8"]),
    "a workbook": (Path("tests/data/county/roster.xlsx").read_bytes(), ["UTF-8"]),
    "a date that does not exist": (b"county: {code: 450125, name: a}\nworkdays: [2026-13-45]\n", ["YAML"]),
    "an object": (b"!!python/object/apply:os.system ['true']", ["YAML"]),
}


@pytest.mark.parametrize("name", BAD)
def test_a_fault_is_told_in_one_line_and_nothing_is_written(load: Any, name: str) -> None:
    content, words = BAD[name]
    before = digest()
    run = load(content)
    assert run.status == 2
    lines = run.err.strip().splitlines()
    assert len(lines) == 1, lines
    assert all(word in lines[0] for word in words), lines
    assert run.out == ""
    assert digest() == before
    assert load(small()).status == 0  # the same file without the fault goes in


def test_every_fault_of_a_file_is_told_at_once(load: Any) -> None:
    file = small(poeple=[])
    file["people"][0]["role"] = "techer"
    file["people"][1]["username"] = "T000"  # usernames are compared in lower case
    run = load(file)
    assert run.status == 2
    assert len(run.err.strip().splitlines()) == 3, run.err
    assert not User.objects.exists()


def test_a_missing_file_and_a_directory_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yml", tmp_path):
        run = Run(path)
        assert (run.status, len(run.err.strip().splitlines())) == (2, 1)


def test_another_countys_school_is_refused_by_its_code(load: Any) -> None:
    foreign = make_school(make_county("360922"), code="2145001000", name="万载学校")
    run = load(small())
    assert run.status == 2
    assert "别的县" in run.err
    foreign.refresh_from_db()
    assert (foreign.county_id, foreign.name) == ("360922", "万载学校")
    assert not Area.objects.filter(pk="450125").exists()


def test_a_teacher_cannot_be_given_another_countys_school(load: Any) -> None:
    make_school(make_county("360922"), code="2136092200")
    run = load(with_person(school="2136092200"))
    assert (run.status, "别的县" in run.err) == (2, True)


def test_a_login_of_another_county_or_of_an_operator_is_not_taken_over(load: Any) -> None:
    elsewhere = make_user(Role.TEACHER, make_school(make_county("360922")), username="t000")
    make_user(Role.OPERATOR, username="bureau")
    run = load(small())
    assert run.status == 2
    assert [line for line in run.err.splitlines() if "t000" in line]
    assert [line for line in run.err.splitlines() if "bureau" in line]
    assert elsewhere.posts.count() == 1


def test_a_person_of_this_county_may_get_a_further_post(load: Any) -> None:
    load(small())
    school = make_school(Area.objects.get(pk="450125"), code="2145001001")
    file = with_person(posts=[{"role": "teacher", "school": "2145001000"}, {"role": "teacher", "school": "2145001001"}])
    del file["people"][0]["role"], file["people"][0]["school"]
    assert load(file).status == 0
    assert Post.objects.filter(user__username="t000", school=school).exists()
    give_post(User.objects.get(username="t000"), Role.PRINCIPAL, school)
    assert load(file).status == 0
    assert Post.objects.filter(user__username="t000").count() == 3  # what the file does not name stays


def test_a_kind_may_be_written_as_people_write_it(load: Any) -> None:
    kinds = ["特校", "小学", "中心小学", "初级中学", "九年一贯制", "十二年一贯制学校", "完全中学", "其他"]
    schools = [{"code": 2145001000 + number, "name": f"第{number}学校", "kind": kind} for number, kind in enumerate(kinds)]
    assert load(small(schools=schools, people=[])).status == 0
    assert list(School.objects.order_by("code").values_list("kind", flat=True)) == [
        "special",
        "primary",
        "primary",
        "junior",
        "nine_year",
        "twelve_year",
        "complete",
        "other",
    ]
