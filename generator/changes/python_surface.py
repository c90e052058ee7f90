"""The Python axis: what those who import a generated package meet, read from its source; nothing is imported."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import cast

from .model import Change, Effect, Place, Severity

_FORMS = re.compile(r"(?:Async|Sync)?(.+?)(?:Api)?")  # the classes of one group: Protocols, clients, stubs
_WORD = re.compile(r"\w+")
_ARGUMENTS = 2  # of TypeAliasType(name, value)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a method or function, `self` left out."""

    name: str
    kind: str
    """`positional` or `keyword`."""
    annotation: str
    required: bool


@dataclass(frozen=True, slots=True)
class Method:
    """A method or function: its arguments by name, in order."""

    arguments: Mapping[str, Argument]
    returns: str
    is_async: bool


@dataclass(frozen=True, slots=True)
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

    Raises SyntaxError for text that is not Python; files of other kinds are left out.
    """
    found = {}
    for path, text in sorted(files.items()):
        if path.suffix != ".py" or any(part.startswith("_") and part != "__init__.py" for part in path.parts):
            continue
        parts = path.parts[:-1] if path.name == "__init__.py" else (*path.parts[:-1], path.stem)
        if parts:
            found[".".join(parts)] = _module(ast.parse(text))
    return found


def _module(tree: ast.Module) -> Module:
    module = Module()
    for node in tree.body:
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


def _type(annotation: ast.expr) -> str:
    """An annotation without the quotes of what is defined later: where a class stands in its module is no change."""
    return ast.unparse(_Unquoted().visit(annotation))


class _Unquoted(ast.NodeTransformer):
    """Puts what quoted parts of an annotation say in their place; literals and arguments of calls stay."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str):
            return node
        try:
            return cast("ast.expr", self.visit(ast.parse(node.value, mode="eval").body))
        except SyntaxError:
            return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        return node if ast.unparse(node.value).endswith("Literal") else cast("ast.expr", self.generic_visit(node))

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
    return Class(tuple(ast.unparse(base) for base in node.bases), fields, methods)


def _needed(node: ast.AnnAssign) -> bool:
    """Whether a model's field has to be given: no value, and no `default=` inside `Field(...)`."""
    calls: list[ast.expr] = [] if node.value is None else [node.value]
    if isinstance(node.annotation, ast.Subscript):
        calls += [each for each in ast.walk(node.annotation.slice) if isinstance(each, ast.Call)]
    for call in calls:
        if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith("Field"):
            return False
        if any(keyword.arg in {"default", "default_factory"} for keyword in call.keywords):
            return False
        if call.args and not (isinstance(call.args[0], ast.Constant) and call.args[0].value is Ellipsis):
            return False
    return True


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


def compare_python(old: Mapping[PurePosixPath, str], new: Mapping[PurePosixPath, str]) -> tuple[Change, ...]:
    """What a new version of a generated package changes for those who import it.

    `old` and `new` are the packages' files; a name that stands in several classes (blocking and async, client and
    stub) is reported once with all its places. Raises SyntaxError for text that is not Python.
    """
    names = [{path.parts[0] for path in files if len(path.parts) > 1} for files in (old, new)]
    called = tuple(next(iter(each)) for each in names if len(each) == 1)
    moved = len(called) == len(names) and called[0] != called[1]
    if moved:
        old = {PurePosixPath(called[1], *path.parts[1:]): text for path, text in old.items() if len(path.parts) > 1}
    same = {path for path, text in old.items() if new.get(path) == text}
    before, after = (surface({path: text for path, text in files.items() if path not in same}) for files in (old, new))
    renames = {
        old_: new_ for name in before.keys() & after.keys() for old_, new_ in _renames(before[name], after[name])
    }
    gathered: dict[tuple[str, str], Change] = {}
    if moved:
        message = f"The package `{called[0]}` is now called `{called[1]}`."
        gathered["", ""] = _change("package-renamed", "error", called[0], message, "different")
    for change in _modules({name: _renamed(module, renames) for name, module in before.items()}, after, renames):
        key = change.identifier, change.message
        known = gathered.get(key)
        gathered[key] = change if known is None else replace(known, places=known.places + change.places)
    order = {"error": 0, "warning": 1, "info": 2}
    return tuple(sorted(gathered.values(), key=lambda change: order[change.severity]))


def _change(identifier: str, severity: Severity, name: str, message: str, effect: Effect = "none") -> Change:
    """A change at one dotted name. The message leaves the name's owner out, so that equal changes meet."""
    return Change(
        identifier=f"python-{identifier}",
        severity=severity,
        operation=name,
        old_pointer="",
        new_pointer="",
        message=message,
        places=(Place(operation=name),),
        axis="python",
        effect=effect,
    )


