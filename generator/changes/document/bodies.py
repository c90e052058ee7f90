"""Comparing request bodies and responses."""

from __future__ import annotations

from typing import Any

from ..model import Flow, Place
from ..sets.compared_document import ComparedDocument
from .collector import Collector, Part
from .parameters import compare_headers

_SUCCESS = "2"


def compare_body(collector: Collector, operation: str, old: str, new: str) -> None:
    """Compare the request bodies of two operations."""
    before, after = _body(collector.old, old), _body(collector.new, new)
    place = Place(operation=operation, part="request body")
    if before and not after:
        collector.add("request-body-removed", "different", "The request body was removed.", place, where=(before, new))
    elif after and not before:
        required = collector.new.at(after).get("required") is True
        kind = "required" if required else "optional"
        effect = "narrower" if required else "wider"
        message = f"The request body is new and {kind}."
        name = f"request-body-added-{kind}"
        collector.add(name, "narrower" if effect == "narrower" else "wider", message, place, where=(old, after))
    elif before and after and not collector.same(before, after):
        was, is_ = collector.old.at(before).get("required") is True, collector.new.at(after).get("required") is True
        if is_ and not was:
            message = "The request body is now required."
            collector.add("request-body-became-required", "narrower", message, place, where=(before, after))
        elif was and not is_:
            message = "The request body is now optional."
            collector.add("request-body-became-optional", "wider", message, place, where=(before, after))
        _media_types(collector, Part(operation, "request body", "body", "request"), before, after)


def _body(document: ComparedDocument, operation: str) -> str:
    if not isinstance(document.at(operation).get("requestBody"), dict):
        return ""
    pointer = document.follow(document.child(operation, "requestBody"))
    return pointer if isinstance(document.at(pointer), dict) else ""


def media_key(media: str) -> str:
    """A media type as it is compared: regardless of case, spaces and the order of parameters (RFC 9110, 8.3.1)."""
    name, *parameters = (piece.strip().lower() for piece in media.split(";"))
    return ";".join([name, *sorted(parameters)])


def _contents(document: ComparedDocument, pointer: str) -> dict[str, str]:
    content = document.at(pointer).get("content")
    names = content if isinstance(content, dict) else ()
    return {media_key(media): document.child(pointer, "content", media) for media in names}


_MEDIA_NAMES: dict[Flow, str] = {"request": "request-body-media-type", "response": "response-media-type"}


def _media_types(collector: Collector, part: Part, old: str, new: str) -> None:
    before, after = _contents(collector.old, old), _contents(collector.new, new)
    name = _MEDIA_NAMES[part.flow]
    place = Place(operation=part.operation, part=part.name)
    for media in before | after:
        if media not in after:
            # a caller asks for one of the types that are offered, so one less is breaking in either flow
            message = f"The {part.name} no longer has the media type {media}."
            effect = "narrower" if part.flow == "request" else "different"
            collector.add(
                f"{name}-removed",
                "narrower" if effect == "narrower" else "different",
                message,
                place,
                where=(before[media], new),
                flow=part.flow,
            )
        elif media not in before:
            message = f"The {part.name} has the new media type {media}."
            collector.add(
                f"{name}-added",
                "wider",
                message,
                place,
                where=(old, after[media]),
                flow=part.flow,
                severity="info",
            )
        else:
            inner = Part(part.operation, f"{part.name} ({media})", "body", part.flow)
            _media(collector, inner, before[media], after[media])


def _media(collector: Collector, part: Part, old: str, new: str) -> None:
    before, after = collector.old.at(old), collector.new.at(new)
    if not isinstance(before, dict) or not isinstance(after, dict):
        return
    place = Place(operation=part.operation, part=part.name)
    for key, title in (("schema", "schema"), ("itemSchema", "item-schema")):
        if key in before and key in after:
            collector.schemas(collector.old.child(old, key), collector.new.child(new, key), part)
        elif key in before or key in after:
            action = "removed" if key in before else "added"
            collector.add(
                f"{part.flow}-body-media-type-{title}-{action}",
                "wider" if action == "removed" else "narrower",
                f"The {title.replace('-', ' ')} of the {part.name} was {action}.",
                place,
                where=(old, new),
                flow=part.flow,
            )
    if _encoding(before) != _encoding(after):
        message = f"The encoding of the {part.name} changed: parts may travel in another form."
        name = f"{part.flow}-body-encoding-changed"
        collector.add(name, "unknown", message, place, where=(old, new), flow=part.flow)


def _encoding(raw: dict[str, Any]) -> dict[str, Any]:
    encoding = raw.get("encoding")
    parts = encoding.items() if isinstance(encoding, dict) else ()
    keys = ("contentType", "style", "explode", "allowReserved", "headers")
    return {
        name: {key: each[key] for key in keys if key in each} for name, each in parts if isinstance(each, dict) and each
    }


def compare_responses(collector: Collector, operation: str, old: str, new: str) -> None:
    """Compare the responses of two operations; a status without an entry of its own is looked up in its range."""
    before, after = _responses(collector.old, old), _responses(collector.new, new)
    for status in before | after:
        place = Place(operation=operation, part=f"response {status}")
        kind = "success" if _success(status, before if status in before else after) else "non-success"
        if status in before and status in after:
            _response(collector, operation, status, before[status], after[status])
        elif status in before:
            wider = _range(status, after)
            if wider:
                _response(collector, operation, status, before[status], after[wider])
                continue
            name, message = f"response-{kind}-status-removed", f"The response {status} was removed."
            effect = "different" if kind == "success" else "narrower"
            collector.add(
                name,
                "different" if effect == "different" else "narrower",
                message,
                place,
                where=(before[status], new),
                flow="response",
            )
        else:
            wider = _range(status, before)
            if wider:
                _response(collector, operation, status, before[wider], after[status])
                continue
            name, message = f"response-{kind}-status-added", f"The response {status} is new."
            severity = "warning" if kind == "success" else "info"
            collector.add(
                name,
                "wider",
                message,
                place,
                where=(old, after[status]),
                flow="response",
                severity="warning" if severity == "warning" else "info",
            )


def _responses(document: ComparedDocument, operation: str) -> dict[str, str]:
    listed = document.at(operation).get("responses")
    found = {}
    for status in listed if isinstance(listed, dict) else ():
        if status.startswith("x-"):
            continue
        pointer = document.follow(document.child(operation, "responses", status))
        if isinstance(document.at(pointer), dict):
            found[status.upper() if status != "default" else status] = pointer
    return found


def _success(status: str, all_: dict[str, str]) -> bool:
    if status == "default":
        return not any(other.startswith(_SUCCESS) for other in all_)
    return status.startswith(_SUCCESS)


def _range(status: str, others: dict[str, str]) -> str:
    """The `2XX` that a status without an entry belongs to; `default` says nothing of success or failure."""
    name = f"{status[:1]}XX"
    return name if status != name and name in others else ""


def _response(collector: Collector, operation: str, status: str, old: str, new: str) -> None:
    if collector.same(old, new):
        return
    compare_headers(collector, operation, status, old, new)
    _media_types(collector, Part(operation, f"response {status}", "body", "response"), old, new)
