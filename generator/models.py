"""Schemas → models.py.

The annotations are ours (`annotations.py`): they have to stand in signatures too, and datamodel-code-generator's own
accept what a schema refuses. It writes the classes around them (`model_source.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from . import model_source, names
from .annotations import Annotator
from .definitions import LATER, MARK, Definition, Direction, Site, Type
from .diagnostics import Diagnostic
from .document import Document, join
from .model_source import default_text
from .operations import Located, OperationView, follow
from .patterns import LONGEST
from .patterns import judged as runs
from .rules import Rules
from .schemas import Flattener, is_file

if TYPE_CHECKING:
    from .settings import Settings

__all__ = ["MARK", "Models", "Uses", "build", "default_text", "uses"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The classes of models.py, the annotation of each schema that operations use, and what stays to be judged.

    `source` is the module's text, empty where only the annotations are wanted.
    """

    definitions: Sequence[Definition]
    types: Mapping[tuple[str, Direction], Type]
    class_names: Mapping[str, str]
    objects: frozenset[str]
    rules: Rules
    count: int
    aliases: Mapping[str, str]
    warnings: tuple[Diagnostic, ...] = ()
    source: str = ""


@dataclass(slots=True)
class Uses:
    """The schemas that operations use: (pointer, direction) → what an inline class there is named after."""

    found: dict[tuple[str, Direction], tuple[str, ...]] = field(default_factory=dict)
    within: str = ""
    """The operation that is looked through."""
    _ranks: dict[tuple[str, Direction], tuple[bool, tuple[str, ...]]] = field(default_factory=dict)

    def add(self, pointer: str, direction: Direction, *hint: str) -> None:
        """Note a use; the operation that it stands in names it, else the one whose name comes first."""
        key, rank = (pointer, direction), (not pointer.startswith(f"{self.within}/"), hint)
        if key not in self._ranks or rank < self._ranks[key]:
            self.found[key], self._ranks[key] = hint, rank


def uses(document: Document, operations: Iterable[OperationView], operation_names: Mapping[str, str]) -> Uses:
    """List what operations send and receive; `operation_names` gives the words of each operation (by pointer)."""
    found = Uses()
    for view in operations:
        name = operation_names[view.pointer]
        found.within = view.pointer
        for parameter in view.parameters:
            owner = _owner(parameter.pointer, name, str(parameter.value.get("name")))
            _content(found, parameter, "request", owner)
        if view.body is not None:
            _content(found, view.body, "request", _owner(view.body.pointer, name, "Request"))
        for status, response in view.responses.items():
            suffix = "Response" if status.startswith("2") else names.status(status)
            owner = _owner(response.pointer, name, suffix)
            _content(found, response, "", owner)
            for header_name, entry in (response.value.get("headers") or {}).items():
                place = join(response.pointer, "headers", header_name)
                _content(found, follow(document, place, entry), "", (*owner, header_name))
    return found


def _owner(pointer: str, *fallback: str) -> tuple[str, ...]:
    """Name what stands in a component after the component, else after the operation."""
    found = re.match(r"#/(?:components/\w+|paths)/([^/]+)(?:/parameters/\d+)?$", pointer)
    if found is None:
        return fallback
    name = found[1].replace("~1", "/").replace("~0", "~")
    return (name, *fallback[1:]) if "/parameters/" in pointer and pointer.startswith("#/paths/") else (name,)


def _content(found: Uses, holder: Located, direction: Direction, hint: tuple[str, ...]) -> None:
    """Note the schemas of a parameter, header, body or response."""
    if "schema" in holder.value:
        found.add(join(holder.pointer, "schema"), direction, *hint)
    content = holder.value.get("content")
    for media_type, entry in content.items() if isinstance(content, dict) else ():
        if not isinstance(entry, dict):
            continue
        form = direction == "request" and media_type.split(";")[0].strip().lower().startswith("multipart/")
        for key in ("schema", "itemSchema"):
            if key in entry:
                more = ("Item",) if key == "itemSchema" else ()
                found.add(join(holder.pointer, "content", media_type, key), "form" if form else direction, *hint, *more)


def build(document: Document, used: Uses, settings: Settings) -> Models:
    """Write the models of all components and of what operations use."""
    found = annotate(document, used, settings)
    return replace(found, source=model_source.write(found.definitions, found.class_names, settings))


