"""What the OpenAPI schemas refuse: each violation reduced to its deepest cause.

The schemas are those that openapi-spec-validator carries, run by jsonschema-rs. Its Python layer is not used: that
takes quadratic time, recurses without end on legitimate documents, runs backtracking patterns of the document, and
loses the path of most errors. What it checks beyond the schemas is in rules.py; a test holds both against it.
"""

from __future__ import annotations

import difflib
import functools
import importlib.resources
import importlib.util
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ..disk import read_text
from ..pointer import Tokens, child
from ..records import record

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# The OpenAPI keywords of a schema in 3.1 and 3.2 (3.1.1, section 4.8.24.2: the OAS base vocabulary).
_BASE_VOCABULARY = {
    "discriminator": {
        "type": "object",
        "properties": {
            "propertyName": {"type": "string"},
            "mapping": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "required": ["propertyName"],
    },
    "xml": {"type": "object"},
    "externalDocs": {"$ref": "#/$defs/external-documentation"},
}
_SHOWN = 60  # characters of a value that a message shows


@record(kw_only=True)
class Violation:
    """One value that the schema refuses. ``path`` leads to the value that is to be changed.

    ``keyword`` is the JSON Schema keyword; ``detail`` what it says: the missing member's name (required), the expected
    types (type), the accepted values (enum), the format (format)…; ``known`` the members that the object may have.
    """

    path: Tokens
    keyword: str
    detail: Any
    value: Any
    known: tuple[str, ...] = ()


def violations(root: Any, version: tuple[int, int]) -> list[Violation]:
    """Hold a tree against the schema of its OpenAPI version; empty where it is valid."""
    validator, schema = _validator(version)
    if validator.is_valid(root):
        return []
    found: dict[tuple[Tokens, str, str], Violation] = {}
    for error in validator.iter_errors(root):
        for cause in _causes(error):
            for violation in _explain(cause, schema, root):
                choice = violation.keyword == "enum"
                key = (violation.path, violation.keyword, "" if choice else repr(violation.detail))
                before = found.setdefault(key, violation)
                if choice and before is not violation:
                    options = list(dict.fromkeys([*before.detail, *violation.detail]))
                    found[key] = replace(before, detail=options)
    return _without_consequences(found.values())


@functools.cache
def _validator(version: tuple[int, int]) -> tuple[Any, Any]:
    import jsonschema_rs

    schema = json.loads(_schema_text(version))
    if version == (3, 0):
        # Components whose names have other characters are left unseen by the schema: they count all the same.
        for section in schema["definitions"]["Components"]["properties"].values():
            section["additionalProperties"] = next(iter(section.pop("patternProperties").values()))
    if version >= (3, 1):
        # The schema leaves Schema Objects open; every $dynamicRef of the JSON Schema dialect comes back to this one.
        schema["$defs"]["schema"] = {"$dynamicAnchor": "meta", "$ref": _DIALECT, "properties": _BASE_VOCABULARY}
    return jsonschema_rs.validator_for(schema, offline=True), schema


def _schema_text(version: tuple[int, int]) -> str:
    # A module that is made and not run: to import the package takes longer than all of our checking.
    spec = importlib.util.find_spec("openapi_spec_validator")
    if spec is None:
        raise RuntimeError("openapi-spec-validator is not installed")
    schemas = importlib.resources.files(importlib.util.module_from_spec(spec)) / "resources" / "schemas"
    return read_text(schemas / f"v{version[0]}.{version[1]}" / "schema.json")


def members_of(version: tuple[int, int], name: str) -> frozenset[str]:
    """List the members that an object may have in a version from 3.1 on; `name` as its schema has it, "" for the document."""
    schema = json.loads(_schema_text(version))
    found = schema["$defs"].get(name, {}) if name else schema
    return frozenset(found.get("properties", ()))


def _causes(error: Any) -> list[Any]:
    """Follow oneOf and anyOf down the branch that the value was meant for."""
    branches = getattr(error.kind, "context", None)
    if error.kind.name not in {"oneOf", "anyOf"} or not branches:
        return [error]
    reduced = [[cause for part in branch for cause in _causes(part)] for branch in branches if branch]
    if not reduced:
        return [error]
    here = list(error.instance_path)
    best = max(reduced, key=lambda causes: _likeness(causes, here))
    if _likeness(best, here)[0] == 0:
        return [error]
    # A value that decides between the branches has as many accepted values as all of them together.
    deciding = {tuple(cause.instance_path) for cause in best if cause.kind.name == "enum"}
    others = [cause for causes in reduced if causes is not best for cause in causes]
    return best + [part for part in others if part.kind.name == "enum" and tuple(part.instance_path) in deciding]


# What is wrong with the value as a whole: keyword → what is missing or too much → level, see _likeness.
_LEVELS: dict[str, dict[str, int]] = {
    "type": {"": 0},
    "required": {"$ref": 0, "schema": 1, "content": 1},
    "additionalProperties": {"$ref": 0},
    "unevaluatedProperties": {"$ref": 0},
}


def _likeness(causes: list[Any], here: list[str | int]) -> tuple[int, int, int]:
    """Say how far a value got in a branch: 0 means that it is something else altogether."""
    level = 2
    for cause in causes:
        path, kind = list(cause.instance_path), cause.kind
        if path == here:
            level = min(level, _LEVELS.get(kind.name, {}).get(_subject(kind), 2))
        elif path[:-1] == here and path and path[-1] in {"in", "type"} and kind.name in {"enum", "const"}:
            level = min(level, 1)
    return level, max(len(cause.instance_path) for cause in causes), -len(causes)


def _subject(kind: Any) -> str:
    if kind.name == "required":
        return str(kind.property)
    return "$ref" if "$ref" in getattr(kind, "unexpected", ()) else ""


def _explain(error: Any, schema: Any, root: Any) -> Iterator[Violation]:
    """Turn an error of the validator into violations, each with the path of what is to be changed."""
    kind, path = error.kind, _path(error.instance_path, root)
    name = kind.name
    if name in {"additionalProperties", "unevaluatedProperties"}:
        known = _known(schema, error.schema_path[:-1])
        for member in kind.unexpected:
            yield Violation(path=(*path, member), keyword="unknown", detail=member, value=None, known=known)
    elif name == "propertyNames":
        bad = str(kind.error.instance)
        yield Violation(path=(*path, bad), keyword="name", detail=bad, value=bad)
    else:
        detail = None if name in {"oneOf", "anyOf"} else kind.value
        yield Violation(path=path, keyword=name, detail=detail, value=error.instance)


def _path(given: Iterable[str | int], root: Any) -> Tokens:
    """Read the validator's path to a value: it has 5 for a member called "5", "05" or "+5", and leaves "" out."""
    path: list[str] = []
    node = root
    for token in given:
        name = _spelt(node, token)
        while name is None and isinstance(node, dict) and "" in node:
            path.append("")
            node = node[""]
            name = _spelt(node, token)
        if name is None:
            break
        path.append(name)
        node = child(node, name)
    return tuple(path)


def _spelt(node: Any, token: str | int) -> str | None:
    """Find what a member or an item is called."""
    name = str(token)
    if isinstance(node, list):
        return name if isinstance(token, int) and token < len(node) else None
    if not isinstance(node, dict) or name in node:
        return name if isinstance(node, dict) else None
    return next((key for key in node if re.fullmatch("[+]?[0-9]+", key) and int(key) == token), None)


def _known(schema: Any, path: list[str | int]) -> tuple[str, ...]:
    node = schema
    for token in path:
        try:
            node = node[token]
        except (KeyError, IndexError, TypeError):
            return ()
    return tuple(node.get("properties", ())) if isinstance(node, dict) else ()


def _without_consequences(found: Iterable[Violation]) -> list[Violation]:
    """Leave out what only follows from another violation of the same value."""
    kept = list(found)
    mistyped = {violation.path for violation in kept if violation.keyword == "type"}
    kept = [part for part in kept if not (part.keyword in {"enum", "const"} and part.path in mistyped)]
    nowhere = {part.path for part in kept if part.keyword == "required" and part.detail == "in"}
    kept = [part for part in kept if part.path not in nowhere or part.detail in {"in", "name"}]
    broken = {violation.path for violation in kept if violation.keyword in {"enum", "const", "type"}}
    kept = [  # what a security scheme needs depends on its type
        part
        for part in kept
        if not (part.keyword == "required" and "securitySchemes" in part.path and (*part.path, "type") in broken)
    ]
    return [
        violation
        for violation in kept
        # A parameter `in: body` has no schema of its own kind; a wrong `type` of a security scheme matches no variant.
        if not (
            violation.keyword in {"oneOf", "anyOf", "not"}
            and broken & {(*violation.path, "in"), (*violation.path, "type")}
        )
    ]


def describe(violation: Violation) -> tuple[str, str]:
    """Put a violation into words: the message and a hint (empty text for none)."""
    detail, name = violation.detail, violation.path[-1] if violation.path else "the document"
    shown = show_value(violation.value)
    keyword = violation.keyword
    if keyword == "unknown":
        close = difflib.get_close_matches(str(detail), violation.known, n=1)
        return f'"{_cut(str(detail))}" is not known here', f'did you mean "{close[0]}"?' if close else ""
    if keyword == "name" and violation.path[-2:-1] == ("additionalOperations",):
        return f'"{_cut(str(detail))}" is no HTTP method, or one that has a member of its own', ""
    if keyword == "name":
        return f'the name "{_cut(str(detail))}" has other characters than A-Z a-z 0-9 . - _', ""
    if keyword == "required":
        return f'"{detail}" is missing', ""
    if keyword == "type":
        types = " or ".join(map(_article, detail))
        return f'"{name}" must be {types}, not {shown}', _quotes(violation)
    if keyword in {"enum", "const"}:
        options = [str(option) for option in (detail if keyword == "enum" else [detail])]
        if violation.value is None and "null" in options:
            return '"type" has null where the text "null" is meant', 'quote it: "null"'
        close = difflib.get_close_matches(str(violation.value), options, n=1, cutoff=0.5)
        listed = ", ".join(show_value(option) for option in options)
        return f'"{name}" is {shown}; it must be {listed}', f'did you mean "{close[0]}"?' if close else ""
    return _describe_rest(violation, str(name), shown)


def _quotes(violation: Violation) -> str:
    """The hint about a number in the place of a string: YAML takes a version without quotes for one."""
    if list(violation.detail) != ["string"] or type(violation.value) not in (int, float):
        return ""
    return f'write "{violation.value}.0"' if violation.path == ("openapi",) else "put it in quotes"


def _describe_rest(violation: Violation, name: str, shown: str) -> tuple[str, str]:
    keyword, detail = violation.keyword, violation.detail
    texts = {
        "format": f'"{name}" is {shown}, which is not a valid {detail}',
        "uniqueItems": f'"{name}" holds a value twice',
        "minItems": f'"{name}" must not be empty',
        "minProperties": f'"{name}" must not be empty',
        "maxProperties": f'"{name}" must have {detail} member at most',
        "minimum": f'"{name}" is {shown}; it must be at least {detail}',
        "exclusiveMinimum": f'"{name}" is {shown}; it must be above {detail}',
        "pattern": f'"{name}" is {shown}, which does not have the form {detail}',
        "maxContains": f'"{name}" must hold one parameter at most that is the whole query string',
    }
    if keyword == "pattern" and violation.path == ("openapi",):
        return f'"openapi" is {shown}; it must have three numbers, such as "{detail[1]}.{detail[4]}.0"', ""
    if keyword == "not" and "required" in detail:
        quoted = " and ".join(f'"{part}"' for part in detail["required"])
        return f"{quoted} exclude each other", "keep one of them"
    if keyword in {"oneOf", "anyOf"}:
        return _describe_choice(violation, name, shown)
    return texts.get(keyword, f'"{name}" is {shown}, which the OpenAPI schema refuses ({keyword})'), ""


def _describe_choice(violation: Violation, name: str, shown: str) -> tuple[str, str]:
    value = violation.value
    if not isinstance(value, dict):
        return f'"{name}" is {shown}, which is not accepted here', ""
    if "in" in value or not violation.path:
        both = "schema" in value and "content" in value
        message = '"schema" and "content" exclude each other' if both else '"schema" (or "content") is missing'
        return (message, "") if violation.path else ('one of "paths", "components" and "webhooks" is missing', "")
    if "operationRef" in value or "operationId" in value:
        return '"operationRef" and "operationId" exclude each other', "keep one of them"
    return f'"{name}" fits none of the forms that are accepted here', ""


def show_value(value: Any) -> str:
    """Show a value of a document as JSON, shortened."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    return _cut(json.dumps(value, ensure_ascii=False, default=str))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _article(noun: str) -> str:
    if noun == "null":
        return noun
    return f"{'an' if re.match('[aeio]', noun) else 'a'} {noun}"
