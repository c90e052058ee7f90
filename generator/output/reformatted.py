"""Tells whether a Python file was only laid out anew: the same statements and comments, whoever formatted them."""

from __future__ import annotations

import ast
import inspect
import io
import tokenize
from collections.abc import Iterable
from itertools import groupby


def is_reformatted(found: bytes, wanted: bytes) -> bool:
    """Whether two Python texts differ in layout, quotes, spaces in docstrings and the order of imports in a row only."""
    try:
        return _outline(found) == _outline(wanted)
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return False


def _outline(text: bytes) -> list[str]:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            node.value.value = " ".join(inspect.cleandoc(node.value.value).split())
    lines = []
    for is_import, found in groupby(tree.body, lambda node: isinstance(node, ast.Import | ast.ImportFrom)):
        nodes = list(found)
        lines += sorted(_imports(nodes)) if is_import else [ast.dump(node) for node in nodes]
    tokens = tokenize.tokenize(io.BytesIO(text).readline)
    return [*lines, *sorted(token.string.strip("# \t") for token in tokens if token.type == tokenize.COMMENT)]


def _imports(nodes: Iterable[ast.stmt]) -> list[str]:
    """Write each imported name as a statement of its own."""
    found: list[str] = []
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            found += [ast.unparse(ast.ImportFrom(node.module, [one], node.level)) for one in node.names]
        elif isinstance(node, ast.Import):
            found += [ast.unparse(ast.Import([one])) for one in node.names]
    return found
