"""Media types of bodies → the runtime's classes for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import ir
from ..document.operations import Located, contents
from ..pointer import join
from ..python.types import BYTES, NONE, STR, VALUE, Generic, Name, Type, bare, held_loosely, required
from ..schemas.content import is_file
from ..schemas.directions import Direction
from .context import Lowering

PLAIN = {
    "Json": "application/json",
    "Text": "text/plain",
    "Binary": "application/octet-stream",
    "Download": "application/octet-stream",
    "Form": "application/x-www-form-urlencoded",
    "Multipart": "multipart/form-data",
    "EventStream": "text/event-stream",
    "JsonLines": "application/jsonl",
    "JsonSequence": "application/json-seq",
    "MultipartStream": "multipart/mixed",
}
"""The media type that each class of the runtime has by itself."""

JSON_LINES = frozenset(
    {
        "application/jsonl",
        "application/x-ndjson",
        "application/x-jsonlines",
        "application/ndjson",
        "application/x-jsonl",
    }
)
_BY_POSITION = {"prefixEncoding", "itemEncoding"}  # encodings of parts by their places (OpenAPI 3.2, 4.14.5)
STREAMS = frozenset({"Download", "EventStream", "JsonLines", "JsonSequence", "MultipartStream"})


def async_iterator(item: Type) -> Type:
    """A stream as an async method gives it."""
    return Generic("AsyncIterator", (item,))


def iterator(item: Type) -> Type:
    """A stream as a blocking method gives it."""
    return Generic("Iterator", (item,))


def essence(media_type: str) -> str:
    """Give a media type without parameters, in lower case (RFC 9110, 8.3.1)."""
    return media_type.split(";", maxsplit=1)[0].strip().lower()


def is_json(name: str) -> bool:
    """Whether the essence of a media type is JSON's (WHATWG MIME Sniffing, 4.6: also text/json)."""
    return name in ("application/json", "text/json") or name.endswith("+json")


def lower_media(run: Lowering, media_type: str, entry: Located, direction: Direction) -> ir.Media:
    """Choose the class for a media type; what nothing can express is bytes, with a warning."""
    name = essence(media_type)
    if direction == "request" and name.startswith("multipart/"):
        direction = "form"
    schema = entry.value.get("schema")
    declared = run.type_of(join(entry.pointer, "schema"), direction)
    kind = body_kind(name, schema, direction)
    if direction == "" and kind == "Binary" and has_parts(name, entry.value):
        return _lower_parts(run, media_type, entry)
    type_: Type | None = declared or VALUE
    encoding: tuple[ir.Encoding, ...] = ()
    if kind in ("EventStream", "JsonLines", "JsonSequence"):
        type_ = run.type_of(join(entry.pointer, "itemSchema"), direction) or _item_type(declared or VALUE)
    elif kind in ("Form", "Multipart"):
        if join(entry.pointer, "schema") in run.models.objects:
            encoding, type_ = _encodings(run, entry), held_loosely(type_ or VALUE) or type_  # a form is an object
        else:
            run.warn(
                f"{media_type} is sent as bytes: its schema is no object",
                entry.pointer,
                "Give it `type: object` with properties.",
            )
            kind = "Binary"
    if kind in ("Text", "Binary", "Download"):
        _note_unread(run, media_type, entry, kind, declared)
        type_ = None
    elif "itemSchema" in entry.value and kind not in STREAMS:
        run.note(f"itemSchema is not read in {media_type}", entry.pointer)
    if entry.value.keys() & _BY_POSITION:
        run.note(f"prefixEncoding and itemEncoding are not read in {media_type}", entry.pointer)
    whole = kind == "EventStream" and _is_event(run, entry)
    conceals = kind in ("Text", "Binary") and run.is_secret(join(entry.pointer, "schema"), entry.value.get("schema"))
    plain, last = media_type == PLAIN[kind], run.stream_end if kind == "EventStream" else None
    return ir.Media(
        kind=kind,
        media_type=media_type,
        plain=plain,
        type=type_,
        encoding=encoding,
        whole=whole,
        last=last,
        conceals=conceals,
    )


def has_parts(name: str, entry: Mapping[str, Any]) -> bool:
    """Whether each item of a body is a part, and all are written alike (OpenAPI 3.2, 4.14.5); the name is an essence."""
    parts = name.startswith("multipart/") and "*" not in name and name != "multipart/form-data"
    encoding = entry.get("itemEncoding", {})
    if not parts or not isinstance(encoding, Mapping) or encoding.keys() & {"encoding", *_BY_POSITION}:
        return False
    content_type = encoding.get("contentType", "")
    one = not re.search(r"[,*]", content_type) and not essence(content_type).startswith("multipart/")
    return one and "itemSchema" in entry and "prefixEncoding" not in entry


