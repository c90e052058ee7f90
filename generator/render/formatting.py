"""Generated Python, laid out by ruff; its version is pinned, as it decides the bytes."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import PurePosixPath
from secrets import token_hex

from ..disk import Folder, scratch
from ..python.syntax import GateError, parse

LINE_LENGTH = 120
_SIZE = 500_000
"""Characters of a file that is made of several modules: ruff has a thread for each file."""


def lay_out(files: Mapping[str, str], alike: Collection[str] = ()) -> dict[str, str]:
    """Lay modules out, by path. Raises GateError for one that is not Python.

    Those that are `alike` are handed over several in a file: to make and remove files takes longer than what ruff does
    with them. They begin with the same docstring, which is laid out already, and end with a statement.
    """
    return _ruff(files, alike, "format")


def sort_imports(files: Mapping[str, str], alike: Collection[str] = ()) -> dict[str, str]:
    """Sort the imports of modules that are laid out, by path; for `alike` see `lay_out`. Raises GateError."""
    return _ruff(
        files, alike, "check", "--select", "I", "--fix-only", "--config", "lint.isort.combine-as-imports = true"
    )


def _ruff(files: Mapping[str, str], alike: Collection[str], *arguments: str) -> dict[str, str]:
    """Run ruff over a temporary folder with these files."""
    between = f"spectwin_{token_hex()}"
    given = {name: (name,) for name in files if name not in alike} | _together(files, alike)
    with scratch(
        {path: f"\n\n{between}\n\n".join(files[name] for name in names) for path, names in given.items()}
    ) as folder:
        options = [
            "--line-length",
            str(LINE_LENGTH),
            "--isolated",
            "--quiet",
            "--no-cache",
            "--target-version",
            "py311",
        ]
        done = subprocess.run([ruff(), *arguments, *options, folder], capture_output=True, text=True, check=False)  # noqa: S603 - our own binary and arguments
        if done.returncode:
            for name, source in files.items():
                parse(name, source)  # its error names the place
            raise GateError(f"ruff refused what the templates wrote:\n{done.stderr}")
        made: dict[str, str] = {}
        with Folder(folder) as below:
            for path, names in given.items():
                text = (below.read(PurePosixPath(path)) or b"").decode()
                parts = [part.strip("\n") + "\n" for part in text.split(between)] if len(names) > 1 else [text]
                made |= zip(names, parts, strict=True)
        return {name: made[name] for name in files}


def _together(files: Mapping[str, str], alike: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Divide modules that are alike among files, by the path of the file."""
    found: dict[str, tuple[str, ...]] = {}
    path, left = "", 0
    for name in files:
        if name in alike:
            if left <= 0:
                path, left = name, _SIZE
            found[path] = (*found.get(path, ()), name)
            left -= len(files[name])
    return found


@cache
def ruff() -> str:
    """Find the ruff that is installed beside this Python."""
    from ruff.__main__ import find_ruff_bin

    return str(find_ruff_bin())
