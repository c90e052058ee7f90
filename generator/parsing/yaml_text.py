"""YAML text: safe reading within bounds, in the terms of YAML 1.2's core schema, and positions.

Built from the C parser's events, without recursion: nothing is constructed but strings, numbers, booleans, null, lists
and dictionaries, and what aliases repeat is counted before it is copied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import yaml

from ..diagnostics.diagnostic import Findings, Refused
from ..diagnostics.location import Location, diagnose
from ..pointer import Tokens, child, copy, join
from .limits import DIGITS, Budget, Limits
from .source import Source

# YAML 1.2.2, section 10.3.2 (core schema): `yes`, `on` and dates are strings.
_NULL = {"", "~", "null", "Null", "NULL"}
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_TAG = "tag:yaml.org,2002:"
_HARMLESS_TAGS = {"map": dict, "seq": list, "str": str}


def read(source: Source, limits: Limits, budget: Budget) -> Any:
    """Read a YAML text; what aliases repeat is taken off the budget.

    Raises Refused for text that is no YAML, several documents in one text, repeated or over-long keys, keys that are
    no scalars, tags, numbers that are not finite, and for a text beyond the bounds.
    """
    return _Builder(source, limits, budget).build()


class YamlIndex:
    """Positions and spellings in a YAML text: reads it once more, when asked, with every scalar as it is written."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _read(self) -> _Builder:
        limits = Limits()
        builder = _Builder(Source(path=Path(), text=self._text, format="yaml"), limits, Budget(limits), positions={})
        builder.build()
        return builder

    def find(self, tokens: Tokens) -> tuple[int, int]:
        """Line and column, from 1, of a member's key or of an item; of the nearest one around it if there is none."""
        node, found, positions = self._read.root, self._read.first, self._read.positions or {}
        for token in tokens:
            key = int(token) if isinstance(node, list) and token.isascii() and token.isdigit() else token
            place = positions.get(id(node), {}).get(key)
            if place is None:
                break
            found = place
            node = node[key]
        return found

    def spelling(self, tokens: Tokens) -> str | None:
        """How a scalar is written, quoted or not; None for any other value, and if there is none."""
        node = self._read.root
        for token in tokens:
            try:
                node = child(node, token)
            except KeyError:
                return None
        return node if isinstance(node, str) else None


@dataclass(slots=True)
class _Open:
    """A mapping or sequence that is being read."""

    value: dict[str, Any] | list[Any]
    anchor: str | None
    start: Any
    key: str = ""
    key_mark: Any = None
    has_key: bool = False
    plain_key: bool = False
    merges: list[tuple[Any, Any]] = field(default_factory=list)
    nodes: int = 1  # values in it, itself included
    characters: int = 0  # of the texts and keys in it
    height: int = 1  # objects and arrays inside one another, itself included


