"""Edits a document at random and holds what the Python axis says against mypy: `make python-soundness`.

For each edit, a program of the old version that calls everything, and one that implements everything, are checked in
the types of the new version.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.changes.python_soundness import contradictions

_AT_ONCE = 50  # packages that mypy looks at in one run


def run(count: int, seed: int) -> int:
    """Make this many edits; returns how many of them are judged otherwise than by mypy."""
    total = breaking = 0
    for start in range(seed, seed + count, _AT_ONCE):
        with tempfile.TemporaryDirectory() as folder:
            wrong, broken = contradictions(Path(folder), range(start, min(start + _AT_ONCE, seed + count)))
        print("\n".join(wrong) or f"{start}: nothing is wrong", flush=True)
        total += len(wrong)
        breaking += broken
    print({"edits": count, "programs that break": breaking, "contradicted": total})
    return total


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    sys.exit(min(run(*[*numbers, 200, 0][:2]), 1))
