"""Which generated lines a change of the document caused: its JSON pointers lead to definitions in the package.

A pointer leads to an operation or a schema, and the pipeline says what these are called. Four steps are tried, from the
closest definition to the widest, until one has lines that differ. Of the lines of an operation, a change has those that
name what it is about, if there are any: a parameter, say. Lines that only name a new definition (imports, lists), or
something that a change is about (examples), belong to the change that brought it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from ...ir import Operation
from ...output.package import Package
from ...pointer import get, split
from ...python.divided import undivided
from ...records import record
from ..model import Change, Comparison
from .line_blocks import Block, inner

_MODELS = "models.py"
_WORD = re.compile(r"\w+")
_MOST_CAUSES = 20  # changes that are about one name: of an example with it, more say nothing
_ARGUMENT = re.compile(r"\(.*\)$", re.DOTALL)

Anchor = tuple[str, str]
"""A file of a single package and a definition in it: a split one has it in a file of that file's folder."""


@record
class Attribution:
    """`blocks[i]` are the indices of the blocks that change `i` caused; `rest` are those that none did.

    A block may have several causes. `python_causes` leads from a change of the Python axis to the change of the document
    that caused it, `may_cause` to all those that changed the same blocks.
    """

    blocks: Sequence[tuple[int, ...]]
    rest: tuple[int, ...]
    python_causes: Mapping[int, int]
    may_cause: Mapping[int, frozenset[int]]


@dataclass(slots=True)
class GeneratedNames:
    """The names that operations and schemas of one document have in its package."""

    package: Package
    operations: dict[str, list[Anchor]] = field(default_factory=dict)  # by pointer
    titles: dict[str, str] = field(default_factory=dict)  # `POST /x` → pointer
    groups: dict[str, list[Anchor]] = field(default_factory=dict)  # by group
    fields: dict[tuple[str, str], str] = field(default_factory=dict)  # (class, name on the wire) → field
    called: dict[str, set[str]] = field(default_factory=dict)  # by name on the wire: fields
    arguments: dict[str, set[str]] = field(default_factory=dict)  # by name on the wire: parameters
    classes: dict[str, list[str]] = field(default_factory=dict)  # by pointer, for both flows

    def __post_init__(self) -> None:
        api = self.package.api
        for group in (*api.groups, *api.webhooks) if api else ():
            for operation in group.operations:
                self.operations[operation.pointer] = list(_operation(group.name, group.class_name, operation))
                self.titles[f"{operation.method} {operation.path}"] = operation.pointer
                self.titles[f"webhook {operation.path}"] = operation.pointer
        for each in (
            one for group in (api.groups if api else ()) for every in group.operations for one in every.parameters
        ):
            self.arguments.setdefault(each.wire_name, set()).add(each.name)
        for key, name in self.package.classes.items():
            if not key.startswith("@"):
                self.classes.setdefault(key.partition("?")[0], []).append(name)
        for name, text in inner(self.package.files).items():
            if undivided(name) == _MODELS:
                self._fields(text)

    def subjects(self, root: Any, pointer: str) -> frozenset[str]:
        """The names of what a pointer leads to, in Python and on the wire: the closest property or parameter."""
        parts = split(pointer) if pointer else []
        for at in range(len(parts) - 1, 0, -1):
            if parts[at - 1] == "properties":
                return frozenset({parts[at], *self.called.get(parts[at], ())})
            if parts[at - 1] == "parameters":
                return self._parameter(root, "/".join(pointer.split("/")[: at + 2]))
        return frozenset()

    def _parameter(self, root: Any, pointer: str) -> frozenset[str]:
        try:
            found = get(root, pointer)
            found = get(root, found["$ref"]) if "$ref" in found else found
            wire_name = str(found["name"])
        except (KeyError, IndexError, ValueError, TypeError):
            return frozenset()
        return frozenset({wire_name, *self.arguments.get(wire_name, ())})

    def _fields(self, text: str) -> None:
        for node in ast.parse(text).body:
            for each in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(node, ast.ClassDef) and isinstance(each, ast.AnnAssign):
                    name = ast.unparse(each.target)
                    wire_name = _alias(each) or name
                    self.fields[node.name, wire_name] = name
                    self.called.setdefault(wire_name, set()).add(name)

    def steps(self, pointer: str) -> Iterator[list[Anchor]]:
        """The definitions that a pointer leads to, from the closest to the widest."""
        prefixes = _prefixes(pointer)
        holders = [at for at in prefixes if at in self.classes]
        for at in holders:
            keyword, name = (*split("#" + pointer[len(at) :])[:2], "", "")[:2]
            known = [(one, name) for one in self.classes[at] if keyword == "properties" and (one, name) in self.fields]
            yield [(_MODELS, f"{key[0]}.{self.fields[key]}") for key in known]
        for at in holders:
            yield [anchor for name in self.classes[at] for anchor in _class(name)]
        yield [anchor for at in prefixes for anchor in self.operations.get(at, ())]
        if pointer.startswith("#/paths/"):
            yield [anchor for at, each in self.operations.items() if at.startswith(f"{pointer}/") for anchor in each]
        if pointer in {"#/info", "#"} or pointer.startswith("#/info/"):
            yield [("__init__.py", ""), ("contract.py", "API"), ("README.md", ""), ("pyproject.toml", "")]


