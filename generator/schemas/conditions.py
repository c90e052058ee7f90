"""Properties of which a schema speaks under a condition only (JSON Schema 2020-12, Core 10.2.2)."""

from __future__ import annotations

from collections.abc import Mapping

from ..pointer import join
from ..records import record
from .normal_form import BESIDE, DEEPEST, Flat, Flattener, PlacedSchema

KEYWORDS = frozenset({"if", "dependentSchemas"})


@record
class Condition:
    """The schemas of a property, of which one applies at a time; `is_settled`: one of them does in each case."""

    schemas: tuple[PlacedSchema, ...]
    is_settled: bool


Found = dict[str, Condition]


class Conditions:
    """Finds the properties that `if`, `then`, `else` and `dependentSchemas` bring into an object."""

    def __init__(self, flattener: Flattener) -> None:
        self._flattener = flattener
        self._known: dict[str, Found] = {}

    def __call__(self, flat: Flat) -> Mapping[str, Condition]:
        """Return the schemas of each property by name; of a closed object nothing, as it has no other properties."""
        if not flat.rest & KEYWORDS or (flat.additional is not None and flat.additional.schema is False):
            return {}
        if flat.pointer not in self._known:
            self._known[flat.pointer] = self._of(flat.node, set(), 0)
        return self._known[flat.pointer]

    def _of(self, node: PlacedSchema, met: set[str], depth: int) -> Found:
        """Look through a schema, its `$ref` and its `allOf`; each schema that applies to the object is looked at once."""
        schema = node.schema
        if not isinstance(schema, dict) or node.pointer in met or depth > DEEPEST:
            return {}
        met.add(node.pointer)
        found: Found = {}
        for part in self._flattener.parts(node):
            _add(found, self._of(part, met, depth + 1))
        below = {
            key: self._under(node, met, depth, key)
            for key in ("if", "then", "else")
            if "if" in schema and key in schema
        }
        if len(below) > 1:
            _add(found, _either(below.get("then", {}), below.get("else", {})))
            _add(found, _maybe(below["if"]))
        dependent = schema.get("dependentSchemas")
        for name in dependent if isinstance(dependent, dict) else ():
            _add(found, _maybe(self._under(node, met, depth, "dependentSchemas", name)))
        return found

    def _under(self, node: PlacedSchema, met: set[str], depth: int, *keys: str) -> Found:
        """Name the properties of a schema that applies under a condition, and those that it has under others."""
        schema = node.schema
        for key in keys:
            schema = schema[key]
        below = self._flattener.node(join(node.pointer.partition(BESIDE)[0], *keys), schema)
        flat = self._flattener.flat(below)
        self._flattener.spend(len(flat.properties), 0, flat.pointer)
        found = {name: Condition((one,), is_settled=True) for name, one in flat.properties.items()}
        if flat.rest & KEYWORDS:
            found = {**self._of(below, met, depth + 1), **found}
        return found


def _either(then: Found, otherwise: Found) -> Found:
    """Join what two cases say, one of which applies."""
    found: Found = {}
    for name in {**then, **otherwise}:
        both = [one[name] for one in (then, otherwise) if name in one]
        schemas = {schema.pointer: schema for one in both for schema in one.schemas}
        found[name] = Condition(
            tuple(schemas.values()), is_settled=len(both) > 1 and all(one.is_settled for one in both)
        )
    return found


def _maybe(one: Found) -> Found:
    return {name: Condition(condition.schemas, is_settled=False) for name, condition in one.items()}


def _add(found: Found, more: Found) -> None:
    """Add what applies as well: of two that are not settled, either may be the one."""
    for name, one in more.items():
        known = found.get(name)
        if known is None or (one.is_settled and not known.is_settled):
            found[name] = one
        elif not known.is_settled:
            schemas = {schema.pointer: schema for schema in (*known.schemas, *one.schemas)}
            found[name] = Condition(tuple(schemas.values()), is_settled=False)
