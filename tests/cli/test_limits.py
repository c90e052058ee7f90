"""Each bound on a document that a big one may meet can be raised, and the message says with what."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import fields
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generator.cli import app
from generator.parsing.limits import RAISABLE, Limits

OPERATION = {"responses": {"204": {"description": ""}}}
CHOICE = {"type": "string", "enum": ["a", "b", "c"]}
OBJECT = {"type": "object", "properties": {"a": CHOICE, "b": {"allOf": [{"$ref": "#/components/schemas/C"}, CHOICE]}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "x", "version": "1"},
    "paths": {"/a": {"get": OPERATION, "put": OPERATION}, "/b": {"$ref": "other.json#/paths/~1b"}},
    "components": {
        "schemas": {"C": {**CHOICE, "description": "long " * 9}, "O": OBJECT, "P": {"$ref": "other.json#/P"}}
    },
}
OTHER = {"P": {"type": "object", "properties": {"o": {"$ref": "third.json"}}}, "paths": {"/b": {"get": OPERATION}}}
TOML = '[tool.spectwin]\nspec = "openapi.json"\npackage = "api"\n\n[tool.spectwin.limits]\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in (("openapi", DOCUMENT), ("other", OTHER), ("third", CHOICE)):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), "utf-8")
    (tmp_path / "pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.json"\npackage = "api"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = app.run(arguments)
    return status, capsys.readouterr().err


@pytest.mark.parametrize("name", RAISABLE)
def test_what_the_message_says_to_type_is_enough_in_the_end(
    project: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """It is on the command line, and in the settings."""
    before = value = 1
    while (run := said(capsys, "generate", "--limit", f"{name}={value}"))[0]:
        assert run[0] == app.WRONG
        assert f"{value:,}" in run[1], "the message has the bound"
        hint = re.search(rf"--limit {name}=(\d+), or {name} = (\d+) under \[tool\.spectwin\.limits\]", run[1])
        assert hint, run[1]
        assert hint[1] == hint[2]
        assert int(hint[1]) > value
        before, value = value, int(hint[1])
    assert before < value, "the bound was never met"
    (project / "pyproject.toml").write_text(f"{TOML}{name} = {before}\n", "utf-8")
    assert said(capsys, "check")[0] == app.WRONG
    assert said(capsys, "check", "--limit", f"{name}={value}")[0] == app.FINE
    (project / "pyproject.toml").write_text(f"{TOML}{name} = {value}\n", "utf-8")
    assert said(capsys, "check") == (app.FINE, "")


def test_the_size_is_that_of_what_is_read(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a revision it is what git has, whatever the working tree holds now; of standard input nobody knows it."""

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments], check=True)

    def bound(*arguments: str) -> int:
        status, error = said(capsys, *arguments, "--limit", "bytes=100")
        assert status == app.WRONG
        assert "its size is not known" not in error
        return int(re.findall(r"--limit bytes=(\d+)", error)[-1])

    (project / "paths.json").write_text(json.dumps({"a": "b" * 5_000}))
    whole = json.dumps({"x": "y" * 20_000})
    (project / "openapi.json").write_text(whole)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "x")
    assert bound("generate") == 25_600
    (project / "openapi.json").write_text("{}")
    assert bound("diff", "HEAD:openapi.json", "openapi.json") == 25_600
    (project / "-").write_text("x" * 1_000_000)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(whole.encode())))
    _, error = said(capsys, "generate", "-", "--limit", "bytes=100")
    assert "--limit bytes=200, " in error
    assert error.endswith("; its size is not known: if that is not enough, double it\n")


