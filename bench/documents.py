"""The submission's PDF, from the text of its snapshot, against WeasyPrint alone on the HTML it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from office.pdf import BASE_CSS, Medium
from reports.sheets.documents import submission_css, submission_html, submission_pdf
from reports.sheets.particulars import Particulars
from reports.sheets.printing import printed
from reports.sheets.snapshot import Snapshot
from reports.tests.paper import make_particulars, make_picture, make_snapshot

PICTURES = 20


@cache
def filed() -> tuple[str, dict[str, Any], dict[str, Medium]]:
    """Six children's month as it is stored, with the pictures of its photo sheet."""
    snapshot = make_snapshot()
    particulars = make_particulars(snapshot)
    photos = printed(snapshot, particulars).photos[:PICTURES]
    return snapshot.canonical(), particulars.plain(), {photo.id: make_picture(number) for number, photo in enumerate(photos)}


def print_submission() -> Callable[[], object]:
    text, plain, media = filed()
    return lambda: submission_pdf(printed(Snapshot.read(text), Particulars.read(plain)), media)


def print_bare() -> Callable[[], object]:
    text, plain, media = filed()
    html = submission_html(printed(Snapshot.read(text), Particulars.read(plain)), pictures=frozenset(media))
    return bare(html, (BASE_CSS, submission_css()), media)


def bare(html: str, sheets: Sequence[str], media: Mapping[str, Medium]) -> Callable[[], object]:
    """The same HTML, sheets, pictures and sizes of pictures; fetched from a dictionary, nothing checked, no archive's profile."""
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class FromDictionary(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            medium = media[url.removeprefix("media:")]
            return URLFetcherResponse(url, medium.content, {"Content-Type": medium.content_type})

    def alone() -> object:
        document = HTML(string=html, url_fetcher=FromDictionary(), media_type="print")
        return document.write_pdf(stylesheets=[CSS(string=sheet) for sheet in sheets], dpi=150, optimize_images=True)

    return alone
