"""Each sentence of the guides to a package has tests that would fail if it were false: `claims/` names them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.support.folders import ROOT

PAGES = {
    "client": 81,
    "service": 81,
    "authentication": 25,
    "errors": 30,
    "streams-and-files": 25,
    "testing": 18,
    "fastapi": 30,
    "quick-start": 30,
    "questions": 25,
}
"""The guides, and how many sentences each has at least."""
CLAIMS = ROOT / "tests" / "project" / "claims"


def sentences(page: str) -> Iterator[str]:
    """The sentences of a page outside of its code: of paragraphs, items of lists, and rows of tables, which are one each."""
    text = re.sub(
        r"^```.*?^```$", "", (ROOT / "docs" / f"{page}.md").read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    for block in re.split(r"\n\s*\n", text):
        if block.lstrip().startswith("|"):
            yield from block.strip().splitlines()[2:]  # below its head
        elif block.strip() and not block.lstrip().startswith("#"):
            for item in re.split(r"^- ", block, flags=re.MULTILINE):
                yield from filter(None, re.split(r"(?<=[.!?])\s+", " ".join(item.split())))


def claims(page: str) -> dict[str, list[str]]:
    """The tests of each sentence, by its beginning."""
    found: dict[str, list[str]] = {}
    _, _, listed = (CLAIMS / f"{page}.txt").read_text("utf-8").partition("\n\n")
    for line in filter(None, listed.splitlines()):
        if line.startswith("    "):
            found[[*found][-1]].append(line.strip())
        else:
            assert line not in found, f"twice: {line}"
            found[line] = []
    return found


@pytest.mark.parametrize("page", PAGES)
def test_each_sentence_of_a_guide_has_tests(page: str) -> None:
    known, used = claims(page), list[str]()
    for sentence in sentences(page):
        fitting = [begin for begin in known if sentence.startswith(begin)]
        assert len(fitting) == 1, f"{page}.txt has {len(fitting)} entries for: {sentence}"
        used += fitting
    assert used == [*known], "an entry without a sentence, or in another order than the page has them"
    assert len(used) >= PAGES[page]


@pytest.mark.parametrize("page", PAGES)
def test_the_tests_that_are_named_exist(page: str) -> None:
    for begin, tests in claims(page).items():
        assert tests, f"no test: {begin}"
        for named in tests:
            if named.startswith("nothing: "):
                continue
            found = re.fullmatch(r"(\w+)/(\w+): (\w+)", named)
            assert found, named
            folder, module, test = found.groups()
            text = (ROOT / "tests" / folder / f"test_{module}.py").read_text(encoding="utf-8")
            assert re.search(rf"^(async )?def test_{test}\(", text, re.MULTILINE), f"{begin}: {named}"
