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


def parse(name: str, text: str) -> Parsed:
    """Parse a module; `name` is its path in the package. Raises GateError with the line."""
    try:
        return Parsed(text, ast.parse(text))
    except (SyntaxError, ValueError) as error:
        line, message = getattr(error, "lineno", None) or 1, getattr(error, "msg", error)
        raise GateError(f"{name}:{line}: not Python: {message}") from error
    except (RecursionError, MemoryError) as error:
        raise GateError(f"{name}: nested too deeply") from error


def with_imports(before: Parsed, place: str, name: str, text: str) -> Parsed:
    """Parse a text that is `before` with import lines in place of its line `import {place}`.

    Only these lines are parsed: a line that is a statement of the module by itself can be replaced by other such lines,
    and all other statements read as before. A text that differs elsewhere is parsed as a whole. Raises GateError.
    """
    head, found, tail = before.text.partition(f"import {place}\n")
    tail = tail.lstrip("\n")
    end = len(text) - len(tail)
    body = before.tree.body
    at = [index for index, one in enumerate(body) if isinstance(one, ast.Import) and one.names[0].name == place]
    own_line = len(at) == 1 and f"\n{head}".endswith("\n") and body[at[0]].lineno == head.count("\n") + 1
    same = text.startswith(head) and text.endswith(tail) and len(head) < end and text[end - 1] == "\n"
    if not (found and own_line and same):
        return parse(name, text)
    lines = parse(name, text[len(head) : end]).tree.body
    if not all(isinstance(one, ast.Import | ast.ImportFrom) for one in lines):
        return parse(name, text)
    return Parsed(text, ast.Module(body=[*body[: at[0]], *lines, *body[at[0] + 1 :]], type_ignores=[]))
