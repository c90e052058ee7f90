"""What is shown on a terminal."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from generator import console, stages
from generator.cli import app
from generator.diagnostics.diagnostic import Diagnostic
from tests.support.folders import ROOT


def test_progress_is_shown_on_a_terminal_only_and_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not shown_on_terminal(monkeypatch, patience=30.0, enabled=True)
    assert b"Generating" in shown_on_terminal(monkeypatch, patience=0.0, enabled=True)
    assert not shown_on_terminal(monkeypatch, patience=0.0, enabled=False)


def shown_on_terminal(monkeypatch: pytest.MonkeyPatch, *, patience: float, enabled: bool) -> bytes:
    master, slave = pty.openpty()
    with monkeypatch.context() as patch, os.fdopen(slave, "w") as terminal:
        patch.setattr(sys, "stderr", terminal)
        patch.setenv("TERM", "xterm")
        patch.setattr(console, "_PATIENCE", patience)
        with console.progress("Generating\x1b[31m", enabled=enabled):
            time.sleep(0.6 if enabled else 0)
        os.set_blocking(master, False)
        try:
            return os.read(master, 100_000)
        except BlockingIOError:
            return b""
        finally:
            os.close(master)


def drawn(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    """What a terminal shows of two stages."""
    master, slave = pty.openpty()
    with monkeypatch.context() as patch, os.fdopen(slave, "w") as terminal:
        patch.setattr(sys, "stderr", terminal)
        for name, value in {"TERM": "xterm-256color", **environment}.items():
            patch.setenv(name, value)
        patch.setattr(console, "_PATIENCE", 0.0)
        with console.progress("Generating", enabled=True):
            stages.enter("modelling", range(3_213), "schema")
            time.sleep(0.6)
            stages.enter("writing", [1], "file\x1b")
            time.sleep(0.6)
        os.set_blocking(master, False)
        text = b""
        with contextlib.suppress(BlockingIOError):
            while True:
                text += os.read(master, 100_000)
    os.close(master)
    return text.decode()


def test_stages_are_shown_with_what_they_work_on(monkeypatch: pytest.MonkeyPatch) -> None:
    text = drawn(monkeypatch)
    assert text.index("Generating: modelling 3,213 schemas") < text.index("Generating: writing 1 file\\x1b")
    assert text.rstrip().endswith("\x1b[2K"), "the line goes"


def test_no_color_is_respected_by_the_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    colours = r"\x1b\[[0-9;]*[1-9][0-9;]*m"
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert re.search(colours, drawn(monkeypatch))
    assert not re.search(colours, drawn(monkeypatch, NO_COLOR="1"))


def test_a_log_has_no_progress(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(console, "_PATIENCE", 0.0)
    with console.progress("Generating", enabled=True):
        stages.enter("modelling", range(3), "schema")
        time.sleep(0.3)
    assert capsys.readouterr() == ("", "")


def test_each_command_tells_its_stages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    original = stages.enter

    def noted(*arguments: Any) -> None:
        original(*arguments)
        told.append(stages.now())

    monkeypatch.setattr(stages, "enter", noted)
    assert app.run(["generate", str(ROOT / "spec" / "openapi.json"), "-o", str(tmp_path)]) == 0
    capsys.readouterr()
    words = [one.split()[0] for one in told if one]
    assert words == [
        "reading",
        "validating",
        "naming",
        "modelling",
        "describing",
        "writing",
        "laying",
        "inspecting",
        "making",
        "comparing",
    ]
    assert all(any(map(str.isdecimal, one)) for one in told if one and one != "reading"), told


def test_ten_warnings_are_shown_and_the_others_counted(capsys: pytest.CaptureFixture[str]) -> None:
    found = [
        Diagnostic(severity="warning", message=f"warning {number}", file="a", line=number + 1)
        for number in range(1_005)
    ]
    error = Diagnostic(severity="error", message="wrong", file="z", line=1)
    console.print_diagnostics([*found, error])
    shown = capsys.readouterr().err.splitlines()
    assert [line for line in shown if "warning:" in line] == [f"a:{n + 1}:0: warning: warning {n}" for n in range(10)]
    assert shown[-2] == "z:1:0: error: wrong"
    assert shown[-1] == "… and 995 more warnings (--json lists all)"
    console.print_json("x", [], [*found, error])
    assert len(json.loads(capsys.readouterr().out)["diagnostics"]) == 1_006
