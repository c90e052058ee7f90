"""A response for every operation, made of the document's examples, defaults and schemas: `create_app(mock=True)` sends it.

The document's own examples come first if their schema accepts them, then values that `samples.py` makes. Each body is
validated by its schema; an operation without a valid one answers 501. All bodies are validated together, because it is the
building of a validator that takes time.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from .. import ir
from ..diagnostics.diagnostic import Diagnostic
from ..document.document import Document
from ..document.operations import Located, OperationView, contents, follow
from ..lowering.media import STREAMS
from ..models.definitions import Judged, Site
from ..models.runtime_rules import KEYWORDS, Rules, bundle
from ..parsing.limits import weigh
from ..pointer import join
from ..python.types import BYTES, STR
from ..schemas.effort import Effort
from ..schemas.normal_form import PlacedSchema
from ..schemas.patterns import bounded_engine
from .samples import Choice, NoValueError, Samples, given
from .strings import WORD

CHOICES = (Choice(), Choice(full=False), Choice(examples=False), *(Choice(False, False, index) for index in range(4)))
"""What is tried for a body, in this order."""
MOST_VALUES = 5_000_000
"""Values in all bodies that are tried together; operations without a body after that answer 501."""
MOST_CHARACTERS = 64 * 2**20
"""Characters of the texts in them, keys included."""


@dataclass(slots=True, kw_only=True)
class _Part:
    """A body or header of a response: its schema, the examples beside the schema, and the value, once one is `found`."""

    node: PlacedSchema
    examples: list[Any]
    value: Any = None
    found: bool = False
    tried: list[Any] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Answer:
    """A response that an operation may answer with. `media` is the index of the media type among the declared ones."""

    status: int
    media: int
    body: _Part | None
    headers: dict[str, _Part]

    @property
    def made(self) -> bool:
        """Whether the body and all headers have values."""
        return all(one.found for one in (self.body, *self.headers.values()) if one)


def answers(
    document: Document, views: Sequence[OperationView], api: ir.Api, rules: Rules
) -> tuple[str, tuple[Diagnostic, ...]]:
    """Write one line of JSON for each operation, in the document's order; those without a response get a notice."""
    operations = {one.pointer: one for group in api.groups for one in group.operations}
    planned = {view.pointer: list(_planned(document, view, operations[view.pointer], rules)) for view in views}
    wanted = [part for plans in planned.values() for one in plans for part in (one.body, *one.headers.values()) if part]
    room = _Room()
    _fill(wanted, rules, room)
    beyond = f" and is within the {MOST_VALUES:,} values and {MOST_CHARACTERS:,} characters of all answers"
    lines: list[str] = []
    missing: list[Diagnostic] = []
    for view in views:
        operation = operations[view.pointer]
        found = next((one for one in planned[view.pointer] if one.made), None)
        if found is None:
            message = f"no value was found that fits the answer's schema{beyond if room.spent else ''}"
            message += ": create_app(mock=True) answers 501"
            missing.append(document.diagnostic("notice", message, view.pointer, "give the response an example"))
            continue
        lines.append(json.dumps(_entry(operation, found), ensure_ascii=False) + "\n")
    return "".join(lines), tuple(missing)


def _entry(operation: ir.Operation, answer: _Answer) -> dict[str, Any]:
    """Write a response as mock.jsonl holds it; empty headers, the first media type and no body are left out."""
    entry: dict[str, Any] = {"operation": f"{operation.group}.{operation.name}", "status": answer.status}
    if answer.headers:
        entry["headers"] = {name: one.value for name, one in answer.headers.items()}
    if answer.media:
        entry["media"] = answer.media
    if answer.body:
        entry["body"] = answer.body.value
    return entry


def _planned(document: Document, view: OperationView, operation: ir.Operation, rules: Rules) -> Iterator[_Answer]:
    """List what an operation may answer with: its successful responses, each in its media types."""
    declared = view.responses
    if not declared:
        yield _Answer(status=200, media=0, body=None, headers={})
        return
    # An error where nothing else is declared.
    for response in [one for one in operation.responses if one.success] or operation.responses:
        status = 200 if response.status == "default" else int(response.status.replace("XX", "00"))
        headers = dict(_headers(document, declared[response.status], response, rules))
        if not response.media:
            yield _Answer(status=status, media=0, body=None, headers=headers)
        entries = dict(contents(document, declared[response.status]))
        for index, media in enumerate(response.media):
            if media.kind != "Multipart":
                body = _body(document, media, entries[media.media_type], rules)
                yield _Answer(status=status, media=index, body=body, headers=headers)


