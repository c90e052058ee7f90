"""Proving a package in clean processes: its operations in one, its types in another."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from .. import disk
from .proof.result import OperationResult

_PATIENCE = 120.0  # seconds without a word from the process, after which it is given up
# The worker is imported by the name that this package has here, and before the folder of the package to prove is on the
# path: that folder may hold a package of the same name.
_CODE = "import sys; sys.path[:0] = [{own!r}]; from {worker} import main; sys.path[:0] = [{folder!r}]; main()"


@dataclass(slots=True, kw_only=True)
class Proof:
    """What was found about a package."""

    package: str
    verdicts: list[OperationResult] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # what is wrong with the package as a whole
    types: list[str] = field(default_factory=list)  # what mypy finds
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.problems or self.types) and all(verdict.passed for verdict in self.verdicts)


def prove(
    folder: Path,
    package: str,
    root: Mapping[str, Any],
    *,
    seed: int = 0,
    only: Sequence[str] = (),
    thorough: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Proof:
    """Prove the operations of the package in a folder; nothing of this process is shared with it.

    Without `thorough`, real sockets and hypothesis-jsonschema are left out.
    """
    proof = Proof(package=package)
    begin = time.perf_counter()
    task = {"root": root, "package": package, "seed": seed, "only": only, "thorough": thorough}
    with disk.scratch({"task.json": json.dumps(task)}) as scratch:
        own = str(Path(__file__).resolve().parents[2])
        code = _CODE.format(own=own, worker=f"{__package__}.worker", folder=str(folder.resolve()))
        command = [sys.executable, "-I", "-B", "-c", code, str(scratch / "task.json")]
        total = 0
        for event in _events(command, scratch, proof):
            if event["event"] == "begin":
                total = event["operations"]
            elif event["event"] == "broken":
                proof.problems.append(event["problem"])
            elif event["event"] == "end":
                proof.problems += [f"{title} is not in the document" for title in event["undeclared"]]
            else:
                verdict = OperationResult(**event["verdict"])
                verdict.refused = list(dict.fromkeys(verdict.refused))
                verdict.no_instance = list(dict.fromkeys(verdict.no_instance))
                proof.verdicts.append(verdict)
            if progress:
                progress(len(proof.verdicts), total)
        if len(proof.verdicts) < total:
            proof.problems.append(f"the process ended after {len(proof.verdicts)} of {total} operations")
    proof.seconds = time.perf_counter() - begin
    return proof


def _events(command: Sequence[str], scratch: Path, proof: Proof) -> Iterator[dict[str, Any]]:
    """Yield what the process says, until it ends or says nothing for too long."""
    lines: queue.Queue[str | None] = queue.Queue()
    with (
        disk.scratch_file() as errors,
        subprocess.Popen(  # noqa: S603 - this interpreter
            command, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8", cwd=scratch, env=_environment()
        ) as process,
    ):
        threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
        while True:
            try:
                line = lines.get(timeout=_PATIENCE)
            except queue.Empty:
                process.kill()
                proof.problems.append(f"the process said nothing for {_PATIENCE:.0f} seconds")
                return
            if line is None:
                break
            yield json.loads(line)
        if process.wait():
            errors.seek(0)
            proof.problems.append(f"the process failed: {errors.read()[-1000:]}")


def _read(stream: IO[str] | None, lines: queue.Queue[str | None]) -> None:
    for line in stream or ():
        lines.put(line)
    lines.put(None)


def _environment() -> dict[str, str]:
    """Return the environment without what changes how Python behaves."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MYPY"))}


def type_check(folder: Path, package: str, cache: Path | None = None) -> list[str]:
    """Return what `mypy --strict` finds in a package."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--no-color-output", "--config-file="]
    command += [f"--cache-dir={cache}" if cache else "--no-incremental", "-p", package]
    done = subprocess.run(  # noqa: S603 - this interpreter
        command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False
    )
    found = [line for line in done.stdout.splitlines() if ": error:" in line or ": note:" not in line]
    return found or ([done.stderr.strip()[-500:] or f"mypy ended with {done.returncode}"] if done.returncode else [])
