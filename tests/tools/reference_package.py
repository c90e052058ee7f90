"""What a generated package offers, from the docstrings of one that has everything."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.packages import build_tree
from tests.tools.reference_texts import cell, code, markdown, signature

_EVENTS = {"text/event-stream": {"itemSchema": {"type": "object"}}}
_FORM = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
_JSON_OR_TEXT = {one: {"schema": {"type": "string"}} for one in ("application/json", "text/csv")}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.2.0",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://api.example.com"}],
    "security": [{"Basic": []}, {"Bearer": []}, {"Key": []}],
    "paths": {
        "/pets": {
            "get": {
                "operationId": "watch",
                "tags": ["pets"],
                "responses": {"200": {"description": "", "content": _EVENTS}},
            },
            "post": {
                "operationId": "add",
                "tags": ["pets"],
                "requestBody": {"content": {"multipart/form-data": {"schema": _FORM}}},
                "responses": {"200": {"description": "", "content": _JSON_OR_TEXT}},
            },
        }
    },
    "components": {
        "securitySchemes": {
            "Basic": {"type": "http", "scheme": "basic"},
            "Bearer": {"type": "http", "scheme": "bearer"},
            "Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        }
    },
}
"""An API with streams, files, several media types of one body, and each kind of credentials."""

Node = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign | ast.AnnAssign


@dataclass(frozen=True)
class Found:
    """A definition, the module that it stands in, and the docstring below it."""

    module: str
    node: Node
    text: str | None


class Package:
    """The modules of a package as syntax trees, by their dotted names."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.trees = {name: ast.parse(text) for name, text in texts.items()}

    def find(self, module: str, name: str) -> Found | None:
        """The definition of a name that a module has, its own or imported; None for one of another package."""
        body = self.trees[module].body if module in self.trees else []
        for node, following in zip(body, [*body[1:], None], strict=True):
            if isinstance(node, ast.ImportFrom) and any((one.asname or one.name) == name for one in node.names):
                there = self.imported(module, node)
                real = next(one.name for one in node.names if (one.asname or one.name) == name)
                return self.find(there, real) if there else None
            if name in _defined(node) and isinstance(node, Node):
                return Found(module, node, _docstring(node, following))
        return None

    def imported(self, module: str, node: ast.ImportFrom) -> str | None:
        """The module that a relative import names."""
        if not node.level:
            return None
        folder = (
            module.split(".")
            if f"{module}.__init__" in self.trees or self.is_folder(module)
            else module.split(".")[:-1]
        )
        above = folder[: len(folder) - node.level + 1]
        return ".".join([*above, *(node.module or "").split(".")]).strip(".")

    def is_folder(self, module: str) -> bool:
        """Whether a module is a package."""
        return any(name.startswith(f"{module}.") for name in self.trees)

    def exported(self, module: str) -> list[str]:
        """The names of a module's `__all__`."""
        for node in self.trees[module].body:
            if isinstance(node, ast.Assign) and "__all__" in _defined(node):
                return list(ast.literal_eval(node.value))
        return []

    def lineage(self, found: Found) -> Iterator[Found]:
        """A class and those that it inherits from, nearest first."""
        yield found
        for base in found.node.bases if isinstance(found.node, ast.ClassDef) else ():
            name = base.value if isinstance(base, ast.Subscript) else base
            above = self.find(found.module, name.id) if isinstance(name, ast.Name) else None
            if above:
                yield from self.lineage(above)


def _defined(node: ast.stmt) -> set[str]:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return {name}
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def _docstring(node: Node, following: ast.stmt | None) -> str | None:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return ast.get_docstring(node)
    match following:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return text
    return None


def package_page() -> str:
    """The public names of a package: its client, its server, its errors."""
    with tempfile.TemporaryDirectory() as folder:
        built = build_tree(Path(folder), DOCUMENT, package="pets", tolerant=True, watch=True)
    texts = {
        ".".join(path.parts[1:]).removesuffix(".py").removesuffix(".__init__").removesuffix("__init__"): text
        for path, text in built.files.items()
        if path.suffix == ".py"
    }
    package = Package(texts)
    lines = [
        "# The package's API",
        "",
        "The names below are in every package that needs them: `File` where a form has files, `read_events` where an answer is a",
        "stream of events, `Watch` with the setting `watch`, `tolerant` with the setting of that name. `pets` is the package's name.",
        "What the document decides stands in the package itself: `API.md` lists the operations, `models.py` the models.",
    ]
    for module in ("client", "server"):
        lines += ["", f"## `pets.{module}`"]
        for name in sorted(package.exported(module), key=lambda name: (name.lower(), name)):
            lines += _entry(package, module, name)
    lines += _entry(package, "_runtime.wire.streaming", "Event")
    return "\n".join([*lines, *_errors(package)]) + "\n"


