"""Comparing parameters and response headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ..model import Effect, Level, Place
from ..sets.compared_document import ComparedDocument, as_list
from ..sets.shapes import Kind
from ..sunset import compare_sunsets, removal, until
from .collector import Collector, Part
from .media_types import media_key
from .places import Spot

_IGNORED_HEADERS = frozenset(("accept", "content-type", "authorization"))  # OpenAPI 3.1.1, Parameter Object, `name`
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_CONTAINERS: frozenset[Kind] = frozenset(("array", "object"))
_EXPLODED: Mapping[str, frozenset[Kind]] = {"simple": frozenset(("object",))}
"""The types that are written otherwise with `explode`, if not all containers are (OpenAPI 3.1.1, 4.8.12.6)."""

Object = dict[str, Any]
Found = dict[tuple[str, str], str]


def parameters(document: ComparedDocument, item: str, operation: str, order: Mapping[str, str]) -> Found:
    """Pointers of an operation's parameters by location and name, those of the path item among them.

    Path parameters go by their position in the template (`order`), since their names are not on the wire.
    """
    found: Found = {}
    for holder in (item, operation):
        for index in range(len(as_list(document.at(holder).get("parameters")))):
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
    """Compare the parameters of one operation; `items` are the pointers of the operations, for parameters of one only."""
    for key in old | new:
        if key not in new:
            _removed(collector, operation, old[key], items[1])
        elif key not in old:
            _added(collector, operation, new[key], items[0])
        else:
            where = old[key], new[key]
            place = Place(operation=operation, part=_title(collector.new.at(where[1])))
            collector.shared("parameter", *where, place, partial(_compare, collector, where))


def _title(raw: Object) -> str:
    return f"{raw.get('in')} parameter `{raw.get('name')}`"


def _removed(collector: Collector, operation: str, pointer: str, new: str) -> None:
    raw = collector.old.at(pointer)
    title = _title(raw)
    add = partial(collector.add, place=Place(operation=operation, part=title), where=(pointer, new))
    service: Level = "error" if raw.get("required") is True or raw.get("in") == "path" else "info"  # it may wait for it
    if raw.get("deprecated") is True:
        kind, ending = removal(raw, collector.today)
        message = f"The {title} was removed {ending}."
        severity: Level = "info" if kind == "removed-with-deprecation" else "error"
        add(f"request-parameter-{kind}", "wider", message, severity=severity, service=service)
    else:
        message = f"The {title} was removed: it is no longer read, and may be refused."
        add("request-parameter-removed", "unknown", message, service=service)


def _added(collector: Collector, operation: str, pointer: str, old: str) -> None:
    raw = collector.new.at(pointer)
    title = _title(raw)
    # A service that does not know it reads none, and is refused nothing; what callers mean by it is lost.
    add = partial(collector.add, place=Place(operation=operation, part=title), where=(old, pointer), service="warning")
    if raw.get("in") == "path":
        add("new-request-path-parameter", "narrower", f"The {title} is new.")
    elif raw.get("required") is True:
        add("new-required-request-parameter", "narrower", f"The {title} is new and required.")
    else:
        add("new-optional-request-parameter", "wider", f"The {title} is new and optional.")


def _compare(collector: Collector, where: tuple[str, str], spot: Spot) -> None:
    old, new = where
    if collector.same(old, new):
        return
    before, after = collector.old.at(old), collector.new.at(new)
    title = spot.name
    add = partial(collector.add, place=spot, where=where)
    was, is_ = (raw.get("required") is True or raw.get("in") == "path" for raw in (before, after))
    if is_ and not was:
        add("request-parameter-became-required", "narrower", f"The {title} is now required.")
    elif was and not is_:
        add("request-parameter-became-optional", "wider", f"The {title} is now optional.")
    was, is_ = before.get("deprecated") is True, after.get("deprecated") is True
    if is_ and not was:
        add("request-parameter-deprecated", "none", f"The {title} is now deprecated{until(after)}.")
    elif was and not is_:
        add("request-parameter-reactivated", "none", f"The {title} is no longer deprecated.")
    compare_sunsets(before, after, f"the {title}", partial(add, effect="none"), "request-parameter-")
    _serialization(add, before, after, title, _kinds(collector, old, new))
    _values(collector, old, new, Part(spot, "parameter", "request"))


def _serialization(
    add: Callable[[str, Effect, str], None], before: Object, after: Object, title: str, kinds: frozenset[Kind]
) -> None:
    """Compare how values are written; `kinds` are the types that they may have."""
    location = str(after.get("in"))
    styles = [str(raw.get("style") or _STYLES.get(location, "simple")) for raw in (before, after)]
    explodes = [bool(raw.get("explode", style == "form")) for raw, style in zip((before, after), styles, strict=True)]
    in_schemas = "schema" in before and "schema" in after
    if in_schemas and styles[0] != styles[1]:
        message = f"The {title} is written in the style {styles[1]} instead of {styles[0]}."
        add("request-parameter-style-changed", "different", message)
    elif in_schemas and explodes[0] != explodes[1] and kinds & _EXPLODED.get(styles[0], _CONTAINERS):
        message = f"The {title} is {'now' if explodes[1] else 'no longer'} written with one entry for each value."
        add("request-parameter-explode-changed", "different", message)
    was, is_ = before.get("allowReserved") is True, after.get("allowReserved") is True
    if location == "query" and was != is_:
        kind = "allow-reserved" if is_ else "not-allow-reserved"
        message = f"Reserved characters of the {title} {'may now' if is_ else 'may no longer'} stand unescaped."
        add(f"request-parameter-became-{kind}", "wider" if is_ else "narrower", message)
    was, is_ = before.get("allowEmptyValue") is True, after.get("allowEmptyValue") is True
    if location == "query" and was != is_:
        kind = "allow-empty-value" if is_ else "not-allow-empty-value"
        message = f"The {title} {'may now' if is_ else 'may no longer'} be sent without a value."
        add(f"request-parameter-became-{kind}", "wider" if is_ else "unknown", message)


def _kinds(collector: Collector, old: str, new: str) -> frozenset[Kind]:
    """The types that a parameter or header may have in one of the documents, if it has a schema in both."""
    found: frozenset[Kind] = frozenset()
    context = collector.comparator.context
    for normaliser, pointer in ((context.before, old), (context.after, new)):
        if "schema" not in normaliser.document.at(pointer):
            return frozenset()
        conj = normaliser.document.conj((normaliser.document.child(pointer, "schema"),))
        found = found.union(*(shape.kinds for shape in normaliser.normal(conj)))
    return found


def _values(collector: Collector, old: str, new: str, part: Part) -> None:
    """Compare `schema`, or the one media type in `content`, of two parameters or headers."""
    a, b = _schema(collector.old, old), _schema(collector.new, new)
    prefix = f"{part.flow}-{part.scope}"
    add = partial(collector.add, place=part.spot, flow=part.flow)
    if a[0] != b[0]:
        before, after = a[0] or "its style", b[0] or "its style"
        message = f"The {part.spot.name} is written by {after} instead of {before}."
        add(f"{prefix}-media-type-changed", "different", message, where=(old, new))
    elif a[1] and b[1]:
        collector.schemas(a[1], b[1], part)
    elif a[1]:
        add(f"{prefix}-schema-removed", "wider", f"The schema of the {part.spot.name} was removed.", where=(a[1], new))
    elif b[1]:
        add(f"{prefix}-schema-added", "narrower", f"The schema of the {part.spot.name} was added.", where=(old, b[1]))


def _schema(document: ComparedDocument, pointer: str) -> tuple[str, str]:
    raw = document.at(pointer)
    content = raw.get("content")
    if isinstance(content, dict) and content:
        media = next(iter(content))
        place = document.follow(document.child(pointer, "content", media))
        entry = document.at(place)
        return media_key(media), document.child(place, "schema") if isinstance(
            entry, dict
        ) and "schema" in entry else ""
    return "", document.child(pointer, "schema") if "schema" in raw else ""


def compare_headers(collector: Collector, response: Spot, old: str, new: str) -> None:
    """Compare the headers of two responses; names regardless of case, Content-Type left out (OpenAPI 3.1.1)."""
    before, after = _headers(collector.old, old), _headers(collector.new, new)
    for name in before | after:
        spot = response.of(f"header `{(after.get(name) or before[name])[0]}` of the ", "")
        title = spot.name
        add = partial(collector.add, place=spot, flow="response")
        if name not in after:
            where = before[name][1], new
            if collector.old.at(before[name][1]).get("required") is True:
                add("required-response-header-removed", "wider", f"The required {title} was removed.", where=where)
            else:
                message = f"The optional {title} was removed."
                add(
                    "optional-response-header-removed", "none", message, where=where, severity="warning", service="info"
                )
        elif name not in before:
            where = old, after[name][1]
            service: Level = "error" if collector.new.at(where[1]).get("required") is True else "info"
            add("response-header-added", "none", f"The {title} is new.", where=where, service=service)
        else:
            _header(collector, spot, before[name][1], after[name][1])


def _headers(document: ComparedDocument, response: str) -> dict[str, tuple[str, str]]:
    found = document.entries(response, "headers").items()
    return {name.lower(): (name, pointer) for name, pointer in found if name.lower() != "content-type"}


def _header(collector: Collector, spot: Spot, old: str, new: str) -> None:
    if collector.same(old, new):
        return
    was, is_ = collector.old.at(old).get("required") is True, collector.new.at(new).get("required") is True
    title = spot.name
    add = partial(collector.add, place=spot, where=(old, new), flow="response")
    if is_ and not was:
        add("response-header-became-required", "narrower", f"The {title} is now required.")
    elif was and not is_:
        add("response-header-became-optional", "wider", f"The {title} is now optional.")
    was, is_ = collector.old.at(old).get("explode") is True, collector.new.at(new).get("explode") is True
    if was != is_ and "object" in _kinds(collector, old, new):
        message = f"The {title} is {'now' if is_ else 'no longer'} written with one entry for each value."
        add("response-header-explode-changed", "different", message)
    _values(collector, old, new, Part(spot, "header", "response"))
