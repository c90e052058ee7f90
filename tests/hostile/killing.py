"""Runs of `python -m generator generate` that are killed at any moment: every file stays whole, the next run ends right."""

from __future__ import annotations

import ast
import functools
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.folders import ROOT

SEED = Path(__file__).parent / "seed.yaml"


@dataclass(slots=True)
class Kills:
    """What became of killed runs: how many ended in time, how many left an unfinished state, and what was wrong."""

    done: int = 0
    in_time: int = 0
    unfinished: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Say it in one line."""
        told = "; ".join(self.wrong[:5])
        return (
            f"{self.done}, of which {self.in_time} ended before they were killed and {self.unfinished} had begun to "
            f"write; wrong: {len(self.wrong)} {told}"
        )


def run(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the generator in a folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "generator", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Read all files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def versions(folder: Path) -> tuple[Path, dict[str, bytes], dict[str, bytes]]:
    """Make a project with users' files and a document in two versions; gives what each version generates."""
    project = folder / "project"
    (project / "out").mkdir(parents=True)
    (project / ".git").mkdir()
    (project / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (project / "out" / "mine.py").write_text("mine = 1\n")
    text = SEED.read_text(encoding="utf-8")
    results = []
    for number, version in enumerate(
        (text, text.replace("Pet", "Animal").replace("description: ", "description: New "))
    ):
        (folder / f"{number}.yaml").write_text(version, encoding="utf-8")
        shutil.copy(folder / f"{number}.yaml", project / "api.yaml")
        process = run(project, "generate", "api.yaml", "-o", "out", "--package", "pets")
        _, errors = process.communicate()
        if process.returncode:
            raise AssertionError(errors.decode())
        results.append(contents(project / "out"))
    return project, results[0], results[1]


def warm() -> None:
    """Import in this process all that a run needs, so that each forked run is short; gives nothing else to it."""
    from generator import pipeline
    from generator.document import load
    from generator.settings.settings import Settings
    from generator.validation import validate

    checked, _ = validate.validate(load.load(SEED))
    pipeline.build(checked, Settings(spec=SEED, package="pets"))


def start(here: Path, *arguments: str) -> int:
    """Start the generator in a folder, in a fork of this process; gives its id. Its errors go beside the folder."""
    process = os.fork()
    if process:
        return process
    status = 70
    try:
        os.chdir(here)
        errors = os.open(_errors(here), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(errors, stream)
        from generator.__main__ import run

        status = run(list(arguments))
    finally:
        os._exit(status)


def _errors(here: Path) -> Path:
    return here.with_suffix(".err")


def kill_one(folder: Path, project: Path, states: tuple[dict[str, bytes], dict[str, bytes]], seed: int) -> Kills:
    """Kill one run between two versions at a random moment, look at what is there, and run again."""
    rng = random.Random(seed)  # noqa: S311 - moments, no secrets
    found = Kills(done=1)
    here = folder / f"run{seed}"
    shutil.copytree(project, here)
    shutil.rmtree(here / "out")
    (here / "out").mkdir()
    for name, data in states[0].items():
        (here / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (here / "out" / name).write_bytes(data)
    shutil.copy(folder / "1.yaml", here / "api.yaml")
    arguments = ("generate", "api.yaml", "-o", "out", "--package", "pets")
    process = start(here, *arguments)
    _wait(process, here, rng)
    os.kill(process, signal.SIGKILL)
    found.in_time = int(os.waitpid(process, 0)[1] == 0)
    found.wrong += _whole(here / "out", *states)
    found.unfinished = int(contents(here / "out") not in states)
    status = os.waitpid(start(here, *arguments), 0)[1]
    if status:
        found.wrong.append(f"run {seed}: the next run failed: {_errors(here).read_text()[-300:]}")
    elif (after := contents(here / "out")) != states[1]:
        names = [name for name in sorted(after.keys() | states[1]) if after.get(name) != states[1].get(name)]
        found.wrong.append(f"run {seed}: the next run ended in another state: {names[:4]}")
    if (here / ".git" / "HEAD").read_text() != "ref: refs/heads/main\n":
        found.wrong.append(f"run {seed}: .git was touched")
    shutil.rmtree(here)
    _errors(here).unlink()
    return found


def _wait(process: int, here: Path, rng: random.Random) -> None:
    """Wait for the moment: anywhere in the run, or a little after the first file is being written."""
    begin = time.monotonic()
    if rng.random() < 0.3:
        time.sleep(rng.uniform(0.0, 0.8))
        return
    manifest = here / "out" / "pets" / "manifest.json"
    before = manifest.stat().st_mtime_ns
    while time.monotonic() - begin < 30:
        ended = os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        staged = next((here / "out" / "pets").glob(".spectwin-*"), None)
        if ended or staged is not None or manifest.stat().st_mtime_ns != before:
            time.sleep(rng.uniform(0.0, 0.008))
            return
        time.sleep(0.0005)


def _whole(out: Path, old: dict[str, bytes], new: dict[str, bytes]) -> list[str]:
    """Say which files are neither the old ones nor the new ones."""
    wrong = []
    for name, data in contents(out).items():
        base = name.rpartition("/")[2]
        if base.startswith(".spectwin-") and base.endswith(".tmp"):
            continue  # unfinished, under a name that says so; the next run removes it
        if base == "manifest.json":
            json.loads(data)
        elif data not in (old.get(name), new.get(name)):
            wrong.append(f"{name} is neither the old nor the new one")
        elif base.endswith(".py"):
            ast.parse(data)
    if (out / "mine.py").read_bytes() != b"mine = 1\n":
        wrong.append("a user's file was touched")
    return wrong


def kill_many(count: int, seed: int, workers: int = 2) -> Kills:
    """Kill many runs, a few at a time."""
    total = Kills()
    with tempfile.TemporaryDirectory(prefix="spectwin-kill-") as name:
        folder = Path(name)
        project, old, new = versions(folder)
        one = functools.partial(kill_one, folder, project, (old, new))
        # Processes, not threads: each forks its runs.
        with multiprocessing.get_context("spawn").Pool(workers, warm) as pool:
            for found in pool.imap_unordered(one, range(seed * 10_000, seed * 10_000 + count)):
                total.done += found.done
                total.in_time += found.in_time
                total.unfinished += found.unfinished
                total.wrong.extend(found.wrong)
    return total