def _class(name: str) -> list[Anchor]:
    return [(_MODELS, name), (_MODELS, f"{name}.*"), ("schemas.py", f"SCHEMAS.{name}")]


def _operation(group: str, title: str, operation: Operation) -> Iterator[Anchor]:
    """The definitions of an operation in a package, whichever layout it has."""
    yield "contract.py", operation.constant
    yield "contract.py", f"{operation.group}_{operation.name}"
    yield "server/mock.jsonl", f"{group}.{operation.name}"
    for form in ("", "Sync"):
        yield "api.py", f"{form}{title}Api.{operation.name}"
        yield "server/stub.py", f"{form}{title}.{operation.name}"
    for form in ("", "Async"):
        yield f"client/{group}.py", f"{form}{title}.{operation.name}"


def _alias(node: ast.AnnAssign) -> str:
    """A field's name in JSON, if it is another one than in Python."""
    for each in ast.walk(node):
        if isinstance(each, ast.keyword) and each.arg == "alias" and isinstance(each.value, ast.Constant):
            return str(each.value.value)
    return ""


def _prefixes(pointer: str) -> list[str]:
    """A pointer and those around it, closest first."""
    pieces = pointer.split("/")
    return ["/".join(pieces[:count]) for count in range(len(pieces), 1, -1)]


class _Index:
    """Blocks by file and definition."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self.exact: dict[Anchor, list[int]] = {}
        self.inside: dict[Anchor, list[int]] = {}
        self.files: dict[str, list[int]] = {}
        self.whole: dict[str, list[int]] = {}  # new and removed definitions by name
        self._naming: dict[tuple[frozenset[int], frozenset[str]], frozenset[int]] = {}
        self._with_named: dict[frozenset[int], frozenset[int]] = {}
        for index, block in enumerate(blocks):
            owner = block.definition.partition(".")[0]
            file = undivided(block.file)
            self.exact.setdefault((file, block.definition), []).append(index)
            self.files.setdefault(file, []).append(index)
            self.inside.setdefault((file, owner), []).append(index)
            if block.state != "changed" and block.definition and owner == block.definition:
                self.whole.setdefault(block.definition, []).append(index)

    def at(self, anchors: Iterable[Anchor]) -> frozenset[int]:
        found: set[int] = set()
        for file, definition in anchors:
            owner, dot, member = definition.partition(".")
            if definition == "*":
                found.update(self.files.get(file, ()))
            elif member == "*":
                found.update(self.inside.get((file, owner), ()))
            else:
                found.update(self.exact.get((file, definition), ()))
                # a member of a class that is new or gone as a whole
                wholes = self.exact.get((file, owner), ()) if dot else ()
                found.update(index for index in wholes if self.blocks[index].state != "changed")
        return frozenset(found)

    def naming(self, found: frozenset[int], subject: frozenset[str]) -> frozenset[int]:
        """Those of some blocks that name what a change is about; all, if none does."""
        known = self._naming.get((found, subject))
        if known is None:
            known = frozenset(one for one in found if not self.blocks[one].words.isdisjoint(subject)) or found
            self._naming[found, subject] = known
        return known

    def with_named(self, start: frozenset[int]) -> frozenset[int]:
        """Some blocks, with the new and removed definitions that they name, and that these name in turn."""
        known = self._with_named.get(start)
        if known is None:
            found, todo = set(start), list(start)
            while todo:
                for word in self.blocks[todo.pop()].words & self.whole.keys():
                    new = [index for index in self.whole[word] if index not in found]
                    found.update(new)
                    todo += new
            known = self._with_named[start] = frozenset(found)
        return known


def attribute(found: Comparison, packages: tuple[Package, Package], blocks: Sequence[Block]) -> Attribution:
    """Find the blocks that each change caused."""
    changes, index = found.changes, _Index(blocks)
    sides = GeneratedNames(packages[0]), GeneratedNames(packages[1])
    pointers = [(change.old_pointer, change.new_pointer) for change in changes]
    subjects = [
        sides[0].subjects(found.old.root, old) | sides[1].subjects(found.new.root, new) for old, new in pointers
    ]
    caused = [
        set(index.with_named(_document_blocks(change, index, sides, subject))) if change.axis == "document" else set()
        for change, subject in zip(changes, subjects, strict=True)
    ]
    _attribute_rest(caused, index)
    _attribute_named(caused, index, subjects)
    python_causes: dict[int, int] = {}
    may_cause: dict[int, frozenset[int]] = {}
    owners = _Owners(caused, subjects)
    files = frozenset((*packages[0].files, *packages[1].files))
    for number, change in enumerate(changes):
        if change.axis != "python":
            continue
        mine = _python_blocks(change, index, files)
        if candidates := owners.of(mine):
            python_causes[number] = owners.closest(mine, change)
            may_cause[number] = candidates
        else:
            caused[number] = set(mine)
    taken = set().union(*caused) if caused else set()
    rest = tuple(number for number in range(len(blocks)) if number not in taken)
    return Attribution(tuple(tuple(sorted(each)) for each in caused), rest, python_causes, may_cause)


class _Owners:
    """The changes that caused blocks, for each set of blocks once; and which of them are about a name."""

    def __init__(self, caused: Sequence[set[int]], subjects: Sequence[frozenset[str]]) -> None:
        self._subjects = subjects
        self._owners: dict[int, list[int]] = {}
        self._known: dict[frozenset[int], frozenset[int]] = {}
        self._first: dict[frozenset[int], dict[str, int]] = {}
        for number, each in enumerate(caused):
            for block in each:
                self._owners.setdefault(block, []).append(number)

    def of(self, blocks: frozenset[int]) -> frozenset[int]:
        known = self._known.get(blocks)
        if known is None:
            known = frozenset().union(*(self._owners.get(block, ()) for block in blocks))
            self._known[blocks] = known
        return known

    def closest(self, blocks: frozenset[int], change: Change) -> int:
        """The change that most likely caused one of the Python axis: the first that is about what this one names."""
        owners = self.of(blocks)
        first = self._first.get(owners)
        if first is None:
            first = self._first[owners] = {}
            for one in sorted(owners):
                for name in self._subjects[one]:
                    first.setdefault(name, one)
        named = (*_WORD.findall(change.operation), *_WORD.findall(change.message))
        return min((first[name] for name in named if name in first), default=min(owners))


def _document_blocks(
    change: Change, index: _Index, sides: tuple[GeneratedNames, GeneratedNames], subject: frozenset[str]
) -> frozenset[int]:
    """The blocks that a change's pointers lead to; if there are none, those of the operations that it is about."""
    steps = [list(names.steps(at)) for names, at in zip(sides, (change.old_pointer, change.new_pointer), strict=True)]
    for depth in range(max(map(len, steps))):
        found = index.at(anchor for each in steps for anchor in (each[depth] if depth < len(each) else ()))
        if found:
            return index.naming(found, subject)
    titles = dict.fromkeys(place.operation for place in change.places)
    found = index.at(
        anchor
        for names in sides
        for title in titles
        for anchor in names.operations.get(names.titles.get(title, ""), ())
    )
    return index.naming(found, subject)


