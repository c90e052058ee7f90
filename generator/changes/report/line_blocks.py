"""The lines that differ between two versions of a package, by definition: class, method, field or constant.

Files are compared by definition, not as a whole: so it is known what a line belongs to, and time grows linearly.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from ...python.divided import undivided
from ...records import record
from ...render.folder import templates_folder

_CONTEXT = 2  # lines that stay the same, around those that don't
MOST_LINES = 1_000  # a definition that has more is not compared line by line
_WORD = re.compile(r"[^\W\d]\w*")
NOT_SHOWN = frozenset(("openapi.json", "manifest.json", "API.md", "models/__init__.py", "models/__init__.pyi"))
"""What follows from other files, line by line: what was generated from, lists of what there is."""

Lines = tuple[tuple[str, str], ...]
"""Lines with their sign: `-`, `+` or a space."""


@record(kw_only=True)
class Block:
    """Changed lines that stand together in one definition, with some equal lines around them.

    `definition`: `Class.method`, `Class.field`, a constant's name; empty for imports and the like.
    """

    file: str
    definition: str
    state: str
    """`new` or `gone` for a definition that one package has only, otherwise `changed`."""
    lines: Lines
    line: int
    """Its first line, from 1: in the new file, or in the old one if it is gone."""

    words: frozenset[str] = field(init=False, repr=False, compare=False)
    """The names in added and removed lines."""

    def __post_init__(self) -> None:
        found = (word for sign, text in self.lines if sign != " " for word in _WORD.findall(text))
        object.__setattr__(self, "words", frozenset(found))


@record
class _Definition:
    line: int
    lines: tuple[str, ...]


def compare_packages(
    old: Mapping[PurePosixPath, str], new: Mapping[PurePosixPath, str], static: frozenset[str]
) -> tuple[Block, ...]:
    """The blocks of all files that depend on the document; `static` files, the same in every package, are left out.

    Paths are without the package's own folder. Raises SyntaxError for a module that is not Python.
    """
    before, after = inner(old), inner(new)
    found: list[Block] = []
    for name in sorted(before.keys() | after.keys(), key=order):
        if name in static or name in NOT_SHOWN or before.get(name) == after.get(name):
            continue
        found += _compare(name, before.get(name, ""), after.get(name, ""))
    return tuple(found)


def static_files() -> frozenset[str]:
    """The files that are the same in every package."""
    folder = templates_folder() / "static"
    return frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))


def inner(files: Mapping[PurePosixPath, str]) -> dict[str, str]:
    """A package's files without its own folder; what stands beside the folder keeps its name."""
    return {"/".join(path.parts[1:]) if len(path.parts) > 1 else path.name: text for path, text in files.items()}


def order(name: str) -> tuple[int, str]:
    """Sort key of files: what a reviewer reads first comes first."""
    ranks = {"api.py": 0, "models.py": 1, "errors.py": 2, "contract.py": 3, "schemas.py": 4}
    return ranks.get(undivided(name), 5 if name.endswith(".py") else 6), name


def _compare(name: str, old: str, new: str) -> Iterator[Block]:
    read = _definitions if name.endswith(".py") else _json_lines if name.endswith(".jsonl") else _whole_file
    befores, afters = read(old), read(new)
    of_befores, of_afters = _by_owner(befores), _by_owner(afters)
    for definition in dict.fromkeys((*afters, *befores)):
        owner = definition.partition(".")[0]
        if owner != definition and (owner in befores) != (owner in afters):
            continue  # stands in the whole class, which is new or gone
        line = (afters.get(definition) or befores[definition]).line
        if definition not in befores:
            lines = tuple(("+", text) for text in _class(definition, afters, of_afters))
            yield Block(file=name, definition=definition, state="new", lines=lines, line=line)
        elif definition not in afters:
            lines = tuple(("-", text) for text in _class(definition, befores, of_befores))
            yield Block(file=name, definition=definition, state="gone", lines=lines, line=line)
        else:
            for at, lines in _hunks(befores[definition].lines, afters[definition].lines):
                yield Block(file=name, definition=definition, state="changed", lines=lines, line=line + at)


def _class(definition: str, definitions: Mapping[str, _Definition], members: Mapping[str, Sequence[str]]) -> list[str]:
    """All lines of a definition; of a class with its members, an empty line where there was one."""
    found: list[str] = []
    end = 0
    for name in members.get(definition, (definition,)):
        each = definitions[name]
        if end and each.line > end and found and found[-1]:
            found.append("")
        found += each.lines
        end = each.line + len(each.lines)
    return found


