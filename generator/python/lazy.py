"""What is imported or made late in a generated package: how the templates write it, and nothing else, for the gate."""

from __future__ import annotations

import ast
from collections.abc import Callable

from .syntax import GateError, dotted


def imports_in(node: ast.If, refuse: Callable[[ast.AST, str], GateError]) -> list[ast.ImportFrom]:
    """Inspect the names of a module that are imported when they are asked for: by type checkers, by Python.

    Returns the imports in it, which are still to be inspected. Raises what `refuse` makes.
    """
    if dotted(node.test) != "TYPE_CHECKING" or len(node.orelse) != 2:
        raise refuse(node, "a condition")
    found = []
    for statement in (*node.body, node.orelse[0]):
        if not isinstance(statement, ast.ImportFrom):
            raise refuse(statement, f"a {type(statement).__name__} in a condition")
        found.append(statement)
    made = node.orelse[1]
    if not isinstance(made, ast.Assign) or [dotted(one) for one in made.targets] != ["__getattr__"]:
        raise refuse(made, f"a {type(made).__name__} in a condition")
    call = made.value
    if not isinstance(call, ast.Call) or dotted(call.func) != "attributes":
        raise refuse(made, "another value in a condition")
    _inspect_homes(call, refuse)
    return found


def inspect_table(node: ast.Assign, refuse: Callable[[ast.AST, str], GateError]) -> None:
    """Inspect the names of a module, all of which are imported when they are asked for. Raises what `refuse` makes."""
    call = node.value
    if [ast.unparse(one) for one in node.targets] != ["(__all__, __dir__, __getattr__)"]:
        raise refuse(node, "an assignment to other names")
    if not isinstance(call, ast.Call) or dotted(call.func) != "members":
        raise refuse(node, "another value in a table")
    _inspect_homes(call, refuse)


def _inspect_homes(call: ast.Call, refuse: Callable[[ast.AST, str], GateError]) -> None:
    """Inspect names with the modules of the package that have them: never one above it."""
    if [dotted(one) for one in call.args] != ["__name__"]:
        raise refuse(call, "a table of another module")
    for one in call.keywords:
        home = one.value.value if isinstance(one.value, ast.Constant) else None
        if one.arg is None or not isinstance(home, str) or not all(map(str.isidentifier, home.split("."))):
            raise refuse(call, "a home that is no module")


def makes_operation(node: ast.FunctionDef) -> ast.Call | None:
    """Return the call in a function that takes nothing and makes an operation once, and None for any other function."""
    found = node.args
    takes = found.posonlyargs or found.args or found.kwonlyargs or found.vararg or found.kwarg
    alone = not takes and [dotted(one) for one in node.decorator_list] == ["cache"]
    if not alone or len(node.body) != 1 or node.name.startswith("_") or getattr(node, "type_params", None):
        return None
    call = node.body[0].value if isinstance(node.body[0], ast.Return) else None
    return call if isinstance(call, ast.Call) and dotted(call.func) == "Operation" else None
