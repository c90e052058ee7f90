"""Security requirements that name a scheme by its address (OpenAPI 3.2, section 4.30), named as the component is called."""

from __future__ import annotations

from typing import Any

from ..pointer import copy, from_fragment, split
from .objects import walk

PREFIX = "#/components/securitySchemes/"


def by_name(root: dict[str, Any]) -> dict[str, Any]:
    """Give a document whose requirements name components; one that has a component of such a name means that."""
    schemes = (
        (root.get("components") or {}).get("securitySchemes") if isinstance(root.get("components"), dict) else None
    )
    declared = schemes if isinstance(schemes, dict) else {}
    found: dict[str, Any] = copy(root)
    for node in walk(found):
        if node.kind == "requirement" and any(name.startswith(PREFIX) for name in node.value):
            names = {name: split(from_fragment(name))[-1] for name in node.value if name.startswith(PREFIX)}
            meant = {key: name for key, name in names.items() if key not in declared and name in declared}
            renamed = {meant.get(key, key): scopes for key, scopes in node.value.items()}
            node.value.clear()
            node.value.update(renamed)
    return found