def _lower_parts(run: Lowering, media_type: str, entry: Located) -> ir.Media:
    """Lower a stream of parts. Without a content type they have the one of their schema (OpenAPI 3.2, 4.15.1.1)."""
    place = join(entry.pointer, "itemSchema")
    type_: Type = run.type_of(place, "") or VALUE
    schema: Any = run.follow(place, entry.value["itemSchema"]).value  # an object, true or false
    is_scalar = isinstance(schema, Mapping) and schema.get("type") in ("string", "number", "integer", "boolean")
    is_bytes = is_file(schema)
    encoding = entry.value.get("itemEncoding", {})
    if encoding.get("headers"):
        run.note(f"headers of itemEncoding are not read in {media_type}", entry.pointer)
    item_type = encoding.get("contentType")
    if item_type is None:
        raw = PLAIN["Binary"] if is_bytes or type_ == VALUE else None
        item_type = raw or (PLAIN["Text"] if is_scalar else PLAIN["Json"])
    if not is_json(essence(item_type)):
        is_text = essence(item_type).startswith("text/") and not is_bytes
        fine = is_bytes or type_ in (STR, VALUE) or (is_scalar and is_text)
        if not fine:
            what = "text" if is_text else "bytes"
            run.note(f"items in {item_type} are {what}: their schema is not read", entry.pointer)
        if not (is_scalar and is_text):
            type_ = STR if is_text else BYTES
    return ir.Media(
        kind="MultipartStream",
        media_type=media_type,
        plain=media_type == PLAIN["MultipartStream"],
        type=type_,
        encoding=(),
        item_type=None if item_type == PLAIN["Json"] else item_type,
    )


def _note_unread(run: Lowering, media_type: str, entry: Located, kind: str, declared: Type | None) -> None:
    """Say where a schema asks for more than the text or the bytes that it becomes."""
    plain = (STR, VALUE) if kind == "Text" else (STR, BYTES, Name("File"), VALUE)
    fine = declared is None or (required(declared) or NONE) in plain or is_file(entry.value.get("schema"))
    if not fine or "itemSchema" in entry.value:
        what = "text" if kind == "Text" else "bytes"
        run.note(f"bodies in {media_type} are {what}: their schema is not read", entry.pointer)


def _is_event(run: Lowering, entry: Located) -> bool:
    """Whether a schema describes events with their fields (OpenAPI 3.2, 4.14.4), not the data of each."""
    item = run.follow(join(entry.pointer, "itemSchema"), entry.value.get("itemSchema"))
    properties = item.value.get("properties")
    return isinstance(properties, dict) and bool(properties) and properties.keys() <= {"data", "event", "id", "retry"}


def _item_type(declared: Type) -> Type:
    """Give the type of a stream's items where only `schema` tells: an array's items, else the schema itself."""
    return declared.arguments[0] if isinstance(declared, Generic) and declared.name == "list" else declared


def body_kind(name: str, schema: Any, direction: Direction = "") -> str:
    """Choose the runtime's class for the essence of a media type."""
    bytes_ = is_file(schema)
    if is_json(name):
        return "Json"
    if direction == "" and name == "text/event-stream":
        return "EventStream"
    if direction == "" and name in JSON_LINES:
        return "JsonLines"
    if direction == "" and name == "application/json-seq":
        return "JsonSequence"
    if name == "application/x-www-form-urlencoded" and schema is not None:
        return "Form"
    if name == "multipart/form-data" and schema is not None:
        return "Multipart"
    if name.startswith("text/") and not bytes_:
        return "Text"
    if name in ("*/*", "application/*") and isinstance(schema, Mapping) and schema and not bytes_:
        return "Json"
    return "Binary"


def _encodings(run: Lowering, entry: Located) -> tuple[ir.Encoding, ...]:
    found: list[ir.Encoding] = []
    declared = entry.value.get("encoding")
    for name, value in declared.items() if isinstance(declared, dict) else ():
        if not isinstance(value, dict):
            continue
        if value.keys() & {"encoding", *_BY_POSITION}:
            run.note("encodings within a part are not read", join(entry.pointer, "encoding", name))
        found.append(
            ir.Encoding(
                property_name=name,
                content_type=value.get("contentType"),
                style=value.get("style"),
                explode=value.get("explode"),
                allow_reserved=value.get("allowReserved") is True,
                headers=lower_headers(run, entry.child("encoding", name)),
            )
        )
    return tuple(found)


def lower_headers(run: Lowering, holder: Located) -> tuple[ir.Header, ...]:
    """Read the declared headers of a response or part; `Content-Type` is not one (OpenAPI 3.1, 4.8.17)."""
    found: list[ir.Header] = []
    declared = holder.value.get("headers")
    for name, value in declared.items() if isinstance(declared, dict) else ():
        header = run.follow(join(holder.pointer, "headers", name), value)
        if name.lower() == "content-type":
            continue
        type_, media_type = run.type_of(join(header.pointer, "schema"), ""), None
        for declared_type, entry in contents(run.document, header)[:1] if type_ is None else ():
            if is_json(essence(declared_type)):
                type_, media_type = run.type_of(join(entry.pointer, "schema"), ""), declared_type
            else:
                run.warn(f"The header {name} is taken as text: {declared_type} is not read in headers", entry.pointer)
        explode = header.value.get("explode") is True and media_type is None
        required = header.value.get("required") is True
        found.append(
            ir.Header(wire_name=name, type=type_ or STR, required=required, explode=explode, media_type=media_type)
        )
    return tuple(found)


def body_type(media: ir.Media, stream: Callable[[Type], Type]) -> Type:
    """Give the Python type of a body in this media type; `stream` makes that of a stream from its items."""
    if media.kind in ("Text", "Binary"):
        return STR if media.kind == "Text" else BYTES
    item = BYTES if media.kind == "Download" else bare(media.type or VALUE)
    return stream(item) if media.kind in STREAMS else item


def body_types(found: Sequence[ir.Media], stream: Callable[[Type], Type] = async_iterator) -> list[Type]:
    """Give the Python types of one body: the first media type plain, the others as Content; None for no body."""
    types = [body_type(one, stream) for one in found]
    return [*types[:1], *(Generic("Content", (one,)) for one in types[1:])] or [NONE]
