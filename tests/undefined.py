"""Undefined template variables are fatal: a page that asks for what its view did not give fails its test."""

from __future__ import annotations

import inspect

from django.conf import settings
from django.template.base import Node


class UndefinedVariable(Exception):
    """A template of this project printed or passed on a variable that nobody defined."""


class Fatal(str):
    """Django's `string_if_invalid` that raises instead of printing, for the project's own templates.

    Templates of installed packages (Django's forms, crispy) count on undefined variables being empty: there it is.
    `{% if %}` and `{% for %}` ask without printing, so an optional variable may be asked for.
    """

    def __new__(cls) -> Fatal:
        return super().__new__(cls, "%s")  # Django then formats it with the variable's name

    def __mod__(self, variable: object) -> str:
        template = _template_being_rendered()
        if template and not template.startswith(str(settings.BASE / "templates")):
            return ""
        raise UndefinedVariable(f"{variable} in {template or 'a template from a string'}")


def _template_being_rendered() -> str:
    """The file of the innermost node that is rendering; empty for a template from a string."""
    frame = inspect.currentframe()
    while frame := frame.f_back if frame else None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node):
            name = node.origin.name if getattr(node, "origin", None) else ""
            return "" if name == "<unknown source>" else str(name)
    return ""
