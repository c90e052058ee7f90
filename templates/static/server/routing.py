"""Paths with variables: found segment by segment, concrete ones first (OpenAPI 4.8.8.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from starlette.types import Scope

from ..exceptions import DecodeError
from ..wire import joined
from .core import Endpoint, Paths

_VARIABLE = re.compile(r"{([^{}]+)}")


def _captured(literals: list[str], segment: str) -> list[str] | None:
    """Return what stands between literals, each as short as it can be and the last the rest, or None. Linear in time."""
    first, *middle, last = literals
    if not (segment.startswith(first) and segment.endswith(last)):
        return None
    start, end, values = len(first), len(segment) - len(last), []
    for literal in middle:  # "{name}.{ext}" splits at the first dot
        at = segment.find(literal, start + 1, end)
        if at < 0:
            return None
        values.append(segment[start:at])
        start = at + len(literal)
    return [*values, segment[start:end]] if start < end else None


@dataclass(slots=True)
class _Node:
    """What may follow: fixed segments, segments with variables between literals."""

    fixed: dict[str, _Node] = field(default_factory=dict)
    variable: list[tuple[list[str], _Node]] = field(default_factory=list)
    methods: dict[str, list[Endpoint]] = field(default_factory=dict)

    def child(self, segment: str) -> _Node:
        """Return the node of a template's segment; variables are known by their places, not by their names."""
        literals = _VARIABLE.split(segment)[::2]
        if len(literals) == 1:
            return self.fixed.setdefault(segment, _Node())
        known = next((node for found, node in self.variable if found == literals), None)
        if known is None:
            known = _Node()
            self.variable.append((literals, known))
            self.variable.sort(key=lambda v: -len("".join(v[0])))  # the most literal text first
        return known

    def find(self, segments: list[str], at: int) -> tuple[dict[str, list[Endpoint]], list[str]] | None:
        """Follow the segments from `at` on; a way that ends nowhere is left for the next."""
        if at == len(segments):
            return (self.methods, []) if self.methods else None
        node = self.fixed.get(unquote(segments[at])) if self.fixed else None
        if node and (found := node.find(segments, at + 1)):
            return found
        for literals, node in self.variable:
            values = _captured(literals, segments[at])
            if values is not None and (found := node.find(segments, at + 1)):
                return found[0], values + found[1]
        return None


class TemplatePaths(Paths):
    """Finds the endpoints of any path. What follows `?` or `#` in a template is no part of the path itself."""

    def __init__(self, endpoints: list[Endpoint]) -> None:
        super().__init__([e for e in endpoints if not re.search("[{?#]", e.path)])
        self._shared = {re.split("[?#]", e.path)[0] for e in endpoints if re.search("[?#]", e.path)}
        self.root = _Node()
        for endpoint in endpoints:
            node = self.root
            for segment in re.split("[?#]", endpoint.path)[0].split("/"):
                node = node.child(segment)
            node.methods.setdefault(endpoint.operation.method, []).append(endpoint)

    def find(self, path: str, scope: Scope) -> tuple[Mapping[str, Endpoint], Mapping[str, str]] | None:
        known = self.exact.get(path) if path not in self._shared else None
        if known:
            return known, {}
        found = self.root.find(path.split("/"), 0)
        if found is None:
            return None
        methods, values = found
        chosen = {m: of[0] if len(of) == 1 else _select(of, scope, values) for m, of in methods.items()}
        fitting = {method: endpoint for method, endpoint in chosen.items() if endpoint}
        asked = fitting.get(scope["method"])
        return (fitting, _named(asked, values) if asked else {}) if fitting else None


def _named(endpoint: Endpoint, values: list[str]) -> dict[str, str]:
    """Return the values of a path's variables by the names that the endpoint's template has for them."""
    return dict(zip(_VARIABLE.findall(endpoint.path), values, strict=False))  # those of a query come later


def _select(found: list[Endpoint], scope: Scope, values: list[str]) -> Endpoint | None:
    """Choose between operations that share path and method: by the query in the templates, then by what can be read."""
    query = scope["query_string"].decode("latin-1")
    given = dict(parse_qsl(query, keep_blank_values=True))
    headers = joined(scope["headers"])
    fitting = [e for e in found if _fixed(e.path).items() <= given.items()]
    fitting.sort(key=lambda e: (-len(_fixed(e.path)), "#" not in e.path))
    for endpoint in fitting:
        parameters = endpoint.operation.parameters
        try:
            if parameters:
                parameters.read(_named(endpoint, values), query, headers)
        except DecodeError:
            continue
        return endpoint
    return fitting[-1] if fitting else None


def _fixed(path: str) -> dict[str, str]:
    """Return the fixed pairs of a template's query."""
    pairs = parse_qsl(path.partition("#")[0].partition("?")[2], keep_blank_values=True)
    return {k: v for k, v in pairs if not _VARIABLE.search(v)}
