"""mypy for tests. What it finds out of libraries takes five seconds, and is kept for the next run.

Of the options that tests give, the error codes alone change what is found out.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.folders import ROOT

CACHE = ROOT / ".mypy_cache" / "of_tests"


def mypy(
    *arguments: str | Path, folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `mypy --strict` in a folder, whatever is configured around it; a process of tests has a cache of its own."""
    codes = [one.partition("=")[2] for one in map(str, arguments) if one.startswith("--enable-error-code=")]
    cache = CACHE / "-".join([os.environ.get("PYTEST_XDIST_WORKER", "alone"), *sorted(codes)])
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={cache}"]
    return subprocess.run(
        [*command, *map(str, arguments)], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
