"""Schemas → models.py.

The annotations are ours (`annotations.py`): they have to stand in signatures too, and datamodel-code-generator's own accept what a
schema refuses. It writes the classes around them, once for all: it is handed names and marks only, never a word of the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import names
from .annotations import Annotator, Definition, Direction, Property, Site, Type, mark
from .diagnostics import Diagnostic
from .document import Document, join
from .imports import header
from .layout import Slots, lay_out
from .operations import Located, OperationView, follow
from .schemas import Flattener, is_file
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .settings import Settings
from .text import doc, py

MARK = re.compile("\0([^\0]*)\0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The text of models.py, the annotation of each schema that operations use, and the schemas that stay to be judged."""

    source: str
    types: Mapping[tuple[str, Direction], Type]
    class_names: Mapping[str, str]
    objects: frozenset[str]
    rules: Mapping[str, str]
    count: int
    warnings: tuple[Diagnostic, ...] = ()


@dataclass(slots=True)
class Uses:
    """The schemas that operations use: (pointer, direction) → what an inline class there is named after."""

    found: dict[tuple[str, Direction], tuple[str, ...]] = field(default_factory=dict)

    def add(self, pointer: str, direction: Direction, *hint: str) -> None:
        """Note a use; the first one names it."""
        self.found.setdefault((pointer, direction), hint)


def uses(document: Document, operations: Iterable[OperationView], operation_names: Mapping[str, str]) -> Uses:
    """List what operations send and receive; `operation_names` gives the words of each operation (by pointer)."""
    found = Uses()
    for view in operations:
        name = operation_names[view.pointer]
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
                _content(found, follow(document, join(response.pointer, "headers", header_name), entry), "", (*owner, header_name))
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
    for media_type, entry in (content.items() if isinstance(content, dict) else ()):
        if not isinstance(entry, dict):
            continue
        form = direction == "request" and media_type.split(";")[0].strip().lower().startswith("multipart/")
        for key in ("schema", "itemSchema"):
            if key in entry:
                more = ("Item",) if key == "itemSchema" else ()
                found.add(join(holder.pointer, "content", media_type, key), "form" if form else direction, *hint, *more)


def build(document: Document, used: Uses, settings: Settings) -> Models:
    """Write the models of all components and of what operations use."""
    flattener = Flattener(document.version, document.resolve)
    annotator = Annotator(
        flattener,
        directional=Directional(document),
        pattern_runs=_pattern_runs,
        date_time="UTCDateTime" if settings.naive_datetimes == "utc" else "DateTime",
        types={format_: target.replace(":", ".").rpartition(".")[2] for format_, target in settings.types.items()},
    )
    types: dict[tuple[str, Direction], Type] = {}
    for (pointer, direction), hint in used.found.items():
        types[pointer, direction] = annotator.type_of(flattener.at(pointer), Site(direction, "", hint))
    for name in (document.root.get("components") or {}).get("schemas") or {}:
        pointer = join("#", "components", "schemas", name)
        if pointer not in annotator.definitions and not any(f"{pointer}?{side}" in annotator.definitions for side in ("request", "form")):
            annotator.component(pointer, "")
    definitions = _ordered(document, annotator.definitions)
    class_names = _named(document, annotator, settings)
    source = _source(definitions, class_names, settings)
    objects = {pointer for pointer, _ in types if annotator.kinds(flattener.at(pointer)) - {"null"} == {"object"}}
    objects |= {pointer for pointer, _ in types if flattener.flat(flattener.at(pointer)).properties}
    return Models(
        source=source,
        types=types,
        class_names=class_names,
        objects=frozenset(objects),
        rules={class_names[key]: pointer for key, pointer in annotator.rules.items()},
        count=sum(definition.kind == "class" for definition in definitions),
    )


def _pattern_runs(pattern: str) -> bool:
    """Whether Pydantic's linear-time engine takes a pattern."""
    from pydantic_core import SchemaError, SchemaValidator, core_schema

    try:
        SchemaValidator(core_schema.str_schema(pattern=pattern))
    except SchemaError:
        return False
    return True


