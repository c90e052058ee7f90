"""models.py as text: classes and aliases laid out by datamodel-code-generator, annotations filled in.

datamodel-code-generator is handed names and marks only, never a word of the document.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from typing import Any

from ..python.defaults import default_text
from ..python.escaping import py
from ..python.types import (
    VALUE,
    Generic,
    Tagged,
    Type,
    classes,
    judged,
    map_of,
    text,
    with_field,
)
from ..schemas.constants import constants_in_words
from .definitions import Annotation, Definition, Property, expanded
from .layout import Slots, lay_out
from .order import circles_of_aliases

_SETTINGS = {
    "config": "model_config = {}",
    "rule": "__rule__ = {}",
    "tags": "__tags__ = {}",
    "loose": "__loose__ = {}",
    "concealed": "__concealed__ = {}",
    "extra": "__pydantic_extra__: {} = Field(init=False)",
}
"""What stands before the fields of a class, by its kind of slot."""
_SETTING = re.compile(rf"^    ({'|'.join(_SETTINGS)})\d+_slot: (.*)", re.MULTILINE)
NARROWS = """\
# A subclass may have a narrower type for a field than the class that it extends: that one's schema accepts more.
# pyright: reportIncompatibleVariableOverride=false


"""
_LAST_SETTING = re.compile(
    r"^    (?:model_config|__rule__|__tags__|__loose__|__concealed__|__pydantic_extra__)\b.*\n(?=    (?:field|#))",
    re.MULTILINE,
)


def write(definitions: Sequence[Definition], aliases: Mapping[str, Type]) -> str:
    """Write models.py, or a module of it, but for its imports: classes over slots, then the slots filled."""
    slots = Slots()
    heads = {one.key: slots.add(one.name, "Class{}Slot") for one in definitions}
    bases = {
        heads[one.key]: (
            _base(one) if one.base is None else heads.get(one.base.key) or slots.add(one.base.name, "Class{}Slot")
        )
        for one in definitions
        if one.kind == "class" and _base(one) != "Model"
    }
    layouts: dict[str, Any] = {}
    later = {one.name for one in definitions}  # what is not defined yet where a class or an alias stands
    circles = circles_of_aliases(definitions)
    for one in definitions:
        head = heads[one.key]
        if one.kind == "alias":
            layouts[head] = _alias(one, slots, later, circles[one.name])
            slots.remark(head, _remark(judged(one.annotation.known)))
        else:
            layouts[head] = _class(one, slots, aliases, later)
        later.discard(one.name)
    laid_out = slots.with_remarks(lay_out(layouts, bases))
    laid_out = _SETTING.sub(lambda found: "    " + _SETTINGS[found[1]].format(found[2]), laid_out)
    narrows = any(one.narrows for one in definitions)
    return NARROWS * narrows + slots.fill(_LAST_SETTING.sub(r"\g<0>\n", laid_out))


def outlines(definitions: Sequence[Definition], aliases: Mapping[str, Type]) -> dict[str, str]:
    """What importers see of each class and alias, by name: Python text that is laid out here, without documentation."""
    found: dict[str, str] = {}
    for one in definitions:
        if one.kind == "alias":
            found[one.name] = f"{one.name} = TypeAliasType({py(one.name)}, {_plain(one.annotation.known)})\n"
            continue
        lines = [f"class {one.name}({one.base.name if one.base else _base(one)}):"]
        lines += [f"    __tags__ = {_tags(one.tags)}"] if one.tags and one.tags.classes else []
        lines += [f"    __rule__ = Rule({py(one.name)})"] if one.rule else []
        lines += [f"    __pydantic_extra__: {_plain(one.extra.known)}"] if isinstance(one.extra, Annotation) else []
        lines += [
            f"    {field.name}: {_plain(annotation)}" + ("" if default is None else f" = {default}")
            for each in _ancestors(one)
            for field, annotation, default in _fields(each, aliases)
        ]
        found[one.name] = "\n".join([*lines, "    ..."]) + "\n"
    return found


def _ancestors(one: Definition) -> list[Definition]:
    """List a class and all that it extends, the first of them first: a field that stands twice is that of the last one."""
    return [*(_ancestors(one.base) if one.base is not None else []), one]


def _base(one: Definition) -> str:
    """Name the class of the runtime that a class, or the first that it extends, is made of."""
    if one.tags or one.base:
        return "TaggedModel"
    if one.recurses:
        return "RecursiveModel"
    if one.nests:
        return "NestingLooseModel" if one.loose else "NestingModel"
    return "LooseModel" if one.loose else "RuledModel" if one.rule else "Model"


def _tags(one: Tagged) -> str:
    """Write which class of the module each tag names."""
    return f"Tagged({py(one.wire_name)}, {{{', '.join(f'{py(tag)}: {py(name)}' for tag, name in one.classes)}}})"


def _plain(one: Type) -> str:
    return text(one, owner="")


def _fields(definition: Definition, aliases: Mapping[str, Type]) -> Iterator[tuple[Property, Type, str | None]]:
    """Yield each property with its type and default."""
    for one in definition.properties:
        yield one, *_field(one, expanded(one.annotation.known, aliases))


def _entry(annotation: str) -> dict[str, Any]:
    return {"type": "string", "x-python-type": annotation}


def _alias(definition: Definition, slots: Slots, later: Set[str], circle: Set[str]) -> dict[str, Any]:
    """Describe an alias to datamodel-code-generator: slots for everything.

    What stands before the rest of its circle of aliases is quoted as a whole: mypy understands it only so.
    """
    target = definition.annotation.known
    whole = any(name in later and name in circle for name in classes(target))
    written = py(_plain(target)) if whole else text(target, owner="", later=later)
    return {**_described(definition, slots, _unsaid_title(definition)), **_entry(slots.add(written))}


def _class(definition: Definition, slots: Slots, aliases: Mapping[str, Type], later: Collection[str]) -> dict[str, Any]:
    """Describe a class to datamodel-code-generator: slots for everything."""
    properties = _settings(definition, slots, later)
    required = list(properties)
    for one, annotation, default in _fields(definition, aliases):
        slot = slots.add(one.name, "field{}_slot")
        slots.remark(slot, _remark(judged(annotation)))
        properties[slot] = _entry(slots.add(text(annotation, owner="", later=later)))
        if default is None:
            required.append(slot)
        else:
            properties[slot]["default"] = slots.add(default)
        if note := _note(one, default):
            properties[slot]["description"] = slots.add(note)
    return {**_described(definition, slots), "type": "object", "properties": properties, "required": required}


def _described(definition: Definition, slots: Slots, title: str | None = None) -> dict[str, Any]:
    schema = definition.node.schema if isinstance(definition.node.schema, dict) else {}
    words = documentation(schema, title=title)
    return {"description": slots.add(words)} if words else {}


def _settings(definition: Definition, slots: Slots, later: Collection[str]) -> dict[str, dict[str, Any]]:
    """Write what stands before the fields: settings, rule, the type of further properties."""
    found: dict[str, dict[str, Any]] = {}
    title, base = _unsaid_title(definition), definition.base
    arguments = ['extra="forbid"'] if definition.extra == "forbid" and (base is None or base.extra != "forbid") else []
    if base is not None and base.extra == "forbid" != definition.extra:
        arguments = ['extra="allow"']
    if title is None and base is not None and _inherited_title(base):
        title = definition.name
    arguments += [f"title={py(title)}"] if title else []
    if arguments:
        found[slots.add("", "config{}_slot")] = _entry(slots.add(f"ConfigDict({', '.join(arguments)})"))
    if definition.rule:
        slot = slots.add("", "rule{}_slot")
        slots.remark(slot, _remark(definition.rule))
        found[slot] = _entry(slots.add(f"Rule({py(definition.name)})"))
    if definition.tags is not None and definition.tags.classes:  # else no tag is one that the schemas accept
        found[slots.add("", "tags{}_slot")] = _entry(slots.add(_tags(definition.tags)))
    if definition.loose and (definition.tags or base):
        found[slots.add("", "loose{}_slot")] = _entry(slots.add("True"))
    if definition.concealed and not (base and base.concealed):
        found[slots.add("", "concealed{}_slot")] = _entry(slots.add("True"))
    if (extra := _further(definition)) is not None:
        slot, further = slots.add("", "extra{}_slot"), map_of(extra)
        slots.remark(slot, _remark(judged(further)))
        found[slot] = _entry(slots.add(text(further, owner="", later=later)))
    return found


def _further(definition: Definition) -> Type | None:
    """Give the type of further properties, if the class has to say it."""
    said = definition.base.extra if definition.base is not None else None
    if isinstance(definition.extra, Annotation):
        return None if definition.extra == said else definition.extra.known
    return VALUE if isinstance(said, Annotation) and definition.extra == "allow" else None


def _inherited_title(base: Definition | None) -> bool:
    """Whether a class that is extended says a title, which pydantic would give to the others."""
    while base is not None:
        if _unsaid_title(base):
            return True
        base = base.base
    return False


def _remark(keywords: Sequence[str]) -> str:
    """Say what a rule checks, where there is one."""
    return f"also judged: {', '.join(keywords)}" if keywords else ""


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
    if constants := constants_in_words(schema):
        parts.append(constants)
    if unsaid_default:
        parts.append(f"Default: {schema['default']!r}")
    if schema.get("deprecated") is True:
        parts.append("Deprecated.")
    return "\n\n".join(parts)


def values_of_field(one: Property) -> list[Any]:
    """List the values of the document that a field repeats: its title, its examples and its default."""
    schema = one.node.schema if isinstance(one.node.schema, dict) else {}
    return [schema[key] for key in ("title", "examples", "default") if key in schema]


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
    found, default = one.annotation.known, default_text(one.tag, meaning) if one.tag else None
    if default is not None:
        return with_field(found if one.required else Generic("Absent", (found,)), arguments), default
    if not one.required:
        default = default_text(schema["default"], meaning) if "default" in schema else None
        if default is None or (default == "None" and not one.annotation.null):
            default = "None"
            if not one.annotation.null:
                found = Generic("Absent", (found,))
    return with_field(found, arguments), default