def _entry(package: Package, module: str, name: str) -> list[str]:
    """A name with its docstring; of a class, its fields and methods too."""
    found = package.find(module, name)
    if found is None:
        raise KeyError(f"{module}.{name} is defined nowhere in the package")
    lines = ["", f"### `{name}`", ""]
    if found.module == "_runtime.exceptions":
        return [*lines, "An exception, as in [`pets.errors`](#petserrors)."]
    if isinstance(found.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [*lines, *signature(found.node), "", *markdown(found.text)]
    lines += markdown(found.text)
    if not isinstance(found.node, ast.ClassDef):
        return lines
    fields = [
        f"- `{ast.unparse(one.target)}`: `{ast.unparse(one.annotation)}`"
        for one in found.node.body
        if isinstance(one, ast.AnnAssign) and not ast.unparse(one.target).startswith("_")
    ]
    lines += ["", *fields] if fields else []
    for method, text in _methods(package, found):
        shown = f"{name}(…)" if method.name == "__init__" else method.name
        lines += ["", f"#### `{shown}`", ""]
        if any(isinstance(one, ast.Name) and one.id == "property" for one in method.decorator_list):
            lines += [f"A property: `{ast.unparse(method.returns)}`." if method.returns else "A property.", ""]
        else:
            lines += [*signature(method), ""]
        lines += markdown(text)
    return lines


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _methods(package: Package, found: Found) -> list[tuple[Function, str]]:
    """How a class is made, and its public methods that have a docstring, each with it; of several of a name the nearest.

    Arguments that only the method that it extends describes are taken from there. Left out are groups, which the document
    gives, and methods for the code of groups, which take an `Operation`.
    """
    methods: dict[str, tuple[Function, str]] = {}
    for one in package.lineage(found):
        for node in one.node.body if isinstance(one.node, ast.ClassDef) else ():
            if not isinstance(node, Function) or not _is_public(node):
                continue
            text = ast.get_docstring(node) or ""
            if node.name not in methods:
                methods[node.name] = node, text
            elif "\nArgs:\n" in text and "\nArgs:\n" not in methods[node.name][1]:
                nearest, own = methods[node.name]
                said, _, arguments = text.partition("\nArgs:\n")
                whole = own if own.startswith(said.strip()) else f"{said.strip()}\n\n{own}"
                methods[node.name] = nearest, f"{whole}\n\nArgs:\n{arguments}"
    return list(methods.values())


def _is_public(node: Function) -> bool:
    if node.name == "__init__":
        return True
    is_group = any("cached_property" in ast.unparse(one) for one in node.decorator_list)
    is_ours = any(one.annotation and "Operation[" in ast.unparse(one.annotation) for one in node.args.args)
    return bool(ast.get_docstring(node)) and not (node.name.startswith("_") or is_group or is_ours)


def _errors(package: Package) -> Iterator[str]:
    """The table of exceptions."""
    yield from ("", "## `pets.errors`", "")
    yield "Beside these, there is a class for each error that the document declares with a body: a subclass of the one for its status."
    yield from ("", "| exception | is a | what it means |", "| --- | --- | --- |")
    for node in package.trees["_runtime.exceptions"].body:
        if not isinstance(node, ast.ClassDef) or package.find("errors", node.name) is None:
            continue
        bases = [ast.unparse(one).partition("[")[0] for one in node.bases]
        status = [one.value for one in node.body if isinstance(one, ast.Assign) and "status" in _defined(one)]
        text = f"An answer with the status {ast.unparse(status[0])}." if status else (ast.get_docstring(node) or "")
        first = text.partition("\n\n")[0]
        yield f"| `{node.name}` | {', '.join(map(code, (one for one in bases if one != 'Generic')))} | {cell(first)} |"