def _renames(before: Module, after: Module) -> Iterator[tuple[str, str]]:
    """Classes that are the same but for their name, where it is clear which became which."""
    come = [name for name in after.classes if name not in before.classes]
    for name, each in before.classes.items():
        if name not in after.classes and (each.fields or each.methods):
            twins = [other for other in come if _renamed_class(each, {name: other}) == after.classes[other]]
            if twins:
                come.remove(twins[0])
                yield name, twins[0]


def _renamed(module: Module, renames: Mapping[str, str]) -> Module:
    """A module as it reads after classes were renamed, so that a rename is reported once and not where it is used."""
    if not renames:
        return module
    return Module(
        classes={name: _renamed_class(each, renames) for name, each in module.classes.items()},
        functions={name: _renamed_method(each, renames) for name, each in module.functions.items()},
        names={name: _renamed_text(text, renames) for name, text in module.names.items()},
    )


def _renamed_class(each: Class, renames: Mapping[str, str]) -> Class:
    return Class(
        tuple(_renamed_text(base, renames) for base in each.bases),
        {name: (_renamed_text(text, renames), needed) for name, (text, needed) in each.fields.items()},
        {name: _renamed_method(method, renames) for name, method in each.methods.items()},
    )


def _renamed_method(method: Method, renames: Mapping[str, str]) -> Method:
    arguments = {
        name: replace(each, annotation=_renamed_text(each.annotation, renames))
        for name, each in method.arguments.items()
    }
    return replace(method, arguments=arguments, returns=_renamed_text(method.returns, renames))


def _renamed_text(text: str, renames: Mapping[str, str]) -> str:
    return _WORD.sub(lambda found: renames.get(found[0], found[0]), text)


def _modules(before: Mapping[str, Module], after: Mapping[str, Module], renames: Mapping[str, str]) -> Iterator[Change]:
    for name in {**before, **after}:
        if name.endswith(".contract") and name in before and name in after:
            continue  # what goes over the wire: the document's axis, and its names follow the methods'
        if name not in after:
            yield _change("module-removed", "error", name, f"The module `{name}` is gone.", "narrower")
        elif name not in before:
            yield _change("module-added", "info", name, f"The module `{name}` is new.", "wider")
        else:
            yield from _classes(name, before[name].classes, after[name].classes, renames)
            yield from _methods(name, before[name].functions, after[name].functions, "function")
            yield from _aliases(name, before[name].names, after[name].names)


