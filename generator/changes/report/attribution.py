"""Which generated lines a change of the document caused: its JSON pointers lead to definitions in the package.

A pointer leads to an operation or a schema, and the pipeline says what these are called. Four steps are tried, from the
closest definition to the widest, until one has lines that differ. Of the lines of an operation, a change has those that
name what it is about, if there are any: a parameter, say. Lines that only name a new definition (imports, lists), or
something that a change is about (examples), belong to the change that brought it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        for index, block in enumerate(blocks):
            owner = block.definition.partition(".")[0]
            file = undivided(block.file)
            self.exact.setdefault((file, block.definition), []).append(index)
            self.files.setdefault(file, []).append(index)
            self.inside.setdefault((file, owner), []).append(index)
            if block.state != "changed" and block.definition and owner == block.definition:
                self.whole.setdefault(block.definition, []).append(index)

    def at(self, anchors: Iterable[Anchor]) -> set[int]:
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
        return found

    def naming(self, found: set[int], subject: frozenset[str]) -> set[int]:
        """Those of some blocks that name what a change is about; all, if none does."""
        return {one for one in found if self.blocks[one].words & subject} or found

    def with_named(self, start: set[int]) -> set[int]:
        """Some blocks, with the new and removed definitions that they name, and that these name in turn."""
        found, todo = set(start), list(start)
        while todo:
            for word in self.blocks[todo.pop()].words:
                for index in self.whole.get(word, ()):
                    if index not in found:
                        found.add(index)
                        todo.append(index)
        return found


def attribute(found: Comparison, packages: tuple[Package, Package], blocks: Sequence[Block]) -> Attribution:
    """Find the blocks that each change caused."""
    changes, index = found.changes, _Index(blocks)
    sides = GeneratedNames(packages[0]), GeneratedNames(packages[1])
    pointers = [(change.old_pointer, change.new_pointer) for change in changes]
    subjects = [
        sides[0].subjects(found.old.root, old) | sides[1].subjects(found.new.root, new) for old, new in pointers
    ]
    caused = [
        _document_blocks(change, index, sides, subject) if change.axis == "document" else set()
        for change, subject in zip(changes, subjects, strict=True)
    ]
    caused = [index.with_named(each) if each else each for each in caused]
    _attribute_rest(caused, index)
    _attribute_named(caused, index, subjects)
    python_causes: dict[int, int] = {}
    may_cause: dict[int, frozenset[int]] = {}
    owners: dict[int, list[int]] = {}
    for number, each in enumerate(caused):
        for block in each:
            owners.setdefault(block, []).append(number)
    for number, change in enumerate(changes):
        if change.axis != "python":
            continue
        mine = _python_blocks(change, index, packages)
        candidates = [owner for block in sorted(mine) for owner in owners.get(block, ())]
        if candidates:
            python_causes[number] = _closest(candidates, change, subjects)
            may_cause[number] = frozenset(candidates)
        else:
            caused[number] = mine
    taken = set().union(*caused) if caused else set()
    rest = tuple(number for number in range(len(blocks)) if number not in taken)
    return Attribution(tuple(tuple(sorted(each)) for each in caused), rest, python_causes, may_cause)


def _closest(candidates: Sequence[int], change: Change, subjects: Sequence[frozenset[str]]) -> int:
    """The change that most likely caused one of the Python axis: the first that is about what this one names."""
    named = set(_WORD.findall(change.operation)) | set(_WORD.findall(change.message))
    return min((one for one in candidates if subjects[one] & named), default=min(candidates))


def _document_blocks(
    change: Change, index: _Index, sides: tuple[GeneratedNames, GeneratedNames], subject: frozenset[str]
) -> set[int]:
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
    owners: dict[str, list[int]] = {}
    words: dict[tuple[str, str], list[int]] = {}
    for number, each in enumerate(found):
        for block in each:
            made = index.blocks[block]
            if made.state != "changed":
                owners.setdefault(made.definition.rpartition(".")[2], []).append(number)
            for word in made.words:
                words.setdefault((made.file, word), []).append(number)
    for number, made in enumerate(index.blocks):
        if number in taken:
            continue
        wanted = {owner for word in made.words for owner in owners.get(word, ())}
        if not wanted and not made.definition:
            wanted = {owner for word in made.words for owner in words.get((made.file, word), ())[:1]}
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


def _python_blocks(change: Change, index: _Index, packages: tuple[Package, Package]) -> set[int]:
    """The blocks of the dotted names that a change of the Python axis is about."""
    files = {*packages[0].files, *packages[1].files}
    found: set[int] = set()
    for place in change.places:
        parts = _ARGUMENT.sub("", place.operation).split(".")
        for count in range(len(parts), 0, -1):
            modules = PurePosixPath(*parts[:count]).with_suffix(".py"), PurePosixPath(*parts[:count], "__init__.py")
            module = next((path for path in modules if path in files), None)
            if module is not None and len(module.parts) > 1:
                definition = ".".join(parts[count:])
                found |= index.at([(undivided("/".join(module.parts[1:])), definition or "*")])
                break
    return found