def _headers(document: Document, holder: Located, response: ir.Response, rules: Rules) -> Iterator[tuple[str, _Part]]:
    """List the required headers of a response."""
    for header in response.headers:
        if header.required:
            declared = holder.value["headers"][header.wire_name]
            value = follow(document, join(holder.pointer, "headers", header.wire_name), declared)
            node = rules.flattener.node(join(value.pointer, "schema"), value.value.get("schema", {"type": "string"}))
            yield header.wire_name, _Part(node=node, examples=_beside(document, value))


def _body(document: Document, media: ir.Media, entry: Located, rules: Rules) -> _Part:
    """Describe the body of one media type as mock.jsonl holds it: a stream is a list of items."""
    schema = entry.value.get("schema", {})
    node = rules.flattener.node(join(entry.pointer, "schema"), schema)
    examples = _beside(document, entry)
    if media.kind in ("Text", "Binary", "Download"):
        first = [*examples, *given(schema), WORD][0]
        text = first if isinstance(first, str) else json.dumps(first)
        return _Part(node=node, examples=[], value=[text] if media.kind == "Download" else text, found=True)
    if media.kind not in STREAMS:
        return _Part(node=node, examples=examples)
    if "itemSchema" in entry.value:
        item = rules.flattener.node(join(entry.pointer, "itemSchema"), entry.value["itemSchema"])
    else:
        flat = rules.flattener.flat(node)
        item = flat.items if flat.types == ("array",) and flat.items else node
    is_text = media.type == STR and rules.flattener.flat(item).types == ("string",)
    if media.kind == "MultipartStream" and media.type in (STR, BYTES) and not is_text:  # which no schema describes
        return _Part(node=item, examples=[], value=[WORD], found=True)
    made = rules.flattener.node(f"{item.pointer}[]", {"type": "array", "minItems": 1, "items": {"$ref": item.pointer}})
    rules.flattener.refer(item)
    return _Part(node=made, examples=examples)


def _beside(document: Document, holder: Located) -> list[Any]:
    """List the examples of a media type or header (OpenAPI 3.1, 4.8.14 and 4.8.19)."""
    found = [holder.value["example"]] if "example" in holder.value else []
    several = holder.value.get("examples")
    for name, one in several.items() if isinstance(several, dict) else ():
        value = follow(document, join(holder.pointer, "examples", name), one).value
        found += [value[key] for key in ("dataValue", "value") if key in value][:1]
    return found


def _fill(wanted: list[_Part], rules: Rules, room: _Room) -> None:
    """Find a value for each: an example beside its schema, else a value that is made, simpler with each choice."""
    for index in range(max((len(one.examples) for one in wanted), default=0)):
        open_ = [one for one in wanted if not one.found and index < len(one.examples)]
        _keep_valid([(one, one.examples[index]) for one in open_ if room.has(one.examples[index])], rules)
    open_ = [one for one in wanted if not one.found]
    known = _known([one.node for one in open_], rules)
    for choice in CHOICES:
        samples = Samples(rules.flattener, known, choice)
        tried: list[tuple[_Part, Any]] = []
        for one in open_:
            try:
                value = samples.make(one.node)
            except NoValueError:
                continue
            if value not in one.tried and room.has(value):
                one.tried.append(value)
                tried.append((one, value))
        _keep_valid(tried, rules)
        open_ = [one for one in open_ if not one.found]


class _Room:
    """What all bodies may still have together: references repeat large examples and schemas."""

    def __init__(self) -> None:
        self._values, self._characters = MOST_VALUES, MOST_CHARACTERS
        self._sizes: dict[int, tuple[Any, tuple[int, int]]] = {}  # with the value: nothing else gets its id meanwhile
        self.spent = False

    def has(self, value: Any) -> bool:
        """Take a value off what is left, if there is as much."""
        if id(value) not in self._sizes:
            self._sizes[id(value)] = value, weigh(value)
        values, characters = self._sizes[id(value)][1]
        if values > self._values or characters > self._characters:
            self.spent = True
            return False
        self._values -= values
        self._characters -= characters
        return True


