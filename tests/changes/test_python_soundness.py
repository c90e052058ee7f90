"""The Python axis names a break exactly where a type checker finds one, for those who call and for those who serve."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.changes.edits import DOCUMENT, edited
from tests.changes.programs import Package, caller, judged, service
from tests.changes.python_soundness import built, contradictions, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packages")


def test_programs_are_right_for_their_own_version(folder: Path) -> None:
    package = built(DOCUMENT, "shop")
    write(folder, package)
    own = Package.of("shop", package.files)
    programs = {"caller": caller(own), "service": service(own)}
    assert programs["caller"].count("def ") > 30
    assert judged(folder, programs) == {"caller": [], "service": []}


def test_a_break_is_named_exactly_where_there_is_one(folder: Path) -> None:
    wrong, breaking = contradictions(folder, range(12))
    assert wrong == []
    assert breaking > 5


def test_edits_are_of_many_kinds() -> None:
    assert len({edited(Random(seed))[1].partition(":")[0] for seed in range(200)}) >= 12  # noqa: S311 - repeatable, not secret
