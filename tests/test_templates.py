"""Templates: undefined variables are fatal, nothing is inline, every page stands on a base."""

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.template.loader import get_template

from tests.undefined import UndefinedVariable

TEMPLATES = sorted((settings.BASE / "templates").rglob("*.html"))
STANDALONE = {"bare.html", "django/forms/widgets/select.html"}
INLINE = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "an event handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "another host": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
    "text that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+off"),
}


def name_of(path: Path) -> str:
    return str(path.relative_to(settings.BASE / "templates"))


@pytest.mark.parametrize("text", ["{{ nobody }}", "{{ user.nobody }}", "{{ nobody|default:'' }}", "{% include nobody %}"])
def test_an_undefined_variable_is_fatal(text: str) -> None:
    with pytest.raises(UndefinedVariable, match="nobody"):
        engines["django"].from_string(text).render({"user": {}})


def test_a_defined_empty_variable_and_an_asked_for_one_are_not() -> None:
    text = "[{{ empty }}{% if nobody %}no{% endif %}{% for one in nobody %}no{% endfor %}]"

    assert engines["django"].from_string(text).render({"empty": ""}) == "[]"


def test_an_undefined_variable_in_a_template_file_names_the_file() -> None:
    with pytest.raises(UndefinedVariable, match=r"templates/refusals/409\.html"):
        get_template("refusals/409.html").render({})


def test_templates_of_packages_may_count_on_empty() -> None:
    class Form(forms.Form):
        name = forms.CharField()

    assert 'name="name"' in engines["django"].from_string("{% load crispy_forms_tags %}{{ form|crispy }}").render({"form": Form()})


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(path: Path) -> None:
    text = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", path.read_text(), flags=re.DOTALL)

    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


def test_the_patterns_find_what_they_look_for() -> None:
    bad = {
        "a style attribute": '<p style="x">',
        "a style element": "<style>",
        "an inline script": "<script>x</script>",
        "an event handler": '<p onclick="x">',
        "a javascript: address": '<a href="javascript:x">',
        "another host": '<img src="//cdn.example/x.png">',
        "text that is not escaped": "{{ x|safe }}",
    }

    assert {what for what, text in bad.items() if INLINE[what].search(text)} == set(INLINE)
    assert not any(pattern.search('<script type="module" src="x.js"></script>') for pattern in INLINE.values())


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_is_a_page_on_a_base_or_a_fragment(path: Path) -> None:
    text = path.read_text()
    extends = re.search(r"{%\s*extends\s", text) is not None
    fragment = path.name.startswith("_")

    assert fragment != (extends or name_of(path) in STANDALONE), "a page extends a base; a fragment's name begins with _"
    assert not (fragment and "<html" in text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_template_compiles(path: Path) -> None:
    get_template(name_of(path))
