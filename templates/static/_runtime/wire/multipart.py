"""multipart/form-data: files and JSON parts (RFC 7578)."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, BinaryIO, cast
from urllib.parse import quote, unquote

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from ..exceptions import DecodeError, EncodeError
from . import styles
from .content import PLAIN_TRANSFER, Text
from .contract import essence
from .forms import PLAIN, Encoding, Form
from .uploads import Source, Upload

MAX_PARTS = 1000


@dataclass(slots=True)
class File:
    """A file: bytes, a path to read, an open binary file, or an iterator of chunks, which is read once.

    `name` is what the sender calls it: by default, what a path or an open file ends with. It is never a path to write to.
    """

    content: bytes | Path | BinaryIO | Iterable[bytes]
    name: str = ""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take the name of a path or an open file, which may be no text (a descriptor), or none to send (`<stdin>`)."""
        known = getattr(self.content, "name", None)
        if not self.name and isinstance(known, str) and not _NAMELESS.search(known):
            self.name = PurePath(known).name

    def read(self) -> bytes:
        """Return the content; of an open file, from where it stands."""
        if isinstance(self.content, Path):
            return self.content.read_bytes()
        if not isinstance(self.content, bytes):
            self.content = b"".join(Source(self.content).chunks())
        return self.content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, File) and (self.read(), self.name) == (other.read(), other.name)

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A File in Python; in JSON, the mark under which the form's reader or writer keeps it."""
        return core_schema.json_or_python_schema(
            json_schema=core_schema.with_info_plain_validator_function(_file),
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(_mark, info_arg=True),
            metadata={"scalar": "file"},
        )


def _file(mark: Any, info: Any) -> File:
    found = (info.context or {}).get(mark) if isinstance(mark, str) else None
    if found is None:
        raise ValueError("a file is needed")
    return cast("File", found)


def _mark(value: File, info: Any) -> Any:
    if info.context is None:
        return value
    mark = secrets.token_hex(8)
    info.context[mark] = value
    return mark


@dataclass(slots=True)
class _Part:
    headers: dict[str, str]
    data: bytearray
    name: str = ""
    filename: str | None = None


class Multipart(Form):
    """A body of parts: files, text, and JSON for objects."""

    def __init__(
        self, type_: Any, media_type: str = "multipart/form-data", *, encoding: Mapping[str, Encoding] | None = None
    ) -> None:
        super().__init__(type_, media_type, encoding=encoding)

    def write(self, value: Any) -> tuple[bytes, str]:
        body, content_type = self.upload(value)
        return b"".join(body), content_type

    def upload(self, value: Any) -> tuple[Upload, str]:
        """Write a form that a client sends: its files are read while it is sent; raise EncodeError or OSError."""
        body, files = self._dumped(value)
        if not isinstance(body, dict):
            raise EncodeError("a form is an object")
        boundary = secrets.token_hex(16)
        end, content_type = f"--{boundary}--\r\n".encode(), f"{essence(self.media_type)}; boundary={boundary}"
        chunks: list[Any] = []
        for name, item in body.items():
            for head, data in self._parts(name, item, files):
                chunks += [f"--{boundary}\r\n{head}\r\n\r\n".encode(), data, b"\r\n"]
        try:  # what files hold comes back as it is: the boundary is in none
            alike = b"".join(chunk if isinstance(chunk, bytes) else b"" for chunk in [*chunks, end])
            same = _named(*self._dumped(self.read(alike, content_type))) == _named(body, files)
        except DecodeError:
            same = False
        if not same:
            raise EncodeError("the form could not be read back as it is")
        contents = (chunk.content if isinstance(chunk, File) else chunk for chunk in [*chunks, end])
        return Upload(*contents), content_type

    def _dumped(self, value: Any) -> tuple[Any, dict[str, File]]:
        """Return the JSON of a form, and its files by the marks that stand for them."""
        files: dict[str, File] = {}
        return json.loads(self.json.write(value, context=files)[0]), files

    def _parts(self, name: str, item: Any, files: Mapping[str, File]) -> Iterator[tuple[str, bytes | File]]:
        """Yield head and data of the parts of a property."""
        encoding = self.encoding.get(name, PLAIN)
        plain = encoding.content_type.split(",")[0].strip()
        head = f'Content-Disposition: form-data; name="{_quoted(name)}"'
        for value in item if isinstance(item, list) and self._of(name).items is not None else [item]:
            if isinstance(value, str) and (file := files.get(value)):
                content_type = file.content_type or (plain if "*" not in plain else "") or "application/octet-stream"
                fields = {"Content-Type": content_type, **file.headers}
                if _CONTROL.search("".join([*fields, *fields.values()])) or _SURROGATE.search(file.name):
                    raise EncodeError(f"{name}: a part's head cannot have control characters or lone surrogates")
                lines = "".join(f"\r\n{k}: {v}" for k, v in fields.items())
                yield f'{head}; filename="{_quoted(file.name)}"{lines}', file
            elif self.is_json(name):
                yield f"{head}\r\nContent-Type: {plain or 'application/json'}", json.dumps(value).encode()
            else:
                extra = f"\r\nContent-Type: {plain}" if plain else ""
                yield head + extra, styles.text(value).encode()

    def read(self, data: bytes, content_type: str = "") -> Any:
        parts = _parse(data, content_type)
        files: dict[str, File] = {}
        pairs: list[tuple[str, str]] = []
        for part in parts:
            found = self._of(part.name)
            if "file" in (found.items or found).scalars:
                mark = secrets.token_hex(8)
                kind = part.headers.pop("content-type", "")
                files[mark] = File(bytes(part.data), part.filename or "", kind, part.headers)
                pairs.append((part.name, mark))
                continue
            try:
                if part.headers.get("content-transfer-encoding", "").lower() not in PLAIN_TRANSFER:
                    raise DecodeError.of("a part has a content-transfer-encoding", "multipart_invalid")
                text = Text().read(bytes(part.data), part.headers.get("content-type", ""))
            except DecodeError as error:
                raise error.inside(part.name) from None
            pairs.append((part.name, quote(text, safe="")))
        return self.load(lambda how: self._read(pairs, how), files)


