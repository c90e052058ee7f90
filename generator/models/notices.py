"""What a document says of its schemas without effect: schemas that nothing fits, `nullable`, defaults, unknown words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from ..diagnostics.diagnostic import MOST, Diagnostic
from ..document.document import Document
from ..pointer import join, split
from ..schemas.acceptance import AcceptedTypes
from ..schemas.json_values import equal
from ..schemas.keywords import ANNOTATIONS, KEYWORDS, OLD_KEYWORDS
from ..schemas.normal_form import Flattener, PlacedSchema
from ..schemas.patterns import judged_names
from ..schemas.satisfiable import Misfit, Satisfiable, referred
from .scalars import FORMATS

_SHOWN = 5  # notices that have the same cause; of others their number
_FOLLOWED = 100  # schemas that are followed to see why one has no value
_GUESSED = 1_000  # unknown words whose guesses are kept
_GUESSES = 200  # required names that are compared with properties
_LONGEST = 30  # characters of a word that may be a keyword, a format or a property
_CANDIDATES = 200  # words that are compared with another one
_FORMATS = frozenset(FORMATS) | frozenset(
    """date-time duration email idn-email hostname idn-hostname uri uri-reference iri iri-reference uri-template
    json-pointer relative-json-pointer regex password binary""".split()
)  # JSON Schema 2020-12, Validation 7.3, and OpenAPI's

_PLAIN = KEYWORDS - {"$ref", "discriminator", "format", "items", "nullable", "patternProperties"}
"""The keywords that are never without effect, whatever they hold."""
_Written = tuple[PlacedSchema, dict[str, Any]]
"""A schema, and what the document has at its place."""


class _Notice(NamedTuple):
    pointer: str
    message: str
    hint: str = ""
    cause: str = ""
    """What such notices have in common; the message, if it is empty."""


def notices(
    document: Document, flattener: Flattener, admits: AcceptedTypes, roots: Iterable[str], formats: Collection[str] = ()
) -> Iterator[Diagnostic]:
    """Say what is without effect in the schemas at some pointers, and in all below them: a few times for each cause.

    `formats` are those with a type of the user's.
    """
    found = Satisfiable(flattener, admits, roots)
    written = list(_written(document, found.nodes.values()))
    causes: dict[str, list[_Notice]] = {}
    for one in (
        *_misfits(found),
        *_words(document, admits, written, formats),
        *_names(flattener, written),
        *_defaults(flattener, found.nodes.values()),
    ):
        key = one.cause or one.message
        if key in causes or len(causes) < MOST:
            causes.setdefault(key, []).append(one)
    for alike in causes.values():
        places = list({one.pointer: one for one in alike}.values())
        shown, more = places[:_SHOWN], len(places) - _SHOWN
        for number, one in enumerate(shown, start=1):
            count = (
                f" (the same in {more:,} other place{'s' if more > 1 else ''})" if more > 0 and number == _SHOWN else ""
            )
            yield document.diagnostic("warning", one.message + count, one.pointer, one.hint)


def _misfits(found: Satisfiable) -> Iterator[_Notice]:
    """Name the schemas that nothing fits by themselves: what only refers to one of them, or needs one, follows from it."""
    listed = {one.pointer: one for one in found.misfits()}
    for one in listed.values():
        if "&" in one.pointer or "!" in one.pointer or referred(found.nodes[one.pointer]):
            continue  # made of others, or said of the target
        if _follows(found, listed, one):
            continue
        why = "it needs itself, without end" if _leads_back(listed, one) else one.why
        cause = "nothing fits: " + re.sub(r'"[^"]*"', "", why)
        yield _Notice(one.pointer, f"nothing fits this schema: {why}", cause=cause)


def _needed(listed: Mapping[str, Misfit], one: Misfit) -> Iterator[Misfit]:
    """Go from a schema without a value to the one that it needs, and so on, once round a circle."""
    met = set[str]()
    while one.pointer not in met:
        met.add(one.pointer)
        inner = one.inner
        if inner not in listed:
            return
        one = listed[inner]
        yield one


def _follows(found: Satisfiable, listed: Mapping[str, Misfit], one: Misfit) -> bool:
    """Whether a schema has no value only because of another one that is named."""
    needed = [other for other in islice(_needed(listed, one), _FOLLOWED) if not referred(found.nodes[other.pointer])]
    return any("&" not in other.pointer for other in needed) and one not in needed


def _leads_back(listed: Mapping[str, Misfit], one: Misfit) -> bool:
    return one in islice(_needed(listed, one), _FOLLOWED)


def _words(
    document: Document, admits: AcceptedTypes, written: Iterable[_Written], formats: Collection[str]
) -> Iterator[_Notice]:
    """Look at what is written of each schema: `nullable`, keywords that nothing reads, and formats."""
    for node, schema in written:
        if schema.keys() <= _PLAIN:
            continue
        yield from _nullable(document, admits, node, schema)
        yield from _unknown(node, schema)
        yield from _format(node, schema, formats)
        yield from _beside_reference(document, node, schema)
        yield from _default_mapping(node, schema)


def _written(document: Document, nodes: Iterable[PlacedSchema]) -> Iterator[_Written]:
    """Go through the schemas that the document has as they are."""
    for node in nodes:
        try:
            schema = document.at(node.pointer)
        except KeyError:
            continue
        if isinstance(schema, dict):
            yield node, schema


def _nullable(
    document: Document, admits: AcceptedTypes, node: PlacedSchema, schema: dict[str, Any]
) -> Iterator[_Notice]:
    if schema.get("nullable") is not True:
        return
    if document.version >= (3, 1):
        hint = 'write "null" among its types: type: [string, "null"]'
        yield _Notice(join(node.pointer, "nullable"), "nullable means nothing since OpenAPI 3.1: null is refused", hint)
    elif not admits.null(node):
        why, hint = "a part of the schema refuses null", "let each part of it accept null"
        if "$ref" in schema:
            why, hint = "nothing counts beside a $ref", "put the $ref into an allOf, beside nullable: true"
        elif isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            why, hint = "its enum has no null", "add null to the enum (OpenAPI 3.0.3, 4.7.24.1)"
        elif "allOf" in schema:
            why, hint = "its allOf refuses null", "leave out the type beside allOf, or let each part of it accept null"
        yield _Notice(join(node.pointer, "nullable"), f"nullable is without effect: {why}", hint)


def _unknown(node: PlacedSchema, schema: dict[str, Any]) -> Iterator[_Notice]:
    for key in schema:
        if key in KEYWORDS or key.startswith("x-"):
            continue
        meant = OLD_KEYWORDS.get(key) or _close(key, KEYWORDS)
        hint = f"did you mean {meant}?" if meant else ""
        yield _Notice(
            join(node.pointer, key), f'"{key[:80]}" is no keyword of JSON Schema 2020-12: it is not checked', hint
        )
    names = schema.get("patternProperties")
    named = names if isinstance(names, dict) else {}
    known = judged_names(named)
    for name in named:
        if name not in known:
            message = "a name in patternProperties is not checked: no engine with a bound on time and memory takes it"
            hint = "any property may have such a name: none is refused for its name"
            yield _Notice(join(node.pointer, "patternProperties", name), message, hint)
    if isinstance(schema.get("items"), list):
        hint = "did you mean prefixItems?"
        yield _Notice(
            join(node.pointer, "items"), '"items" is a list, as before JSON Schema 2020-12: it is not checked', hint
        )


def _beside_reference(document: Document, node: PlacedSchema, schema: dict[str, Any]) -> Iterator[_Notice]:
    if document.version == (3, 0) and isinstance(schema.get("$ref"), str):
        beside = [key for key in schema if key in KEYWORDS - ANNOTATIONS - {"$ref"}]
        if beside:
            message = f"{', '.join(beside)} beside a $ref: not checked, as nothing counts there in OpenAPI 3.0"
            yield _Notice(join(node.pointer, beside[0]), message, "put the $ref into an allOf, beside them")


def _default_mapping(node: PlacedSchema, schema: dict[str, Any]) -> Iterator[_Notice]:
    discriminator = schema.get("discriminator")
    if isinstance(discriminator, dict) and "defaultMapping" in discriminator:
        message = "defaultMapping is not read: an object with an unknown tag is read as what the schemas say of it"
        yield _Notice(join(node.pointer, "discriminator", "defaultMapping"), message)


@lru_cache(maxsize=_GUESSED)
def _close(word: str, known: Iterable[str], cutoff: float = 0.8) -> str:
    """The one of some words that another word was probably meant for."""
    short = [one for one in islice(known, _CANDIDATES) if len(one) < _LONGEST]
    found = difflib.get_close_matches(word, short, n=1, cutoff=cutoff) if len(word) < _LONGEST else []
    return found[0] if found else ""


def _format(node: PlacedSchema, schema: dict[str, Any], formats: Collection[str]) -> Iterator[_Notice]:
    """Name formats that are almost spelt as one that is known: any other may be the document's own (Validation 7.2.3)."""
    written = schema.get("format")
    if not isinstance(written, str) or written in _FORMATS or written in formats:
        return
    if meant := _close(written.lower(), _FORMATS, 0.85):  # `base64` is further from `base64url`
        message = f'"{written}" is no known format: it has no effect'
        yield _Notice(join(node.pointer, "format"), message, f"did you mean {meant}?")


