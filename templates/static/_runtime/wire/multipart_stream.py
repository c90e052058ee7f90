"""Multipart bodies of items, one part each (RFC 2046 section 5.1; OpenAPI 3.2 section 4.14.5)."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from copy import copy
from functools import partial
from typing import Any

from ..exceptions import DecodeError, EncodeError
from ..models.steps import shared
from .content import PLAIN_TRANSFER, Text
from .contract import Json, essence
from .streaming import LONGEST, Failure, Items, Parser, Stream

LONGEST_HEAD = 16 * 2**10  # bytes of a part's header fields, or of what follows a boundary in its line
_PARAMETER = re.compile(r';\s*([^\s;="]+)=("(?:\\.|[^"\\])*"|[^\s;"]*)')


def _boundary(content_type: str) -> bytes:
    """Return what divides the parts; raise DecodeError if the content type does not say it."""
    found = {name.lower(): value for name, value in _PARAMETER.findall(content_type)}.get("boundary", "")
    value = re.sub(r"\\(.)", r"\1", found[1:-1]) if found.startswith('"') else found
    if not value or not value.isascii():
        raise DecodeError.of("the boundary is missing", "multipart_invalid")
    return value.encode()


class MultipartStream(Stream):
    """Items in parts, each with the content type `item_type`: JSON, bytes for the type `bytes`, else text.

    A part is read so whatever content type it says itself. A scalar is written as text by its JSON without quotes.
    """

    def __init__(self, type_: Any, media_type: str = "multipart/mixed", *, item_type: str = "application/json") -> None:
        super().__init__(type_, media_type)
        self.json, self.item_type = Json(type_), item_type
        self.is_json = re.fullmatch(r".*[/+]json", essence(item_type)) is not None
        self._begin(secrets.token_hex(16).encode())

    def _begin(self, boundary: bytes) -> None:
        self.delimiter = b"\r\n--" + boundary
        self.start, self.tail = self.delimiter[2:], self.delimiter[2:] + b"--\r\n"

    def write(self, value: Any) -> tuple[Any, str]:
        found, content_type = copy(self), self.content_type
        try:
            found._begin(_boundary(content_type))
        except DecodeError:  # as nearly always: who writes chooses it
            boundary = secrets.token_hex(16)
            found._begin(boundary.encode())
            content_type += f"; boundary={boundary}"
        return Items(found, value), content_type

    def frame(self, item: Any) -> bytes:
        """Write one part and the boundary after it, by which a reader knows that the item is whole; raise EncodeError."""
        data = self._written(item)
        if self.delimiter in b"\r\n" + data:
            raise EncodeError("an item has the boundary of its body in it")
        head = b"%s\r\nContent-Type: %s\r\n\r\n" % (self.start, self.item_type.encode())
        self.start, self.tail = b"", b"--\r\n"
        return head + data + self.delimiter

    def _written(self, item: Any) -> bytes:
        if self.type is bytes:
            if not isinstance(item, bytes | bytearray | memoryview):
                raise EncodeError(f"bytes are needed, not {type(item).__name__}")
            return bytes(item)
        data = self.json.write(item)[0]
        value = None if self.is_json else json.loads(data)
        return value.encode() if isinstance(value, str) else data

    def read_part(self, data: bytes, content_type: str) -> Any:
        """Return the item of a part; raise DecodeError."""
        if self.type is bytes:
            return data
        if self.is_json:
            return self.json.read(data)
        return shared(partial(self._read_text, Text().read(data, content_type)))

    def _read_text(self, text: str) -> Any:
        try:
            return self.json.read(json.dumps(text).encode())
        except DecodeError as error:
            try:
                return self.json.read(text.encode())  # a number, true or false
            except DecodeError:
                raise error from None

    def open(self, response: Any, failure: Failure) -> Any:
        found = copy(self)
        try:
            found._begin(_boundary(response.headers.get("content-type", "")))
        except DecodeError as error:
            raise failure(error, response.request) from error
        return Stream.open(found, response, failure)

    def parser(self) -> Parser:
        return _Parts(self)


class _Parts(Parser):
    """Parts between boundaries. What stands before the first and after the last is passed over."""

    def __init__(self, media: MultipartStream) -> None:
        self.media = media
        self.rest = bytearray(b"\r\n")  # grows in place: a server may send byte by byte
        self.searched = 0  # bytes of it in which no mark begins
        self.step = "preamble"
        self.content_type = ""

    def feed(self, chunk: bytes) -> Iterator[Any]:
        self.rest += chunk
        while (found := self._next()) is not None:
            if self.step == "line":
                if found.strip(b" \t"):
                    raise DecodeError.of("a boundary is a line by itself", "multipart_invalid")
                self.step = "head"
            elif self.step == "head":
                self._read_head(found)
                self.step = "body"
            else:
                is_item, self.step = self.step == "body", "line"
                if is_item:
                    yield self.media.read_part(found.removeprefix(b"\r\n"), self.content_type)

    def _next(self) -> bytes | None:
        """Take what the next mark ends; None if that has not come. A line's end stays: it may begin a boundary."""
        rest, delimiter = self.rest, self.media.delimiter
        if self.step == "line" and rest.startswith(b"--"):
            self.ended = True
            return None
        mark = {"line": b"\r\n", "head": b"\r\n\r\n"}.get(self.step, delimiter)
        limit = LONGEST if self.step == "body" else LONGEST_HEAD
        at = rest.find(mark, self.searched)
        size = at if at >= 0 else len(rest)
        if size > limit + len(delimiter) and self.step != "preamble":
            what = {"body": "an item"}.get(self.step, "the head of an item")
            raise DecodeError.of(f"{what} has more than {limit} bytes", "too_long")
        self.searched = 0 if at >= 0 else max(len(rest) - len(mark) + 1, 0)
        if at < 0:
            if self.step == "preamble":
                del rest[: self.searched]
                self.searched = 0
            return None
        found = bytes(rest[:at])
        del rest[: at + len(mark) - (2 if mark.isspace() else 0)]
        return found

    def _read_head(self, head: bytes) -> None:
        fields: dict[bytes, bytes] = {}
        for line in re.sub(rb"\r\n[ \t]+", b" ", head.removeprefix(b"\r\n")).split(b"\r\n") if head else ():
            name, colon, value = line.partition(b":")
            if not colon:
                raise DecodeError.of("the head of an item has a line that is no field", "multipart_invalid")
            fields[name.strip().lower()] = value.strip()
        if fields.get(b"content-transfer-encoding", b"").decode("latin-1").lower() not in PLAIN_TRANSFER:
            raise DecodeError.of("an item has a content-transfer-encoding", "multipart_invalid")
        self.content_type = fields.get(b"content-type", b"").decode("latin-1")

    def end(self) -> Iterator[Any]:
        raise DecodeError.of("the last boundary is missing", "multipart_invalid")
