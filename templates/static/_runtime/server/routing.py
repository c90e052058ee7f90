"""Paths with variables: found segment by segment, concrete ones first (OpenAPI 4.8.8.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from starlette.datastructures import URLPath
from starlette.routing import NoMatchFound
from starlette.types import Scope

from ..exceptions import DecodeError
from ..wire.contract import Parts, joined
from ..wire.segments import Literals, captured, check, divided, literals_of, variables
from .core import Operations, Route
from .endpoint import Endpoint


@dataclass(slots=True)
class _Node:
    """What may follow: fixed segments, segments with variables between literals."""

    fixed: dict[str, _Node] = field(default_factory=dict)
    variable: dict[str, tuple[Literals, _Node]] = field(default_factory=dict)
    methods: dict[str, list[Endpoint]] = field(default_factory=dict)

    def child(self, segment: str) -> _Node:
        """Return the node of a template's segment; variables are known by their places, not by their names."""
        shape = "{}".join(variables(segment)[0])
        if shape == segment:
            return self.fixed.setdefault(unquote(segment), _Node())
        if shape not in self.variable:
            self.variable[shape] = (literals_of(segment), _Node())
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
            values = captured(literals, segments[at])
            if values is not None and (found := node.find(segments, at + 1)):
                return found[0], values + found[1]
        return None


class TemplateRoute(Route):
    """An operation whose path may have variables."""

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Return the path, percent-encoded; variables are called as in the service. Raises NoMatchFound, EncodeError."""
        parameters = self.endpoint.operation.parameters
        known = {one.name: one for one in parameters.in_path().values()} if parameters else {}
        if name != self.name or path_params.keys() != known.keys():
            raise NoMatchFound(name, path_params)
        parts = Parts(re.split("[?#]", self.path)[0])
        for key, value in path_params.items():
            known[key].write(value, parts)
        check(parts.path)
        return URLPath(parts.path, protocol="http")


class TemplateOperations(Operations):
    """The operations of any path. What follows `?` or `#` in a template is no part of the path itself."""

    route = TemplateRoute

    def __init__(self, endpoints: list[Endpoint]) -> None:
        super().__init__([e for e in endpoints if not re.search("[{?#]", e.path)])
        self._shared = {re.split("[?#]", e.path)[0] for e in endpoints if re.search("[?#]", e.path)}
        self._queries = {e.path: _query(e.path) for e in endpoints}
        self._runs = {e.path: variables(re.split("[?#]", e.path)[0])[1] for e in endpoints}
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
            found = next(((i, c) for i, pair in enumerate(left) if (c := captured(literals, pair)) is not None), None)
            if found:
                del left[found[0]]
                runs += zip(names, found[1], strict=True)
            fits = fits and found is not None
        parameters = endpoint.operation.parameters
        named: dict[str, str] = {}
        for run, text in runs:
            if (parts := divided(run, text, parameters.in_path() if parameters else {})) is None:
                return None
            named |= parts
        return named, fits

    def _select(self, found: list[Endpoint], scope: Scope, values: list[str]) -> Endpoint | None:
        """Choose between operations that share path and method: by query, by content type, then by what can be read."""
        query, headers = _text(scope), joined(scope["headers"])
        named = [(e, self._named(e, values, query)) for e in found]
        fitting = [(e, of[0]) for e, of in named if of and of[1]]
        fitting.sort(key=lambda pair: (-len(self._queries[pair[0].path]), "#" not in pair[0].path))
        fitting = [pair for pair in fitting if _takes(pair[0], headers.get("content-type", ""))] or fitting
        for endpoint, values_of in fitting:
            try:
                if parameters := endpoint.operation.parameters:
                    parameters.read(values_of, query, headers)
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


def _query(path: str) -> list[tuple[list[list[str]], Literals]]:
    """Return the pairs of a template's query: runs of variables, and what stands around them."""
    pairs = path.partition("#")[0].partition("?")[2].replace("+", " ").split("&")
    return [(variables(pair)[1], literals_of(pair)) for pair in pairs if pair]
