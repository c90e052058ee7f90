"""JSONPath (RFC 9535) over a document, where all that expressions look at is counted: filters may look at everything anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jsonpath_rfc9535 import JSONPathEnvironment
from jsonpath_rfc9535.node import JSONPathNode
from jsonpath_rfc9535.parse import Parser
from jsonpath_rfc9535.segments import JSONPathChildSegment, JSONPathRecursiveDescentSegment, JSONPathSegment
from jsonpath_rfc9535.selectors import FilterSelector, IndexSelector, JSONPathSelector, NameSelector
from jsonpath_rfc9535.tokens import TokenStream

_TERM = 10
"""Characters of a filter that are about one term, which is evaluated for each value that the filter is asked for."""


class TooMuchError(Exception):
    """More values would be looked at than are left."""


class _Child(JSONPathChildSegment):
    own: int
    shares: int

    def resolve(self, nodes: Iterable[JSONPathNode]) -> Iterable[JSONPathNode]:
        return super().resolve(_counted(self, nodes))


class _Descendants(JSONPathRecursiveDescentSegment):
    own: int
    shares: int

    def _visit(self, node: JSONPathNode, depth: int = 1) -> Iterable[JSONPathNode]:
        found = super()._visit(node, depth)
        return _counted(self, found) if depth == 1 else found


def _counted(segment: _Child | _Descendants, nodes: Iterable[JSONPathNode]) -> Iterable[JSONPathNode]:
    """Count what a segment looks at for each node, before it does."""
    env: Any = segment.env
    for node in nodes:
        env.look(segment.own + (segment.shares * len(node.value) if isinstance(node.value, dict | list) else 0))
        yield node


def _weight(selector: JSONPathSelector) -> int:
    """How much a selector looks at for each value of an object or array: nothing, if it takes one of them."""
    if isinstance(selector, NameSelector | IndexSelector):
        return 0
    return 1 + len(str(selector)) // _TERM if isinstance(selector, FilterSelector) else 1


class _Parser(Parser):
    def parse_query(self, stream: TokenStream, *, in_filter: bool = False) -> Iterable[JSONPathSegment]:
        for one in super().parse_query(stream, in_filter=in_filter):
            descends = isinstance(one, JSONPathRecursiveDescentSegment)
            kind = _Descendants if descends else _Child
            made = kind(env=one.env, token=one.token, selectors=one.selectors)
            weights = [_weight(each) for each in one.selectors]
            made.own, made.shares = 1 + weights.count(0), sum(weights) + descends
            yield made


class CountedPaths(JSONPathEnvironment):
    """Evaluates expressions as long as values are left to be looked at, all expressions together."""

    parser_class = _Parser

    def __init__(self, most: int) -> None:
        """Take how many values may be looked at."""
        self.left = most
        super().__init__()

    def look(self, values: int) -> None:
        """Count values that are looked at. Raises TooMuchError if they are more than are left."""
        self.left -= values
        if self.left < 0:
            raise TooMuchError
