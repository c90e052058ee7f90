"""The Python axis: what changes for importers of a package, read from its source; nothing is imported."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from ..model import Change, Effect, Level, Place
from ..verdicts import by_severity, most_severe
from .read import Argument, Class, Method, Module, surface

_FORMS = re.compile(r"(?:Async|Sync)?(.+?)(?:Api)?")  # the classes of one group: Protocols, clients, stubs
RUNTIME = frozenset({"LooseModel", "Model", "RuledModel", "TaggedModel"})
"""Bases of models that say nothing about the document."""
_WORD = re.compile(r"\w+")


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
        found = _for_its_users(change)
        known = gathered.get(key)
        gathered[key] = found if known is None else _together(known, found)
    return by_severity(gathered.values())


def _for_its_users(change: Change) -> Change:
    """A change of the client's modules is nothing to services, one of the server's nothing to callers."""
    side = (*change.operation.split("."), "")[1]
    if side == "client":
        return replace(change, service="info")
    return replace(change, severity="info") if side == "server" else change


def _together(known: Change, other: Change) -> Change:
    severity = most_severe((known.severity, other.severity))
    service = most_severe((known.service, other.service))
    return replace(known, places=known.places + other.places, severity=severity, service=service)


def _change(
    identifier: str, severity: Level, name: str, message: str, effect: Effect = "none", service: Level | None = None
) -> Change:
    """A change at one dotted name, alike for callers and services unless `service` is given.

    The message has no owner of the name, so that equal changes become one.
    """
    return Change(
        identifier=f"python-{identifier}",
        severity=severity,
        service=service or severity,
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
            if module.endswith(".models"):
                yield from _parents(owner, before[name].bases, after[name].bases)
            yield from _fields(owner, before[name].fields, after[name].fields)
            yield from _methods(owner, before[name].methods, after[name].methods, "method")


def _parents(owner: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Change]:
    """Yield what `isinstance`, and type checkers, say otherwise of the objects of a class."""
    name = owner.rpartition(".")[2]
    before, after = (tuple(base for base in bases if base not in RUNTIME) for bases in (before, after))
    for parent in before:
        if parent not in after:
            message = f"The class `{name}` is no subclass of `{parent}` any more."
            yield _change("class-parent-removed", "error", owner, message, "different")
    for parent in after:
        if parent not in before:
            yield _change(
                "class-parent-added", "info", owner, f"The class `{name}` is a subclass of `{parent}`.", "wider"
            )


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
            # A service that goes on to implement it has a method more than it needs.
            service: Level = "error" if word == "function" else "info"
            yield _change(f"{word}-removed", "error", f"{owner}.{name}", message, "narrower", service)
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
