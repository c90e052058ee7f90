"""Schemas without references and compositions, as far as making one value needs: one alternative is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..document.merging import Impossible, NoInstance, merge
from ..document.schemas import Schemas
from .choices import Choices


@dataclass(slots=True)
class Resolver:
    """Follows $ref, merges allOf, and chooses one schema of each oneOf and anyOf."""

    schemas: Schemas
    choices: Choices

    def flat(self, schema: Any, depth: int, seen: tuple[str, ...] = (), *, inherited: bool = False) -> dict[str, Any]:
        """Return a schema without $ref, allOf, oneOf and anyOf. Raises NoInstance.

        `seen` are the references on the way here, `inherited` says that this is a part of an allOf.
        """
        self.choices.follow()
        if schema is True or schema == {}:
            return {}
        if not isinstance(schema, Mapping):
            raise Impossible("false fits nothing")
        result = {k: v for k, v in schema.items() if k not in ("$ref", "allOf", "oneOf", "anyOf", "discriminator")}
        if "$ref" in schema:
            if schema["$ref"] in seen:
                raise NoInstance("the schema refers to itself")
            target = self.schemas.resolve(schema["$ref"])
            further = (*seen, schema["$ref"])
            child = None if inherited else self._child(schema["$ref"], target)
            result = merge(self.flat(child or target, depth, further), result)
        for part in schema.get("allOf", ()):
            result = merge(result, self.flat(part, depth, seen, inherited=True))
        for key in ("oneOf", "anyOf"):
            if schema.get(key):
                result = self._choose(schema, key, result, depth, seen)
        return result

    def _choose(
        self, schema: Mapping[str, Any], key: str, result: dict[str, Any], depth: int, seen: tuple[str, ...]
    ) -> dict[str, Any]:
        """Merge one of the alternatives in."""
        order = list(schema[key])
        choices = self.choices
        is_plainest = choices.level(depth) == 0 and choices.mode.index == 0
        if not is_plainest:
            start = (choices.mode.level + choices.mode.index + choices.alternatives) % len(order)
            choices.alternatives += 1
            order = order[start:] + order[:start]
        if is_plainest or choices.use != "json":
            order.sort(key=lambda b: isinstance(b, Mapping) and b.get("type") == "null")
        problem: NoInstance = Impossible("no alternative fits")
        for branch in order:
            try:
                found = merge(result, self.flat(branch, depth, seen))
                return merge(found, self._told_apart(schema, branch, found))
            except NoInstance as error:
                problem = error if isinstance(problem, Impossible) else problem
        raise problem

    def _told_apart(self, schema: Mapping[str, Any], branch: Any, found: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a discriminator asks of the chosen alternative, as a schema (OpenAPI 3.1, 4.8.25)."""
        discriminator = schema.get("discriminator")
        if not isinstance(discriminator, Mapping) or not isinstance(branch, Mapping) or "$ref" not in branch:
            return {}
        name = str(discriminator.get("propertyName"))
        present = found.get("properties", {}).get(name)
        if isinstance(present, Mapping) and ("enum" in present or "const" in present):
            return {"required": [name]}
        key = self._key(discriminator, branch["$ref"])
        return {"properties": {name: {"const": key}}, "required": [name]}

    def _key(self, discriminator: Mapping[str, Any], ref: str) -> str:
        """Return the discriminator's value for a schema: from `mapping`, else the schema's own name."""
        original = self.schemas.original(ref)
        own = original.rpartition("/")[2]
        mapping = discriminator.get("mapping") or {}
        return next((k for k, v in mapping.items() if v in (original, own)), own)

    def _child(self, ref: str, target: Any) -> dict[str, Any] | None:
        """Return a schema that inherits from one with a discriminator, in its place."""
        discriminator = target.get("discriminator") if isinstance(target, Mapping) else None
        if not isinstance(discriminator, Mapping) or "oneOf" in target or "anyOf" in target:
            return None
        name = str(discriminator.get("propertyName"))
        own = self.schemas.original(ref)
        components = (self.schemas.reader.root.get("components") or {}).get("schemas") or {}
        children = [
            self.schemas.reference(f"#/components/schemas/{child.replace('~', '~0').replace('/', '~1')}")
            for child, value in components.items()
            if isinstance(value, Mapping)
            and any(isinstance(p, Mapping) and p.get("$ref") == own for p in value.get("allOf") or ())
        ]
        mapping = discriminator.get("mapping") or {}
        is_mapped = own in mapping.values() or own.rpartition("/")[2] in mapping.values()
        candidates = children if mapping and not is_mapped else [ref, *children]
        if not candidates:
            return None
        mode = self.choices.mode
        chosen = candidates[(mode.index + (self.choices.rng.randrange(8) if mode.level else 0)) % len(candidates)]
        key = self._key(discriminator, chosen)
        target = self.schemas.resolve(chosen)
        return {"allOf": [target, {"properties": {name: {"const": key}}}]}
