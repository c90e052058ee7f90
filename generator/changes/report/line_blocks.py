"""The lines that differ between two versions of a generated package, by the class, method, field or constant they are of.

Files are compared unit by unit, not as a whole: what a line belongs to is known then, and it takes linear time.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import PurePosixPath

_CONTEXT = 2  # lines that stay the same, around those that don't
_MOST_LINES = 1_000  # a unit that has more is not compared line by line
_WORD = re.compile(r"[^\W\d]\w*")
NOT_SHOWN = frozenset(("openapi.json", "manifest.json", "API.md"))

Lines = tuple[tuple[str, str], ...]
"""Lines with their sign: `-`, `+` or a space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The changed lines of one unit: `Class.method`, `Class.field`, a constant's name; empty for imports and the like."""

    file: str
    unit: str
    state: str
    """`new` or `gone` for a unit that is on one side only, `changed` otherwise."""
    lines: Lines
    line: int
    """Where it stands, from 1: in the new file, or in the old one where it is gone."""

    @property
    def words(self) -> frozenset[str]:
        """The names in the lines that come or go."""
        return frozenset(word for sign, text in self.lines if sign != " " for word in _WORD.findall(text))


@dataclass(frozen=True, slots=True)
class _Unit:
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
    for name in sorted(before.keys() | after.keys(), key=_order):
        if name in static or name in NOT_SHOWN or before.get(name) == after.get(name):
            continue
        found += _compare(name, before.get(name, ""), after.get(name, ""))
    return tuple(found)


def inner(files: Mapping[PurePosixPath, str]) -> dict[str, str]:
    """A package's files without its own folder; what stands beside the folder keeps its name."""
    return {"/".join(path.parts[1:]) if len(path.parts) > 1 else path.name: text for path, text in files.items()}


def _order(name: str) -> tuple[int, str]:
    """What a reviewer reads first comes first."""
    ranks = {"api.py": 0, "models.py": 1, "errors.py": 2, "contract.py": 3, "schemas.py": 4}
    return ranks.get(name, 5 if name.endswith(".py") else 6), name


def _compare(name: str, old: str, new: str) -> Iterator[Block]:
    read = _units if name.endswith(".py") else _records if name.endswith(".jsonl") else _whole
    befores, afters = read(old), read(new)
    for unit in dict.fromkeys((*afters, *befores)):
        owner = unit.partition(".")[0]
        if owner != unit and (owner in befores) != (owner in afters):
            continue  # stands in the whole class, which is new or gone
        before, after = befores.get(unit), afters.get(unit)
        if before is None and after is not None:
            lines = tuple(("+", text) for text in _class(unit, afters))
            yield Block(file=name, unit=unit, state="new", lines=lines, line=after.line)
        elif after is None and before is not None:
            lines = tuple(("-", text) for text in _class(unit, befores))
            yield Block(file=name, unit=unit, state="gone", lines=lines, line=before.line)
        elif before is not None and after is not None and before.lines != after.lines:
            lines = diff_lines(before.lines, after.lines)
            yield Block(file=name, unit=unit, state="changed", lines=lines, line=after.line)


def _class(unit: str, units: Mapping[str, _Unit]) -> list[str]:
    """All lines of a unit; of a class with its members, an empty line where there was one."""
    found: list[str] = []
    end = 0
    for name, each in units.items():
        if name == unit or name.startswith(f"{unit}."):
            if end and each.line > end and found and found[-1]:
                found.append("")
            found += each.lines
            end = each.line + len(each.lines)
    return found


def diff_lines(old: tuple[str, ...], new: tuple[str, ...]) -> Lines:
    """The lines of two texts: those that stay the same are kept next to those that don't."""
    if max(len(old), len(new)) > _MOST_LINES:
        return (*(("-", text) for text in old), *(("+", text) for text in new))
    found: list[tuple[str, str]] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        if found:
            found.append((" ", "⋯"))
        for tag, first, last, start, end in group:
            if tag == "equal":
                found += ((" ", text) for text in old[first:last])
            else:
                found += (("-", text) for text in old[first:last])
                found += (("+", text) for text in new[start:end])
    return tuple(found)


def _whole(text: str) -> dict[str, _Unit]:
    return {"": _Unit(1, tuple(text.splitlines()))} if text else {}


def _records(text: str) -> dict[str, _Unit]:
    """Lines of JSON, each about one operation."""
    return {
        str(json.loads(line).get("operation", "")): _Unit(at, (line,))
        for at, line in enumerate(text.split("\n")[:-1], 1)
    }


def _units(text: str) -> dict[str, _Unit]:
    """A module's units in order, by name; the members of a class follow it."""
    lines = text.splitlines()
    found: dict[str, _Unit] = {}
    rest: list[str] = []
    for node in ast.parse(text).body:
        name, first, last = _name(node), _first(node), node.end_lineno or node.lineno
        if not name:
            rest += lines[first - 1 : last]
        for unit, begin, end in _parts(name, node, last) if name else ():
            unique = unit if unit not in found else f"{unit}#{begin}"
            found[unique] = _Unit(begin, tuple(lines[begin - 1 : end]))
    if rest:
        found[""] = _Unit(1, tuple(rest))
    return found


def _parts(name: str, node: ast.stmt, last: int) -> list[tuple[str, int, int]]:
    """A statement's units (name, first and last line): a class and its members, a dictionary and its entries."""
    if isinstance(node, ast.ClassDef):
        return _members(node)
    value = getattr(node, "value", None)
    keys = value.keys if isinstance(value, ast.Dict) else []
    entries = [
        (f"{name}.{key.value!s}", key.lineno, each.end_lineno or each.lineno)
        for key, each in zip(keys, value.values if isinstance(value, ast.Dict) else [], strict=True)
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
