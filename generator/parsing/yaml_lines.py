"""The lines of a YAML text that hold a value with its key: as their author wrote them, for people to read."""

from __future__ import annotations

from collections.abc import Sequence


def block(lines: Sequence[str], line: int, column: int, *, is_item: bool) -> tuple[str, ...]:
    """Give the lines of a value whose key, or which as an item of a list, stands at a line and column (from 1).

    Their common indentation is left out. Of a value within a line (`{type: string}`), it is that whole line, and what is
    indented below it.
    """
    first = lines[line - 1]
    in_block = not first[: column - 1].strip(" -")
    indent = column - 1 if in_block else len(first) - len(first.lstrip())
    end = line
    for at in range(line, len(lines)):
        text = lines[at].strip()
        width = len(lines[at]) - len(lines[at].lstrip())
        if not text or (text.startswith("#") and width <= indent):  # a comment may stand anywhere
            continue
        if not (width > indent or (width == indent and _goes_on(text, is_item=is_item and in_block))):
            break
        end = at + 1
    return tuple(each[indent:].rstrip() for each in lines[line - 1 : end])


def _goes_on(text: str, *, is_item: bool) -> bool:
    """Whether a line that is indented like the first one belongs to the value: members of an item, items and brackets of a key."""
    return is_item or text.startswith(("- ", "}", "]")) or text == "-"
