"""Whether text of a document is still that text, where a package has it as text."""

from __future__ import annotations

import ast
import itertools
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from generator.document import operations, schema_ids
from generator.document.document import Document
from generator.output.package import Package
from generator.render.marks import HEADS
from tests.hostile.running import docstrings

_HTML = ("html_block", "html_inline", "link_open", "image", "fence", "code_block")


def check(document: Document, package: Package, api: Any) -> None:
    """Compare the contract, the documentation and the pages beside the code with the document. Raises AssertionError.

    `api` is None for a document without operations, of which models alone are made.
    """
    _documented(document, package)
    if api is None:
        assert not list(operations.read(document))
        return
    info = document.root["info"]
    found = list(operations.read(schema_ids.as_pointers(document)))
    _same("title", api.title, info["title"])
    _same("version", api.version, info["version"])
    _same("paths", {one.path for one in api.operations}, {view.path for view in found})
    _same("methods", {one.method for one in api.operations}, {view.method for view in found})
    _same("operationIds", {one.operation_id for one in api.operations}, {view.operation_id or "" for view in found})
    _same("schemes", {one.name for one in api.schemes}, set(_member(document, "components", "securitySchemes")))
    names = {(one.value["in"], one.value["name"]) for view in found for one in view.parameters}
    written = {
        (one.location, one.wire_name)
        for operation in api.operations
        if operation.parameters
        for one in operation.parameters.parameters
    }
    _same("parameters", written, names)
    urls = {one["url"] for one in document.root.get("servers") or () if isinstance(one, dict)}
    _same("servers", {one.url for one in api.servers}, urls)
    _beside(package, info)


def _member(document: Document, *tokens: str) -> Any:
    value: Any = document.root
    for token in tokens:
        value = (value or {}).get(token)
    return value or {}


def _same(what: str, found: Any, expected: Any) -> None:
    if isinstance(found, set):
        assert found == expected, f"{what}: {sorted(map(repr, found ^ expected))[:4]}"
    else:
        assert found == expected, f"{what}: {found!r}"


def _documented(document: Document, package: Package) -> None:
    """Find what the document says in the docstrings."""
    api, models = (
        _squeezed(docstrings(package.files.get(PurePosixPath(package.name, name), "")))
        for name in ("api.py", "models.py")
    )
    for where, text in _said(document):
        assert _squeezed(text) in (api if where == "api" else models), f"lost: {text[:80]!r}"


def _squeezed(text: str) -> str:
    """Take out all space and line breaks."""
    return "".join(text.split())


def _said(document: Document) -> Iterator[tuple[str, str]]:
    for view in operations.read(document):
        for holder in (
            view.value,
            *(one.value for one in view.parameters),
            *(r.value for r in view.responses.values()),
        ):
            for key in ("summary", "description"):
                if isinstance(holder.get(key), str) and not (key == "summary" and holder is not view.value):
                    yield "api", holder[key]
    for schema in _member(document, "components", "schemas").values():
        if isinstance(schema, dict) and isinstance(schema.get("description"), str) and "$ref" not in schema:
            yield "models", schema["description"]


def _beside(package: Package, info: dict[str, Any]) -> None:
    """Read pyproject.toml, and the pages as a Markdown viewer does: no link, no HTML, no code, no heading but ours."""
    from markdown_it import MarkdownIt

    toml = package.files.get(PurePosixPath("pyproject.toml"))
    if toml is not None:
        read = tomllib.loads(toml)
        assert set(read) == {"build-system", "project", "tool"}
        assert set(read["tool"]) == {"hatch"}
        assert _squeezed(read["project"]["description"]) == _squeezed(f"{info['title']} {info['version']}")
    page = package.files[PurePosixPath(package.name, "API.md")].removeprefix(HEADS[".md"])
    tokens = MarkdownIt("commonmark").enable("table").parse(page)
    for token in tokens:
        for one in (token, *(token.children or ())):
            ours = one.type == "link_open" and one.attrs == {"href": "api.py"}
            assert ours or one.type not in (*_HTML, "table_open"), f"{one.type} in API.md: {one.content[:80]!r}"
    api = package.api
    assert api
    headings = [after.content for before, after in itertools.pairwise(tokens) if before.type == "heading_open"]
    assert headings[1:] == [f"`{group.name}`" for group in api.groups] + ["Webhooks"] * bool(api.webhooks)
    readme = package.files.get(PurePosixPath("README.md"), "").removeprefix(HEADS[".md"])
    for token in MarkdownIt("commonmark").enable("table").parse(readme):
        if token.type == "fence":
            _only_ours(token.content)
        for one in (token, *(token.children or ())):
            assert one.type in ("fence",) or one.type not in _HTML, f"{one.type} in README.md: {one.content[:80]!r}"


def _only_ours(example: str) -> None:
    """The example in README.md calls the client and create_app with literals, and nothing else."""
    for node in ast.walk(ast.parse(example)):
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) in ("Client", "create_app"), f"README.md calls {ast.unparse(node)[:80]}"
            assert all(isinstance(one, ast.Constant) for one in node.args), "README.md: an argument is no literal"


def contained(here: Path, package: Package) -> None:
    """Nothing was written but the document, and below the output folder what the package has."""
    found = {path.relative_to(here).as_posix() for path in here.rglob("*") if path.is_file()}
    manifest = f"output/{package.name}/manifest.json"
    expected = {"openapi.json", manifest} | {f"output/{path}" for path in package.files}
    assert {one for one in found if "__pycache__" not in one} == expected, sorted(found ^ expected)
    assert not Path("/tmp/spectwin-escaped").exists()
