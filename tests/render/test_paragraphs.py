"""Long lines of Markdown are broken, and say the same."""

from __future__ import annotations

import ast
import itertools
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from generator.python.escaping import code, md
from generator.render.paragraphs import WIDTH, wrap
from tests.support.folders import GOLDEN

WORDS = st.lists(
    st.sampled_from(
        [
            "word",
            "-",
            "+",
            "1.",
            "12)",
            "=",
            "---",
            "===",
            "#",
            ">",
            "<div>",
            "`x`",
            "```",
            "\\",
            "a_b",
            "비용",
            "*",
            "| - |",
            "",
            "x" * 130,
        ]
    ),
    max_size=80,
).map(" ".join)


def structure(text: str) -> list[tuple[str, str]]:
    """What a viewer of Markdown shows: blocks, and text in which a broken line is a space."""
    found = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        shown = "".join(
            " "
            if one.type == "softbreak"
            else f"{one.type}:{one.content}"
            if one.type == "code_inline"
            else one.content
            for one in token.children or ()
        )
        found.append((token.type, " ".join(shown.split())))
    return found


@given(WORDS, WORDS, st.sampled_from(["", "- ", "  - "]))
def test_a_broken_line_says_the_same(text: str, source: str, bullet: str) -> None:
    line = f"{bullet}`f({code(source)})`: {md(text)}"
    assert structure(wrap(line)) == structure(line)


def test_a_signature_is_broken_before_arguments() -> None:
    arguments = [f"argument_{number}: dict[str, int] | None = None" for number in range(5)]
    lines = wrap(f"- `get(*, {', '.join(arguments)}) -> None`").split("\n")
    assert lines == [
        f"- `get(*, {arguments[0]}, {arguments[1]},",
        f"  {arguments[2]}, {arguments[3]},",
        f"  {arguments[4]}) -> None`",
    ]
    assert all(len(line) <= WIDTH for line in lines)


@pytest.mark.parametrize(
    "line", ["# " + "word " * 60, "<!-- " + "word " * 60 + "-->", "x" * 200, "`" + "x" * 200 + "`"]
)
def test_what_has_one_line_keeps_it(line: str) -> None:
    assert wrap(line) == line


def test_a_long_text_takes_linear_time() -> None:
    begin = time.process_time()
    wrap("word, " * 200_000)
    wrap("- `" + "x: int, " * 200_000 + "`")
    assert time.process_time() - begin < 5


@pytest.mark.parametrize("text", ["Title\n---", "Title\n=", "Title\n-", "Title\n==="])
def test_text_makes_no_heading(text: str) -> None:
    assert "heading_open" not in [token for token, _ in structure(md(text))]


@pytest.mark.parametrize("page", sorted(GOLDEN.glob("*/expected/API.md")), ids=lambda page: page.parts[-3])
def test_a_page_has_short_lines_and_an_item_for_each_operation(page: Path) -> None:
    text = page.read_text("utf-8")
    assert [line for line in text.splitlines() if len(line) > WIDTH] == []
    tokens = MarkdownIt("commonmark").parse(text)
    items = [
        token.children or ()
        for before, token in itertools.pairwise(tokens[1:])
        if before.type == "paragraph_open" and before.level > 0
    ]
    files = [path for path in (page.parent / "api.py", *(page.parent / "api").glob("*.py")) if path.exists()]
    listed: dict[str, list[str]] = {path.relative_to(page.parent).as_posix(): [] for path in files}
    for item in items:
        [link] = [str(one.attrs["href"]) for one in item if one.type == "link_open"]
        listed[link].append(next(one.content for one in item if one.type == "code_inline").partition("(")[0])
    assert listed == {path.relative_to(page.parent).as_posix(): _methods(path) for path in files}


def _methods(path: Path) -> list[str]:
    """The methods of a file's async Protocols."""
    classes = [one for one in ast.parse(path.read_text("utf-8")).body if isinstance(one, ast.ClassDef)]
    found = (method for one in classes[::2] for method in one.body)
    return [one.name for one in found if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