def annotate(document: Document, used: Uses, settings: Settings) -> Models:
    """Decide the models of all components and of what operations use, their names too; nothing is written."""
    flattener = Flattener(document.version, document.at)
    directional = Directional(flattener)
    annotator = Annotator(
        flattener,
        directional=directional,
        date_time="UTCDateTime" if settings.naive_datetimes == "utc" else "DateTime",
        types={format_: target.replace(":", ".").rpartition(".")[2] for format_, target in settings.types.items()},
    )
    types: dict[tuple[str, Direction], Type] = {}
    # In an order that is not the document's: what is met first may give a name to what is met again. A schema that
    # stands in an operation is named after that one, rather than after those that refer to it.
    for (pointer, direction), hint in sorted(
        used.found.items(), key=lambda use: (_refers(document, use[0][0]), use[0])
    ):
        types[pointer, direction] = annotator.use(pointer, Site(direction, "", hint))
    for name in sorted(_components(document)):
        pointer = join("#", "components", "schemas", name)
        if not any(f"{pointer}{side}" in annotator.definitions for side in ("", "?request", "?form")):
            annotator.component(pointer, "")
    definitions = _ordered(document, used, annotator.definitions)
    class_names = _named(document, annotator, settings)
    for key, definition in annotator.definitions.items():
        nullable = definition.kind == "class" and definition.type.text.endswith(" | None")
        class_names[LATER + key] = class_names[key] + (" | None" if nullable else "")
    objects = {
        pointer for pointer, _ in types if annotator.admits.kinds(flattener.at(pointer)) - {"null"} == {"object"}
    }
    objects |= {pointer for pointer, _ in types if flattener.flat(flattener.at(pointer)).properties}
    return Models(
        definitions=definitions,
        types=types,
        class_names=class_names,
        objects=frozenset(objects),
        rules=Rules(
            flattener=flattener,
            directional=directional,
            judged={class_names[key]: one for key, one in annotator.rules.items()},
        ),
        count=sum(definition.kind == "class" for definition in definitions),
        aliases={one.key: one.type.text for one in definitions if one.kind == "alias"},
        warnings=tuple(_pattern_warnings(document, annotator)),
    )


def _refers(document: Document, pointer: str) -> bool:
    schema = document.at(pointer)
    return isinstance(schema, dict) and "$ref" in schema


def _components(document: Document) -> Mapping[str, Any]:
    found = (document.root.get("components") or {}).get("schemas")
    return found if isinstance(found, dict) else {}


def _pattern_warnings(document: Document, annotator: Annotator) -> Iterable[Diagnostic]:
    """Say which patterns Pydantic's engine can't run, and what becomes of them."""
    for pointer, pattern in annotator.unusual_patterns.items():
        if runs(pattern):
            message = "the pattern has look-around or back-references: jsonschema-rs judges it, not Pydantic"
            hint = f"texts of more than {LONGEST:,} characters are refused there, as no engine does it in linear time"
            yield document.diagnostic("notice", message, pointer, hint)
        else:
            message = "the pattern is no regular expression of ECMA-262 and is not checked"
            yield document.diagnostic("warning", message, pointer)


