"""Big documents: what it costs to generate, import and compare them, each figure against what others take for the same.

Each run is a process of its own: its processor time with that of its children, and its peak memory (`wait4`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from generator.models import shapes
from tests.bench.generators import Command, models_only, ours
from tests.bench.measure import SPEC, Failed, Row, say
from tests.changes.big import big_document
from tests.support.folders import ROOT

ALONE = "datamodel-codegen alone, schemas and api"


@dataclass(frozen=True, slots=True)
class Used:
    """What a process took: seconds that passed, seconds of processors, MiB at its peak."""

    elapsed: float
    processor: float
    peak: float


def used(command: Sequence[str | Path]) -> Used:
    """Run a command in a fresh process, byte code written and read as usual. Raises Failed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    with subprocess.Popen(
        list(map(str, command)), cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        said = process.stderr.read() if process.stderr else b""
        _, status, found = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{' '.join(map(str, command))}\n{said[-2000:].decode(errors='replace')}")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Used(time.perf_counter() - begin, found.ru_utime + found.ru_stime, found.ru_maxrss / unit)


def turns(candidates: Mapping[str, Callable[[], Command]], rounds: int) -> dict[str, Used]:
    """Run each candidate once a round; the function that makes its command clears up before. Medians of all that it took."""
    found: dict[str, list[Used]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, make in candidates.items():
            found[name].append(used(make()))
    return {
        name: Used(*(statistics.median(getattr(one, part) for one in runs) for part in Used.__slots__))
        for name, runs in found.items()
    }


def row(what: str, part: str, mine: Used, other: Used, against: str, target: str = "") -> Row:
    """Hold a part of two measurements against each other."""
    one, two = getattr(mine, part), getattr(other, part)
    unit = "MiB" if part == "peak" else "s"
    words = {"elapsed": "elapsed time", "processor": "processor time", "peak": "peak memory"}[part]
    digits = 0 if part == "peak" else 2
    note = f"{one:.{digits}f} {unit} / {two:.{digits}f} {unit}"
    return Row(what=f"{what}: {words}", against=against, measured=one / two, target=target, note=note)


def alone(spec: Path, folder: Path) -> Command:
    """The command that writes the models of a document alone: into a package if names of schemas have dots, else into a file."""
    shutil.rmtree(folder / "alone", ignore_errors=True)
    (folder / "alone").mkdir()
    return models_only(spec, folder / "alone" / "made", "--openapi-scopes", "schemas", "api")


def generate(spec: Path, folder: Path, *options: str) -> Command:
    """The command that generates a package called `big` into an empty folder."""
    shutil.rmtree(folder / "made", ignore_errors=True)
    return ours(spec, folder / "made", "--package", "big", "--lenient", *options)


def generated(spec: Path, folder: Path, rounds: int, targets: Mapping[str, str], *options: str) -> Iterator[Row]:
    """Generating a document, against the models alone. A warm-up would take as long as a round: there is none."""
    say(f"generating {spec.name}")
    found = turns(
        {"ours": lambda: generate(spec, folder, *options), "models": lambda: alone(spec, folder)},
        rounds,
    )
    size = f"generate {spec.name}, {spec.stat().st_size / 1e6:.1f} MB"
    for part, target in targets.items():
        yield row(size, part, found["ours"], found["models"], ALONE, target)


def cost_document(folder: Path, rounds: int) -> Iterator[Row]:
    """Generating the cost document, cold; also where datamodel-code-generator has never been asked, as after an upgrade."""
    say("generating the cost document")

    def cold() -> Command:
        shutil.rmtree(folder / "cold", ignore_errors=True)
        return ours(SPEC, folder / "cold")

    def first() -> Command:
        shapes.place().unlink(missing_ok=True)
        return cold()

    candidates: dict[str, Callable[[], Command]] = {
        "ours": cold,
        "models": lambda: models_only(SPEC, folder / "cold.py"),
        "first": first,
    }
    turns(candidates, 1)  # files of others are read for the first time
    found = turns(candidates, rounds)
    for part, target in (("elapsed", "≤ 1.2"), ("processor", ""), ("peak", "")):
        yield row("cost document, cold", part, found["ours"], found["models"], "datamodel-codegen alone", target)
    for part in ("elapsed", "processor"):
        what = "cost document, first run of an installation"
        yield row(what, part, found["first"], found["models"], "datamodel-codegen alone")


def largest(corpus: Path, folder: Path, rounds: int, number: int) -> Iterator[Row]:
    """Generating the largest documents of a corpus."""
    names = [entry["file"] for entry in json.loads((corpus / "index.json").read_text(encoding="utf-8"))]
    for spec in sorted((corpus / name for name in names), key=lambda path: -path.stat().st_size)[:number]:
        yield from generated(spec, folder, rounds, {"processor": "≤ 0.6", "elapsed": "", "peak": ""})


def doubled(folder: Path, rounds: int) -> Iterator[Row]:
    """Generating a made document of 5 MB, and one with twice as many components and operations."""
    say("generating a document and one of twice its size")
    specs = {}
    for name, times in (("once", 1), ("twice", 2)):
        specs[name] = folder / f"{name}.json"
        specs[name].write_text(json.dumps(big_document(800 * times, 1_300 * times), indent=1), encoding="utf-8")
    found = turns({name: partial(generate, spec, folder) for name, spec in specs.items()}, rounds)
    for part, target in (("processor", "≤ 2.6"), ("elapsed", ""), ("peak", "≤ 2.6")):
        size = specs["twice"].stat().st_size / 1e6
        yield row(f"generate a document of {size:.1f} MB", part, found["twice"], found["once"], "half of it", target)


def compared(spec: Path, folder: Path, rounds: int) -> Iterator[Row]:
    """`diff` of a document and a copy of it in which one bound is another, against generating it."""
    say(f"comparing {spec.name}")
    root = json.loads(spec.read_text(encoding="utf-8"))
    bounded = next(_bounded(root["components"]["schemas"]))
    bounded["maxLength"] += 1
    changed = folder / "changed.json"
    changed.write_text(json.dumps(root), encoding="utf-8")
    diff: Command = [sys.executable, "-m", "generator", "diff", spec, changed]
    found = turns({"diff": lambda: diff, "generate": lambda: generate(spec, folder)}, rounds)
    for part, target in (("processor", "≤ 0.5"), ("elapsed", ""), ("peak", "")):
        yield row(f"diff {spec.name}, one bound, both axes", part, found["diff"], found["generate"], "generate", target)


def _bounded(schemas: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Find properties that have a greatest length."""
    for schema in schemas.values():
        yield from (one for one in schema.get("properties", {}).values() if "maxLength" in one)


def imported(
    spec: Path,
    folder: Path,
    rounds: int,
    method: str,
    other: Mapping[str, Command],
    target: Mapping[str, str],
    *options: str,
) -> Iterator[Row]:
    """Importing the client of a document and touching one method (`group.method`), against another program."""
    say(f"importing the client of {spec.name}")
    made = folder / "made"
    used(generate(spec, folder, *options))
    used([sys.executable, "-m", "compileall", "-q", made])  # as what is installed is
    method = method or _first_method(made / "big" / "client")
    program = f"import sys; sys.path.insert(0, {str(made)!r}); from big.client import Client; "
    program += f'Client(base_url="http://localhost").{method}'
    [(name, command)] = other.items()
    candidates: dict[str, Callable[[], Command]] = {
        "ours": lambda: [sys.executable, "-c", program],
        "other": lambda: command,
    }
    turns(candidates, 1)  # byte code of others is written
    found = turns(candidates, rounds)
    for part, bound in target.items():
        yield row(f"import client of {spec.name}, touch {method}", part, found["ours"], found["other"], name, bound)


def _first_method(client: Path) -> str:
    """Name the first method of the first group of a client."""
    text = (client / "__init__.py").read_text(encoding="utf-8")
    group = re.findall(r"@cached_property\n    def (\w+)", text)[0]
    methods = re.findall(r"^    def ([a-z]\w*)\(", (client / f"{group}.py").read_text(encoding="utf-8"), re.MULTILINE)
    return f"{group}.{methods[0]}"
