"""The small shared pieces: what they say with words, and what their links keep."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from pytest_django.asserts import assertHTMLEqual


def shown(source: str, path: str = "/", **values: Any) -> str:
    return Template("{% load pieces %}" + source).render(Context(values | {"request": RequestFactory().get(path)}))


def test_dots_say_in_words_what_they_draw() -> None:
    page = shown("{% dots done=1 missed=1 owed=2 %}")

    assert 'aria-label="已送 1 次，未送成 1 次，应送未排 2 次"' in page
    assert [page.count(f'class="{kind}"') for kind in ("done", "missed", "planned", "owed")] == [1, 1, 0, 2]


def test_dots_of_a_month_without_visits_say_so() -> None:
    page = shown("{% dots %}")

    assert "本月没有送教，也不要求" in page
    assert 'class="dots"' not in page


def test_a_bar_is_never_longer_than_full() -> None:
    assert 'rect width="50"' in shown("{% bar 1 2 %}")
    assert 'rect width="100"' in shown("{% bar 5 2 %}")
    assert 'rect width="0"' in shown("{% bar 0 0 %}")


def test_other_pages_of_a_list_keep_the_filter() -> None:
    page = Paginator(range(100), 10).page(3)

    html = shown("{% pager page %}", "/students/?school=7&page=3", page=page)

    assert "?school=7&amp;page=4" in html
    assert "第 21–30 条" in html


def test_a_list_of_one_page_has_no_pager() -> None:
    assert "分页" not in shown("{% pager page %}", page=Paginator(range(3), 10).page(1))


def test_a_column_head_sorts_up_then_down_and_keeps_the_filter() -> None:
    source = '{% sort_header "姓名" "name" current=current %}'

    assert "?school=7&amp;sort=name" in shown(source, "/?school=7&page=2", current="")
    html = shown(source, "/?sort=name", current="name")
    assert "?sort=-name" in html
    assert 'aria-sort="ascending"' in html


def test_a_state_escapes_its_word() -> None:
    assert "&lt;b&gt;" in shown("{% state word %}", word="<b>")


def test_a_choice_offers_what_there_is_and_marks_what_is_chosen() -> None:
    choices = [("", "全部"), ("<b>", "一&二"), ("第一组", [("x", "甲"), ("y", "乙")])]

    html = forms.Select({"aria-describedby": "help", "disabled": False}, choices=choices).render("school", "y", {"required": True})

    expected = """<select name="school" aria-describedby="help" required><option value="">全部</option>
      <option value="&lt;b&gt;">一&amp;二</option>
      <optgroup label="第一组"><option value="x">甲</option><option value="y" selected>乙</option></optgroup></select>"""
    assertHTMLEqual(html, expected)
