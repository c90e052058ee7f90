"""Whether a captured request is what the document says a call with these arguments looks like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from ..document.document import Field, Operation
from ..wire import bodies, credentials
from ..wire.compare import difference, scalar_text, shown
from ..wire.styles import Expected, compare_pairs, compare_path, expected_query, header_fits, query_pairs
from ..wire.transport import Exchange
from .cases import Case

Keys = frozenset[tuple[str, str]]  # of parameters, as `Field.key` has them


def compare_request(operation: Operation, case: Case, exchange: Exchange, secrets: Keys) -> str:
    """Return what is wrong with a request, "" if nothing is. `secrets` are where credentials stand."""
    if exchange.method != operation.method:
        return f"the method is {exchange.method}"
    path, _, fixed = operation.path.partition("#")[0].partition("?")
    declared = [p for p in operation.parameters if p.location == "path" and p.key in case.arguments]
    values = {p.name: (p, case.arguments[p.key]) for p in declared}
    return (
        compare_path(path, exchange.raw_path, values)
        or _query(case, operation, fixed, values, exchange, secrets)
        or _headers(operation, case, exchange, secrets)
        or _cookies(operation, case, exchange, secrets)
        or _body(case, exchange)
    )


def _is_default(parameter: Field, value: Any) -> bool:
    return bool(parameter.default) and not difference(parameter.default[0], value)


def _query(
    case: Case, operation: Operation, fixed: str, values: Mapping[str, Any], exchange: Exchange, secrets: Keys
) -> str:
    for parameter in operation.parameters:
        if parameter.location == "querystring" and parameter.key in case.arguments:
            return bodies.compare_query(parameter, case.arguments[parameter.key], exchange.query)
    found = [(k, v) for k, v in query_pairs(exchange.query) if ("query", k) not in secrets]
    names = {k for k, _ in found}
    expected: list[Expected] = []
    for pair in query_pairs(fixed):
        name, value = (_filled(unquote_plus(text), values) for text in pair)
        if name is not None and value is not None:
            expected.append((_spelt(name, names), ("scalar", value), "form"))
    expected += _expected(operation, case, "query", names, secrets)
    return compare_pairs([e for e in expected if ("query", e[0]) not in secrets], found)


def _expected(operation: Operation, case: Case, location: str, names: set[str], secrets: Keys) -> list[Expected]:
    """Return the pairs of the parameters in a location; a default may be left out."""
    found: list[Expected] = []
    for parameter in operation.parameters:
        if parameter.location == location and parameter.key in case.arguments and parameter.key not in secrets:
            value = case.arguments[parameter.key]
            if parameter.name in names or not _is_default(parameter, value):
                found += expected_query(parameter, value)
    return found


def _filled(text: str, values: Mapping[str, Any]) -> Any:
    """Return a text of a template's query, or what its variable has: None where that has nothing."""
    variable = re.fullmatch(r"{([^{}]+)}", text)
    return text if variable is None else values[variable[1]][1] if variable[1] in values else None


def _spelt(value: Any, names: set[str]) -> str:
    """Return how a name that is a variable's value stands in a query: 3 may be 3.0."""
    return next((name for name in names if scalar_text(value, name)), str(value))


def _headers(operation: Operation, case: Case, exchange: Exchange, secrets: Keys) -> str:
    for parameter in operation.parameters:
        if parameter.location != "header" or ("header", parameter.name.lower()) in secrets:
            continue
        found = exchange.header(parameter.name)
        if parameter.key not in case.arguments:
            if found and parameter.name.lower() not in ("user-agent", "host", "content-length", "accept-encoding"):
                return f"header {parameter.name} was not asked for"
            continue
        value = case.arguments[parameter.key]
        if not found and _is_default(parameter, value):
            continue
        if not found or not header_fits(parameter, value, found[-1]):
            return f"header {parameter.name}: {shown(value)} was written {found}"
    return ""


def _cookies(operation: Operation, case: Case, exchange: Exchange, secrets: Keys) -> str:
    found = [(unquote_plus(k), v) for k, v in credentials.cookies(exchange) if ("cookie", k) not in secrets]
    expected = _expected(operation, case, "cookie", {k for k, _ in found}, secrets)
    return compare_pairs(expected, found, plus=False)


def _body(case: Case, exchange: Exchange) -> str:
    types = exchange.header("content-type")
    if case.body is None:
        return f"a body ({len(exchange.body)} B) was not asked for" if exchange.body else ""
    if len(types) != 1:
        return f"{len(types)} content types"
    problem = bodies.compare_body(case.body, types[0], exchange.body)
    return f"body: {problem}" if problem else ""
