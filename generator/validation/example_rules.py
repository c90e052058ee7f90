"""Examples that their own schema refuses: reported as warnings, because openapi-spec-validator does not look at them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from ..diagnostics.diagnostic import counted
from ..document.document import Document
from ..document.objects import PlacedObject
from ..pointer import Pointer, join, split
from .finding import Finding
from .schema_errors import show_value
from .value_rules import TooDear, Validators

SHOWN = 20
"""How many examples are named; the others are counted."""
SECONDS = 2.0
"""Processor time after which no further examples are looked at."""
_JSON = re.compile(r"(application|text)/([^;]*\+)?json\s*(;.*)?", re.IGNORECASE)


class _Example(NamedTuple):
    """A value of the document, where it stands, and the schema that it is an example of."""

    pointer: Pointer
    value: Any
    schema_pointer: Pointer
    schema: dict[str, Any]


def judge_examples(document: Document, nodes: Iterable[PlacedObject]) -> Iterator[Finding]:
    """Report the examples of schemas, parameters, headers and bodies that do not fit."""
    nodes = list(nodes)
    examples = list(_examples(document, nodes))
    found = _misfits(document, examples, _one_way(nodes))
    for one, message in islice(found, SHOWN):
        yield Finding(pointer=one.pointer, message=message, severity="warning")
    rest = [one for one, _ in found]
    if rest:
        many = "example does" if len(rest) == 1 else "examples do"
        message = (
            f"from here on, {len(rest):,} more {many} not fit {'its schema' if len(rest) == 1 else 'their schemas'}"
        )
        yield Finding(pointer=rest[0].pointer, message=message, severity="warning")


def _misfits(document: Document, examples: list[_Example], one_way: frozenset[str]) -> Iterator[tuple[_Example, str]]:
    """Yield the examples that do not fit, each with a message; last, how many were not looked at for lack of time."""
    validators = Validators(document, one_way)
    begin = time.process_time()
    for index, one in enumerate(examples):
        if time.process_time() - begin > SECONDS:
            left = len(examples) - index
            many, against = ("was", "its schema") if left == 1 else ("were", "their schemas")
            yield one, f"from here on, {counted(left, 'example')} {many} not held against {against}: it takes too long"
            return
        try:
            problem = validators.problem(one.schema_pointer, one.schema, one.value)
        except TooDear as error:
            yield one, f"the example is {error}"
            continue
        if problem:
            shown = "" if isinstance(one.value, dict | list) else f" {show_value(one.value)}"
            yield one, f"the example{shown} does not fit its schema: {problem}"


def _one_way(nodes: Iterable[PlacedObject]) -> frozenset[str]:
    """Name the properties that are sent one way only: in the other direction, `required` does not speak of them."""
    return frozenset(
        split(node.pointer)[-1]
        for node in nodes
        if node.kind == "schema" and (node.value.get("readOnly") is True or node.value.get("writeOnly") is True)
    )


def _examples(document: Document, nodes: Iterable[PlacedObject]) -> Iterator[_Example]:
    for node in nodes:
        if node.kind == "schema":
            yield from _of_schema(document, node)
        elif node.kind in {"mediaType", "parameter", "header"} and isinstance(node.value.get("schema"), dict):
            yield from _of_holder(document, node)


def _of_schema(document: Document, node: PlacedObject) -> Iterator[_Example]:
    pointer, _, schema = node
    if "$ref" in schema and document.version == (3, 0):
        return
    if "example" in schema:
        yield _Example(join(pointer, "example"), schema["example"], pointer, schema)
    listed = schema.get("examples")
    for index, value in enumerate(listed if isinstance(listed, list) else ()):
        yield _Example(join(pointer, "examples", index), value, pointer, schema)


def _followed(document: Document, example: Any) -> dict[str, Any]:
    """Follow the reference that an example may be; an empty object where there is none."""
    if isinstance(example, dict) and isinstance(example.get("$ref"), str):
        try:
            example = document.resolve(example["$ref"])
        except KeyError:
            return {}
    return example if isinstance(example, dict) else {}


def _of_holder(document: Document, node: PlacedObject) -> Iterator[_Example]:
    """Go through the examples beside a schema; what is no JSON, a text of XML for one, is no value of it."""
    pointer, kind, holder = node
    schema = join(pointer, "schema")
    text = kind != "mediaType" or _JSON.fullmatch(split(pointer)[-1]) is not None
    named = holder.get("examples")
    found = [(join(pointer, "example"), holder["example"])] if "example" in holder else []
    for name, example in named.items() if isinstance(named, dict) else ():
        whole = _followed(document, example)
        place = join(pointer, "examples", name)
        found += [(place, whole[member]) for member in ("value", "dataValue") if member in whole]
    for place, value in found:
        if text or isinstance(value, dict | list):
            yield _Example(place, value, schema, holder["schema"])
