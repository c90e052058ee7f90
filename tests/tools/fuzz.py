"""`make fuzz`: documents that are broken at random are loaded, checked and built: no traceback, no hang, no lost place.

Two engines: `structure` changes trees (hypothesis draws the changes), `bytes` changes texts (seeded). A third one, led by
coverage, is in fuzz_atheris.py. Prints what was tried and each finding once, with the smallest document seen for it.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import hashlib
import json
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from generator import pipeline
from generator.diagnostics.diagnostic import Refused
from generator.document import load
from generator.settings.settings import Settings
from generator.validation import validate
from tests.hostile.payloads import PAYLOADS
from tests.support.folders import ERRORS, GOLDEN, HOSTILE

SECONDS = 10.0
"""Processor time after which a document counts as one that hangs."""
MEMORY = 4 << 30  # octets of address space
BATCH = 1_000  # documents that hypothesis remembers at a time
WORDS = tuple(
    """$ref $id $anchor $defs $dynamicRef $dynamicAnchor $schema $self openapi info title version paths components schemas
    parameters responses requestBodies headers securitySchemes links callbacks pathItems webhooks servers security tags
    operationId get put post delete options head patch trace query in name required schema content application/json
    multipart/form-data text/event-stream application/octet-stream */* style explode allowReserved encoding default enum
    const type properties patternProperties additionalProperties unevaluatedProperties unevaluatedItems items prefixItems
    contains minContains allOf anyOf oneOf not if then else dependentSchemas dependentRequired propertyNames nullable
    discriminator propertyName mapping readOnly writeOnly format pattern minimum maximum exclusiveMinimum multipleOf
    minLength maxLength minItems maxItems uniqueItems minProperties description summary example examples value deprecated
    itemSchema itemEncoding variables url scheme bearerFormat flows scopes tokenUrl string number integer boolean object
    array null date-time uuid byte binary path cookie header form simple matrix label deepObject pipeDelimited 200 2XX
    default 4XX x-a 3.0.3 3.1.0 3.2.0 #/components/schemas/A #/components/schemas/Pet # #/ {id} {a}-{b} /a /a/{id} true""".split()
)
"""Words that mean something in a document, as keys and as texts."""
NUMBERS = (0, 1, -1, 2, 0.5, 1e308, -0.0, 1e-320, 2**63, 10**30, 10**400, 99999, 3.1, True, False, None)
TOKENS = (
    *rb"""{ [ ] } " : , \ ' # &a *a <<: ? | > ~ !!int !!binary --- ... %YAML ``` \ud800 1e999 NaN 0x1F 1_0 2024-01-01""".split(),
    *(
        b"\n",
        b"  ",
        b"\t",
        b"- ",
        b"|\n",
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\xc2\x85",
        b"9" * 500,
        b"[" * 300,
    ),
)

Change = tuple[int, int, int, int]
"""A change of a tree: what, where, and two choices, each taken modulo what there is."""


@dataclass(slots=True)
class Report:
    """What was tried, and what was found: the message and the smallest document, by what tells findings apart."""

    tried: int = 0
    loaded: int = 0
    accepted: int = 0
    built: int = 0
    slowest: float = 0.0
    found: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, key: str, told: str, data: bytes) -> None:
        """Note a finding."""
        self.counts[key] = self.counts.get(key, 0) + 1
        if key not in self.found or len(data) < len(self.found[key][1]):
            self.found[key] = (told, data)

    def __str__(self) -> str:
        """Say it as text, with the first document of each finding."""
        lines = [
            f"{self.tried:,} documents: {self.loaded:,} loaded, {self.accepted:,} accepted, {self.built:,} built; "
            f"slowest {self.slowest:.1f} s; {len(self.found)} findings"
        ]
        for key, (told, data) in self.found.items():
            lines += [f"FINDING {key} ({self.counts[key]} times)", told.rstrip(), f"    {data[:1500]!r}"]
        return "\n".join(lines)


class Hung(BaseException):
    """The time for one document is up."""


@dataclass(slots=True)
class Judge:
    """Hands documents to the generator and notes what must not be."""

    folder: Path
    build_each: int
    report: Report = field(default_factory=Report)

    def judge(self, data: bytes, suffix: str) -> None:
        """Load, check and (for some of those that are accepted) build a document."""
        path = self.folder / f"api{suffix}"
        path.write_bytes(data)
        begin = time.process_time()
        try:
            with _bounded():
                self._go(path, lenient=data.count(b"a") % 2 == 1)
        except Refused as refusal:
            for one in refusal.diagnostics:
                if one.severity == "error" and not (one.line or one.message.startswith("the file")):
                    self.report.add(f"no place: {one.message[:60]}", "", data)
        except Hung:
            self.report.add(
                f"hangs {hashlib.sha256(data).hexdigest()[:6]}", "".join(traceback.format_exc()[-600:]), data
            )
        except (Exception, RecursionError) as error:
            frames = [one for one in traceback.extract_tb(error.__traceback__) if "/generator/" in one.filename]
            last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
            key = f"{type(error).__name__} in {Path(last.filename).name}:{last.name}"
            self.report.add(key, "".join(traceback.format_exception(error)[-4:])[-1500:], data)
        self.report.tried += 1
        self.report.slowest = max(self.report.slowest, time.process_time() - begin)

    def _go(self, path: Path, *, lenient: bool) -> None:
        loaded = load.load(path)
        self.report.loaded += 1
        checked, _ = validate.validate(loaded, lenient=lenient)
        self.report.accepted += 1
        if self.report.accepted % self.build_each == 0:
            pipeline.build(checked, Settings(spec=path, package="api", lenient=lenient))
            self.report.built += 1


@contextlib.contextmanager
def _bounded() -> Iterator[None]:
    """Raise Hung after a while of processor time."""

    def hung(*_: object) -> None:
        raise Hung

    before = signal.signal(signal.SIGVTALRM, hung)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def seeds() -> list[Any]:
    """Read the documents that are broken: the golden ones, the faulty ones and the one with everything."""
    paths = [
        HOSTILE / "seed.yaml",
        *sorted(GOLDEN.glob("*/spec.yaml")),
        *sorted(ERRORS.glob("*/spec.yaml")),
    ]
    found = []
    for path in paths:
        if "&" in path.read_text(encoding="utf-8", errors="replace"):
            continue  # aliases: some of them are bombs
        with contextlib.suppress(yaml.YAMLError, ValueError):
            found.append(json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str)))
    return [one for one in found if isinstance(one, dict)]


