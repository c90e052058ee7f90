"""Generated Python together with its syntax tree, which is made once, for the imports and for the gate.

The tree is CPython's of the text that is written: no other parser and no formatter stands between what the gate inspects
and what Python runs.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from ..records import record

_SHORT = 1_000
"""Characters of a text of which modules have many alike."""
_CODING = re.compile(r"[ \t\f]*#.*?coding[:=]")
"""What would have Python read the file in another encoding than the one it is written in (PEP 263)."""


class GateError(Exception):
    """Generated text holds what no template prints: a defect of ours, or an attack."""


@record
class Parsed:
    """The text of a module and its syntax tree."""

    text: str
    tree: ast.Module


def parse(name: str, text: str, before: int = 0) -> Parsed:
    """Parse a module, or the statements of it that follow so many lines; `name` is its path in the package.

    Raises GateError with the line.
    """
    try:
        return Parsed(text, _parsed(text) if len(text) <= _SHORT else ast.parse(text))
    except (SyntaxError, ValueError) as error:
        line, message = before + (getattr(error, "lineno", None) or 1), getattr(error, "msg", error)
        raise GateError(f"{name}:{line}: not Python: {message}") from error
    except (RecursionError, MemoryError) as error:
        raise GateError(f"{name}: nested too deeply") from error


@lru_cache(maxsize=64)
def _parsed(text: str) -> ast.Module:
    """Parse what many modules begin with; nobody changes a tree."""
    return ast.parse(text)


@lru_cache(maxsize=10_000)
def quoted(text: str) -> ast.expr:
    """Parse a quoted annotation: modules quote the same ones again and again. Raises SyntaxError."""
    return ast.parse(text, mode="eval").body


def dotted(node: ast.AST) -> str:
    """Write a name, or a chain of attributes of one; the empty text for anything else. ast.unparse takes twenty times as long."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def is_constant(node: ast.AST | None, value: object) -> bool:
    """Whether a node is a literal of this value."""
    return isinstance(node, ast.Constant) and type(node.value) is type(value) and node.value == value


def is_text(node: ast.AST) -> bool:
    """Whether a node is a string."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def check_text(name: str, text: str) -> None:
    """Refuse a text that a reader may see otherwise than Python does. Raises GateError."""
    if "\r" in text:  # Python ends a line there; nobody who reads the file, or this text line by line, does
        raise GateError(f"{name}: a carriage return")
    if any(map(_CODING.match, text.split("\n", 2)[:2])):
        raise GateError(f"{name}: a line that says how the file is encoded")
