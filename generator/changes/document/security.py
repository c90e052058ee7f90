"""Comparing the security requirements of operations, and the security schemes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..model import Effect, Place
from ..sets.compared_document import ComparedDocument, as_dict, as_list, dump
from .collector import Collector
from .places import Spot, Uses

Alternative = dict[str, frozenset[str]]
"""One security requirement: schemes that are needed together, with their scopes; empty for anonymous access."""

ANONYMOUS: Alternative = {}


def _holder(document: ComparedDocument, operation: str) -> str:
    """What has the requirements of an operation: itself or the document; empty if none has."""
    holders = (each for each in (operation, "#") if isinstance(document.at(each).get("security"), list))
    return next(holders, "")


def _alternatives(document: ComparedDocument, holder: str) -> list[Alternative]:
    """The alternatives that stand there; no requirement is the anonymous one."""
    found = [
        {str(name): frozenset(map(str, as_list(scopes))) for name, scopes in each.items()}
        for each in (document.at(holder)["security"] if holder else ())
        if isinstance(each, dict)
    ]
    return found or [ANONYMOUS]


def _enough(offered: Alternative, wanted: Alternative) -> bool:
    """Whether credentials made for one alternative satisfy another one."""
    return all(name in offered and scopes <= offered[name] for name, scopes in wanted.items())


def _text(alternative: Alternative) -> str:
    return " with ".join(f"`{name}`" for name in alternative) or "no credentials"


def compare_security(collector: Collector, operation: str, old: str, new: str) -> None:
    """Compare the effective requirements of one operation, given both pointers."""
    holders = _holder(collector.old, old), _holder(collector.new, new)
    if not any(holders):
        return
    if "#" in holders and holders != ("#", "#"):  # each operation has changes of its own
        collector.again("#", "#", "security")
    # Without requirements the operation stands for them.
    where = (f"{holders[0]}/security" if holders[0] else old, f"{holders[1]}/security" if holders[1] else new)
    place = Place(operation=operation, part="security")
    collector.shared("security", *where, place, partial(_requirements, collector, where, holders))


def _requirements(collector: Collector, where: tuple[str, str], holders: tuple[str, str], spot: Spot) -> None:
    before, after = _alternatives(collector.old, holders[0]), _alternatives(collector.new, holders[1])
    if before == after:
        return
    prefix = "api-global-security" if {*holders} <= {"#", ""} else "api-security"
    add = partial(collector.add, place=spot, where=where)
    if ANONYMOUS in before and ANONYMOUS not in after:
        wanted = " or ".join(_text(each) for each in after)
        add(f"{prefix}-added", "narrower", f"Credentials are now needed: {wanted}.")
    elif ANONYMOUS in after and ANONYMOUS not in before:
        add(f"{prefix}-removed", "wider", "Credentials are no longer needed.")
    else:
        _each(add, prefix, before, after)


def _each(add: Callable[..., None], prefix: str, before: list[Alternative], after: list[Alternative]) -> None:
    twins, olds = _by_schemes(after), _by_schemes(before).keys()
    there = {frozenset(each.items()) for each in after}
    firsts: dict[str, list[Alternative]] = {}
    for each in after:
        firsts.setdefault(next(iter(each), ""), []).append(each)
    for each in before:
        if frozenset(each) not in twins:
            kept = any(_enough(each, other) for name in ("", *each) for other in firsts.get(name, ()))
            effect: Effect = "none" if kept else "narrower"
            message = f"{_text(each)} is no longer an alternative of the credentials that are accepted."
            add(f"{prefix}-removed", effect, message, detail=_text(each))
        elif frozenset(each.items()) not in there:
            _scopes(add, prefix, each, twins[frozenset(each)][0])
    for other in after:
        if frozenset(other) not in olds:
            message = f"{_text(other)} is a new alternative of the credentials that are accepted."
            add(f"{prefix}-added", "wider", message, detail=_text(other))


def _by_schemes(alternatives: list[Alternative]) -> dict[frozenset[str], list[Alternative]]:
    found: dict[frozenset[str], list[Alternative]] = {}
    for each in alternatives:
        found.setdefault(frozenset(each), []).append(each)
    return found


def _scopes(add: Callable[..., None], prefix: str, old: Alternative, new: Alternative) -> None:
    for name, scopes in old.items():
        for scope in sorted(new[name] - scopes):
            message = f"The scope `{scope}` of `{name}` is now needed."
            add(f"{prefix}-scope-added", "narrower", message, detail=f"{name} {scope}")
        for scope in sorted(scopes - new[name]):
            message = f"The scope `{scope}` of `{name}` is no longer needed."
            add(f"{prefix}-scope-removed", "wider", message, detail=f"{name} {scope}")


class Users:
    """The operations that need each security scheme, by what has their requirements."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._known: dict[str, Uses] = {}
        self._spots: dict[str, list[Spot]] = {}

    def note(self, operation: str, pointer: str) -> None:
        """Note an operation, which stands at a pointer into the new document."""
        holder = _holder(self._collector.new, pointer)
        known = self._known.get(holder)
        uses = self._collector.used(Place(operation=operation, part="security"), known)
        if known is None:
            self._known[holder] = uses
            for name in {name for each in _alternatives(self._collector.new, holder) for name in each}:
                self._spots.setdefault(name, []).append(Spot(uses))

    def of(self, scheme: str) -> list[Spot]:
        """The operations that need a scheme; none if nobody does."""
        return self._spots.get(scheme, [])


def compare_schemes(collector: Collector, users: Users) -> None:
    """Compare the declared security schemes; `users` are those on both documents."""
    olds, news = (document.entries("#", "components", "securitySchemes") for document in (collector.old, collector.new))
    for name in olds | news:
        where = olds.get(name, "#/components"), news.get(name, "#/components")
        add = partial(_add, collector, users.of(name), where)
        if name not in news:
            add("removed", "none", f"The security scheme `{name}` is no longer declared.")
        elif name not in olds:
            add("added", "none", f"The security scheme `{name}` is new.")
        elif not collector.same(*where):
            _scheme(add, name, collector.old.at(where[0]), collector.new.at(where[1]))


def _add(
    collector: Collector, users: list[Spot], where: tuple[str, str], kind: str, effect: Effect, message: str
) -> None:
    """Add a change of a scheme, with the operations that use it as its places; it has no effect if there are none."""
    identifier = f"api-security-component-{kind}"
    places: Sequence[Place | Spot] = users or [Place(operation="")]
    for place in places:
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
