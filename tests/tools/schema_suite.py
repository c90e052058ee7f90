"""`make schema-suite`: do generated models accept what JSON Schema accepts, by the official test suite?

Each group's schema becomes the component T of an OpenAPI 3.1 document; a package is generated for it, and each test's
data goes through the contract as a request body does.
"""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = "#/components/schemas/T"
EXCEPTIONS: dict[tuple[str, str], str] = {}
"""What is not judged as the suite does, by file and group, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one case; `problem` is empty where our verdict is the suite's."""

    file: str
    group: str
    case: str
    problem: str


def rewritten(schema: Any) -> Any:
    """Let references to the schema's own root lead to the component (the suite's schemas are whole documents)."""
    if isinstance(schema, list):
        return [rewritten(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ("$ref", "$dynamicRef") and isinstance(value, str) and (value == "#" or value.startswith("#/")):
            found[key] = HERE + value[1:]
        else:
            found[key] = value if key in ("const", "enum", "default", "examples") else rewritten(value)
    return found


def document(schema: Any) -> dict[str, Any]:
    """Put a schema where an OpenAPI 3.1 document has its components."""
    body = {"content": {"application/json": {"schema": {"$ref": HERE}}}, "required": True}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Suite", "version": "1"},
        "paths": {"/t": {"post": {"requestBody": body, "responses": {"204": {"description": "-"}}}}},
        "components": {"schemas": {"T": rewritten(schema)}},
    }


def judge(file: str, number: int, group: dict[str, Any]) -> Iterator[Verdict]:
    """Generate a package for one group and give it each case."""
    from generator import pipeline
    from generator.document import load
    from generator.settings.settings import Settings

    name = f"suite_{Path(file).stem.replace('-', '_')}_{number}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "openapi.json")
        path.write_text(json.dumps(document(group["schema"])), encoding="utf-8")
        try:
            package = pipeline.build(load.load(path), Settings(spec=path, package=name, sides=frozenset({"client"})))
            for relative, text in package.files.items():
                target = Path(folder, relative)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            sys.path.insert(0, folder)
            contract = importlib.import_module(f"{name}.contract")
            exceptions = importlib.import_module(f"{name}.errors")
            media = contract.API.operations[0].body
            _ = media.adapter
        except Exception as error:
            for case in group["tests"]:
                yield Verdict(
                    file=file,
                    group=group["description"],
                    case=case["description"],
                    problem=f"{type(error).__name__}: {error}"[:300],
                )
            return
        finally:
            sys.path[:] = [one for one in sys.path if one != folder]
        for case in group["tests"]:
            yield Verdict(
                file=file,
                group=group["description"],
                case=case["description"],
                problem=_problem(media, exceptions.DecodeError, case),
            )


def _problem(media: Any, refused: type[Exception], case: dict[str, Any]) -> str:
    """Compare verdicts; what is accepted must come back as it was."""
    data = json.dumps(case["data"]).encode()
    try:
        value = media.read(data)
    except refused as error:
        return f"refused {data[:80]!r}: {error}"[:300] if case["valid"] else ""
    if not case["valid"]:
        return f"accepted {data[:80]!r}"
    again = json.loads(media.write(value)[0])
    return "" if again == case["data"] else f"{data[:80]!r} came back as {again!r}"[:300]


def _run(task: tuple[str, int, dict[str, Any]]) -> list[Verdict]:
    return list(judge(*task))


def main() -> int:
    """Run the suite in a folder; exit 1 on any disagreement that is no exception, or an exception that is none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="files whose name begins so")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    tasks = [
        (path.name, number, group)
        for path in sorted(options.folder.glob("*.json"))
        if path.stem.startswith(options.only)
        for number, group in enumerate(json.loads(path.read_text(encoding="utf-8")))
    ]
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        verdicts = [one for found in pool.imap(_run, tasks, chunksize=4) for one in found]
    return report(verdicts, {key for key in EXCEPTIONS if key[0].startswith(options.only)})


def report(verdicts: Sequence[Verdict], excepted: Set[tuple[str, str]]) -> int:
    """Print the agreement by file, then the exceptions with their reasons; return the exit status."""
    unexpected = 0
    for name in dict.fromkeys(one.file for one in verdicts):
        mine = [one for one in verdicts if one.file == name]
        print(f"{name:32} {sum(not one.problem for one in mine):4} of {len(mine):4}")
        for one in mine:
            if one.problem and (one.file, one.group) not in excepted:
                unexpected += 1
                print(f"    {one.group} / {one.case}: {one.problem}")
    right = sum(not one.problem for one in verdicts)
    print(f"{right} of {len(verdicts)} cases judged as the suite does")
    for key in sorted(excepted):
        wrong = sum((one.file, one.group) == key and bool(one.problem) for one in verdicts)
        unexpected += not wrong
        print(f"    {wrong} exceptions: {': '.join(key)}: {EXCEPTIONS[key]}")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
