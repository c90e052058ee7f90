"""Lays generated Markdown out: lines of at most 119 characters, if there is a place to break them."""

from __future__ import annotations

import re
from bisect import bisect_right

WIDTH = 119
_SPACE = re.compile(r"(?<=[^ ]) (?=[^\W\d]|[`\\(\[])")
"""What may become a new line: what follows can't be taken for a list, a heading, a rule or HTML."""
_CODE = re.compile(r"\\.|(`[^`]*`)")
_ARGUMENT = re.compile(r"(?<=,) (?=\w+: )")


def wrap(text: str) -> str:
    """Break the long lines of a Markdown text without a change to what it says. A heading stays one line.

    What follows stands below the beginning of the line, or of the text of its list item. Code is broken before an argument;
    if that is not enough, at any space.
    """
    return "\n".join(part for line in text.split("\n") for part in _lines(line))


def _lines(line: str) -> list[str]:
    if len(line) <= WIDTH or line.startswith(("#", "<")):
        return [line]
    indent = re.match(r" *(?:- )?", line)
    width = len(indent[0]) if indent else 0
    spaces = [one.start() for one in _SPACE.finditer(line, width)]
    outside = _CODE.sub(_hidden, line) if "`" in line else line
    good = [index for index in spaces if outside[index] == " " or _ARGUMENT.match(line, index)]
    found, begin, prefix = [], 0, 0
    while len(line) - begin + prefix > WIDTH:
        places = (_place(each, begin, begin + WIDTH - prefix) for each in (good, spaces))
        later = (each[index] for each in (good, spaces) if (index := bisect_right(each, begin)) < len(each))
        place = next((one for one in places if one), None) or next(later, None)
        if place is None:
            break
        found.append(" " * prefix + line[begin:place])
        begin, prefix = place + 1, width
    return [*found, " " * prefix + line[begin:]]


def _hidden(code: re.Match[str]) -> str:
    """Put something else in the places of the spaces of code."""
    return code[0].replace(" ", "_") if code[1] else code[0]


def _place(places: list[int], begin: int, end: int) -> int | None:
    """Choose the last place of a line that ends in time; they are in order."""
    index = bisect_right(places, end) - 1
    return places[index] if index >= 0 and places[index] > begin else None
