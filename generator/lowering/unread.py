"""What a document says and nothing reads: keywords that are neither typed nor judged, with how often they stand there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..document.document import Document
from ..document.index import Index
from ..document.objects import FIELDS
from ..models.scalars import FORMATS
from ..pointer import Pointer, join, split
from ..records import record
from ..schemas.keywords import KEYWORDS
from .media import essence, has_parts

_MEMBERS: Mapping[str, str] = {
    "document": "openapi info servers paths webhooks components security tags jsonSchemaDialect $self",
    "info": "title version summary description",
    "server": "url variables",
    "tag": "name summary description",
    "pathItem": "$ref",
    "operation": "tags summary description externalDocs operationId deprecated",
    "parameter": "name in description required deprecated style explode allowReserved example $ref",
    "header": "required style explode example description $ref",
    "requestBody": "description required $ref",
    "mediaType": "example $ref",
    "encoding": "contentType style explode allowReserved",
    "response": "description $ref",
    "securityScheme": "type name in scheme $ref",
    "discriminator": "propertyName mapping",
    "example": "value dataValue $ref",
}
"""Kind of an object → its members that are read, beside those that hold other objects."""
_NOT_READ = {
    "response": {"links"},
    "mediaType": {"prefixEncoding", "itemEncoding"},
    "encoding": {"encoding", "prefixEncoding", "itemEncoding"},
    "schema": {"xml", "externalDocs", "$comment", "$vocabulary", "contentSchema"},
}
"""Kind → members that hold other objects, or are keywords, and are not read."""
_READ_EXTENSIONS = {"x-enum-varnames", "x-enum-descriptions"}
_OTHER_FORMATS = {
    "date-time",
    "binary",
    "password",
    "int32",
    "int64",
    "float",
    "double",
}  # typed, judged, or no constraint


@record(kw_only=True)
class Unread:
    """A keyword that is not read: the kind of the objects that have it, how many they are, and where the first stands."""

    keyword: str
    kind: str
    places: int
    pointer: Pointer


def unread(document: Document, formats: Mapping[str, str]) -> tuple[Unread, ...]:
    """List the keywords of a document that are neither typed nor judged; `formats` are those with a type of the user's."""
    found: dict[tuple[str, str], list[Pointer]] = {}
    typed = FORMATS.keys() | formats.keys() | _OTHER_FORMATS
    for pointer, kind, value in Index(document).objects:
        is_read = kind == "mediaType" and _is_read_in_parts(pointer, value)
        for key in _members(kind, value, typed):
            if is_read and key == "itemEncoding":
                continue
            found.setdefault((key, kind), []).append(join(pointer, key.partition(":")[0]))
    return tuple(
        Unread(keyword=key, kind=kind, places=len(places), pointer=places[0]) for (key, kind), places in found.items()
    )


def _is_read_in_parts(pointer: Pointer, entry: Mapping[str, Any]) -> bool:
    """Whether a media type is that of a response which is read part by part: lowering/media."""
    place = split(pointer)
    return "responses" in place and has_parts(essence(place[-1]), entry)


def _members(kind: str, value: Any, typed: set[str]) -> Iterator[str]:
    if kind == "schema":
        read = KEYWORDS - _NOT_READ["schema"]
    elif kind in _MEMBERS:
        read = frozenset(_MEMBERS[kind].split()) | FIELDS.get(kind, {}).keys() - _NOT_READ.get(kind, set())
    else:
        return
    for key in value:
        if key not in read and key not in _READ_EXTENSIONS:
            yield str(key)
    if kind == "schema" and isinstance(value.get("format"), str) and value["format"] not in typed:
        yield f"format: {value['format'][:80]}"
