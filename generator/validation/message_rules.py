"""Names and media types that messages carry: what no header field, cookie or content type can be (RFC 9110, RFC 6265)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ..document.edits import Edit
from ..document.index import Index
from ..document.objects import PlacedObject
from ..pointer import Pointer, get, join, split
from .finding import SHOWN_NAME, Finding, Repair
from .repair_steps import remove, set_value

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # RFC 9110, section 5.6.2
_FIELD_NAME = re.compile(_TOKEN)
_COOKIE_NAME = re.compile(r"[!-+\--:<>-~]+")  # wider than RFC 6265: without blanks, controls and what divides cookies
_ESSENCE = re.compile(rf"(?!\*/(?!\*$)){_TOKEN}/{_TOKEN}")
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PARAMETER = re.compile(rf"{_TOKEN}=(?:{_TOKEN}|{_QUOTED})")
_SPACED = re.compile(rf"({_TOKEN})[ \t]*=[ \t]*({_TOKEN}|{_QUOTED})")
_PIECE = re.compile(rf"(?:{_QUOTED}|[^;])+")
_LISTED = re.compile(rf"(?:{_QUOTED}|[^,])+")
_LONGEST = 1_000  # characters of a media type, or of a list of them
BEARER = {"type": "http", "scheme": "bearer"}
"""What is assumed of a security scheme that says too little: the operation stays closed without a token."""


def judge_messages(index: Index, fresh: Iterable[PlacedObject]) -> Iterator[Finding]:
    """Report names that no header field or cookie can have, and media types that are none."""
    renamed: dict[Pointer, Pointer] = {}  # what a media type is to be called, and the first that is
    for node in fresh:
        if node.kind in ("parameter", "header", "securityScheme"):
            yield from _names(node)
        elif node.kind in ("mediaType", "encoding"):
            yield from _media_type(index, node, renamed)


def _names(node: PlacedObject) -> Iterator[Finding]:
    """Hold the name of a header field or cookie against what it may be (RFC 9110, 5.1; RFC 6265, 4.1.1)."""
    pointer, kind, value = node
    name: Any
    if kind == "header":
        named = "" if pointer.startswith("#/components/headers/") else "header"  # a component's key is no field's name
        name, location, place = split(pointer)[-1], named, pointer
    else:
        name, location, place = value.get("name"), str(value.get("in")), join(pointer, "name")
    form = {"header": _FIELD_NAME, "cookie": _COOKIE_NAME}.get(location)
    if form is None or not isinstance(name, str) or form.fullmatch(name):
        return
    hint = "a name has letters, digits and !#$%&'*+-.^_`|~ only (RFC 9110, section 5.6.2)"
    repair: Repair = remove(pointer, f"the {kind} is left out")
    if kind == "securityScheme":
        repair = set_value(pointer, dict(BEARER), "a bearer token is assumed")
    yield Finding(
        pointer=place,
        message=f'"{name[:SHOWN_NAME]}" is a name that no {location} can have',
        hint=hint if location == "header" else "",
        repair=repair,
    )


def _media_type(index: Index, node: PlacedObject, renamed: dict[Pointer, Pointer]) -> Iterator[Finding]:
    """Report what is no media type (RFC 9110, 8.3.1), and what would end the header field that it is in (5.5)."""
    pointer, kind, value = node
    above, key = ("", *split(pointer))[-2:]
    written: Any = value.get("contentType") if kind == "encoding" else key if above == "content" else ""
    if not isinstance(written, str) or (not written and above != "content"):
        return
    if not written.isprintable():
        message = "a media type can't have control characters"
        yield Finding(pointer=pointer, message=message, repair=remove(pointer))
        return
    place = join(pointer, "contentType") if kind == "encoding" else pointer
    if len(written) > _LONGEST:
        message = f'"{written[:SHOWN_NAME]}…" has more than {_LONGEST:,} characters: no media type is as long'
        yield Finding(pointer=place, message=message, repair=remove(place))
        return
    listed = _LISTED.findall(written) if kind == "encoding" else [written]
    if unknown := [one for one in listed if not _ESSENCE.fullmatch(one.partition(";")[0].strip())]:
        yield Finding(
            pointer=place,
            message=f'"{unknown[0].strip()[:SHOWN_NAME]}" is no media type',
            hint="a media type is a type and a subtype, such as application/json; */* and text/* are ranges (RFC 9110, section 8.3.1)",
            repair=remove(place),
        )
        return
    wrong = [piece for one in listed for piece in _parameters(one) if piece and not _PARAMETER.fullmatch(piece)]
    if not wrong:
        return
    left_out = set(wrong)
    plain = ", ".join(_without(one, left_out) for one in listed)
    yield Finding(
        pointer=place,
        message=f'"{written[:SHOWN_NAME]}" is no media type: "{wrong[0][:SHOWN_NAME]}" is not written as name=value',
        hint="a parameter of a media type is a name and a value, such as charset=utf-8 (RFC 9110, section 5.6.6)",
        repair=_read_as(index, pointer, kind, plain, renamed),
    )


def _parameters(media_type: str) -> list[str]:
    return [piece.strip() for piece in _PIECE.findall(media_type)[1:]]


def _without(media_type: str, wrong: set[str]) -> str:
    """Leave out of a media type the parameters that are none; blanks around `=` are taken away."""
    essence = media_type.partition(";")[0].strip()
    kept = [_SPACED.sub(r"\1=\2", piece) for piece in _parameters(media_type) if piece]
    return "; ".join([essence, *(piece for piece in kept if _PARAMETER.fullmatch(piece) or piece not in wrong)])


def _read_as(index: Index, pointer: Pointer, kind: str, plain: str, renamed: dict[Pointer, Pointer]) -> Repair | None:
    words = f'it is read as "{plain[:SHOWN_NAME]}"'
    if kind == "encoding":
        return set_value(join(pointer, "contentType"), plain, words)
    above = pointer.rpartition("/")[0]
    if plain in get(index.document.root, above):
        return remove(pointer, f'it is left out, as "{plain[:SHOWN_NAME]}" stands there too')
    if renamed.setdefault(join(above, plain), pointer) != pointer:
        return remove(pointer, f'it is left out, as another one is read as "{plain[:SHOWN_NAME]}" too')
    return (Edit(kind="rename", pointer=pointer, value=plain),), words
