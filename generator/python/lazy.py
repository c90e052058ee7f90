"""What is imported or made late in a generated package: how the templates write it, and nothing else, for the gate."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from .syntax import GateError

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
"""A name, or the module of the package that has it: never one above it."""


def imports_in(node: ast.If, refuse: Callable[[ast.AST, str], GateError]) -> list[ast.ImportFrom]:
    """Inspect the names of a module that are imported when they are asked for: by type checkers, by Python.

    Returns the imports in it, which are still to be inspected. Raises what `refuse` makes.
    """
    if ast.unparse(node.test) != "TYPE_CHECKING" or len(node.orelse) != 2:
        raise refuse(node, "a condition")
    found = []
    for statement in (*node.body, node.orelse[0]):
        if not isinstance(statement, ast.ImportFrom):
            raise refuse(statement, f"a {type(statement).__name__} in a condition")
        found.append(statement)
    made = node.orelse[1]
    if not isinstance(made, ast.Assign) or [ast.unparse(one) for one in made.targets] != ["__getattr__"]:
        raise refuse(made, f"a {type(made).__name__} in a condition")
    call = made.value
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != "attributes":
        raise refuse(made, "another value in a condition")
    if [ast.unparse(one) for one in call.args] != ["__name__"]:
        raise refuse(made, "another value in a condition")
    for one in call.keywords:
        home = one.value.value if isinstance(one.value, ast.Constant) else None
        if one.arg is None or not isinstance(home, str) or not _DOTTED.fullmatch(home):
            raise refuse(made, "a name that is none in a condition")
    return found


def makes_operation(node: ast.FunctionDef) -> ast.Call | None:
    """Return the call in a function that takes nothing and makes an operation once, and None for any other function."""
    alone = ast.unparse(node.args) == "" and [ast.unparse(one) for one in node.decorator_list] == ["cache"]
    if not alone or len(node.body) != 1 or node.name.startswith("_") or getattr(node, "type_params", None):
        return None
    call = node.body[0].value if isinstance(node.body[0], ast.Return) else None
    return call if isinstance(call, ast.Call) and ast.unparse(call.func) == "Operation" else None