_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NAMELESS = re.compile(r"^<|[\ud800-\udfff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
# What RFC 7578 forbids in forms, and clients send for names that are not ASCII (RFC 8187 section 3.2).
_EXTENDED = re.compile(r";\s*filename\*\s*=\s*(utf-8|iso-8859-1)'[^';]*'([^\s;]+)", re.IGNORECASE)


def _named(item: Any, files: Mapping[str, File]) -> Any:
    """Return the JSON of a form with names in the places of files."""
    if isinstance(item, str) and item in files:
        return {"file": files[item].name}
    if isinstance(item, list):
        return [_named(one, files) for one in item]
    return {key: _named(one, files) for key, one in item.items()} if isinstance(item, dict) else item


def _quoted(name: str) -> str:
    """Write a name as browsers do (WHATWG HTML section 4.10.21.8)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _unquoted(name: str) -> str:
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _parse(data: bytes, content_type: str) -> list[_Part]:
    """Split a body into its parts; raise DecodeError."""
    from python_multipart import MultipartParser
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import parse_options_header

    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise DecodeError.of("the boundary is missing", "multipart_invalid")
    found = _Found()
    try:
        parser = MultipartParser(boundary, found.callbacks())
        parser.write(data)
        parser.finalize()
    except FormParserError as error:
        raise DecodeError.of(str(error), "multipart_invalid") from None
    if not found.complete:
        raise DecodeError.of("the last boundary is missing", "multipart_invalid")
    for part in found.parts:
        disposition = part.headers.pop("content-disposition", "")
        said = parse_options_header(disposition)[1]
        part.name = _unquoted(said.get(b"name", b"").decode(errors="replace"))
        part.filename = _unquoted(said[b"filename"].decode(errors="replace")) if b"filename" in said else None
        if extended := _EXTENDED.search(_QUOTED.sub('""', disposition)):
            part.filename = unquote(extended[2], extended[1], "replace")
        part.headers = {key: value.encode("latin-1").decode(errors="replace") for key, value in part.headers.items()}
    return found.parts


class _Found:
    """Collects what the parser finds."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self.field = self.value = b""
        self.complete = False

    def callbacks(self) -> Any:
        """Return the functions that the parser calls."""
        return {
            f"on_{name}": getattr(self, name) for name in dir(self) if name.split("_")[0] in ("part", "header", "end")
        }

    def part_begin(self) -> None:
        if len(self.parts) >= MAX_PARTS:
            raise DecodeError.of(f"a form has at most {MAX_PARTS} parts", "multipart_invalid")
        self.parts.append(_Part({}, bytearray()))

    def part_data(self, chunk: bytes, start: int, end: int) -> None:
        self.parts[-1].data += chunk[start:end]

    def header_field(self, chunk: bytes, start: int, end: int) -> None:
        self.field += chunk[start:end]

    def header_value(self, chunk: bytes, start: int, end: int) -> None:
        self.value += chunk[start:end]

    def header_end(self) -> None:
        self.parts[-1].headers[self.field.decode("latin-1").lower()] = self.value.decode("latin-1")
        self.field = self.value = b""

    def end(self) -> None:
        self.complete = True
