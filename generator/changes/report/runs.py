"""Text in pieces, as the review page marks it: the changed part of a line, the code in a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from ...diagnostics.diagnostic import visible
from ...records import record
from .line_blocks import Lines

Pieces = tuple[tuple[str, bool], ...]
"""Pieces of text; True for one that is marked."""


@record(kw_only=True)
class Run:
    """Neighbouring lines with one sign, as text; what changed in its line is marked."""

    sign: str
    pieces: Pieces


def runs(lines: Lines) -> tuple[Run, ...]:
    """Group lines by sign; if as many lines are removed as added, mark what changed in each."""
    groups: list[tuple[str, list[str]]] = []
    for sign, text in lines:
        if not groups or groups[-1][0] != sign:
            groups.append((sign, []))
        groups[-1][1].append(visible(text))
    found: list[Run] = []
    for index, (sign, texts) in enumerate(groups):
        beside = {"-": index + 1, "+": index - 1}.get(sign, -1)
        other = groups[beside] if 0 <= beside < len(groups) else ("", [])
        paired = {sign, other[0]} == {"-", "+"} and len(other[1]) == len(texts)
        found_pieces: list[tuple[str, bool]] = []
        for number, text in enumerate(texts):
            line = _marked(text, other[1][number]) if paired else [(text, False)]
            found_pieces += [(f"{sign} ", False), *line, ("\n", False)]
        found.append(Run(sign=sign, pieces=_joined(found_pieces)))
    return tuple(found)


def _marked(text: str, other: str) -> list[tuple[str, bool]]:
    """A line in pieces; the one that the other line has not is marked."""
    least = min(len(text), len(other))
    start = next((i for i in range(least) if text[i] != other[i]), least)
    end = next((i for i in range(least - start) if text[-1 - i] != other[-1 - i]), least - start)
    while start and _word(text, other, start) and text[start - 1].isalnum():
        start -= 1
    while end and _word(text[::-1], other[::-1], end) and text[len(text) - end].isalnum():
        end -= 1
    middle = text[start : len(text) - end]
    if len(text) - len(middle) < len(text) // 4:  # little in common: nothing to point at
        return [(text, False)]
    return [(text[:start], False), (middle, True), (text[len(text) - end :], False)]


def _word(text: str, other: str, at: int) -> bool:
    """Whether a word goes on at a place in one of two texts."""
    return text[at : at + 1].isalnum() or other[at : at + 1].isalnum()


def _joined(pieces: Iterable[tuple[str, bool]]) -> Pieces:
    found: list[tuple[str, bool]] = []
    for text, marked in pieces:
        if text and found and found[-1][1] == marked:
            found[-1] = found[-1][0] + text, marked
        elif text:
            found.append((text, marked))
    return tuple(found)


def pieces(message: str) -> Pieces:
    """A sentence as text and marked code, which is between backticks, if these are not part of the document's text."""
    parts = visible(message).split("`")
    if len(parts) % 2 == 0 or not all(parts[1::2]):
        return ((visible(message), False),)
    return tuple((text, bool(index % 2)) for index, text in enumerate(parts) if text)