def _names(flattener: Flattener, written: Sequence[_Written]) -> Iterator[_Notice]:
    """Look for properties that are named and not declared: as required, or to tell schemas apart."""
    refs = (part.get("$ref") for node, schema in written for _, part in _parts(node.pointer, schema))
    extended = {ref for ref in refs if isinstance(ref, str)}
    guesses = iter(range(_GUESSES))
    for node, schema in written:
        yield from _required(flattener, node, schema, extended, guesses)
        if isinstance(schema.get("discriminator"), dict):
            yield from _discriminator(flattener, node, schema["discriminator"])


def _parts(pointer: str, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    parts = schema.get("allOf")
    for index, part in enumerate(parts if isinstance(parts, list) else ()):
        if isinstance(part, dict):
            yield join(pointer, "allOf", index), part


def _required(
    flattener: Flattener,
    node: PlacedSchema,
    schema: dict[str, Any],
    extended: Collection[str],
    guesses: Iterator[int],
) -> Iterator[_Notice]:
    """Name what is required and no property; where another schema may declare it, only if it is almost spelt as one."""
    flat = flattener.flat(node)
    if referred(node) or not flat.properties or flat.patterns or flat.additional is not None:
        return  # any name may be a property, or it is refused
    is_part = bool(flat.unions or flat.rest & {"if", "dependentSchemas"} or node.pointer in extended)
    is_part |= split(node.pointer)[-2:-1] in (("anyOf",), ("oneOf",))
    for place, part in [(node.pointer, schema), *_parts(node.pointer, schema)]:
        names = part.get("required")
        for index, name in enumerate(names if isinstance(names, list) else ()):
            if not isinstance(name, str) or name in flat.properties or "$ref" in part:
                continue
            optional = (one for one in flat.properties if one not in flat.required)
            meant = _close(name, tuple(islice(optional, _CANDIDATES))) if next(guesses, None) is not None else ""
            if meant or not is_part:
                message = f'"{name[:80]}" is required, but the schema has no property of that name'
                hint = f"did you mean {meant}?" if meant else "declare it under properties"
                yield _Notice(join(place, "required", index), message, hint, cause="required and no property")


def _discriminator(flattener: Flattener, node: PlacedSchema, discriminator: dict[str, Any]) -> Iterator[_Notice]:
    """Name a property that no branch has, and mapped values that the mapped schema refuses (3.1.1, section 4.8.25)."""
    name, mapping = discriminator.get("propertyName"), discriminator.get("mapping")
    if not isinstance(name, str):
        return
    place, flat = join(node.pointer, "discriminator"), flattener.flat(node)
    branches = [flattener.flat(one) for _, union in flat.unions for one in union]
    branches = [one for one in branches if one.types != ("null",)]
    known = [one.properties for one in branches if not (one.unions or one.patterns or name in one.properties)]
    if name not in flat.properties and branches and len(known) == len(branches) and all(known):
        shared = (key for key in known[0] if all(key in one for one in known))
        meant = _close(name, tuple(islice(shared, _CANDIDATES)))
        message = f'no schema of the union has a property "{name[:80]}": the discriminator has no effect'
        hint = f"did you mean {meant}?" if meant else "declare it in each of them, and require it"
        yield _Notice(join(place, "propertyName"), message, hint)
    accepted: dict[str, dict[str, None]] = {}  # by target
    for tag, target in mapping.items() if isinstance(mapping, dict) else ():
        if isinstance(tag, str) and isinstance(target, str):
            if target not in accepted:
                accepted[target] = _texts(flattener, target, name)
            if accepted[target] and tag not in accepted[target]:
                what = f'a schema whose "{name[:80]}" never has that value'
                listed = ", ".join(f'"{one[:80]}"' for one in islice(accepted[target], _SHOWN))
                message, hint = f'"{tag[:80]}" is mapped to {what}: it has no effect', f"the schema accepts {listed}"
                yield _Notice(join(place, "mapping", tag), message, hint, cause=f"mapped to {what}")


def _texts(flattener: Flattener, target: str, name: str) -> dict[str, None]:
    """List the texts that a property of a mapped schema has; nothing if it may have any other."""
    placed = target if target.startswith("#") else join("#", "components", "schemas", target)
    declared = flattener.flat(flattener.at(placed)).properties.get(name)
    enum = (flattener.flat(declared).enum if declared is not None else None) or []
    return dict.fromkeys(one for one in enum if isinstance(one, str))


def _defaults(flattener: Flattener, nodes: Iterable[PlacedSchema]) -> Iterator[_Notice]:
    """Say which default of a property counts where `allOf` brings several."""
    for node in nodes:
        if "&" in node.pointer or referred(node):
            continue  # made of others, or said of the target
        parts = node.schema.get("allOf") if isinstance(node.schema, dict) and "default" not in node.schema else None
        lost = [
            one["default"] for one in parts or () if isinstance(one, dict) and "default" in one and "$ref" not in one
        ]
        if lost:
            message = f"the default {lost[0]!r:.60} in a part of allOf does not count"
            yield _Notice(node.pointer, message, "write it beside allOf", cause="default in allOf")
        for name, one in flattener.flat(node).properties.items():
            declared = list(_declared(flattener, one))
            counts = one.schema.get("default") if isinstance(one.schema, dict) else None
            others = [value for value in declared if not equal(value, counts)]
            if others:
                message = f'"{name[:80]}" has several defaults: {counts!r:.60} counts, not {others[0]!r:.60}'
                yield _Notice(node.pointer, message, "leave one of them")


def _declared(flattener: Flattener, node: PlacedSchema) -> Iterator[Any]:
    """List the defaults of the properties that one was made of."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if not isinstance(one.schema, dict):
            continue
        if "&" in one.pointer:
            waiting += [flattener.at(part["$ref"]) for part in one.schema.get("allOf", ()) if "$ref" in part]
        elif "default" in one.schema:
            yield one.schema["default"]
