"""Pages that lead through a project of the reader's own: each block is done in turn, in an empty folder.

A block with `title="…"` is a file. `sh` are commands, `python` runs in one module for the page, or by itself if the page says
that every block runs as it stands, and `text` is what was printed before it, where `…` stands for anything.
"""

from __future__ import annotations

import importlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from types import ModuleType

from generator.cli import app
from tests.support.cost_service import served
from tests.support.folders import ROOT

_PACKAGE = "Start it, here in the background"
WALKS = {
    "quick-start.md": "",
    "testing.md": _PACKAGE,
    "errors.md": _PACKAGE,
    "authentication.md": "",
    "streams-and-files.md": "",
    "fastapi.md": "",
}
"""The pages of docs/, and the words up to which the quick start is followed before: some go on with its package."""

_BLOCK = re.compile(
    r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL
)
_URL = "http://127.0.0.1:8000"
_GIT = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@b.c", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@b.c"}
_PLAIN = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}


class Walk:
    """A reader who does what pages say in the current folder."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self._stack = folder, stack
        self._module = ModuleType("page")
        self._printed = StringIO()
        self._url = _URL
        self.done: list[str] = []
        """What was done, a word for each block."""

    def follow(self, page: str, until: str = "") -> None:
        """Do the blocks of a page of docs/, all or those before some words.

        Raises AssertionError where something else happens than the page says.
        """
        whole = (ROOT / "docs" / page).read_text("utf-8")
        assert until in whole
        alone = "Every block runs as it stands" in " ".join(whole.split())
        for number, found in enumerate(_BLOCK.finditer(whole.partition(until)[0] if until else whole), 1):
            language, title, text = found["language"], found["title"], found["text"]
            place = f"{page}, block {number}"
            if title:
                self._write(title, text)
            elif language == "sh":
                for line in text.replace("\\\n", " ").splitlines():
                    self._command(shlex.split(line, comments=True), place)
            elif language == "python":
                code = compile(text.replace(_URL, self._url), place, "exec", dont_inherit=True)
                with redirect_stdout(self._printed):
                    exec(code, {"__name__": "block"} if alone else vars(self._module))
            elif language == "text":
                self._compare(text, place)
            else:
                raise AssertionError(f"{place}: nothing is done with {language}")
            self.done.append("file" if title else language)

    def _write(self, title: str, text: str) -> None:
        path = self.folder / title
        assert path.resolve().is_relative_to(self.folder.resolve())
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(_URL, self._url), "utf-8")
        importlib.invalidate_caches()

    def _command(self, words: list[str], place: str) -> None:
        wrong = words[-2:] == ["||", "true"]  # then the command says that something is wrong
        if wrong:
            words = words[:-2]
        match words:
            case []:
                return
            case ["spectwin", *arguments]:
                with redirect_stdout(self._printed), redirect_stderr(self._printed):
                    status = app.run(arguments)
                assert bool(status) == wrong, f"{place}: {self._printed.getvalue()}"
            case ["pip", "install", *wanted]:
                for one in wanted:
                    local = self.folder / one.partition("[")[0]
                    assert not one.startswith(("./", "-")) or one == "-e" or local.is_dir(), f"{place}: {one}"
            case ["python", "-m", "uvicorn", name, "--port", "8000", "&"]:
                module, _, attribute = name.partition(":")
                application = getattr(importlib.import_module(module), attribute)
                self._url = self._stack.enter_context(served(application))
            case ["python" | "git", *rest]:
                self._run([sys.executable if words[0] == "python" else "git", *rest], place, wrong=wrong)
            case _:
                raise AssertionError(f"{place}: nobody runs {shlex.join(words)}")

    def _run(self, command: list[str], place: str, *, wrong: bool) -> None:
        paths = [str(self.folder / "generated"), str(self.folder)]
        environment = {**os.environ, **_GIT, **_PLAIN, "PYTHONPATH": os.pathsep.join(paths)}
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert bool(done.returncode) == wrong, f"{place}: {done.stdout}{done.stderr}"
        self._printed.write(done.stdout)

    def _compare(self, text: str, place: str) -> None:
        """Hold what was printed since the last comparison against what the page says, which may leave lines out."""
        printed = self._printed.getvalue().replace(self._url, _URL)
        self._printed.seek(0)
        self._printed.truncate()
        pattern = ".*?".join(re.escape(part) for part in text.strip().split("…"))
        assert re.search(pattern, printed, re.DOTALL), f"{place} is not what was printed:\n{printed}"


def left_behind(folder: Path) -> Iterator[str]:
    """The modules that were imported from below a folder."""
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(folder)):
            yield name
