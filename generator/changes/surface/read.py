"""What a generated package shows to importers, read from its syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import cast

from ...python.divided import undivided_module
from ...records import record
from .written import Known, Written, gives_default, is_field, lines_of

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


def surface(files: Mapping[PurePosixPath, str], known: Mapping[str, Module] | None = None) -> dict[str, Module]:
    """The public modules of a package by dotted name, its own name (the first folder) included.

    What a split package has in several modules of a folder is in one, as importers find it there. `known` are texts that were
    read before. Raises SyntaxError for text that is not Python; files of other kinds are left out.
    """
    read: dict[str, list[Module]] = {}
    known = known or {}
    for path, text in sorted(files.items()):
        if path.suffix != ".py" or any(part.startswith("_") and part != "__init__.py" for part in path.parts):
            continue
        parts = path.parts[:-1] if path.name == "__init__.py" else (*path.parts[:-1], path.stem)
        if parts:
            if (found := known.get(text)) is None:
                found = Module()
                read_into(found, ast.parse(text), Written(lines_of(text)))
            read.setdefault(".".join(undivided_module(parts)), []).append(found)
    return {name: _joined(parts) for name, parts in read.items()}


def _joined(parts: Iterable[Module]) -> Module:
    """Join the parts of a module, and give its classes the fields of those that they extend."""
    module = Module()
    for part in parts:
        module.classes |= part.classes
        module.functions |= part.functions
        module.names |= part.names
    done: set[str] = set()
    for name in module.classes:
        _inherit(name, module.classes, done)
    return module


def read_lines(sources: Iterable[str]) -> tuple[Module, ast.Module]:
    """Read classes and aliases that have each statement in one line, as `source.outlines` writes them; equal lines once.

    The tree has each class without its statements, and each statement once: many classes may have the same from another one.
    """
    module, body = Module(), list[ast.stmt]()
    fields: dict[str, dict[str, tuple[str, bool]]] = {}
    known: Known = {}
    for source in sources:
        head, *lines = source.rstrip("\n").split("\n")
        head = f"{head} ..." if lines else head
        own = ast.parse(head)
        for line in (line for line in lines if line not in fields):
            text = line.strip()
            statements = ast.parse(text).body
            fields[line] = _fields(statements, Written([text], known=known))
            body += statements
        read_into(module, own, Written([head], known=known))
        for node in own.body:
            if isinstance(node, ast.ClassDef) and node.name in module.classes:
                found = {name: each for line in lines for name, each in fields[line].items()}
                module.classes[node.name] = replace(module.classes[node.name], fields=found)
        body += own.body
    return module, ast.Module(body=body, type_ignores=[])


def read_into(module: Module, tree: ast.Module, written: Written) -> None:
    """Add what stands in a part of a module, whose syntax tree is given."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and _public(node.name):
            module.classes[node.name] = _class(node, written)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _public(node.name):
            module.functions[node.name] = _method(node, written, own=False)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _public(node.target.id):
            module.names[node.target.id] = written.type(node.annotation)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name) and _public(target.id):
                module.names[target.id] = _stands_for(node.value, written)


def _stands_for(value: ast.expr, written: Written) -> str:
    """What an alias means: the second argument of `TypeAliasType(name, value)`; nothing for ordinary values."""
    if (
        isinstance(value, ast.Call)
        and ast.unparse(value.func).endswith("TypeAliasType")
        and len(value.args) == _ARGUMENTS
    ):
        return written.type(value.args[1])
    return ""


def stands_for(source: str) -> str:
    """What the alias that a statement defines means; nothing if it defines none."""
    node = ast.parse(source).body[0]
    return _stands_for(node.value, Written(lines_of(source))) if isinstance(node, ast.Assign) else ""


def _public(name: str) -> bool:
    return not name.startswith("_") or name == "__init__"


def _class(node: ast.ClassDef, written: Written) -> Class:
    functions = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    methods = {each.name: _method(each, written, own=True) for each in functions if _public(each.name)}
    fields = _fields(node.body, written)
    if "__init__" in methods:  # it says what has to be given
        fields = {name: (annotation, False) for name, (annotation, _) in fields.items()}
    return Class(tuple(written.type(base) for base in node.bases), fields, methods)


def _fields(body: Iterable[ast.stmt], written: Written) -> dict[str, tuple[str, bool]]:
    return {
        each.target.id: (written.type(each.annotation), _needed(each, written))
        for each in body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and _public(each.target.id)
    }


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


def _needed(node: ast.AnnAssign, written: Written) -> bool:
    """Whether a model's field has to be given: no value, and no default inside `Field(...)`."""
    if node.value is not None and (not is_field(node.value) or gives_default(cast("ast.Call", node.value))):
        return False
    return not written.has_default(node.annotation)


def _method(node: ast.FunctionDef | ast.AsyncFunctionDef, written: Written, *, own: bool) -> Method:
    found: dict[str, Argument] = {}
    positional = [*node.args.posonlyargs, *node.args.args][1 if own else 0 :]
    defaults = len(node.args.defaults)
    for index, each in enumerate(positional):
        required = index < len(positional) - defaults
        found[each.arg] = Argument(each.arg, "positional", _annotation(each, written), required)
    for each, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        found[each.arg] = Argument(each.arg, "keyword", _annotation(each, written), default is None)
    returns = written.type(node.returns) if node.returns else ""
    return Method(found, returns, isinstance(node, ast.AsyncFunctionDef))


def _annotation(node: ast.arg, written: Written) -> str:
    return written.type(node.annotation) if node.annotation else ""