@pytest.mark.parametrize("revision", ["", "HEAD:"])
def test_files_that_are_referred_to_count_with_their_size(
    project: Path, capsys: pytest.CaptureFixture[str], revision: str
) -> None:
    root = {**DOCUMENT, "paths": {}, "components": {"schemas": {"A": {"$ref": "b.json"}}}}
    (project / "small.json").write_text(json.dumps(root))
    (project / "b.json").write_text(json.dumps({"description": "d" * 30_000}))
    if revision:
        author = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        for arguments in (["init", "-q"], ["add", "."], [*author, "commit", "-qm", "x"]):
            subprocess.run(["git", *arguments], check=True)
        (project / "b.json").write_text("{}")
    status, error = said(capsys, "diff", f"{revision}small.json", "openapi.json", "--limit", "bytes=400")
    assert status == app.WRONG
    assert "--limit bytes=51200, " in error


def test_the_command_line_goes_over_the_settings_one_by_one(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text(f"{TOML}nodes = 5\noperations = 1\n", "utf-8")
    assert "5 values" in said(capsys, "generate", "--limit", "operations=9")[1]
    assert "has 3 operations" in said(capsys, "generate", "--limit", "nodes=900")[1]
    assert said(capsys, "generate", "--limit", "nodes=900", "--limit", "operations=9")[0] == app.FINE


@pytest.mark.parametrize(
    "command", [("diff", "other.json", "openapi.json"), ("import", "openapi.json", "-o", "n.json")]
)
def test_the_other_commands_have_the_same_bounds(
    project: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    del project
    status, error = said(capsys, *command, "--limit", "nodes=5")
    assert status == app.WRONG
    assert "--limit nodes=" in error


def test_each_command_says_where_too_much_is_made(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schemas: dict[str, Any] = {"A40": {"type": "object"}}
    for number in range(40):
        more: dict[str, Any] = {"properties": {f"x{number}": {}}}
        schemas[f"A{number}"] = {"allOf": [{"$ref": f"#/components/schemas/A{number + 1}"}, more]}
    tree = {**DOCUMENT, "paths": {}, "components": {"schemas": schemas}}
    (project / "openapi.json").write_text(json.dumps(tree, indent=1), "utf-8")
    for arguments in (["generate"], ["check"], ["diff", "other.json", "openapi.json"]):
        if arguments[0] == "diff":
            (project / "other.json").write_text(json.dumps({**tree, "components": {}}), "utf-8")
        status, error = said(capsys, *arguments, "--limit", "made=5000")
        assert status == app.WRONG
        assert re.match(r"openapi\.json:\d+:\d+: error: more than 5,000 values would be made", error), error


def test_no_document_raises_a_bound(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits = {"nodes": 10**9, "operations": 10**9}
    for extra in (
        {"x-spectwin": {"limits": limits}},
        {"limits": limits},
        {"x-limits": limits, "tool": {"spectwin": limits}},
    ):
        (project / "openapi.json").write_text(json.dumps({**DOCUMENT, **extra}), "utf-8")
        assert "at most 1 are accepted" in said(capsys, "generate", "--lenient", "--limit", "operations=1")[1]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{ depth = 900 }", "there is no limit called depth that can be set"),
        ("{ nodes = 0 }", "the value of nodes is not a number from 1"),
        ("{ nodes = true }", "the value of nodes is not a number from 1"),
        ('{ nodes = "many" }', "the value of nodes is not a number from 1"),
        ("3", "expected a table of numbers, found a number"),
    ],
)
def test_what_is_no_bound_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str], value: str, message: str
) -> None:
    (project / "pyproject.toml").write_text(f'[tool.spectwin]\nspec = "openapi.json"\nlimits = {value}\n', "utf-8")
    status, error = said(capsys, "generate")
    assert (status, message in error) == (app.WRONG, True), error


def test_numbers_may_be_written_with_separators(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del project
    assert said(capsys, "generate", "--limit", "nodes=1_000,000")[0] == app.FINE
    for wrong in ("nodes", "nodes=", "nodes=-1", "nodes=1e9", f"nodes=1{'0' * 99}", "depth=300"):
        assert said(capsys, "generate", "--limit", wrong)[0] == app.WRONG


def test_every_bound_but_depth_and_names_can_be_raised() -> None:
    kept = {"depth", "name"}
    assert {*RAISABLE} == {name.replace("_", "-") for name in (field.name for field in fields(Limits))} - kept
