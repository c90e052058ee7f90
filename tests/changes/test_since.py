"""What `generate` builds and compares to say what it changed: each thing once."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator import pipeline
from generator.changes import background, comparison
from generator.changes.document import operations
from generator.cli import app
from generator.document import load

Tree = dict[str, Any]


def tree(*paths: str) -> Tree:
    get = {"get": {"responses": {"204": {"description": ""}}}}
    return {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": dict.fromkeys(paths, get)}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Counter[str]:
    """How often a document was loaded, a package built, two documents compared; all in this process."""
    found: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            found[name] += 1
            return function(*arguments, **named)

        return call

    monkeypatch.setattr(background, "_possible", lambda: False)
    monkeypatch.setattr(load, "load", counted("load", load.load))
    monkeypatch.setattr(pipeline, "build", counted("build", pipeline.build))
    compare = counted("compare", operations.compare)
    monkeypatch.setattr(operations, "compare", compare)
    monkeypatch.setattr(comparison, "compare", compare)
    monkeypatch.chdir(tmp_path)
    return found


def generate(root: Tree, *options: str) -> None:
    Path("spec.json").write_text(json.dumps(root), "utf-8")
    assert app.run(["generate", "spec.json", "--package", "api", *options]) == 0


LINE = "major; callers break in 1 place, importers in 1, implementers in 1"
SUMMARY = "2 break callers or importers, 1 compatible change"


@pytest.mark.parametrize("as_json", [False, True])
def test_a_report_and_the_line_come_from_one_comparison(
    calls: Counter[str], capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    generate(tree("/a", "/b"))
    calls.clear()
    capsys.readouterr()
    generate(tree("/a", "/c"), "--report", "review.html", *(["--json"] if as_json else []))
    assert calls == {"load": 2, "build": 2, "compare": 1}
    assert LINE in capsys.readouterr().out
    assert SUMMARY in Path("review.html").read_text("utf-8")


def test_a_first_report_compares_with_a_document_without_operations(calls: Counter[str]) -> None:
    generate(tree("/a"), "--report", "review.html")
    assert calls == {"load": 1, "build": 2, "compare": 1}
    assert "<p>7 compatible changes.</p>" in Path("review.html").read_text("utf-8")


def test_the_line_alone_builds_no_package_a_second_time(
    calls: Counter[str], capsys: pytest.CaptureFixture[str]
) -> None:
    generate(tree("/a", "/b"))
    calls.clear()
    generate(tree("/a", "/c"))
    assert calls == {"load": 1, "build": 1, "compare": 1}
    assert LINE in capsys.readouterr().out


@pytest.mark.parametrize("text", [b"\xff\n", b"a b\n", b"\0"])  # of the last, no line is known
def test_an_earlier_file_may_hold_anything(
    text: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    generate(tree("/a"))
    file = Path("generated/api/errors.py")
    before = file.read_bytes()
    file.write_bytes(b"#\n" + text)
    command = ["generate", "spec.json", "--package", "api", "--force"]
    assert app.run([*command, "--report", "report.html"]) == 2
    assert re.search("generated/api/errors.py:[12]:1: error: this is not Python: ", capsys.readouterr().err)
    assert file.read_bytes() == b"#\n" + text
    assert app.run(command) == 0
    assert file.read_bytes() == before
    assert "what changed can't be told" in capsys.readouterr().out
