"""The review page: who breaks, then each cause with what it does to whom and the lines that it changed, in one file of HTML.

Jinja escapes all text; characters that a browser would obey (bidirectional overrides, control characters) are escaped.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ...diagnostics.diagnostic import visible
from ...disk import read_text
from ...records import record
from ..model import Change, Comparison
from ..verdicts import verdict
from ..version import asked
from . import line_blocks
from .attribution import attribute
from .cards import Card, Cards, numbered_operations, shown
from .changed_files import changed_files
from .groups import GROUPS
from .text import AUDIENCE_WORDS, NOTHING, describe_counts, headline_parts

if TYPE_CHECKING:
    from jinja2 import Environment

    from ...output.package import Package

_HERE = Path(__file__).parent / "page"
_LISTED = 40  # cards of one group that the overview lists
_CLOSE = 3  # lines of API.md around those that changed


@record(kw_only=True)
class Row:
    """A line of API.md before and after; None if there is no such line, both None for lines that are left out."""

    before: str | None
    after: str | None
    state: str


def page(found: Comparison) -> str:
    """Write the page (HTML) of a comparison. Raises ValueError if it has no packages."""
    if found.packages is None:
        raise ValueError("a review needs both packages")
    static = line_blocks.static_files()
    files, by_git = changed_files(found.packages, static)
    blocks = line_blocks.compare_packages(found.packages[0].files, found.packages[1].files, static)
    caused = attribute(found, found.packages, blocks)
    operations = numbered_operations(found.changes)
    made = Cards(found, blocks, caused, operations)
    cards = made.all()
    style, script = (read_text(_HERE / name) for name in ("review.css", "review.js"))
    title = found.packages[1].api.title if found.packages[1].api else found.packages[1].name
    asked_for = asked(found.old.root, found.new.root, verdict(found.changes, found.audiences))
    return (
        _environment()
        .get_template("review.html.jinja")
        .render(
            title=visible(title),
            package=found.packages[1].name,
            sides=[visible(side.locate("#").file) for side in (found.old, found.new)],
            verdict=verdict(found.changes, found.audiences),
            version=visible(asked_for),
            breaks=_breaks(found.changes, cards),
            summary=describe_counts(found.changes) or (NOTHING.capitalize() if blocks else "No changes"),
            groups={key: word for key, word in GROUPS.items() if any(card.group == key for card in cards)},
            cards=cards,
            unused=[visible(f"{each.file}:{each.line}: {each.message}") for each in found.unused],
            listed=_LISTED,
            operations=[visible(name) for name in operations],
            audiences=AUDIENCE_WORDS,
            shared=made.shared(),
            rest=shown(blocks, caused.rest),
            files=files,
            counted_by_git=by_git,
            api=_api(found.packages),
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )


def _breaks(changes: Sequence[Change], cards: Sequence[Card]) -> list[tuple[str, int, str, int]]:
    """The parts of the headline: words, the number in which an audience breaks, what is counted, its first card."""
    return [
        (words, number, noun, next(card.number for card in cards if audience in card.breaks))
        for audience, words, number, noun in headline_parts(changes)
    ]


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _hash(text: str) -> str:
    """A source expression of a content security policy (CSP 3, 6.7.3)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _api(packages: tuple[Package, Package]) -> list[Row]:
    """API.md before and after, line by line; far from what changed, lines are left out."""
    from difflib import SequenceMatcher

    olds, news = (package.files.get(PurePosixPath(package.name, "API.md"), "").splitlines() for package in packages)
    rows: list[Row] = []
    for group in SequenceMatcher(None, olds, news, autojunk=False).get_grouped_opcodes(_CLOSE):
        if rows or group[0][1] or group[0][3]:
            rows.append(Row(before=None, after=None, state="gap"))
        for tag, first, last, start, end in group:
            before, after = ([visible(text) for text in lines] for lines in (olds[first:last], news[start:end]))
            for index in range(max(len(before), len(after))):
                row = [lines[index] if index < len(lines) else None for lines in (before, after)]
                rows.append(Row(before=row[0], after=row[1], state="same" if tag == "equal" else "other"))
    return rows
