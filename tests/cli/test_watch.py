"""`generate --watch`, as somebody uses it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

PATIENCE = 30.0  # seconds; the machine may be busy


class Watching:
    """A run of `generate --watch` and what it says."""

    def __init__(self, folder: Path, root: Path, *arguments: str) -> None:
        command = [sys.executable, "-u", "-m", "generator", "generate", "--watch", *arguments]
        # Where the tests run in the background, a shell has them ignore it, which a process of theirs would inherit.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: Queue[str] = Queue()
        self._thread = Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.lines.put(line)

    def until(self, text: str) -> str:
        """Wait for a line; returns all that was said up to it."""
        said = ""
        until = time.monotonic() + PATIENCE
        while text not in said:
            try:
                said += self.lines.get(timeout=max(until - time.monotonic(), 0.01))
            except Empty:
                pytest.fail(f"{text!r} was not said, but: {said}")
        return said

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(timeout=PATIENCE)
        self._thread.join()
        return status


@pytest.fixture
def project(tmp_path: Path, root: Path) -> Path:
    text = (root / "spec" / "openapi.json").read_text("utf-8")
    (tmp_path / "openapi.json").write_text(text, "utf-8")
    (tmp_path / "templates").mkdir()
    settings = '[tool.spectwin]\nspec = "openapi.json"\npackage = "costs"\ntemplates = "templates"\n'
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    return tmp_path


@pytest.fixture
def watching(project: Path, root: Path) -> Iterator[Watching]:
    made = Watching(project, root)
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait()
        made._thread.join()


@pytest.mark.slow
def test_it_generates_again_whatever_changes_and_goes_on_after_errors(project: Path, watching: Watching) -> None:
    watching.until("watching ")
    document = json.loads((project / "openapi.json").read_text("utf-8"))
    document["components"]["schemas"]["CostCreateInput"]["required"].append("provider_id")
    (project / "openapi.json").write_text(json.dumps(document), "utf-8")
    assert "major; callers break in 1 place" in watching.until("watching ")
    (project / "openapi.json").write_text("{", "utf-8")
    assert "error" in watching.until("watching ")
    # as editors do it: a new file takes the old one's place
    (project / "new.json").write_text(json.dumps(document), "utf-8")
    (project / "new.json").replace(project / "openapi.json")
    assert "generated/costs" in watching.until("watching ")
    (project / "templates" / "API.md.jinja").write_text("{# spectwin variables 1 #}\nMine.\n", "utf-8")
    watching.until("watching ")
    assert (project / "generated/costs/API.md").read_text("utf-8").endswith("-->\nMine.\n")
    settings = (project / "pyproject.toml").read_text("utf-8")
    (project / "pyproject.toml").write_text(settings + "typo = 1\n", "utf-8")
    assert "there is no setting called typo" in watching.until("watching ")
    (project / "pyproject.toml").write_text(settings.replace('"costs"', '"prices"'), "utf-8")
    watching.until("watching ")
    assert (project / "generated/prices/API.md").exists()
    assert watching.end() == 0


def test_without_watchfiles_it_says_what_to_install(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from generator.cli import app

    monkeypatch.chdir(project)
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    assert app.run(["generate", "--watch"]) == 2
    assert "pip install 'spectwin[watch]'" in capsys.readouterr().err
