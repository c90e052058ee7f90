"""`make interop`: W&B's published clients (PyPI `weave` 0.54) create costs at examples/cost_service.

They run in an environment of their own (`--python`), as their documentation shows; what they were answered is held
against what the service has stored. The exit status is 1 where anything differs.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support import cost_service

PROGRAM = Path(__file__).with_name("interop_client.txt")
"""Python that runs where `weave` is installed, and nothing of ours."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="interop", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", type=Path, required=True, help="of the environment that has weave")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="spectwin-interop-") as name:
        folder = Path(name)
        database = f"sqlite:///{folder / 'costs.sqlite3'}"
        key = cost_service.add_key(database)
        with cost_service.Service(folder, database) as service:
            environment = {**os.environ, "SERVICE_URL": service.url, "SERVICE_KEY": key, "WEAVE_DISABLED": "true"}
            command = [str(options.python.absolute()), "-c", PROGRAM.read_text(encoding="utf-8")]
            done = subprocess.run(
                command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300, check=False
            )
        stored = _stored(folder / "costs.sqlite3")
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        return 1
    return compare(json.loads(done.stdout.splitlines()[-1]), stored)


def _stored(path: Path) -> dict[str, dict[str, Any]]:
    """Read the costs that are stored, by identifier."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    try:
        return {row["id"]: dict(row) for row in connection.execute("SELECT * FROM llm_token_prices")}
    finally:
        connection.close()


def compare(calls: list[dict[str, Any]], stored: dict[str, dict[str, Any]]) -> int:
    """Print what each call came to; return 1 where it is not as it should be."""
    wrong = 0
    for call in calls:
        if call["expected"] == "refused":
            fine = call["status"] == call["wanted"]
            told = f"refused with {call['status']}"
        else:
            rows = [stored[one] for one, _ in call["ids"] if one in stored]
            dates = [str(row["effective_date"]).replace(" ", "T")[:19] for row in rows]
            fine = len(rows) == call["wanted"] and all(date == call["date"] for date in dates if call["date"])
            told = f"{len(rows)} stored, from {', '.join(sorted(set(dates)))}"
        wrong += not fine
        sys.stdout.write(f"{'ok  ' if fine else 'FAIL'} {call['client']}: {told}\n")
    sys.stdout.write(f"{len(calls)} calls, {wrong} wrong, {len(stored)} costs stored\n")
    return 1 if wrong or not calls else 0


if __name__ == "__main__":
    sys.exit(main())
