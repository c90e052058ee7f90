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

Methods = Mapping[str, list[Endpoint]]
_VARIABLE = re.compile(r"{([^{}]+)}")


@dataclass(slots=True)
class _Node:
    """What may follow: fixed segments, segments with a pattern, any segment."""

    fixed: dict[str, _Node] = field(default_factory=dict)
    patterns: list[tuple[re.Pattern[str], list[str], _Node]] = field(default_factory=list)
    methods: dict[str, list[Endpoint]] = field(default_factory=dict)

    def child(self, segment: str) -> _Node:
        """Return the node of a template's segment."""
        names = _VARIABLE.findall(segment)
        if not names:
            return self.fixed.setdefault(segment, _Node())
        literals = [re.escape(text) for text in _VARIABLE.split(segment)[::2]]
        # Each variable takes as little as it can, the last one the rest: "{name}.{ext}" splits at the first dot.
        pattern = re.compile("(.+?)".join(literals), re.DOTALL)
        for known, known_names, node in self.patterns:
            if known == pattern and known_names == names:
                return node
        node = _Node()
        self.patterns.append((pattern, names, node))
        self.patterns.sort(key=lambda p: -len(p[0].pattern.replace("(.+?)", "")))  # the most literal text first
        return node

    def find(self, segments: list[str], at: int) -> tuple[Methods, dict[str, str]] | None:
        """Follow the segments from `at` on; a way that ends nowhere is left for the next."""
        if at == len(segments):
            return (self.methods, {}) if self.methods else None
        segment = segments[at]
        node = self.fixed.get(unquote(segment)) if self.fixed else None
        if node and (found := node.find(segments, at + 1)):
            return found
        for pattern, names, node in self.patterns:
            match = pattern.fullmatch(segment)
            if match and (found := node.find(segments, at + 1)):
                return found[0], {**dict(zip(names, match.groups(), strict=True)), **found[1]}
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
        methods, captured = found
        chosen = {
            method: candidates[0] if len(candidates) == 1 else _select(candidates, scope, captured)
            for method, candidates in methods.items()
        }
        fitting = {method: endpoint for method, endpoint in chosen.items() if endpoint}
        return (fitting, captured) if fitting else None


def _select(found: list[Endpoint], scope: Scope, captured: Mapping[str, str]) -> Endpoint | None:
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
                parameters.read(captured, query, headers)
        except DecodeError:
            continue
        return endpoint
    return fitting[-1] if fitting else None


def _fixed(path: str) -> dict[str, str]:
    """Return the fixed pairs of a template's query."""
    pairs = parse_qsl(path.partition("#")[0].partition("?")[2], keep_blank_values=True)
    return {k: v for k, v in pairs if not _VARIABLE.search(v)}
