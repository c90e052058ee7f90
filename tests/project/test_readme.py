"""README.md by a new reader: each block is done in its order, in a shell of its own, beginning in an empty folder."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import time
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.support import environments
from tests.support.folders import ROOT

README = (ROOT / "README.md").read_text("utf-8")
PATIENCE = 60.0  # seconds
GIT = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@b.c", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@b.c"}


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """The fenced blocks: language and text."""
    yield from re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


class Reader:
    """Somebody with a clone, and an empty folder beside it; the environment has what pip would install."""

    def __init__(self, folder: Path) -> None:
        (folder / "spectwin").symlink_to(ROOT)
        self.folder = folder / "own"
        self.folder.mkdir()
        self.serving: list[subprocess.Popen[bytes]] = []
        self.installed: list[str] = []
        self.printed = ""
        self.ports = {number: self._free_port() for number in re.findall(r"--port (\d+)", README)}

    @staticmethod
    def _free_port() -> str:
        with socket.create_server(("127.0.0.1", 0)) as found:
            return str(found.getsockname()[1])

    def do(self, language: str, text: str) -> None:
        """Do what a block says."""
        for said, free in self.ports.items():
            text = text.replace(said, free)
        if language == "toml":
            (self.folder / "pyproject.toml").write_text(text)
        elif language == "python":
            (self.folder / text.split()[1]).write_text(text)
        else:
            assert language == "sh"
            self._run([line for line in text.splitlines() if not self._installs(shlex.split(line, comments=True))])

    def _installs(self, words: list[str]) -> bool:
        match words:
            case ["python3", "-m", "venv", folder]:
                scripts, site = environments.create(self.folder / folder)
                here = [str(ROOT / "requirements" / "editable"), str(distribution("click").locate_file(""))]
                (site / "here.pth").write_text("\n".join(here))
                (scripts / "spectwin").write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m spectwin "$@"\n')
                (scripts / "spectwin").chmod(0o755)
            case [".venv/bin/pip", "install", *wanted]:
                self.installed += wanted
            case _:
                return False
        return True

    def _run(self, lines: list[str]) -> None:
        environment = {**os.environ, **GIT, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        environment.pop("PYTHONPATH", None)
        if any("--port" in line for line in lines):
            [line] = lines
            self.serving.append(subprocess.Popen(shlex.split(line), cwd=self.folder, env=environment))
            self._wait(int(shlex.split(line)[-1]))
            return
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(lines)],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{lines}\n{done.stdout}{done.stderr}"
        self.printed += done.stdout

    def _wait(self, port: int) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self.serving[-1].poll() is None, "the server ended"
            with socket.socket() as asked:
                if not asked.connect_ex(("127.0.0.1", port)):
                    return
            time.sleep(0.05)
        pytest.fail(f"nobody answers on port {port}")

    def stop(self) -> None:
        for process in self.serving:
            process.terminate()
            process.wait(PATIENCE)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    found = Reader(tmp_path)
    yield found
    found.stop()


@pytest.mark.slow
def test_a_reader_comes_from_an_empty_folder_to_the_review_of_a_change(reader: Reader) -> None:
    own = README.partition("## The examples of this repository")[0]
    for language, text in blocks(own):
        reader.do(language, text)
    assert "- `search(" in reader.printed  # API.md
    assert "TIDE-2031" in reader.printed  # the mock, by the client
    assert reader.printed.count("1 passed") == 2
    assert "major; callers break" in reader.printed
    assert "cancelled" in (reader.folder / "review.html").read_text("utf-8")
    assert (reader.folder / "shop_api" / "API.md").read_text("utf-8").count("cancel(") == 1
    needed = re.search(r"^to use it: pip install (.+)$", reader.printed, re.MULTILINE)
    assert needed
    assert {Requirement(text).name for text in shlex.split(needed[1])} <= installed(reader.installed)


def installed(wanted: list[str]) -> set[str]:
    """What the README's pip command brings: the clone with an extra, and pytest."""
    assert wanted == ["../spectwin[verify]", "pytest"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    listed = [*project["dependencies"], *extras["runtime"], *extras["verify"]]
    return {Requirement(text).name for text in listed}


def test_the_readme_counts_files_and_lines_of_the_bookshop() -> None:
    package = ROOT / "examples" / "bookshop" / "bookshop_api"
    files = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in files if path.suffix == ".py"}
    below = sum(count for path, count in lines.items() if "_runtime" in path.parts)
    found = re.search(
        r"with (\d+) operations, has (\d+) files and some ([\d,]+) lines of Python, of which\s+([\d,]+)", README
    )
    assert found
    said = [int(text.replace(",", "")) for text in found.groups()]
    operations = len((package / "server" / "mock.jsonl").read_text("utf-8").splitlines())
    for number, actual in zip(said, (operations, len(files), sum(lines.values()), below), strict=True):
        assert abs(number - actual) <= 0.05 * actual


def test_the_readme_says_what_each_file_of_a_package_is_and_where_places_are() -> None:
    _, _, section = README.partition("## Reviewing what was generated")
    named = set(re.findall(r"`([^`\s]+)`", section.partition("\n## ")[0]))
    package = ROOT / "examples" / "bookshop" / "bookshop_api"
    for path in package.rglob("*"):
        where = path.relative_to(package).as_posix()
        if (
            path.suffix not in (".py", ".json", ".jsonl", ".md")
            or where.startswith("_runtime/")
            or "__pycache__" in where
        ):
            continue
        assert {
            where,
            path.name,
            re.sub(r"^client/\w+", "client/<group>", where),
        } & named or path.name == "__main__.py", where
        if path.suffix == ".py":
            assert ("`#/paths/" in path.read_text("utf-8")) == (path.name == "api.py"), where


def test_no_two_servers_of_the_readme_take_one_port() -> None:
    shop = (ROOT / "examples" / "bookshop" / "README.md").read_text("utf-8")
    ports = re.findall(r"--port (\d+)", README) + re.findall(r"on 127\.0\.0\.1:(\d+)", README + shop)
    assert sorted(ports) == ["8000", "8010", "8020", "8021"]


def test_own_documents_come_first_and_in_five_lines() -> None:
    language, text = next(blocks(README))
    assert language == "sh"
    assert len(text.splitlines()) == 5
    assert README.index("Your own document") < README.index("make generate")
