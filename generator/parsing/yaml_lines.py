"""The lines of a YAML text that hold a value with its key: as their author wrote them, for people to read."""

from __future__ import annotations

import re
from collections.abc import Sequence

BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line for the C parser (YAML 1.1, section 4.2); in YAML 1.2 the last three do not."""

_ITEMS = re.compile(" *(?:- +)*")
"""The indentation of a line, and the marks of items at its begin."""


def block(lines: Sequence[str], line: int, column: int, *, is_item: bool) -> tuple[str, ...]:
    """Give the lines of a value whose key, or which as an item of a list, stands at a line and column (from 1).

    Their common indentation is left out. Of a value within a line (`{type: string}`), it is that whole line, and what is
    indented below it. There are none if there is no such line.
    """
    if line > len(lines):
        return ()
    first = lines[line - 1]
    in_block = not first[: column - 1].strip(" -")
    indent, cut = (column - 1, column - 1) if in_block else (_around(first), len(first) - len(first.lstrip()))
    members = is_item and ("-" in first[:indent] or _ends_with_mark(lines, line - 1))
    end = line
    for at in range(line, len(lines)):
        text = lines[at].strip()
        width = len(lines[at]) - len(lines[at].lstrip())
        if not text or (text.startswith("#") and width <= indent):  # a comment may stand anywhere
            continue
        if not (width > indent or (width == indent and _goes_on(text, members=members, in_block=in_block))):
            break
        end = at + 1
    return tuple(each[cut:].rstrip() for each in lines[line - 1 : end])


def _around(line: str) -> int:
    """Give the indentation of what a line begins: the lines of a value in it that follow are indented more."""
    marks = _ITEMS.match(line)
    begin = marks.end() if marks else 0
    return line.rindex("-", 0, begin) if line[begin] in "{[" and "-" in line[:begin] else begin


def _ends_with_mark(lines: Sequence[str], before: int) -> bool:
    """Whether the mark of an item stands alone in the line before it; an item within brackets has none."""
    texts = (lines[at].partition(" #")[0].strip() for at in reversed(range(before)))
    return next((text for text in texts if text and not text.startswith("#")), "").endswith("-")


def _goes_on(text: str, *, members: bool, in_block: bool) -> bool:
    """Whether a line that is indented like the first one belongs to the value.

    Those are members of an item, items of a key (none of a value within a line), and closing brackets.
    """
    return text.startswith(("}", "]")) or (in_block and (members or text.startswith("- ") or text == "-"))
