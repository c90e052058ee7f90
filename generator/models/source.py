"""models.py as text: classes and aliases laid out by datamodel-code-generator, annotations filled in.

datamodel-code-generator is handed names and marks only, never a word of the document.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..python.escaping import py
from ..python.imports import header
from ..python.types import Generic, Type, default_text, map_of, optional, references, text, with_field
from .definitions import Annotation, Definition, Property, expanded
from .layout import Slots, lay_out

if TYPE_CHECKING:
    from ..settings.settings import Settings


def write(definitions: Sequence[Definition], aliases: Mapping[str, Type], settings: Settings) -> str:
    """Write models.py: classes over slots, then the slots filled."""
    slots = Slots()
    heads = {one.key: slots.add(one.name, "Class{}Slot") for one in definitions}
    bases = {
        heads[one.key]: "LooseModel" if one.loose else "RuledModel"
        for one in definitions
        if one.kind == "class" and (one.loose or one.rule)
    }
    layouts: dict[str, Any] = {}
    later = {one.name for one in definitions}  # what is not defined yet where a class or an alias stands
    for one in definitions:
        layouts[heads[one.key]] = _layout(one, slots, aliases, later)
        later.discard(one.name)
    laid_out = lay_out(layouts, bases)
    laid_out = re.sub(r"^    config\d+_slot: (.*)", r"    model_config = \1\n", laid_out, flags=re.MULTILINE)
    laid_out = re.sub(r"^    rule\d+_slot: ", "    __rule__ = ", laid_out, flags=re.MULTILINE)
    laid_out = re.sub(
        r"^    extra\d+_slot: (.*)", r"    __pydantic_extra__: \1 = Field(init=False)", laid_out, flags=re.MULTILINE
    )
    body = slots.fill(laid_out)
    title = '"""The schemas of the document as Pydantic models."""'
    return f"{title}\n\n{header(ast.parse(body), settings.types, future=False)}\n\n{body}"


def outlines(definitions: Sequence[Definition], aliases: Mapping[str, Type]) -> dict[str, str]:
    """What importers see of each class and alias, by name: Python text that is laid out here, without documentation."""
    found: dict[str, str] = {}
    for one in definitions:
        if one.kind == "alias":
            found[one.name] = f"{one.name} = TypeAliasType({py(one.name)}, {_aliased(one)})\n"
            continue
        lines = [f"class {one.name}({'LooseModel' if one.loose else 'RuledModel' if one.rule else 'Model'}):"]
        lines += [f"    __rule__ = Rule({py(one.name)})"] if one.rule else []
        lines += [f"    __pydantic_extra__: {_plain(one.extra.known)}"] if isinstance(one.extra, Annotation) else []
        lines += [
            f"    {field.name}: {_plain(annotation)}" + ("" if default is None else f" = {default}")
            for field, annotation, default in _fields(one, aliases)
        ]
        found[one.name] = "\n".join([*lines, "    ..."]) + "\n"
    return found


def _plain(one: Type) -> str:
    return text(one, owner="")


def _aliased(definition: Definition) -> str:
    """Write what an alias stands for: quoted where it mentions classes or rules."""
    target = definition.annotation.known
    return py(_plain(target)) if any(references(target)) else _plain(target)


def _fields(definition: Definition, aliases: Mapping[str, Type]) -> Iterator[tuple[Property, Type, str | None]]:
    """Yield each property with its type and default."""
    for one in definition.properties:
        yield one, *_field(one, expanded(one.annotation.known, aliases))


def _entry(annotation: str) -> dict[str, Any]:
    return {"type": "string", "x-python-type": annotation}


def _layout(
    definition: Definition, slots: Slots, aliases: Mapping[str, Type], later: Collection[str]
) -> dict[str, Any]:
    """Describe a definition to datamodel-code-generator: slots for everything."""
    schema = definition.node.schema if isinstance(definition.node.schema, dict) else {}
    title = _unsaid_title(definition)
    result: dict[str, Any] = {}
    if words := documentation(schema, title=title if definition.kind == "alias" else None):
        result["description"] = slots.add(words)
    if definition.kind == "alias":
        return {**result, **_entry(slots.add(_aliased(definition)))}
    properties = _settings(definition, title, slots, later)
    required = list(properties)
    for one, annotation, default in _fields(definition, aliases):
        slot = slots.add(one.name, "field{}_slot")
        properties[slot] = _entry(slots.add(text(annotation, owner="", later=later)))
        if default is None:
            required.append(slot)
        else:
            properties[slot]["default"] = slots.add(default)
        if note := _note(one, default):
            properties[slot]["description"] = slots.add(note)
    return {**result, "type": "object", "properties": properties, "required": required}


def _settings(
    definition: Definition, title: str | None, slots: Slots, later: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Write what stands before the fields: settings, rule, the type of further properties."""
    found: dict[str, dict[str, Any]] = {}
    arguments = ['extra="forbid"'] if definition.extra == "forbid" else []
    arguments += [f"title={py(title)}"] if title else []
    if arguments:
        found[slots.add("", "config{}_slot")] = _entry(slots.add(f"ConfigDict({', '.join(arguments)})"))
    if definition.rule:
        found[slots.add("", "rule{}_slot")] = _entry(slots.add(f"Rule({py(definition.name)})"))
    if isinstance(definition.extra, Annotation):
        further = text(map_of(definition.extra.known), owner="", later=later)
        found[slots.add("", "extra{}_slot")] = _entry(slots.add(further))
    return found


def _unsaid_title(definition: Definition) -> str | None:
    """Give a schema's title where the name of its class does not say it."""
    title = definition.node.schema.get("title") if isinstance(definition.node.schema, dict) else None
    known = (definition.name, definition.pointer.rpartition("/")[2])
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


def _field(one: Property, meaning: Type) -> tuple[Type, str | None]:
    """Choose a field's type and its default; a default of None for what may be absent.

    `meaning` is the type with what aliases stand for.
    """
    schema = one.node.schema if isinstance(one.node.schema, dict) else {}
    arguments = [] if one.name == one.wire_name else [("alias", py(one.wire_name))]
    if isinstance(schema.get("examples"), list) and schema["examples"]:
        arguments.append(("examples", py(schema["examples"])))
    title = schema.get("title")
    if (
        isinstance(title, str) and title != one.wire_name.title().replace("_", " ").strip()
    ):  # which Pydantic makes of it
        arguments.append(("title", py(title)))
    found, default = one.annotation.known, None
    if not one.required:
        default = default_text(schema["default"], meaning) if "default" in schema else None
        if default is None or (default == "None" and not one.annotation.null):
            default = "None"
            if one.annotation.silent:
                found = optional(found)
            elif not one.annotation.null:
                found = Generic("Absent", (found,))
    return with_field(found, arguments), default