class Directional:
    """Which schemas differ by direction: those that reach readOnly, writeOnly (or, in forms, files)."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._known: dict[tuple[str, bool], bool] = {}

    def __call__(self, pointer: str, direction: Direction) -> bool:
        """Tell whether the schema at a pointer is another one in this direction."""
        return self._reaches(pointer, files=False) or (direction == "form" and self._reaches(pointer, files=True))

    def _reaches(self, pointer: str, *, files: bool) -> bool:
        key = pointer, files
        if key not in self._known:
            seen: set[str] = set()
            queue = [pointer]
            self._known[key] = False
            while queue:
                current = queue.pop()
                if current in seen:
                    continue
                seen.add(current)
                try:
                    schema = self._document.resolve(current)
                except KeyError:
                    continue
                if self._marked(schema, queue, files=files):
                    self._known[key] = True
                    break
        return self._known[key]

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
        for key, child in schema.items():
            if key in ("properties", "patternProperties", "$defs", "dependentSchemas") and isinstance(child, dict):
                for item in child.values():
                    marked = isinstance(item, dict) and (item.get("readOnly") is True or item.get("writeOnly") is True)
                    if (marked and not files) or self._marked(item, queue, files=files):
                        return True
            elif key not in ("example", "examples", "default", "enum", "const") and not key.startswith("x-"):
                if self._marked(child, queue, files=files):
                    return True
        return False


def _ordered(document: Document, definitions: Mapping[str, Definition]) -> list[Definition]:
    """Order definitions as the document does; inline ones follow what they stand in."""
    children: dict[str, list[Definition]] = {}
    for definition in definitions.values():
        children.setdefault(definition.parent, []).append(definition)
    position = {
        join("#", "components", "schemas", name): index
        for index, name in enumerate((document.root.get("components") or {}).get("schemas") or {})
    }
    roots = sorted(
        children.get("", []), key=lambda one: (position.get(one.pointer, len(position)), "?" in one.key)
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
    components = {join("#", "components", "schemas", name): name for name in (document.root.get("components") or {}).get("schemas") or {}}
    result: dict[str, str] = {}
    pinned = {key: names.safe(name, names.MODEL_NAMES) for key, name in settings.names.items() if key in annotator.definitions}
    result.update(pinned)
    result.update(
        names.schemas(
            {pointer: name for pointer, name in components.items() if pointer not in pinned}, taken=set(result.values())
        )
    )
    variants = {
        key: f"{result[definition.pointer]}{key.rpartition('?')[2].capitalize()}"
        for key, definition in annotator.definitions.items()
        if definition.pointer in components and "?" in key and definition.pointer in result and key not in result and not definition.parent
    }
    result.update(names.variants(variants, taken=set(result.values())))
    waiting = {key: (one.parent, one.hint) for key, one in annotator.definitions.items() if key not in result}
    waiting.update({key: (site.parent, site.hint) for key, site in annotator.rule_sites.items() if key not in result and key not in waiting})
    while waiting:
        ready = {key: value for key, value in waiting.items() if not value[0] or value[0] in result}
        if not ready:
            ready = {key: ("", hint) for key, (_, hint) in waiting.items()}
        result.update(
            names.inline_schemas({key: (result.get(parent, ""), hint) for key, (parent, hint) in ready.items()}, taken=set(result.values()))
        )
        waiting = {key: value for key, value in waiting.items() if key not in ready}
    return result


# --- writing ------------------------------------------------------------------------------------------------------------------------


def _source(definitions: list[Definition], class_names: Mapping[str, str], settings: Settings) -> str:
    """Write models.py: classes over slots, then the slots filled."""
    slots = Slots()

    def named(text: str) -> str:
        return MARK.sub(lambda found: class_names[found[1].lstrip("!")], text)

    heads = {one.key: slots.add(class_names[one.key], "Class{}Slot") for one in definitions}
    bases = {
        heads[one.key]: "LooseModel" if one.loose else "RuledModel"
        for one in definitions
        if one.kind == "class" and (one.loose or one.rule)
    }
    laid_out = lay_out({heads[one.key]: _layout(one, slots, named) for one in definitions}, bases)
    laid_out = re.sub(r"^    config\d+_slot: (.*)", r"    model_config = \1\n", laid_out, flags=re.MULTILINE)
    laid_out = re.sub(r"^    rule\d+_slot: ", "    __rule__ = ", laid_out, flags=re.MULTILINE)
    laid_out = re.sub(r"^    extra\d+_slot: (.*)", r"    __pydantic_extra__: \1 = Field(init=False)", laid_out, flags=re.MULTILINE)
    body = slots.fill(laid_out)
    title = '"""The schemas of the document as Pydantic models."""'
    return f"{title}\n\n{header(body, settings.types)}\n\n{body}"


def _layout(definition: Definition, slots: Slots, named: Callable[[str], str]) -> dict[str, Any]:
    """Describe a definition to datamodel-code-generator: slots for all names, types, defaults and documentation."""
    schema = definition.node.schema if isinstance(definition.node.schema, dict) else {}
    title = schema.get("title")
    own_names = (named(mark(definition.key)), definition.pointer.rpartition("/")[2])
    unsaid = title if isinstance(title, str) and title not in own_names else None
    text = documentation(schema, title=unsaid if definition.kind == "alias" else None)
    result: dict[str, Any] = {"description": slots.add(text)} if text else {}
    if definition.kind == "alias":
        annotation = named(definition.type.text)
        quoted = py(annotation) if "\0" in definition.type.text else annotation
        return {**result, "type": "string", "x-python-type": slots.add(quoted)}
    properties: dict[str, Any] = {}
    for kind, text in _members(definition, unsaid, named):
        name = slots.add(kind, f"{kind.strip('_')}{{}}_slot")
        properties[name] = {"type": "string", "x-python-type": slots.add(text)}
    required = list(properties)
    used = {named(found) for one in definition.properties for found in re.findall("\0[^\0]*\0", one.type.text)}
    python_names = names.fields([one.wire_name for one in definition.properties], used)
    for one in definition.properties:
        annotation, default = _field(one, python_names[one.wire_name])
        name = slots.add(python_names[one.wire_name], "field{}_slot")
        properties[name] = {"type": "string", "x-python-type": slots.add(named(annotation))}
        if default is None:
            required.append(name)
        else:
            properties[name]["default"] = slots.add(default)
        field_schema = one.node.schema if isinstance(one.node.schema, dict) else {}
        unsaid_default = default == "None" and field_schema.get("default") is not None
        if note := documentation(field_schema, unsaid_default=unsaid_default):
            properties[name]["description"] = slots.add(note)
    return {**result, "type": "object", "properties": properties, "required": required}


def _members(definition: Definition, title: str | None, named: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield what stands in a class before its fields: kind and text."""
    settings = ['extra="forbid"'] if definition.extra == "forbid" else []
    settings += [f"title={py(title)}"] if title else []
    if settings:
        yield "config", f"ConfigDict({', '.join(settings)})"
    if definition.rule:
        yield "rule", f"Rule({py(named(mark(definition.key)))})"
    if isinstance(definition.extra, Type):
        yield "extra", named(f"dict[str, {definition.extra.text}]")


