"""What a generated package shows to importers, read from its syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import cast

from ...python.divided import undivided_module
from ...python.imports import operands
from ...records import record

_ARGUMENTS = 2  # of TypeAliasType(name, value)


@record
class Argument:
    """An argument of a method or function, `self` left out."""

    name: str
    kind: str
    """`positional` or `keyword`."""
    annotation: str
    required: bool


@record
class Method:
    """A method or function: its arguments by name, in order."""

    arguments: Mapping[str, Argument]
    returns: str
    is_async: bool


@record
class Class:
    """A class: bases, annotated fields (annotation, whether a value has to be given), public methods."""

    bases: tuple[str, ...]
    fields: Mapping[str, tuple[str, bool]]
    methods: Mapping[str, Method]


@dataclass(slots=True)
class Module:
    """The public names of one module."""

    classes: dict[str, Class] = field(default_factory=dict)
    functions: dict[str, Method] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Aliases and constants: their annotation or, for type aliases, what they stand for."""


def surface(files: Mapping[PurePosixPath, str]) -> dict[str, Module]:
    """The public modules of a package by dotted name, its own name (the first folder) included.

    What a split package has in several modules of a folder is in one, as importers find it there. Raises SyntaxError for
    text that is not Python; files of other kinds are left out.
    """
    trees: dict[str, list[ast.Module]] = {}
    for path, text in sorted(files.items()):
        if path.suffix != ".py" or any(part.startswith("_") and part != "__init__.py" for part in path.parts):
            continue
        parts = path.parts[:-1] if path.name == "__init__.py" else (*path.parts[:-1], path.stem)
        if parts:
            trees.setdefault(".".join(undivided_module(parts)), []).append(ast.parse(text))
    return {name: _module(parts) for name, parts in trees.items()}


def _module(trees: Iterable[ast.Module]) -> Module:
    module = Module()
    for node in (each for tree in trees for each in tree.body):
        if isinstance(node, ast.ClassDef) and _public(node.name):
            module.classes[node.name] = _class(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _public(node.name):
            module.functions[node.name] = _method(node, own=False)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _public(node.target.id):
            module.names[node.target.id] = _type(node.annotation)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name) and _public(target.id):
                module.names[target.id] = _stands_for(node.value)
    done: set[str] = set()
    for name in module.classes:
        _inherit(name, module.classes, done)
    return module


def _stands_for(value: ast.expr) -> str:
    """What an alias means: the second argument of `TypeAliasType(name, value)`; nothing for ordinary values."""
    if (
        isinstance(value, ast.Call)
        and ast.unparse(value.func).endswith("TypeAliasType")
        and len(value.args) == _ARGUMENTS
    ):
        return _type(value.args[1])
    return ""


def stands_for(source: str) -> str:
    """What the alias that a statement defines means; nothing if it defines none."""
    node = ast.parse(source).body[0]
    return _stands_for(node.value) if isinstance(node, ast.Assign) else ""


def _type(annotation: ast.expr) -> str:
    """An annotation without the quotes of what is defined later: where a class stands in its module is no change."""
    return ast.unparse(_Unquoted().visit(annotation))


class _Unquoted(ast.NodeTransformer):
    """Puts what quoted parts of an annotation say in their place; literals and arguments of calls stay.

    `Union[…]` becomes `… | …`.
    """

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str):
            return node
        try:
            return cast("ast.expr", self.visit(ast.parse(node.value, mode="eval").body))
        except SyntaxError:
            return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """A Protocol is called by its module where that is imported late."""
        return ast.Name(node.attr) if isinstance(node.value, ast.Name) and node.value.id == "api" else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        return self._union(operands(node)) if isinstance(node.op, ast.BitOr) else node

    def _union(self, parts: Iterable[ast.expr]) -> ast.expr:
        """Write the members one after the other: as a tree, a wide union is as deep as it is wide."""
        return ast.Name(" | ".join(ast.unparse(self.visit(each)) for each in parts))

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        name = ast.unparse(node.value)
        if name.endswith("Literal"):
            return node
        if name == "Union" and isinstance(node.slice, ast.Tuple):  # what can't be written with `|` before it is defined
            return self._union(node.slice.elts)
        return cast("ast.expr", self.generic_visit(node))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return node


def _public(name: str) -> bool:
    return not name.startswith("_") or name == "__init__"


def _class(node: ast.ClassDef) -> Class:
    fields: dict[str, tuple[str, bool]] = {}
    methods: dict[str, Method] = {}
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and _public(each.target.id):
            fields[each.target.id] = (_type(each.annotation), _needed(each))
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and _public(each.name):
            methods[each.name] = _method(each, own=True)
    if "__init__" in methods:  # it says what has to be given
        fields = {name: (annotation, False) for name, (annotation, _) in fields.items()}
    return Class(tuple(_type(base) for base in node.bases), fields, methods)


def _inherit(name: str, known: dict[str, Class], done: set[str]) -> None:
    """Add the fields of base classes in the module to a class: those who make or read an object see no difference."""
    if name in done:
        return
    done.add(name)
    own = [base for base in known[name].bases if base in known]
    for base in own:
        _inherit(base, known, done)
    inherited = {field: each for base in own for field, each in known[base].fields.items()}
    known[name] = replace(known[name], fields={**inherited, **known[name].fields})


def _needed(node: ast.AnnAssign) -> bool:
    """Whether a model's field has to be given: no value, and no default inside `Field(...)`."""
    if node.value is not None and not _is_field(node.value):
        return False
    fields: list[ast.AST] = [] if node.value is None else [node.value]
    if isinstance(node.annotation, ast.Subscript):
        fields += [each for each in ast.walk(node.annotation.slice) if _is_field(each)]
    return not any(_has_default(each) for each in fields if isinstance(each, ast.Call))


def _is_field(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Field"


def _has_default(call: ast.Call) -> bool:
    """Whether a `Field(...)` gives a default."""
    if any(keyword.arg in {"default", "default_factory"} for keyword in call.keywords):
        return True
    return bool(call.args) and not (isinstance(call.args[0], ast.Constant) and call.args[0].value is Ellipsis)


def _method(node: ast.FunctionDef | ast.AsyncFunctionDef, *, own: bool) -> Method:
    found: dict[str, Argument] = {}
    positional = [*node.args.posonlyargs, *node.args.args][1 if own else 0 :]
    defaults = len(node.args.defaults)
    for index, each in enumerate(positional):
        required = index < len(positional) - defaults
        found[each.arg] = Argument(each.arg, "positional", _annotation(each), required)
    for each, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        found[each.arg] = Argument(each.arg, "keyword", _annotation(each), default is None)
    returns = _type(node.returns) if node.returns else ""
    return Method(found, returns, isinstance(node, ast.AsyncFunctionDef))


def _annotation(node: ast.arg) -> str:
    return _type(node.annotation) if node.annotation else ""
