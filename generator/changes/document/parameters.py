"""Comparing parameters and response headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model import Place
from ..sets.compared_document import ComparedDocument
from .collector import Collector, Part

_IGNORED_HEADERS = frozenset(("accept", "content-type", "authorization"))  # OpenAPI 3.1.1, Parameter Object, `name`
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_SCALARS = frozenset(("string", "number", "integer", "boolean", "null"))

Found = dict[tuple[str, str], str]


def parameters(document: ComparedDocument, item: str, operation: str, order: Mapping[str, str]) -> Found:
    """Pointers of an operation's parameters by location and name, those of the path item among them.

    Path parameters go by their position in the template (`order`), since their names are not on the wire.
    """
    found: Found = {}
    for holder in (item, operation):
        listed = document.at(holder).get("parameters")
        for index in range(len(listed) if isinstance(listed, list) else 0):
            pointer = document.follow(document.child(holder, "parameters", str(index)))
            raw = document.at(pointer)
            if not isinstance(raw, dict):
                continue
            where, name = str(raw.get("in")), str(raw.get("name"))
            if where == "header":
                name = name.lower()
                if name in _IGNORED_HEADERS:
                    continue
            found[where, order.get(name, name) if where == "path" else name] = pointer
    return found


def compare_parameters(collector: Collector, operation: str, old: Found, new: Found, items: tuple[str, str]) -> None:
    """Compare the parameters of one operation; `items` are the pointers to blame for what is missing."""
    for key in old | new:
        if key not in new:
            _removed(collector, operation, old[key], items[1])
        elif key not in old:
            _added(collector, operation, new[key], items[0])
        else:
            _compare(collector, operation, old[key], new[key])


def _title(raw: dict[str, Any]) -> str:
    return f"{raw.get('in')} parameter `{raw.get('name')}`"


def _removed(collector: Collector, operation: str, pointer: str, new: str) -> None:
    raw = collector.old.at(pointer)
    title = _title(raw)
    place = Place(operation=operation, part=title)
    if raw.get("deprecated") is True:
        message = f"The {title} was removed after it had been deprecated."
        collector.add(
            "request-parameter-removed-with-deprecation", "wider", message, place, where=(pointer, new), severity="info"
        )
        return
    message = f"The {title} was removed: it is no longer read, and may be refused."
    collector.add("request-parameter-removed", "unknown", message, place, where=(pointer, new))


def _added(collector: Collector, operation: str, pointer: str, old: str) -> None:
    raw = collector.new.at(pointer)
    title = _title(raw)
    place = Place(operation=operation, part=title)
    if raw.get("in") == "path":
        collector.add("new-request-path-parameter", "narrower", f"The {title} is new.", place, where=(old, pointer))
    elif raw.get("required") is True:
        message = f"The {title} is new and required."
        collector.add("new-required-request-parameter", "narrower", message, place, where=(old, pointer))
    else:
        message = f"The {title} is new and optional."
        collector.add("new-optional-request-parameter", "wider", message, place, where=(old, pointer))


def _compare(collector: Collector, operation: str, old: str, new: str) -> None:
    if collector.same(old, new):
        return
    before, after = collector.old.at(old), collector.new.at(new)
    title = _title(after)
    place = Place(operation=operation, part=title)
    where = (old, new)
    was, is_ = (raw.get("required") is True or raw.get("in") == "path" for raw in (before, after))
    if is_ and not was:
        collector.add(
            "request-parameter-became-required", "narrower", f"The {title} is now required.", place, where=where
        )
    elif was and not is_:
        collector.add("request-parameter-became-optional", "wider", f"The {title} is now optional.", place, where=where)
    _lifecycle(collector, before, after, title, place, where)
    _serialization(collector, before, after, title, place, where)
    part = Part(operation, title, "parameter", "request")
    compare_values(collector, old, new, part, "request-parameter")


def _lifecycle(
    collector: Collector,
    before: dict[str, Any],
    after: dict[str, Any],
    title: str,
    place: Place,
    where: tuple[str, str],
) -> None:
    was, is_ = before.get("deprecated") is True, after.get("deprecated") is True
    if is_ and not was:
        collector.add("request-parameter-deprecated", "none", f"The {title} is now deprecated.", place, where=where)
    elif was and not is_:
        collector.add(
            "request-parameter-reactivated", "none", f"The {title} is no longer deprecated.", place, where=where
        )


def _serialization(
    collector: Collector,
    before: dict[str, Any],
    after: dict[str, Any],
    title: str,
    place: Place,
    where: tuple[str, str],
) -> None:
    location = str(after.get("in"))
    styles = [str(raw.get("style") or _STYLES.get(location, "simple")) for raw in (before, after)]
    explodes = [bool(raw.get("explode", style == "form")) for raw, style in zip((before, after), styles, strict=True)]
    in_schemas = "schema" in before and "schema" in after
    if in_schemas and styles[0] != styles[1]:
        message = f"The {title} is written in the style {styles[1]} instead of {styles[0]}."
        collector.add("request-parameter-style-changed", "different", message, place, where=where)
    elif in_schemas and explodes[0] != explodes[1] and not (_scalar(before) and _scalar(after)):
        message = f"The {title} is {'now' if explodes[1] else 'no longer'} written with one entry for each value."
        collector.add("request-parameter-explode-changed", "different", message, place, where=where)
    was, is_ = before.get("allowReserved") is True, after.get("allowReserved") is True
    if location == "query" and was != is_:
        kind = "allow-reserved" if is_ else "not-allow-reserved"
        message = f"Reserved characters of the {title} {'may now' if is_ else 'may no longer'} stand unescaped."
        collector.add(f"request-parameter-became-{kind}", "wider" if is_ else "narrower", message, place, where=where)


def _scalar(raw: dict[str, Any]) -> bool:
    schema = raw.get("schema")
    if not isinstance(schema, dict) or any(key in schema for key in ("oneOf", "anyOf", "allOf", "$ref")):
        return False
    kinds = schema.get("type")
    return kinds is not None and set(kinds if isinstance(kinds, list) else [kinds]) <= _SCALARS


def compare_values(collector: Collector, old: str, new: str, part: Part, prefix: str) -> None:
    """Compare `schema`, or the one media type of `content`, of two parameters or headers."""
    a, b = _schema(collector.old, old), _schema(collector.new, new)
    place = Place(operation=part.operation, part=part.name)
    if a[0] != b[0]:
        before, after = a[0] or "its style", b[0] or "its style"
        message = f"The {part.name} is written by {after} instead of {before}."
        collector.add(f"{prefix}-media-type-changed", "different", message, place, where=(old, new), flow=part.flow)
    elif a[1] and b[1]:
        collector.schemas(a[1], b[1], part)
    elif a[1] or b[1]:
        action, effect = ("removed", "wider") if a[1] else ("added", "narrower")
        message = f"The schema of the {part.name} was {action}."
        collector.add(
            f"{prefix}-schema-{action}",
            "wider" if effect == "wider" else "narrower",
            message,
            place,
            where=(a[1] or old, b[1] or new),
            flow=part.flow,
        )


def _schema(document: ComparedDocument, pointer: str) -> tuple[str, str]:
    raw = document.at(pointer)
    content = raw.get("content")
    if isinstance(content, dict) and content:
        media = next(iter(content))
        has = isinstance(content[media], dict) and "schema" in content[media]
        return media, document.child(pointer, "content", media, "schema") if has else ""
    return "", document.child(pointer, "schema") if "schema" in raw else ""


def compare_headers(collector: Collector, operation: str, status: str, old: str, new: str) -> None:
    """Compare the headers of two responses; names regardless of case, Content-Type left out (OpenAPI 3.1.1)."""
    before, after = _headers(collector.old, old), _headers(collector.new, new)
    for name in before | after:
        title = f"header `{(after.get(name) or before[name])[0]}` of the response {status}"
        place = Place(operation=operation, part=title)
        if name not in after:
            required = collector.old.at(before[name][1]).get("required") is True
            kind = "required" if required else "optional"
            collector.add(
                f"{kind}-response-header-removed",
                "wider" if required else "none",
                f"The {kind} {title} was removed.",
                place,
                where=(before[name][1], new),
                flow="response",
                severity=None if required else "warning",
            )
        elif name not in before:
            message = f"The {title} is new."
            collector.add("response-header-added", "none", message, place, where=(old, after[name][1]), flow="response")
        else:
            _header(collector, operation, title, before[name][1], after[name][1])


def _headers(document: ComparedDocument, response: str) -> dict[str, tuple[str, str]]:
    raw = document.at(response).get("headers")
    found = {}
    for name in raw if isinstance(raw, dict) else ():
        pointer = document.follow(document.child(response, "headers", name))
        if name.lower() != "content-type" and isinstance(document.at(pointer), dict):
            found[name.lower()] = (name, pointer)
    return found


def _header(collector: Collector, operation: str, title: str, old: str, new: str) -> None:
    if collector.same(old, new):
        return
    was, is_ = (
        document.at(pointer).get("required") is True
        for document, pointer in ((collector.old, old), (collector.new, new))
    )
    place = Place(operation=operation, part=title)
    if was != is_:
        word, effect = ("required", "narrower") if is_ else ("optional", "wider")
        collector.add(
            f"response-header-became-{word}",
            "narrower" if effect == "narrower" else "wider",
            f"The {title} is now {word}.",
            place,
            where=(old, new),
            flow="response",
        )
    compare_values(collector, old, new, Part(operation, title, "header", "response"), "response-header")
