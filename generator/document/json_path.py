"""JSONPath (RFC 9535) over a document, where all that expressions look at is counted: filters may look at everything anew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from iregexp_check import check
from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError
from jsonpath_rfc9535.filter_expressions import ComparisonExpression, Expression, FilterContext
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction
from jsonpath_rfc9535.node import JSONPathNode, JSONPathNodeList
from jsonpath_rfc9535.parse import Parser
from jsonpath_rfc9535.segments import JSONPathChildSegment, JSONPathRecursiveDescentSegment, JSONPathSegment
from jsonpath_rfc9535.selectors import FilterSelector, IndexSelector, JSONPathSelector, NameSelector
from jsonpath_rfc9535.tokens import Token, TokenStream

from ..parsing.limits import weigh
from ..schemas.patterns import matches, size_of

_TERM = 10
"""Characters of a filter that are about one term, which is evaluated for each value that the filter is asked for."""
_STEPS = 1_000
"""Characters of a text, times those of a pattern, that are held against each other as fast as a value is looked at."""
_DOT = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|(\.)", re.DOTALL)


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


class _Evaluated(Expression):
    """A side of a comparison, whose value is known."""

    __slots__ = ("value",)

    def __init__(self, token: Token, value: object) -> None:
        super().__init__(token)
        self.value = value

    def evaluate(self, context: FilterContext) -> object:  # noqa: ARG002 - the value is known
        return self.value


class _Comparison(ComparisonExpression):
    """Counts what is compared: each of two objects or arrays may be all of the document."""

    __slots__ = ()

    def evaluate(self, context: FilterContext) -> bool:
        env: Any = context.env
        sides = [self.left.evaluate(context), self.right.evaluate(context)]
        values = [one[0].value if isinstance(one, JSONPathNodeList) and len(one) == 1 else one for one in sides]
        if values[0].__class__ is values[1].__class__:
            env.look(min(env.size(one) for one in values))
        left, right = (_Evaluated(self.token, one) for one in sides)
        return ComparisonExpression(self.token, left, self.operator, right).evaluate(context)


class _Pattern(FilterFunction):
    """`match` and `search`, by the engine that takes all other patterns of documents: its time is bounded."""

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 - as the class above says
    return_type = ExpressionType.LOGICAL

    def __init__(self, env: CountedPaths, around: str) -> None:
        self._env, self._around = env, around

    def __call__(self, text: object, pattern: object) -> bool:
        """Tell whether a text matches an I-Regexp (RFC 9485); what is no text or no I-Regexp does not."""
        if not isinstance(text, str) or not isinstance(pattern, str) or not _is_pattern(pattern):
            return False
        self._env.look(len(text) * size_of(pattern) // _STEPS)
        whole = _DOT.sub(lambda found: r"[^\n\r]" if found[1] else found[0], pattern)
        found = matches(self._around.format(whole), text)
        if found is None:
            raise JSONPathError("a pattern takes too much memory", token=None)
        return found


@cache
def _is_pattern(text: str) -> bool:
    return bool(check(text))


class _Parser(Parser):
    def parse_infix_expression(self, stream: TokenStream, left: Expression) -> Expression:
        made = super().parse_infix_expression(stream, left)
        if isinstance(made, ComparisonExpression):
            return _Comparison(made.token, made.left, made.operator, made.right)
        return made

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
        self._sizes: dict[int, int] = {}
        super().__init__()
        self.function_extensions |= {"match": _Pattern(self, "^(?:{})$"), "search": _Pattern(self, "{}")}

    def finditer(self, query: str, value: Any) -> Iterable[JSONPathNode]:
        """Find what an expression matches; the value may have been changed since the last one."""
        self._sizes.clear()
        return super().finditer(query, value)

    def size(self, value: Any) -> int:
        """Count the values in an object or array, once for each; nothing for others."""
        if not isinstance(value, dict | list):
            return 0
        if id(value) not in self._sizes:
            self._sizes[id(value)] = weigh(value)[0]
        return self._sizes[id(value)]

    def look(self, values: int) -> None:
        """Count values that are looked at. Raises TooMuchError if they are more than are left."""
        self.left -= values
        if self.left < 0:
            raise TooMuchError