class Directional:
    """Which schemas differ by direction: those that reach readOnly, writeOnly (or, in forms, files)."""

    def __init__(self, flattener: Flattener) -> None:
        self._flattener = flattener
        self._known: dict[tuple[str, bool], bool] = {}

    def __call__(self, pointer: str, direction: Direction) -> bool:
        """Tell whether the schema at a pointer is another one in this direction."""
        return self._reaches(pointer, files=False) or (direction == "form" and self._reaches(pointer, files=True))

    def _reaches(self, pointer: str, *, files: bool) -> bool:
        """Follow references; what was passed on the way is known afterwards too, so that each schema is read once."""
        referring: dict[str, list[str]] = {}  # schemas, most of them new, with those that refer to them
        marked: list[str] = []
        queue = [] if (pointer, files) in self._known else [pointer]
        met = set(queue)
        while queue:
            current = queue.pop()
            found: list[str] = []
            if self._marked(self._flattener.at(current).schema, found, files=files):
                marked.append(current)
            for reference in found:
                referring.setdefault(reference, []).append(current)
                if self._known.get((reference, files)):
                    marked.append(reference)
            fresh = dict.fromkeys(one for one in found if one not in met and (one, files) not in self._known)
            met.update(fresh)
            queue += fresh
        self._known.update(((one, files), False) for one in met)
        while marked:
            one = marked.pop()
            if one in met:
                self._known[one, files] = True
            marked += [each for each in referring.pop(one, ()) if not self._known[each, files]]
        return self._known[pointer, files]

    def _marked(self, schema: Any, queue: list[str], *, files: bool) -> bool:
        """Look through one schema tree; add the references that it makes to the queue."""
        if isinstance(schema, list):
            return any(self._marked(item, queue, files=files) for item in schema)
        if not isinstance(schema, dict):
            return False
        if isinstance(schema.get("$ref"), str):
            queue.append(schema["$ref"])
        if files and is_file(schema):
            return True
        return any(
            self._in_keyword(key, child, queue, files=files)
            for key, child in schema.items()
            if isinstance(child, dict | list)
        )

    def _one_way(self, schema: Any) -> bool:
        return self._flattener.says(schema, "readOnly") or self._flattener.says(schema, "writeOnly")

    def _in_keyword(self, key: str, child: Any, queue: list[str], *, files: bool) -> bool:
        if key in ("properties", "patternProperties", "$defs", "dependentSchemas") and isinstance(child, dict):
            return any(
                isinstance(item, dict)
                and ((not files and self._one_way(item)) or self._marked(item, queue, files=files))
                for item in child.values()
            )
        if key in ("example", "examples", "default", "enum", "const") or key.startswith("x-"):
            return False
        return self._marked(child, queue, files=files)


def _ordered(document: Document, used: Uses, definitions: Mapping[str, Definition]) -> list[Definition]:
    """Order definitions as the document does; inline ones follow what they stand in."""
    uses_ = {pointer: index for index, (pointer, _) in enumerate(used.found)}

    def rank(pointer: str) -> int:
        while pointer and pointer not in uses_:
            pointer = pointer.rpartition("/")[0]
        return uses_.get(pointer, len(uses_))

    children: dict[str, list[Definition]] = {}
    for definition in definitions.values():
        children.setdefault(definition.parent, []).append(definition)
    position = {join("#", "components", "schemas", name): index for index, name in enumerate(_components(document))}
    roots = sorted(
        children.get("", []),
        key=lambda one: (position.get(one.pointer, len(position)), rank(one.pointer), "?" in one.key),
    )
    result: list[Definition] = []
    queue = list(reversed(roots))
    placed: set[str] = set()
    while queue:
        definition = queue.pop()
        if definition.key not in placed:
            placed.add(definition.key)
            result.append(definition)
            queue += reversed(children.get(definition.key, []))
    return result + [one for one in definitions.values() if one.key not in placed]


def _named(document: Document, annotator: Annotator, settings: Settings) -> dict[str, str]:
    """Name all classes, aliases and rules: components first, then what stands in them, level by level."""
    components = {join("#", "components", "schemas", name): name for name in _components(document)}
    definitions = annotator.definitions
    result = {key: names.safe(name, names.MODEL_NAMES) for key, name in settings.names.items() if key in definitions}
    unpinned = {pointer: name for pointer, name in components.items() if pointer not in result}
    result.update(names.schemas(unpinned, taken=set(result.values())))
    variants = {
        key: f"{result[one.pointer]}{key.rpartition('?')[2].capitalize()}"
        for key, one in definitions.items()
        if one.pointer in components and key not in result and not one.parent
    }
    result.update(names.variants(variants, taken=set(result.values())))
    waiting = {key: (one.parent, one.hint) for key, one in definitions.items() if key not in result}
    for key, rule in annotator.rules.items():
        if key not in result:
            waiting.setdefault(key, (rule.site.parent, rule.site.hint))
    while waiting:
        ready = {key: value for key, value in waiting.items() if not value[0] or value[0] in result}
        ready = ready or {key: ("", hint) for key, (_, hint) in waiting.items()}
        places = {key: (result.get(parent, ""), hint) for key, (parent, hint) in ready.items()}
        result.update(names.inline_schemas(places, taken=set(result.values())))
        waiting = {key: value for key, value in waiting.items() if key not in ready}
    return result
