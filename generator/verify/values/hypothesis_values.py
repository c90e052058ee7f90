"""Values that hypothesis-jsonschema makes: stranger ones than ours."""

from __future__ import annotations

import contextlib
import json
import math
import re
import warnings
from collections.abc import Callable
from typing import Any

_LARGEST = 6_000  # characters of a schema; larger ones take too long
_LARGEST_WHOLE = 30_000  # the same, with what references lead to in their places: that may be 2^n times as much
_LARGE = re.compile(r'"min(Length|Items|Properties|Contains)": (\d{4}|\d[\d.]*e)')
_REFERENCE = re.compile(r'"#/\$defs/([^"]+)"')
# RFC 3339 has leap seconds and the year 0000; Python has neither.
_UNKNOWN = re.compile(r"T\d{2}:\d{2}:60|^\d{2}:\d{2}:60|^0000-", re.IGNORECASE)


def examples(closed: Any, seed: int) -> list[Any]:
    """Return a few values for a schema that holds all that it refers to; none where that is too much to ask."""
    text = json.dumps(closed)
    # It would run a document's pattern in Python's own engine, for which one text may take for ever.
    if not isinstance(closed, dict) or len(text) > _LARGEST or '"pattern' in text:
        return []
    if _size(closed) > _LARGEST_WHOLE:
        return []
    if _LARGE.search(text):  # it would make values as large as is asked for
        return []
    try:
        from hypothesis_jsonschema import from_schema
    except ImportError:
        return []
    stranger_first = reversed(run(lambda: from_schema(closed), 8, seed))
    return [value for value in stranger_first if not _UNKNOWN.search(json.dumps(value))]


def run(strategy: Callable[[], Any], count: int, seed: int) -> list[Any]:
    """Return different values of a hypothesis strategy, at most `count`; fewer if it fails."""
    import hypothesis

    found: list[Any] = []

    def collect(value: Any) -> None:
        if value not in found:
            found.append(value)

    settings: Any = hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    # Whatever hypothesis does not know, or finds to be impossible: our own values are there.
    with warnings.catch_warnings(), contextlib.suppress(Exception):
        warnings.simplefilter("ignore")
        given: Any = hypothesis.given(strategy())
        hypothesis.seed(seed)(settings(given(collect)))()
    return found


def _size(closed: dict[str, Any]) -> float:
    """Count the characters of a schema with what its references lead to in their places; without a bound if it reaches itself."""
    texts = {name: json.dumps(schema) for name, schema in closed.get("$defs", {}).items()}
    texts[""] = json.dumps({key: value for key, value in closed.items() if key != "$defs"})
    edges = {name: [one for one in _REFERENCE.findall(text) if one in texts] for name, text in texts.items()}
    sizes: dict[str, int] = {}
    while ready := [name for name in edges.keys() - sizes.keys() if sizes.keys() >= set(edges[name])]:
        sizes |= {name: len(texts[name]) + sum(map(sizes.__getitem__, edges[name])) for name in ready}
    return sizes[""] if len(sizes) == len(texts) else math.inf
