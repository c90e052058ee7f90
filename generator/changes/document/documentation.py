"""Comparing descriptions and other texts: one change for each operation, each schema and the document itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ...document.objects import METHODS
from ...pointer import join
from ..model import Place
from ..sets.compared_document import ComparedDocument, as_list, dump, refs
from .collector import Collector

_TEXT = frozenset(("title", "summary", "description", "termsOfService"))
_DATA = frozenset(("example", "examples", "externalDocs"))
_MAPS = frozenset(
    "properties patternProperties $defs definitions dependentSchemas responses headers content callbacks encoding links variables".split()
)
"""Members whose own members have names that the document chooses."""
_MOST_HOPS = 3  # references that are followed one after the other
_FOLLOWED = re.compile("#/components/(parameters|responses|requestBodies|headers|examples|links)/")


def compare_documentation(collector: Collector) -> None:
    """Report operations, schemas and `info` whose texts differ, beside whatever else changed in them."""
    old, new = collector.old, collector.new
    texts = _Texts(old, new, collector.reported())
    for title, identifier, tokens in _documented(old, new):
        pointer = old.child("#", *tokens)
        if texts.changed(pointer, new.child("#", *tokens)):
            operation = title if identifier.startswith("api") else ""
            message = f"The documentation of {title} changed."
            collector.add(identifier, "none", message, Place(operation=operation), where=(pointer, pointer))
    for title, identifier, tokens in _around(old, new):
        pointers = [join("#", *tokens) if tokens[-1] in each.section("#", *tokens[:-1]) else "#" for each in (old, new)]
        message = f"The documentation of {title} changed."
        collector.add(identifier, "none", message, Place(operation=""), where=(pointers[0], pointers[1]))


def _around(old: ComparedDocument, new: ComparedDocument) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What stands around operations and has other texts: its title, the identifier of the change, and where it stands."""
    for section, title in (("paths", "the path"), ("webhooks", "webhook")):
        for name, item in _shared(old, new, section).items():
            if _differ(_of_path(item), _of_path(new.root[section][name])):
                yield f"{title} {name}", "api-documentation-changed", (section, name)
    tags = [{str(tag.get("name")): tag for tag in _objects(each, "tags")} for each in (old, new)]
    if dump(tags[0]) != dump(tags[1]):
        yield "the tags", "info-documentation-changed", ("tags",)
    servers = [{str(server.get("url")): server for server in _objects(each, "servers")} for each in (old, new)]
    if _differ(*servers, named=True):
        yield "the servers", "info-documentation-changed", ("servers",)
    if dump(old.root.get("externalDocs")) != dump(new.root.get("externalDocs")):
        yield "the document", "info-documentation-changed", ("externalDocs",)


def _of_path(item: dict[str, Any]) -> dict[str, Any]:
    return {key: item[key] for key in ("summary", "description", "parameters") if key in item}


def _objects(document: ComparedDocument, key: str) -> list[dict[str, Any]]:
    return [each for each in as_list(document.root.get(key)) if isinstance(each, dict)]


class _Texts:
    """Tells whether texts changed; what many refer to is looked at once."""

    def __init__(self, old: ComparedDocument, new: ComparedDocument, reported: set[str]) -> None:
        self.old, self.new = old, new
        self._above = {pointer[:at] for each in reported for pointer in [f"{each}/"] for at in _slashes(pointer)}
        """Where something was reported, or below."""
        self._known: dict[tuple[str, int], bool] = {}

    def changed(self, before: str, after: str, hops: int = 0) -> bool:
        """Whether the texts at two pointers differ, or those behind references that both have."""
        texts = self.old.text(before), self.new.text(after)
        shared = {ref for ref in refs(texts[0]) if _FOLLOWED.match(ref)} & set(refs(texts[1]))
        if hops < _MOST_HOPS and any(self._behind(ref, hops + 1) for ref in shared):
            return True
        if texts[0] == texts[1]:
            return False
        one, other = self.old.at(before), self.new.at(after)
        if before in self._above:
            return _differ(one, other)
        return _texts(self.old, one, shared) != _texts(self.new, other, shared)

    def _behind(self, ref: str, hops: int) -> bool:
        if (ref, hops) not in self._known:
            self._known[ref, hops] = self.changed(self.old.resolve(ref), self.new.resolve(ref), hops)
        return self._known[ref, hops]


