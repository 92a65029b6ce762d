"""The maker of PDF: a page of HTML in, the bytes of a PDF/A-2u out. Nothing else imports WeasyPrint.

The document is given all it may show. It reads no file, asks no host: an address in it is either
`media:` and an id its maker handed over, or an image within the document itself (`data:image/…`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from office.refusals import Refused

BASE_CSS = """
@page { size: A4; margin: 22mm 18mm 20mm; @bottom-center { content: counter(page) " / " counter(pages); font: 9pt "Noto Sans CJK SC" } }
html { font: 10.5pt/1.6 "Noto Serif CJK SC", serif }
h1, h2, h3, h4, th { font-family: "Noto Sans CJK SC", sans-serif; font-weight: bold }
table { border-collapse: collapse; width: 100% }
thead { display: table-header-group }
tr { break-inside: avoid }
"""


@dataclass(frozen=True)
class Medium:
    """A picture of the record: `<img src="media:ID">`."""

    content_type: str
    content: bytes


@dataclass(frozen=True)
class Paper:
    """A PDF, and how many pages it has."""

    content: bytes
    pages: int


def make_pdf(html: str, *, css: Sequence[str] = (), media: Mapping[str, Medium] | None = None) -> bytes:
    """The same page, sheets and media give the same bytes. Raises Refused for a page nested too deep to lay out."""
    return make_paper(html, css=css, media=media).content


def make_paper(html: str, *, css: Sequence[str] = (), media: Mapping[str, Medium] | None = None) -> Paper:
    """What `make_pdf` does, with its pages counted."""
    from weasyprint import CSS, HTML  # late: it takes two seconds, and few processes print

    media = media or {}
    fetcher = _fetcher_class()(media)
    document = HTML(string=html, url_fetcher=fetcher, media_type="print")
    _speak_chinese(document.etree_element)
    sheets = [CSS(string=sheet, url_fetcher=fetcher) for sheet in (BASE_CSS, *css)]
    try:
        told = {"pdf_variant": "pdf/a-2u", "pdf_identifier": _identifier(html, css, media), "dpi": 150, "optimize_images": True}
        laid_out = document.render(stylesheets=sheets, **told)
        made: bytes = laid_out.write_pdf(**told)
    except RecursionError:
        raise Refused("内容一层套一层太多，排不了版，没有生成文件。") from None
    return Paper(made, len(laid_out.pages))


def _speak_chinese(page: Any) -> None:
    """Without its language and a family named, Chinese comes in whatever font lies first, often in Japanese shapes."""
    page.attrib.setdefault("lang", "zh-CN")
    for drawing in page.iter("{http://www.w3.org/2000/svg}svg"):  # its text does not follow the page's sheet
        drawing.attrib.setdefault("font-family", "Noto Sans CJK SC")


def _identifier(html: str, css: Sequence[str], media: Mapping[str, Medium]) -> bytes:
    """What a PDF calls itself: derived from what went in, not from the moment."""
    parts = [html.encode(), *(sheet.encode() for sheet in css), *(media[name].content for name in sorted(media))]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()[:16]


@cache
def _fetcher_class() -> type[Any]:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnMediaOnly(URLFetcher):  # type: ignore[misc]
        """Answers for the media handed over and for images within the document; for nothing else there is."""

        def __init__(self, media: Mapping[str, Medium]) -> None:
            super().__init__(allowed_protocols=("data",), allow_redirects=False)
            self.media = media

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("media:"):
                medium = self.media[url.removeprefix("media:")]
                return URLFetcherResponse(url, medium.content, {"Content-Type": medium.content_type})
            if not url.startswith("data:image/"):
                raise ValueError("an address outside the document")
            return super().fetch(url, headers)

    return OwnMediaOnly
