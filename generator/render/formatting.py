"""Generated Python, laid out by ruff; its version is pinned, as it decides the bytes."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import PurePosixPath

from ..disk import Below, scratch
from ..python.syntax import GateError, parse

LINE_LENGTH = 120


def lay_out(files: Mapping[str, str]) -> dict[str, str]:
    """Lay modules out, by path. Raises GateError for one that is not Python."""
    return _ruff(files, "format")


def sort_imports(files: Mapping[str, str]) -> dict[str, str]:
    """Sort the imports of modules that are laid out, by path. Raises GateError."""
    return _ruff(files, "check", "--select", "I", "--fix-only", "--config", "lint.isort.combine-as-imports = true")


def _ruff(files: Mapping[str, str], *arguments: str) -> dict[str, str]:
    """Run ruff over a temporary folder with these files."""
    with scratch(files) as folder:
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
        made = Below(folder)
        return {name: made.read(PurePosixPath(name)).decode() for name in files}


@cache
def ruff() -> str:
    """Find the ruff that is installed beside this Python."""
    from ruff.__main__ import find_ruff_bin

    return str(find_ruff_bin())
