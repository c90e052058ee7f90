"""Security requirements that name a scheme by its address (OpenAPI 3.2, section 4.30), named as the component is called."""

from __future__ import annotations

from typing import Any

from ..pointer import copy, from_fragment, split
from .objects import walk

PREFIX = "#/components/securitySchemes/"


def by_name(root: dict[str, Any]) -> dict[str, Any]:
    """Give a document whose requirements name components; one that has a component of such a name means that.

    Scopes of a scheme that is named twice are joined: both are needed.
    """
    schemes = (
        (root.get("components") or {}).get("securitySchemes") if isinstance(root.get("components"), dict) else None
    )
    declared = schemes if isinstance(schemes, dict) else {}
    found: dict[str, Any] = copy(root)
    for node in walk(found):
        if node.kind != "requirement" or not any(name.startswith(PREFIX) for name in node.value):
            continue
        if all(isinstance(scopes, list) for scopes in node.value.values()):  # others are refused as they are written
            meant: dict[str, list[Any]] = {}
            for key, scopes in node.value.items():
                listed = meant.setdefault(_component(key, declared), [])
                known = {scope for scope in listed if isinstance(scope, str)}
                listed += [scope for scope in scopes if not isinstance(scope, str) or scope not in known]
            node.value.clear()
            node.value.update(meant)
    return found


def _component(name: str, declared: dict[str, Any]) -> str:
    """Give the component that a name or an address means; what means none stays as it is."""
    tokens = split(from_fragment(name)) if name.startswith(PREFIX) and name not in declared else ()
    return tokens[2] if len(tokens) == 3 and tokens[2] in declared else name
