"""Follows every link a person is shown, and keeps what came back and what could be posted."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve
from python_calamine import CalamineWorkbook

UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
OTHER_MONTH = re.compile(r"/(?!2026-10/)\d{4}-\d\d/")
MOST_PAGES = 400
MOST_VARIANTS = 3  # of one path: a list filtered by one school and by another is enough


@dataclass(frozen=True)
class Page:
    address: str
    kind: str  # of content
    text: str  # of the page, or of all cells of a workbook
    name: str  # under which a browser would save it, if it says


@dataclass
class Crawl:
    pages: dict[str, Page] = field(default_factory=dict)
    posts: dict[str, dict[str, str]] = field(default_factory=dict)  # action -> fields as they stood
    refused: dict[str, int] = field(default_factory=dict)  # links that did not lead to a page

    @property
    def workbooks(self) -> list[Page]:
        return [page for page in self.pages.values() if "spreadsheet" in page.kind]


class _Reader(HTMLParser):
    """Links, and forms with their fields."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.links += [values[name] for name in ("href", "hx-get") if name in values and tag != "link"]
        if tag == "form":
            self.forms.append((values.get("method", "get").lower(), values.get("action", ""), {}))
        elif tag in ("input", "button") and self.forms and values.get("name"):
            self.forms[-1][2][values["name"]] = values.get("value", "")
        elif tag == "select":
            self._select = values.get("name", "")
        elif tag == "option" and UUID_TEXT.fullmatch(values.get("value", "")):
            self.links.append(f"?{self._select}={values['value']}")  # what a filter's form would ask for


def crawl(client: Client, start: str = "/", *, alike: int = MOST_PAGES) -> Crawl:
    """Everything reachable by links from `start`; a list is looked at once for each set of ids its address holds,
    and at most so many pages of one address pattern."""
    found = Crawl()
    seen = set()
    variants: Counter[str] = Counter()
    patterns: Counter[str] = Counter()
    waiting = [start]
    while waiting and len(found.pages) < MOST_PAGES:
        address = waiting.pop(0)
        shape = _shape(address)
        if shape in seen or variants[shape[0]] == MOST_VARIANTS or patterns[pattern_of(address)] == alike:
            continue
        seen.add(shape)
        variants[shape[0]] += 1
        patterns[pattern_of(address)] += 1
        answer = client.get(address)
        if answer.status_code in (301, 302):
            waiting.append(urljoin(address, answer["Location"]))
            continue
        if answer.status_code != 200:
            found.refused[address] = answer.status_code
            continue
        page = read_page(address, answer)
        found.pages[address] = page
        if page.kind.startswith("text/html"):
            waiting += _follow(found, page)
    return found


def pattern_of(address: str) -> str:
    """The name of the pattern an address is one of; the address itself where nothing answers."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return address


def _follow(found: Crawl, page: Page) -> list[str]:
    reader = _Reader()
    reader.feed(page.text)
    for method, action, fields in reader.forms:
        if method == "post":
            found.posts.setdefault(urljoin(page.address, action), fields)
    return [address for link in reader.links if (address := _ours(page.address, link))]


def _ours(base: str, link: str) -> str:
    if link.startswith(("#", "mailto:", "tel:", "data:")):
        return ""
    parts = urlsplit(urljoin(base, link))
    if parts.netloc or parts.path.startswith("/static/") or parts.path == "/logout/":
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _shape(address: str) -> tuple[str, tuple[str, ...], bool]:
    """What makes a page another one: its path and the id its query holds; not how a list is sorted, nor which other month it is."""
    parts = urlsplit(OTHER_MONTH.sub("/other-month/", address))
    query = parse_qsl(parts.query)
    ids = tuple(sorted(value for _, value in query if UUID_TEXT.fullmatch(value)))
    return parts.path, ids[:1], len(query) > len(ids)


def read_page(address: str, answer: Any) -> Page:
    content: bytes = b"".join(answer) if answer.streaming else answer.content
    kind: str = answer.headers.get("Content-Type", "")
    text = _cells(content) if "spreadsheet" in kind else content.decode("utf-8", errors="replace")
    return Page(address, kind, text, answer.headers.get("Content-Disposition", ""))


def _cells(content: bytes) -> str:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return "\n".join(str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row)
