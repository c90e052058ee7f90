"""mypy for tests. What it finds out of libraries takes five seconds, and is kept for the next run with the same options."""

from __future__ import annotations

import hashlib
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
    options = sorted(str(one) for one in arguments if str(one).startswith("-"))
    key = hashlib.sha256("\0".join(options).encode()).hexdigest()[:8]
    cache = CACHE / f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}-{key}"
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={cache}"]
    return subprocess.run(
        [*command, *map(str, arguments)], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
