"""Claims about two schemas held against facts: values judged by jsonschema in both versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from jsonschema import Draft202012Validator

from tests.changes.relations import Relation, relation
from tests.changes.schemas import Sampler, mutated, random_schema

Tree = dict[str, Any]
_VERSIONS = ("3.0.3", "3.1.0", "3.1.0")
_MAPS = ("properties", "patternProperties", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = (
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedProperties",
)


class Judge:
    """What jsonschema makes of one schema of a document, in JSON Schema's own terms."""

    def __init__(self, root: Tree, pointer: str, direction: str) -> None:
        components = {name: standard(each, root, direction) for name, each in _schemas(root).items()}
        self._endless = _endless(pointer, components)
        self._validator = Draft202012Validator({"$ref": pointer, "components": {"schemas": components}})

    def accepts(self, value: Any) -> bool | None:
        """Whether the schema accepts the value; None where jsonschema would not come to an end."""
        return None if self._endless else bool(self._validator.is_valid(value))


def _endless(pointer: str, components: Tree) -> bool:
    """Whether a schema leads back to itself for one and the same value."""
    on_the_way: dict[str, bool] = {}  # True while it is looked through

    def visit(name: str) -> bool:
        if name in on_the_way:
            return on_the_way[name]
        on_the_way[name] = True
        found = any(visit(other) for other in _same_value(components.get(name)))
        on_the_way[name] = False
        return found

    names = [pointer.rpartition("/")[2], *components]
    return any(visit(name.replace("~1", "/").replace("~0", "~")) for name in names)


def _same_value(schema: Any) -> Iterator[str]:
    """The components that a schema hands its own value on to."""
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("$ref"), str):
        yield schema["$ref"].rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    below = [each for key in ("allOf", "anyOf", "oneOf") for each in schema.get(key) or ()]
    below += [schema[key] for key in ("not", "if", "then", "else") if key in schema]
    for each in [*below, *(schema.get("dependentSchemas") or {}).values()]:
        yield from _same_value(each)


def _schemas(root: Tree) -> Tree:
    schemas: Tree = (root.get("components") or {}).get("schemas") or {}
    return schemas


def standard(schema: Any, root: Tree, direction: str) -> Any:
    """A schema of OpenAPI 3.0 or 3.1 as JSON Schema 2020-12 has it, as it counts in one direction of travel."""
    if not isinstance(schema, dict):
        return schema
    is_30 = str(root["openapi"]).startswith("3.0")
    if is_30 and "$ref" in schema:
        return {"$ref": schema["$ref"]}
    made = _inside(schema, root, direction)
    _bounds(made)
    if isinstance(made.get("discriminator"), dict) and "oneOf" in made:  # the discriminator picks the branch
        made["anyOf"] = made.pop("oneOf")
    word, other = ("readOnly", "writeOnly") if direction == "request" else ("writeOnly", "readOnly")
    for name, each in (schema.get("properties") or {}).items():
        if _marked(each, word, root) and not _marked(each, other, root):  # it does not travel
            made["properties"] = {**made["properties"], name: True}
            if isinstance(made.get("required"), list):
                made["required"] = [other for other in made["required"] if other != name]
    if is_30 and made.pop("nullable", None) is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made


def _bounds(made: Tree) -> None:
    """Write exclusive bounds as numbers."""
    for end in ("minimum", "maximum"):
        sister = "exclusive" + end.capitalize()
        if made.get(sister) is True and end in made:
            made[sister] = made.pop(end)
        elif isinstance(made.get(sister), bool):
            made.pop(sister)


def _inside(schema: Tree, root: Tree, direction: str) -> Tree:
    """A copy whose subschemas are standard."""
    made = dict(schema)
    for key in _MAPS:
        if isinstance(made.get(key), dict):
            made[key] = {name: standard(each, root, direction) for name, each in made[key].items()}
    for key in _LISTS:
        if isinstance(made.get(key), list):
            made[key] = [standard(each, root, direction) for each in made[key]]
    for key in _SINGLE:
        if key in made:
            made[key] = standard(made[key], root, direction)
    return made


def _marked(schema: Any, word: str, root: Tree) -> bool:
    """Whether a schema, or one that holds together with it, carries the word."""
    todo, seen = [schema], set()
    while todo:
        each = todo.pop()
        if not isinstance(each, dict):
            continue
        if each.get(word) is True:
            return True
        ref = each.get("$ref")
        if isinstance(ref, str):
            todo += [_schemas(root).get(ref.rpartition("/")[2])] if ref not in seen else []
            seen.add(ref)
        else:
            todo += each.get("allOf") or ()
    return False


def contradiction(
    old: Tree, new: Tree, pointer: str, direction: Any, rng: Random, count: int = 40
) -> tuple[Relation, str]:
    """The claim about a schema in two documents, and a value that it is wrong for; empty where none was found."""
    claim = relation(old, new, pointer, direction)
    if claim in {"different", "unknown"}:
        return claim, ""
    before, after = Judge(old, pointer, direction), Judge(new, pointer, direction)
    samplers = Sampler(old, rng), Sampler(new, rng)
    for index in range(count):
        value = samplers[index % 2].value({"$ref": pointer}, 7)
        was, is_ = before.accepts(value), after.accepts(value)
        if was is None or is_ is None:
            continue
        wrong = {"equal": was != is_, "wider": was and not is_, "narrower": is_ and not was}[claim]
        if wrong:
            return claim, f"{claim}, but {value!r} was {was} and is {is_}"
    return claim, ""


def random_pair(seed: int) -> tuple[Tree, Tree]:
    """Two documents of two small schemas that differ by mutations."""
    rng = Random(seed)  # noqa: S311 - repeatable, not secret
    first, second = random_schema(rng, 3), random_schema(rng, 2)
    roll = rng.random()
    changed = mutated(first, rng) if roll < 0.8 else first, mutated(second, rng) if roll > 0.6 else second
    old = rng.choice(_VERSIONS)
    new = old if rng.random() < 0.8 else rng.choice(_VERSIONS)
    return _document((first, second), old), _document(changed, new)


def _document(schemas: tuple[Any, Any], version: str) -> Tree:
    """A document with the schemas S and T."""
    return {"openapi": version, "components": {"schemas": {"S": schemas[0], "T": schemas[1]}}}


def mutated_document(root: Tree, name: str, rng: Random) -> Tree:
    """A copy of a document in which one schema was changed; what refers to S or T refers to schemas that are there."""
    schemas = dict(root["components"]["schemas"])
    text = json.dumps(mutated(schemas[name], rng))
    for random_name in "ST":
        other = rng.choice(sorted(schemas)).replace("~", "~0").replace("/", "~1")
        text = text.replace(f'"#/components/schemas/{random_name}"', json.dumps(f"#/components/schemas/{other}"))
    return {**root, "components": {**root["components"], "schemas": {**schemas, name: json.loads(text)}}}
