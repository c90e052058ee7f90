"""Measuring for `make bench`: rounds that take turns, medians, processes with their time and memory."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.folders import ROOT

SPEC = ROOT / "spec" / "openapi.json"
SCRIPTS = Path(sys.executable).parent


class Failed(Exception):  # noqa: N818
    """A command that was to be measured did not end well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure: a ratio, or a value with a unit; `target` has its bound, as "≤ 0.7"; `note` the raw values."""

    what: str
    against: str
    measured: float
    target: str = ""
    unit: str = ""
    note: str = ""

    @property
    def met(self) -> str:
        """Say whether the target is met: yes, no, or nothing where there is none."""
        if not self.target:
            return ""
        bound = float(self.target.split()[1])
        return "yes" if (self.measured <= bound if self.target.startswith("≤") else self.measured >= bound) else "no"


def show(rows: Sequence[Row]) -> str:
    """Lay rows out as a Markdown table that also reads well as text."""
    cells = [("what", "against", "measured", "target", "met", "raw")]
    cells += [(r.what, r.against, f"{r.measured:.2f}{r.unit}", r.target, r.met, r.note) for r in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def say(text: str) -> None:
    """Tell what is being measured; the table alone goes to standard output."""
    print(f"… {text}", file=sys.stderr, flush=True)


def take_turns(candidates: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Run each candidate once a round, after one round that does not count; return the median of each."""
    for candidate in candidates.values():
        candidate()
    found: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, candidate in candidates.items():
            found[name].append(candidate())
    return {name: statistics.median(values) for name, values in found.items()}


def cpu(call: Callable[[], object], times: int) -> float:
    """Return the seconds of CPU that one call takes: what else the machine does is left out."""
    begin = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - begin) / times


def seconds(command: Sequence[str | Path]) -> float:
    """Run a command in a fresh process; return its seconds. Raises Failed."""
    begin = time.perf_counter()
    done = subprocess.run(list(map(str, command)), cwd=ROOT, check=False, capture_output=True, text=True)
    taken = time.perf_counter() - begin
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}\n{done.stderr[-2000:]}")
    return taken


def cpu_seconds(command: Sequence[str | Path]) -> float:
    """Run a command in a fresh process; return its seconds of CPU. Raises Failed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def memory(command: Sequence[str | Path]) -> float:
    """Run a command; return the MiB that it and its children had at once, at most (Linux: by PSS)."""
    process = subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(_pss, [process.pid, *_descendants(process.pid)])))
        time.sleep(0.02)
    if process.returncode:
        raise Failed(" ".join(map(str, command)))
    return most / 1024


def resident(pid: int) -> float:
    """Return the MiB that a process has in memory now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def used(pid: int) -> float:
    """Seconds of CPU that a process has used, from the kernel's scheduler: its clock ticks are a tenth of a round."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def _descendants(pid: int) -> list[int]:
    try:
        found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return found + [inner for child in found for inner in _descendants(child)]


def _pss(pid: int) -> int:
    """Return the KiB of a process, memory that it shares with others divided by their number."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
