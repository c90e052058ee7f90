"""The review page: what it puts side by side, and what it does in a browser."""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from generator.changes.command import diff
from generator.cli import app
from tests.changes.frames import Tree
from tests.tools import chromium

HOSTILE = (
    "</script></pre><script>document.title='caught'</script><img src=x onerror=\"document.title='caught'\">"
    "<style>*{display:none}</style>{{ 7*7 }}{% raw %}&lt;b&gt;\u202e<a href='javascript:alert(1)'>x</a>\"'`"
)


@pytest.fixture(scope="module")
def cost(root: Path) -> Tree:
    found: Tree = json.loads((root / "spec" / "openapi.json").read_text("utf-8"))
    return found


def changed(cost: Tree) -> Tree:
    """The cost document with an operation more and a property required."""
    new = copy.deepcopy(cost)
    schemas = new["components"]["schemas"]
    schemas["CostCreateInput"]["required"].append("provider_id")
    schemas["CostFilter"] = {"type": "object", "properties": {"provider_id": {"type": "string"}}}
    schemas["CostQueryReq"] = {
        "type": "object",
        "properties": {"filters": {"type": "array", "items": {"$ref": "#/components/schemas/CostFilter"}}},
    }
    query = copy.deepcopy(new["paths"]["/cost/create"]["post"])
    query["operationId"], query["summary"] = "cost_query", "Query"
    query["requestBody"]["content"]["application/json"]["schema"] = {"$ref": "#/components/schemas/CostQueryReq"}
    new["paths"]["/cost/query"] = {"post": query}
    return new


def page(folder: Path, old: Tree, new: Tree) -> Path:
    """The page of two documents."""
    for name, tree in (("old", old), ("new", new)):
        (folder / f"{name}.json").write_text(json.dumps(tree, ensure_ascii=False, indent=2), "utf-8")
    sides = [str(folder / "old.json"), str(folder / "new.json")]
    out = folder / "review.html"
    done = CliRunner().invoke(diff, [*sides, "--format", "html", "-o", str(out)])
    assert done.exit_code == 0, done.output
    return out


def cards(text: str) -> list[str]:
    return re.findall(r"<article.*?</article>", text, re.DOTALL)


