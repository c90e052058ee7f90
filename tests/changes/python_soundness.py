"""What the Python axis says of a change, held against a type checker that looks at programs of the old version."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from random import Random

from generator import pipeline
from generator.changes.comparison import known
from generator.changes.surface.compare import compare_python
from generator.changes.verdicts import broken
from generator.diagnostics.diagnostic import Refused
from generator.disk import Below
from generator.document.load import load_source
from generator.output.package import Package
from generator.parsing.limits import Limits
from generator.parsing.parse import to_source
from generator.settings.settings import Settings
from generator.validation.validate import validate
from tests.changes.edits import DOCUMENT, Tree, edited
from tests.changes.programs import Package as Surface
from tests.changes.programs import caller, judged, service


def built(tree: Tree, name: str) -> Package:
    """Generate the package of a document."""
    source = to_source(Path("openapi.json"), json.dumps(tree))
    document = load_source(source, Below(Path()), limits=Limits())
    valid, _ = validate(document, lenient=True)
    return pipeline.build(valid, Settings(spec=Path("openapi.json"), package=name))


def write(folder: Path, package: Package) -> None:
    """Write a package below a folder."""
    for path, text in package.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")


def contradictions(folder: Path, seeds: Iterable[int]) -> tuple[list[str], int]:
    """The edits of which the axis says something else than the type checker, and how many break somebody."""
    programs: dict[str, str] = {}
    said: dict[str, tuple[str, list[str]]] = {}
    for seed in seeds:
        name = f"shop{seed}"
        new, what = edited(Random(f"edit {seed}"))  # noqa: S311 - repeatable, not secret
        try:
            old_package, new_package = built(DOCUMENT, name), built(new, name)
        except Refused:  # what can't be generated is no change of a package
            continue
        write(folder, new_package)
        changes = compare_python(old_package.files, new_package.files, known(old_package, new_package))
        own = Surface.of(name, old_package.files)
        programs |= {f"caller{seed}": caller(own), f"service{seed}": service(own)}
        said[f"caller{seed}"] = what, [each.message for each in broken(changes, "python-caller")]
        said[f"service{seed}"] = what, [each.message for each in broken(changes, "python-service")]
    found = judged(folder, programs)
    wrong = [
        f"{name}: {what}\n  said: {messages}\n  mypy: {found[name][:3]}"
        for name, (what, messages) in said.items()
        if bool(messages) != bool(found[name])
    ]
    return wrong, sum(bool(each) for each in found.values())
