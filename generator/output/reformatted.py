"""Tells whether a Python file was only laid out anew: the same statements, whoever formatted them."""

from __future__ import annotations

import ast
import inspect


def is_reformatted(found: bytes, wanted: bytes) -> bool:
    """Whether two Python texts differ in layout, quotes, comments, spaces in docstrings and the order of imports only."""
    try:
        return _outline(found) == _outline(wanted)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _outline(text: bytes) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            node.value.value = " ".join(inspect.cleandoc(node.value.value).split())
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    lines = sorted(
        f"{ast.unparse(ast.ImportFrom(node.module, [one], node.level))}"
        if isinstance(node, ast.ImportFrom)
        else ast.unparse(ast.Import([one]))
        for node in imports
        for one in node.names
    )
    rest = ast.Module(body=[node for node in tree.body if node not in imports], type_ignores=[])
    return "\n".join([*lines, ast.dump(rest)])