def documentation(schema: Mapping[str, Any], *, title: str | None = None, unsaid_default: bool = False) -> str:
    """Collect what a schema says in words; `title` where nothing else shows it."""
    parts = [title.strip()] if title else []
    description = schema.get("description")
    if isinstance(description, str) and description.strip():
        parts.append(description)
    if unsaid_default:
        parts.append(f"Default: {schema['default']!r}")
    if schema.get("deprecated") is True:
        parts.append("Deprecated.")
    return "\n\n".join(parts)


def _field(one: Property, name: str) -> tuple[str, str | None]:
    """Write a field's annotation and its default; a default of None for what may be absent."""
    schema = one.node.schema if isinstance(one.node.schema, dict) else {}
    arguments = [] if name == one.wire_name else [f"alias={py(one.wire_name)}"]
    if isinstance(schema.get("examples"), list) and schema["examples"]:
        arguments.append(f"examples={py(schema['examples'])}")
    title = schema.get("title")
    if isinstance(title, str) and title != name.title().replace("_", " "):
        arguments.append(f"title={py(title)}")
    text, default = one.type.text, None
    if not one.required:
        default = default_text(schema.get("default"), one.type.text) if "default" in schema else None
        if default is None or (default == "None" and not one.type.null):
            default = "None"
            text = f"{text} | None" if one.type.silent else text if one.type.null else f"Absent[{text}]"
    return with_arguments(text, arguments), default


def with_arguments(text: str, arguments: list[str]) -> str:
    """Add arguments to the Field of an annotation, or a Field."""
    if not arguments:
        return text
    inner = re.fullmatch(r"Annotated\[((?:[^\[\]]|\[[^\[\]]*\])*), Field\(([^()]*)\)\]", text)
    if inner and not text.startswith("Absent"):
        return f"Annotated[{inner[1]}, Field({', '.join([inner[2], *arguments])})]"
    return f"Annotated[{text}, Field({', '.join(arguments)})]"


def default_text(value: Any, annotation: str) -> str | None:
    """Write a default of the document, or nothing where its annotation can't have it as a plain literal."""
    if value is None:
        return "None"
    outer = re.sub(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", "", annotation)
    literal = re.search(r"Literal\[", annotation)
    if isinstance(value, str | bool | int) and literal and repr(value) in annotation:
        return py(value)
    if isinstance(value, bool):
        return py(value) if re.search(r"\bbool\b", outer) else None
    if isinstance(value, str):
        return py(value) if re.search(r"(?<!dict\[)\bstr\b", outer) and not re.search(r"list\[|tuple\[|dict\[", outer) else None
    if isinstance(value, int | float) and not re.search(r"list\[|tuple\[|dict\[", outer):
        if re.search(r"\bfloat\b", outer):
            return py(value)
        return py(int(value)) if re.search(r"\bint\b", outer) and float(value).is_integer() else None
    if isinstance(value, list) and re.match(r"(Annotated\[)?list\[", annotation):
        inner = annotation[annotation.index("list[") + 5 :]
        items = [default_text(item, inner) for item in value if not isinstance(item, list | dict) and item is not None]
        return py(value) if all(items) and len(items) == len(value) else None
    return "{}" if value == {} and re.match(r"(Annotated\[)?dict\[", annotation) else None
