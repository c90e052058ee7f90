"""What every command has: --json, --project, standard input, no network, colours where they are wanted."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from generator import __version__, options
from tests.cli.test_app import DOCUMENT, Run, run, stub

__all__ = ["run", "stub"]
COMMANDS = ("generate", "check", "verify", "diff", "import")
ONE = {
    "generate": ["generate", "openapi.yaml"],
    "check": ["check", "openapi.yaml"],
    "verify": ["verify", "openapi.yaml", "--no-types"],
    "diff": ["diff", "openapi.yaml", "openapi.yaml"],
    "import": ["import", "openapi.yaml", "-o", "made.json"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_json_is_one_object_whatever_happens(run: Run, command: str) -> None:
    status, output, _ = run(*ONE[command], "--json")
    assert isinstance(json.loads(output), dict), output
    assert status == (1 if command == "check" else 0)
    missing = [word.replace("openapi.yaml", "missing.yaml") for word in ONE[command]]
    for wrong in (missing, [command, "--nonsense"]):
        status, output, errors = run(*wrong, "--json")
        found = json.loads(output)
        assert (status, errors, found["status"], found["packages"]) == (2, "", "refused", [])
        assert found["diagnostics"][0]["message"]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_project_is_named_before_or_behind_the_command(
    run: Run, command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path("sub").mkdir()
    Path("sub/openapi.yaml").write_text(DOCUMENT.replace("Pets", "Subs"))
    Path("sub/pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.yaml"\n')
    arguments = {"verify": ["--no-types"], "diff": ["sub/openapi.yaml"], "import": ["openapi.yaml"]}.get(command, [])
    for order in (["--project", "sub", command, *arguments], [command, *arguments, "--project", "sub"]):
        status, output, errors = run(*order)
        assert (status, errors) == (1 if command == "check" else 0, ""), output + errors
        shown = {"generate": "sub/generated/subs", "check": "sub/generated/subs/", "verify": "subs: 1 operation"}
        assert {**shown, "import": "sub/spec/openapi.json", "diff": "no changes"}[command] in output
    assert not Path("generated").exists()
    assert run("--project", "nowhere", command, *arguments)[0] == 2


def test_the_quick_answer_reads_the_same_project(run: Run, stub: list[object]) -> None:
    Path("sub").mkdir()
    Path("sub/openapi.yaml").write_text(DOCUMENT)
    Path("sub/pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.yaml"\n')
    run("generate", "--project", "sub")
    stub.clear()
    assert run("generate", "--project=sub") == (0, "sub/generated/pets is up to date\n", "")
    assert stub == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_hyphen_is_standard_input(run: Run, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = [word.replace("openapi.yaml", "-") for word in ONE[command]]
    if command == "diff":
        arguments = ["diff", "openapi.yaml", "-"]

    def given(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    given(DOCUMENT)
    status, output, errors = run(*arguments)
    assert (status, errors) == (1 if command == "check" else 0, ""), output
    given("[]")
    status, output, errors = run(*arguments)
    assert (status, output) == (2, "")
    assert errors.startswith("-:1:1: error: ")


def test_standard_input_is_read_once(run: Run) -> None:
    for arguments in (["diff", "-", "-"], ["generate", "-", "--watch"]):
        status, output, errors = run(*arguments)
        assert (status, output) == (2, "")
        assert "standard input can" in errors


ADDRESS = "https://example.com/api/openapi.json"


@pytest.mark.parametrize(
    "arguments",
    [
        *([word.replace("openapi.yaml", ADDRESS) for word in words] for words in ONE.values()),
        ["diff", "openapi.yaml", ADDRESS],
        ["generate", "openapi.yaml", "--overlay", ADDRESS],
        ["generate", "HTTP://example.com/api/openapi.json"],
    ],
    ids=" ".join,
)
def test_nothing_is_read_from_a_network(run: Run, arguments: list[str]) -> None:
    status, output, errors = run(*arguments)
    assert (status, output) == (2, "")
    assert "://example.com/api/openapi.json: error: nothing is read from a network" in errors
    assert "hint: download it first: curl -fsSL -o openapi.json " in errors
    assert "; or pipe it, with - in its place (standard input; its $refs are read from the current folder)" in errors


def test_an_address_in_the_settings_is_an_error_with_its_line(run: Run) -> None:
    for line in (f'spec = "{ADDRESS}"', f'spec = "openapi.yaml"\noverlays = ["{ADDRESS}"]'):
        Path("pyproject.toml").write_text(f"[tool.spectwin]\n{line}\n")
        status, _, errors = run("generate")
        assert status == 2
        assert errors.startswith(f"pyproject.toml:{line.count(chr(10)) + 2}:1: error: ")
        assert f"download it first (curl -fsSL -o FILE {ADDRESS}), and name the file" in errors


def test_a_short_question_for_the_version(run: Run) -> None:
    assert run("-V") == (0, f"spectwin {__version__}\n", "")


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),  # empty counts as not set
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colours_on_a_terminal_that_has_them(
    tmp_path: Path, spectwin: Path, environment: dict[str, str], colours: bool
) -> None:
    for name, text in (("old.yaml", DOCUMENT), ("new.yaml", DOCUMENT.replace("/pets/", "/cats/"))):
        (tmp_path / name).write_text(text)
    master, slave = pty.openpty()
    inherited = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "TERM"}}
    command = [str(spectwin), "diff", "old.yaml", "new.yaml", "--no-python"]
    for more, expected in (([], colours), (["--color"], True), (["--no-color"], False)):
        with os.fdopen(os.dup(slave), "w") as terminal:
            subprocess.run(
                [*command, *more],
                cwd=tmp_path,
                env={**inherited, **environment},
                check=True,
                stdout=terminal,
                stderr=subprocess.DEVNULL,
            )
        assert (b"\x1b[" in os.read(master, 100_000)) is expected
    os.close(slave)
    os.close(master)


def test_a_dumb_terminal_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal:
        for name, expected in (("xterm", True), ("dumb", False), ("unknown", False)):
            monkeypatch.setenv("TERM", name)
            assert options.redrawn(terminal) is expected
    os.close(master)
    assert not options.redrawn(io.StringIO())
