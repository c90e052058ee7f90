"""What is generated for small documents, byte by byte: one feature each."""

from __future__ import annotations

import difflib
import json
import shutil
from pathlib import Path

import pytest

from tests.support.folders import GOLDEN
from tests.support.packages import build, dependent

FEATURES = sorted(path.parent.name for path in GOLDEN.glob("*/spec.yaml"))
TWINS = sorted(path.parent.name for path in GOLDEN.glob("*/spec30.yaml"))


def expected_files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def actual_files(spec: Path) -> dict[str, str]:
    options = spec.parent / "options.json"
    chosen = json.loads(options.read_text(encoding="utf-8")) if options.exists() else {}
    package = build(spec, **{"layout": "single", **chosen})
    listing = "\n".join(path.as_posix() for path in package.files) + "\n"
    warnings = "".join(f"{one.severity}: {one.message} ({one.pointer})\n" for one in package.warnings)
    return {**dependent(package), "FILES": listing, **({"WARNINGS": warnings} if warnings else {})}


def difference(expected: dict[str, str], actual: dict[str, str], command: str) -> str:
    lines: list[str] = []
    for name in sorted(expected.keys() | actual.keys()):
        if expected.get(name) != actual.get(name):
            old, new = expected.get(name, "").splitlines(), actual.get(name, "").splitlines()
            lines += difflib.unified_diff(old, new, f"expected/{name}", f"generated/{name}", lineterm="")
    return "\n".join([*lines, f"(accept with: {command})"]) if lines else ""


@pytest.mark.golden
@pytest.mark.parametrize("feature", FEATURES)
def test_generated_files_are_the_expected_ones(feature: str, rewrite_golden: bool) -> None:
    folder = GOLDEN / feature / "expected"
    actual = actual_files(GOLDEN / feature / "spec.yaml")
    if rewrite_golden:
        shutil.rmtree(folder, ignore_errors=True)
        for name, text in actual.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    problem = difference(expected_files(folder), actual, "make golden")
    assert not problem, problem


@pytest.mark.golden
@pytest.mark.parametrize("feature", TWINS)
def test_a_document_in_3_0_gives_what_its_3_1_twin_gives(feature: str) -> None:
    expected = expected_files(GOLDEN / feature / "expected")
    actual = actual_files(GOLDEN / feature / "spec30.yaml")
    problem = difference(expected, actual, "make golden")
    assert not problem, problem


def test_every_feature_has_expected_files() -> None:
    assert FEATURES
    assert [name for name in FEATURES if not (GOLDEN / name / "expected" / "FILES").is_file()] == []
