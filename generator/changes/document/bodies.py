"""Comparing request bodies and responses."""

from __future__ import annotations

from functools import partial
from typing import Any

from ...lowering.media import body_kind
from ...schemas.content import is_file
from ..model import Effect, Level, Levels, Place
from ..sets.compared_document import ComparedDocument, as_dict, constraints, dump
from .collector import Collector, Part
from .media_types import matched, media_key
from .parameters import compare_headers
from .places import Spot

_SUCCESS = "2"


def compare_body(collector: Collector, operation: str, old: str, new: str) -> None:
    """Compare the request bodies of two operations."""
    before, after = _body(collector.old, old), _body(collector.new, new)
    place = Place(operation=operation, part="request body")
    add = partial(collector.add, place=place, where=(before or old, after or new))
    if before and not after:
        add("request-body-removed", "different", "The request body was removed.")
    elif after and not before and collector.new.at(after).get("required") is True:
        add("request-body-added-required", "narrower", "The request body is new and required.")
    elif after and not before:
        message = "The request body is new and optional."
        add("request-body-added-optional", "wider", message, service="warning")  # one that is not read is lost
    elif before and after:
        collector.shared("body", before, after, place, partial(_body_of_both, collector, (before, after)))


def _body_of_both(collector: Collector, where: tuple[str, str], spot: Spot) -> None:
    old, new = where
    if collector.same(old, new):
        return
    required = [raw.get("required") is True for raw in (collector.old.at(old), collector.new.at(new))]
    add = partial(collector.add, place=spot, where=where)
    if required == [False, True]:
        add("request-body-became-required", "narrower", "The request body is now required.")
    elif required == [True, False]:
        add("request-body-became-optional", "wider", "The request body is now optional.")
    _media_types(collector, Part(spot, "body", "request"), old, new)


def _body(document: ComparedDocument, operation: str) -> str:
    if not isinstance(document.at(operation).get("requestBody"), dict):
        return ""
    pointer = document.follow(document.child(operation, "requestBody"))
    return pointer if isinstance(document.at(pointer), dict) else ""


def _contents(document: ComparedDocument, pointer: str) -> dict[str, str]:
    names = document.section(pointer, "content")
    found = {media: document.follow(document.child(pointer, "content", media)) for media in names}
    return {media_key(media): place for media, place in found.items()}


def _media_types(collector: Collector, part: Part, old: str, new: str) -> None:
    before, after = _contents(collector.old, old), _contents(collector.new, new)
    name = "request-body-media-type" if part.flow == "request" else "response-media-type"
    add = partial(collector.add, place=part.spot, flow=part.flow)
    found = matched(before, after)
    for media in found.removed:
        # A caller asks for one of the types that are offered: one type less breaks callers, for responses too.
        message = f"The {part.spot.name} no longer has the media type {media}."
        effect: Effect = "narrower" if part.flow == "request" else "different"
        add(f"{name}-removed", effect, message, where=(before[media], new))
    for media, wide in found.generalized.items():
        message = f"The {part.spot.name} may now have any media type of {wide}, and not {media} only."
        add(f"{name}-generalized", "wider", message, where=(before[media], after[wide]))
    for media, members in found.specialized.items():
        message = f"The {part.spot.name} may have the media type {' or '.join(members)} only, and no other of {media}."
        add(f"{name}-specialized", "narrower", message, where=(before[media], after[members[0]]))
    for media in found.added:
        message = f"The {part.spot.name} has the new media type {media}."
        offered = part.flow == "response"  # nobody is made to ask for it, or to send it
        levels: Levels = {"severity": "info", "service": "info"} if offered else {"severity": "info"}
        add(f"{name}-added", "wider", message, where=(old, after[media]), **levels)
    for was, is_ in found.pairs:
        inner = Part(part.spot.of("", f" ({is_})"), "body", part.flow)
        if not (_is_raw(collector.old, was, before[was]) and _is_raw(collector.new, is_, after[is_])):
            _media(collector, inner, before[was], after[is_])


def _is_raw(document: ComparedDocument, media: str, pointer: str) -> bool:
    """Whether a body is bytes of which nothing is said: no schema and `{}` are as good as `format: binary` (OpenAPI 3.1.1, 4.7.14.2)."""
    entry, name = as_dict(document.at(pointer)), media.partition(";")[0]
    schema = document.at(document.canon(document.child(pointer, "schema"))) if "schema" in entry else None
    said = as_dict(schema)
    limits = constraints(said) - ({"type", "format"} if is_file(schema) else set())
    other = "contentEncoding" in said or media_key(str(said.get("contentMediaType", name))) != name
    raw = not limits and not other and schema is not False and "itemSchema" not in entry
    return raw and body_kind(name, schema) == "Binary"


