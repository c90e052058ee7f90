"""models.py as text: classes and aliases laid out by datamodel-code-generator, annotations filled in.

datamodel-code-generator is handed names and marks only, never a word of the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import names
from .definitions import Definition, Property, Type, mark
from .imports import header
from .layout import Slots, lay_out
from .text import py

if TYPE_CHECKING:
    from .settings import Settings

MARK = re.compile("\0([^\0]*)\0")


def write(definitions: Sequence[Definition], class_names: Mapping[str, str], settings: Settings) -> str:
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
    laid_out = re.sub(
        r"^    extra\d+_slot: (.*)", r"    __pydantic_extra__: \1 = Field(init=False)", laid_out, flags=re.MULTILINE
    )
    body = slots.fill(laid_out)
    title = '"""The schemas of the document as Pydantic models."""'
    return f"{title}\n\n{header(body, settings.types)}\n\n{body}"


def _entry(annotation: str) -> dict[str, Any]:
    return {"type": "string", "x-python-type": annotation}


def _layout(definition: Definition, slots: Slots, named: Callable[[str], str]) -> dict[str, Any]:
    """Describe a definition to datamodel-code-generator: slots for everything."""
    schema = definition.node.schema if isinstance(definition.node.schema, dict) else {}
    title = _unsaid_title(definition, named(mark(definition.key)))
    result: dict[str, Any] = {}
    if text := documentation(schema, title=title if definition.kind == "alias" else None):
        result["description"] = slots.add(text)
    if definition.kind == "alias":
        annotation = named(definition.type.text)
        quoted = py(annotation) if "\0" in definition.type.text else annotation
        return {**result, **_entry(slots.add(quoted))}
    properties = _settings(definition, title, slots, named)
    required = list(properties)
    used = {
        named(found).partition(" ")[0]
        for one in definition.properties
        for found in re.findall("\0[^\0]*\0", one.type.text)
    }
    python_names = names.fields([one.wire_name for one in definition.properties], used)
    for one in definition.properties:
        name = python_names[one.wire_name]
        slot = slots.add(name, "field{}_slot")
        annotation, default = _field(one, name)
        properties[slot] = _entry(slots.add(named(annotation)))
        if default is None:
            required.append(slot)
        else:
            properties[slot]["default"] = slots.add(default)
        if note := _note(one, default):
            properties[slot]["description"] = slots.add(note)
    return {**result, "type": "object", "properties": properties, "required": required}


def _settings(
    definition: Definition, title: str | None, slots: Slots, named: Callable[[str], str]
) -> dict[str, dict[str, Any]]:
    """Write what stands before the fields: settings, rule, the type of further properties."""
    found: dict[str, dict[str, Any]] = {}
    arguments = ['extra="forbid"'] if definition.extra == "forbid" else []
    arguments += [f"title={py(title)}"] if title else []
    if arguments:
        found[slots.add("", "config{}_slot")] = _entry(slots.add(f"ConfigDict({', '.join(arguments)})"))
    if definition.rule:
        found[slots.add("", "rule{}_slot")] = _entry(slots.add(f"Rule({py(named(mark(definition.key)))})"))
    if isinstance(definition.extra, Type):
        found[slots.add("", "extra{}_slot")] = _entry(slots.add(named(f"dict[str, {definition.extra.text}]")))
    return found


def _unsaid_title(definition: Definition, name: str) -> str | None:
    """Give a schema's title where the name of its class does not say it."""
    title = definition.node.schema.get("title") if isinstance(definition.node.schema, dict) else None
    known = (name, definition.pointer.rpartition("/")[2])
    return title if isinstance(title, str) and title not in known else None


def _note(one: Property, default: str | None) -> str:
    """Document a field: also the default that it can't have as a literal."""
    schema = one.node.schema if isinstance(one.node.schema, dict) else {}
    unsaid = default == "None" and schema.get("default") is not None
    return documentation(schema, unsaid_default=unsaid)


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
        return (
            py(value)
            if re.search(r"(?<!dict\[)\bstr\b", outer) and not re.search(r"list\[|tuple\[|dict\[", outer)
            else None
        )
    if isinstance(value, int | float) and not re.search(r"list\[|tuple\[|dict\[", outer):
        if re.search(r"\bfloat\b", outer):
            return py(value)
        return py(int(value)) if re.search(r"\bint\b", outer) and float(value).is_integer() else None
    if isinstance(value, list) and re.match(r"(Annotated\[)?list\[", annotation):
        inner = annotation[annotation.index("list[") + 5 :]
        items = [default_text(item, inner) for item in value if not isinstance(item, list | dict) and item is not None]
        return py(value) if all(items) and len(items) == len(value) else None
    return "{}" if value == {} and re.match(r"(Annotated\[)?dict\[", annotation) else None