def _attribute_rest(found: list[set[int]], index: _Index) -> None:
    """Add the blocks that are left (imports, lists of operations) to the changes that brought the names in them."""
    taken = set().union(*found) if found else set()
    owners: dict[str, set[int]] = {}
    first: dict[int, int] = {}  # the first change of each block
    for number, each in enumerate(found):
        for block in each:
            first.setdefault(block, number)
            made = index.blocks[block]
            if made.state != "changed":
                owners.setdefault(made.definition.rpartition(".")[2], set()).add(number)
    words: dict[tuple[str, str], int] = {}
    for block, number in first.items():  # in the order of the changes
        for word in index.blocks[block].words:
            words.setdefault((index.blocks[block].file, word), number)
    shared = {name: frozenset(each) for name, each in owners.items()}  # the same for definitions that name each other
    for number, made in enumerate(index.blocks):
        if number in taken:
            continue
        wanted = set().union(*{shared[word] for word in made.words & shared.keys()})
        if not wanted and not made.definition:
            wanted = {words[made.file, word] for word in made.words if (made.file, word) in words}
        for owner in wanted:
            found[owner].add(number)


def _attribute_named(found: list[set[int]], index: _Index, subjects: Sequence[frozenset[str]]) -> None:
    """Add the blocks that are left (examples) to the changes about the names in them."""
    taken = set().union(*found) if found else set()
    about: dict[str, list[int]] = {}
    for number, each in enumerate(subjects):
        for name in each:
            about.setdefault(name, []).append(number)
    for number, made in enumerate(index.blocks):
        if number in taken:
            continue
        owners = [about[word] for word in made.words if word in about]
        if not made.file.endswith(".py"):
            owners = [each for each in owners if len(each) <= _MOST_CAUSES]
        for owner in {one for each in owners for one in each}:
            found[owner].add(number)


def _python_blocks(change: Change, index: _Index, files: Set[PurePosixPath]) -> frozenset[int]:
    """The blocks of the dotted names that a change of the Python axis is about."""
    anchors: list[Anchor] = []
    for place in change.places:
        parts = _ARGUMENT.sub("", place.operation).split(".")
        for count in range(len(parts), 0, -1):
            modules = PurePosixPath(*parts[:count]).with_suffix(".py"), PurePosixPath(*parts[:count], "__init__.py")
            module = next((path for path in modules if path in files), None)
            if module is not None and len(module.parts) > 1:
                definition = ".".join(parts[count:])
                anchors.append((undivided("/".join(module.parts[1:])), definition or "*"))
                break
    return index.at(anchors)