def _ways(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """List the ways to all values of a tree."""
    if way:
        yield way
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _ways(child, (*way, key))


def _at(root: Any, way: tuple[Any, ...]) -> Any:
    for token in way:
        root = root[token]
    return root


def change(root: Any, one: Change, others: list[Any]) -> None:
    """Change a tree in place."""
    what, where, first, second = one
    ways = list(_ways(root))
    if not ways:
        return
    way = ways[where % len(ways)]
    holder, key = _at(root, way[:-1]), way[-1]
    other = copy.deepcopy(_at(root, ways[first % len(ways)]))
    strings = [*WORDS, *PAYLOADS.values()]
    word = strings[first % len(strings)]
    if what == 0:
        holder[key] = word
    elif what == 1:
        holder[key] = NUMBERS[first % len(NUMBERS)]
    elif what == 2:
        del holder[key]
    elif what == 3 and isinstance(holder, dict):
        holder[word] = holder.pop(key)
    elif what == 4:
        holder[key] = other
    elif what == 5 and isinstance(holder[key], dict):
        holder[key][WORDS[second % len(WORDS)]] = other
    elif what == 6:
        holder[key] = {
            "$ref": "#/"
            + "/".join(str(token).replace("~", "~0").replace("/", "~1") for token in ways[first % len(ways)])
        }
    elif what == 7:
        inner = holder[key]
        holder[key] = [{WORDS[second % len(WORDS)]: inner}, [inner], {"allOf": [inner, other]}, {"items": inner}][
            first % 4
        ]
    elif what == 8 and isinstance(holder[key], dict):
        holder[key][WORDS[first % len(WORDS)]] = [NUMBERS, strings][second % 2][second % len(NUMBERS)]
    elif what == 9:
        donor = others[second % len(others)]
        far = list(_ways(donor))
        holder[key] = copy.deepcopy(_at(donor, far[first % len(far)]))


def structure(judge: Judge, count: int, seed: int, until: float) -> None:
    """Break trees: hypothesis draws which document, and the changes."""
    import hypothesis
    from hypothesis import strategies as st

    roots = seeds()
    number = st.integers(0, 2**16)
    changes = st.lists(st.tuples(st.integers(0, 9), number, number, number), min_size=1, max_size=6)

    def attack(which: int, drawn: list[Change]) -> None:
        if time.monotonic() > until:
            return
        root = copy.deepcopy(roots[which % len(roots)])
        for one in drawn:
            with contextlib.suppress(KeyError, IndexError, TypeError):
                change(root, one, roots)
        judge.judge(json.dumps(root).encode(), ".json")

    settings = hypothesis.settings(
        max_examples=BATCH,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    for batch in range(0, count, BATCH):
        if time.monotonic() < until:
            given = hypothesis.given(number, changes)(attack)
            hypothesis.seed(seed * 100_000 + batch)(settings(given))()


def texts() -> list[tuple[bytes, str]]:
    """Write the documents as JSON and as YAML."""
    found = [(path.read_bytes(), path.suffix) for path in sorted(ERRORS.glob("*/spec.*"))]
    for root in seeds():
        found.append((json.dumps(root, indent=1).encode(), ".json"))
        found.append((yaml.safe_dump(root, allow_unicode=True).encode("utf-8", "surrogatepass"), ".yaml"))
    return found


def broken(data: bytes, rng: random.Random, others: list[tuple[bytes, str]]) -> bytes:
    """Break a text at a few places."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at, size = rng.randrange(len(made) + 1), rng.choice((1, 1, 4, 20, 200))
        match rng.randrange(6):
            case 0:
                made[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                made[at:at] = rng.choice(TOKENS)
            case 2:
                del made[at : at + size]
            case 3:
                made[at:at] = made[at : at + size] * rng.choice((1, 2, 50))
            case 4:
                made[at:at] = rng.choice(WORDS).encode()
            case _:
                other = rng.choice(others)[0]
                start = rng.randrange(len(other))
                made[at : at + size] = other[start : start + size]
    return bytes(made[: 1 << 20])


def octets(judge: Judge, count: int, seed: int, until: float) -> None:
    """Break texts, without knowing what is in them."""
    rng = random.Random(seed)  # noqa: S311 - test data
    found = texts()
    for _ in range(count):
        if time.monotonic() > until:
            return
        data, suffix = rng.choice(found)
        judge.judge(broken(data, rng, found), suffix)


def main() -> int:
    """Run one engine, or the two that are always there; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engine", choices=["both", "structure", "bytes"], default="both")
    parser.add_argument("--documents", type=int, default=10_000, help="for each engine (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=100.0, help="for each engine (default: %(default)s)")
    parser.add_argument("--build-each", type=int, default=10, help="build one in so many of those that are accepted")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print("texts are broken by a seeded mutator that knows no coverage; tests/tools/fuzz_atheris.py is led by it")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    engines = {"structure": structure, "bytes": octets}
    wrong = 0
    for name in ("structure", "bytes") if options.engine == "both" else (options.engine,):
        with tempfile.TemporaryDirectory(prefix="spectwin-fuzz-") as folder:
            judge = Judge(folder=Path(folder), build_each=options.build_each)
            begin = time.monotonic()
            engines[name](judge, options.documents, options.seed, begin + options.seconds)
            print(f"{name}, seed {options.seed}, {time.monotonic() - begin:.0f} s: {judge.report}", flush=True)
            wrong += len(judge.report.found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
