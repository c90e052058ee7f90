"""Comparing the servers of operations: the nearest list counts (OpenAPI 3.1.1, Path Item Object and Operation Object)."""

from __future__ import annotations

from functools import partial
from itertools import takewhile
from typing import Any

from ..model import Place
from ..sets.compared_document import ComparedDocument, as_dict
from .collector import Collector
from .paths import template
from .places import Spot

Holders = tuple[str, str]
"""The pointers of an operation and of its path item."""


def compare_servers(
    collector: Collector, operation: str, paths: tuple[str, str], holders: tuple[Holders, Holders]
) -> None:
    """Compare the servers of one operation, unless a part of its path moved into their URLs."""
    where = _holder(collector.old, holders[0]), _holder(collector.new, holders[1])
    if paths[0] != paths[1]:
        apart = _apart(template(paths[0]), template(paths[1]))
        if collector.once(("moved", where, apart), partial(_moved, collector, where, apart)):
            return
    place = Place(operation=operation, part="servers")
    collector.shared("servers", *where, place, partial(_compare, collector, where))


def _compare(collector: Collector, where: tuple[str, str], spot: Spot) -> None:
    before, after = _servers(collector.old, where[0]), _servers(collector.new, where[1])
    # Where a service stands is no part of it.
    add = partial(collector.add, place=spot, where=where, service="info")
    for url in before | after:
        if url not in after:
            add("api-server-removed", "unknown", f"The server {url} is no longer declared.", detail=url)
        elif url not in before:
            add("api-server-added", "wider", f"The server {url} is new.", detail=url)
        elif before[url] != after[url]:
            message = f"The variables of the server {url} changed."
            add("api-server-variables-changed", "unknown", message, detail=url)
    first, now = next(iter(before), ""), next(iter(after), "")
    if first != now and first in after:
        message = f"The first server, which clients call if they are not told otherwise, is {now} instead of {first}."
        add("api-server-default-changed", "unknown", message, detail=now)


def _moved(collector: Collector, where: tuple[str, str], apart: tuple[str, str]) -> bool:
    """Whether the URLs of the servers are the same with what paths begin with."""
    lists = _servers(collector.old, where[0]), _servers(collector.new, where[1])
    old, new = ({f"{url.rstrip('/')}{start}" for url in urls} for start, urls in zip(apart, lists, strict=True))
    return old == new


def _apart(old: str, new: str) -> tuple[str, str]:
    """Two paths without the end that they have in common."""
    ends = takewhile(lambda pair: pair[0] == pair[1], zip(reversed(old), reversed(new), strict=False))
    same = sum(1 for _ in ends)
    return old[: len(old) - same], new[: len(new) - same]


def _holder(document: ComparedDocument, holders: Holders) -> str:
    """Where the servers of an operation stand; the root if nothing says."""
    for holder in (*holders, "#"):
        listed = document.at(holder).get("servers")
        if isinstance(listed, list) and listed:
            return f"{holder}/servers"
    return "#"


def _servers(document: ComparedDocument, pointer: str) -> dict[str, Any]:
    """The variables of servers by URL."""
    if pointer == "#":
        return {"/": {}}
    listed = document.at(pointer.removesuffix("/servers"))["servers"]
    return {str(each.get("url")): _variables(each) for each in listed if isinstance(each, dict)}


def _variables(server: dict[str, Any]) -> dict[str, Any]:
    return {
        name: (each.get("default"), sorted(map(str, listed)) if isinstance(listed := each.get("enum"), list) else [])
        for name, each in as_dict(server.get("variables")).items()
        if isinstance(each, dict)
    }
