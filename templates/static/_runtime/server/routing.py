"""Paths with variables: found segment by segment, concrete ones first (OpenAPI 4.8.8.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Scope

from ..exceptions import DecodeError
from ..wire.contract import joined
from .core import Endpoint, Operations

_VARIABLE = re.compile(r"{([^{}]+)}")
_Literals = list[re.Pattern[str]]


def _literals(template: str) -> _Literals:
    """Return patterns for what stands around variables: each character as it is, or percent-encoded."""
    patterns = [
        "".join(re.escape(c) if quote(c) == c else f"(?:{re.escape(c)}|(?i:{quote(c)}))" for c in literal)
        for literal in _VARIABLE.split(template)[::2]
    ]
    between = "(?<!%)(?<!%.)"  # not within a percent-encoded character
    found = [patterns[0], *(between + pattern for pattern in patterns[1:])]
    return [re.compile(pattern) for pattern in found[:-1]] + [re.compile(found[-1] + r"\Z")]


def _captured(literals: _Literals, text: str) -> list[str] | None:
    """Return what stands between literals, each as short as it can be and the last the rest, or None. Linear in time."""
    if len(literals) == 1:  # no variable
        return [] if literals[0].match(text) else None
    first, *middle, last = literals
    begin, end = first.match(text), last.search(text)
    if begin is None or end is None:
        return None
    start, values = begin.end(), []
    for literal in middle:  # "{name}.{ext}" splits at the first dot
        found = literal.search(text, start + 1, end.start())
        if found is None:
            return None
        values.append(text[start : found.start()])
        start = found.end()
    return [*values, text[start : end.start()]] if start < end.start() else None


@dataclass(slots=True)
class _Node:
    """What may follow: fixed segments, segments with variables between literals."""

    fixed: dict[str, _Node] = field(default_factory=dict)
    variable: dict[str, tuple[_Literals, _Node]] = field(default_factory=dict)
    methods: dict[str, list[Endpoint]] = field(default_factory=dict)

    def child(self, segment: str) -> _Node:
        """Return the node of a template's segment; variables are known by their places, not by their names."""
        shape = _VARIABLE.sub("{}", segment)
        if shape == segment:
            return self.fixed.setdefault(unquote(segment), _Node())
        if shape not in self.variable:
            self.variable[shape] = (_literals(segment), _Node())
            # The most literal text first.
            self.variable = dict(sorted(self.variable.items(), key=lambda v: -len(v[0].replace("{}", ""))))
        return self.variable[shape][1]

    def find(self, segments: list[str], at: int) -> tuple[dict[str, list[Endpoint]], list[str]] | None:
        """Follow the segments from `at` on; a way that ends nowhere is left for the next."""
        if at == len(segments):
            return (self.methods, []) if self.methods else None
        node = self.fixed.get(unquote(segments[at])) if self.fixed else None
        if node and (found := node.find(segments, at + 1)):
            return found
        for literals, node in self.variable.values():
            values = _captured(literals, segments[at])
            if values is not None and (found := node.find(segments, at + 1)):
                return found[0], values + found[1]
        return None


class TemplateOperations(Operations):
    """Answers the operations of any path. What follows `?` or `#` in a template is no part of the path itself."""

    def __init__(self, app: ASGIApp, endpoints: list[Endpoint]) -> None:
        super().__init__(app, [e for e in endpoints if not re.search("[{?#]", e.path)])
        self._shared = {re.split("[?#]", e.path)[0] for e in endpoints if re.search("[?#]", e.path)}
        self._queries = {e.path: _query(e.path) for e in endpoints}
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
        chosen = {m: of[0] if len(of) == 1 else self._select(of, scope, values) for m, of in methods.items()}
        fitting = {method: endpoint for method, endpoint in chosen.items() if endpoint}
        asked = fitting.get(scope["method"])
        return (fitting, self._named(asked, values, _text(scope))[0] if asked else {}) if fitting else None

    def _named(self, endpoint: Endpoint, values: list[str], query: str) -> tuple[dict[str, str], bool]:
        """Return the variables' values by the names that the endpoint has for them, and whether its query is there."""
        named = dict(zip(_VARIABLE.findall(endpoint.path), values, strict=False))  # those of the query come later
        left, fits = query.replace("+", "%20").split("&"), True
        for names, literals in self._queries[endpoint.path]:
            found = next(((i, c) for i, pair in enumerate(left) if (c := _captured(literals, pair)) is not None), None)
            if found:
                del left[found[0]]
                named.update(zip(names, found[1], strict=True))
            fits = fits and found is not None
        return named, fits

    def _select(self, found: list[Endpoint], scope: Scope, values: list[str]) -> Endpoint | None:
        """Choose between operations that share path and method: by their queries, then by what can be read."""
        query, headers = _text(scope), joined(scope["headers"])
        named = [(e, *self._named(e, values, query)) for e in found]
        fitting = [(e, variables) for e, variables, fits in named if fits]
        fitting.sort(key=lambda pair: (-len(self._queries[pair[0].path]), "#" not in pair[0].path))
        for endpoint, variables in fitting:
            try:
                if parameters := endpoint.operation.parameters:
                    parameters.read(variables, query, headers)
            except DecodeError:
                continue
            return endpoint
        return fitting[-1][0] if fitting else None


def _text(scope: Scope) -> str:
    return str(scope["query_string"].decode("latin-1"))


def _query(path: str) -> list[tuple[list[str], _Literals]]:
    """Return the pairs of a template's query: variables, and what stands around them."""
    pairs = path.partition("#")[0].partition("?")[2].replace("+", " ").split("&")
    return [(_VARIABLE.findall(pair), _literals(pair)) for pair in pairs if pair]
