"""Paths with variables: found segment by segment, concrete ones first (OpenAPI 4.8.8.2)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations, islice, pairwise
from typing import Any
from urllib.parse import quote, unquote

from starlette.datastructures import URLPath
from starlette.routing import NoMatchFound
from starlette.types import Scope

from ..exceptions import DecodeError
from ..wire.contract import Parts, joined
from .core import Operations, Route
from .endpoint import Endpoint

_VARIABLE = re.compile(r"{([^{}]+)}")
_DIVISIONS = 1000  # that are tried
_Literals = list[re.Pattern[str]]


def _parts(template: str) -> tuple[list[str], list[list[str]]]:
    """Divide a template into what stands around its variables, and their names: those that touch together."""
    first, *rest = _VARIABLE.split(template)
    literals, runs = [first], list[list[str]]()
    for name, literal in zip(rest[::2], rest[1::2], strict=True):
        if runs and not literals[-1]:
            runs[-1].append(name)
            literals[-1] = literal
        else:
            runs.append([name])
            literals.append(literal)
    return literals, runs


def _literals(template: str) -> _Literals:
    """Return patterns for what stands around runs of variables: each character as it is, or percent-encoded."""
    patterns = [
        "".join(re.escape(c) if quote(c) == c else f"(?:{re.escape(c)}|(?i:{quote(c)}))" for c in literal)
        for literal in _parts(template)[0]
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
        shape = "{}".join(_parts(segment)[0])
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


def _divided(endpoint: Endpoint, names: list[str], text: str) -> dict[str, str] | None:
    """Divide a text among variables that touch: the first as short as it can be, so that each is accepted.

    If no division is accepted, the shortest is returned: what is wrong with it is said later. None: the text is too short.
    """
    if len(names) == 1:
        return {names[0]: text}
    parameters = endpoint.operation.parameters.parameters if endpoint.operation.parameters else ()
    known = {one.wire_name: one for one in parameters if one.location == "path"}
    cuts = [at for at in range(1, len(text)) if "%" not in text[max(at - 2, 0) : at]]  # not within %2F
    found: dict[str, str] | None = None
    for places in islice(combinations(cuts, len(names) - 1), _DIVISIONS):
        parts = [text[begin:end] for begin, end in pairwise((0, *places, len(text)))]
        named = dict(zip(names, parts, strict=True))
        found = found or named
        with contextlib.suppress(DecodeError):
            for name, part in named.items():
                if name in known:
                    known[name].read_path(part)
            return named
    return found


class TemplateRoute(Route):
    """An operation whose path may have variables."""

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Return the path, percent-encoded; variables are called as in the service. Raises NoMatchFound, EncodeError."""
        parameters = self.endpoint.operation.parameters.parameters if self.endpoint.operation.parameters else ()
        variables = {one.name: one for one in parameters if one.location == "path"}
        if name != self.name or path_params.keys() != variables.keys():
            raise NoMatchFound(name, path_params)
        parts = Parts(re.split("[?#]", self.path)[0])
        for key, value in path_params.items():
            variables[key].write(value, parts)
        return URLPath(parts.path, protocol="http")


class TemplateOperations(Operations):
    """The operations of any path. What follows `?` or `#` in a template is no part of the path itself."""

    route = TemplateRoute

    def __init__(self, endpoints: list[Endpoint]) -> None:
        super().__init__([e for e in endpoints if not re.search("[{?#]", e.path)])
        self._shared = {re.split("[?#]", e.path)[0] for e in endpoints if re.search("[?#]", e.path)}
        self._queries = {e.path: _query(e.path) for e in endpoints}
        self._runs = {e.path: _parts(re.split("[?#]", e.path)[0])[1] for e in endpoints}
        self.root = _Node()
        for endpoint in endpoints:
            node = self.root
            for segment in re.split("[?#]", endpoint.path)[0].split("/"):
                node = node.child(segment)
            node.methods.setdefault(endpoint.method, []).append(endpoint)

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
        named = self._named(asked, values, _text(scope)) if asked else ({}, True)
        return (fitting, named[0]) if fitting and named else None

    def _named(self, endpoint: Endpoint, values: list[str], query: str) -> tuple[dict[str, str], bool] | None:
        """Return the variables' values by the names that the endpoint has for them, and whether its query is there."""
        runs = [*zip(self._runs[endpoint.path], values, strict=True)]
        left, fits = query.replace("+", "%20").split("&"), True
        for names, literals in self._queries[endpoint.path]:
            found = next(((i, c) for i, pair in enumerate(left) if (c := _captured(literals, pair)) is not None), None)
            if found:
                del left[found[0]]
                runs += zip(names, found[1], strict=True)
            fits = fits and found is not None
        named: dict[str, str] = {}
        for run, text in runs:
            if (divided := _divided(endpoint, run, text)) is None:
                return None
            named |= divided
        return named, fits

    def _select(self, found: list[Endpoint], scope: Scope, values: list[str]) -> Endpoint | None:
        """Choose between operations that share path and method: by query, by content type, then by what can be read."""
        query, headers = _text(scope), joined(scope["headers"])
        named = [(e, self._named(e, values, query)) for e in found]
        fitting = [(e, of[0]) for e, of in named if of and of[1]]
        fitting.sort(key=lambda pair: (-len(self._queries[pair[0].path]), "#" not in pair[0].path))
        fitting = [pair for pair in fitting if _takes(pair[0], headers.get("content-type", ""))] or fitting
        for endpoint, variables in fitting:
            try:
                if parameters := endpoint.operation.parameters:
                    parameters.read(variables, query, headers)
            except DecodeError:
                continue
            return endpoint
        return fitting[-1][0] if fitting else None


def _takes(endpoint: Endpoint, content_type: str) -> bool:
    """Tell whether an operation has a body of a content type, or none where there is none."""
    body = endpoint.operation.body
    if body is None or not content_type:
        return not content_type and not (body and endpoint.operation.body_required)
    return body.find(content_type) is not None


def _text(scope: Scope) -> str:
    return str(scope.get("query_string", b"").decode("latin-1"))


def _query(path: str) -> list[tuple[list[list[str]], _Literals]]:
    """Return the pairs of a template's query: runs of variables, and what stands around them."""
    pairs = path.partition("#")[0].partition("?")[2].replace("+", " ").split("&")
    return [(_parts(pair)[1], _literals(pair)) for pair in pairs if pair]
