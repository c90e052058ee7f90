"""Programs that use a package as a caller and as a service, in the types of its own version, for a type checker to judge another one."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.support.type_checker import mypy

Files = Mapping[PurePosixPath, str]
_PLAIN = {
    "Base64": "bytes",
    "Date": "date",
    "DateTime": "datetime",
    "UTCDateTime": "datetime",
    "Time": "time",
    "Value": "Any",
    "UUID": "UUID",
}
_HEAD = """from __future__ import annotations
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Literal
from uuid import UUID
from typing_extensions import override
"""


@dataclass(frozen=True)
class Package:
    """The classes of a package by module, and what its aliases mean."""

    name: str
    trees: Mapping[str, ast.Module]
    aliases: Mapping[str, ast.expr] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, files: Files) -> Package:
        """Read the modules that importers use."""
        trees = {
            str(path.relative_to(name).with_suffix("")).replace("/", "."): ast.parse(text)
            for path, text in files.items()
            if path.suffix == ".py" and path.parts[0] == name and "_runtime" not in path.parts
        }
        aliases = {}
        for node in trees["models"].body if "models" in trees else ():
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and isinstance(node.value, ast.Call)
            ):
                aliases[node.targets[0].id] = node.value.args[1]
        return cls(name, trees, aliases)

    def classes(self, module: str) -> list[ast.ClassDef]:
        tree = self.trees.get(module)
        return [node for node in tree.body if isinstance(node, ast.ClassDef)] if tree is not None else []

    def plain(self, node: ast.expr | None, depth: int = 0) -> str:
        """An annotation in names that mean the same in each version: no alias, nothing beside the type."""
        if node is None or depth > 9:
            return "Any"
        if isinstance(node, ast.BinOp):
            return f"{self.plain(node.left, depth)} | {self.plain(node.right, depth)}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self.plain(ast.parse(node.value, mode="eval").body, depth)
        if isinstance(node, ast.Subscript):
            name = ast.unparse(node.value).rpartition(".")[2]
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            if name == "Literal":
                return ast.unparse(node).rpartition("typing.")[2]
            if name == "Annotated":
                return self.plain(parts[0], depth)
            if name in {"Absent", "Optional"}:
                return f"{self.plain(parts[0], depth)} | None"
            if name == "Union":
                return " | ".join(self.plain(each, depth) for each in parts)
            return f"{name}[{', '.join(self.plain(each, depth) for each in parts)}]"
        name = ast.unparse(node).removeprefix("models.")
        if name in self.aliases:
            return self.plain(self.aliases[name], depth + 1)
        if name in {each.name for each in self.classes("models")}:
            return f"models.{name}"
        return _PLAIN.get(name, name)

    def reached(self, words: set[str]) -> set[str]:
        """The classes of models.py that some names lead to."""
        below = {node.name: set(re.findall(r"\w+", ast.unparse(node))) for node in self.classes("models")}
        below |= {name: set(re.findall(r"\w+", ast.unparse(node))) for name, node in self.aliases.items()}
        found, todo = set[str](), list(words)
        while todo:
            word = todo.pop()
            if word in below and word not in found:
                found.add(word)
                todo += below[word]
        return found


def _methods(node: ast.ClassDef) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name[0] != "_"
    ]


def _groups(package: Package) -> Iterator[ast.ClassDef]:
    """The Protocols of the API."""
    yield from (each for each in package.classes("api") if not each.name.startswith("Sync"))


def _used(package: Package) -> tuple[set[str], set[str]]:
    """The classes that requests and responses hold."""
    sent, got = set[str](), set[str]()
    for group in _groups(package):
        for method in _methods(group):
            sent.update(re.findall(r"\w+", ast.unparse(method.args)))
            got.update(re.findall(r"\w+", ast.unparse(method.returns)) if method.returns else ())
    for error in package.classes("errors"):
        got.update(re.findall(r"\w+", ast.unparse(error)))
    return package.reached(sent), package.reached(got)


def _fields(package: Package, name: str) -> list[tuple[str, str, bool]]:
    """The fields of a class and of what it extends: name, plain type, whether it has to be given."""
    by_name = {node.name: node for node in package.classes("models")}
    node = by_name.get(name)
    found: dict[str, tuple[str, str, bool]] = {}
    for base in node.bases if node is not None else ():
        found |= {each[0]: each for each in _fields(package, ast.unparse(base))}
    for each in node.body if node is not None else ():
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and not each.target.id.startswith("_"):
            found[each.target.id] = each.target.id, package.plain(each.annotation), each.value is None
    return list(found.values())


def _write(package: Package, names: set[str]) -> Iterator[str]:
    """Make an object of each class, with all its fields and with those that are needed."""
    for name in sorted(names & {node.name for node in package.classes("models")}):
        fields = _fields(package, name)
        for kind, chosen in (("all", fields), ("few", [each for each in fields if each[2]])):
            arguments = ", ".join(f"{field}: {type_}" for field, type_, _ in chosen)
            given = ", ".join(f"{field}={field}" for field, _, _ in chosen)
            yield f"def make_{kind}_{name}({arguments}) -> models.{name}:\n    return models.{name}({given})\n"


def _read(package: Package, names: set[str]) -> Iterator[str]:
    """Read each field of each class as what it was."""
    for name in sorted(names & {node.name for node in package.classes("models")}):
        for field_, type_, _ in _fields(package, name):
            yield f"def read_{name}_{field_}(one: models.{name}) -> {type_}:\n    return one.{field_}\n"


def _arguments(package: Package, method: ast.FunctionDef | ast.AsyncFunctionDef) -> list[tuple[str, str, bool, bool]]:
    """Name, plain type, by name only, needed; `self` left out."""
    spec = method.args
    places = spec.args[1:]
    needed = len(places) - len(spec.defaults)
    found = [(each.arg, package.plain(each.annotation), False, index < needed) for index, each in enumerate(places)]
    named = zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
    return found + [(each.arg, package.plain(each.annotation), True, default is None) for each, default in named]


def _mentioned(package: Package) -> list[str]:
    """Every class and alias by its name."""
    names = [f"models.{name}\n" for name in (*[node.name for node in package.classes("models")], *package.aliases)]
    return names + [f"errors.{node.name}\n" for node in package.classes("errors")]


def caller(package: Package) -> str:
    """A program that makes what requests hold, calls everything in each form, and reads what it gets."""
    sent, got = _used(package)
    lines = [_HEAD, f"from {package.name} import api, client, errors, models\n"]
    lines += _mentioned(package)
    lines += [*_write(package, sent), *_read(package, got)]
    for group in _groups(package):
        for method in _methods(group):
            arguments = _arguments(package, method)
            for kind, chosen in (("all", arguments), ("few", [each for each in arguments if each[3]])):
                declared = "".join(f", {name}: {type_}" for name, type_, _, _ in chosen)
                given = ", ".join(f"{name}={name}" if by_name else name for name, _, by_name, _ in chosen)
                head = f"async def {kind}_{group.name}_{method.name}(one: api.{group.name}{declared}) -> "
                lines.append(f"{head}{package.plain(method.returns)}:\n    return await one.{method.name}({given})\n")
    for name in _attributes(package):
        lines.append(f"def group_{name}(one: client.Client) -> None:\n    one.{name}\n")
    return "".join(lines)


def _attributes(package: Package) -> list[str]:
    """The groups of the client."""
    nodes = [node for node in package.classes("client.__init__") if node.name == "Client"]
    return [each.name for node in nodes for each in _methods(node) if each.decorator_list]


def service(package: Package) -> str:
    """A program that implements every operation, reads what it is sent, and makes what it answers."""
    sent, got = _used(package)
    lines = [_HEAD, f"from {package.name} import errors, models\nfrom {package.name}.server import create_app, stub\n"]
    lines += [*_mentioned(package), *_write(package, got), *_read(package, sent)]
    for node in package.classes("server.stub"):
        body = []
        for method in _methods(node):
            arguments = _arguments(package, method)
            star = next((index for index, each in enumerate(arguments) if each[2]), len(arguments))
            texts = [f"{name}: {type_}" + ("" if needed else " = ...") for name, type_, _, needed in arguments]
            texts = texts[:star] + (["*"] if star < len(arguments) else []) + texts[star:]
            word = "async def" if isinstance(method, ast.AsyncFunctionDef) else "def"
            signature = ",\n        ".join(["self", *texts])
            head = f"    @override\n    {word} {method.name}({signature}) -> {package.plain(method.returns)}:\n"
            body.append(f"{head}        raise NotImplementedError\n")
        lines.append(f"class My{node.name}(stub.{node.name}):\n" + ("".join(body) or "    pass\n"))
    return "".join(lines)


def judged(folder: Path, programs: Mapping[str, str]) -> dict[str, list[str]]:
    """What `mypy --strict` says of each program, by its name; the packages are in the folder."""
    assert not any(keyword.iskeyword(name) for name in programs)
    for name, text in programs.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    options = "--no-error-summary", "--hide-error-context", "--python-version=3.11"
    done = mypy(*options, *(f"{name}.py" for name in programs), folder=folder)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    found: dict[str, list[str]] = {name: [] for name in programs}
    for line in done.stdout.splitlines():
        name = line.partition(".py:")[0]
        if name in found and ": error:" in line:
            found[name].append(line)
    return found