def _aliases(module: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in {**before, **after}:
        dotted = f"{module}.{name}"
        if name not in after:
            yield _change("name-removed", "error", dotted, f"The name `{name}` is gone.", "narrower")
        elif name not in before:
            yield _change("name-added", "info", dotted, f"The name `{name}` is new.", "wider")
        elif before[name] != after[name]:
            message = f"`{name}` stands for `{after[name]}` instead of `{before[name]}`."
            yield _change("name-type-changed", "error", dotted, message, "different")


def _classes(
    module: str, before: Mapping[str, Class], after: Mapping[str, Class], renames: Mapping[str, str]
) -> Iterator[Change]:
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    for name in gone:
        twin = renames.get(name, "")
        if twin in come:
            come.remove(twin)
            message = f"The class `{name}` is now called `{twin}`."
            yield _change("class-renamed", "error", f"{module}.{name}", message, "different")
        else:
            yield _change("class-removed", "error", f"{module}.{name}", f"The class `{name}` is gone.", "narrower")
    for name in come:
        yield _change("class-added", "info", f"{module}.{name}", f"The class `{name}` is new.", "wider")
    for name in before:
        if name in after and before[name] != after[name]:
            owner = f"{module}.{name}"
            yield from _fields(owner, before[name].fields, after[name].fields)
            yield from _methods(owner, before[name].methods, after[name].methods, "method")


def _fields(
    owner: str, before: Mapping[str, tuple[str, bool]], after: Mapping[str, tuple[str, bool]]
) -> Iterator[Change]:
    title = owner.rpartition(".")[2]
    for name in {**before, **after}:
        dotted, shown = f"{owner}.{name}", f"`{title}.{name}`"
        if name not in after:
            yield _change("field-removed", "error", dotted, f"The field {shown} is gone.", "narrower")
        elif name not in before:
            if after[name][1]:
                message = f"The field {shown} is new and has to be given where a `{title}` is made."
                yield _change("required-field-added", "error", dotted, message, "different")
            else:
                yield _change("field-added", "info", dotted, f"The field {shown} is new.", "wider")
        else:
            yield from _field(dotted, shown, before[name], after[name])


def _field(dotted: str, shown: str, before: tuple[str, bool], after: tuple[str, bool]) -> Iterator[Change]:
    if _union(before[0]) != _union(after[0]):
        message = f"The type of the field {shown} changed from `{before[0]}` to `{after[0]}`."
        yield _change("field-type-changed", "error", dotted, message, "different")
    if after[1] and not before[1]:
        yield _change("field-became-required", "error", dotted, f"The field {shown} has to be given now.", "narrower")
    elif before[1] and not after[1]:
        yield _change("field-became-optional", "info", dotted, f"The field {shown} may be left out now.", "wider")


def _title(owner: str, name: str, word: str) -> str:
    """A method by its group: `CostsApi`, `SyncCostsApi`, `Costs` and `AsyncCosts` are forms of one thing."""
    if word == "function":
        return name
    form = _FORMS.fullmatch(owner.rpartition(".")[2])
    return f"{form[1] if form else owner}.{name}"


def _methods(owner: str, before: Mapping[str, Method], after: Mapping[str, Method], word: str) -> Iterator[Change]:
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    for name in gone:
        alike = [other for other in come if after[other] == before[name]]
        if len(alike) == 1 and sum(before[each] == before[name] for each in gone) == 1:
            come.remove(alike[0])
            message = f"The {word} `{_title(owner, name, word)}` is now called `{alike[0]}`."
            yield _change(f"{word}-renamed", "error", f"{owner}.{name}", message, "different")
        else:
            message = f"The {word} `{_title(owner, name, word)}` is gone."
            yield _change(f"{word}-removed", "error", f"{owner}.{name}", message, "narrower")
    for name in come:
        message = f"The {word} `{_title(owner, name, word)}` is new."
        yield _change(f"{word}-added", "info", f"{owner}.{name}", message, "wider")
    for name in before:
        if name in after and before[name] != after[name]:
            yield from _signature(f"{owner}.{name}", _title(owner, name, word), before[name], after[name])


def _signature(dotted: str, name: str, before: Method, after: Method) -> Iterator[Change]:
    if before.is_async != after.is_async:
        message = f"`{name}` is {'now' if after.is_async else 'no longer'} a coroutine."
        yield _change("method-kind-changed", "error", dotted, message, "different")
    if _union(before.returns) != _union(after.returns):
        narrower = _union(after.returns) < _union(before.returns)
        message = f"`{name}` returns `{after.returns}` instead of `{before.returns}`."
        effect: Effect = "narrower" if narrower else "different"
        yield _change("return-type-changed", "info" if narrower else "error", dotted, message, effect)
    for each in {**before.arguments, **after.arguments}:
        yield from _argument(dotted, name, each, before.arguments.get(each), after.arguments.get(each))
    order = [
        [each.name for each in method.arguments.values() if each.kind == "positional"] for method in (before, after)
    ]
    shared = [[each for each in names if each in before.arguments and each in after.arguments] for names in order]
    if shared[0] != shared[1] and set(shared[0]) == set(shared[1]):
        message = f"The positional arguments of `{name}` are in another order."
        yield _change("arguments-reordered", "error", dotted, message, "different")


def _argument(dotted: str, method: str, name: str, old: Argument | None, new: Argument | None) -> Iterator[Change]:
    place, shown = f"{dotted}({name})", f"The argument `{name}` of `{method}`"
    if new is None:
        yield _change("argument-removed", "error", place, f"{shown} is gone.", "narrower")
    elif old is None:
        if new.required:
            yield _change("required-argument-added", "error", place, f"{shown} is new and has to be given.", "narrower")
        else:
            serves = f"; a service that implements `{method}` has to take it" if "." in method else ""  # a function
            message = f"{shown} is new and optional{serves}."
            yield _change("argument-added", "info", place, message, "wider")
    else:
        if new.required and not old.required:
            yield _change("argument-became-required", "error", place, f"{shown} has to be given now.", "narrower")
        elif old.required and not new.required:
            yield _change("argument-became-optional", "info", place, f"{shown} may be left out now.", "wider")
        if old.kind == "positional" and new.kind == "keyword":
            message = f"{shown} can only be given by name now."
            yield _change("argument-became-keyword-only", "error", place, message, "narrower")
        if _union(old.annotation) != _union(new.annotation):
            wider = _union(old.annotation) < _union(new.annotation)
            message = f"{shown} is `{new.annotation}` instead of `{old.annotation}`."
            effect: Effect = "wider" if wider else "different"
            yield _change("argument-type-changed", "info" if wider else "error", place, message, effect)


def _union(annotation: str) -> frozenset[str]:
    """The members of a union, in no order; an annotation that is none is its only member."""
    try:
        node = ast.parse(annotation, mode="eval").body if annotation else None
    except SyntaxError:
        return frozenset((annotation,))
    found: set[str] = set()
    todo = [node] if node is not None else []
    while todo:
        each = todo.pop()
        if isinstance(each, ast.BinOp) and isinstance(each.op, ast.BitOr):
            todo += [each.left, each.right]
        else:
            found.add(ast.unparse(each))
    return frozenset(found)
