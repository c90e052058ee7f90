"""Values that hypothesis-jsonschema makes: stranger ones than ours."""

from __future__ import annotations

import json
import re
import warnings
from typing import Any

_LARGEST = 6_000  # characters of a schema; larger ones take too long
# RFC 3339 has leap seconds and the year 0000; Python has neither.
_UNKNOWN = re.compile(r"T\d{2}:\d{2}:60|^\d{2}:\d{2}:60|^0000-", re.IGNORECASE)


def examples(closed: Any, seed: int) -> list[Any]:
    """Return a few values for a schema that holds all that it refers to; none where that is too much to ask."""
    if not isinstance(closed, dict) or len(json.dumps(closed)) > _LARGEST or _is_recursive(closed):
        return []
    try:
        import hypothesis
        from hypothesis import HealthCheck, Phase
        from hypothesis_jsonschema import from_schema
    except ImportError:
        return []
    found: list[Any] = []

    def collect(value: Any) -> None:
        if not _UNKNOWN.search(json.dumps(value)) and value not in found:
            found.append(value)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            run = hypothesis.given(from_schema(closed))(collect)
            run = hypothesis.settings(
                max_examples=8,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )(run)
            hypothesis.seed(seed)(run)()
        except Exception:  # whatever it does not know, or finds to be impossible: ours are there
            return found
    return found[::-1]  # the later ones are the stranger ones


def _is_recursive(closed: dict[str, Any]) -> bool:
    """Tell whether a schema reaches itself."""
    targets = closed.get("$defs", {})
    edges = {name: set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(schema))) for name, schema in targets.items()}
    while leaves := [name for name, reached in edges.items() if not reached & edges.keys()]:
        for name in leaves:
            del edges[name]
    return bool(edges)
