"""Classes laid out by datamodel-code-generator from slots: it sees our own names only, never a word of a document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..python.escaping import comment, doc
from .shapes import DEFAULT, DESCRIBED, HOLES, shapes

_SLOT = re.compile(r'^( *)"""\n *(s\d+_slot)\n *"""|"(s\d+_slot)"|\b([a-z]++\d+_slot|Class\d+Slot)\b', re.MULTILINE)
_STATEMENT = re.compile(r"^( *)(Class\d+Slot|[a-z]+\d+_slot)(?=: | = )", re.MULTILINE)


@dataclass(slots=True)
class Slots:
    """Texts by the slots that stand for them; `remarks` are the slots of comments, by that of the statement below."""

    texts: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)

    def add(self, text: str, form: str = "s{}_slot") -> str:
        """Give a slot for a text: a type, a default or a docstring; `form` tells slots of names apart."""
        slot = form.format(len(self.texts))
        self.texts[slot] = text
        return slot

    def remark(self, slot: str, text: str) -> None:
        """Have a comment stand above the statement that begins with a slot, if there is something to say."""
        if text:
            self.remarks[slot] = self.add(comment(text))

    def with_remarks(self, laid_out: str) -> str:
        """Put the slots of comments above their statements."""

        def remarked(found: re.Match[str]) -> str:
            slot = self.remarks.get(found[2])
            return f"{found[1]}# {slot}\n{found[0]}" if slot else found[0]

        return _STATEMENT.sub(remarked, laid_out)

    def fill(self, laid_out: str) -> str:
        """Put the texts where their slots are, all at once: what a text holds is never looked at again."""

        def filled(found: re.Match[str]) -> str:
            if found[2]:
                return found[1] + doc(self.texts[found[2]], len(found[1]))
            return self.texts[found[3] or found[4]]

        return _SLOT.sub(filled, laid_out)


def lay_out(schemas: Mapping[str, Any], bases: Mapping[str, str]) -> str:
    """Write a class or an alias for each schema (slot → schema over slots); `bases` are bases other than Model, slots too."""
    if not schemas:
        return ""
    found = shapes()
    return "\n\n".join(
        _class(found, name, schema, bases.get(name, "Model"))
        if schema["type"] == "object"
        else _alias(found, name, schema)
        for name, schema in schemas.items()
    )


def _alias(known: Mapping[str, str], name: str, schema: Mapping[str, Any]) -> str:
    shape = known[f"alias{DESCRIBED * ('description' in schema)}"]
    return _put(shape, name=name, type=schema["x-python-type"], words=schema.get("description", ""))


def _class(known: Mapping[str, str], name: str, schema: Mapping[str, Any], base: str) -> str:
    described = DESCRIBED * ("description" in schema)
    head = known[f"{'class' if schema['properties'] else 'empty'}{described}"]
    parts = [_put(head, name=name, base=base, words=schema.get("description", ""))]
    last = len(schema["properties"]) - 1
    for index, (field_name, one) in enumerate(schema["properties"].items()):
        kind = (
            f"{'last' if index == last else 'field'}{DEFAULT * ('default' in one)}{DESCRIBED * ('description' in one)}"
        )
        given = {"type": one["x-python-type"], "default": one.get("default", ""), "words": one.get("description", "")}
        parts.append(_put(known[kind], name=field_name, **given))
    return "".join(parts)


_HOLE = re.compile(r"Class0Slot|field0_slot|s[123]_slot|(?<=\()Model(?=\))")


def _put(shape: str, **given: str) -> str:
    """Put slots of a class or field into the holes of its shape."""
    found = {HOLES[key]: value for key, value in given.items() if key != "base"}
    found |= {"field0_slot": given["name"], "Model": given.get("base", "Model")}
    return _HOLE.sub(lambda hole: found[hole[0]], shape)
