"""What a document says of its schemas without effect: schemas that nothing fits, `nullable`, defaults, unknown keywords."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from ..diagnostics.diagnostic import MOST, Diagnostic
from ..document.document import Document
from ..pointer import join
from ..schemas.acceptance import AcceptedTypes
from ..schemas.json_values import equal
from ..schemas.keywords import ANNOTATIONS, KEYWORDS, OLD_KEYWORDS
from ..schemas.normal_form import Flattener, PlacedSchema
from ..schemas.patterns import judged_names
from ..schemas.satisfiable import Misfit, Satisfiable, referred

_SHOWN = 5  # notices that have the same cause; of others their number
_FOLLOWED = 100  # schemas that are followed to see why one has no value
_GUESSED = 1_000  # unknown keywords whose guesses are kept
_LONGEST = 30  # characters of a word that may be a keyword


class _Notice(NamedTuple):
    pointer: str
    message: str
    hint: str = ""
    cause: str = ""
    """What such notices have in common; the message, if it is empty."""


def notices(
    document: Document, flattener: Flattener, admits: AcceptedTypes, roots: Iterable[str]
) -> Iterator[Diagnostic]:
    """Say what is without effect in the schemas at some pointers, and in all below them: a few times for each cause."""
    found = Satisfiable(flattener, admits, roots)
    causes: dict[str, list[_Notice]] = {}
    for one in (
        *_misfits(found),
        *_words(document, admits, found.nodes.values()),
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


def _words(document: Document, admits: AcceptedTypes, nodes: Iterable[PlacedSchema]) -> Iterator[_Notice]:
    """Look at what is written of each schema: `nullable`, and keywords that nothing reads."""
    for node in nodes:
        try:
            schema = document.at(node.pointer)
        except KeyError:
            continue
        if isinstance(schema, dict):
            yield from _nullable(document, admits, node, schema)
            yield from _unknown(node, schema)
            yield from _beside_reference(document, node, schema)
            yield from _default_mapping(node, schema)


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
        meant = OLD_KEYWORDS.get(key) or _close(key)
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
def _close(key: str) -> str:
    """The keyword that another word was probably meant for."""
    found = difflib.get_close_matches(key, KEYWORDS, n=1, cutoff=0.8) if len(key) < _LONGEST else []
    return found[0] if found else ""


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
