"""Generated Python together with its syntax tree, which is made once, for the imports and for the gate.

The tree is CPython's of the text that is written: no other parser and no formatter stands between what the gate inspects
and what Python runs.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass


class GateError(Exception):
    """Generated text holds what no template prints: a defect of ours, or an attack."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The text of a module and its syntax tree."""

    text: str
    tree: ast.Module


def parse(name: str, text: str, before: int = 0) -> Parsed:
    """Parse a module, or the statements of it that follow so many lines; `name` is its path in the package.

    Raises GateError with the line.
    """
    try:
        return Parsed(text, ast.parse(text))
    except (SyntaxError, ValueError) as error:
        line, message = before + (getattr(error, "lineno", None) or 1), getattr(error, "msg", error)
        raise GateError(f"{name}:{line}: not Python: {message}") from error
    except (RecursionError, MemoryError) as error:
        raise GateError(f"{name}: nested too deeply") from error
