"""Comparing descriptions and other texts: one change for each operation, each schema and the document itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ...document.objects import METHODS
from ..model import Place
from ..sets.compared_document import ComparedDocument, dump
from .collector import Collector

_TEXT = frozenset(("title", "summary", "description", "termsOfService"))
_DATA = frozenset(("example", "examples", "externalDocs"))
_MOST_HOPS = 3  # references that are followed one after the other
_FOLLOWED = re.compile("#/components/(parameters|responses|requestBodies|headers|examples|links)/")


def compare_documentation(collector: Collector) -> None:
    """Report operations, schemas and `info` whose texts differ, if no other change was found inside."""
    old, new = collector.old, collector.new
    reported = collector.reported()
    for title, identifier, tokens in _documented(old, new):
        pointer = old.child("#", *tokens)
        before, after = old.at(pointer), new.at(new.child("#", *tokens))
        if dump(before) == dump(after) or any(each.startswith(pointer) for each in reported):
            continue
        if _texts(old, before) != _texts(new, after):
            operation = title if identifier.startswith("api") else ""
            message = f"The documentation of {title} changed."
            collector.add(identifier, "none", message, Place(operation=operation), where=(pointer, pointer))


def _documented(old: ComparedDocument, new: ComparedDocument) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What both documents describe: its title, the identifier of a change, and where it stands."""
    for path, item in _shared(old, new, "paths").items():
        for method in METHODS:
            if isinstance(item.get(method), dict) and method in new.root["paths"][path]:
                yield f"{method.upper()} {path}", "api-documentation-changed", ("paths", path, method)
    for name in _shared(old, new, "components", "schemas"):
        yield f"the schema {name}", "schema-documentation-changed", ("components", "schemas", name)
    if "info" in _shared(old, new):
        yield "the document", "info-documentation-changed", ("info",)


def _shared(old: ComparedDocument, new: ComparedDocument, *tokens: str) -> dict[str, dict[str, Any]]:
    """The objects of the old document in the map at a place, of which the new one has one of the same name."""
    others = new.section("#", *tokens)
    listed = old.section("#", *tokens).items()
    return {name: value for name, value in listed if isinstance(value, dict) and isinstance(others.get(name), dict)}


def _texts(document: ComparedDocument, value: Any) -> Counter[tuple[str, str]]:
    """The texts in a value and where they stand, the order of lists left out.

    Behind its references too, save those to schemas: these are compared by themselves.
    """
    found: Counter[tuple[str, str]] = Counter()
    todo: list[tuple[str, Any, int]] = [("", value, 0)]
    while todo:
        path, each, hops = todo.pop()
        if isinstance(each, dict):
            ref = each.get("$ref")
            if isinstance(ref, str) and _FOLLOWED.match(ref) and hops < _MOST_HOPS:
                todo.append((path, document.at(document.resolve(ref)), hops + 1))
            for key, inner in each.items():
                if not path.endswith("/properties") and (key in _DATA or (key in _TEXT and isinstance(inner, str))):
                    found[f"{path}/{key}", dump(inner)] += 1
                elif not key.startswith("x-"):
                    todo.append((f"{path}/{key}", inner, hops))
        elif isinstance(each, list):
            todo += [(f"{path}/-", inner, hops) for inner in each]
    return found
