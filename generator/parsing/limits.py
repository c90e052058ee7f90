"""The bounds within which a document is read and worked on: beyond them it is refused before memory is spent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from ..diagnostics.diagnostic import Refused
from ..diagnostics.location import Location, diagnose
from ..records import record


@record(kw_only=True)
class Limits:
    """Bounds of one document, all of its files together.

    Nearly all public documents stay far below each of them (the largest have about 16,000 operations). Settings and the
    command line raise those that grow with a document (RAISABLE), by the names of their settings: `made-text`.
    """

    bytes: int = 32 * 2**20  # octets of all files
    files: int = 2_000  # files that one document is joined from
    nodes: int = 2_000_000  # values: objects, arrays, strings, numbers, booleans and nulls
    depth: int = 200  # objects and arrays inside one another
    made: int = 1_000_000  # values that are made of it: repeated by aliases, copied for references, merged, combined
    made_text: int = 64 * 2**20  # characters of text in them, and of descriptions that are written more than once
    name: int = 1_000  # characters of an object's key, and of what becomes a name (operationId, tag, parameter)
    operations: int = 20_000  # operations of paths, webhooks and callbacks
    enum_values: int = 10_000  # values of one enum
    all_enum_values: int = 200_000  # values of all enums together
    properties: int = 10_000  # properties of one object

    @classmethod
    def of(cls, given: Mapping[str, int]) -> Limits:
        """Make the bounds with those that were given in place of their defaults."""
        return cls(**{name.replace("-", "_"): value for name, value in given.items()})

    def hint(self, name: str, needed: int = 0) -> str:
        """Say how to raise a bound, with a value that is enough: `needed`, if it is known what is, else twice the bound."""
        value: int = getattr(self, name.replace("-", "_")) * 2
        while value < needed:
            value *= 2
        return f"if the document is to be trusted: --limit {name}={value}, or {name} = {value} under [tool.spectwin.limits]"


RAISABLE = tuple(name.replace("_", "-") for name in sorted({one.name for one in fields(Limits)} - {"depth", "name"}))
"""The bounds that a big document may meet. Deep nesting and long names come from other causes, and cost more than memory."""

DIGITS = 250
"""Digits of an integer, hexadecimal ones too: longer ones are beyond a double, as 1e999 is (RFC 8259, section 6)."""
COPIED = 20
"""Values of the budget for each value of a schema that is copied for a `$dynamicRef`: classes are made of each copy."""
REPEATED = 8
"""Values of the budget for each value of a path item that is put at one more path: each has operations of its own."""
COMBINED = 20
"""Values of the budget for each schema that is made of two: most become classes."""

INHERITED = 8
"""Values of the budget for each property that a schema has from its `$ref` or `allOf`: the class of each writes it."""
SECURED = 4
"""Values of the budget for each value of an operation's security: the contract writes it, and `diff` compares it."""

Spend = Callable[[int, int, str], None]
"""Takes values, and characters of text in them, off a budget, for a pointer into a document."""


class Budget:
    """What may still be made of one document, by all stages, whatever file, alias or reference it comes from.

    Bounds on what is read do not bound this: a reference of 30 characters repeats what it leads to.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._values, self._characters = limits.made, limits.made_text

    def spend(self, values: int, characters: int, at: Callable[[], Location]) -> None:
        """Take values, and characters of text in them, off what is left; `at` finds where they are asked for.

        Raises Refused if that is more than is left.
        """
        self._values -= values
        self._characters -= characters
        if self._values >= 0 and self._characters >= 0:
            return
        most = f"{self._limits.made:,} values" if self._values < 0 else f"{self._limits.made_text:,} characters"
        message = f"more than {most} would be made of this document"
        hint = "aliases, references, allOf or combinations in it repeat too much: say it once, and refer to it; "
        hint += self._limits.hint("made" if self._values < 0 else "made-text")
        raise Refused(diagnose("error", message, at(), hint=hint))


def weigh(value: Any) -> tuple[int, int]:
    """Count the values in a JSON value, itself included, and the characters of its texts and keys."""
    values = characters = 0
    pending = [value]
    while pending:
        one = pending.pop()
        values += 1
        if isinstance(one, str):
            characters += len(one)
        elif isinstance(one, dict):
            characters += sum(map(len, one))
            pending += one.values()
        elif isinstance(one, list):
            pending += one
    return values, characters
