"""A page becomes a PDF that holds what it was given, and nothing it was not."""

from __future__ import annotations

import base64
import io
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pypdf
import pytest
from PIL import Image

from office.pdf import Medium, make_pdf
from office.refusals import Refused

TEXT = "送教上门月报：覃小远，10月28日 周三，已送 2 次。"


def png() -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(output, "PNG")
    return output.getvalue()


PAGE = f'<h1>月报</h1><img src="media:7f3a"><p>{TEXT}'
MEDIA = {"7f3a": Medium("image/png", png())}


def opened(content: bytes) -> Any:
    return pypdf.PdfReader(io.BytesIO(content))


def pictures(content: bytes) -> int:
    return sum(len(page.images) for page in opened(content).pages)


def text(content: bytes) -> str:
    return "".join(page.extract_text() for page in opened(content).pages)


def bare_weasyprint(html: str) -> bytes:
    """The positive control: what WeasyPrint does when nobody minds what it fetches."""
    from weasyprint import HTML

    made: bytes = HTML(string=html).write_pdf()
    return made


class TestPage:
    def test_chinese_is_text_in_embedded_fonts_of_this_country(self) -> None:
        made = make_pdf(f"<h1>月报</h1><p>{TEXT}</p><svg width='100' height='20'><text y='15'>图例</text></svg>")
        assert TEXT in text(made)
        assert "图例" in text(made)
        fonts = {str(font.get_object()["/BaseFont"]) for page in opened(made).pages for font in page["/Resources"]["/Font"].values()}
        assert fonts
        assert all("Noto" in font and "CJK" in font and "JP" not in font.upper() for font in fonts), fonts

    def test_it_says_what_it_is(self) -> None:
        reader = opened(make_pdf(f"<title>月报</title><p>{TEXT}"))
        metadata = str(reader.trailer["/Root"]["/Metadata"].get_object().get_data())
        assert 'pdfaid:part="2"' in metadata or "<pdfaid:part>2" in metadata
        assert 'pdfaid:conformance="U"' in metadata or "<pdfaid:conformance>U" in metadata
        assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
        assert reader.metadata
        assert reader.metadata.title == "月报"

    def test_pages_are_counted(self) -> None:
        made = make_pdf("<p>一</p><p style='break-before: page'>二</p>")
        assert len(opened(made).pages) == 2
        assert "2 / 2" in text(made)

    def test_the_same_page_is_the_same_bytes_in_any_process(self) -> None:
        script = (
            "import sys; from office.tests.test_pdf import *; sys.stdout.buffer.write(make_pdf('<img src=media:7f3a>' + TEXT, media=MEDIA))"
        )
        made = [
            subprocess.run(
                [sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed}, check=True, stdout=subprocess.PIPE
            ).stdout
            for seed in ("1", "2")
        ]
        assert made[0] == made[1]
        assert len(made[0]) > 1000

    def test_another_page_is_another_document(self) -> None:
        ids = {str(opened(make_pdf(html)).trailer["/ID"]) for html in ("一", "二")}
        assert len(ids) == 2

    def test_a_page_nested_without_end_is_refused(self) -> None:
        with pytest.raises(Refused, match="排不了版"):
            make_pdf("<table><tr><td>" * 400)


class TestMedia:
    def test_what_was_handed_over_is_shown(self) -> None:
        assert pictures(make_pdf('<img src="media:7f3a">', media=MEDIA)) == 1

    def test_an_image_within_the_document_is_shown(self) -> None:
        assert pictures(make_pdf(f'<img src="data:image/png;base64,{base64.b64encode(png()).decode()}">')) == 1

    def test_what_was_not_handed_over_is_not(self) -> None:
        assert pictures(make_pdf('<img src="media:other">', media=MEDIA)) == 0

    def test_no_file_is_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(png())
        html = f'<img src="file://{tmp_path}/a.png"><img src="{tmp_path}/a.png"><p>{TEXT}'
        assert pictures(bare_weasyprint(html)) >= 1
        made = make_pdf(html)
        assert pictures(made) == 0
        assert TEXT in text(made)

    def test_no_file_is_attached(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret.txt"
        secret.write_text("秘密")
        html = f'<link rel=attachment href="file://{secret}"><a rel=attachment href="file://{secret}">x</a><p>{TEXT}'
        assert opened(bare_weasyprint(html)).attachments
        made = opened(make_pdf(html))
        assert dict(made.attachments) == {}
        assert not any("FileAttachment" in str(note.get_object()) for page in made.pages for note in page.get("/Annots", []))

    def test_text_in_the_document_is_no_attachment_either(self) -> None:
        html = '<link rel=attachment href="data:text/html,x">'
        assert opened(bare_weasyprint(html)).attachments
        assert dict(opened(make_pdf(html)).attachments) == {}


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port, and what was asked of it."""
    heard: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                one, _ = server.accept()
            except OSError:
                return
            with one:
                heard.append(one.recv(1000))
                one.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")

    Thread(target=answer, daemon=True).start()
    yield server.getsockname()[1], heard
    server.close()


CALLS = [
    '<img src="{url}a.png">',
    '<link rel=stylesheet href="{url}a.css">',
    "<style>@import url({url}b.css);</style>",
    "<style>body {{ background: url({url}c.png) }}</style>",
    '<style>@font-face {{ font-family: x; src: url({url}d.ttf) }} p {{ font-family: x }}</style><p>x',
    '<object data="{url}e.png"></object>',
    '<embed src="{url}f.png">',
    '<svg width="9" height="9"><image href="{url}g.png" width="9" height="9"/></svg>',
    '<link rel=attachment href="{url}h">',
    '<a rel=attachment href="{url}i">x</a>',
    '<base href="{url}"><img src="j.png">',
]  # fmt: skip


def test_no_host_is_asked(listener: tuple[int, list[bytes]]) -> None:
    port, heard = listener
    page = "".join(call.format(url=f"http://127.0.0.1:{port}/") for call in CALLS)
    bare_weasyprint(page)
    assert len(heard) >= 8, "the control: these addresses are asked when nobody minds"
    heard.clear()
    make_pdf(page, css=[f"p {{ background: url(http://127.0.0.1:{port}/k.png) }}"])
    assert heard == []
