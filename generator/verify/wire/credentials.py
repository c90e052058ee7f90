"""Credentials: what to give a client for an alternative, and what must then be on the wire."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote_plus

from .styles import query_pairs
from .transport import Exchange

Schemes = Mapping[str, Mapping[str, Any]]  # the Security Scheme Objects of a document by name
BASIC = ("somebody", "pass:word")


def kind(scheme: Mapping[str, Any]) -> str:
    """Return basic, bearer, another http scheme's name, apikey or mutualtls."""
    if scheme.get("type") == "http":
        return str(scheme.get("scheme", "")).lower()
    return "bearer" if scheme.get("type") in ("oauth2", "openIdConnect") else str(scheme.get("type")).lower()


def given(names: frozenset[str], schemes: Schemes) -> dict[str, Any]:
    """Return the credentials for the schemes of an alternative."""
    found: dict[str, Any] = {}
    for name in sorted(names):
        found[name] = BASIC if kind(schemes[name]) == "basic" else f"secret-{len(found)}"
    return {name: value for name, value in found.items() if kind(schemes[name]) != "mutualtls"}


def chosen(alternatives: Sequence[frozenset[str]], names: frozenset[str], schemes: Schemes) -> frozenset[str] | None:
    """Return the alternative that a client with credentials for these schemes uses, None if it satisfies none.

    That is the first one for which it has credentials; else one that needs none, and `{}` last.
    """
    missing = {name for name in schemes if name not in names and kind(schemes[name]) != "mutualtls"}
    satisfied = [alternative for alternative in alternatives if missing.isdisjoint(alternative)]
    return min(satisfied, key=lambda one: (not one & names, not one), default=None)


def reached(alternatives: Sequence[frozenset[str]], chosen: frozenset[str], schemes: Schemes) -> frozenset[str]:
    """Return the first alternative that a request satisfies which was meant for another one.

    Two schemes that are written alike, such as bearer and oauth2, cannot be told apart.
    """
    there = {(parameter_key(schemes[name]), kind(schemes[name])) for name in chosen}
    there |= {(where, "apikey") for where, _ in there}  # a key is whatever stands there
    for alternative in sorted(alternatives, key=lambda one: not one):  # `{}` is the last one that is tried
        wanted = [(parameter_key(schemes[n]), kind(schemes[n])) for n in alternative if kind(schemes[n]) != "mutualtls"]
        if all(one in there for one in wanted):
            return alternative
    return chosen


def clashes(names: frozenset[str], schemes: Schemes) -> bool:
    """Tell whether two schemes of an alternative would need the same place in a request."""
    places = [parameter_key(schemes[name]) for name in names if kind(schemes[name]) != "mutualtls"]
    return len(places) != len(set(places))


def parameter_key(scheme: Mapping[str, Any]) -> tuple[str, str]:
    """Return the location and the wire name of a scheme's credentials, as `Field.key` does for parameters."""
    if scheme.get("type") == "apiKey":
        name = str(scheme.get("name"))
        return str(scheme.get("in")), name.lower() if scheme.get("in") == "header" else name
    return "header", "authorization"


def compare_sent(names: frozenset[str], schemes: Schemes, exchange: Exchange) -> str:
    """Return what is wrong with a request's credentials."""
    for name, value in given(names, schemes).items():
        scheme = schemes[name]
        location, wire_name = parameter_key(scheme)
        expected = value
        if kind(scheme) == "basic":
            expected = "Basic " + base64.b64encode(":".join(BASIC).encode()).decode()
        elif scheme.get("type") != "apiKey":
            expected = f"{'Bearer' if kind(scheme) == 'bearer' else scheme.get('scheme')} {value}"
        if expected not in _found(location, wire_name, exchange):
            return f"the credentials of {name} are not in {location} {wire_name}"
    return ""


def _found(location: str, name: str, exchange: Exchange) -> list[str]:
    if location == "header":
        return exchange.header(name)
    if location == "query":
        return [unquote_plus(v) for k, v in query_pairs(exchange.query) if k == name]
    return [v for k, v in cookies(exchange) if k == name]


def cookies(exchange: Exchange) -> list[tuple[str, str]]:
    """Return the pairs of the Cookie header, raw."""
    pairs = [pair.strip().partition("=") for text in exchange.header("cookie") for pair in text.split(";")]
    return [(name, value) for name, _, value in pairs]


def compare_presented(presented: Any, names: frozenset[str], sent: frozenset[str], schemes: Schemes) -> str:
    """Return what is wrong with the credentials that `authenticate` was given, as those of the schemes `names`."""
    if set(presented.credentials) != set(names):
        return f"authenticate was given {', '.join(sorted(presented.credentials))}, not {', '.join(sorted(names))}"
    at = {(parameter_key(schemes[name]), kind(schemes[name])): value for name, value in given(sent, schemes).items()}
    for name in names:
        value, found = at.get((parameter_key(schemes[name]), kind(schemes[name]))), presented.credentials[name]
        if value is None:
            continue
        plain = (found.username, found.password) if hasattr(found, "username") else getattr(found, "token", None)
        if (plain or getattr(found, "value", None)) != value:
            return f"authenticate was given other credentials for {name} than were sent"
    return ""
