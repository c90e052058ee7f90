"""examples/bookshop: its package is what its document gives, its review what the next document means, its page runs."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from examples.bookshop import __main__
from examples.bookshop.bookshop_api import models
from examples.bookshop.bookshop_api.api import SyncWebhookEventsApi
from examples.bookshop.orders import Events
from generator.cli.app import run
from tests.support.cost_service import served
from tests.support.folders import ROOT
from tests.support.skips import not_tested

SHOP = ROOT / "examples" / "bookshop"
README = (SHOP / "README.md").read_text("utf-8")
URL = "http://127.0.0.1:8010"
PROJECT = ["--project", "examples/bookshop"]
DIFF = [*PROJECT, "diff", "examples/bookshop/openapi.yaml", "examples/bookshop/openapi-next.yaml"]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_a_model_takes_values_of_python_and_json_as_json() -> None:
    order = {"id": str(uuid4()), "status": "placed", "total": 1, "lines": [{"sku": "BOOK-1", "quantity": 1}]}
    order["placed_at"] = "2026-01-01T00:00:00Z"
    with pytest.raises(ValidationError, match="instance of datetime"):
        models.Order.model_validate(order)
    assert models.Order.model_validate_json(json.dumps(order)).placed_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_package_is_what_the_document_gives(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*PROJECT, "check"]) == 0, f"make generate\n{capsys.readouterr().out}"


def test_the_review_is_what_the_next_document_means(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*DIFF, "--format", "markdown"]) == 0
    wanted = capsys.readouterr().out
    path = SHOP / "review.md"
    assert path.read_text("utf-8") == wanted, f"write what this prints to {path}: spectwin {shlex.join(DIFF)}"
    assert "**major**" in wanted


def test_a_webhook_is_sent_by_a_class_that_meets_its_protocol() -> None:
    sent: list[httpx2.Request] = []

    def take(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(204)

    line = models.OrderLine(sku="TIDE-2031", quantity=1)
    order = models.Order(id=uuid4(), status="shipped", total=1200, placed_at=datetime.now(UTC), lines=[line])
    Events(["http://partner/hook"], httpx2.Client(transport=httpx2.MockTransport(take))).order_shipped(order)
    [request] = sent
    assert (request.method, request.headers["content-type"]) == ("POST", "application/json")
    assert models.Order.model_validate_json(request.content) == order
    assert "note" not in json.loads(request.content)  # absent, not null
    methods = {name for name in vars(SyncWebhookEventsApi) if not name.startswith("_")}
    assert methods == {name for name in vars(Events) if not name.startswith("_")} == {"order_shipped"}


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The shop as `python -m examples.bookshop` serves it, on a port that is free."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'shop.sqlite3'}")
    monkeypatch.setenv("BOOKSHOP_TOKEN", "alice-token")
    monkeypatch.setenv("BOOKSHOP_STAFF_KEY", "staff-key")
    apps: list[FastAPI] = []
    monkeypatch.setattr("uvicorn.run", lambda app, port: apps.append(app) if port == 8010 else None)
    __main__.main()
    with served(apps[0]) as found:
        yield found


def test_the_code_of_the_page_runs(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    [code] = blocks("python")
    exec(code.replace(URL, url), {})
    assert capsys.readouterr().out.splitlines()[-2:] == ["TIDE-2031 1200", "shipped"]


def test_the_commands_of_the_page_run(url: str, tmp_path: Path) -> None:
    missing = False
    known = [
        "BOOKSHOP_TOKEN=alice-token",
        "BOOKSHOP_STAFF_KEY=staff-key",
        ".venv/bin/python",
        "-m",
        "examples.bookshop",
    ]
    for words in (shlex.split(line) for text in blocks("sh") for line in text.splitlines()):
        match words:
            case [".venv/bin/spectwin", *arguments]:
                elsewhere = {"review.html": str(tmp_path / "review.html"), "generate": "check"}  # no test writes here
                assert run([elsewhere.get(argument, argument) for argument in arguments]) == 0
            case ["curl", *_] if shutil.which("curl") is None:
                missing = True
            case ["curl", *_]:
                done = subprocess.run(
                    [word.replace(URL, url) for word in words], capture_output=True, text=True, check=False
                )
                assert "TIDE-2031" in done.stdout
                assert done.returncode == (28 if "--max-time" in words else 0)  # a stream goes on
            case [".venv/bin/python", "-m", "pytest", path]:
                assert [*(ROOT / path).glob("test_*.py")]
            case _:
                assert words == known
    assert "cancelled" in (tmp_path / "review.html").read_text("utf-8")
    if missing:
        not_tested("the bookshop's calls with curl", "curl")


def test_the_links_of_the_page_lead_somewhere() -> None:
    assert [to for to in re.findall(r"\]\(([^)#]+)\)", README) if not (SHOP / to).exists()] == []
