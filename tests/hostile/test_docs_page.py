"""The page of /docs in a browser: what the document says is text there, and no other host is asked."""

from __future__ import annotations

import contextlib
import copy
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml
from starlette.middleware import Middleware

from tests.hostile import places, running
from tests.hostile.killing import SEED
from tests.support.folders import ROOT
from tests.support.packages import build_tree, write
from tests.support.skips import not_tested
from tests.tools import chromium

NAME = "hostile_page"
CAUGHT = "document.title='caught'"
EVIL = (
    f'</script></title><script>{CAUGHT}</script><img src=x onerror="{CAUGHT}"><svg onload={CAUGHT}>'
    f"<iframe srcdoc='<script>parent.{CAUGHT}</script>'></iframe><a href='javascript:{CAUGHT}'>x</a>"
    f"[y](javascript:{CAUGHT}) ![z](http://127.0.0.1:PORT/picture) <style>@import 'http://127.0.0.1:PORT/style'</style>`"
)


@pytest.fixture(scope="module")
def tab() -> Iterator[chromium.Page]:
    if chromium.find() is None:
        not_tested("/docs in a browser", "chromium")
    with chromium.browser() as found:
        yield found


def hostile(port: int) -> Any:
    seed = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    kinds = {*places.TEXT, "enum[]", "tags[]", "operationId", "example", "name"}
    tree = places.mutate(
        seed, {one: one.original + EVIL.replace("PORT", str(port)) for one in places.places(seed) if one.kind in kinds}
    )[0]
    tree = copy.deepcopy(tree)
    tree["info"]["termsOfService"] = f"javascript:{CAUGHT}"
    tree["info"]["contact"] = {"url": f"javascript:{CAUGHT}", "name": EVIL}
    tree["externalDocs"] = {"url": f"javascript:{CAUGHT}", "description": EVIL}
    return tree


def policy() -> Any:
    """Read the middleware that the service's guide has for this."""
    page = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
    [block] = [one for one in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "class Policy" in one]
    names: dict[str, Any] = {}
    exec(block.partition("\n\n\napp =")[0], names)  # our own page
    return names["Policy"]


@pytest.mark.slow
@pytest.mark.parametrize("guarded", [False, True], ids=["plain", "policy"])
def test_docs_runs_nothing_of_the_document(guarded: bool, tmp_path: Path, tab: chromium.Page) -> None:
    asked: list[Any] = []
    elsewhere = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = elsewhere.accept()
                asked.append(peer.recv(100))
                peer.close()

    threading.Thread(target=accept, daemon=True).start()
    tree = hostile(elsewhere.getsockname()[1])
    write(build_tree(tmp_path, tree, package=NAME, lenient=True), tmp_path)
    with running.package(NAME, tmp_path) as modules, socket.create_server(("127.0.0.1", 0)) as listening:
        api = modules["contract"].API
        groups = dict.fromkeys(operation.name.rpartition(".")[0] for operation in api.operations)
        more = [Middleware(policy())] if guarded else []
        app = modules["server"].create_app(
            **dict.fromkeys(groups), authenticate=lambda presented: "me", middleware=more
        )
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=lambda: server.run(sockets=[listening]), daemon=True)
        thread.start()
        try:
            base = f"http://127.0.0.1:{listening.getsockname()[1]}"
            tab.call("Page.navigate", url=f"{base}/docs")
            tab.wait("Page.loadEventFired")
            for _ in range(100):
                time.sleep(0.2)
                if tab.run("document.querySelectorAll('.opblock').length"):
                    break
            tab.run("document.querySelectorAll('.opblock-summary-control').forEach((each) => each.click())")
            time.sleep(1.5)
            assert tab.run("document.querySelectorAll('.opblock').length") > 3, "the page shows no operations"
            assert "caught" not in tab.run("document.title").split("<")[0]
            assert tab.run("[...document.querySelectorAll('a')].filter((e) => e.protocol == 'javascript:').length") == 0
            assert tab.run("document.querySelectorAll('.swagger-ui script, .swagger-ui iframe').length") == 0
            assert {one.split()[1] for one in asked} == (set() if guarded else {b"/picture"})
            assert [one for one in tab.messages if "dialog" in one] == []
        finally:
            server.should_exit = True
            thread.join(10)
            elsewhere.close()
