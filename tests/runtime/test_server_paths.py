"""The path of the document's server: a service is mounted there, and the command that serves without one answers there too."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.support.packages import build_tree, imported

URL = "http://testserver/{stage}/v1/"
OPERATION = {
    "operationId": "find",
    "tags": ["pets"],
    "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"const": 7}}}}},
}

TENANT = [{"name": "tenant", "in": "path", "required": True, "schema": {"type": "string"}}]


def tree(path: str = "/pets", url: str = URL) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "servers": [{"url": url, "variables": {"stage": {"default": "test"}}}],
        "paths": {path: {"get": {**OPERATION, "parameters": TENANT if "{" in path else []}}},
    }


def made(folder: Path, name: str, path: str = "/pets", url: str = URL) -> ModuleType:
    return imported(build_tree(folder, tree(path, url), package=name), folder)


def test_a_client_finds_the_application_where_it_is_mounted(tmp_path: Path) -> None:
    package: Any = made(tmp_path, "mounted_api")
    outer = FastAPI()
    outer.mount("/test/v1", package.server.create_app(mock=True))
    assert package.Client(http=TestClient(outer)).pets.find() == 7
    bare = package.server.create_app(mock=True)
    assert package.Client("http://testserver", http=TestClient(bare)).pets.find() == 7
    with pytest.raises(package.errors.NotFound):
        package.Client(http=TestClient(bare)).pets.find()


@pytest.mark.parametrize(
    ("path", "url", "served", "missing"),
    [
        ("/pets", URL, ["/pets", "/test/v1/pets"], "/test/pets"),
        ("/pets", "/a%20b%22", ["/pets", "/a%20b%22/pets"], "/a%2520b/pets"),
        ("/test/v1/pets", URL, ["/test/v1/pets"], "/test/v1/test/v1/pets"),
        ("/{tenant}/pets", "https://h/api", ["/api/pets", "/t/pets"], "/api/t/pets"),
        ("/pets", "https://[your-domain]/v1", ["/pets"], "/v1/pets"),
        ("/pets", "./v1", ["/pets"], "/v1/pets"),
    ],
    ids=["both", "encoded", "operation", "variable", "no URL", "relative"],
)
def test_the_command_serves_at_both_paths(
    tmp_path: Path, path: str, url: str, served: list[str], missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = made(tmp_path, f"served_{tmp_path.name}_api", path, url)
    applications: list[Any] = []
    monkeypatch.setattr(uvicorn, "run", lambda one, **_: applications.append(one))
    monkeypatch.setattr(sys, "argv", ["server", "--mock"])
    runpy.run_module(f"{package.__name__}.server", run_name="__main__")
    http = TestClient(applications[0])
    assert [http.get(each).status_code for each in served] == [200] * len(served)
    assert http.get(missing).status_code == 404
