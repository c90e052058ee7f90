"""`make bench`: ratios of one run, each candidate in turn, medians. Asserts nothing: read the table.

Imports, client calls and requests are measured in CPU time; a busy machine blurs the rest.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.bench.measure import Row, show
from tests.support.folders import CORPUS, ROOT


def main(arguments: list[str]) -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds: a minute, and rough figures")
    parser.add_argument("--only", default="", metavar="PART", help=f"one of {', '.join(PARTS)}")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="documents of others")
    options = parser.parse_args(arguments)
    if options.only and options.only not in PARTS:
        parser.error(f"there is no part {options.only}; there are {', '.join(PARTS)}")
    sys.path.insert(0, str(ROOT / "generated"))
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="spectwin-bench-") as folder:
        for name, part in PARTS.items():
            if options.only in {"", name}:
                rows += part(Path(folder), options)
    print(show(rows))


def _generate(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    from tests.bench.generators import one_document

    return one_document(folder, 3 if options.quick else 11)


def _imports(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    from tests.bench.generators import imports

    return imports(folder, 5 if options.quick else 21)


def _calls(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    from tests.bench.calls import calls

    return calls(folder, *((5, 200) if options.quick else (21, 500)))


def _models(_: Path, options: argparse.Namespace) -> Iterable[Row]:
    from tests.bench.models import small, validation

    return [
        *validation(*((11, 200) if options.quick else (51, 500))),
        *small(*((11, 10) if options.quick else (51, 20))),
    ]


def _readers(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    from tests.bench.readers import readers

    return readers(folder, 5 if options.quick else 31)


def _requests(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    from tests.bench.requests import requests

    # Many short rounds: a machine changes its pace between two long ones.
    return requests(folder, *((2, 1000) if options.quick else (31, 1200)))


def _memory(_: Path, options: argparse.Namespace) -> Iterable[Row]:
    from tests.bench.requests import growth

    return [growth(*((1000, 10_000) if options.quick else (10_000, 100_000)))]


def _corpus(folder: Path, options: argparse.Namespace) -> Iterable[Row]:
    from tests.bench.generators import large_documents

    if not (options.corpus / "index.json").is_file():
        return []
    return large_documents(options.corpus, folder, *((1, 1) if options.quick else (3, 5)))


PARTS: dict[str, Callable[[Path, argparse.Namespace], Iterable[Row]]] = {
    "generate": _generate,
    "imports": _imports,
    "calls": _calls,
    "models": _models,
    "readers": _readers,
    "requests": _requests,
    "memory": _memory,
    "corpus": _corpus,
}


if __name__ == "__main__":
    main(sys.argv[1:])
