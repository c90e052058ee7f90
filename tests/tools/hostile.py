"""`make hostile`: documents that attack, generated, imported, called and served; then runs that are killed.

Every golden document, the one that has everything, and (where the folder is there) the corpus get breakouts at every
string. Then documents of twice and four times a size, by shape, whose work may not grow faster. Prints what was tried;
the exit status is 1 where something escaped, grew too fast, or a defect showed.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.hostile import doubling, killing, payloads, places
from tests.hostile.battery import Battery, Tally
from tests.hostile.places import Place
from tests.support.folders import CORPUS, GOLDEN, HOSTILE

BIG = 100_000  # octets of a document of the corpus that is left to `make corpus`
ALONE = frozenset({"surrogate", "surrogate-low"})
"""Payloads that the loader refuses wherever they stand: each is tried alone."""


def documents(corpus: Path | None) -> dict[str, Mapping[str, Any]]:
    """Read the documents that are attacked, the one with everything first."""
    paths = [HOSTILE / "seed.yaml", *sorted(GOLDEN.glob("*/spec.yaml"))]
    found = {path.parent.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths}
    for path in sorted(corpus.glob("*.json")) if corpus and corpus.is_dir() else ():
        if path.stat().st_size < BIG:
            root = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(root, dict) and str(root.get("openapi", "")).startswith("3."):
                found[path.stem] = root
    return found


def rounds(
    name: str, root: Mapping[str, Any], rng: random.Random
) -> Iterator[tuple[dict[Place, tuple[str, str]], bool]]:
    """Choose places and texts without end: all text at once, every place by turns, and few places at a time."""
    found = [place for place in places.places(root) if place.kind != "fixed key"]
    text = [place for place in found if place.kind in places.TEXT]
    by_kind: dict[str, list[Place]] = {}
    for place in found:
        by_kind.setdefault(place.kind, []).append(place)
    mixed = [one for one in payloads.PAYLOADS if one not in ALONE]
    turn = rng.randrange(len(mixed))
    while True:
        for kind in [None, *by_kind, *([None] * 4)]:
            chosen = by_kind[kind] if kind else text if rng.random() < 0.3 else rng.sample(found, min(40, len(found)))
            turn += 1
            names = [mixed[(turn * 7 + index) % len(mixed)] for index in range(len(chosen))]
            replace = rng.random() < 0.5
            yield (
                {
                    place: (name, payloads.PAYLOADS[name] if replace else place.original + payloads.PAYLOADS[name])
                    for place, name in zip(chosen[:400], names, strict=False)
                },
                rng.random() < 0.5,
            )


def special(battery: Battery, root: Mapping[str, Any]) -> None:
    """Attack with what is tried alone: surrogates, a megabyte, vendor keys in every object."""
    found = places.places(root)
    text = [place for place in found if place.kind in places.TEXT]
    names = [place for place in found if place.kind in ("operationId", "key of properties", "key of schemas", "tags[]")]
    for name in sorted(ALONE):
        for place in (text[0], names[0], names[-1]):
            battery.attack(root, {place: (name, payloads.PAYLOADS[name])})
    words = [place for place in text if place.kind == "description"]
    for name, huge in payloads.HUGE.items():  # a title too: only one, as tomllib reads a megabyte of escapes slowly
        battery.attack(root, dict.fromkeys(text[:1] if name == "huge" else words[:2], (name, huge)))
        battery.attack(root, {names[0]: (name, huge)})
    enums = [place for place in found if place.kind in ("enum[]", "default", "pattern", "url")]
    battery.attack(root, dict.fromkeys(enums[:6], ("huge", payloads.HUGE["huge-quotes"])), lenient=True)
    battery.attack(places.with_vendor_keys(root), {}, lenient=True)
    battery.attack(places.with_vendor_keys(root), {place: ("vendor", place.original) for place in text[:1]})


def work(number: int, of: int, seed: int, seconds: float, corpus: Path | None) -> Tally:
    """Attack this process's share of the documents until the time is up."""
    sys.dont_write_bytecode = True
    canaries = payloads.install()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    rng = random.Random(seed * 1000 + number)  # noqa: S311 - choices, no secrets
    until = time.monotonic() + seconds
    roots = documents(corpus)
    with tempfile.TemporaryDirectory(prefix="spectwin-hostile-") as folder:
        battery = Battery(folder=Path(folder), canaries=canaries)
        if number == 0:
            special(battery, roots["hostile"])
        mine = list(roots.items())
        streams = {name: rounds(name, root, rng) for name, root in mine}
        order = ["hostile", *(name for name, _ in mine[number::of])]
        while time.monotonic() < until:
            for name in order:
                for _ in range(6 if name == "hostile" else 2):
                    if time.monotonic() < until:
                        chosen, lenient = next(streams[name])
                        battery.attack(roots[name], chosen, lenient=lenient)
        return battery.tally


def report(tally: Tally, roots: int, kills: killing.Kills | None) -> str:
    """Say what was tried and what came of it."""
    kinds = sorted(tally.refused.keys() | tally.intact.keys())
    lines = [
        f"{roots} documents; {tally.documents:,} attacks, {tally.generated:,} generated, imported, called and served "
        f"({tally.calls:,} calls), {tally.reviewed:,} of them compared and reviewed",
        f"{len(kinds)} kinds of places, {len(payloads.PAYLOADS) + len(payloads.HUGE)} payloads, "
        f"{len(tally.pairs):,} pairs of both; {tally.tried:,} strings put somewhere:",
        f"  refused {sum(tally.refused.values()):,}, intact {sum(tally.intact.values()):,}, "
        f"escaped {len(tally.escaped)}",
    ]
    lines += [f"    {k:32} refused {tally.refused.get(k, 0):6,}  intact {tally.intact.get(k, 0):6,}" for k in kinds]
    if kills is not None:
        lines.append(f"killed runs: {kills}")
    lines += [f"ESCAPED {one}" for one in tally.escaped]
    for key, trace in tally.defects.items():
        lines += [f"DEFECT {key}", *(f"    {line}" for line in trace.splitlines()[:14])]
    return "\n".join(lines)


def main() -> int:
    """Run the battery; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=130.0, help="time for the documents (default: %(default)s)")
    parser.add_argument("--kills", type=int, default=200, help="runs to kill (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("corpus", nargs="?", type=Path, default=CORPUS, help="a folder of documents")
    options = parser.parse_args()
    begin = time.monotonic()
    shares = [
        (number, options.workers, options.seed, options.seconds, options.corpus) for number in range(options.workers)
    ]
    with multiprocessing.get_context("spawn").Pool(options.workers) as pool:
        tally = Tally()
        for found in pool.starmap(work, shares):
            tally.add(found)
    kills = killing.kill_many(options.kills, options.seed, workers=options.workers) if options.kills else None
    print(report(tally, len(documents(options.corpus)), kills))
    print(f"seed {options.seed}, {time.monotonic() - begin:.0f} s")
    grows = doubling.main()
    return 1 if tally.escaped or tally.defects or (kills is not None and kills.wrong) or grows else 0


if __name__ == "__main__":
    sys.exit(main())
