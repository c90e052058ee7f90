"""Bodies: which kind a media type asks for, the values to send, and what they look like on the wire."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import unquote_to_bytes

from ..document.document import Field, Media
from ..document.merging import types
from ..document.package import Mismatch
from ..values.choices import Mode
from ..values.values import Values
from .compare import difference, is_json_of, scalar_text, shown
from .styles import Expected, compare_pairs, expected_query, query_pairs

LINES = tuple(f"application/{name}" for name in ("jsonl", "x-ndjson", "x-jsonlines", "ndjson", "x-jsonl"))
STREAMS = ("Download", "EventStream", "JsonLines", "JsonSequence", "MultipartStream")
_TEXTS = ("a", "some text, ünïcödé", "", 'a "b" \\ \r\n\t 漢字 🎈', "x" * 5000)
_BYTES = (b"a", b"some bytes", b"", bytes(range(256)), b"x" * 100_000)


@dataclass(slots=True, kw_only=True)
class Body:
    """A body to send, as JSON, text or bytes. `kind` is the name of the contract's class for its media type.

    `properties` are those of a form's schema, flat; `name[]` has the items of the property `name`. `changed` is a property
    with what is put into its default after the model was made.
    """

    media: Media
    kind: str
    value: Any
    sent: Any = None  # of multipart: the value with marks for files
    files: dict[str, Any] = field(default_factory=dict)  # by their marks
    properties: Mapping[str, Any] = field(default_factory=dict)
    changed: tuple[str, Any] | None = None


def essence(media_type: str) -> str:
    """Return a media type in lower case without its parameters."""
    return media_type.partition(";")[0].strip().lower()


def equal(first: str, second: str) -> bool:
    """Tell whether two media types are the same, but for case, order and charset."""
    return essence(first) == essence(second) and _parameters(first) == _parameters(second)


def fits(content_type: str, declared: str) -> bool:
    """Tell whether a content type is the declared media type, or within the declared range."""
    if "*" in declared:
        return fnmatch.fnmatchcase(essence(content_type), essence(declared))
    return essence(content_type) == essence(declared) and _parameters(declared) <= _parameters(content_type)


def _parameters(media_type: str) -> set[tuple[str, str]]:
    """Return the parameters of a media type, save charset and boundary."""
    found = (part.partition("=") for part in media_type.split(";")[1:])
    pairs = {(name.strip().lower(), value.strip().strip('"')) for name, _, value in found}
    return {pair for pair in pairs if pair[0] not in ("charset", "boundary", "")}


def allowed_kinds(media: Media, *, response: bool, is_object: bool) -> tuple[str, ...]:
    """Return the kinds that a media type may be taken as: classes of the contract. The first is the usual one."""
    name = essence(media.media_type)
    if name in ("application/json", "text/json") or name.endswith("+json"):
        return ("Json",)
    if response and (stream := _stream_kind(media)):
        return (stream,)
    if name == "application/x-www-form-urlencoded" and is_object:
        return ("Form",)
    if name == "multipart/form-data" and is_object:
        return ("Multipart",)
    if name.startswith("text/"):
        return ("Text", "Binary", "Download")
    if name in ("*/*", "application/*"):
        return ("Json", "Binary", "Download", "Text")
    if name in (*LINES, "application/json-seq"):  # in a request, or an error, which is read whole
        return ("Binary", "Text")
    return ("Binary", "Download")


def _stream_kind(media: Media) -> str:
    """Return the kind of a response that is read item by item, "" for all others."""
    name = essence(media.media_type)
    known = {"text/event-stream": "EventStream", "application/json-seq": "JsonSequence"}
    known |= dict.fromkeys(LINES, "JsonLines")
    return known.get(name) or ("MultipartStream" if _has_like_parts(media) else "")


def _has_like_parts(media: Media) -> bool:
    """Tell whether a body is items in parts of one content type, which is no multipart itself (OpenAPI 3.2, 4.14.5)."""
    is_multipart = re.fullmatch(r"multipart/(?!form-data$)[^*]+", essence(media.media_type))
    is_odd = media.item_encoding.keys() & {"encoding", "itemEncoding", "prefixEncoding"}
    one = re.fullmatch(r"(?!\s*multipart/)[^,*]*", media.item_encoding.get("contentType", ""), re.IGNORECASE)
    return bool(is_multipart and one) and media.item_schema is not None and not is_odd


def kind_of(media: Media, contract: Any, *, response: bool, is_object: bool) -> str:
    """Return the kind that the package takes a media type as. Raises Mismatch where it must not be."""
    kinds = allowed_kinds(media, response=response, is_object=is_object)
    name = type(contract).__name__
    if name not in kinds:
        raise Mismatch(f"{media.media_type} is {name} in the contract, not {kinds[0]}")
    return name


def entries(body: Any) -> tuple[Any, ...]:
    """Return the media types of a body of the contract."""
    return tuple(body.all) if body is not None else ()


def find(media: Media, body: Any) -> Any:
    """Return the entry for a media type of a body of the contract. Raises Mismatch."""
    found = [entry for entry in entries(body) if entry.media_type == media.media_type]
    if len(found) != 1:
        raise Mismatch(f"the contract has {len(found)} entries for {media.media_type}")
    return found[0]


def make(media: Media, kind: str, values: Values, mode: Mode) -> Body:
    """Make a value. Raises NoInstance."""
    samples: tuple[Any, ...] = {"Text": _TEXTS, "Binary": _BYTES, "Download": _BYTES}.get(kind, ())
    if samples:
        return Body(media=media, kind=kind, value=samples[(mode.level + mode.index) % 5 if mode.level else 0])
    use = kind.lower() if kind in ("Form", "Multipart") else "json"
    return Body(media=media, kind=kind, value=values.make(media.schema, mode, use))


def is_file(schema: Any) -> bool:
    """Tell whether a property of a multipart body is a file (OpenAPI 3.0, 4.7.14.2; 3.1, 4.8.14.3): a string of bytes.

    Without contentEncoding, contentMediaType says what a string is (JSON Schema Validation 2020-12, 8.3 and 8.4):
    text and JSON can be a string as they are, other media types cannot.
    """
    if not isinstance(schema, Mapping) or {*types(schema.get("type")), "null"} != {"string", "null"}:
        return False
    media_type = essence(str(schema.get("contentMediaType", "text/plain")))
    is_text = media_type.startswith("text/") or "json" in media_type or "contentEncoding" in schema
    return schema.get("format") == "binary" or not is_text


def compare_body(body: Body, content_type: str, data: bytes) -> str:
    """Compare a body on the wire with the one that was meant; return the first difference."""
    if not fits(content_type, body.media.media_type):
        return f"the content type is {content_type!r}, not {body.media.media_type}"
    if body.kind == "Json":
        return _compare_json(body.value, data)
    if body.kind == "Text":
        charset = re.search(r'charset="?([\w-]+)', content_type)
        found = data.decode(charset[1] if charset else "utf-8", "replace")
        return "" if found == body.value else f"{shown(body.value)} became {shown(found)}"
    if body.kind == "Binary":
        return "" if data == body.value else f"the bytes are others: {len(data)}, not {len(body.value)}"
    if body.kind == "Form":
        return _compare_form(body, data)
    return _compare_multipart(body, content_type, data)


def compare_query(parameter: Field, value: Any, query: str) -> str:
    """Compare a query that is one value as a whole with the value that was meant; return the first difference."""
    media = Media(media_type=parameter.media_type, schema=parameter.schema, encoding=parameter.encoding)
    kind = "Form" if parameter.is_form else "Json" if parameter.is_json else "Text"
    data = query.encode() if kind == "Form" else unquote_to_bytes(query)
    problem = compare_body(Body(media=media, kind=kind, value=value), parameter.media_type, data)
    return f"the query: {problem}" if problem else ""


def _compare_json(value: Any, data: bytes) -> str:
    try:
        return difference(value, json.loads(data))
    except ValueError:
        return f"{data[:80]!r} is no JSON"


def _compare_form(body: Body, data: bytes) -> str:
    expected: list[Expected] = []
    for name, value in body.value.items():
        encoding = body.media.encoding.get(name) or {}
        if "style" in encoding or "explode" in encoding or not _is_json(encoding, value):
            style = encoding.get("style", "form")
            explode = encoding.get("explode", style in ("form", "deepObject"))
            parameter = Field(name=name, location="query", style=style, explode=explode)
            expected += expected_query(parameter, value)
        else:
            expected += [(name, ("json", item), "form") for item in (value if isinstance(value, list) else [value])]
    return compare_pairs(expected, query_pairs(data.decode()))


def _is_json(encoding: Mapping[str, Any], value: Any) -> bool:
    """Tell whether a property is written as JSON: objects are, by themselves and in arrays."""
    if "contentType" in encoding:
        return essence(encoding["contentType"].split(",")[0]).endswith("json")
    inner = value[0] if isinstance(value, list) and value else value
    return isinstance(inner, dict) or (isinstance(value, list) and isinstance(inner, list))


def parts(content_type: str, data: bytes) -> list[tuple[str, str | None, str, bytes]]:
    """Return the parts of a multipart body: name, file name, content type, content."""
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    found = []
    for chunk in data.split(b"--" + boundary[1].encode())[1:] if boundary else ():
        if chunk.startswith(b"--"):
            break
        fields, _, content = chunk.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        part = BytesParser(policy=HTTP).parsebytes(fields + b"\r\n\r\n")
        name, file_name = (re.search(f'; {key}="([^"]*)"', fields.decode()) for key in ("name", "filename"))
        kind = str(part.get("content-type", ""))
        named = _name(name[1]) if name else ""
        found.append((named, _name(file_name[1]) if file_name else None, kind, content.removesuffix(b"\r\n")))
    return found


def _name(text: str) -> str:
    return text.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _compare_multipart(body: Body, content_type: str, data: bytes) -> str:
    left = parts(content_type, data)
    for name, value in body.sent.items():
        for item in value if isinstance(value, list) else [value]:
            position = next((i for i, part in enumerate(left) if part[0] == name), None)
            if position is None:
                return f"the part {name} is not there"
            part = left.pop(position)
            if not _part_fits(part, item, body):
                return f"{name}: {shown(item)} was written {part[3][:80]!r} ({part[2] or 'no content type'})"
    return f"the part {left[0][0]} was not asked for" if left else ""


def _part_fits(part: tuple[str, str | None, str, bytes], item: Any, body: Body) -> bool:
    _, file_name, content_type, content = part
    if isinstance(item, str) and item in body.files:
        return file_name is not None and content == body.files[item].read()
    if isinstance(item, dict | list) or essence(content_type).endswith("json"):
        return essence(content_type).endswith("json") and is_json_of(item, content)
    return scalar_text(item, content.decode())


def compare_stream(media: Media, kind: str, items: list[Any], content_type: str, data: bytes) -> str:
    """Compare the bytes of a stream with the items that were meant."""
    if kind == "MultipartStream":
        return _compare_parts(media, items, content_type, data)
    if kind == "Download":
        return "" if data == b"".join(items) else f"the bytes are others: {len(data)}, not {sum(map(len, items))}"
    if kind == "EventStream":
        events = [block for block in data.decode().split("\n\n") if block]
        found: list[Any] = ["\n".join(line[6:] for line in e.split("\n") if line.startswith("data: ")) for e in events]
        if len(found) != len(items):
            return f"the events are {len(found)}, not {len(items)}"
        return next(
            (f"{shown(a)} was written {b!r}" for a, b in zip(items, found, strict=True) if not _event_fits(a, b)), ""
        )
    lines = [line for line in data.replace(b"\x1e", b"").split(b"\n") if line]
    return difference(items, [json.loads(line) for line in lines])


def _compare_parts(media: Media, items: list[Any], content_type: str, data: bytes) -> str:
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    if not fits(content_type, media.media_type) or not boundary:
        return f"the content type is {content_type!r}, not {media.media_type} with a boundary"
    if not data.endswith(f"--{boundary[1]}--\r\n".encode()):
        return "the last boundary is missing"
    found = parts(content_type, data)
    if len(found) != len(items):
        return f"the parts are {len(found)}, not {len(items)}"
    for item, (_, _, kind, content) in zip(items, found, strict=True):
        if isinstance(item, bytes):
            is_same = content == item
        else:
            is_json = re.search(r"[/+]json$", essence(kind))
            is_same = is_json_of(item, content) if is_json else scalar_text(item, content.decode())
        if not is_same or not equal(kind, media.item_encoding.get("contentType", kind)):
            return f"{shown(item)} was written {content[:80]!r} ({kind or 'no content type'})"
    return ""


def _event_fits(item: Any, text: str) -> bool:
    if item == text or is_json_of(item, text):
        return True
    if not isinstance(item, dict) or "data" not in item:
        return False
    # an itemSchema of the whole event
    return str(item["data"]) == text or is_json_of(item["data"], text)
