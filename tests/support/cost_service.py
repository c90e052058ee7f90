"""Processes that the tests of the cost service start: the service itself, and PostgreSQL."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
import weave_costs
from fastapi import FastAPI

from examples.cost_service import keys
from examples.cost_service.database import connect
from examples.cost_service.migrations import migrate
from tests.support.folders import ROOT
from tests.support.skips import not_tested

COMMAND = [sys.executable, "-m", "examples.cost_service"]
PATIENCE = 60.0  # seconds: machines of tests may be busy


def environment(database: str) -> dict[str, str]:
    """Return the environment of the service's processes."""
    path = os.pathsep.join(map(str, (ROOT, Path(weave_costs.__file__).parents[1])))
    return {**os.environ, "DATABASE_URL": database, "PYTHONPATH": path}


def run(database: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the service to its end."""
    command = [*COMMAND, *arguments]
    return subprocess.run(
        command, env=environment(database), capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def add_key(database: str, user: str = "alice", entity: str = "acme") -> str:
    """Return a new key, made in this process: that is faster."""
    engine = connect(database)
    try:
        migrate(engine)
        return keys.add(engine, user, entity)
    finally:
        engine.dispose()


def wait(until: Callable[[], Any], what: str) -> Any:
    """Return what a function returns as soon as that is true."""
    end = time.monotonic() + PATIENCE
    while not (found := until()):
        assert time.monotonic() < end, what
        time.sleep(0.02)
    return found


class Service:
    """`serve` as a process, on a port that is free."""

    def __init__(self, folder: Path, database: str, workers: int = 1) -> None:
        self.log = folder / "serve.log"
        self.killed: set[int] = set()
        arguments = [*COMMAND, "serve", "--port", "0", "--workers", str(workers)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                arguments, env=environment(database), stdout=log, stderr=subprocess.STDOUT, cwd=folder
            )
        try:
            self.url: str = wait(self._started, f"no start: {self.log}")
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise

    def _started(self) -> str:
        """Return the URL once requests are answered."""
        said = self.log.read_text()
        assert self._process.poll() is None, said
        found = re.search(r"running on (http://127\.0\.0\.1:\d+)", said)
        return found[1] if found and "Application startup complete" in said else ""

    def kill_a_worker(self) -> None:
        """End the worker that has been there longest, with no chance to finish anything."""
        known = [int(pid) for pid in re.findall(r"Started server process \[(\d+)\]", self.log.read_text())]
        alive = [pid for pid in known if pid not in self.killed]
        if alive:
            os.kill(alive[0], signal.SIGKILL)
            self.killed.add(alive[0])

    def stop(self) -> int:
        """Ask for a graceful shutdown, wait for it, return the exit status."""
        self._process.terminate()
        return self._process.wait(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application of this process with uvicorn; give its URL."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        wait(lambda: server.started, "uvicorn did not start")
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def _program(name: str) -> str | None:
    """Find a program of PostgreSQL: Debian keeps them out of the path."""
    there = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(there[-1]) if there else None)


class PostgreSQL:
    """A PostgreSQL server of our own, reached through a socket in a folder that only its owner may enter."""

    def __init__(self) -> None:
        self._options: dict[str, Any] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        if os.getuid() == 0:  # which PostgreSQL refuses to run as
            known = {entry.pw_name: entry for entry in pwd.getpwall()}
            owner = known.get("postgres") or known["nobody"]
            shutil.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._options = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self.data = self.folder / "data"
        self.url = f"postgresql://tests@/postgres?host={self.folder}"
        self._run("initdb", "--auth=trust", "--username=tests", "--encoding=UTF8", "--locale=C", "--no-sync")

    def _run(self, program: str, *arguments: str, check: bool = True) -> bool:
        found = _program(program)
        assert found
        done = subprocess.run(
            [found, "-D", str(self.data), *arguments],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
            **self._options,
        )
        assert done.returncode == 0 or not check, done.stderr
        return done.returncode == 0

    def start(self) -> None:
        """Start, also after a kill, when processes of the server before may still be ending."""
        # Without fsync a restart takes a second less. It guards against a loss of power only: what a killed process
        # has written, the kernel still has.
        options = f"-k {self.folder} -c listen_addresses= -c max_connections=60 -c fsync=off"
        log = str(self.folder / "log")
        wait(lambda: self._run("pg_ctl", "-w", "-l", log, "-o", options, "start", check=False), "PostgreSQL: no start")

    def kill(self) -> None:
        """End the server with no chance to finish anything: a connection's process would serve on for a moment."""
        server = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        for process in (server, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def remove(self) -> None:
        """Stop the server and remove its files."""
        with suppress(AssertionError, subprocess.TimeoutExpired):
            self._run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """Give a running server; skip the test, aloud, where PostgreSQL is not installed."""
    missing = [name for name in ("initdb", "pg_ctl") if not _program(name)]
    if missing:
        not_tested("the example service on PostgreSQL", "postgresql")
    server = PostgreSQL()
    try:
        server.start()
        yield server
    finally:
        server.remove()