class Elements(HTMLParser):
    """What a browser makes of a page, as far as that matters here."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_each_change_stands_beside_the_lines_that_it_caused(tmp_path: Path, cost: Tree) -> None:
    text = page(tmp_path, cost, changed(cost)).read_text("utf-8")
    required, added = cards(text)
    assert "is now required" in required
    assert "CostCreateInput.provider_id" in required
    assert "CostQuery" not in required
    for piece in (
        "CostsApi.query",
        "COSTS_QUERY",
        "CostQueryReq",
        "CostFilter",
        "client/costs.py",
        "server/stub.py",
        "API",
    ):
        assert f'<span class="unit">{piece}' in added or piece in added
    assert "python-field-became-required" in required
    assert "python-method-added" in added
    assert "Other generated lines" not in text  # all of them have a cause
    assert text.count("<article") == 2
    assert 'class="verdict major"' in text


def test_an_operation_that_moves_goes_and_comes(tmp_path: Path, cost: Tree) -> None:
    moved = json.loads(json.dumps(cost).replace('"/cost/create"', '"/cost/make"'))
    for old, new in ((cost, moved), (moved, cost)):
        gone, added = cards(page(tmp_path, old, new).read_text("utf-8"))
        assert "was removed" in gone
        assert "<del>" in gone
        assert "is new" in added
        assert "<ins>" in added


def test_no_change_is_said_so(tmp_path: Path, cost: Tree) -> None:
    text = page(tmp_path, cost, cost).read_text("utf-8")
    assert 'class="verdict none"' in text
    assert "No changes" in text
    assert not cards(text)


def test_the_page_needs_nothing_but_itself_and_allows_nothing_else(tmp_path: Path, cost: Tree) -> None:
    text = page(tmp_path, cost, changed(cost)).read_text("utf-8")
    elements = Elements(text).found
    assert {tag for tag, _ in elements}.isdisjoint({"link", "img", "iframe", "object", "embed", "base"})
    assert not [
        attrs for _, attrs in elements if {"src", "style"} & attrs.keys() or any(n.startswith("on") for n in attrs)
    ]
    assert all((attrs.get("href") or "#").startswith("#") for _, attrs in elements)
    policy = next(attrs["content"] or "" for _, attrs in elements if attrs.get("http-equiv"))
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def hostile(cost: Tree) -> Tree:
    new = changed(cost)
    new["info"]["title"] = new["info"]["description"] = HOSTILE
    new["paths"][f"/{HOSTILE}"] = new["paths"].pop("/cost/query")
    post = new["paths"]["/cost/create"]["post"]
    post["description"] = post["summary"] = HOSTILE
    new["components"]["schemas"]["CostCreateInput"]["properties"][HOSTILE] = {"type": "string", "description": HOSTILE}
    return new


def test_text_of_the_document_is_text(tmp_path: Path, cost: Tree) -> None:
    text = page(tmp_path, cost, hostile(cost)).read_text("utf-8")
    assert sum(tag == "script" for tag, _ in Elements(text).found) == 1
    assert sum(tag == "style" for tag, _ in Elements(text).found) == 1
    assert "\u202e" not in text
    assert "{{ 7*7 }}" in text


def test_generate_writes_a_page_of_what_changed_since_the_last_time(
    tmp_path: Path, cost: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["generate", "spec.json", "--package", "costs", "--report", "review.html"]
    verdicts = []
    for tree in (cost, changed(cost), changed(cost)):
        (tmp_path / "spec.json").write_text(json.dumps(tree), "utf-8")
        assert app.run(command) == 0
        verdicts += re.findall(r'class="verdict (\w+)"', (tmp_path / "review.html").read_text("utf-8"))
    assert verdicts == ["minor", "major", "none"]


# In a browser ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tab() -> Iterator[chromium.Page]:
    if chromium.find() is None:
        pytest.skip("NOT TESTED: the review page in a browser; install Chromium (Debian: apt-get install chromium)")
    with chromium.browser() as found:
        yield found


def shown(tab: chromium.Page) -> int:
    return int(tab.run("[...document.querySelectorAll('article')].filter((each) => each.checkVisibility()).length"))


def choose(tab: chromium.Page, id_: str, value: str) -> None:
    tab.run(
        f"(() => {{const e = document.getElementById({id_!r}); e.value = {value!r}; e.dispatchEvent(new Event('change'))}})()"
    )


@pytest.mark.slow
def test_a_reviewer_filters_and_goes_by_keyboard(tmp_path: Path, cost: Tree, tab: chromium.Page) -> None:
    tab.open(page(tmp_path, cost, changed(cost)))
    assert (tab.requests, tab.messages) == ([], [])
    assert shown(tab) == 2
    tab.run("document.querySelector('[name=severity][value=error]').click()")
    assert shown(tab) == 1
    assert not tab.run("document.querySelector('nav').checkVisibility()")
    tab.press("Escape")
    assert shown(tab) == 2
    assert tab.run("document.querySelector('nav').checkVisibility()")
    options = tab.run("[...document.getElementById('operation').options].map((each) => each.text)")
    assert options == ["all", "POST /cost/create", "POST /cost/query"]
    choose(tab, "operation", "1")
    assert shown(tab) == 1
    tab.press("Escape", "/", *"provider_id now required")
    time.sleep(0.3)
    assert tab.run("document.activeElement.id") == "find"
    assert shown(tab) == 1
    tab.press("Escape", "j", "j", "j", "k")
    assert tab.run("document.activeElement.id") == "c1"
    choose(tab, "side", "client")
    visible = "[...document.querySelectorAll('.block')].filter((each) => each.checkVisibility()).map((each) => each.dataset.side)"
    assert set(tab.run(visible)) == {"both", "client"}
    tab.press("Escape")
    assert tab.run("document.getElementById('count').textContent") == "2 changes"


@pytest.mark.slow
def test_light_dark_and_narrow(tmp_path: Path, cost: Tree, tab: chromium.Page) -> None:
    tab.open(page(tmp_path, cost, changed(cost)))
    colours = []
    for scheme in ("light", "dark"):
        tab.media(scheme=scheme)
        colours.append(tab.run("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 255, 255)", "rgb(20, 23, 28)"]
    tab.media()
    tab.picture(tmp_path / "narrow.png", 400, 800)
    assert tab.run("document.documentElement.scrollWidth") <= 400
    tab.media(media="print")
    assert not tab.run("document.querySelector('.tools').checkVisibility()")
    assert tab.run("getComputedStyle(document.querySelector('article')).contentVisibility") == "visible"
    tab.media()


@pytest.mark.slow
def test_all_of_it_is_printed_whatever_is_filtered_or_folded(tmp_path: Path, cost: Tree, tab: chromium.Page) -> None:
    tab.open(page(tmp_path, cost, changed(cost)))
    tab.run("document.querySelector('[name=severity][value=error]').click()")
    choose(tab, "side", "client")
    tab.run("document.querySelectorAll('details').forEach((each) => {each.open = false})")
    tab.media(media="print")
    tab.run("dispatchEvent(new Event('beforeprint'))")
    assert shown(tab) == 2
    blocks = "[...document.querySelectorAll('.block:not(.link)')].every((each) => each.open && each.checkVisibility())"
    assert tab.run(f"document.querySelector('nav').checkVisibility() && {blocks}")
    assert not tab.run("document.getElementById('nothing').checkVisibility()")
    tab.run("dispatchEvent(new Event('afterprint'))")
    tab.media()
    assert shown(tab) == 1
    assert not tab.run("document.querySelector('.block').open")
    tab.printed(tmp_path / "review.pdf")
    assert (tmp_path / "review.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.slow
def test_a_hostile_document_does_nothing_in_a_browser(tmp_path: Path, cost: Tree, tab: chromium.Page) -> None:
    tab.open(page(tmp_path, cost, hostile(cost)))
    time.sleep(0.3)
    assert (tab.requests, tab.messages) == ([], [])
    assert not str(tab.run("document.title")).startswith("caught")
    assert tab.run("document.querySelectorAll('main img, main script, main style').length") == 0
    assert HOSTILE.replace("\u202e", "\\u202e") in tab.run("document.querySelector('main').textContent")


@pytest.mark.slow
def test_all_of_it_is_there_without_scripts(tmp_path: Path, cost: Tree, tab: chromium.Page) -> None:
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    tab.open(page(tmp_path, cost, changed(cost)))
    assert not tab.run("document.querySelector('.tools').checkVisibility()")
    assert shown(tab) == 2
    tab.call("Emulation.setScriptExecutionDisabled", value=False)


def many(count: int) -> tuple[Tree, Tree]:
    """Two documents with as many changes."""
    old: Tree = {
        "openapi": "3.1.0",
        "info": {"title": "Many", "version": "1"},
        "paths": {},
        "components": {"schemas": {}},
    }
    for number in range(count // 10):
        fields: dict[str, Any] = {f"field{index}": {"type": "string", "maxLength": 9} for index in range(10)}
        old["components"]["schemas"][f"Thing{number}"] = {"type": "object", "properties": fields}
        body = {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/Thing{number}"}}}}
        old["paths"][f"/things{number}"] = {"post": {"requestBody": body, "responses": {"204": {"description": ""}}}}
    new = copy.deepcopy(old)
    for schema in new["components"]["schemas"].values():
        for field in schema["properties"].values():
            field["maxLength"] = 5
    return old, new


@pytest.mark.slow
def test_two_thousand_changes_can_be_used(tmp_path: Path, tab: chromium.Page) -> None:
    path = page(tmp_path, *many(2_000))
    assert path.stat().st_size < 6_000_000
    began = time.monotonic()
    tab.open(path)
    opened = time.monotonic() - began
    assert tab.run("document.querySelectorAll('article').length") == 2_000
    tab.run("document.getElementById('find').value = 'thing77 field3'")
    took = tab.run(
        "(async () => {const t = performance.now(); document.getElementById('side').dispatchEvent(new Event('change'));"
        "document.body.offsetHeight; return performance.now() - t})()"
    )
    assert shown(tab) >= 1
    assert opened < 3 * 3  # three times the aim: the machine may be busy
    assert took < 300 * 3
