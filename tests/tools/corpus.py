"""Generates and proves every document of a folder: `python -m tests.tools.corpus FOLDER`.

For each document: load, check (strict, then lenient where that refuses it), generate, `mypy --strict`, `ruff check`,
verify every operation. Prints a table and the totals; the exit status is 1 where anything fails.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import multiprocessing.connection
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.verify.process import Proof

# Names, texts and lengths are the document's; how they are laid out is ours.
_RULES = "E4,E7,E9,F,I,B,UP,RUF"
_LEFT = "E741,RUF001,RUF002,RUF003,RUF012,RUF100"


@dataclass(slots=True, kw_only=True)
class Row:
    """What came of one document."""

    document: str
    lenient: bool = False
    operations: int = 0
    models: int = 0
    generate_seconds: float = 0.0
    peak_megabytes: float = 0.0
    warnings: int = 0
    mypy_seconds: float = 0.0
    verify_seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    refused: int = 0
    no_instance: int = 0
    calls: int = 0
    problems: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    options = _options(arguments)
    files = _files(options.folder, options.only)
    if not files:
        sys.stderr.write(f"no OpenAPI documents in {options.folder}\n")
        return 2
    seconds = options.subset * 60 if options.subset else options.seconds
    begin = time.perf_counter()
    # The largest first, so that no process is left alone with one; within a time limit the smallest first.
    files.sort(key=lambda path: path.stat().st_size, reverse=not seconds)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="spectwin-corpus-") as scratch:
        folder = options.keep or Path(scratch)
        for row in _run(files, folder, options, begin + seconds if seconds else None):
            rows.append(row)
            mark = "ok  " if not row.problems else "FAIL"
            took = row.generate_seconds + row.mypy_seconds + row.verify_seconds
            sys.stderr.write(
                f"[{len(rows)}/{len(files)}] {mark} {row.document}: {row.operations} operations, {took:.1f} s\n"
            )
            sys.stderr.flush()
    rows.sort(key=lambda row: row.document)
    left_out = sorted({path.name for path in files} - {row.document for row in rows})
    if left_out:
        sys.stderr.write(f"left out, for want of time: {', '.join(left_out)}\n")
    if options.json:
        sys.stdout.write(json.dumps([asdict(row) for row in rows], indent=1, ensure_ascii=False) + "\n")
    else:
        _show(rows, len(files), time.perf_counter() - begin)
    return 1 if any(row.problems for row in rows) else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="corpus", description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--subset", type=float, metavar="MINUTES", help="as many documents as that allows, small ones first"
    )
    parser.add_argument("--seconds", type=float, help="the same in seconds")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help="documents whose names contain one of these"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", type=Path, help="where to leave the packages")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--layout", choices=("single", "split"), help="of the packages; by default as many models ask for"
    )
    parser.add_argument("--no-types", action="store_true", help="leave out mypy")
    return parser.parse_args(arguments)


def _files(folder: Path, only: Sequence[str]) -> list[Path]:
    """List the files that hold OpenAPI documents."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".json", ".yaml", ".yml") or not (not only or any(name in path.name for name in only)):
            continue
        head = path.read_bytes()[:100_000]
        if b"openapi" in head and not head.lstrip().startswith(b"["):
            found.append(path)
    return found


def _run(files: Sequence[Path], folder: Path, options: argparse.Namespace, until: float | None) -> Iterator[Row]:
    """Yield what comes of each document; each is generated in a process of its own, so that its memory is measured."""
    context = multiprocessing.get_context("fork")
    waiting = list(files)
    running: dict[Any, tuple[Any, Path, int]] = {}
    slots = list(range(options.jobs))
    took = expected = 1.0  # seconds so far, and those that were expected
    while waiting or running:
        while (
            waiting
            and slots
            and (until is None or time.perf_counter() + _expected(waiting[0]) * took / expected < until)
        ):
            path, slot = waiting.pop(0), slots.pop()
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(path, folder, slot, options, sender))
            process.start()
            sender.close()
            running[receiver] = (process, path, slot)
        if not running:
            return
        for ready in multiprocessing.connection.wait(list(running)):
            process, path, slot = running.pop(ready)
            slots.append(slot)
            found: Any = ready
            try:
                row = found.recv()
                took += row.generate_seconds + row.mypy_seconds + row.verify_seconds
                expected += _expected(path)
                yield row
            except EOFError:
                yield Row(document=path.name, failed=1, problems=["the process ended without a word"])
            process.join()


