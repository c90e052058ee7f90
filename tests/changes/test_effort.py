"""What comparing two documents costs is counted: no part of it is done again for each change or for each place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from generator.changes.command import diff
from generator.changes.report import line_blocks

EMPTY: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}


def compared(folder: Path, old: dict[str, Any], new: dict[str, Any], *arguments: str) -> str:
    sides = folder / "old.json", folder / "new.json"
    for path, tree in zip(sides, (old, new), strict=True):
        path.write_text(json.dumps(tree), "utf-8")
    done = CliRunner().invoke(diff, [*map(str, sides), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def with_parameters(count: int, kind: str) -> dict[str, Any]:
    """One operation with many parameters."""
    parameters = [{"name": f"p{number}", "in": "query", "schema": {"type": kind}} for number in range(count)]
    operation = {"operationId": "read", "parameters": parameters, "responses": {"204": {"description": ""}}}
    return {**EMPTY, "paths": {"/a": {"get": operation}}}


def test_the_words_of_lines_are_searched_once_for_all_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting:
        searched = 0

        def findall(self, text: str) -> list[str]:
            self.searched += len(text)
            return re.findall(r"[^\W\d]\w*", text)

    found: list[int] = []
    for count in (20, 40):
        counting = Counting()
        monkeypatch.setattr(line_blocks, "_WORD", counting)
        out = str(tmp_path / "review.html")
        compared(
            tmp_path,
            with_parameters(count, "string"),
            with_parameters(count, "integer"),
            "--format",
            "html",
            "-o",
            out,
        )
        found.append(counting.searched)
    assert 0 < found[1] < 2.2 * found[0]


def with_callbacks(count: int, kind: str) -> dict[str, Any]:
    """Callbacks whose requests have two others as callbacks, the last ones the first."""

    def item(name: str, number: int) -> dict[str, Any]:
        content = {"application/json": {"schema": {"type": kind}}}
        nested = {f"k{more}": {"$ref": f"#/components/callbacks/K{(number + more) % count}"} for more in (1, 2)}
        sent = {"requestBody": {"content": content}, "responses": {"204": {"description": ""}}, "callbacks": nested}
        return {"post": {"operationId": name, **sent}}

    callbacks = {f"K{number}": {"{$url}": item(f"sent{number}", number)} for number in range(count)}
    return {**EMPTY, "paths": {"/a": item("made", 0)}, "components": {"callbacks": callbacks}}


def test_callbacks_that_lead_back_to_themselves_are_compared_once(tmp_path: Path) -> None:
    said = compared(tmp_path, with_callbacks(20, "string"), with_callbacks(20, "integer"))
    assert 20 < len(re.findall("callback", said)) < 20 * 200


@pytest.mark.parametrize(
    "branches",
    [
        [{"type": "object", "properties": {"a": {"type": "string"}}}],
        [{"type": "object", "required": ["p"], "properties": {"p": {"type": "integer"}}}],
    ],
)
def test_unions_may_lead_through_hundreds_of_others(tmp_path: Path, branches: list[dict[str, Any]]) -> None:
    def chain(kind: str) -> dict[str, Any]:
        schemas: dict[str, Any] = {"A300": {"type": kind}}
        for number in range(300):
            inner: dict[str, Any] = {"$ref": f"#/components/schemas/A{number + 1}"}
            if "required" in branches[0]:
                inner = {"type": "object", "required": ["p"], "properties": {"p": inner}}
            schemas[f"A{number}"] = {"oneOf" if "required" in branches[0] else "anyOf": [inner, *branches]}
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/A0"}}}
        operation = {"requestBody": {"content": content}, "responses": {"204": {"description": ""}}}
        return {**EMPTY, "paths": {"/a": {"post": operation}}, "components": {"schemas": schemas}}

    assert "break callers" in compared(tmp_path, chain("string"), chain("boolean"))