def _slashes(pointer: str) -> Iterator[int]:
    return (found.start() for found in re.finditer("/", pointer))


def _documented(old: ComparedDocument, new: ComparedDocument) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What both documents describe: its title, the identifier of a change, and where it stands."""
    for path, item in _shared(old, new, "paths").items():
        for method in METHODS:
            if isinstance(item.get(method), dict) and method in new.root["paths"][path]:
                yield f"{method.upper()} {path}", "api-documentation-changed", ("paths", path, method)
    for name, item in _shared(old, new, "webhooks").items():
        for method in METHODS:
            if isinstance(item.get(method), dict) and method in new.root["webhooks"][name]:
                yield f"webhook {name} {method.upper()}", "api-documentation-changed", ("webhooks", name, method)
    for name in _shared(old, new, "components", "securitySchemes"):
        title = f"the security scheme {name}"
        yield title, "info-documentation-changed", ("components", "securitySchemes", name)
    for name in _shared(old, new, "components", "schemas"):
        yield f"the schema {name}", "schema-documentation-changed", ("components", "schemas", name)
    if "info" in _shared(old, new):
        yield "the document", "info-documentation-changed", ("info",)


def _shared(old: ComparedDocument, new: ComparedDocument, *tokens: str) -> dict[str, dict[str, Any]]:
    """The objects of the old document in the map at a place, of which the new one has one of the same name."""
    others = new.section("#", *tokens)
    listed = old.section("#", *tokens).items()
    return {name: value for name, value in listed if isinstance(value, dict) and isinstance(others.get(name), dict)}


def _differ(before: Any, after: Any, *, named: bool = False) -> bool:
    """Whether a text differs in what both values have; what only one has is a change by itself.

    `named`: the keys are names.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [key for key in before | after if not key.startswith("x-")]
        texts = [] if named else [key for key in keys if _is_text(key, before.get(key), after.get(key))]
        if any(dump(before.get(key)) != dump(after.get(key)) for key in texts):
            return True
        inner = [key for key in keys if key not in texts and key in before and key in after]
        return any(_differ(before[key], after[key], named=key in _MAPS) for key in inner)
    if isinstance(before, list) and isinstance(after, list):
        return any(_differ(one, other) for one, other in _partners(before, after))
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


def _texts(document: ComparedDocument, value: Any, shared: set[str]) -> Counter[tuple[str, str]]:
    """The texts in a value and where they stand, the order of lists left out.

    Behind its references too, save those to schemas: these are compared by themselves. Of `shared` references, those
    that have the same texts in both documents, only the places count.
    """
    found: Counter[tuple[str, str]] = Counter()
    todo: list[tuple[str, Any, int]] = [("", value, 0)]
    while todo:
        path, each, hops = todo.pop()
        if isinstance(each, dict):
            ref = each.get("$ref")
            if isinstance(ref, str) and ref in shared:
                found[path, dump(ref)] += 1
            elif isinstance(ref, str) and _FOLLOWED.match(ref) and hops < _MOST_HOPS:
                todo.append((path, document.at(document.resolve(ref)), hops + 1))
            for key, inner in each.items():
                if not path.endswith("/properties") and (key in _DATA or (key in _TEXT and isinstance(inner, str))):
                    found[f"{path}/{key}", dump(inner)] += 1
                elif not key.startswith("x-"):
                    todo.append((f"{path}/{key}", inner, hops))
        elif isinstance(each, list):
            todo += [(f"{path}/-", inner, hops) for inner in each]
    return found
