"""Pictures that people send: known by their bytes, made small, freed of all that the camera wrote into them.

Camera pictures (JPEG that is read line by line) are decoded here, at a fraction of their size and after their header has been
checked: a child process would double what a visit costs. Whatever is rarer or worse to decode goes into a limited child.
"""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
import zipfile
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from office.limits import TOO_LARGE, TOO_LONG, UNREADABLE, run_limited
from office.refusals import Refused

JPEG = "image/jpeg"
FULL, THUMBNAIL = 1600, 320  # the longest side
MEGAPIXELS, WHOLE_MEGAPIXELS = 50, 20  # of what can be decoded at a fraction; of what must be decoded whole
SMALLEST = 16  # pixels a side
SCANS = 60  # passes of a progressive JPEG: cameras and programs make about ten
FLAT = 12  # of 255: with less contrast than this a picture looks like any other
_CHANGED_AT, _ORIENTATION, _TAKEN_AT, _EXIF_PART = 0x0132, 0x0112, 0x9003, 0x8769  # numbers of EXIF

Image.MAX_IMAGE_PIXELS = MEGAPIXELS * 1_000_000
# Memory of the last pictures is used again: asking the system for it anew takes half of the time.
Image.core.set_blocks_max(2)  # type: ignore[attr-defined]
ImageFile.LOAD_TRUNCATED_IMAGES = False
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")  # what a damaged header says would go into the log

NOT_A_PICTURE = "这不是照片。请传 JPEG、PNG 或 WebP 格式的图片。"
HEIC = "这是 HEIC 格式的照片，电脑上很多人打不开，没有收下。请在手机“设置—相机—格式”里选“兼容性最佳”重拍，或转成 JPEG 再传。"
ALSO_SOMETHING_ELSE = "这个文件里除了照片还有别的内容，没有收下。请用手机重新拍一张，或截一张图再传。"
BROKEN = "这张照片不完整或已损坏，没有收下。请重新拍一张，或重新传一次。"
TOO_MANY_PIXELS = "这张照片太大（超过 {limit} 百万像素），没有收下。请把照片缩小后再传。"
TOO_SMALL = "这张图片太小，看不清内容。请换一张。"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: two JPEGs without any metadata, upright, and what it is compared by."""

    full: bytes
    thumbnail: bytes
    bands: tuple[int, int, int, int] | None  # a 64-bit difference hash; none of what has next to no contrast
    taken_at: datetime | None  # the camera's own clock, without a zone


def read_picture(content: bytes) -> Picture:
    """The picture in `content`. Raises Refused, in words, for whatever is not one, or is one and something else."""
    kind = _kind(content)
    if _is_something_else_too(content):
        raise Refused(ALSO_SOMETHING_ELSE)
    if kind == "JPEG" and _is_plain(content):
        return make_small(content, kind)
    try:
        return run_limited(make_small, content, kind)
    except Refused as refusal:
        raise Refused(BROKEN if str(refusal) in (TOO_LONG, TOO_LARGE, UNREADABLE) else str(refusal)) from None


def make_small(content: bytes, kind: str) -> Picture:
    """What `read_picture` promises, in this process."""
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            _check_size(image, kind)
            exif = image.getexif()
            full = _full(image, int(exif.get(_ORIENTATION) or 1))
            taken_at = _taken_at(exif)
        thumbnail = _within(full, THUMBNAIL)
        return Picture(_jpeg(full, quality=80), _jpeg(thumbnail, quality=75), _bands(thumbnail), taken_at)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(TOO_MANY_PIXELS.format(limit=MEGAPIXELS)) from None
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, struct.error):
        raise Refused(BROKEN) from None  # Pillow's ways of saying that the bytes are not what the header promised


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- What it is -------------------------------------------------------------------------------------


def _kind(content: bytes) -> str:
    """The format that the first bytes say, whatever the name or the sender says."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1"}:
        raise Refused(HEIC)
    raise Refused(NOT_A_PICTURE)


