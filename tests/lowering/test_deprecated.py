"""What the document says is deprecated: type checkers and IDEs show it, and nothing else changes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from generator.output.package import Package
from tests.support.packages import build_tree, write
from tests.support.type_checker import mypy

pytestmark = pytest.mark.usefixtures("single")

LINES = {"200": {"description": "Lines", "content": {"application/jsonl": {"itemSchema": {"type": "integer"}}}}}


def document(*, deprecated: bool) -> dict[str, Any]:
    """A document whose operations, parameters, fields and webhooks are deprecated, or not."""
    old: dict[str, Any] = {"deprecated": True} if deprecated else {}
    parameter = {"name": "deprecated", "in": "query", "schema": {"type": "integer"}, **old}
    done = {"204": {"description": "Done"}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
    return {
        "openapi": "3.2.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {
            "/pets": {
                "get": {"operationId": "deprecated", "tags": ["pets"], "responses": done, **old},
                "put": {"operationId": "put", "tags": ["pets"], "parameters": [parameter], "responses": done, **old},
                "post": {"operationId": "add", "tags": ["pets"], "requestBody": body, "responses": done},
            },
            "/lines": {"get": {"operationId": "lines", "tags": ["pets"], "responses": LINES, **old}},
        },
        "webhooks": {"gone": {"post": {"operationId": "gone", "responses": done, **old}}},
        "components": {"schemas": {"Pet": {"type": "object", "properties": {"age": {"type": "integer", **old}}}}},
    }


def built(folder: Path, *, deprecated: bool) -> Package:
    return build_tree(folder, document(deprecated=deprecated))


def test_only_texts_and_decorators_tell_of_it(tmp_path: Path) -> None:
    fresh, old = (built(tmp_path, deprecated=each).files for each in (False, True))
    changed = {path.relative_to("api").as_posix() for path in fresh if fresh[path] != old[path]}
    assert fresh.keys() == old.keys()
    assert changed == {"API.md", "api.py", "client/pets.py", "models.py", "openapi.json", "server/stub.py"}
    for name, count in (("api.py", 8), ("client/pets.py", 6), ("server/stub.py", 6)):
        text = old[PurePosixPath("api", name)]
        assert text.count("    @deprecated(") == count
        assert text.count('    @deprecated("PUT /pets is deprecated", category=None)\n') == 2
    assert "deprecated: Deprecated." in old[PurePosixPath("api/api.py")]
    assert "Deprecated." in old[PurePosixPath("api/models.py")]
    assert old[PurePosixPath("api/API.md")].count("; **deprecated**; answers") == 4


USES = """
import asyncio

import httpx2
from api.client import AsyncClient, Client
from api.server import create_app
from api.server.stub import Pets


class Service(Pets):
    async def put(self, *, deprecated: int | None = None) -> None:
        assert deprecated == 3


async def use() -> None:
    transport = httpx2.ASGITransport(app=create_app(pets=lambda _: Service()))
    async with AsyncClient("http://test", http=httpx2.AsyncClient(transport=transport)) as client:
        await client.pets.put(deprecated=3)


asyncio.run(use())
"""


def test_nothing_warns_at_run_time(tmp_path: Path) -> None:
    write(built(tmp_path, deprecated=True), tmp_path)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", USES], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_type_checkers_show_it_to_callers_only(tmp_path: Path) -> None:
    """The package itself is clean: what implements a deprecated method uses none."""
    write(built(tmp_path, deprecated=True), tmp_path)
    (tmp_path / "use.py").write_text(USES, encoding="utf-8")
    done = mypy("--enable-error-code=deprecated", "api", "use.py", folder=tmp_path)
    place = USES[: USES.index("client.pets.put")].count("\n") + 1
    found = [line for line in done.stdout.splitlines() if "error:" in line]
    assert [line.partition(": ")[0] for line in found] == [f"use.py:{place}"], done.stdout
    assert "PUT /pets is deprecated" in found[0]
