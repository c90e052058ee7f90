"""No order of a plan's files means anything: the manifest is known by its path."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from generator import console
from generator.output import plan
from generator.output.package import Package

PATHS = ("api/a.py", "api/b.py", "api/c.py")


@pytest.fixture
def reversed_plan(tmp_path: Path) -> plan.Plan:
    files = {PurePosixPath(path): f"# {path}\n" for path in PATHS}
    package = Package(name="api", files=files, warnings=(), operations=1, models=2)
    made = plan.plan(package, tmp_path, inputs_digest="1")
    return replace(made, files=made.files[::-1])


def test_the_manifest_is_found_wherever_it_stands(reversed_plan: plan.Plan) -> None:
    assert str(reversed_plan.manifest.path) == "api/manifest.json"
    assert {str(file.path) for file in reversed_plan.listed} == set(PATHS)


def test_the_summary_counts_the_manifest_and_names_it_if_nothing_else_changed(reversed_plan: plan.Plan) -> None:
    assert "files: 4 new (" in console.summary(reversed_plan, 1, 2, 0.0)
    same = [replace(file, state="same") for file in reversed_plan.listed]
    changed = replace(reversed_plan.manifest, state="changed")
    line = console.summary(replace(reversed_plan, files=(changed, *same)), 1, 2, 0.0)
    assert "files: 1 changed (manifest.json, which says what the package is made from), 3 unchanged (" in line
    both = [replace(same[0], state="changed"), *same[1:]]
    assert "files: 2 changed, 2 unchanged (" in console.summary(
        replace(reversed_plan, files=(changed, *both)), 1, 2, 0.0
    )
