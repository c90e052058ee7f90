"""Comparing two documents: their paths and operations, with everything below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from ...document.objects import METHODS
from ..model import Change, Levels, Place
from ..sets.compared_document import ComparedDocument, as_dict, as_list, dump
from .bodies import compare_body, compare_responses
from .collector import Collector
from .documentation import compare_documentation
from .parameters import compare_parameters, parameters
from .security import compare_schemes, compare_security, used_schemes

_GONE: Levels = {"severity": "error", "service": "info"}  # callers wait for it
_COME: Levels = {"severity": "info", "service": "info"}

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def compare(old: dict[str, Any], new: dict[str, Any]) -> tuple[Change, ...]:
    """Every change between the trees of two documents, the most severe first; none if they differ in order only.

    A pure function. Raises nothing of its own: documents are checked before they are compared.
    """
    if old is new or dump(old) == dump(new):
        return ()
    collector = Collector(ComparedDocument(old), ComparedDocument(new))
    users: dict[str, list[str]] = {}
    _paths(collector, users)
    _webhooks(collector)
    compare_schemes(collector, users)
    _removed_schemas(collector)
    compare_documentation(collector)
    return collector.changes()


def _items(document: ComparedDocument, holder: str, *tokens: str) -> dict[str, str]:
    """Pointers of the path items (or callbacks) in a map below a pointer, references followed."""
    found = document.entries(holder, *tokens)
    return {name: pointer for name, pointer in found.items() if not name.startswith("x-")}


def operations(document: ComparedDocument, item: str) -> dict[str, str]:
    """Pointers of a path item's operations by upper-case method."""
    raw = document.at(item)
    found = {method.upper(): document.child(item, method) for method in METHODS if isinstance(raw.get(method), dict)}
    for method, each in as_dict(raw.get("additionalOperations")).items():  # OpenAPI 3.2
        if isinstance(each, dict):
            found[method] = document.child(item, "additionalOperations", method)
    return found


def template(path: str) -> str:
    """A path without the names of its variables, which are not in a URL."""
    return _VARIABLE.sub("{}", path)


def _order(path: str) -> dict[str, str]:
    """Path variables by name, to their position."""
    return {name: f"{{{index}}}" for index, name in enumerate(_VARIABLE.findall(path))}


