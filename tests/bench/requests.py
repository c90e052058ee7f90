"""Requests per second, latency and memory of servers in processes of their own, for `make bench`."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.generators import ours
from tests.bench.measure import Row, resident, say, seconds, used
from tests.bench.servers import MANY, many_operations
from tests.support.folders import ROOT

CONNECTIONS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A server that runs, and the path that is asked."""

    port: int
    pid: int
    path: str

    def load(self, number: int, connections: int = CONNECTIONS) -> dict[str, float]:
        """Send a bounded number of requests from another process.

        Gives requests per second (rate), per second of the worker's CPU (cpu), and the 99th percentile's seconds (p99).
        """
        before = used(self.pid)
        command = [sys.executable, "-m", "tests.bench.load", *map(str, (self.port, self.path, number, connections))]
        done = subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True, text=True)
        found: dict[str, float] = json.loads(done.stdout)
        return {**found, "cpu": number / (used(self.pid) - before)}


def environment(*folders: Path) -> dict[str, str]:
    """The environment of servers and loads: the generated packages can be imported."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "generated", *folders)))}


@contextmanager
def server(name: str, *folders: Path) -> Iterator[Served]:
    """Run one of servers.APPLICATIONS with one uvicorn worker."""
    command = [sys.executable, "-m", "tests.bench.servers", name]
    with subprocess.Popen(command, cwd=ROOT, env=environment(*folders), stdout=subprocess.PIPE, text=True) as process:
        try:
            port, pid = map(int, (process.stdout.readline() if process.stdout else "").split())
            yield Served(port=port, pid=pid, path=f"/cost/create/{MANY - 1}" if name == "last" else "/cost/create")
        finally:
            process.terminate()


def _take_turns(servers: dict[str, Served], rounds: int, number: int) -> dict[str, list[dict[str, float]]]:
    """Load each server once a round, after one that does not count; return what each round gave."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in servers}
    for round_ in range(rounds + 1):
        for name, one in servers.items():
            result = one.load(number)
            if round_:
                found[name].append(result)
    return found


def _ratio(found: dict[str, list[dict[str, float]]], one: str, other: str, key: str) -> float:
    """Compare two servers round by round: what the machine does beside slows both of a round, seldom all rounds."""
    return statistics.median(mine[key] / its[key] for mine, its in zip(found[one], found[other], strict=True))


# One worker is one thread: its CPU bounds what it serves, and is not blurred by what else the machine does.
def requests(folder: Path, rounds: int, number: int) -> Iterator[Row]:
    """Compare a generated server with others."""
    say(f"generating a document of {MANY} operations")
    folder = folder / "many_operations"  # a package has its README beside it: one package, one folder
    folder.mkdir()
    seconds(ours(many_operations(folder), folder, "--package", "many_costs"))
    with ExitStack() as stack:
        names = ("spectwin", "fastapi", "starlette", "last")
        servers = {name: stack.enter_context(server(name, folder)) for name in names}
        say(f"requests to servers ({_loop()}), {CONNECTIONS} connections")
        found = _take_turns(servers, rounds, number)
    median = {
        name: {key: statistics.median(one[key] for one in results) for key in ("rate", "cpu", "p99")}
        for name, results in found.items()
    }
    rate = {name: values["rate"] for name, values in median.items()}
    cpu = {name: values["cpu"] for name, values in median.items()}
    p99 = {name: values["p99"] * 1000 for name, values in median.items()}
    comparisons: list[tuple[str, str, str, str, str]] = [
        (
            "spectwin",
            "fastapi",
            "requests per second of the worker's CPU, authenticated",
            "ordinary FastAPI endpoint",
            "≥ 2.2",
        ),
        ("spectwin", "starlette", "…", "bare Starlette route, the same by hand", "≥ 0.9"),
        ("last", "spectwin", f"… the last of {MANY} operations", "itself with one operation", "≥ 0.9"),
    ]
    for one, other, what, against, target in comparisons:
        note = f"{cpu[one]:.0f} / {cpu[other]:.0f}; by the clock {rate[one]:.0f} / {rate[other]:.0f}"
        yield Row(what=what, against=against, measured=_ratio(found, one, other, "cpu"), target=target, note=note)
    yield Row(
        what=f"latency, 99th percentile, {CONNECTIONS} connections",
        against="ordinary FastAPI endpoint",
        measured=_ratio(found, "spectwin", "fastapi", "p99"),
        target="≤ 0.8",
        note=f"{p99['spectwin']:.1f} ms / {p99['fastapi']:.1f} ms",
    )


def growth(few: int, many: int) -> Row:
    """Compare the memory of a generated server after few requests and after many."""
    say(f"memory after {few:,} and {many:,} requests")
    with server("spectwin") as one:
        one.load(few)
        before = resident(one.pid)
        one.load(many - few)
        after = resident(one.pid)
    return Row(
        what=f"memory after {many:,} requests",
        against=f"after {few:,}",
        measured=after / before,
        target="≤ 1.02",
        note=f"{after:.1f} MiB / {before:.1f} MiB",
    )


def _loop() -> str:
    """Say what uvicorn takes: it depends on what is installed, and is the same for all."""
    found: list[Any] = [name for name in ("uvloop", "httptools") if _is_there(name)]
    return f"uvicorn with {' and '.join(found) or 'asyncio and h11'}"


def _is_there(name: str) -> bool:
    import importlib.util

    return importlib.util.find_spec(name) is not None
