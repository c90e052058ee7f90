"""Generated Python, laid out by ruff."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ..python import gate

LINE_LENGTH = 120


def _formatted(files: Mapping[str, str]) -> dict[str, str]:
    """Have ruff sort the imports and lay the text out; the version is pinned, it decides the bytes."""
    with tempfile.TemporaryDirectory(prefix="spectwin-") as folder:
        for name, source in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, encoding="utf-8", newline="\n")
        for arguments in (
            ["check", "--select", "I", "--fix-only", "--line-length", str(LINE_LENGTH)],
            ["format", "--line-length", str(LINE_LENGTH)],
        ):
            command = [ruff(), *arguments, "--isolated", "--quiet", "--no-cache", "--target-version", "py311", folder]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own binary and arguments
            if done.returncode:
                raise gate.GateError(f"ruff refused what the templates wrote:\n{done.stderr}")
        return {name: Path(folder, name).read_text(encoding="utf-8") for name in files}


@cache
def ruff() -> str:
    """Find the ruff that is installed beside this Python."""
    from ruff.__main__ import find_ruff_bin

    return str(find_ruff_bin())
