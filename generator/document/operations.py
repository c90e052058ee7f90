"""The operations of a document with every `$ref` followed: what names, models and lower all read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..pointer import join
from ..records import record
from .document import Document
from .objects import operations_of

_STATUS = re.compile("default|[1-5]([0-9]{2}|XX)", re.IGNORECASE)  # others are x-…, or were repaired away

WEBHOOKS = "Webhook events"


@record
class Located:
    """An object of the document and the pointer where it stands, after following `$ref`s."""

    pointer: str
    value: Mapping[str, Any]

    def child(self, *tokens: str) -> Located:
        """Go down to an object that is there."""
        value: Any = self.value
        for token in tokens:
            value = value[token]
        return Located(join(self.pointer, *tokens), value if isinstance(value, dict) else {})


@record(kw_only=True)
class OperationView:
    """One operation as the document declares it: parameters of the path item joined, `$ref`s followed."""

    method: str
    path: str
    pointer: str
    value: Mapping[str, Any]
    tag: str
    parameters: tuple[Located, ...]
    ignored: tuple[Located, ...]
    body: Located | None
    responses: Mapping[str, Located]
    servers: tuple[Mapping[str, Any], ...]

    @property
    def key(self) -> tuple[str, str]:
        """Tell operations apart: (method, path)."""
        return self.method, self.path

    @property
    def operation_id(self) -> str | None:
        """Give the operationId, where there is one."""
        found = self.value.get("operationId")
        return found if isinstance(found, str) else None


def follow(document: Document, pointer: str, value: Any) -> Located:
    """Follow `$ref`s to the object that is meant; a reference that leads nowhere gives an empty one."""
    seen: set[str] = set()
    while isinstance(value, dict) and isinstance(value.get("$ref"), str) and value["$ref"] not in seen:
        pointer = value["$ref"]
        seen.add(pointer)
        try:
            value = document.at(pointer)
        except KeyError:
            value = {}
    return Located(pointer, value if isinstance(value, dict) else {})


def read(document: Document) -> tuple[OperationView, ...]:
    """List the operations under `paths`, in the document's order."""
    return tuple(_items(document, "paths"))


def webhooks(document: Document, views: Iterable[OperationView]) -> tuple[OperationView, ...]:
    """List the operations under `webhooks`, and in callbacks of those under `paths`: what the API's owner sends."""
    found = list(_items(document, "webhooks"))
    for operation in views:
        for name, entry in (operation.value.get("callbacks") or {}).items():
            callback = follow(document, join(operation.pointer, "callbacks", name), entry)
            for expression, item in callback.value.items():
                if isinstance(item, dict):
                    located = follow(document, join(callback.pointer, expression), item)
                    found += _operations(document, expression, located, default_tag=name)
    return tuple({view.pointer: replace(view, tag=WEBHOOKS) for view in found}.values())


def _items(document: Document, section: str) -> Iterator[OperationView]:
    for path, item in (document.root.get(section) or {}).items():
        if isinstance(item, dict) and not (section == "paths" and path.startswith("x-")):  # an extension
            yield from _operations(document, path, Located(join("#", section, path), item))


def _operations(document: Document, path: str, item: Located, default_tag: str = "default") -> Iterator[OperationView]:
    for method, tokens, value in operations_of(item.value):
        if not isinstance(value, dict):
            continue
        found = item.child(*tokens)
        tags = found.value.get("tags")
        body = found.value.get("requestBody")
        responses = found.value.get("responses") or {}
        servers = found.value.get("servers") or item.value.get("servers") or ()
        parameters, ignored = _parameters(document, item, found)
        yield OperationView(
            method=method,
            path=path,
            pointer=found.pointer,
            value=found.value,
            tag=tags[0] if isinstance(tags, list) and tags and isinstance(tags[0], str) else default_tag,
            parameters=parameters,
            ignored=ignored,
            body=follow(document, join(found.pointer, "requestBody"), body) if isinstance(body, dict) else None,
            responses={
                _status(status): follow(document, join(found.pointer, "responses", status), response)
                for status, response in responses.items()
                if _STATUS.fullmatch(str(status))
            },
            servers=tuple(server for server in servers if isinstance(server, dict)),
        )


def _status(written: Any) -> str:
    """Write a status code, a range as `4XX`, or `default`, in the one way that is compared."""
    return str(written) if written == "default" else str(written).upper()


def _parameters(
    document: Document, item: Located, operation: Located
) -> tuple[tuple[Located, ...], tuple[Located, ...]]:
    """Join the path item's parameters with the operation's, which override by (location, name); those that mean nothing."""
    found: dict[tuple[str, str], Located] = {}
    ignored: list[Located] = []
    for holder in (item, operation):
        entries = holder.value.get("parameters")
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            parameter = follow(document, join(holder.pointer, "parameters", str(index)), entry)
            location, name = parameter.value.get("in"), parameter.value.get("name")
            if isinstance(location, str) and isinstance(name, str):
                if location == "header" and name.lower() in ("accept", "content-type", "authorization"):
                    # "the parameter definition SHALL be ignored" (OpenAPI 3.1, 4.8.12.2)
                    ignored.append(parameter)
                else:
                    found[location, name] = parameter
    return tuple(found.values()), tuple(ignored)


def contents(document: Document, holder: Located) -> list[tuple[str, Located]]:
    """List the media types of a body, response or parameter: ranges last, as what is sent must be one media type."""
    content = holder.value.get("content")
    entries = content.items() if isinstance(content, dict) else ()
    return [
        (name, follow(document, join(holder.pointer, "content", name), entry))
        for name, entry in sorted(entries, key=lambda pair: "*" in pair[0])
        if isinstance(entry, dict)
    ]