class _Builder:
    def __init__(
        self,
        source: Source,
        limits: Limits,
        budget: Budget,
        positions: dict[int, dict[str | int, tuple[int, int]]] | None = None,
    ) -> None:
        self.source = source
        self.limits = limits
        self.budget = budget
        self.positions = positions
        self.first = (1, 1)
        self.root: Any = None
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int, int, int]] = {}  # name → value, values and characters in it, height
        self.open_anchors: set[str] = set()
        self.nodes = 0
        self.documents = 0
        self.problems = Findings()

    def build(self) -> Any:
        loader = yaml.CSafeLoader(self.source.text)
        try:
            while loader.check_event():
                self._event(loader.get_event())
        except yaml.MarkedYAMLError as error:
            raise self._syntax_error(error) from None
        except yaml.YAMLError as error:  # the reader's: a character that YAML does not allow
            raise self._reader_error(error) from None
        finally:
            loader.dispose()
        if self.problems:
            raise Refused(self.problems.listed())
        return self.root

    def _event(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._open(event, {} if kind is yaml.MappingStartEvent else [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close()
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                raise self._refuse("the text holds more than one YAML document", event.start_mark)

    def _open(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        self._check_tag(event, type(value))
        if self._key_expected():
            raise self._refuse("a key must be a plain value, not a mapping or a sequence", event.start_mark)
        if len(self.stack) >= self.limits.depth:
            raise self._too_deep(event.start_mark)
        self._count(1, event.start_mark)
        if event.anchor:
            self.open_anchors.add(event.anchor)
        if self.positions is not None:
            self.positions[id(value)] = {}
        if not self.stack:
            self.first = _line_column(event.start_mark)
        self.stack.append(_Open(value, event.anchor, event.start_mark))

    def _close(self) -> None:
        done = self.stack.pop()
        for merged, mark in done.merges:
            self._merge(done, merged, mark)
        if done.anchor:
            self.open_anchors.discard(done.anchor)
            self.anchors[done.anchor] = (done.value, done.nodes, done.characters, done.height)
        self._add(done.value, done.start, done.nodes, done.characters, done.height)

    def _scalar(self, event: Any) -> None:
        self._check_tag(event, str)
        mark = event.start_mark
        plain = not event.style and event.tag is None  # quoted and block scalars are strings
        if self._key_expected():
            if event.anchor:
                self.anchors[event.anchor] = (event.value, 1, len(event.value), 0)
            self._key(event.value, mark, plain)
            return
        self._count(1, mark)
        value = self._resolve(event.value, mark) if plain and self.positions is None else event.value
        if event.anchor:
            self.anchors[event.anchor] = (value, 1, len(event.value), 0)
        self._add(value, mark, 1, len(event.value), 0)

    def _key(self, key: str, mark: Any, plain: bool) -> None:
        inner = self.stack[-1]
        if len(key) > self.limits.name:
            message = f"a key has {len(key):,} characters; at most {self.limits.name:,} are accepted"
            raise self._refuse(message, mark)
        if key in inner.value and not (plain and key == "<<"):
            message = f'the key "{key}" is repeated'
            hint = "remove one of the two, or merge them: YAML readers keep only one and drop the other silently"
            pointer = partial(join, "#", *self._path(), key)
            self.problems.add(
                "error", lambda: diagnose("error", message, self._location(mark), hint=hint, pointer=pointer())
            )
        inner.key, inner.key_mark, inner.plain_key, inner.has_key = key, mark, plain, True

    def _alias(self, event: Any) -> None:
        mark = event.start_mark
        if event.anchor in self.open_anchors:
            raise self._refuse(f"the alias *{event.anchor} stands inside what it names", mark)
        if event.anchor not in self.anchors:
            raise self._refuse(f"there is no anchor &{event.anchor} before this alias", mark)
        value, nodes, characters, height = self.anchors[event.anchor]
        if self._key_expected():
            if not isinstance(value, str):
                raise self._refuse("a key must be a plain value, not a mapping or a sequence", mark)
            self._key(value, mark, plain=False)
            return
        self.budget.spend(nodes, characters, partial(self._location, mark))
        self._count(nodes, mark)
        if len(self.stack) + height > self.limits.depth:
            raise self._too_deep(mark)
        self._add(copy(value), mark, nodes, characters, height)

    def _add(self, value: Any, mark: Any, nodes: int, characters: int, height: int) -> None:
        if not self.stack:
            self.root = value
            return
        inner = self.stack[-1]
        inner.nodes += nodes
        inner.characters += characters + len(inner.key)
        inner.height = max(inner.height, height + 1)
        container = inner.value
        if isinstance(container, list):
            place: str | int = len(container)
            container.append(value)
        else:
            inner.has_key = False
            if inner.plain_key and inner.key == "<<":
                inner.merges.append((value, inner.key_mark))
                return
            place, mark = inner.key, inner.key_mark
            container[place] = value
        if self.positions is not None:
            self.positions[id(container)][place] = _line_column(mark)

    def _merge(self, done: _Open, merged: Any, mark: Any) -> None:
        """Apply a merge key (YAML 1.1, `<<`): members of its own win over merged ones, earlier ones over later ones."""
        target = done.value
        for part in merged if isinstance(merged, list) else [merged]:
            if not isinstance(part, dict) or not isinstance(target, dict):
                raise self._refuse("the merge key << takes a mapping or a list of mappings", mark)
            for key, value in part.items():
                if key not in target:
                    target[key] = value
                    if self.positions is not None:
                        self.positions[id(target)][key] = _line_column(mark)

    def _resolve(self, text: str, mark: Any) -> Any:
        if text in _NULL:
            return None
        if text in _BOOLEAN:
            return _BOOLEAN[text]
        if text[0] not in "+-.0123456789":
            return text
        if _INTEGER.fullmatch(text):
            if len(text) > DIGITS:
                raise self._refuse(f"{text[:40]} is not a number that JSON can hold", mark)
            base = {"0o": 8, "0x": 16}.get(text[:2], 10)
            return int(text, base)
        if _NOT_FINITE.fullmatch(text):
            raise self._refuse(f"{text} is not a number that JSON can hold", mark)
        if _FLOAT.fullmatch(text):
            value = float(text)
            if value in {float("inf"), float("-inf")}:
                raise self._refuse(f"{text[:40]} is not a number that JSON can hold", mark)
            return value
        return text

    def _check_tag(self, event: Any, kind: type) -> None:
        if event.tag is None or event.tag == "!":
            return
        name = event.tag.removeprefix(_TAG)
        if event.tag.startswith(_TAG) and _HARMLESS_TAGS.get(name) is kind:
            return
        spelling = f"!!{name}" if event.tag.startswith(_TAG) else event.tag
        hint = "remove it: an OpenAPI document needs no tags, and some of them run code in other tools"
        raise self._refuse(f"the YAML tag {spelling} is not accepted", event.start_mark, hint)

    def _key_expected(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and not self.stack[-1].has_key

    def _count(self, nodes: int, mark: Any) -> None:
        self.nodes += nodes
        if self.nodes > self.limits.nodes:
            message = f"the document has more than {self.limits.nodes:,} values"
            raise self._refuse(message, mark, self.limits.hint("nodes"))

    def _path(self) -> Iterator[str | int]:
        for open_ in self.stack[:-1]:
            yield open_.key if isinstance(open_.value, dict) else len(open_.value)

    def _too_deep(self, mark: Any) -> Refused:
        message = f"more than {self.limits.depth:,} objects and arrays stand inside one another"
        return self._refuse(message, mark)

    def _refuse(self, message: str, mark: Any, hint: str = "") -> Refused:
        found = diagnose("error", message, self._location(mark), hint=hint)
        return Refused([*self.problems.listed(), found])

    def _location(self, mark: Any) -> Location:
        return self.source.at(*_line_column(mark))

    def _syntax_error(self, error: yaml.MarkedYAMLError) -> Refused:
        mark = error.problem_mark or error.context_mark
        location = self._location(mark) if mark else self.source.at(1, 1)
        if mark and self._text_at(mark) == "\t":
            hint = "indent with spaces, and put one between a mark such as - or : and what follows"
            return self.source.refuse("this is not YAML: a tab stands where only spaces may", location, hint=hint)
        parts = [part for part in (error.context, error.problem) if part]
        hint = ""
        if mark and "mapping values are not allowed" in (error.problem or "") and ": " in self._before(mark):
            hint = 'quote the value: there is a second ": " in this line'
        return self.source.refuse(f"this is not YAML: {', '.join(parts)}", location, hint=hint)

    def _text_at(self, mark: Any) -> str:
        """Give the character at a mark; empty text beyond the end."""
        offset = self.source.offset(*_line_column(mark))
        return self.source.text[offset : offset + 1]

    def _before(self, mark: Any) -> str:
        """Give what stands before a mark in its line."""
        return self.source.text[: self.source.offset(*_line_column(mark))].rpartition("\n")[2]

    def _reader_error(self, error: yaml.YAMLError) -> Refused:
        position = getattr(error, "position", 0)
        character = getattr(error, "character", None)
        what = f"the character U+{character:04X}" if isinstance(character, int) else "a character"
        # The C reader counts octets of UTF-8; a text that ends before is a text whose positions we do not know.
        offset = len(self.source.text.encode("utf-8", "surrogatepass")[:position].decode("utf-8", "ignore"))
        return self.source.refuse(f"this is not YAML: {what} is not allowed", self.source.at_offset(offset))


def _line_column(mark: Any) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1
