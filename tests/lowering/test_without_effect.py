"""Settings that change nothing are warned of, with their place and what to do instead."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator import pipeline
from generator.cli import app
from generator.document import load
from generator.lowering.without_effect import without_effect
from generator.settings import settings

Warned = Callable[..., list[tuple[int, str]]]
PLAIN = {"type": "object", "properties": {"id": {"type": "integer"}, "day": {"type": "string", "format": "date"}}}
FULL = {
    "oneOf": [{"$ref": "#/components/schemas/Cat"}],
    "discriminator": {"propertyName": "kind"},
    "properties": {"at": {"type": "string", "format": "date-time"}},
}
CAT = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}


@pytest.fixture
def warned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warned:
    """Return a function that finds the warnings for settings and a schema: the line in the settings, and the message."""
    monkeypatch.chdir(tmp_path)

    def warned(text: str, schema: Any = PLAIN, media_type: str = "application/json") -> list[tuple[int, str]]:
        content = {media_type: {"schema": {"$ref": "#/components/schemas/It"}}}
        get = {"operationId": "get", "responses": {"200": {"description": "", "content": content}}}
        root = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/it": {"get": get}}}
        root["components"] = {"schemas": {"It": schema, "Cat": CAT}}
        Path("openapi.json").write_text(json.dumps(root))
        Path("pyproject.toml").write_text(f'[tool.spectwin]\nspec = "openapi.json"\noutput = "out"\n{text}')
        [package] = settings.read(Path(), {})
        drawn = pipeline.draw(load.load(package.spec), package, outline=True)
        found = list(without_effect(drawn.document, drawn.api, package))
        assert {(one.severity, one.file, bool(one.hint)) for one in found} <= {("warning", "pyproject.toml", True)}
        return [(one.line, one.message) for one in found]

    return warned


@pytest.mark.parametrize(
    ("text", "line", "message"),
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
def test_what_changes_nothing_is_warned_of(warned: Warned, text: str, line: int, message: str) -> None:
    [(at, said)] = warned(text)
    assert at == line
    assert said.startswith(message)


@pytest.mark.parametrize(
    ("text", "schema", "media_type"),
    [
        ('base-url = "http://x"\ntolerant = true\nwatch = true', PLAIN, "application/json"),
        ('sides = "server"\ntolerant = false\nnaive-datetimes = "reject"\ndiscriminator = "tag"', PLAIN, "text/plain"),
        ('stream-end = "END"', PLAIN, "text/event-stream"),
        ('naive-datetimes = "utc"\ndiscriminator = "exact"', FULL, "application/json"),
        ('[tool.spectwin.types]\ndate = "datetime.date"', PLAIN, "application/json"),
    ],
)
def test_what_has_an_effect_or_asks_for_nothing_is_not(warned: Warned, text: str, schema: Any, media_type: str) -> None:
    assert warned(text, schema, media_type) == []


def test_a_setting_of_several_packages_may_be_for_the_others(warned: Warned) -> None:
    shared = 'naive-datetimes = "utc"\n[[tool.spectwin.package]]\npackage = "pets"\n'
    assert warned(shared) == []
    [(line, message)] = warned(f'{shared}stream-end = "END"\n')
    assert (line, message.partition(" ")[0]) == (7, "stream-end")


def test_of_many_formats_the_nearest_are_named_and_the_others_counted(
    warned: Warned, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [*(f"x-{number:02}" for number in range(40)), "moneys", "long-" * 50]
    schema = {"properties": {f"p{at}": {"type": "string", "format": name} for at, name in enumerate(names)}}
    assert warned('[tool.spectwin.types]\nmoney = "a.B"', schema)
    app.run(["check"])
    [hint] = [line for line in capsys.readouterr().err.splitlines() if "formats: " in line]
    begin, _, listed = hint.partition("formats: ")
    assert begin == "  hint: write one of the document's "
    assert listed.startswith("moneys, ")
    assert listed.endswith(" and 32 more")
    assert len(listed.removesuffix(" and 32 more").split(", ")) == 10
    assert warned('[tool.spectwin.types]\nmoney = "a.B"', PLAIN)
    app.run(["check"])
    assert "  hint: write one of the document's formats: date\n" in capsys.readouterr().err


def test_generate_warns(warned: Warned, capsys: pytest.CaptureFixture[str]) -> None:
    assert warned('stream-end = "END"')
    assert app.run(["generate"]) == 0
    assert "pyproject.toml:4:1: warning: stream-end has no effect: " in capsys.readouterr().err
