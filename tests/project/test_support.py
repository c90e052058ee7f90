"""What tests stand on: what is shared to save time changes no verdict."""

from __future__ import annotations

import os
import subprocess
from importlib.machinery import SourceFileLoader
from pathlib import Path

from tests.support.compiled import compiled_once
from tests.support.type_checker import mypy


def test_files_of_the_same_name_size_and_second_are_told_apart(tmp_path: Path) -> None:
    """The cache is shared by folders."""
    found = []
    for number, text in enumerate(("x: int = 1\n", "x: str = 1\n")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "told_apart.py").write_text(text)
        os.utime(folder / "told_apart.py", (1, 1))
        found.append(mypy("told_apart.py", folder=folder).returncode)
    assert found == [0, 1]


def test_a_forked_command_ends_as_one_of_its_own(spectwin: Path, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"openapi": "3.1.0", "info": {"title": "\\ud83d", "version": "1"}, "paths": {}}')
    done = subprocess.run([spectwin, "check", "a.json"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("a.json:1:")
    assert subprocess.run([spectwin, "--version"], cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_code_that_is_compiled_once_names_its_own_file(tmp_path: Path) -> None:
    loader = SourceFileLoader("one", "_runtime/one.py")
    text = b"def one():\n    return lambda: 1\n"
    with compiled_once():
        first, second = (loader.source_to_code(text, f"_runtime/{name}.py") for name in ("one", "two"))
    assert [code.co_filename for code in (first, second)] == ["_runtime/one.py", "_runtime/two.py"]
    assert [code.co_consts[0].co_filename for code in (first, second)] == ["_runtime/one.py", "_runtime/two.py"]
