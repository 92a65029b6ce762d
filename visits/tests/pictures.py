"""Pictures for tests: drawn, each another one, with what a phone's camera writes into them."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw

from office.pictures import digest_of

SERIAL, PLACE = "CAMERA-SERIAL-SN20261013", (23.43, 108.61)


def make_picture(number: int = 1, *, size: tuple[int, int] = (640, 480), kind: str = "JPEG", **options: Any) -> bytes:
    """Bars that lie elsewhere for every number."""
    image = Image.new("RGB", size, (200, 190, 170))
    draw = ImageDraw.Draw(image)
    for bar in range(8):
        shade = (number * 53 + bar * bar * 37) % 256
        left = bar * size[0] // 8
        draw.rectangle(
            (left, (number * 31 + bar * 17) % (size[1] // 2), left + size[0] // 9, size[1]), fill=(shade, 255 - shade, shade // 2)
        )
    return _saved(image, kind, **options)


def camera_picture(number: int = 1, *, orientation: int = 1, taken: str = "2026:10:14 14:20:00", **options: Any) -> bytes:
    """As a phone saves it: with its position, its serial number and a comment."""
    exif = Image.Exif()
    exif[0x0112], exif[0x0110], exif[0xC62F] = orientation, "Phone 14", SERIAL
    part = exif.get_ifd(0x8769)
    part[0x9003], part[0xA431] = taken, SERIAL
    position = exif.get_ifd(0x8825)
    position[1], position[2], position[3], position[4] = "N", (23.0, 25.0, 48.0), "E", (108.0, 36.0, 36.0)
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><gps>{PLACE}</gps>{SERIAL}</x:xmpmeta>".encode()
    return make_picture(number, exif=exif, comment=SERIAL.encode(), xmp=xmp, **options)


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def line_of(content: bytes, key: Any, **fields: Any) -> dict[str, Any]:
    """What a manifest says of a picture."""
    usual = {"digest": digest_of(content), "size": len(content), "kind": "photo", "caption": "", "taken_at": "", "cases": []}
    return {"id": str(key)} | usual | fields
