"""Two types side by side, as a reader of a report needs them: without bounds, and of long ones only what differs."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache

from ...python.imports import operands
from ...records import record

_SHORT = 80  # characters of a type that is shown whole
_MOST = 4  # parts of a type that are listed
_LONGEST = 60  # characters of one
_BEFORE = 20  # characters that are shown before a difference


@record
class Contrast:
    """The two types as text; `words` says what differs where they are too long to be compared by eye, else it is empty."""

    old: str
    new: str
    words: str


@lru_cache(1_000)
def contrast(before: str, after: str) -> Contrast:
    """Compare two annotations: Python expressions, in which nothing is quoted. Many fields have the same two."""
    try:
        nodes = [ast.parse(text, mode="eval").body for text in (before, after)]
    except SyntaxError:
        return Contrast(before, after, "")
    old, new = map(_text, nodes)
    return Contrast(old, new, "" if max(len(old), len(new)) <= _SHORT else _words(nodes[0], nodes[1]))


def _text(node: ast.expr) -> str:
    """Write a type; of `Annotated[type, …]` that type alone, as the rest judges values."""
    if isinstance(node, ast.BinOp):
        return " | ".join(map(_text, operands(node)))
    if isinstance(node, ast.List):  # the arguments of a Callable
        return f"[{', '.join(map(_text, node.elts))}]"
    if not isinstance(node, ast.Subscript) or _name(node) == "Literal":
        return ast.unparse(node)
    arguments = _arguments(node)
    return _text(arguments[0]) if _name(node) == "Annotated" else f"{_head(node)}[{', '.join(map(_text, arguments))}]"


def _head(node: ast.Subscript) -> str:
    return ast.unparse(node.value)


def _name(node: ast.Subscript) -> str:
    return _head(node).rpartition(".")[2]


def _arguments(node: ast.Subscript) -> list[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _words(old: ast.expr, new: ast.expr, around: tuple[str, ...] = ()) -> str:
    """Say which parts of a type are new, and which are gone; `around` are the generic types in which they stand."""
    before, after = _parts(old), _parts(new)
    gone = [text for text in before if text not in after]
    come = [text for text in after if text not in before]
    if len(gone) == len(come) == 1 and (inner := _inner(before[gone[0]], after[come[0]])):
        return _words(*inner[1:], around=(*around, inner[0]))
    where = f"in `{'['.join(around)}[…{']' * len(around)}` " if around else ""
    said = [f"it may be {_listed(come, gone)} now"] if come else []
    said += [f"{'no longer' if come else 'it may no longer be'} {_listed(gone, come)}"] if gone else []
    return where + ", and ".join(said or ["the parts are in another order"])


def _parts(node: ast.expr) -> dict[str, ast.expr]:
    """The alternatives of a type by their text; of a Literal, each value."""
    if isinstance(node, ast.BinOp):
        return {text: part for each in operands(node) for text, part in _parts(each).items()}
    if isinstance(node, ast.Subscript) and _name(node) == "Annotated":
        return _parts(_arguments(node)[0])
    if isinstance(node, ast.Subscript) and _name(node) == "Literal":
        return {ast.unparse(value): value for value in _arguments(node)}
    return {_text(node): node}


def _inner(old: ast.expr, new: ast.expr) -> tuple[str, ast.expr, ast.expr] | None:
    """The one argument in which two generic types of one name differ, after that name; None if they differ otherwise."""
    if not isinstance(old, ast.Subscript) or not isinstance(new, ast.Subscript) or _head(old) != _head(new):
        return None
    pairs = list(zip(_arguments(old), _arguments(new), strict=False))
    differing = [pair for pair in pairs if _text(pair[0]) != _text(pair[1])]
    if len(_arguments(old)) != len(_arguments(new)) or len(differing) != 1:
        return None
    return (_head(old), *differing[0])


def _listed(texts: Sequence[str], others: Sequence[str]) -> str:
    """List parts of a type; of a long one, what it does not have in common with the others of both lists."""
    known = [*texts, *others]
    shown = [f"`{_cut(text, [each for each in known if each != text])}`" for text in texts[:_MOST]]
    more = len(texts) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def _cut(text: str, others: Sequence[str]) -> str:
    """Shorten a long text: to its beginning, or if another text has that too, to what follows their common beginning."""
    if len(text) <= _LONGEST:
        return text
    common = max((_common(text, each) for each in others), default=0)
    rest = text if common < _LONGEST - _BEFORE else f"…{text[common - _BEFORE :]}"
    return rest if len(rest) <= _LONGEST else f"{rest[: _LONGEST - 1]}…"


def _common(one: str, other: str) -> int:
    """Count the characters with which both texts begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (mine, its) in pairs if mine != its), min(len(one), len(other)))
