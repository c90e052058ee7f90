"""Comparing two documents: their paths and operations, with everything below."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from ...parsing.limits import Spend
from ...pointer import unescape
from ..model import Change, Level, Levels, Place
from ..sets.compared_document import ComparedDocument, as_list, dump
from ..sunset import compare_sunsets, removal, until
from .bodies import compare_body, compare_responses
from .collector import Collector, free
from .documentation import compare_documentation
from .parameters import compare_parameters, parameters
from .paths import Found, match, operations, orders, path_items, renamed_tags, template
from .security import Users, compare_schemes, compare_security
from .servers import compare_servers

_GONE: Levels = {"severity": "error", "service": "info"}  # callers wait for it
_COME: Levels = {"severity": "info", "service": "info"}
Steps = Iterator["Steps"]
"""A comparison that stops before the comparisons inside it, which are taken in its place."""
_SCHEMA = re.compile(r'"#/components/schemas/((?:[^"\\/]|\\.)+)(?=["/])')
"""A reference to a schema, or to a part of it, in a canonical text."""


def compare(
    old: dict[str, Any], new: dict[str, Any], *, today: date | None = None, spend: Spend = free
) -> tuple[Change, ...]:
    """Every change between the trees of two documents, the most severe first; none if they differ in order only.

    A pure function, but for `today`, which says whether a sunset has come, and for `spend`, which takes what is compared
    again off a budget. Raises nothing else of its own: documents are checked before they are compared.
    """
    if old is new or dump(old) == dump(new):
        return ()
    collector = Collector(ComparedDocument(old), ComparedDocument(new), today or datetime.now(UTC).date(), spend)
    users = Users(collector)
    _paths(collector, users)
    _webhooks(collector)
    compare_schemes(collector, users)
    _removed_schemas(collector)
    compare_documentation(collector)
    return collector.changes()


def _paths(collector: Collector, users: Users) -> None:
    found = match(collector.old, collector.new)
    pairs = [*found.pairs, *((old, new) for olds, new in found.templates for old in olds)]
    collector.renamed_tags = renamed_tags(collector.old, collector.new, pairs)
    holders = [
        "#/paths" if isinstance(each.root.get("paths"), dict) else "#" for each in (collector.old, collector.new)
    ]
    paths = [path_items(document, "#", "paths") for document in (collector.old, collector.new)]
    there = [{template(path): item for path, item in items.items()} for items in paths]
    for old, new in found.pairs:
        users.note(new.name, new.pointer)
        pair = _Operation(collector, new.name, (old.path, new.path), (old.item, new.item))
        _run(pair.compare(old.pointer, new.pointer))
    for old in found.removed:
        item = there[1].get(template(old.path), "")
        _removed(collector, old.name, old.pointer, item or holders[1], whole=not item)
    for new in found.added:
        message = f"The operation {new.name} is new."
        where = there[0].get(template(new.path), holders[0]), new.pointer
        place = Place(operation=new.name)
        collector.add("endpoint-added", "wider", message, place, where=where, service="info")  # it answers 501
    for olds, new in found.templates:
        _became_template(collector, olds, new)


def _became_template(collector: Collector, olds: tuple[Found, ...], new: Found) -> None:
    """Report that paths became values of one template, and compare what each of them offered with what it offers."""
    names = ", ".join(f"`{each.name}`" for each in olds)
    message = f"{names} {'are values' if len(olds) > 1 else 'is a value'} of the template `{new.name}` now."
    for old in olds:
        place = Place(operation=old.name)
        where = "#/paths", new.pointer
        collector.add("api-path-became-template", "wider", message, place, where=where, service="warning")
        pair = _Operation(collector, new.name, (old.path, new.path), (old.item, new.item))
        _run(pair.compare(old.pointer, new.pointer))


def _removed(collector: Collector, name: str, old: str, new: str, *, whole: bool) -> None:
    """Report an operation that is gone; with it its path, if the path is gone as a whole."""
    prefix = "api-path" if whole else "api"
    add = partial(collector.add, effect="narrower", place=Place(operation=name), where=(old, new))
    if collector.old.at(old).get("deprecated") is not True:
        add(f"{prefix}-removed-without-deprecation", message=f"The operation {name} was removed.")
        return
    kind, ending = removal(collector.old.at(old), collector.today)
    severity: Level = "info" if kind == "removed-with-deprecation" else "error"
    add(f"{prefix}-{kind}", message=f"The operation {name} was removed {ending}.", severity=severity)


def _run(steps: Steps) -> None:
    """Take all steps, each before what follows it; without recursion, as callbacks may lead to others without end."""
    stack = [steps]
    while stack:
        inner = next(stack[-1], None)
        if inner is None:
            stack.pop()
        else:
            stack.append(inner)


class _Operation:
    """One operation that is in both documents."""

    def __init__(self, collector: Collector, name: str, paths: tuple[str, str], items: tuple[str, str]) -> None:
        self.collector, self.name, self.paths, self.items = collector, name, paths, items

    def compare(self, old: str, new: str, *, secured: bool = True) -> Steps:
        """Compare all parts of the operations at two pointers."""
        collector = self.collector
        if secured:
            compare_security(collector, self.name, old, new)
            holders = (old, self.items[0]), (new, self.items[1])
            compare_servers(collector, self.name, self.paths, holders)
        numbers = orders(*self.paths)
        collector.again(*self.items, "parameters")
        before = parameters(collector.old, self.items[0], old, numbers[0])
        after = parameters(collector.new, self.items[1], new, numbers[1])
        if numbers[0].keys() != numbers[1].keys():  # a value of a template: its variables are written out there
            known = set(numbers[0].values())
            after = {key: each for key, each in after.items() if key[0] != "path" or key[1] in known}
        compare_parameters(collector, self.name, before, after, (old, new))
        if collector.same(old, new):
            return
        self._metadata(old, new)
        compare_body(collector, self.name, old, new)
        compare_responses(collector, self.name, old, new)
        yield from self._callbacks(old, new)

    def _metadata(self, old: str, new: str) -> None:
        before, after = self.collector.old.at(old), self.collector.new.at(new)
        add = partial(self.collector.add, effect="none", place=Place(operation=self.name), where=(old, new))
        was, is_ = before.get("deprecated") is True, after.get("deprecated") is True
        if is_ and not was:
            add("endpoint-deprecated", message=f"{self.name} is now deprecated{until(after)}.")
        elif was and not is_:
            add("endpoint-reactivated", message=f"{self.name} is no longer deprecated.")
        compare_sunsets(before, after, f"the operation {self.name}", add)
        a, b = before.get("operationId"), after.get("operationId")
        if a != b and a is not None:
            changed = f"The operationId of {self.name} changed from {a} to {b}."
            add("api-operation-id-removed", message=changed if b else f"{self.name} lost its operationId.")
        elif a != b:
            add("api-operation-id-added", message=f"{self.name} has the new operationId {b}.")
        self._tags(add, *([str(tag) for tag in as_list(raw.get("tags"))] for raw in (before, after)))
        self._variables()

    def _tags(self, add: Callable[..., None], olds: list[str], news: list[str]) -> None:
        """Compare the tags; one that is called otherwise everywhere is one change, with all its operations."""
        names = self.collector.renamed_tags
        renamed = {tag: names[tag] for tag in olds if tag not in news and names.get(tag) in news}
        for tag, name in renamed.items():
            message = f"The tag {tag} is now called {name}."
            add("api-tag-renamed", message=message, where=("#/paths", "#/paths"), detail=f"{tag} {name}")
        olds = [tag for tag in olds if tag not in renamed]
        news = [tag for tag in news if tag not in renamed.values()]
        for tag in dict.fromkeys(olds + news):
            if tag not in news:
                add("api-tag-removed", message=f"{self.name} no longer has the tag {tag}.", detail=tag)
            elif tag not in olds:
                add("api-tag-added", message=f"{self.name} has the new tag {tag}.", detail=tag)

    def _variables(self) -> None:
        """Report path variables that are called otherwise: their names are not on the wire."""
        names = [list(each) for each in orders(*self.paths)]
        if len(names[0]) == len(names[1]):
            for old, new in zip(*names, strict=True):
                if old != new:
                    message = f"The path variable `{old}` is now called `{new}`."
                    place = Place(operation=self.name)
                    self.collector.add("path-variable-renamed", "none", message, place, where=self.items, detail=old)

    def _callbacks(self, old: str, new: str) -> Steps:
        collector = self.collector
        olds, news = (
            {
                (name, expression): item
                for name, pointer in path_items(document, at, "callbacks").items()
                for expression, item in path_items(document, pointer).items()
            }
            for document, at in ((collector.old, old), (collector.new, new))
        )
        for key in olds | news:
            title = f"{self.name} callback `{key[0]}`"
            if not collector.enter(olds.get(key, ""), news.get(key, ""), title):
                continue
            place = Place(operation=self.name, part=f"callback `{key[0]}`")
            if key not in news:
                message = f"The {title} was removed."
                collector.add("callback-removed", "narrower", message, place, where=(olds[key], new))
            elif key not in olds:
                message = f"The {title} is new."
                collector.add("callback-added", "wider", message, place, where=(old, news[key]), service="info")
            else:
                yield _sent(collector, title, olds[key], news[key], "callback")
            collector.leave(olds.get(key, ""), news.get(key, ""))


def _sent(collector: Collector, title: str, old: str, new: str, kind: str) -> Steps:
    """Compare the operations of a webhook or callback: the API sends their requests, so both flows are turned around."""
    olds, news = operations(collector.old, old), operations(collector.new, new)
    collector.flip = not collector.flip
    try:
        for method in olds | news:
            name = f"{title} {method}"
            add = partial(collector.add, place=Place(operation=name))
            if method in olds and method in news:
                pair = _Operation(collector, name, ("", ""), (old, new))
                yield pair.compare(olds[method], news[method], secured=False)
            elif method in olds:
                where = olds[method], new
                add(f"{kind}-removed", "narrower", f"The {name} was removed.", where=where, **_GONE)
            else:
                add(f"{kind}-added", "wider", f"The {name} is new.", where=(old, news[method]), **_COME)
    finally:
        collector.flip = not collector.flip


def _webhooks(collector: Collector) -> None:
    olds, news = (path_items(document, "#", "webhooks") for document in (collector.old, collector.new))
    for name in olds | news:
        add = partial(collector.add, place=Place(operation=f"webhook {name}"))
        if name not in news:
            add("webhook-removed", "narrower", f"The webhook {name} was removed.", where=(olds[name], ""))
        elif name not in olds:
            add("webhook-added", "wider", f"The webhook {name} is new.", where=("", news[name]), **_COME)
        else:
            _run(_sent(collector, f"webhook {name}", olds[name], news[name], "webhook"))


def _removed_schemas(collector: Collector) -> None:
    olds, news = (document.section("#", "components", "schemas") for document in (collector.old, collector.new))
    gone, come = [name for name in olds if name not in news], [name for name in news if name not in olds]
    before, after = _kinds(collector, gone, come)
    twins: dict[int, list[str]] = {}
    for name in come:
        twins.setdefault(after[name], []).append(name)
    for name in gone:
        pointer = collector.old.child("#", "components", "schemas", name)
        found = twins.get(before[name], ())
        if len(found) == 1:
            message = f"The schema {name} is now called {found[0]}."
            where = pointer, collector.new.child("#", "components", "schemas", found[0])
            collector.add("api-schema-renamed", "none", message, Place(operation=""), where=where)
        else:
            message = f"The schema {name} is no longer declared."
            collector.add("api-schema-removed", "none", message, Place(operation=""), where=(pointer, "#/components"))


def _kinds(collector: Collector, gone: list[str], come: list[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Number the schemas that only one document has, so that equal numbers mean schemas that are the same but for names.

    They are at first if they have one text without those names. They are no more if schemas that they name at one place
    are not: the coarsest such partition, so recursion is no obstacle.
    """
    texts: dict[tuple[int, str], str] = {}
    named: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for side, (document, names) in enumerate(((collector.old, gone), (collector.new, come))):
        own = set(names)
        for name in names:
            text, found = _nameless(document.text(document.child("#", "components", "schemas", name)), own)
            texts[side, name], named[side, name] = text, [(side, each) for each in found]
    kinds, count = _numbered(texts), -1
    while count != (count := len(set(kinds.values()))):
        kinds = _numbered({key: (kinds[key], *(kinds[each] for each in named[key])) for key in texts})
    return {name: kinds[0, name] for name in gone}, {name: kinds[1, name] for name in come}


def _numbered(keys: Mapping[tuple[int, str], Hashable]) -> dict[tuple[int, str], int]:
    numbers: dict[Hashable, int] = {}
    return {each: numbers.setdefault(key, len(numbers)) for each, key in keys.items()}


def _nameless(text: str, own: set[str]) -> tuple[str, list[str]]:
    """A canonical text without some names of schemas that it refers to, and these names in order."""
    found: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        name = unescape(json.loads(f'"{match[1]}"'))
        if name not in own:
            return match[0]
        found.append(name)
        return '"#'

    return _SCHEMA.sub(replaced, text), found
