"""Each block of the pages that lead through a project is done, in an empty folder, in the page's order."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.walkthrough import WALKS, Walk, left_behind


@pytest.fixture
def walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walk]:
    monkeypatch.chdir(tmp_path)
    for folder in (tmp_path, tmp_path / "generated"):
        monkeypatch.syspath_prepend(str(folder))
    with ExitStack() as stack:
        yield Walk(tmp_path, stack)
    for name in left_behind(tmp_path):
        del sys.modules[name]


@pytest.mark.parametrize("page", WALKS)
def test_a_page_can_be_followed(walk: Walk, page: str) -> None:
    if WALKS[page]:
        walk.follow("quick-start.md", WALKS[page])
    walk.follow(page)
    assert walk.done.count("python") + walk.done.count("file") > 3
