"""models.py as text: classes and aliases laid out by datamodel-code-generator, annotations filled in.

datamodel-code-generator is handed names and marks only, never a word of the document.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..python import names
from ..python.escaping import py
from ..python.imports import header
from .definitions import LATER, MARK, Definition, Property, Type, expanded, mark
from .layout import Slots, lay_out

if TYPE_CHECKING:
    from ..settings.settings import Settings

_TOKEN = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\0[^\0]*\0|[][(){},]""")


@dataclass(frozen=True, slots=True)
class _Names:
    """Names in place of marks; what aliases stand for; `later` are the keys of what is defined from here on."""

    names: Mapping[str, str]
    aliases: Mapping[str, str]
    later: set[str]

    def plain(self, text: str) -> str:
        return MARK.sub(lambda found: self.names[found[1].lstrip("!")], text)

    def annotation(self, text: str) -> str:
        """Write an annotation that is evaluated here: what stands later is quoted, the rest costs less as it is."""
        keys = {key.removeprefix(LATER) for key in MARK.findall(text)} & self.later
        return quoted(self.plain(text), {self.names[key] for key in keys}) if keys else self.plain(text)


def write(definitions: Sequence[Definition], class_names: Mapping[str, str], settings: Settings) -> str:
    """Write models.py: classes over slots, then the slots filled."""
    slots = Slots()
    named = _Names(class_names, _aliases(definitions), {one.key for one in definitions})
    heads = {one.key: slots.add(class_names[one.key], "Class{}Slot") for one in definitions}
    bases = {
        heads[one.key]: "LooseModel" if one.loose else "RuledModel"
        for one in definitions
        if one.kind == "class" and (one.loose or one.rule)
    }
    layouts: dict[str, Any] = {}
    for one in definitions:
        layouts[heads[one.key]] = _layout(one, slots, named)
        named.later.discard(one.key)
    laid_out = lay_out(layouts, bases)
    laid_out = re.sub(r"^    config\d+_slot: (.*)", r"    model_config = \1\n", laid_out, flags=re.MULTILINE)
    laid_out = re.sub(r"^    rule\d+_slot: ", "    __rule__ = ", laid_out, flags=re.MULTILINE)
    laid_out = re.sub(
        r"^    extra\d+_slot: (.*)", r"    __pydantic_extra__: \1 = Field(init=False)", laid_out, flags=re.MULTILINE
    )
    body = slots.fill(laid_out)
    title = '"""The schemas of the document as Pydantic models."""'
    return f"{title}\n\n{header(body, settings.types, future=False)}\n\n{body}"


def outlines(definitions: Sequence[Definition], class_names: Mapping[str, str]) -> dict[str, str]:
    """What importers see of each class and alias, by name: Python text that is laid out here, without documentation."""
    named = _Names(class_names, _aliases(definitions), set())
    found: dict[str, str] = {}
    for one in definitions:
        name = class_names[one.key]
        if one.kind == "alias":
            found[name] = f"{name} = TypeAliasType({py(name)}, {_aliased(one, named)})\n"
            continue
        lines = [f"class {name}({'LooseModel' if one.loose else 'RuledModel' if one.rule else 'Model'}):"]
        lines += [f"    __rule__ = Rule({py(name)})"] if one.rule else []
        lines += [f"    __pydantic_extra__: {named.plain(one.extra.text)}"] if isinstance(one.extra, Type) else []
        lines += [
            f"    {field}: {named.plain(annotation)}" + ("" if default is None else f" = {default}")
            for _, field, annotation, default in _fields(one, named)
        ]
        found[name] = "\n".join([*lines, "    ..."]) + "\n"
    return found


def _aliases(definitions: Sequence[Definition]) -> dict[str, str]:
    return {one.key: one.type.text for one in definitions if one.kind == "alias"}


def _aliased(definition: Definition, named: _Names) -> str:
    text = named.plain(definition.type.text)
    return py(text) if "\0" in definition.type.text else text


def _fields(definition: Definition, named: _Names) -> Iterator[tuple[Property, str, str, str | None]]:
    """Yield each property with its Python name, annotation and default."""
    used = {
        named.plain(found).partition(" ")[0]
        for one in definition.properties
        for found in re.findall("\0[^\0]*\0", one.type.text)
    }
    python_names = names.fields([one.wire_name for one in definition.properties], used)
    for one in definition.properties:
        name = python_names[one.wire_name]
        yield one, name, *_field(one, name, expanded(one.type.text, named.aliases))


def _entry(annotation: str) -> dict[str, Any]:
    return {"type": "string", "x-python-type": annotation}


