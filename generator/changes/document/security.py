"""Comparing the security requirements of operations, and the security schemes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..model import Effect, Place
from ..sets.compared_document import ComparedDocument, as_dict, as_list, dump
from .collector import Collector

Alternative = dict[str, frozenset[str]]
"""One security requirement: schemes that are needed together, with their scopes; empty for anonymous access."""

ANONYMOUS: Alternative = {}


def requirements(document: ComparedDocument, operation: str) -> tuple[str, list[Alternative]]:
    """Where an operation's requirements stand, and the alternatives; no requirement is the anonymous one."""
    for holder in (operation, "#"):
        raw = document.root if holder == "#" else document.at(holder)
        listed = raw.get("security")
        if isinstance(listed, list):
            found = [
                {str(name): frozenset(map(str, as_list(scopes))) for name, scopes in each.items()}
                for each in listed
                if isinstance(each, dict)
            ]
            return f"{holder}/security", found or [ANONYMOUS]
    return "", [ANONYMOUS]


def _enough(offered: Alternative, wanted: Alternative) -> bool:
    """Whether credentials made for one alternative satisfy another one."""
    return all(name in offered and scopes <= offered[name] for name, scopes in wanted.items())


def _text(alternative: Alternative) -> str:
    return " with ".join(f"`{name}`" for name in alternative) or "no credentials"


def compare_security(collector: Collector, operation: str, old: str, new: str) -> None:
    """Compare the effective requirements of one operation, given both pointers."""
    before_at, before = requirements(collector.old, old)
    after_at, after = requirements(collector.new, new)
    if before == after:
        return
    prefix = "api-global-security" if {before_at, after_at} <= {"#/security", ""} else "api-security"
    place = Place(operation=operation, part="security")
    where = (before_at or old, after_at or new)
    if ANONYMOUS in before and ANONYMOUS not in after:
        wanted = " or ".join(_text(each) for each in after)
        collector.add(f"{prefix}-added", "narrower", f"Credentials are now needed: {wanted}.", place, where=where)
        return
    if ANONYMOUS in after and ANONYMOUS not in before:
        collector.add(f"{prefix}-removed", "wider", "Credentials are no longer needed.", place, where=where)
        return
    _alternatives(collector, prefix, place, where, before, after)


def _alternatives(
    collector: Collector,
    prefix: str,
    place: Place,
    where: tuple[str, str],
    before: list[Alternative],
    after: list[Alternative],
) -> None:
    for each in before:
        twins = [other for other in after if other.keys() == each.keys()]
        if twins:
            if each not in twins:
                _scopes(collector, prefix, place, where, each, twins[0])
            continue
        effect: Effect = "none" if any(_enough(each, other) for other in after) else "narrower"
        message = f"{_text(each)} is no longer an alternative of the credentials that are accepted."
        collector.add(
            f"{prefix}-removed", effect, message[:1].upper() + message[1:], place, detail=_text(each), where=where
        )
    for other in after:
        if not any(other.keys() == each.keys() for each in before):
            title = _text(other)
            message = f"{title[:1].upper()}{title[1:]} is a new alternative of the credentials that are accepted."
            collector.add(f"{prefix}-added", "wider", message, place, detail=_text(other), where=where)


def _scopes(
    collector: Collector, prefix: str, place: Place, where: tuple[str, str], each: Alternative, twin: Alternative
) -> None:
    for name, scopes in each.items():
        for scope in sorted(twin[name] - scopes):
            message = f"The scope `{scope}` of `{name}` is now needed."
            collector.add(f"{prefix}-scope-added", "narrower", message, place, detail=f"{name} {scope}", where=where)
        for scope in sorted(scopes - twin[name]):
            message = f"The scope `{scope}` of `{name}` is no longer needed."
            collector.add(f"{prefix}-scope-removed", "wider", message, place, detail=f"{name} {scope}", where=where)


