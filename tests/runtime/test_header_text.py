"""Header fields carry any text as UTF-8, both ways; what they can't is an error that names the parameter."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from tests.support.packages import build_tree, imported

NOTE = {"name": "X-Note", "in": "header", "schema": {"type": "string"}}
FORM = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Notes", "version": "1"},
    "paths": {
        "/notes": {
            "post": {
                "operationId": "echo",
                "tags": ["notes"],
                "parameters": [NOTE],
                "requestBody": {"content": {"multipart/form-data": {"schema": FORM}}},
                "responses": {"204": {"description": "", "headers": {"X-Note": {"schema": {"type": "string"}}}}},
            }
        }
    },
}
LONE = ["a\ud800", "\udc80"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("headers")
    package = imported(build_tree(folder, DOCUMENT, package="header_text_api"), folder)
    importlib.import_module("header_text_api.server.stub")
    return package


@pytest.fixture
def call(made: Any) -> Callable[..., Any]:
    """Call the service, which sends the header back, or another one."""

    def call(note: str, *, answer: str | None = None, field: str = "X-Note", **body: Any) -> Any:
        class Notes(made.server.stub.Notes):
            async def echo(self, body: Any = None, *, x_note: str | None = None) -> None:
                made.server.context().headers[field] = x_note if answer is None else answer

        app = made.server.create_app(notes=lambda _: Notes(), strict=True)
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app))

        async def sent() -> Any:
            async with made.AsyncClient("http://test", http=http) as client:
                return (await client.raw(client.notes.echo, x_note=note, **body)).typed_headers

        return asyncio.run(sent())

    return call


@pytest.mark.parametrize("note", ["Die Küste", "海", "\U0001f30a"])
def test_any_text_travels(call: Callable[..., Any], note: str) -> None:
    assert call(note) == {"X-Note": note}


@pytest.mark.parametrize("note", LONE)
def test_what_is_no_unicode_is_refused_with_its_name(made: Any, call: Callable[..., Any], note: str) -> None:
    refused = made.errors.EncodeError
    with pytest.raises(refused, match="x_note: "):
        call(note)
    with pytest.raises(refused, match="'x-more' must be text without control characters or lone surrogates, and"):
        made.Client("http://test").with_options(headers={"X-More": note}).notes.echo()
    with pytest.raises(refused, match="file: a part's head cannot have"):
        call("fine", body=made.models.NotesEchoRequest(file=made.File(b"x", note)))


@pytest.mark.parametrize("field", ["X-Note", "X-More"])
@pytest.mark.parametrize("note", LONE)
def test_a_service_learns_which_header_it_can_not_send(
    call: Callable[..., Any], note: str, field: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Exception, match="500"):
        call("fine", answer=note, field=field)
    assert f"ContractError: the answer of notes.echo: header {field}" in caplog.text.replace("'x-more'", "X-More")


def test_the_test_client_of_starlette_reads_ascii_alone(made: Any) -> None:
    """It makes text of the fields of an answer, which httpx2 takes for ASCII: docs/testing.md says what to do."""

    class Notes(made.server.stub.Notes):
        async def echo(self, body: Any = None, *, x_note: str | None = None) -> None:
            made.server.context().headers["X-Note"] = "海"

    http = TestClient(made.server.create_app(notes=lambda _: Notes()))
    with pytest.raises(UnicodeEncodeError, match="ascii"):
        http.post("/notes")
