"""The table of what was skipped: `make test` ends with it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support import skips

NEEDS_CHROMIUM = "Skipped: NOT TESTED: the review page in a browser (needs chromium)"


def test_the_table_counts_what_was_skipped_and_says_how_to_run_it() -> None:
    reasons = [NEEDS_CHROMIUM, "Skipped: NOT TESTED: calls with curl (needs curl)", NEEDS_CHROMIUM, "LEFT OUT: a file"]
    assert skips.table(reasons) == [
        "tests  what                          needs",
        "    1  LEFT OUT: a file",
        "    1  calls with curl               curl",
        "    2  the review page in a browser  chromium",
        "",
        "To run them: apt-get install --yes chromium curl",
    ]
    assert skips.table([]) == []
    assert skips.table(["LEFT OUT: a file"])[-1] == "    1  LEFT OUT: a file"


def test_no_test_is_skipped_in_another_way(root: Path) -> None:
    """What `not_tested` and `left_out` say stands in the table in words; a package of the lock is never missing."""
    here, other = Path(__file__), re.compile(r"pytest\.skip\(|skipif|importorskip|mark\.skip\b|xfail\(")
    found = {
        path.relative_to(root).as_posix()
        for path in (root / "tests").rglob("*.py")
        if path != here and other.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"tests/support/skips.py"}
