"""Where each value of a JSON text stands."""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from ..pointer import Tokens
from .source import begins

_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"[-+.0-9A-Za-z]+")
_DECODER = json.JSONDecoder()


class JsonIndex:
    """Positions in a JSON text, found on demand: values that are not on the way are skipped at the speed of C."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: list[int] = []  # offsets at which lines begin
        self._members: dict[int, dict[str, tuple[int, int]]] = {}  # container's offset → token → (place, value)

    def find(self, tokens: Tokens) -> tuple[int, int]:
        """Line and column, from 1, of a member's key or of an item; of the nearest one around it if there is none."""
        place, _, _ = self._follow(tokens)
        if not self._lines:
            self._lines = begins(self._text)
        line = bisect_right(self._lines, place)
        return line, place - self._lines[line - 1] + 1

    def spelling(self, tokens: Tokens) -> str | None:
        """How a number, a boolean or null is written; None for any other value, and if there is none."""
        _, value, found = self._follow(tokens)
        written = _SCALAR.match(self._text, value) if found else None
        return written[0] if written else None

    def _follow(self, tokens: Tokens) -> tuple[int, int, bool]:
        """Go down to a value, as far as there are members: where it is named, where it begins, whether it is there."""
        value = place = self._skip_space(0)
        for token in tokens:
            members = self._members.get(value)
            if members is None:
                members = self._members[value] = self._read_members(value)
            if token not in members:
                return place, value, False
            place, value = members[token]
        return place, value, True

    def _read_members(self, offset: int) -> dict[str, tuple[int, int]]:
        members: dict[str, tuple[int, int]] = {}
        opening = self._text[offset]
        if opening not in "{[":
            return members
        at = self._skip_space(offset + 1)
        while self._text[at] not in "}]":
            place = at
            token = str(len(members))
            if opening == "{":
                token, at = _DECODER.raw_decode(self._text, at)
                at = self._skip_space(self._skip_space(at) + 1)  # over the colon
            members[token] = (place, at)
            _, at = _DECODER.raw_decode(self._text, at)
            at = self._skip_space(at)
            if self._text[at] == ",":
                at = self._skip_space(at + 1)
        return members

    def _skip_space(self, offset: int) -> int:
        found = _SPACE.match(self._text, offset)
        return found.end() if found else offset
