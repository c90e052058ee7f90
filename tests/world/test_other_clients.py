"""Clients of others against a server of ours: requests, and curl where it is there."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.packages import build_tree, imported
from tests.support.skips import not_tested
from tests.world.servers import serving

TEXT: dict[str, Any] = {"type": "string"}
FILE: dict[str, Any] = {"type": "string", "format": "binary"}


def answer(schema: Any, media_type: str = "application/json") -> dict[str, Any]:
    return {"200": {"description": "", "content": {media_type: {"schema": schema}}}}


FORM = {"type": "object", "required": ["name", "file"], "properties": {"name": TEXT, "file": FILE}}
TAGS = {"oneOf": [TEXT, {"type": "array", "items": TEXT}]}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "security": [{"Token": []}],
    "components": {"securitySchemes": {"Token": {"type": "http", "scheme": "bearer"}}},
    "paths": {
        "/pets/{id}": {
            "get": {
                "operationId": "t_get",
                "tags": ["t"],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": TEXT},
                    {"name": "tags", "in": "query", "schema": TAGS},
                    {"name": "seen", "in": "cookie", "schema": {"type": "integer"}},
                ],
                "responses": answer({}),
            }
        },
        "/files": {
            "post": {
                "operationId": "t_post",
                "tags": ["t"],
                "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": FORM}}},
                "responses": answer({}),
            }
        },
        "/lines": {
            "get": {"operationId": "t_lines", "tags": ["t"], "responses": answer(FILE, "application/octet-stream")}
        },
    },
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("others")
    imported(build_tree(folder, DOCUMENT, package="for_others"), folder)
    server, stub = importlib.import_module("for_others.server"), importlib.import_module("for_others.server.stub")

    class Service(stub.T):  # type: ignore[name-defined, misc]
        def __init__(self, user: str) -> None:
            self.user = user

        async def get(self, *, tags: Any = None, seen: Any = None, **path: str) -> Any:
            return [self.user, path["id"], tags, seen]

        async def post(self, body: Any) -> Any:
            return [body.name, body.file.name, body.file.read().decode(), body.file.content_type]

        async def lines(self) -> Any:
            for number in range(3):
                yield f"{number}\n".encode()

    def authenticate(presented: Any) -> str:
        return str(presented.credential.token)

    with serving(server.create_app(t=Service, authenticate=authenticate)) as found:
        yield found


def test_requests(url: str) -> None:
    with requests.Session() as session:
        session.headers["authorization"] = "Bearer me"
        session.cookies.set("seen", "3")
        for given, arrived in (("a", "a"), (["a"], "a"), (["a", "b c"], ["a", "b c"]), (None, None)):
            found = session.get(f"{url}/pets/x%2Fy", params={"tags": given}, timeout=9)
            assert found.json() == ["me", "x/y", arrived, 3]
        for name in ("plain.txt", "Übersicht €.txt"):
            file = (name, "hé".encode(), "text/x")
            found = session.post(f"{url}/files", data={"name": "ö"}, files={"file": file}, timeout=9)
            assert found.json() == ["ö", name, "hé", "text/x"]
        with session.get(f"{url}/lines", stream=True, timeout=9) as lines:
            assert b"".join(lines.iter_content(2)) == b"0\n1\n2\n"
        assert session.get(f"{url}/pets/x", headers={"authorization": ""}, timeout=9).status_code == 401


def test_curl(url: str, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        not_tested("calls with curl", "curl")

    def curl(*arguments: str, authorization: str = "Bearer me") -> str:
        common = ["curl", "--silent", "--show-error", "--max-time", "9", "-H", f"Authorization: {authorization}"]
        done = subprocess.run([*common, *arguments], capture_output=True, check=True, timeout=20)
        return done.stdout.decode()

    assert json.loads(curl(f"{url}/pets/x?tags=a&tags=b", "-b", "seen=3")) == ["me", "x", ["a", "b"], 3]
    file = tmp_path / "naïve €.txt"
    file.write_text("hé", encoding="utf-8")
    found = curl(f"{url}/files", "-F", "name=ö", "-F", f"file=@{file};type=text/x")
    assert json.loads(found) == ["ö", file.name, "hé", "text/x"]
    assert curl(f"{url}/lines", "-N") == "0\n1\n2\n"
    assert curl(f"{url}/pets/x", "-o", str(tmp_path / "out"), "-w", "%{http_code}", authorization="") == "401"
