"""The bounds within which a document is read: beyond them it is refused before memory is spent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one document, all of its files together.

    Large public documents stay far below each of them (the largest have about 16,000 operations).
    """

    bytes: int = 32 * 2**20  # octets of all files
    files: int = 2_000  # files that one document is joined from
    nodes: int = 2_000_000  # values: objects, arrays, strings, numbers, booleans and nulls
    depth: int = 200  # objects and arrays inside one another
    alias_nodes: int = 200_000  # values that YAML aliases and merge keys repeat
    name: int = 1_000  # characters of an object's key, and of what becomes a name (operationId, tag, parameter)
    operations: int = 20_000  # operations of paths, webhooks and callbacks
    enum_values: int = 10_000  # values of one enum
    all_enum_values: int = 200_000  # values of all enums together
    properties: int = 10_000  # properties of one object


DIGITS = 250
"""Digits of an integer, hexadecimal ones too: longer ones are beyond a double, as 1e999 is (RFC 8259, section 6)."""
