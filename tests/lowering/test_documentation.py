"""What API.md and the docstrings of clients say of operations."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from tests.support.packages import build_tree

SCHEMES: dict[str, Any] = {
    "Basic": {"type": "http", "scheme": "basic"},
    "Token": {"type": "http", "scheme": "bearer"},
    "Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
}


def _document(operation: dict[str, Any], schemes: dict[str, Any]) -> dict[str, Any]:
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "components": {"securitySchemes": schemes}}
    return {**head, "paths": {"/a": {"get": {"operationId": "read", "responses": {"204": {}}, **operation}}}}


@pytest.mark.parametrize(
    ("security", "schemes", "shown"),
    [
        ([{"Basic": []}], ("Basic", "Token"), ', ("name", "password")'),
        ([{"Token": []}, {"Basic": []}], ("Basic", "Token"), ', "a token"'),
        ([{"Key": []}], ("Token", "Key"), ', {"Key": "a token"}'),
        ([{"Basic": [], "Key": []}], ("Basic", "Key"), ', {"Basic": ("name", "password"), "Key": "a token"}'),
        ([{"Key": []}, {}], ("Key",), ""),
        ([], ("Key",), ""),
    ],
)
def test_the_example_of_a_client_has_what_its_operation_asks_for(
    tmp_path: Path, security: list[Any], schemes: tuple[str, ...], shown: str
) -> None:
    responses = {"204": {"description": ""}}
    tree = _document({"security": security, "responses": responses}, {name: SCHEMES[name] for name in schemes})
    text = build_tree(tmp_path, tree).files[PurePosixPath("api/client/__init__.py")]
    assert f'        with Client("http://127.0.0.1:8000"{shown}) as client:\n' in text
    assert f'        async with AsyncClient("http://127.0.0.1:8000"{shown}) as client:\n' in text


def test_api_md_names_the_headers_of_answers_and_has_the_types_of_python(tmp_path: Path) -> None:
    header = {"schema": {"type": "string"}}
    moment = {
        "name": "at",
        "in": "query",
        "schema": {"type": "array", "items": {"type": "string", "format": "date-time"}},
    }
    responses = {
        "201": {"description": "", "headers": {"Location": header}},
        "409": {"description": "", "headers": {"Retry-After": header, "X-Why": header}},
    }
    text = build_tree(tmp_path, _document({"parameters": [moment], "responses": responses}, {})).files[
        PurePosixPath("api/API.md")
    ]
    assert "answers 201 (header `Location`), 409 `Conflict` (headers `Retry-After`, `X-Why`)" in " ".join(text.split())
    assert "(*, at: list[datetime] | None = None)" in text


@pytest.mark.usefixtures("few_files")
@pytest.mark.parametrize(("length", "shown"), [(20, True), (2_000, False)])
def test_a_very_long_default_stands_in_the_contract_alone(tmp_path: Path, length: int, shown: bool) -> None:
    default = "x" * length
    parameter = {"name": "a", "in": "query", "schema": {"type": "string", "default": default}}
    files = build_tree(
        tmp_path, _document({"parameters": [parameter], "responses": {"204": {"description": ""}}}, {})
    ).files
    holders = {path.name for path, text in files.items() if path.suffix == ".py" and repr(default)[1:-1] in text}
    assert "contract.py" in holders
    assert ("api.py" in holders) == shown
    assert ("a: str | None = None" in files[PurePosixPath("api/api.py")]) != shown
