"""Pictures: taken in by what they are, kept small, upright and bare."""

from __future__ import annotations

import contextlib
import io
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from datetime import datetime
from typing import Any

import pytest
from PIL import Image, ImageDraw

from office import pictures
from office.pictures import read_picture
from office.refusals import Refused

SERIAL = b"CAMERA-SERIAL-SN20261013"
EXIF_BYTES = {"orientation": 0x0112, "part": 0x8769, "taken": 0x9003, "serial": 0xA431, "position": 0x8825}


def scene(size: tuple[int, int] = (800, 600), mode: str = "RGB") -> Image.Image:
    """Light above left, dark below right, a red corner above left."""
    image = Image.linear_gradient("L").resize(size).point(lambda shade: 255 - shade)
    coloured = Image.merge("RGB", (image, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), image))
    ImageDraw.Draw(coloured).rectangle((0, 0, size[0] // 4, size[1] // 4), fill=(255, 0, 0))
    return coloured.convert(mode)


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content), formats=["JPEG"])
    image.load()
    return image


def with_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[EXIF_BYTES["orientation"]] = orientation
    part = exif.get_ifd(EXIF_BYTES["part"])
    part[EXIF_BYTES["taken"]], part[EXIF_BYTES["serial"]] = "2026:10:14 14:20:05", SERIAL.decode()
    exif.get_ifd(EXIF_BYTES["position"])[2] = (23.0, 25.0, 48.0)
    return exif


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("WEBP", "RGB")],
)
def test_what_people_send_is_taken_in(kind: str, mode: str) -> None:
    kept = read_picture(saved(scene((2000, 1500), mode), kind))
    full, thumbnail = opened(kept.full), opened(kept.thumbnail)

    assert (full.size, thumbnail.size) == ((1600, 1200), (320, 240))
    assert full.mode in {"RGB", "L"}


def test_a_small_one_is_not_blown_up_and_a_long_one_keeps_its_shape() -> None:
    assert opened(read_picture(saved(scene((200, 100)))).full).size == (200, 100)
    assert opened(read_picture(saved(scene((100, 4000)))).full).size == (40, 1600)


