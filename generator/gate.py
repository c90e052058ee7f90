"""The last look at generated Python: a syntax tree that the templates could not have made is refused.

The filters keep a document's text inside literals; should one of them ever fail, what breaks out meets this gate.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from .imports import KNOWN

STATEMENTS = (
    ast.Module, ast.ImportFrom, ast.Import, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Assign, ast.AnnAssign, ast.Expr,
    ast.Return, ast.Raise, ast.Pass,
)  # fmt: skip
EXPRESSIONS = (
    ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Dict, ast.Call, ast.BinOp, ast.BitOr, ast.UnaryOp,
    ast.USub, ast.Await, ast.Load, ast.Store, ast.arguments, ast.arg, ast.keyword, ast.Starred,
)  # fmt: skip
CALLS = frozenset(
    """Absent Annotated ConfigDict Field TypeAliasType TypedDict TypeVar Rule Rules Tagged Json Text Binary Form Multipart EventStream
    JsonLines JsonSequence Download Encoding Header Parameter Parameters Operation Requirement Response SecurityScheme KeyScheme HttpScheme
    TLSScheme Server Api application super""".split()
)
METHODS = frozenset({"self._sender.send", "self._sender.stream", "super().__init__", "super()._bind"})
MODULES = frozenset(KNOWN.values()) | {"__future__", "fastapi", ".core", ".rules", ".api", ".exceptions", ".routing"}


class GateError(Exception):
    """Generated text holds what no template prints: a defect of ours, or an attack."""


def check(name: str, source: str, allowed: Collection[str] = ()) -> None:
    """Refuse a generated module that holds anything but what the templates print.

    `allowed` are further modules that may be imported: those of the user's own types, and of the package's groups.
    Raises GateError with the line.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise GateError(f"{name}: not Python: {error}") from error
    for node, problem in _violations(tree, allowed):
        raise GateError(f"{name}:{getattr(node, 'lineno', 0)}: {problem}")


def _violations(tree: ast.Module, allowed: Collection[str]) -> Iterator[tuple[ast.AST, str]]:
    defined = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        if not isinstance(node, STATEMENTS + EXPRESSIONS + (ast.alias,)):
            yield node, f"a {type(node).__name__}"
        elif isinstance(node, ast.ImportFrom):
            origin = "." * (1 if node.level else 0) + (node.module or "")
            if (origin not in MODULES and origin not in allowed) or any(alias.name == "*" for alias in node.names):
                yield node, f"an import from {origin}"
        elif isinstance(node, ast.Import) and any(alias.name != "httpx2" for alias in node.names):
            yield node, f"an import of {node.names[0].name}"
        elif isinstance(node, ast.Call) and not _called(node):
            yield node, f"a call of {ast.unparse(node.func)[:60]}"
        elif isinstance(node, ast.ClassDef) and (node.decorator_list or (node.keywords and not _total(node))):
            yield node, "a decorated class"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.decorator_list:
                yield node, "a decorated function"
            if not all(
                isinstance(one, ast.Constant) or _negative(one)
                for one in [*node.args.defaults, *node.args.kw_defaults]
                if one
            ):
                if not (node.name == "create_app" and "server" in allowed):
                    yield node, "a default that is no constant"
        elif isinstance(node, ast.Expr) and not (isinstance(node.value, ast.Constant | ast.Call)):
            yield node, "an expression for its effect"
        elif isinstance(node, ast.Attribute) and node.attr.startswith("__") and node.attr != "__init__":
            yield node, f"the attribute {node.attr}"
    yield from (
        (node, f"the name {node.id}")
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and _suspect(node.id, defined)
    )


def _suspect(name: str, defined: Collection[str]) -> bool:
    return (
        name in ("eval", "exec", "compile", "open", "__import__", "globals", "getattr", "setattr", "breakpoint", "vars")
        and name not in defined
    )


def _called(node: ast.Call) -> bool:
    if isinstance(node.func, ast.Name):
        return node.func.id in CALLS or (node.func.id.removeprefix("Async")[:1].isupper() and _binds(node))
    return isinstance(node.func, ast.Attribute) and ast.unparse(node.func) in METHODS


def _binds(node: ast.Call) -> bool:
    """Whether a class of a group is called with the sender and nothing else."""
    return (
        len(node.args) == 1 and isinstance(node.args[0], ast.Name) and node.args[0].id == "sender" and not node.keywords
    )


def _total(node: ast.ClassDef) -> bool:
    return all(one.arg == "total" and isinstance(one.value, ast.Constant) for one in node.keywords)


def _negative(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)