def used_schemes(document: ComparedDocument, operation: str) -> Iterable[str]:
    """The names of the schemes that an operation's requirements mention."""
    return {name for alternative in requirements(document, operation)[1] for name in alternative}


def compare_schemes(collector: Collector, users: Mapping[str, list[str]]) -> None:
    """Compare the declared security schemes; `users` are the operations that use each on both documents."""
    olds, news = _schemes(collector.old), _schemes(collector.new)
    for name in olds | news:
        places = [Place(operation=operation, part="security") for operation in users.get(name, ())]
        if name not in news:
            message = f"The security scheme `{name}` is no longer declared."
            _all(collector, "api-security-component-removed", "none", message, places, olds[name], "#/components")
        elif name not in olds:
            message = f"The security scheme `{name}` is new."
            _all(collector, "api-security-component-added", "none", message, places, "#/components", news[name])
        elif not collector.same(olds[name], news[name]):
            _scheme(collector, name, places, olds[name], news[name])


def _schemes(document: ComparedDocument) -> dict[str, str]:
    names = document.section("components", "securitySchemes")
    found = {name: document.follow(document.top("components", "securitySchemes", name)) for name in names}
    return {name: pointer for name, pointer in found.items() if isinstance(document.at(pointer), dict)}


def _all(
    collector: Collector, identifier: str, effect: Effect, message: str, places: list[Place], old: str, new: str
) -> None:
    for place in places or [Place(operation="")]:
        collector.add(identifier, effect if places else "none", message, place, where=(old, new), detail=message)


def _scheme(collector: Collector, name: str, places: list[Place], old: str, new: str) -> None:
    before, after = collector.old.at(old), collector.new.at(new)
    for key in ("type", "in", "name", "scheme"):
        a, b = before.get(key), after.get(key)
        if isinstance(a, str) and isinstance(b, str) and key == "scheme":
            a, b = a.lower(), b.lower()  # RFC 9110, section 11.1
        if a != b:
            message = f"The member `{key}` of the security scheme `{name}` changed from {dump(a)} to {dump(b)}."
            _all(collector, f"api-security-component-{key}-changed", "different", message, places, old, new)
    if before.get("openIdConnectUrl") != after.get("openIdConnectUrl"):
        message = f"The discovery address of the security scheme `{name}` changed."
        _all(collector, "api-security-component-open-id-connect-url-changed", "none", message, places, old, new)
    flows = [raw.get("flows") if isinstance(raw.get("flows"), dict) else {} for raw in (before, after)]
    for flow in flows[0] | flows[1]:
        _flow(collector, (name, flow), places, (old, new), (flows[0].get(flow), flows[1].get(flow)))


def _flow(
    collector: Collector, names: tuple[str, str], places: list[Place], where: tuple[str, str], flows: tuple[Any, Any]
) -> None:
    title = f"the flow `{names[1]}` of the security scheme `{names[0]}`"
    before, after = flows
    if not isinstance(before, dict) or not isinstance(after, dict):
        action = "added" if isinstance(after, dict) else "removed"
        effect: Effect = "wider" if action == "added" else "narrower"
        message = f"{title[:1].upper()}{title[1:]} was {action}."
        _all(collector, f"api-security-component-oauth-flow-{action}", effect, message, places, *where)
        return
    for key, kind in (("authorizationUrl", "oauth-url"), ("tokenUrl", "oauth-token-url")):
        if before.get(key) != after.get(key):
            message = f"The member `{key}` of {title} changed."
            _all(collector, f"api-security-component-{kind}-changed", "none", message, places, *where)
    olds, news = as_dict(before.get("scopes")), as_dict(after.get("scopes"))
    for scope in olds | news:
        action = "removed" if scope not in news else "added" if scope not in olds else "changed"
        if action != "changed" or olds[scope] != news[scope]:
            message = f"The scope `{scope}` of {title} was {action}."
            _all(collector, f"api-security-component-oauth-scope-{action}", "none", message, places, *where)