def _is_something_else_too(content: bytes) -> bool:
    """Whether a reader of documents, archives or pages would take it for one of theirs."""
    head = content[:1024].lower()
    marks = (b"%pdf-", b"<script", b"<html", b"<!doctype", b"<svg", b"<?php")
    return any(mark in head for mark in marks) or zipfile.is_zipfile(io.BytesIO(content))


def _is_plain(content: bytes) -> bool:
    """A JPEG of one pass that begins and ends: it decodes at a fraction of its size, with a few lines in memory."""
    scans = content.count(b"\xff\xda")  # never inside picture data, where ff is followed by 00
    if not 1 <= scans <= SCANS or content.rfind(b"\xff\xd9") < content.rfind(b"\xff\xda"):
        raise Refused(BROKEN)
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
            return not image.info.get("progressive") and image.mode in {"RGB", "L"}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(TOO_MANY_PIXELS.format(limit=MEGAPIXELS)) from None
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, struct.error):
        raise Refused(BROKEN) from None


def _check_size(image: Image.Image, kind: str) -> None:
    limit = WHOLE_MEGAPIXELS if kind != "JPEG" or image.info.get("progressive") else MEGAPIXELS
    if image.width * image.height > limit * 1_000_000:
        raise Refused(TOO_MANY_PIXELS.format(limit=limit))
    if min(image.size) < SMALLEST:
        raise Refused(TOO_SMALL)


# --- What is kept of it -----------------------------------------------------------------------------


def _full(image: Image.Image, orientation: int) -> Image.Image:
    """At most FULL pixels a side, upright, in colours without an alpha channel."""
    image.draft(None, _fitting(image.size, FULL))  # with the picture's own aspect: a square would ask for too much
    image.load()
    small = _within(_opaque(image), FULL)
    return _turned(small, orientation)


def _within(image: Image.Image, side: int) -> Image.Image:
    size = _fitting(image.size, side)
    if size == image.size:
        return image
    # As sharp as bicubic, in two thirds of the time; of a thumbnail most is the mean of whole squares, in a third.
    return image.resize(size, Image.Resampling.HAMMING, reducing_gap=1.0 if side == THUMBNAIL else 2.0)


def _fitting(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size within a square of `side`, never larger than it is."""
    share = min(1.0, side / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode in {"RGB", "L"}:
        return image
    if image.mode in {"CMYK", "YCbCr", "LAB", "1", "I", "F"} or image.mode.startswith("I;"):
        return image.convert("RGB")
    layered = image.convert("RGBA")
    paper = Image.new("RGB", layered.size, "white")
    paper.paste(layered, mask=layered.getchannel("A"))
    return paper


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    """As the camera was held."""
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _jpeg(image: Image.Image, *, quality: int) -> bytes:
    """The pixels alone: neither EXIF nor XMP, comment or colour profile comes along."""
    image.info = {}
    output = io.BytesIO()
    image.save(output, "JPEG", quality=quality)
    return output.getvalue()


def _bands(thumbnail: Image.Image) -> tuple[int, int, int, int] | None:
    """Whether each of 64 spots is darker than its right neighbour, in four pieces of sixteen bits."""
    grey = ImageOps.grayscale(thumbnail).resize((9, 8), Image.Resampling.BOX)
    low, high = grey.getextrema()
    if int(high) - int(low) < FLAT:  # type: ignore[arg-type]
        return None
    spots = grey.tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (spots[row * 9 + column] < spots[row * 9 + column + 1])
    return bits >> 48, bits >> 32 & 0xFFFF, bits >> 16 & 0xFFFF, bits & 0xFFFF


def _taken_at(exif: Image.Exif) -> datetime | None:
    said = exif.get_ifd(_EXIF_PART).get(_TAKEN_AT) or exif.get(_CHANGED_AT)
    try:
        return datetime.strptime(str(said).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 — cameras know no zone
    except ValueError:
        return None
