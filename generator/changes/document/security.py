"""Comparing the security requirements of operations, and the security schemes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
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
        listed = document.at(holder).get("security")
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
    where = (before_at or old, after_at or new)
    add = partial(collector.add, place=Place(operation=operation, part="security"), where=where)
    if ANONYMOUS in before and ANONYMOUS not in after:
        wanted = " or ".join(_text(each) for each in after)
        add(f"{prefix}-added", "narrower", f"Credentials are now needed: {wanted}.")
    elif ANONYMOUS in after and ANONYMOUS not in before:
        add(f"{prefix}-removed", "wider", "Credentials are no longer needed.")
    else:
        _alternatives(add, prefix, before, after)


def _alternatives(add: Callable[..., None], prefix: str, before: list[Alternative], after: list[Alternative]) -> None:
    for each in before:
        twins = [other for other in after if other.keys() == each.keys()]
        if not twins:
            effect: Effect = "none" if any(_enough(each, other) for other in after) else "narrower"
            message = f"{_text(each)} is no longer an alternative of the credentials that are accepted."
            add(f"{prefix}-removed", effect, message, detail=_text(each))
        elif each not in twins:
            _scopes(add, prefix, each, twins[0])
    for other in after:
        if not any(other.keys() == each.keys() for each in before):
            message = f"{_text(other)} is a new alternative of the credentials that are accepted."
            add(f"{prefix}-added", "wider", message, detail=_text(other))


def _scopes(add: Callable[..., None], prefix: str, old: Alternative, new: Alternative) -> None:
    for name, scopes in old.items():
        for scope in sorted(new[name] - scopes):
            message = f"The scope `{scope}` of `{name}` is now needed."
            add(f"{prefix}-scope-added", "narrower", message, detail=f"{name} {scope}")
        for scope in sorted(scopes - new[name]):
            message = f"The scope `{scope}` of `{name}` is no longer needed."
            add(f"{prefix}-scope-removed", "wider", message, detail=f"{name} {scope}")


def used_schemes(document: ComparedDocument, operation: str) -> Iterable[str]:
    """The names of the schemes that an operation's requirements mention."""
    return {name for alternative in requirements(document, operation)[1] for name in alternative}


def compare_schemes(collector: Collector, users: Mapping[str, list[str]]) -> None:
    """Compare the declared security schemes; `users` are the operations that use each on both documents."""
    olds, news = (document.entries("#", "components", "securitySchemes") for document in (collector.old, collector.new))
    for name in olds | news:
        where = olds.get(name, "#/components"), news.get(name, "#/components")
        add = partial(_add, collector, users.get(name, []), where)
        if name not in news:
            add("removed", "none", f"The security scheme `{name}` is no longer declared.")
        elif name not in olds:
            add("added", "none", f"The security scheme `{name}` is new.")
        elif not collector.same(*where):
            _scheme(add, name, collector.old.at(where[0]), collector.new.at(where[1]))


def _add(
    collector: Collector, users: list[str], where: tuple[str, str], kind: str, effect: Effect, message: str
) -> None:
    """Add a change of a scheme, with the operations that use it as its places; it has no effect if there are none."""
    identifier = f"api-security-component-{kind}"
    for place in [Place(operation=operation, part="security") for operation in users] or [Place(operation="")]:
        collector.add(identifier, effect if users else "none", message, place, where=where, detail=message)


def _scheme(add: Callable[[str, Effect, str], None], name: str, before: Any, after: Any) -> None:
    for key in ("type", "in", "name", "scheme"):
        a, b = before.get(key), after.get(key)
        caseless = key == "scheme" or (key == "name" and before.get("in") == after.get("in") == "header")
        if isinstance(a, str) and isinstance(b, str) and caseless:
            a, b = a.lower(), b.lower()  # RFC 9110, sections 5.1 and 11.1
        if a != b:
            message = f"The member `{key}` of the security scheme `{name}` changed from {dump(a)} to {dump(b)}."
            add(f"{key}-changed", "different", message)
    if before.get("openIdConnectUrl") != after.get("openIdConnectUrl"):
        message = f"The discovery address of the security scheme `{name}` changed."
        add("open-id-connect-url-changed", "none", message)
    olds, news = as_dict(before.get("flows")), as_dict(after.get("flows"))
    for flow in olds | news:
        _flow(add, f"the flow `{flow}` of the security scheme `{name}`", olds.get(flow), news.get(flow))


def _flow(add: Callable[[str, Effect, str], None], title: str, before: Any, after: Any) -> None:
    if not isinstance(before, dict) or not isinstance(after, dict):
        action = "added" if isinstance(after, dict) else "removed"
        effect: Effect = "wider" if action == "added" else "narrower"
        add(f"oauth-flow-{action}", effect, f"{title[:1].upper()}{title[1:]} was {action}.")
        return
    for key, kind in (("authorizationUrl", "oauth-url"), ("tokenUrl", "oauth-token-url")):
        if before.get(key) != after.get(key):
            add(f"{kind}-changed", "none", f"The member `{key}` of {title} changed.")
    olds, news = as_dict(before.get("scopes")), as_dict(after.get("scopes"))
    for scope in olds | news:
        action = "removed" if scope not in news else "added" if scope not in olds else "changed"
        if action != "changed" or olds[scope] != news[scope]:
            add(f"oauth-scope-{action}", "none", f"The scope `{scope}` of {title} was {action}.")