def _expected(path: Path) -> float:
    """Return about how many seconds a document takes."""
    return 8 + path.stat().st_size / 50_000


def _work(path: Path, folder: Path, slot: int, options: argparse.Namespace, sender: Any) -> None:
    row = Row(document=path.name)
    try:
        _document(path, row, folder, slot, options)
    except Exception as error:
        row.problems.append(f"{type(error).__name__}: {error}"[:800])
        if not type(error).__name__.startswith("Refused"):
            row.problems.append(traceback.format_exc()[-1500:])
    sender.send(row)


def _document(path: Path, row: Row, folder: Path, slot: int, options: argparse.Namespace) -> None:
    from generator import pipeline
    from generator.diagnostics.diagnostic import Refused, show
    from generator.document import load
    from generator.python import names
    from generator.settings.settings import Settings
    from generator.validation import validate
    from generator.verify import process
    from generator.verify.document.document import Reader

    begin = time.perf_counter()
    loaded = load.load(path)
    try:
        judged, warnings = validate.validate(loaded)
    except Refused:
        row.lenient = True
        try:
            judged, warnings = validate.validate(loaded, lenient=True)
        except Refused as refused:
            row.problems.append("refused: " + show(refused.diagnostics[:3]))
            return
    name = names.package(path.stem)
    built = pipeline.build(judged, Settings(spec=path, package=name, lenient=row.lenient, layout=options.layout))
    row.generate_seconds = time.perf_counter() - begin
    used = max(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    )
    row.peak_megabytes = used / 1024
    row.operations, row.models, row.warnings = built.operations, built.models, len(warnings) + len(built.warnings)
    output = folder / path.stem.replace(".", "_")
    for relative, text in built.files.items():
        target = output / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    counted = len(Reader(judged.root).operations())
    if counted != built.operations:
        row.problems.append(f"{built.operations} operations of {counted} were generated")
    if not options.no_types:
        begin = time.perf_counter()
        row.problems += process.type_check(output, name, folder / f".mypy-{slot}")[:5]
        row.problems += _ruff(output)[:5]
        row.mypy_seconds = time.perf_counter() - begin
    _add(row, process.prove(output, name, judged.root, seed=options.seed))


def _add(row: Row, proof: Proof) -> None:
    """Put what was found about the operations into the row."""
    row.verify_seconds = proof.seconds
    row.problems += proof.problems
    for verdict in proof.verdicts:
        row.passed += verdict.passed
        row.failed += not verdict.passed
        row.refused += len(verdict.refused)
        row.no_instance += len(verdict.no_instance)
        row.calls += verdict.calls
        if not verdict.passed:
            row.problems.append(f"{verdict.title} [{verdict.case}]: {verdict.failure}")


def _ruff(folder: Path) -> list[str]:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--quiet", "--output-format=concise", "--no-cache"]
    command += ["--line-length=120", "--target-version=py311", f"--select={_RULES}", f"--ignore={_LEFT}", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return [f"ruff: {line}" for line in (done.stdout + done.stderr).splitlines() if line.strip()]


def _show(rows: Sequence[Row], known: int, seconds: float) -> None:
    """Print the table, the problems and the totals."""
    head = (
        "document",
        "operations",
        "generate s",
        "peak MB",
        "warnings",
        "passed",
        "failed",
        "refused",
        "no value",
        "calls",
    )
    lines = [
        (
            row.document + (" (lenient)" if row.lenient else ""),
            *(
                str(n)
                for n in (row.operations, round(row.generate_seconds, 1), round(row.peak_megabytes), row.warnings)
            ),
            *(str(n) for n in (row.passed, row.failed, row.refused, row.no_instance, row.calls)),
        )
        for row in rows
    ]
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    for line in [head, *lines]:
        cells = [
            line[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
        ]
        sys.stdout.write("  ".join(cells) + "\n")
    for row in rows:
        for problem in row.problems:
            sys.stdout.write(f"\n{row.document}: {problem}")
    total = {
        key: sum(getattr(row, key) for row in rows)
        for key in ("operations", "passed", "failed", "refused", "no_instance", "calls")
    }
    broken = sum(1 for row in rows if row.problems)
    sys.stdout.write(
        f"\n{len(rows)} of {known} documents, {total['operations']:,} operations: {total['passed']:,} passed, "
        f"{total['failed']:,} failed; {broken} documents with problems; {total['refused']:,} values refused, "
        f"{total['no_instance']:,} without a value; {total['calls']:,} calls; {seconds:.0f} s\n"
    )


if __name__ == "__main__":
    sys.exit(main())
