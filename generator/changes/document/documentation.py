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
_MAPS = frozenset(
    "properties patternProperties $defs definitions dependentSchemas responses headers content callbacks encoding links".split()
)
"""Members whose own members have names that the document chooses."""
Documents = tuple[ComparedDocument, ComparedDocument]
_MOST_HOPS = 3  # references that are followed one after the other
_FOLLOWED = re.compile("#/components/(parameters|responses|requestBodies|headers|examples|links)/")


def compare_documentation(collector: Collector) -> None:
    """Report operations, schemas and `info` whose texts differ, beside whatever else changed in them."""
    old, new = collector.old, collector.new
    reported = collector.reported()
    for title, identifier, tokens in _documented(old, new):
        pointer = old.child("#", *tokens)
        before, after = old.at(pointer), new.at(new.child("#", *tokens))
        if dump(before) == dump(after):
            continue
        alone = not any(f"{each}/".startswith(f"{pointer}/") for each in reported)
        if _texts(old, before) != _texts(new, after) if alone else _differ((old, new), before, after):
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


def _differ(documents: Documents, before: Any, after: Any, hops: int = 0, *, named: bool = False) -> bool:
    """Whether a text differs in what both values have; what only one has is a change by itself.

    Behind references too, save those to schemas: these are compared by themselves. `named`: the keys are names.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        ref = before.get("$ref")
        if isinstance(ref, str) and ref == after.get("$ref") and _FOLLOWED.match(ref) and hops < _MOST_HOPS:
            one, other = (document.at(document.resolve(ref)) for document in documents)
            if _differ(documents, one, other, hops + 1):
                return True
        keys = [key for key in before | after if not key.startswith("x-")]
        texts = [] if named else [key for key in keys if _is_text(key, before.get(key), after.get(key))]
        if any(dump(before.get(key)) != dump(after.get(key)) for key in texts):
            return True
        inner = [key for key in keys if key not in texts and key in before and key in after]
        return any(_differ(documents, before[key], after[key], hops, named=key in _MAPS) for key in inner)
    if isinstance(before, list) and isinstance(after, list):
        return any(_differ(documents, one, other, hops) for one, other in _partners(before, after))
    return False


def _is_text(key: str, before: Any, after: Any) -> bool:
    return key in _DATA or (key in _TEXT and all(each is None or isinstance(each, str) for each in (before, after)))


def _partners(before: list[Any], after: list[Any]) -> Iterator[tuple[Any, Any]]:
    """The items of two lists that belong together, in whatever order: by name or reference, else by place."""
    same = Counter(map(dump, before)) & Counter(map(dump, after))
    lists = [_without(items, Counter(same)) for items in (before, after)]
    if all(_name(each) for items in lists for each in items):
        others = {_name(each): each for each in lists[1]}
        yield from ((each, others[_name(each)]) for each in lists[0] if _name(each) in others)
    elif len(lists[0]) == len(lists[1]):
        yield from zip(*lists, strict=True)


def _without(items: list[Any], same: Counter[str]) -> list[Any]:
    kept = []
    for each in items:
        text = dump(each)
        if same[text]:
            same[text] -= 1
        else:
            kept.append(each)
    return kept


def _name(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    return str(
        value.get("$ref") or (f"{value.get('in')} {value['name']}" if isinstance(value.get("name"), str) else "")
    )


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
