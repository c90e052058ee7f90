"""What people read of a change: the review page, Markdown and text for a terminal, whatever the new document contains."""

from __future__ import annotations

from html.parser import HTMLParser

from markdown_it import MarkdownIt

from generator.changes.document.operations import compare
from generator.changes.model import Comparison
from generator.changes.report import review, text
from generator.document.document import Document
from generator.output.package import Package

Side = tuple[Document, Package]
_ELSEWHERE = frozenset({"src", "srcset", "style", "action", "formaction", "background", "poster", "ping", "srcdoc"})
_FOREIGN = frozenset({"link", "img", "iframe", "object", "embed", "base", "svg", "math"})


class _Elements(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def check(old: Side, new: Side) -> None:
    """Compare two documents in every format and look at what came out. Raises AssertionError."""
    sides = old[0], new[0]
    changes = tuple(compare(*(side.root for side in sides)))
    page = review.page(Comparison(old=sides[0], new=sides[1], changes=changes, packages=(old[1], new[1])))
    found = _Elements(page)
    assert (found.tags.count("script"), found.tags.count("style"), found.tags.count("html")) == (1, 1, 1)
    foreign = {tag for tag in found.tags if tag in _FOREIGN}
    assert not foreign, f"{foreign} in the review page"
    for name, value in found.attributes:
        assert not name.startswith("on"), f"{name} in the review page"
        assert name not in _ELSEWHERE, f"{name} in the review page"
        assert name != "href" or value.startswith("#"), f"href {value[:60]!r} in the review page"
    _printable(text.as_text(changes, *sides), "text")
    _printable(text.as_json(changes, *sides), "JSON")
    markdown = text.as_markdown(changes, *sides)
    _printable(markdown.replace("\u200b", ""), "Markdown")
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        for one in (token, *(token.children or ())):
            assert one.type not in ("image", "link_open", "fence", "code_block"), f"{one.type} in Markdown"
            if one.type in ("html_block", "html_inline"):
                assert not one.content.strip("\n").replace("</", "<").startswith(("<script", "<img", "<b>", "<a"))


def _printable(text: str, what: str) -> None:
    bad = sorted({one for one in text if not one.isprintable() and one not in "\n\u3000\xa0"})
    # Spaces of other scripts are shown as they are.
    bad = [one for one in bad if not one.isspace() or one in "\x1c\x1d\x1e\x1f\x85\u2028\u2029\t\r\x0b\x0c"]
    assert not bad, f"{bad} in the {what} of a comparison"
