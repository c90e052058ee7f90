"""Comparing descriptions and other texts: one change for each operation, each schema and the document itself."""

from __future__ import annotations

import re
from collections import Counter
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
    for title, identifier, pointer in _documented(old, new):
        before, after = old.at(pointer), new.at(pointer)
        if dump(before) == dump(after) or any(each.startswith(pointer) for each in reported):
            continue
        if _texts(old, before) != _texts(new, after):
            operation = title if identifier.startswith("api") else ""
            message = f"The documentation of {title} changed."
            collector.add(identifier, "none", message, Place(operation=operation), where=(pointer, pointer))


def _documented(old: ComparedDocument, new: ComparedDocument) -> list[tuple[str, str, str]]:
    found = []
    for path, item in _shared(old, new, "paths"):
        for method in METHODS:
            if isinstance(item.get(method), dict) and method in new.root["paths"][path]:
                pointer = old.top("paths", path, method)
                new.top("paths", path, method)
                found.append((f"{method.upper()} {path}", "api-documentation-changed", pointer))
    for name, _ in _shared(old, new, "components", "schemas"):
        pointer = old.top("components", "schemas", name)
        new.top("components", "schemas", name)
        found.append((f"the schema {name}", "schema-documentation-changed", pointer))
    if isinstance(old.root.get("info"), dict) and isinstance(new.root.get("info"), dict):
        new.top("info")
        found.append(("the document", "info-documentation-changed", old.top("info")))
    return found


def _shared(old: ComparedDocument, new: ComparedDocument, *keys: str) -> list[tuple[str, dict[str, Any]]]:
    a: Any = old.root
    b: Any = new.root
    for key in keys:
        a, b = (each.get(key) if isinstance(each, dict) else None for each in (a, b))
    if not isinstance(a, dict) or not isinstance(b, dict):
        return []
    return [(name, value) for name, value in a.items() if isinstance(value, dict) and isinstance(b.get(name), dict)]


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