def _keep_valid(tried: Sequence[tuple[_Part, Any]], rules: Rules) -> None:
    """Keep the values that their schemas accept."""
    for index in _valid([(one.node, value) for one, value in tried], rules):
        one, value = tried[index]
        one.value, one.found = value, True


def _known(nodes: Iterable[PlacedSchema], rules: Rules) -> dict[str, Any]:
    """List the examples and defaults that schemas hold and accept, by pointer, of these schemas and all below them."""
    seen: set[str] = set()
    waiting = list(nodes)
    found: list[tuple[PlacedSchema, Any]] = []
    while waiting:
        node = waiting.pop()
        if node.pointer in seen or not isinstance(node.schema, dict):
            continue
        seen.add(node.pointer)
        found += [(node, value) for value in given(node.schema)]
        flat = rules.flattener.flat(node)
        waiting += [*flat.properties.values(), *flat.prefix, *(one for _, branches in flat.unions for one in branches)]
        waiting += [one for one in (flat.items, flat.additional) if one]
        waiting += [rules.flattener.at(node.schema["$ref"])] if isinstance(node.schema.get("$ref"), str) else []
    fitting = [found[index] for index in _valid(found, rules)]
    return {node.pointer: value for node, value in reversed(fitting)}


# --- validation -----------------------------------------------------------------------------------


def _valid(values: Sequence[tuple[PlacedSchema, Any]], rules: Rules) -> list[int]:
    """Return the indexes of the values that their schemas accept; one validator is built for all."""
    from jsonschema_rs import Draft202012Validator

    if not values:
        return []
    roots = {f"v{index}": node for index, (node, _) in enumerate(values)}
    names = {node.pointer: name for name, node in roots.items()}
    judged = {name: Judged(roots[name], Site("", "", ())) for name in names.values()}
    # Responses are read by clients only: there is one direction.
    # Names of schemas are seen by nobody: numbers are quickly made.
    schemas = bundle(
        Rules(flattener=rules.flattener, directional=lambda *_: False, judged=judged, by_tag=rules.by_tag),
        kept={"format"},
        name=lambda _, taken: f"s{len(taken)}",
    )
    properties = {name: {"$ref": f"#/$defs/{names[node.pointer]}"} for name, node in roots.items()}
    instance = {name: value for name, (_, value) in zip(roots, values, strict=True)}
    effort = Effort({"$defs": schemas})
    instance = {name: value for name, value in instance.items() if effort.allows(properties[name], value)}
    validator = Draft202012Validator(
        {"properties": {name: properties[name] for name in instance}, "$defs": schemas},
        pattern_options=bounded_engine(),
        keywords=dict(KEYWORDS),
        validate_formats=True,
        formats=_CHECKS,
    )
    if not validator.is_valid(instance):
        instance = {name: value for name, value in instance.items() if validator.is_valid({name: value})}
    return [index for index, name in enumerate(roots) if name in instance]


def _by(read: Callable[[str], Any], pattern: str = "") -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return re.fullmatch(pattern or ".*", text, re.DOTALL) is not None

    return check


def _padded(text: str) -> str:
    return text if "=" in text else text + "=" * (-len(text) % 4)


_DATE, _TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
_OFFSET = "([Zz]|[+-][0-9]{2}:[0-9]{2})"
_CHECKS: dict[str, Callable[[str], bool]] = {
    "date-time": _by(lambda text: datetime.fromisoformat(text.upper()), f"{_DATE}[Tt]{_TIME}{_OFFSET}"),
    "date": _by(date.fromisoformat, _DATE),
    "time": _by(time.fromisoformat, f"{_TIME}{_OFFSET}?"),
    "uuid": _by(uuid.UUID, "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
    "byte": _by(lambda text: base64.b64decode(text, validate=True)),
    "base64url": _by(lambda text: base64.b64decode(_padded(text), b"-_", validate=True), r"[^+/]*"),
    "ipv4": _by(ipaddress.IPv4Address),
    "ipv6": _by(ipaddress.IPv6Address),
}
"""The formats that are types in Python (annotations.FORMATS), as strict as the runtime is."""