def _matched(old: dict[str, str], new: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of paths that are equal, at least without the names of their variables; empty for no partner."""
    free: dict[str, list[str]] = {}
    for path in new:
        if path not in old:
            free.setdefault(template(path), []).append(path)
    taken = set()
    for path in old:
        if path in new:
            yield path, path
        elif free.get(template(path)):
            partner = free[template(path)].pop(0)
            taken.add(partner)
            yield path, partner
        else:
            yield path, ""
    for path in new:
        if path not in old and path not in taken:
            yield "", path


def _paths(collector: Collector, users: dict[str, list[str]]) -> None:
    documents = collector.old, collector.new
    olds, news = (_items(document, "#", "paths") for document in documents)
    holders = ["#/paths" if isinstance(document.root.get("paths"), dict) else "#" for document in documents]
    for before, after in _matched(olds, news):
        olds_here = operations(collector.old, olds[before]) if before else {}
        news_here = operations(collector.new, news[after]) if after else {}
        for method in olds_here | news_here:
            if method not in news_here:
                gone = news[after] if after else holders[1]
                _removed(collector, f"{method} {before}", olds_here[method], gone, whole=not after)
            elif method not in olds_here:
                place = Place(operation=f"{method} {after}")
                message = f"The operation {method} {after} is new."
                where = (olds[before] if before else holders[0], news_here[method])
                collector.add("endpoint-added", "wider", message, place, where=where, service="info")  # it answers 501
            else:
                name = f"{method} {after}"
                for scheme in used_schemes(collector.new, news_here[method]):
                    users.setdefault(scheme, []).append(name)
                pair = _Operation(collector, name, (before, after), (olds[before], news[after]))
                pair.compare(olds_here[method], news_here[method])


def _removed(collector: Collector, name: str, old: str, new: str, *, whole: bool) -> None:
    prefix = "api-path-removed" if whole else "api-removed"
    add = partial(collector.add, effect="narrower", place=Place(operation=name), where=(old, new))
    if collector.old.at(old).get("deprecated") is True:
        message = f"The operation {name} was removed after its deprecation."
        add(f"{prefix}-with-deprecation", message=message, severity="info")
    else:
        add(f"{prefix}-without-deprecation", message=f"The operation {name} was removed.")


class _Operation:
    """One operation that is in both documents."""

    def __init__(self, collector: Collector, name: str, paths: tuple[str, str], items: tuple[str, str]) -> None:
        self.collector, self.name, self.paths, self.items = collector, name, paths, items

    def compare(self, old: str, new: str, *, secured: bool = True) -> None:
        """Compare all parts of the operations at two pointers."""
        collector = self.collector
        if secured:
            compare_security(collector, self.name, old, new)
            self._servers(old, new)
        before = parameters(collector.old, self.items[0], old, _order(self.paths[0]))
        after = parameters(collector.new, self.items[1], new, _order(self.paths[1]))
        compare_parameters(collector, self.name, before, after, (old, new))
        if collector.same(old, new):
            return
        self._metadata(old, new)
        compare_body(collector, self.name, old, new)
        compare_responses(collector, self.name, old, new)
        self._callbacks(old, new)

    def _metadata(self, old: str, new: str) -> None:
        before, after = self.collector.old.at(old), self.collector.new.at(new)
        add = partial(self.collector.add, effect="none", place=Place(operation=self.name), where=(old, new))
        was, is_ = before.get("deprecated") is True, after.get("deprecated") is True
        if is_ and not was:
            add("endpoint-deprecated", message=f"{self.name} is now deprecated.")
        elif was and not is_:
            add("endpoint-reactivated", message=f"{self.name} is no longer deprecated.")
        a, b = before.get("operationId"), after.get("operationId")
        if a != b and a is not None:
            changed = f"The operationId of {self.name} changed from {a} to {b}."
            add("api-operation-id-removed", message=changed if b else f"{self.name} lost its operationId.")
        elif a != b:
            add("api-operation-id-added", message=f"{self.name} has the new operationId {b}.")
        olds, news = ([str(tag) for tag in as_list(raw.get("tags"))] for raw in (before, after))
        for tag in dict.fromkeys(olds + news):
            if tag not in news:
                add("api-tag-removed", message=f"{self.name} no longer has the tag {tag}.", detail=tag)
            elif tag not in olds:
                add("api-tag-added", message=f"{self.name} has the new tag {tag}.", detail=tag)

    def _servers(self, old: str, new: str) -> None:
        old_list, before = _servers(self.collector.old, (old, self.items[0]))
        new_list, after = _servers(self.collector.new, (new, self.items[1]))
        place = Place(operation=self.name, part="servers")
        # Where a service stands is no part of it.
        add = partial(self.collector.add, place=place, where=(old_list, new_list), service="info")
        for url in before | after:
            if url not in after:
                add("api-server-removed", "unknown", f"The server {url} is no longer declared.", detail=url)
            elif url not in before:
                add("api-server-added", "wider", f"The server {url} is new.", detail=url)
            elif before[url] != after[url]:
                message = f"The variables of the server {url} changed."
                add("api-server-variables-changed", "unknown", message, detail=url)

    def _callbacks(self, old: str, new: str) -> None:
        collector = self.collector
        olds, news = (
            {
                (name, expression): item
                for name, pointer in _items(document, at, "callbacks").items()
                for expression, item in _items(document, pointer).items()
            }
            for document, at in ((collector.old, old), (collector.new, new))
        )
        for key in olds | news:
            title = f"{self.name} callback `{key[0]}`"
            place = Place(operation=self.name, part=f"callback `{key[0]}`")
            if key not in news:
                message = f"The {title} was removed."
                collector.add("callback-removed", "narrower", message, place, where=(olds[key], new))
            elif key not in olds:
                message = f"The {title} is new."
                collector.add("callback-added", "wider", message, place, where=(old, news[key]), service="info")
            else:
                _sent(collector, title, olds[key], news[key], "callback")


def _servers(document: ComparedDocument, holders: tuple[str, str]) -> tuple[str, dict[str, Any]]:
    """Where the servers of an operation stand, and their variables by URL (OpenAPI 3.1.1: the nearest list counts)."""
    for holder in (*holders, "#"):
        listed = document.at(holder).get("servers")
        if isinstance(listed, list) and listed:
            found = {str(each.get("url")): _variables(each) for each in listed if isinstance(each, dict)}
            return f"{holder}/servers", found
    return "#", {"/": {}}


def _variables(server: dict[str, Any]) -> dict[str, Any]:
    return {
        name: (each.get("default"), sorted(map(str, each.get("enum") or ())))
        for name, each in as_dict(server.get("variables")).items()
        if isinstance(each, dict)
    }


def _sent(collector: Collector, title: str, old: str, new: str, kind: str) -> None:
    """Compare the operations of a webhook or callback: the API sends their requests, so both flows are turned around."""
    olds, news = operations(collector.old, old), operations(collector.new, new)
    collector.flip = not collector.flip
    try:
        for method in olds | news:
            name = f"{title} {method}"
            add = partial(collector.add, place=Place(operation=name))
            if method in olds and method in news:
                pair = _Operation(collector, name, ("", ""), (old, new))
                pair.compare(olds[method], news[method], secured=False)
            elif method in olds:
                where = olds[method], new
                add(f"{kind}-removed", "narrower", f"The {name} was removed.", where=where, **_GONE)
            else:
                add(f"{kind}-added", "wider", f"The {name} is new.", where=(old, news[method]), **_COME)
    finally:
        collector.flip = not collector.flip


def _webhooks(collector: Collector) -> None:
    olds, news = (_items(document, "#", "webhooks") for document in (collector.old, collector.new))
    for name in olds | news:
        add = partial(collector.add, place=Place(operation=f"webhook {name}"))
        if name not in news:
            add("webhook-removed", "narrower", f"The webhook {name} was removed.", where=(olds[name], ""))
        elif name not in olds:
            add("webhook-added", "wider", f"The webhook {name} is new.", where=("", news[name]), **_COME)
        else:
            _sent(collector, f"webhook {name}", olds[name], news[name], "webhook")


def _removed_schemas(collector: Collector) -> None:
    olds, news = (document.section("#", "components", "schemas") for document in (collector.old, collector.new))
    for name in olds:
        if name not in news:
            pointer = collector.old.child("#", "components", "schemas", name)
            message = f"The schema {name} is no longer declared."
            collector.add("api-schema-removed", "none", message, Place(operation=""), where=(pointer, "#/components"))
