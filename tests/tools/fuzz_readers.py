"""The third engine of `make fuzz`: generated readers of schemas made at random are bounded in time and memory.

Each document has components that refer to each other, unions among them on purpose. Its package is made in a forked child,
which reads values: valid ones, broken ones and deep ones. A finding is a value whose reading takes more processor time or
memory than its size allows, or that ends otherwise than with a value or a refusal.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.tools.instance_values import Maker
from tests.tools.instances import Converter
from tests.tools.random_schemas import Schemas

SECONDS, SECONDS_FOR_EACH = 0.5, 1e-4
"""Processor time that reading a value may take, and what each octet of it adds."""
MEMORY, MEMORY_FOR_EACH = 50 << 20, 5_000
"""Octets of memory that reading a value may take, and what each octet of it adds."""
WHOLE = 60.0
"""Seconds for one package with all its values."""
Finding = tuple[str, str]
"""What is wrong, and the value."""
FOREST = "#/components/schemas/Forest"


def document(seed: int) -> dict[str, Any]:
    """Make a document: random components, and a union of some of them that stands in others as well."""
    made = Schemas(seed, 3 + seed % 4)
    root = made.document()
    schemas, pick = root["components"]["schemas"], made.pick
    names = [*schemas]
    held = {"$ref": "#/components/schemas/Forest"}
    for index, name in enumerate(pick.sample(names, 2)):
        own: dict[str, Any] = {"type": "object", "properties": {"kids": {"type": "array", "items": held}, "next": held}}
        if pick.random() < 0.5:
            own["properties"]["tag"] = {"const": name} if pick.random() < 0.5 else {"type": "string"}
            own["required"] = ["tag"]
        elif pick.random() < 0.5:
            own["required"] = [("kids", "next")[index]]
        schemas[name] = own
    members: list[Any] = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    members += pick.sample([{"type": "string"}, {"type": "array", "items": held}, {"type": "null"}], pick.randint(0, 2))
    schemas["Forest"] = {pick.choice(["oneOf", "anyOf"]): members}
    return root


def values(maker: Maker, schema: Any, number: int) -> Iterator[Any]:
    """Make values: some as the schema says, some broken, some deep."""
    pick: random.Random = maker.random
    for _ in range(number):
        value = maker.make(schema)
        if pick.random() < 0.4:
            value = maker.broken(value)
        if pick.random() < 0.4:
            for _ in range(pick.choice([5, 10, 20, 40, 60])):
                value = pick.choice([{"kids": [value]}, {"next": value}, {"tag": "S0", "kids": [value]}, [value]])
        yield value


def _explore(seed: int, root: dict[str, Any], number: int, sent: Connection) -> None:
    """Read values of the union in a child; send what is being read, then what was found."""
    from tests.tools.instances import packaged

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "openapi.json"
        path.write_text(json.dumps(root))
        try:
            checked, names, wire = packaged(path, Path(folder))
        except ValueError:
            return  # refused: no package
        models = sys.modules[wire.__name__.partition(".")[0] + ".models"]
        key = FOREST if hasattr(models, names.get(FOREST, "")) else f"{FOREST}?request"
        if not hasattr(models, names.get(key, "")):
            return
        converter = Converter(checked, "response" if key == FOREST else "request")
        schema = converter.schema(FOREST)
        media = wire.Json(getattr(models, names[key]))
        _ = media.adapter
        for value in values(Maker(converter.definitions, seed), schema, number):
            text = json.dumps(value)
            sent.send(("reading", text))
            sent.send((_read(media, text.encode()) or "made", text))


def _read(media: Any, data: bytes) -> str:
    """Read a value; say what is wrong with how that goes."""
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        media.read(data)
    except ValueError:
        pass
    except Exception as error:
        return f"crash: {type(error).__name__}: {str(error)[:80]}"
    seconds = time.process_time() - start
    octets = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10
    if seconds > SECONDS + SECONDS_FOR_EACH * len(data):
        return "too slow"
    return "too much memory" if octets > MEMORY + MEMORY_FOR_EACH * len(data) else ""


def explore(seed: int, root: dict[str, Any], number: int) -> tuple[list[Finding], int]:
    """Read values of one document in a child that is ended if it does not end; returns what was found, and how many were read."""
    received, sent = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_explore, args=(seed, root, number, sent))
    child.start()
    sent.close()
    found: list[Finding] = []
    last, count = ("no package", ""), 0
    until = time.monotonic() + WHOLE
    try:
        while received.poll(max(0.0, until - time.monotonic())):
            last = received.recv()
            count += last[0] != "reading"
            found += [last] if last[0] not in ("reading", "made") else []
        found += [("no end", last[1])] if last[0] == "reading" else []
        child.kill()  # else it is the generator or the maker of values that is slow
        has_ended = False
    except EOFError:
        has_ended = True
    child.join()
    if has_ended and child.exitcode and not found:
        found.append((f"the child ended with {child.exitcode}", last[1]))
    return found, count


def main() -> int:
    """Explore documents; print each kind of finding once, with the smallest document for it; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--values", type=int, default=100, help="for each document (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=900.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    smallest: dict[str, tuple[int, str]] = {}
    begin, tried, packages, read = time.monotonic(), 0, 0, 0
    for seed in range(options.seed, options.seed + options.documents):
        if time.monotonic() - begin > options.seconds:
            break
        root, tried = document(seed), tried + 1
        found, count = explore(seed, root, options.values)
        packages, read = packages + (count > 0), read + count
        for cause, value in found:
            text = json.dumps(root["components"]["schemas"])
            told = f"seed {seed}: {value[:300]}\n    {text[:3000]}"
            smallest[cause] = min(smallest.get(cause, (len(text), told)), (len(text), told))
    done = f"{tried} documents, {packages} packages, {read} values, {len(smallest)} findings"
    print(f"readers, seed {options.seed}, {time.monotonic() - begin:.0f} s: {done}")
    for cause, (_, told) in smallest.items():
        print(f"FINDING {cause}\n    {told}")
    return 1 if smallest else 0


if __name__ == "__main__":
    sys.exit(main())
