"""Changes that no Python type can tell: another value of a bound of a plain text or number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .sets.compared_document import dump

_LENGTHS, _RANGES = ("minLength", "maxLength"), ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_BOUNDS = {"string": _LENGTHS, "integer": _RANGES, "number": _RANGES}
_BESIDE = frozenset(("type", "nullable", "description", "title", "example", "examples", "deprecated"))

Path = tuple[str | int, ...]


def same_types(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether the packages of two documents have the same types, as their documents differ in a few bounds only.

    Such a bound stands in a component, or in properties and items below it, beside nothing but a type and words; and it
    leaves no other bound of the document without a value. False says nothing: the packages have to be compared then.
    """
    patched = old
    for path in _differences(old, new):
        if not _is_bound(old, path) or not _is_bound(new, path):
            return False
        before, after = _at(old, path), _at(new, path)
        if not all(_leaves_values(root, str(path[-1]), (before, after)) for root in (old, new)):
            return False
        patched = _with(patched, path, after)
    return patched is not old and dump(patched) == dump(new)  # `==` takes 1 for True


def same_order(old: Any, new: Any) -> bool:
    """Whether the members of objects that stand in the same place of two documents have the same names in the same order."""
    pending = [(old, new)]
    while pending:
        one, other = pending.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            if list(one) != list(other):
                return False
            pending += zip(one.values(), other.values(), strict=True)
        elif isinstance(one, list) and isinstance(other, list):
            pending += zip(one, other, strict=False)
    return True


def _differences(old: Any, new: Any, path: Path = ()) -> Iterator[Path]:
    """Find the places at which two documents differ; the places of members, where both have the same."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for key, value in old.items():
            if value != new[key]:
                yield from _differences(value, new[key], (*path, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            if one != other:
                yield from _differences(one, other, (*path, index))
    else:
        yield path


def _is_bound(root: dict[str, Any], path: Path) -> bool:
    """Whether a place is that of a bound of a plain text or number, by the schemas around it."""
    if path[:2] != ("components", "schemas") or len(path) < 4:
        return False
    rest = list(path[3:-1])
    while rest:
        step = rest.pop(0)
        if step == "properties" and rest:
            rest.pop(0)
        elif step != "items":
            return False
    schema = _at(root, path[:-1])
    named = schema.get("type") if isinstance(schema, dict) else None
    types = [one for one in (named if isinstance(named, list) else [named]) if one != "null"]
    kinds = _BOUNDS.get(types[0], ()) if len(types) == 1 and isinstance(types[0], str) else ()
    return (
        path[-1] in kinds
        and schema.keys() <= {*_BESIDE, *kinds}
        and all(_is_number(schema[kind], whole=kinds == _LENGTHS) for kind in kinds if kind in schema)
    )


def _is_number(value: Any, *, whole: bool = False) -> bool:
    return isinstance(value, int if whole else int | float) and not isinstance(value, bool)


def _leaves_values(root: dict[str, Any], bound: str, values: tuple[float, float]) -> bool:
    """Whether values of a bound are on the right side of all bounds of the document that they may meet."""
    upper = bound.startswith(("max", "exclusiveMax"))
    family = _LENGTHS if bound in _LENGTHS else _RANGES
    met = list(_numbers(root, {one for one in family if one.startswith(("min", "exclusiveMin")) is upper}))
    if upper:
        return min(values) > max(met, default=0)
    return min(values) >= 0 and max(values) < min(met, default=max(values) + 1)


def _numbers(value: Any, names: set[str]) -> Iterator[float]:
    """Find the numbers that members of some names have, wherever they stand."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            yield from (one[name] for name in names & one.keys() if _is_number(one[name]))
            pending += one.values()
        elif isinstance(one, list):
            pending += one


def _at(root: Any, path: Path) -> Any:
    for step in path:
        root = root[step]
    return root


def _with(root: Any, path: Path, value: Any) -> Any:
    """Give a copy with another value at a place; all else is shared."""
    if not path:
        return value
    copy: Any = list(root) if isinstance(root, list) else dict(root)
    copy[path[0]] = _with(root[path[0]], path[1:], value)
    return copy
