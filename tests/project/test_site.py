"""The site of the documentation: it builds without a network, its links lead somewhere, and it asks no other host for anything."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.support.folders import ROOT
from tests.support.skips import left_out, not_tested
from tests.tools import chromium, reference
from tests.tools.reference_texts import attribute_docstrings, markdown

SETTINGS = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
PAGES = sorted(path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md"))


def listed(entry: Any) -> Iterator[str]:
    """The pages of the navigation, in its order."""
    if isinstance(entry, str):
        yield entry
    else:
        for part in entry.values() if isinstance(entry, dict) else entry:
            yield from listed(part)


class Loads(HTMLParser):
    """What a page has a browser load from other hosts, where it leads otherwise, and the places in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.hosts: list[str] = []
        self.files: list[str] = []
        self.places = set[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if not value:
                continue
            elsewhere = bool(re.match(r"(https?:)?//", value))
            if name in {"src", "srcset"} or (tag in {"link", "use"} and name == "href"):
                (self.hosts if elsewhere else self.files).append(value)
            elif tag == "a" and name == "href" and not elsewhere:
                self.files.append(value)
            elif name == "id":
                self.places.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("zensical") is None:
        left_out("the site: zensical is not installed, though the lock has it; make venv installs it")
    folder = tmp_path_factory.mktemp("site")
    for name in ("zensical.toml", "SECURITY.md"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "docs", folder / "docs")
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / str(SETTINGS["site_dir"])


@pytest.mark.usefixtures("few_files")
@pytest.mark.parametrize("name", reference.PAGES)
def test_the_reference_is_what_the_code_gives(name: str) -> None:
    there = (ROOT / "docs" / "reference" / name).read_text("utf-8")
    assert there == reference.pages()[name], "the code has changed: make docs"


def test_the_reference_names_the_options_that_win_over_settings() -> None:
    """`generate --watch` keeps running: it is no option of the setting `watch`."""
    settings, given = reference.settings_page(), r"- On the command line: `--"
    found = {each.partition("`")[0] for each in settings.split("\n## `")[1:] if re.search(given, each)}
    named = "output package operations layout lenient discriminator overlays limits templates"
    assert found == set(named.split())


def test_a_setting_without_a_docstring_would_be_noticed() -> None:
    source = 'class Settings:\n    spec: str\n    """The document."""\n    other: str\n'
    with pytest.raises(KeyError, match=r"Settings.other has no docstring"):
        attribute_docstrings(source, "Settings")


def test_docstrings_become_markdown() -> None:
    text = """Make it.

    Example:
        with a:
            b

    What follows.

    Args:
        one: the first,
            in two lines.
        two: the second.
    """
    example = ["```py", "with a:", "    b", "```"]
    arguments = ["- `one`: the first, in two lines.", "- `two`: the second."]
    assert markdown(text) == ["Make it.", "", *example, "", "What follows.", "", *arguments]


def test_every_page_is_in_the_navigation_once() -> None:
    assert sorted(listed(SETTINGS["nav"])) == PAGES


def test_every_page_is_built_and_asks_no_other_host(site: Path) -> None:
    paths = [(site / page).with_suffix(".html").resolve() for page in PAGES]
    built = {path: Loads(path.read_text("utf-8")) for path in paths}
    for path, loads in built.items():
        assert loads.hosts == [], path.name
        for one in loads.files:
            name, _, place = one.partition("#")
            there = (path.parent / name).resolve() if name else path
            assert there.exists(), f"{path.name}: {one}"
            assert not place or there not in built or place in built[there].places, f"{path.name}: {one}"
        assert "\\|" not in path.read_text("utf-8"), f"{path.name}: a bar in a table is &#124;"
    sheets = [path.read_text("utf-8") for path in site.rglob("*.css")]
    assert sheets
    assert [text for text in sheets if re.search(r"(@import|url\()\s*[\"']?(https?:)?//", text)] == []


def test_a_page_from_another_host_would_be_noticed() -> None:
    text = '<link href="//a.b/c"><script src=https://a.b/d></script><img src="e.png"><a href="https://a.b"><a href="f.html" id="g">'
    found = Loads(text)
    assert (found.hosts, found.files, found.places) == (["//a.b/c", "https://a.b/d"], ["e.png", "f.html"], {"g"})


def test_a_browser_shows_it_without_complaint(site: Path) -> None:
    if chromium.find() is None:
        not_tested("the site in a browser", "chromium")
    with served(site) as address, chromium.browser() as page:
        page.call("Page.navigate", url=f"{address}/client.html")
        page.wait("Page.loadEventFired")
        assert page.run("document.querySelector('h1').textContent.startsWith('The client')")
        assert page.run("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.requests
        assert [one for one in page.requests if not one.startswith((address, "data:", "blob:"))] == []
        assert page.messages == []


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder's files."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
