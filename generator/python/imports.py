"""The import lines of a generated module, from the names that it uses."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from .syntax import quoted

ANNOTATIONS: Mapping[str, str] = {
    **dict.fromkeys(("Annotated", "Any", "Literal", "Union"), "typing"),
    **dict.fromkeys(("IPv4Address", "IPv6Address"), "ipaddress"),
    "UUID": "uuid",
    **dict.fromkeys(("Ge", "Gt", "Le", "Lt", "MaxLen", "MinLen", "MultipleOf"), "annotated_types"),
    **dict.fromkeys(("ConfigDict", "Field"), "pydantic"),
    "TypeAliasType": "typing_extensions",
    **dict.fromkeys(("Absent", "Model", "UTCDateTime", "Value"), "._runtime.models.base"),
    **dict.fromkeys(("JsonArray", "Date", "DateTime", "Duration", "Number", "Time"), "._runtime.models.formats"),
    **dict.fromkeys(("Base64", "Base64Url"), "._runtime.models.encoded"),
    "Conditional": "._runtime.models.conditional",
    "Concealed": "._runtime.models.concealed",
    **dict.fromkeys(("AnyOther", "Exactly", "Loose", "LooseModel", "RuledModel", "Tagged"), "._runtime.models.shapes"),
    **dict.fromkeys(("Branches", "Constants"), "._runtime.models.branches"),
    **dict.fromkeys(("LeadsBack", "NestingModel"), "._runtime.models.reading"),
    "NestingLooseModel": "._runtime.models.open_objects",
    "TaggedModel": "._runtime.models.tags",
    "RecursiveModel": "._runtime.models.recursive_rules",
    "Rule": ".schemas",
    "File": "._runtime.wire.multipart",
}
"""What models.py may import, with its origin."""
KNOWN: Mapping[str, str] = {
    **ANNOTATIONS,
    **dict.fromkeys(("Protocol", "TYPE_CHECKING", "TypedDict"), "typing"),
    **dict.fromkeys(("AsyncIterator", "Awaitable", "Callable", "Iterator", "Mapping"), "collections.abc"),
    **dict.fromkeys(("cache", "cached_property"), "functools"),
    "deprecated": "typing_extensions",
    "Uploadable": "._runtime.wire.uploads",
    "Rules": "._runtime.models.rules",
    "RecursiveRules": "._runtime.models.recursive_rules",
    "Multipart": "._runtime.wire.multipart",
    **dict.fromkeys(("Header", "Headers", "Parameter", "Parameters"), "._runtime.wire.parameters"),
    **dict.fromkeys(("QueryParameters", "QueryString"), "._runtime.wire.querystring"),
    **dict.fromkeys(("Encoding", "Form"), "._runtime.wire.forms"),
    **dict.fromkeys(("Download", "EventStream", "JsonLines", "JsonSequence"), "._runtime.wire.streaming"),
    "MultipartStream": "._runtime.wire.multipart_stream",
    **dict.fromkeys(("Binary", "Content", "OneOf", "Text"), "._runtime.wire.content"),
    **dict.fromkeys(("ApiKey", "Certificate", "HttpScheme", "KeyScheme", "TLSScheme"), "._runtime.wire.schemes"),
    **dict.fromkeys(
        ("Api", "Basic", "Bearer", "Json", "Operation", "Response", "SecurityScheme"), "._runtime.wire.contract"
    ),
    "LazyApi": "._runtime.wire.lazy",
    "Server": "._runtime.wire.servers",
    "TolerantCaller": "._runtime.client.tolerant",
    **dict.fromkeys(
        ("AsyncStreamClient", "AsyncStreamGroup", "StreamClient", "StreamGroup"), "._runtime.client.streams"
    ),
    "builtins": "",
    "httpx2": "",
    "models": ".",
    "errors": ".",
    "contract": ".",
    "exceptions": "._runtime",
}
"""Where each name comes from; `.` and `.x` are relative to the package, the empty text is a whole module."""


def header(
    tree: ast.Module,
    types: Mapping[str, str],
    *,
    depth: int = 1,
    extra: Mapping[str, str] | None = None,
    future: bool = True,
) -> str:
    """Write the imports that a module needs, whose syntax tree is given without them; ruff sorts them later.

    `types` are the user's own types by format (`module.Name`); `depth` is 1 for a module of the package, 2 for one
    below it; `extra` gives the origin of further names, as the module itself would write it (`module:name` for what is called
    otherwise there); `future`: annotations are not evaluated. Names that the module imports by itself are left to it. Raises
    SyntaxError for a quoted annotation that is not Python.
    """
    known, extra = _origins(tuple(types.values()), depth), extra or {}
    defined = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)} | {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    inside = (each for node in tree.body if isinstance(node, ast.If) for each in (*node.body, *node.orelse))
    imported = (node for node in (*tree.body, *inside) if isinstance(node, ast.ImportFrom))
    defined |= {alias.asname or alias.name for node in imported for alias in node.names}
    wanted: dict[str, list[str]] = {}
    for name in sorted(_names(tree) - defined):
        if name in extra or name in known:
            origin, _, other = (extra[name] if name in extra else known[name]).partition(":")
            wanted.setdefault(origin, []).append(f"{other} as {name}" if other else name)
    lines = ["from __future__ import annotations"] if future else []
    lines += [f"import {name}" for name in wanted.pop("", ())]
    return "\n".join([*lines, *(f"from {origin} import {', '.join(names)}" for origin, names in wanted.items())])


@cache
def _origins(types: tuple[str, ...], depth: int) -> Mapping[str, str]:
    """Say where each name comes from in a module of some depth: of the runtime, of libraries, of the user's own types."""
    known = {
        **KNOWN,
        **{name: origin for origin, _, name in (one.replace(":", ".").rpartition(".") for one in types)},
    }
    return {name: "." * (depth - 1) + origin if origin.startswith(".") else origin for name, origin in known.items()}


