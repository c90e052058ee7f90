"""One attack: a document with other strings in it goes the whole way; what came of it is told place by place."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator import pipeline
from generator.diagnostics.diagnostic import Diagnostic, Refused
from generator.document import load
from generator.document.document import Document
from generator.output import package, plan
from generator.settings.settings import Settings
from generator.validation import validate
from tests.hostile import intact, places, reviewing, running
from tests.hostile.payloads import Canaries
from tests.hostile.places import Place

REVIEWED = 6  # one in so many packages is reviewed too
ROUNDS = 6
"""Times that a document is tried again without what was refused."""


@dataclass(slots=True)
class Tally:
    """What was tried and what came of it."""

    documents: int = 0
    generated: int = 0
    calls: int = 0
    reviewed: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    intact: dict[str, int] = field(default_factory=dict)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    escaped: list[str] = field(default_factory=list)
    defects: dict[str, str] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Take another tally in."""
        self.documents += other.documents
        self.generated += other.generated
        self.calls += other.calls
        self.reviewed += other.reviewed
        for mine, theirs in ((self.refused, other.refused), (self.intact, other.intact)):
            for kind, count in theirs.items():
                mine[kind] = mine.get(kind, 0) + count
        self.pairs |= other.pairs
        self.escaped += other.escaped
        self.defects = other.defects | self.defects

    @property
    def tried(self) -> int:
        """Strings that were put somewhere."""
        return sum(self.refused.values()) + sum(self.intact.values())


@dataclass(slots=True)
class Battery:
    """Attacks documents, one after the other, below a folder of its own."""

    folder: Path
    canaries: Canaries
    tally: Tally = field(default_factory=Tally)
    count: int = 0
    before: dict[int, tuple[Document, package.Package]] = field(default_factory=dict)
    """The documents as they were before they were attacked, and their packages, by their trees' identities."""

    def attack(self, root: Mapping[str, Any], chosen: Mapping[Place, tuple[str, str]], **options: Any) -> None:
        """Put texts (name, text) at places; what is refused is put aside, the rest goes on."""
        self.tally.pairs |= {(place.kind, name) for place, (name, _) in chosen.items()}
        left, turn = dict(chosen), 0
        while True:
            tree, where = places.mutate(root, {place: text for place, (_, text) in left.items()})
            self.tally.documents += 1
            try:
                self._run(root, tree, left, **options)
            except Refused as refusal:
                blamed = _blamed(refusal.diagnostics, where)
                self._located(refusal.diagnostics, left)
                if turn >= ROUNDS or not left or not blamed:
                    blamed = set(left) if len(left) < 2 else set(list(left)[::2])
                for place in blamed:
                    self.tally.refused[place.kind] = self.tally.refused.get(place.kind, 0) + 1
                left = {place: text for place, text in left.items() if place not in blamed}
                turn += 1
                if left:
                    continue
            else:
                for place in left:
                    self.tally.intact[place.kind] = self.tally.intact.get(place.kind, 0) + 1
            return

    def _run(self, root: Mapping[str, Any], tree: Any, left: Mapping[Place, tuple[str, str]], **options: Any) -> None:
        """Generate, import, call, serve. Raises Refused; everything else that is raised is noted as a defect."""
        self.count += 1
        here = self.folder / f"case{self.count}"
        here.mkdir()
        before = len(self.canaries.heard)
        try:
            checked, package = self._whole_way(tree, here, **options)
            if self.count % REVIEWED == 1 and len(str(tree)) < 10**6:  # Python's HTML parser takes long for more
                reviewing.check(self._original(root), (checked, package))
                self.tally.reviewed += 1
        except Refused:
            raise
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            key = f"{type(error).__name__} at {Path(last.filename).name}:{last.name}: {str(error)[:160]!r}"
            known = {place: name for place, (name, _) in left.items()}
            self.tally.defects.setdefault(key, _shown(known) + "\n" + "".join(traceback.format_exception(error)[-6:]))
            (here / "kept").touch()
        finally:
            if self.canaries.heard[before:]:
                names = _shown({place: name for place, (name, _) in left.items()})
                self.tally.escaped.append(f"{self.canaries.heard[before:][:3]} with {names}")

    def _original(self, root: Mapping[str, Any]) -> tuple[Document, package.Package]:
        if id(root) not in self.before:
            spec = self.folder / f"before{len(self.before)}.json"
            spec.write_text(json.dumps(root, default=str), encoding="utf-8")
            checked, _ = validate.validate(load.load(spec), lenient=True)
            package = pipeline.build(checked, Settings(spec=spec, package="before", lenient=True))
            self.before[id(root)] = (checked, package)
        return self.before[id(root)]

    def _whole_way(self, tree: Any, here: Path, **options: Any) -> tuple[Document, package.Package]:
        spec = here / "openapi.json"
        spec.write_text(json.dumps(tree), encoding="utf-8")
        lenient = bool(options.get("lenient"))
        checked, _ = validate.validate(load.load(spec), lenient=lenient)
        name = f"hostile_{self.count}"
        given: dict[str, Any] = {"spec": spec, "package": name, "distribution": "hostile", **options}
        package = pipeline.build(checked, Settings(**given))
        output = here / "output"
        output.mkdir()
        plan.write(plan.plan(package, output, inputs_digest="1", sources=("openapi.json",)))
        self.tally.generated += 1
        with running.package(package.name, output) as modules, self.canaries.watched():
            running.evaluate_models(modules)
            self.tally.calls += sum(running.call_all(modules, checked).values())
            intact.check(checked, package, getattr(modules.get("contract"), "API", None))
        intact.contained(here, package)
        return checked, package

    def _located(self, found: Iterable[Diagnostic], left: Mapping[Place, tuple[str, str]]) -> None:
        """Note an error that does not say where."""
        for one in found:
            if one.severity == "error" and not (one.line and one.message):
                known = {place: name for place, (name, _) in left.items()}
                self.tally.defects.setdefault(f"an error without a place: {one.message[:80]!r}", _shown(known))


def _blamed(found: Iterable[Diagnostic], where: Mapping[Place, str]) -> set[Place]:
    """Choose the places that errors point at: at them, below them, or nearest above them."""
    blamed: set[Place] = set()
    for one in found:
        if one.severity != "error":
            continue
        at = one.pointer
        near = {place for place, here in where.items() if here == at or at.startswith(here + "/")}
        if not near:
            near = {place for place, here in where.items() if here.startswith(at + "/")}
            depth = at.count("/")
            close = {place for place in near if where[place].count("/") <= depth + 2}
            near = close or near
        blamed |= near
    return blamed


def _shown(places_: Mapping[Place, str]) -> str:
    found = [f"{places.pointer(place.path)}{' (key)' if place.key else ''}: {name}" for place, name in places_.items()]
    return "; ".join(found[:4]) + (f"; and {len(found) - 4} more" if len(found) > 4 else "")