def _by_owner(definitions: Iterable[str]) -> dict[str, list[str]]:
    """The definitions of each class, itself among them."""
    found: dict[str, list[str]] = {}
    for name in definitions:
        found.setdefault(name.partition(".")[0], []).append(name)
    return found


def diff_lines(old: tuple[str, ...], new: tuple[str, ...]) -> Lines:
    """The added and removed lines of two texts, with some equal lines around them."""
    found: list[tuple[str, str]] = []
    for group in _groups(old, new):
        if found:
            found.append((" ", "⋯"))
        for change in group:
            found += _signed(old, new, change)
    return tuple(found)


def _hunks(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[tuple[int, Lines]]:
    """The same in pieces: each run of changed lines by itself, with the number of new lines that stand before it."""
    for group in _groups(old, new):
        for index, (tag, first, last, start, end) in enumerate(group):
            if tag != "equal":
                around = [group[at] for at in (index - 1, index + 1) if 0 <= at < len(group)]
                before = [one for one in around if one[2] == first and one[0] == "equal"]
                after = [one for one in around if one[1] == last and one[0] == "equal"]
                lines = [line for one in before for line in _signed(old, new, one)][-_CONTEXT:]
                lines += _signed(old, new, (tag, first, last, start, end))
                lines += [line for one in after for line in _signed(old, new, one)][:_CONTEXT]
                yield start, tuple(lines)


_Opcode = tuple[str, int, int, int, int]


def _groups(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[list[_Opcode]]:
    """What is done to the lines of a text, near one another; very long ones are not compared."""
    if max(len(old), len(new)) > MOST_LINES:
        yield [("replace", 0, len(old), 0, len(new))] if old != new else []
        return
    yield from SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(_CONTEXT)


def _signed(old: tuple[str, ...], new: tuple[str, ...], change: _Opcode) -> list[tuple[str, str]]:
    tag, first, last, start, end = change
    if tag == "equal":
        return [(" ", text) for text in old[first:last]]
    return [*(("-", text) for text in old[first:last]), *(("+", text) for text in new[start:end])]


def _whole_file(text: str) -> dict[str, _Definition]:
    return {"": _Definition(1, tuple(text.splitlines()))} if text else {}


def _json_lines(text: str) -> dict[str, _Definition]:
    """Lines of JSON, each about one operation."""
    return {
        str(json.loads(line).get("operation", "")): _Definition(at, (line,))
        for at, line in enumerate(text.split("\n")[:-1], 1)
    }


def _definitions(text: str) -> dict[str, _Definition]:
    """A module's definitions in order, by name; the members of a class follow it."""
    lines = text.splitlines()
    found: dict[str, _Definition] = {}
    rest: list[str] = []
    for node in ast.parse(text).body:
        name, first, last = _name(node), _first(node), node.end_lineno or node.lineno
        if not name:
            rest += lines[first - 1 : last]
        for definition, begin, end in _parts(name, node, last) if name else ():
            unique = definition if definition not in found else f"{definition}#{begin}"
            found[unique] = _Definition(begin, tuple(lines[begin - 1 : end]))
    if rest:
        found[""] = _Definition(1, tuple(rest))
    return found


def _parts(name: str, node: ast.stmt, last: int) -> list[tuple[str, int, int]]:
    """A statement's definitions (name, first and last line): a class and its members, a dictionary and its entries."""
    if isinstance(node, ast.ClassDef):
        return _members(node)
    value = getattr(node, "value", None)
    pairs = zip(value.keys, value.values, strict=True) if isinstance(value, ast.Dict) else ()
    entries = [
        (f"{name}.{key.value!s}", key.lineno, each.end_lineno or each.lineno)
        for key, each in pairs
        if isinstance(key, ast.Constant) and key.lineno > node.lineno
    ]
    return [(name, _first(node), entries[0][1] - 1), *entries] if entries else [(name, _first(node), last)]


def _members(node: ast.ClassDef) -> list[tuple[str, int, int]]:
    """A class: its head (bases, text, configuration), then its members; the text below a field is the field's."""
    head = max(node.lineno, _first(node.body[0]) - 1)
    found = [(node.name, _first(node), head)]
    for each in node.body:
        member, last = _name(each), each.end_lineno or each.lineno
        if member and member != "model_config":
            found.append((f"{node.name}.{member}", _first(each), last))
        else:
            name, first, _ = found[-1]
            found[-1] = name, first, last
    return found


def _first(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name
    target: ast.expr | None = None
    if isinstance(node, ast.AnnAssign):
        target = node.target
    elif isinstance(node, ast.Assign):
        target = node.targets[0]
    return target.id if isinstance(target, ast.Name) else ""
