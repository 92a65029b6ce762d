"""Checks of what people upload, before anything parses it.

Every refusal is a sentence for the person at the screen. Nothing here reads more than a few
megabytes into memory, whatever the file claims to be.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from office.refusals import Refused

MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_MEMBERS = 200
_CHUNK = 64 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_DATA = "{} 请用 Excel 或 WPS 打开它，另存为“Excel 工作簿（*.xlsx）”后再上传。"


class DropOversized(FileUploadHandler):
    """Keeps no byte of a file beyond settings.UPLOAD_LIMIT; the form still sees its name and size, and can say so."""

    request: HttpRequest

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.seen += len(raw_data)
        return raw_data if self.seen <= settings.UPLOAD_LIMIT else None

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        if self.seen <= settings.UPLOAD_LIMIT:
            return None
        for handler in self.request.upload_handlers:
            handler.upload_interrupted()  # what it kept so far goes at once
        return UploadedFile(io.BytesIO(), self.file_name, self.content_type, self.seen, self.charset, self.content_type_extra)


def check_size(stream: IO[bytes], *, limit: int) -> int:
    """The file's size in bytes; raises Refused for an empty file or one beyond `limit` bytes."""
    size = _size(stream)
    if size == 0:
        raise Refused("这个文件是空的（0 字节），请重新选择。")
    if size > limit:
        raise Refused(f"这个文件有 {_megabytes(size)} MB，最多只能上传 {_megabytes(limit)} MB。")
    return size


def check_workbook(stream: IO[bytes], *, limit: int) -> None:
    """Returns for an xlsx that may be parsed (in a limited child, see office/limits.py); raises Refused otherwise.

    The stream is left at its beginning.
    """
    size = check_size(stream, limit=limit)
    try:
        _check_signature(stream)
        _check_archive(stream, size)
    except Refused:
        raise
    except Exception:  # a crafted archive finds errors of its own
        raise Refused("这个文件已损坏，读不出来。请用 Excel 或 WPS 打开检查，另存一份后再上传。") from None
    finally:
        stream.seek(0)


def _size(stream: IO[bytes]) -> int:
    if isinstance(stream, UploadedFile):
        return stream.size or 0
    return stream.seek(0, io.SEEK_END)


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0")


def _check_signature(stream: IO[bytes]) -> None:
    stream.seek(0)
    head = stream.read(4096)
    if head.startswith(b"PK\x03\x04"):
        return
    if head.startswith(_OLE):
        if any("EncryptedPackage".encode("utf-16-le") in chunk for chunk in _overlapping(stream, 64)):
            raise Refused("这个工作簿设了打开密码。请在 Excel 或 WPS 里去掉密码，另存后再上传。")
        raise Refused(_NO_DATA.format("这是旧格式的 Excel 文件（.xls）。"))
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise Refused(_NO_DATA.format("这是网页或 XML 文件，不是 Excel 工作簿（有的系统导出的 .xls 其实是网页）。"))
    raise Refused(_NO_DATA.format("这不是 Excel 工作簿（.xlsx）。"))


def _check_archive(stream: IO[bytes], size: int) -> None:
    stream.seek(-22, io.SEEK_END)
    if stream.read(4) != b"PK\x05\x06":
        raise zipfile.BadZipFile("something behind the archive")
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
        _check_directory(archive, members, size)
        _check_parts({member.filename for member in members})
        for member in members:
            _check_member(stream, member)


def _check_directory(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * size:
        raise Refused("这个文件解压后大得不正常，没有读取。请只保留需要的表和行，另存后再上传。")
    if len({member.filename.lower() for member in members}) < len(members):
        raise zipfile.BadZipFile("two members of one name")
    if min(member.header_offset for member in members) != 0:
        raise zipfile.BadZipFile("something before the archive")
    if any(member.flag_bits & 0x1 or member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for member in members):
        raise zipfile.BadZipFile("encrypted or packed in a way no spreadsheet uses")


def _check_parts(names: set[str]) -> None:
    if {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        return
    if "xl/workbook.bin" in names:
        raise Refused(_NO_DATA.format("这是二进制工作簿（.xlsb）。"))
    if "word/document.xml" in names:
        raise Refused("这是 Word 文档，请上传 Excel 工作簿（.xlsx）。")
    raise Refused(_NO_DATA.format("这不是 Excel 工作簿（.xlsx），里面没有工作表。"))


def _check_member(stream: IO[bytes], member: zipfile.ZipInfo) -> None:
    """Unpacks the member to its true end: not longer than the directory says, and XML without a DTD."""
    is_xml = not member.filename.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".bin", ".emf", ".wmf"))
    length, tail = 0, b""
    for chunk in _unpacked(stream, member):
        length += len(chunk)
        if length > member.file_size:
            raise zipfile.BadZipFile("longer than the directory says")
        if is_xml:
            tail = _check_xml(tail + chunk)
    if length != member.file_size:
        raise zipfile.BadZipFile("shorter than the directory says")


_FORBIDDEN = tuple(word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be"))


def _check_xml(content: bytes) -> bytes:
    """Raises Refused for a DTD or an entity; returns the end of the content, where one may have begun."""
    if any(word in content for word in _FORBIDDEN):
        raise Refused("这个文件里有工作簿不该有的内容（XML 实体），没有读取。请在 Excel 或 WPS 里另存一份后再上传。")
    return content[-32:]


def _unpacked(stream: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member as a parser that trusts no directory would read it, at most 64 KiB at a time."""
    stream.seek(member.header_offset)
    header = stream.read(30)
    if header[:4] != b"PK\x03\x04" or int.from_bytes(header[8:10], "little") != member.compress_type:
        raise zipfile.BadZipFile("the directory and the member disagree")
    name_length, extra_length = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
    if stream.read(name_length) != member.orig_filename.encode("utf-8" if member.flag_bits & 0x800 else "cp437"):
        raise zipfile.BadZipFile("the directory and the member disagree on its name")
    stream.seek(extra_length, io.SEEK_CUR)
    packed = _limited(stream, member.compress_size)
    return packed if member.compress_type == zipfile.ZIP_STORED else _inflated(packed)


def _inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for chunk in packed:
        yield inflater.decompress(chunk, _CHUNK)
        while inflater.unconsumed_tail:
            yield inflater.decompress(inflater.unconsumed_tail, _CHUNK)
    while rest := inflater.decompress(b"", _CHUNK):
        yield rest
    if not inflater.eof or inflater.unused_data:
        raise zipfile.BadZipFile("cut off, or something behind the member")


def _limited(stream: IO[bytes], length: int) -> Iterator[bytes]:
    while length > 0:
        chunk = stream.read(min(_CHUNK, length))
        if not chunk:
            raise zipfile.BadZipFile("cut off")
        length -= len(chunk)
        yield chunk


def _overlapping(stream: IO[bytes], overlap: int) -> Iterator[bytes]:
    """The whole stream in chunks, each beginning with the end of the one before."""
    stream.seek(0)
    tail = b""
    while chunk := stream.read(_CHUNK):
        yield tail + chunk
        tail = chunk[-overlap:]