def _media(collector: Collector, part: Part, old: str, new: str) -> None:
    before, after = collector.old.at(old), collector.new.at(new)
    if not isinstance(before, dict) or not isinstance(after, dict):
        return
    add = partial(collector.add, place=part.spot, where=(old, new), flow=part.flow)
    for key, title in (("schema", "schema"), ("itemSchema", "item-schema")):
        name, subject = f"{part.flow}-body-media-type-{title}", f"The {title.replace('-', ' ')} of the {part.spot.name}"
        if key in before and key in after:
            collector.schemas(collector.old.child(old, key), collector.new.child(new, key), part)
        elif key in before:
            add(f"{name}-removed", "wider", f"{subject} was removed.")
        elif key in after:
            add(f"{name}-added", "narrower", f"{subject} was added.")
    if collector.once(("encoding", old, new), lambda: _encoding(before) != _encoding(after)):
        message = f"The encoding of the {part.spot.name} changed: parts may travel in another form."
        add(f"{part.flow}-body-encoding-changed", "unknown", message)


def _encoding(raw: dict[str, Any]) -> list[Any]:
    """Give what says how parts are written, by name and by position (OpenAPI 3.2, 4.15.1)."""
    parts = as_dict(raw.get("encoding")).items()
    keys = ("contentType", "style", "explode", "allowReserved", "headers")
    named = {
        name: {key: each[key] for key in keys if key in each} for name, each in parts if isinstance(each, dict) and each
    }
    return [named, raw.get("prefixEncoding") or [], raw.get("itemEncoding") or {}]


def compare_responses(collector: Collector, operation: str, old: str, new: str) -> None:
    """Compare the responses of two operations; for a status that only one declares, the other's range counts (`2XX`)."""
    before, after = _responses(collector.old, old), _responses(collector.new, new)
    for status in before | after:
        was = status if status in before else _range(status, before)
        now = status if status in after else _range(status, after)
        success = _success(status, before if status in before else after)
        name = f"response-{'success' if success else 'non-success'}-status"
        place = Place(operation=operation, part=f"response {status}")
        add = partial(collector.add, place=place, flow="response")
        if was and now:
            where = before[was], after[now]
            collector.shared("response", *where, place, partial(_response, collector, where))
        elif was:
            effect: Effect = "different" if success else "narrower"
            service: Level = "error" if success else "warning"
            message = f"The response {status} was removed."
            add(f"{name}-removed", effect, message, where=(before[was], new), service=service)
        else:
            severity: Level = "warning" if success else "info"
            where = old, after[now]
            add(f"{name}-added", "wider", f"The response {status} is new.", where=where, severity=severity)


def _responses(document: ComparedDocument, operation: str) -> dict[str, str]:
    found = document.entries(operation, "responses").items()
    return {
        status if status == "default" else status.upper(): pointer
        for status, pointer in found
        if not status.startswith("x-")
    }


def _success(status: str, all_: dict[str, str]) -> bool:
    if status == "default":
        return not any(other.startswith(_SUCCESS) for other in all_)
    return status.startswith(_SUCCESS)


def _range(status: str, others: dict[str, str]) -> str:
    """The `2XX` that a status without an entry belongs to; `default` says nothing of success or failure."""
    name = f"{status[:1]}XX"
    return name if status != name and name in others else ""


def _response(collector: Collector, where: tuple[str, str], spot: Spot) -> None:
    if not collector.same(*where):
        compare_headers(collector, spot, *where)
        _links(collector, spot, *where)
        _media_types(collector, Part(spot, "body", "response"), *where)


def _links(collector: Collector, spot: Spot, old: str, new: str) -> None:
    """Compare the links of two responses: what a caller may follow (OpenAPI 3.1.1, Link Object)."""
    before, after = collector.old.entries(old, "links"), collector.new.entries(new, "links")
    for name in before | after:
        title = f"link `{name}` of the {spot.name}"
        add = partial(collector.add, effect="none", place=spot, flow="response", service="info", detail=name)
        if name not in after:
            add(
                "response-link-removed",
                message=f"The {title} was removed.",
                where=(before[name], new),
                severity="warning",
            )
        elif name not in before:
            add("response-link-added", message=f"The {title} is new.", where=(old, after[name]))
        elif _target(collector.old.at(before[name])) != _target(collector.new.at(after[name])):
            where = before[name], after[name]
            add("response-link-changed", message=f"The {title} leads elsewhere.", where=where, severity="warning")


def _target(link: dict[str, Any]) -> str:
    return dump({key: value for key, value in link.items() if key != "description" and not key.startswith("x-")})
