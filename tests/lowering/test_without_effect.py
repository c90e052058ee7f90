"""Settings that change nothing are warned of, with their place and what to do instead."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.cli import app

Run = Callable[..., tuple[int, Any]]
PLAIN = {"type": "object", "properties": {"id": {"type": "integer"}, "day": {"type": "string", "format": "date"}}}
FULL = {
    "oneOf": [{"$ref": "#/components/schemas/Cat"}],
    "discriminator": {"propertyName": "kind"},
    "properties": {"at": {"type": "string", "format": "date-time"}},
}
CAT = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Generate from a schema and settings; returns the line in the settings and the message of each warning about them."""
    monkeypatch.chdir(tmp_path)

    def run(settings: str, schema: Any = PLAIN, media_type: str = "application/json") -> tuple[int, Any]:
        content = {media_type: {"schema": {"$ref": "#/components/schemas/It"}}}
        get = {"operationId": "get", "responses": {"200": {"description": "", "content": content}}}
        root = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/it": {"get": get}}}
        root["components"] = {"schemas": {"It": schema, "Cat": CAT}}
        Path("openapi.json").write_text(json.dumps(root))
        Path("pyproject.toml").write_text(f'[tool.spectwin]\nspec = "openapi.json"\noutput = "out"\n{settings}')
        status = app.run(["generate", "--json"])
        found = [one for one in json.loads(capsys.readouterr().out)["diagnostics"] if one["file"] == "pyproject.toml"]
        assert {one["severity"] for one in found} <= {"warning"}
        assert all(one["hint"] for one in found)
        return status, [(one["line"], one["message"]) for one in found]

    return run


@pytest.mark.parametrize(
    ("settings", "line", "message"),
    [
        ('sides = "server"\nbase-url = "http://x"', 5, "base-url has no effect: only a client has a base URL"),
        ('sides = "server"\ntolerant = true', 5, "tolerant has no effect: only a client reads answers"),
        ('sides = "client"\nwatch = true', 5, "watch has no effect: the middleware is part of the server"),
        ('stream-end = "END"', 4, "stream-end has no effect: no response of these operations is text/event-stream"),
        ('naive-datetimes = "utc"', 4, "naive-datetimes has no effect: no schema has the format date-time"),
        ('discriminator = "exact"', 4, "discriminator has no effect: no schema has a discriminator"),
        ('[tool.spectwin.types]\nmoney = "a.B"', 5, "types.money has no effect: no schema has the format money"),
    ],
)
def test_what_changes_nothing_is_warned_of(run: Run, settings: str, line: int, message: str) -> None:
    status, [(at, said)] = run(settings)
    assert (status, at) == (0, line)
    assert said.startswith(message)


@pytest.mark.parametrize(
    ("settings", "schema", "media_type"),
    [
        ('base-url = "http://x"\ntolerant = true\nwatch = true', PLAIN, "application/json"),
        ('sides = "server"\ntolerant = false\nnaive-datetimes = "reject"\ndiscriminator = "tag"', PLAIN, "text/plain"),
        ('stream-end = "END"', PLAIN, "text/event-stream"),
        ('naive-datetimes = "utc"\ndiscriminator = "exact"', FULL, "application/json"),
        ('[tool.spectwin.types]\ndate = "datetime.date"', PLAIN, "application/json"),
    ],
)
def test_what_has_an_effect_or_asks_for_nothing_is_not(run: Run, settings: str, schema: Any, media_type: str) -> None:
    assert run(settings, schema, media_type) == (0, [])


def test_a_setting_of_several_packages_may_be_for_the_others(run: Run) -> None:
    shared = 'naive-datetimes = "utc"\n[[tool.spectwin.package]]\npackage = "pets"\n'
    assert run(shared) == (0, [])
    status, [(line, message)] = run(f'{shared}stream-end = "END"\n')
    assert (status, line) == (0, 7)
    assert message.startswith("stream-end")
