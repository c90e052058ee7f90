"""mypy for tests. What it finds out of libraries takes five seconds, and is kept for the next run.

Of the options that tests give, the error codes alone change what is found out.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path

from tests.support.folders import ROOT

CACHE = ROOT / ".mypy_cache" / "of_tests"


def mypy(
    *arguments: str | Path, folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `mypy --strict` in a folder, whatever is configured around it; one at a time, for the sake of the cache."""
    codes = [one.partition("=")[2] for one in map(str, arguments) if one.startswith("--enable-error-code=")]
    cache = CACHE / "-".join(["all", *sorted(codes)])
    cache.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={cache}"]
    for path in (*folder.rglob("*.py"), *folder.rglob("*.pyi")):  # mypy knows a file again by its name, size and second
        second = zlib.crc32(path.read_bytes())
        os.utime(path, (second, second))
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return subprocess.run(
            [*command, *map(str, arguments)], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
