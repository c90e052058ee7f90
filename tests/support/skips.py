"""What a machine lacks: tests that need it are skipped, and `make test` ends with a table of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NoReturn

import pytest

INSTALL = "apt-get install --yes"
"""How Debian and its like install a program; other systems call the same packages much the same."""
_REASON = re.compile(r"NOT TESTED: (?P<what>.*) \(needs (?P<needs>.*)\)$")


def not_tested(what: str, *packages: str) -> NoReturn:
    """Skip a test, since a program is missing: `packages` are those of Debian that bring it."""
    pytest.skip(f"NOT TESTED: {what} (needs {' '.join(packages)})")


def left_out(why: str) -> NoReturn:
    """Skip a test that no machine runs."""
    pytest.skip(f"LEFT OUT: {why}")


def table(reasons: Iterable[str]) -> list[str]:
    """Say, for the reasons of all tests that were skipped, what was not tested, and the one command that changes it."""
    counted = Counter(reason.removeprefix("Skipped: ") for reason in reasons)
    rows = [(str(number), *_row(reason)) for reason, number in sorted(counted.items())]
    if not rows:
        return []
    rows = [("tests", "what", "needs"), *rows]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"{tests:>{widths[0]}}  {what:<{widths[1]}}  {needs}".rstrip() for tests, what, needs in rows]
    packages = sorted({name for _, _, needs in rows[1:] for name in needs.split()})
    return [*lines, "", f"To run them: {INSTALL} {' '.join(packages)}"] if packages else lines


def _row(reason: str) -> tuple[str, str]:
    found = _REASON.match(reason)
    return (found["what"], found["needs"]) if found else (reason, "")