def _layout(definition: Definition, slots: Slots, named: _Names) -> dict[str, Any]:
    """Describe a definition to datamodel-code-generator: slots for everything."""
    schema = definition.node.schema if isinstance(definition.node.schema, dict) else {}
    title = _unsaid_title(definition, named.plain(mark(definition.key)))
    result: dict[str, Any] = {}
    if text := documentation(schema, title=title if definition.kind == "alias" else None):
        result["description"] = slots.add(text)
    if definition.kind == "alias":
        return {**result, **_entry(slots.add(_aliased(definition, named)))}
    properties = _settings(definition, title, slots, named)
    required = list(properties)
    for one, name, annotation, default in _fields(definition, named):
        slot = slots.add(name, "field{}_slot")
        properties[slot] = _entry(slots.add(named.annotation(annotation)))
        if default is None:
            required.append(slot)
        else:
            properties[slot]["default"] = slots.add(default)
        if note := _note(one, default):
            properties[slot]["description"] = slots.add(note)
    return {**result, "type": "object", "properties": properties, "required": required}


def _settings(definition: Definition, title: str | None, slots: Slots, named: _Names) -> dict[str, dict[str, Any]]:
    """Write what stands before the fields: settings, rule, the type of further properties."""
    found: dict[str, dict[str, Any]] = {}
    arguments = ['extra="forbid"'] if definition.extra == "forbid" else []
    arguments += [f"title={py(title)}"] if title else []
    if arguments:
        found[slots.add("", "config{}_slot")] = _entry(slots.add(f"ConfigDict({', '.join(arguments)})"))
    if definition.rule:
        found[slots.add("", "rule{}_slot")] = _entry(slots.add(f"Rule({py(named.plain(mark(definition.key)))})"))
    if isinstance(definition.extra, Type):
        found[slots.add("", "extra{}_slot")] = _entry(
            slots.add(named.annotation(f"dict[str, {definition.extra.text}]"))
        )
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


def _field(one: Property, name: str, meaning: str) -> tuple[str, str | None]:
    """Write a field's annotation and its default; a default of None for what may be absent.

    `meaning` is the annotation with what aliases stand for.
    """
    schema = one.node.schema if isinstance(one.node.schema, dict) else {}
    arguments = [] if name == one.wire_name else [f"alias={py(one.wire_name)}"]
    if isinstance(schema.get("examples"), list) and schema["examples"]:
        arguments.append(f"examples={py(schema['examples'])}")
    title = schema.get("title")
    if isinstance(title, str) and title != name.title().replace("_", " "):
        arguments.append(f"title={py(title)}")
    text, default = one.type.text, None
    if not one.required:
        default = default_text(schema.get("default"), meaning) if "default" in schema else None
        if default is None or (default == "None" and not one.type.null):
            default = "None"
            text = f"{text} | None" if one.type.silent else text if one.type.null else f"Absent[{text}]"
    return with_arguments(text, arguments), default


def with_arguments(text: str, arguments: list[str]) -> str:
    """Add arguments to the Field of an annotation, or a Field."""
    if not arguments:
        return text
    head, last = _annotated(text)
    if last.startswith("Field("):
        return f"Annotated[{head}, {', '.join([last[:-1], *arguments])})]"
    return f"Annotated[{f'{head}, {last}' if last else text}, Field({', '.join(arguments)})]"


def _annotated(text: str) -> tuple[str, str]:
    """Part what is one Annotated as a whole: its last metadata, and what stands before. Nothing for other texts."""
    depth, comma = 0, 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[({":
            depth += 1
        elif token[0] in "])}":
            depth -= 1
            if not depth and token.end() < len(text):
                return "", ""
        elif token[0] == "," and depth == 1:
            comma = token.start()
    if not text.startswith("Annotated["):
        return "", ""
    return text[len("Annotated[") : comma], text[comma + 2 : -1]


def quoted(annotation: str, later: Collection[str]) -> str:
    """Quote the parts of an annotation that are evaluated with names that are defined later, and no more."""
    text = annotation.encode()
    for start, end in sorted(_unevaluated(ast.parse(annotation, mode="eval").body, later), reverse=True):
        text = text[:start] + py(text[start:end].decode()).encode() + text[end:]
    return text.decode()


def _unevaluated(node: ast.expr, later: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield where those parts begin and end: a union with such a name as a whole, for texts have no `|`."""
    if isinstance(node, ast.Name) and node.id in later:
        yield node.col_offset, node.end_col_offset or 0
    elif isinstance(node, ast.BinOp):
        operands = [node.left, node.right]
        while isinstance(operands[0], ast.BinOp):
            operands[:1] = [operands[0].left, operands[0].right]
        if any(isinstance(one, ast.Name) and one.id in later for one in operands):
            yield node.col_offset, node.end_col_offset or 0
        else:
            for one in operands:
                yield from _unevaluated(one, later)
    elif isinstance(node, ast.Subscript) and ast.unparse(node.value) != "Literal":
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for one in parts:
            yield from _unevaluated(one, later)


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