class Digest:
    """Makes a small module that reads and defines the same names as another one, whose statements are added part by part."""

    def __init__(self, head: ast.Module) -> None:
        """Take the statements that stand around the imports."""
        self._read = _names(head)
        self._body: list[ast.stmt] = []
        self.add(head)

    def define(self, name: str) -> None:
        """Take the name of a class or function."""
        self._body.append(ast.ClassDef(name=name, bases=[], keywords=[], body=[], decorator_list=[]))

    def add(self, tree: ast.Module) -> None:
        """Take what the statements of a part define."""
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                self.define(node.name)
            elif isinstance(node, ast.Assign):
                self._body.append(ast.Assign(targets=node.targets, value=ast.Constant(value=None)))
            elif isinstance(node, ast.ImportFrom | ast.If):
                self._body.append(node)

    def read(self, tree: ast.Module) -> None:
        """Take what a part defines, and the names that it reads."""
        self._read |= _names(tree)
        self.add(tree)

    def module(self, names: Iterable[str]) -> ast.Module:
        """Give the module; `names` are those that the parts read, where `read` did not take them."""
        read: list[ast.stmt] = [ast.Expr(ast.Name(id=name, ctx=ast.Load())) for name in sorted(self._read.union(names))]
        return ast.Module(body=[*self._body, *read], type_ignores=[])


def _names(tree: ast.AST) -> set[str]:
    """Find the names that a module reads, also in what is quoted of annotations and aliases.

    One loop over a table: modules are large, and ast.walk takes ten times as long.
    """
    found: set[str] = set()
    pending: list[Any] = [tree]
    while pending:
        node = pending.pop()
        kind = node.__class__
        if kind is ast.Name:
            if node.ctx.__class__ is ast.Load:
                found.add(node.id)
        elif kind is ast.Attribute or kind is ast.keyword:
            pending.append(node.value)
        elif inside := _INSIDE.get(kind):
            if kind in _HIDDEN:
                found |= _HIDDEN[kind](node)
            for name in inside:
                value = getattr(node, name, None)  # of a node that was made here, some may be missing
                if value.__class__ is list:
                    pending += value
                elif value is not None:
                    pending.append(value)
    return found


def _exported(node: ast.Assign) -> set[str]:
    if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__" and isinstance(node.value, ast.List):
        return {one.value for one in node.value.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return set()


def _aliased(node: ast.Call) -> set[str]:
    if isinstance(node.func, ast.Name) and node.func.id == "TypeAliasType":
        return set().union(*map(_quoted, node.args[1:]))
    return set()


def _done(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    own = {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
    return set().union(*map(_names, node.body)) - own


_HIDDEN: dict[type[ast.AST], Callable[[Any], set[str]]] = {
    ast.Assign: _exported,
    ast.Call: _aliased,
    ast.AnnAssign: lambda node: _quoted(node.annotation),
    ast.ClassDef: lambda node: set().union(*map(_quoted, node.bases)),
    ast.FunctionDef: _done,
    ast.AsyncFunctionDef: _done,
}
"""Finds the names of a node that are not just nodes in it: in texts, and in a function, whose arguments are no names of the module."""
_TEXTS = frozenset("arg attr ctx id is_async kind name op ops simple type_comment type_ignores".split())
_LEAVES = ast.Constant, ast.alias, ast.Import, ast.ImportFrom, ast.Pass
_INSIDE: dict[type[Any], tuple[str, ...]] = {
    kind: tuple(
        name
        for name in kind._fields
        if name not in _TEXTS and not (name == "body" and kind in (ast.FunctionDef, ast.AsyncFunctionDef))
    )
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST) and kind not in _LEAVES
}
"""The fields of a node that hold nodes, by its kind; what a function does is left to `_done`."""


def _quoted(annotation: ast.expr) -> set[str]:
    """Find the names in the quoted parts of an annotation; texts inside Literal and calls are no types."""
    found: set[str] = set()
    pending = [annotation]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                found |= _names(quoted(node.value))
        elif isinstance(node, ast.BinOp):
            pending += (node.left, node.right)
        elif isinstance(node, ast.Subscript) and not (isinstance(node.value, ast.Name) and node.value.id == "Literal"):
            pending += node.slice.elts if isinstance(node.slice, ast.Tuple) else (node.slice,)
    return found


def operands(chain: ast.BinOp) -> list[ast.expr]:
    """List the members of a union from left to right; a tree of `|` is as deep as the union is wide."""
    found, pending = list[ast.expr](), list[ast.expr]([chain])
    while pending:
        node = pending.pop()
        if isinstance(node, ast.BinOp):
            pending += [node.right, node.left]
        else:
            found.append(node)
    return found
