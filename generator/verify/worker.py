"""Runs in a clean process: proves a package by its document and prints one JSON object a line."""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..disk import FILE_LIMIT, read_file
from .document.document import Operation, Reader
from .document.merging import NoInstance
from .document.package import Mismatch, Package, is_whole
from .document.schemas import Schemas
from .proof.bench import Bench
from .proof.call import Call
from .proof.cases import Cases
from .proof.operation import OperationProof
from .proof.result import OperationResult
from .values.values import Values
from .wire.transport import Socket

_SAMPLE = 8  # operations that are called over a real socket too


class PackageProof:
    """Proves the operations of a package one after the other."""

    def __init__(
        self, root: Mapping[str, Any], package: Package, seed: int, only: Sequence[str], *, thorough: bool
    ) -> None:
        self.thorough = thorough
        self.reader = Reader(root)
        self.operations = self.reader.operations(only)
        self.package = package
        self.sent = Values(Schemas(self.reader, "request"), seed)
        self.answered = Values(Schemas(self.reader, "response"), seed)
        if not thorough:
            self.sent.time = self.answered.time = 0.0
        streams = {}
        for operation in self.operations:
            try:
                method = package.find(operation)
                streams[method.group, method.member] = method.streams
            except Mismatch:
                continue
        self.bench = Bench(package, self.reader.schemes(), streams, self.sent.schemas, self.answered.schemas)

    def undeclared(self) -> list[str]:
        """List the contract's entries that the document has no operation for."""
        known = {(o.method, o.path) for o in self.reader.operations()}
        return [f"{method} {path}" for method, path in self.package.entries if (method, path) not in known]

    def run(self) -> Iterator[OperationResult]:
        """Yield the verdict of each operation."""
        step = max(len(self.operations) // _SAMPLE, 1)
        with Socket(self.bench.wire) if self.thorough else nullcontext() as real:
            for index, operation in enumerate(self.operations):
                yield self._operation(operation, real.url if real and index % step == 0 else "")

    def _operation(self, operation: Operation, url: str) -> OperationResult:
        """Prove an operation in process, and over a real socket where an URL is given."""
        verdict = OperationResult(operation.title)
        try:
            method = self.package.find(operation)
            cases = Cases(operation, method.contract, self.sent, self.answered, verdict.no_instance)
            found = OperationProof(self.bench, operation, Call(self.bench, operation, method), cases, verdict)
            found.run()
            if url and not verdict.failure:
                self.bench.url = url
                found.again()
        except Mismatch as error:
            verdict.fail("", str(error))
        except NoInstance as error:
            verdict.no_instance.append(str(error))
        except Exception as error:  # one operation never costs the rest
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{last.filename.rpartition('/')[2]}:{last.lineno}"
            verdict.fail("", f"{type(error).__name__}: {error} ({where})"[:600])
        self.bench.url = ""
        return verdict


def main() -> None:
    """Read what to do from the file that the command line names, as `process.prove` writes it; print the results."""
    task = json.loads(read_file(Path(sys.argv[1]), FILE_LIMIT))

    def say(**event: Any) -> None:
        print(json.dumps(event, default=repr), file=sys.__stdout__, flush=True)

    try:
        if not Reader(task["root"]).operations() and not is_whole(task["package"]):
            importlib.import_module(f"{task['package']}.models")
            say(event="end", undeclared=[])
            return
        package = Package(task["package"])
        proof = PackageProof(task["root"], package, task["seed"], task["only"], thorough=task["thorough"])
    except Exception as error:  # told to whoever asked
        say(event="broken", problem=f"{type(error).__name__}: {error}"[:2000])
        return
    say(event="begin", operations=len(proof.operations))
    for verdict in proof.run():
        say(event="operation", verdict=asdict(verdict))
    say(event="end", undeclared=proof.undeclared() if not task["only"] else [])
