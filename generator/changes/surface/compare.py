"""The Python axis: what changes for importers of a package, read from its source; nothing is imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from ...python.divided import undivided_module
from ..model import Change
from ..verdicts import by_severity, most_severe
from .homes import Homes, compare_homes, of_files
from .knowledge import Knowledge, of_modules, texts_of
from .members import Surface, change_of, compare_alias, compare_fields, compare_methods, renamed_to
from .read import Class, Module, surface
from .renames import find_renames, renamed, renamed_text
from .types import Names

RUNTIME = frozenset(
    {"LooseModel", "Model", "NestingLooseModel", "NestingModel", "RecursiveModel", "RuledModel", "TaggedModel"}
)
"""Bases of models that say nothing about the document."""
Files = Mapping[PurePosixPath, str]


def compare_python(
    old: Files,
    new: Files,
    known: tuple[Knowledge, Knowledge] | None = None,
    homes: tuple[Homes, Homes] | None = None,
    read: Mapping[str, Module] | None = None,
) -> tuple[Change, ...]:
    """What a new version of a generated package changes for those who import it.

    `old` and `new` are the packages' files; a name that stands in several classes (blocking and async, client and
    stub) is reported once with all its places. `known` is what is known of the whole packages, and `homes` are the modules of
    their classes, if the files are not all; `read` are files that were read before, by text.
    Raises SyntaxError for text that is not Python.
    """
    names = [{path.parts[0] for path in files if len(path.parts) > 1} for files in (old, new)]
    called = tuple(next(iter(each)) for each in names if len(each) == 1)
    moved = len(called) == len(names) and called[0] != called[1]
    if moved:
        old = {PurePosixPath(called[1], *path.parts[1:]): text for path, text in old.items() if len(path.parts) > 1}
    if known is None:
        known = of_modules(surface(old), texts_of(old)), of_modules(surface(new), texts_of(new))
    same = _unchanged(old, new)
    before, after = (
        surface({path: text for path, text in files.items() if path not in same}, read) for files in (old, new)
    )
    renames = find_renames(before, after)
    gathered: dict[tuple[str, str], Change] = {}
    if moved:
        message = f"The package `{called[0]}` is now called `{called[1]}`."
        gathered["", ""] = change_of("package-renamed", "error", called[0], message, "different")
    groups = {
        renames[one]: one
        for name, module in before.items()
        if not name.endswith((".models", ".errors"))
        for one in module.classes
        if one in renames
    }
    versions = _Versions(_surface_of(known, renames, groups), renames)
    stand = homes or (of_files(old), of_files(new))
    for change in (
        *versions.modules({name: renamed(module, renames) for name, module in before.items()}, after),
        *compare_homes("".join(called[-1:]), *stand),
    ):
        key = change.identifier, change.message
        found = _for_its_users(change)
        gathered[key] = found if key not in gathered else _together(gathered[key], found)
    return by_severity(gathered.values())


def _unchanged(old: Files, new: Files) -> set[PurePosixPath]:
    """Files that are the same, and all of whose module: what stands in one part of a module may be about another part."""
    homes = {path: undivided_module(path.with_suffix("").parts) for path in (*old, *new)}
    changed = {homes[path] for path in homes if old.get(path) != new.get(path)}
    return {path for path in homes if homes[path] not in changed}


def _surface_of(known: tuple[Knowledge, Knowledge], renames: Mapping[str, str], groups: Mapping[str, str]) -> Surface:
    old, new = known
    flows = {**new.flows, **{renames.get(name, name): each for name, each in old.flows.items()}}
    aliases = {renames.get(name, name): renamed_text(meaning, renames) for name, meaning in old.aliases.items()}
    before = Names(aliases, old.parents, renames)
    return Surface(
        old=before,
        new=Names(new.aliases, new.parents, forms=before.forms),
        flows=flows,
        kept=frozenset(aliases.keys() & new.aliases.keys()),
        groups=groups,
    )


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


class _Versions:
    """Two versions of a package's modules."""

    def __init__(self, known: Surface, renames: Mapping[str, str]) -> None:
        self._known, self._renames = known, renames

    def modules(self, before: Mapping[str, Module], after: Mapping[str, Module]) -> Iterator[Change]:
        """Compare all modules."""
        gone = [name for name in before if name not in after]
        come = [name for name in after if name not in before]
        for name in gone:
            twins = [other for other in come if self._is_group(before[name], after[other])]
            if len(twins) == 1:
                come.remove(twins[0])
                yield from self._group(name, before[name], after[twins[0]])
            else:
                yield change_of("module-removed", "error", name, f"The module `{name}` is gone.", "narrower")
        for name in come:
            yield change_of("module-added", "info", name, f"The module `{name}` is new.", "wider")
        for name in before:
            if name in after and not name.endswith(".contract"):
                # contract.py is what goes over the wire: the document's axis, and its names follow the methods'
                yield from self._classes(name, before[name].classes, after[name].classes)
                yield from compare_methods(self._known, name, before[name].functions, after[name].functions, "function")
                yield from self._aliases(name, before[name].names, after[name].names)

    def _is_group(self, before: Module, after: Module) -> bool:
        """Whether a module is that of a group whose tag is called otherwise."""
        names = {self._renames.get(name, name) for name in before.classes}
        return bool(names) and names == set(after.classes) and names != set(before.classes)

    def _group(self, name: str, before: Module, after: Module) -> Iterator[Change]:
        for one, each in before.classes.items():
            yield from self._renamed(f"{name}.{one}", each, self._renames[one], after.classes)

    def _renamed(self, dotted: str, old: Class, name: str, come: Mapping[str, Class]) -> Iterator[Change]:
        """Report a class that is called otherwise, and its methods that are, too."""
        yield renamed_to(dotted, dotted.rpartition(".")[2], name)
        owner = f"{dotted.rpartition('.')[0]}.{name}"  # what is called otherwise goes by its new name
        yield from compare_methods(self._known, owner, old.methods, come[name].methods, "method")

    def _aliases(self, module: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
        come = [name for name in after if name not in before]
        for name in {**before, **after}:
            dotted = f"{module}.{name}"
            twins = [other for other in come if before.get(name) and after[other] == before[name]]
            if name not in after and len(twins) == 1:
                come.remove(twins[0])
                yield change_of("name-renamed", "error", dotted, f"`{name}` is now called `{twins[0]}`.", "different")
            elif name in after and name not in before and name not in come:
                continue  # it was called otherwise
            elif name not in after:
                yield change_of("name-removed", "error", dotted, f"The name `{name}` is gone.", "narrower")
            elif name not in before:
                yield change_of("name-added", "info", dotted, f"The name `{name}` is new.", "wider")
            elif before[name] != after[name]:
                yield from compare_alias(self._known, dotted, before[name], after[name])

    def _classes(self, module: str, before: Mapping[str, Class], after: Mapping[str, Class]) -> Iterator[Change]:
        come = [name for name in after if name not in before]
        for name in (name for name in before if name not in after):
            twin = self._renames.get(name, "")
            if twin in come:
                come.remove(twin)
                yield from self._renamed(f"{module}.{name}", before[name], twin, after)
            else:
                yield change_of(
                    "class-removed", "error", f"{module}.{name}", f"The class `{name}` is gone.", "narrower"
                )
        for name in come:
            yield change_of("class-added", "info", f"{module}.{name}", f"The class `{name}` is new.", "wider")
        for name in before:
            if name in after and before[name] != after[name]:
                owner = f"{module}.{name}"
                if module.endswith(".models"):
                    yield from _parents(owner, before[name].bases, after[name].bases)
                yield from self._fields(owner, before[name].fields, after[name].fields)
                yield from compare_methods(self._known, owner, before[name].methods, after[name].methods, "method")

    def _fields(
        self, owner: str, before: Mapping[str, tuple[str, bool]], after: Mapping[str, tuple[str, bool]]
    ) -> Iterator[Change]:
        """Compare the fields of a class; an attribute of the client goes by its group."""
        come: dict[tuple[str, bool], list[str]] = {}
        for name in (name for name in after if name not in before):
            come.setdefault(after[name], []).append(name)
        met: set[str] = set()
        for name in (name for name in before if name not in after):
            twins = come.get(before[name], [])
            if len(twins) == 1 and (group := self._known.group_in(before[name][0])):
                yield renamed_to(f"{owner}.{name}", *group)
                met |= {name, twins.pop()}
        before, after = ({name: each for name, each in fields.items() if name not in met} for fields in (before, after))
        yield from compare_fields(self._known, owner, before, after)


def _parents(owner: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Change]:
    """Yield what `isinstance`, and type checkers, say otherwise of the objects of a class."""
    name = owner.rpartition(".")[2]
    before, after = (tuple(base for base in bases if base not in RUNTIME) for bases in (before, after))
    for parent in before:
        if parent not in after:
            message = f"The class `{name}` is no subclass of `{parent}` any more."
            yield change_of("class-parent-removed", "error", owner, message, "different")
    for parent in after:
        if parent not in before:
            yield change_of(
                "class-parent-added", "info", owner, f"The class `{name}` is a subclass of `{parent}`.", "wider"
            )
