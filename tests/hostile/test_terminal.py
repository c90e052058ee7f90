"""What the commands print is safe on a terminal, in a log and in a comment, whatever the documents and paths contain."""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.cli import app
from tests.hostile import places
from tests.hostile.killing import SEED

EVIL = "a\x1b[2J\x1b]0;x\x07\x9b31m\x7f\u202eb\u2028\u2066\U000e0041`@x<!--|"
OURS = "\n\u200b"  # a zero-width space keeps an @ in Markdown from being a mention
SURROGATE = '{"openapi": "3.1.0", "info": {"title": "\\ud83d\\u009b", "version": "1"}, "paths": {}}'


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(spectwin: Path, tmp_path: Path) -> Run:
    """Return a function that runs the command: its status, what it printed, and what it said on standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [spectwin, *arguments],
            cwd=tmp_path, env={**os.environ, "NO_COLOR": "1"}, capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")

    return run


def evil(kinds: set[str], more: str = "") -> Any:
    """Put the text behind every string of some kinds of places."""
    seed = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    chosen = {one: one.original + EVIL + more for one in places.places(seed) if one.kind in kinds}
    return places.mutate(seed, chosen)[0]


KINDS = {
    "texts": {*places.TEXT, "enum[]", "tags[]", "operationId"},
    "names": {
        "key of properties",
        "key of schemas",
        "name",
        "key of paths",
        "key of content",
        "key of securitySchemes",
    },
    "words": {"type", "in", "style", "format", "pattern", "$ref", "url", "key of responses", "default", "required[]"},
}
COMMANDS = [
    ("generate", "a.json", "-o", "out", "--package", "api"),
    ("generate", "a.json", "-o", "out", "--package", "api", "--lenient"),
    ("generate", "b.json", "-o", "out", "--package", "api", "--lenient", "--force"),
    ("check", "a.json", "-o", "out", "--package", "api", "--lenient"),
    ("check", "a.json", "-o", "out", "--package", "api", "--lenient", "--json"),
    ("generate", "a.json", "-o", "out", "--package", "api", "--lenient", "--json"),
    ("diff", "a.json", "b.json", "--no-python"),
    ("diff", "a.json", "b.json", "--no-python", "--format", "json"),
    ("diff", "a.json", "b.json", "--no-python", "--format", "markdown"),
    ("diff", "a.json", "b.json", "--no-python", "--format", "html"),
    ("import", "a.json", "-o", "out/imported.json"),
    ("import", "b.json", "-o", "out/imported.json"),
]


@pytest.mark.parametrize("kinds", KINDS)
def test_no_command_prints_what_a_terminal_acts_upon(
    kinds: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / "out").mkdir()
    (tmp_path / "a.json").write_text(json.dumps(evil(KINDS[kinds])), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(evil(KINDS[kinds], "\x1b[31m new")), encoding="utf-8")
    for command in COMMANDS:
        status = app.run(command)
        output, errors = capsys.readouterr()
        said = output + errors
        assert status in (0, 1, 2), f"{command}: {said[-600:]}"
        found = sorted({one for one in said if not one.isprintable() and one not in OURS})
        lines = [line for line in said.split("\n") if found and found[0] in line]
        assert found == [], f"{command} prints {found} in {lines[0][:300]!r}"
        if "json" in command or "--json" in command:
            assert json.loads(output) if command[0] != "diff" or status < 2 else not output


@pytest.mark.parametrize("more", [(), ("--json",)], ids=["text", "json"])
def test_a_lone_surrogate_can_be_told(run: Run, more: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(SURROGATE, encoding="utf-8")
    status, *both = run("generate", "a.json", "-o", "out", "--package", "api", *more)
    said = "".join(both)
    assert status == 2, said
    assert all(one.isprintable() or one == "\n" for one in said)


ARGUMENT = "a\n::error::x\x1b[31m\u202e\n##[error]y"


@pytest.mark.parametrize(
    "arguments",
    [
        ("generate", f"--{ARGUMENT}"),
        (ARGUMENT,),
        ("generate", "--limit", f"{ARGUMENT}=3"),
        ("generate", "--limit", f"bytes={ARGUMENT}"),
        ("generate", "--layout", ARGUMENT),
        ("generate", "--project", ARGUMENT),
        ("generate", "a.json", "b.json", ARGUMENT),
        ("generate", "a.json", "--package", ARGUMENT),
        ("diff", "--severity", ARGUMENT, "a.json", "b.json"),
        ("diff", "--severity", f"{ARGUMENT}=error", "a.json", "b.json"),
        ("diff", "--fail-on", ARGUMENT, "a.json", "b.json"),
        ("verify", "--seed", ARGUMENT),
    ],
)
def test_no_argument_commands_a_terminal_or_a_log(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)  # click leaves colours to a terminal
    for more in ((), ("--json",)):
        assert app.run([*arguments, *more]) == 2
        said = "".join(capsys.readouterr())
        assert "error" in said.lower()
        assert said.replace("\n", "").isprintable(), repr(said)
        assert not re.search(r"^\s*::|##\[", said, re.MULTILINE), said


def test_names_of_files_and_settings_are_printed_as_text(run: Run, tmp_path: Path) -> None:
    name = "a\x1b[2J\u202e.json"
    (tmp_path / name).write_text("{", encoding="utf-8")
    for spec in (name, "no\x1b[2Jwhere.json", "folder\x9b"):
        status, *both = run("generate", spec, "-o", "out\x1b[31m", "--package", "api\x1b")
        said = "".join(both)
        assert status == 2, said
        assert re.sub(r"\n", "", said).isprintable(), repr(said)
    for line in (
        'spec = "a\\u001b[2J.json"',
        '"\\u001b[2J" = 1',
        'output = "\\u009b"',
        'names = {"\\u001b" = "\\u001b"}',
    ):
        (tmp_path / "pyproject.toml").write_text(f"[tool.spectwin]\n{line}\n", encoding="utf-8")
        status, *both = run("generate")
        said = "".join(both)
        assert status == 2, said
        assert re.sub(r"\n", "", said).isprintable(), repr(said)


def test_markdown_of_a_change_mentions_nobody_and_ends_no_cell(run: Run, tmp_path: Path) -> None:
    from markdown_it import MarkdownIt

    before = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    after = copy.deepcopy(before)
    text = "@everyone | x\n\n# head\n```\nfence\n```\n<details><img src=x onerror=alert(1)> [a](javascript:b) ![c](http://d/)"
    kinds = KINDS["texts"] | KINDS["names"] | {"default"}
    chosen = {
        one: one.original + text for one in places.places(after) if one.kind in kinds and one.kind != "key of paths"
    }
    after = places.mutate(after, chosen)[0]
    for name, tree in (("a.json", before), ("b.json", after)):
        (tmp_path / name).write_text(json.dumps(tree), encoding="utf-8")
    _, said, _ = run("diff", "a.json", "b.json", "--no-python", "--format", "markdown")
    assert "everyone" in said
    assert re.search(r"(?<![\w`])@(?!\u200b)everyone", said) is None
    tables = 0
    for token in MarkdownIt("commonmark").enable("table").parse(said):
        for one in (token, *(token.children or ())):
            tables += one.type == "table_open"
            if one.type in ("html_block", "html_inline"):
                assert re.fullmatch(r"(</?details>|<summary>[\w ()]+</summary>|\s)+", one.content), one.content[:100]
            assert one.type not in ("image", "link_open", "fence", "code_block")
            if one.type == "inline" and token.type == "inline" and "everyone" in one.content:
                assert "\n" not in one.content
    assert tables >= 1
