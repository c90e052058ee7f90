"""`make bench-big`: what big documents cost, as ratios of one run; each process is measured as a whole, candidates take turns.

Documents of others are measured where they are there. Asserts nothing: read the table.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.bench.big import compared, cost_document, doubled, generated, imported, largest
from tests.bench.generators import Command
from tests.bench.measure import Failed, Row, say, show
from tests.support.folders import BIG, CORPUS

GITHUBKIT = 'from githubkit import GitHub; client = GitHub(""); client.rest.repos.get'
BASE = "import httpx2; from pydantic import BaseModel"


def main(arguments: list[str]) -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="make bench-big ARGS=…", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round of each")
    parser.add_argument("--only", default="", metavar="PART", help=f"one of {', '.join(PARTS)}")
    parser.add_argument(
        "--layout", choices=["single", "split"], help="of the packages that are imported; default: generate's"
    )
    parser.add_argument("--big", type=Path, default=BIG, help="a folder with github.json and graph.json")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="documents of others")
    parser.add_argument("--python", type=Path, help="of an environment that has githubkit")
    options = parser.parse_args(arguments)
    if options.only and options.only not in PARTS:
        parser.error(f"there is no part {options.only}; there are {', '.join(PARTS)}")
    rows: list[Row] = []
    failed = False
    with tempfile.TemporaryDirectory(prefix="spectwin-bench-") as folder:
        for name, part in PARTS.items():
            if options.only in {"", name}:
                try:
                    rows += part(Path(folder), options)
                except Failed as error:  # the figures of the others took an hour
                    say(f"{name}: {error}")
                    failed = True
    print(show(rows))
    sys.exit(failed)


def _github(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    targets = {"processor": "≤ 0.5", "peak": "≤ 0.6", "elapsed": ""}
    return (
        generated(spec, folder, 1 if options.quick else 3, targets)
        if (spec := options.big / "github.json").is_file()
        else []
    )


def _graph(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    targets = {"processor": "≤ 0.35", "peak": "≤ 0.5", "elapsed": ""}
    return generated(spec, folder, 1, targets) if (spec := options.big / "graph.json").is_file() else []


def _import_github(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    spec = options.big / "github.json"
    if not spec.is_file() or options.python is None:
        return []
    other: dict[str, Command] = {"githubkit, the same": [options.python.absolute(), "-c", GITHUBKIT]}
    targets = {"processor": "≤ 1.0", "peak": "≤ 1.0"}
    return imported(spec, folder, 1 if options.quick else 11, "repos.get", other, targets, *_layout(options))


def _import_graph(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    if not (spec := options.big / "graph.json").is_file():
        return []
    other: dict[str, Command] = {"import of httpx2 and pydantic": [sys.executable, "-c", BASE]}
    return imported(
        spec, folder, 1 if options.quick else 5, "", other, {"processor": "≤ 6", "peak": ""}, *_layout(options)
    )


def _layout(options: argparse.Namespace) -> list[str]:
    return ["--layout", options.layout] if options.layout else []


def _corpus(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    if not (options.corpus / "index.json").is_file():
        return []
    return largest(options.corpus, folder, *((1, 2) if options.quick else (3, 5)))


def _cost(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    return cost_document(folder, 3 if options.quick else 11)


def _diff(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    spec = options.big / "github.json"
    return compared(spec, folder, 1 if options.quick else 3) if spec.is_file() else []


def _twice(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    return doubled(folder, 1 if options.quick else 3)


PARTS: dict[str, Callable[[Path, argparse.Namespace], Iterable[Row]]] = {
    "github": _github,
    "graph": _graph,
    "import-github": _import_github,
    "import-graph": _import_graph,
    "corpus": _corpus,
    "cost": _cost,
    "diff": _diff,
    "twice": _twice,
}


if __name__ == "__main__":
    main(sys.argv[1:])