def test_what_is_clear_becomes_paper() -> None:
    kept = opened(read_picture(saved(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG")).full)
    assert kept.getpixel((32, 32)) == (255, 255, 255)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_as_the_camera_was_held(orientation: int) -> None:
    """The eight ways to hold a camera show the same scene."""
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose that a camera so held would have made
    upright = scene((400, 300))
    held = upright.transpose(Image.Transpose(undo[orientation])) if orientation in undo else upright
    kept = opened(read_picture(saved(held, exif=with_exif(orientation), quality=95)).full)

    assert kept.size == (400, 300)
    red, green, blue = kept.getpixel((20, 20))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 80


def test_nothing_of_the_camera_comes_along_but_its_time() -> None:
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SERIAL + b"</x:xmpmeta>"
    profile = b"profile" * 20 + SERIAL
    content = saved(scene((3000, 2000)), exif=with_exif(), comment=SERIAL, xmp=xmp, icc_profile=profile)
    assert content.count(SERIAL) == 4
    kept = read_picture(content)

    for copy in (kept.full, kept.thumbnail):
        assert not any(mark in copy for mark in (SERIAL, b"Exif", b"http://ns.adobe", b"ICC_PROFILE", b"xmpmeta", b"2026:10:14"))
        assert set(opened(copy).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert kept.taken_at == datetime(2026, 10, 14, 14, 20, 5)  # noqa: DTZ001 — cameras know no zone
    assert read_picture(saved(scene())).taken_at is None


# --- What is refused ------------------------------------------------------------------------------------


def archive() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as packed:
        packed.writestr("x.html", "<script>alert(1)</script>")
    return output.getvalue()


JPEG, PNG = saved(scene()), saved(scene(), "PNG")
NO_PICTURES = {
    "nothing": b"",
    "words": "照片".encode(),
    "gif": saved(scene(), "GIF"),
    "bmp": saved(scene(), "BMP"),
    "tiff": saved(scene(), "TIFF"),
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 400,
    "avif": saved(scene(), "AVIF"),
    "pdf": b"%PDF-1.7\n" + JPEG,
    "archive": archive(),
    "jpeg with an archive": JPEG + archive(),
    "png with an archive": PNG + archive(),
    "jpeg with a document": saved(scene(), comment=b"%PDF-1.7 1 0 obj"),
    "jpeg with a page": saved(scene(), comment=b"<script>alert(1)</script>"),
    "jpeg with php": saved(scene(), comment=b"<?php system($_GET[0]); ?>"),
    "header alone": b"\xff\xd8\xff\xe0",
    "jpeg without end": JPEG[:-2],
    "half a jpeg": JPEG[: len(JPEG) // 2],
    "half a png": PNG[: len(PNG) // 2],
    "half a webp": saved(scene(), "WEBP")[:900],
    "a dot": saved(Image.new("RGB", (2, 2))),
    "postscript as jpeg": b"\xff\xd8\xff%!PS-Adobe-3.0 EPSF-3.0",
}


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Refused, match=r"[一-鿿]"):
        read_picture(content)


def test_heic_says_what_to_do() -> None:
    with pytest.raises(Refused, match="兼容性最佳"):
        read_picture(NO_PICTURES["heic"])


@pytest.mark.parametrize("cut", [1, 2, 50, 500, 5000])
def test_cut_anywhere_it_is_refused(cut: int) -> None:
    with pytest.raises(Refused):
        read_picture(JPEG[:-cut])


def test_damaged_anywhere_it_is_taken_or_refused_in_words() -> None:
    for kind in ("JPEG", "PNG"):
        content = bytearray(saved(scene((200, 150)), kind, **({"exif": with_exif(6)} if kind == "JPEG" else {})))
        for place in range(0, len(content), len(content) // (60 if kind == "JPEG" else 6)):
            damaged = bytes(content[:place]) + bytes([content[place] ^ 0xFF]) + bytes(content[place + 1 :])
            with contextlib.suppress(Refused):
                assert opened(read_picture(damaged).full)


def bomb(side: int) -> bytes:
    """A PNG whose header and data claim `side` × `side` pixels, in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000)) + chunk(b"IEND", b"")


def huge_jpeg(side: int) -> bytes:
    """A JPEG whose header claims more than it holds."""
    small = saved(Image.new("RGB", (64, 64)))
    start = small.index(b"\xff\xc0") + 5
    return small[:start] + struct.pack(">HH", side, side) + small[start + 4 :]


TOO_LARGE = {"png": bomb(12_000), "jpeg": huge_jpeg(12_000), "whole": bomb(5_000), "bomb": bomb(60_000)}


@pytest.mark.parametrize("content", TOO_LARGE.values(), ids=TOO_LARGE)
def test_too_many_pixels_are_refused_at_once(content: bytes) -> None:
    started = time.monotonic()
    with pytest.raises(Refused, match="百万像素"):
        read_picture(content)
    assert time.monotonic() - started < 2


def test_too_many_pixels_take_little_memory() -> None:
    """Measured in a process of its own, which decodes what the product leaves to a limited one."""
    code = (
        "import sys, office.pictures as p\n"
        "from office.refusals import Refused\n"
        "peak = lambda: int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])\n"
        "before, content = peak(), sys.stdin.buffer.read()\n"
        "try: p.make_small(content, p._kind(content)); print('taken')\n"
        "except Refused: print('refused', peak() - before)\n"
    )
    for content in (*TOO_LARGE.values(), saved(scene((4000, 3000)))):
        told = subprocess.run([sys.executable, "-c", code], input=content, capture_output=True, check=True).stdout.split()
        assert content not in TOO_LARGE.values() or (told[0] == b"refused" and int(told[1]) < 200 * 1024), told


def test_a_jpeg_of_a_thousand_passes_is_refused() -> None:
    progressive = saved(scene(), progressive=True)
    assert read_picture(progressive).full  # a usual one is not
    scan = progressive.rfind(b"\xff\xda")
    with pytest.raises(Refused):
        read_picture(progressive[:-2] + progressive[scan:-2] * 1000 + b"\xff\xd9")


def test_only_plain_camera_pictures_are_decoded_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else is, is in a process of its own, with limits."""
    sent: list[str] = []

    def child(function: Any, content: bytes, kind: str) -> Any:
        sent.append(kind)
        return function(content, kind)

    monkeypatch.setattr(pictures, "run_limited", child)
    read_picture(JPEG)
    assert sent == []
    for content in (PNG, saved(scene(), "WEBP"), saved(scene(), progressive=True), saved(scene(mode="CMYK"))):
        read_picture(content)
    assert sent == ["PNG", "WEBP", "JPEG", "JPEG"]


def test_pillows_own_alarm_is_an_error() -> None:
    code = "import io, office.pictures\nfrom PIL import Image\nImage.new('1', (8000, 8000)).save(b := io.BytesIO(), 'PNG')\nImage.open(b)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (told.returncode, "DecompressionBombWarning" in told.stderr) == (1, True)


# --- What looks alike -------------------------------------------------------------------------------------


def distance(one: Any, other: Any) -> int:
    return sum((a ^ b).bit_count() for a, b in zip(one, other, strict=True))


def test_the_same_scene_is_near_however_it_was_saved_and_another_is_far() -> None:
    bands = [read_picture(content).bands for content in (JPEG, PNG, saved(scene().resize((1000, 750)), quality=40))]
    stripes = Image.new("L", (800, 600))
    for left in range(0, 800, 160):
        ImageDraw.Draw(stripes).rectangle((left, 0, left + 80, 600), fill=220)
    other = read_picture(saved(stripes)).bands

    assert None not in (*bands, other)
    assert all(distance(bands[0], each) <= 3 for each in bands)
    assert distance(bands[0], other) > 10
    assert all(0 <= band < 65536 for band in bands[0] or ())


def test_a_wall_looks_like_nothing() -> None:
    assert read_picture(saved(Image.new("RGB", (640, 480), (90, 90, 92)))).bands is None
