"""What all tests share."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import forked
from tests.support.compiled import compiled_once
from tests.support.folders import ROOT
from tests.support.model_packages import Build, builder
from tests.support.skips import table

# How long a busy machine takes to make an input says nothing of the input.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
NEAR = frozenset({"127.0.0.1", "::1", "localhost", ""})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden", action="store_true", help="accept what is generated now as the expected files (make golden)"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors, since tests wait for servers, databases and each other."""
    return (os.cpu_count() or 1) + 1


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """End with one table of what was skipped."""
    reports = terminalreporter.stats.get("skipped", ())
    if lines := table(report.longrepr[2] for report in reports if isinstance(report.longrepr, tuple)):
        terminalreporter.section("skipped")
        for line in lines:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def rewrite_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--rewrite-golden"))


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every connection to another machine, in all tests."""
    before = socket.socket.connect, socket.socket.connect_ex

    def near(connect: Any) -> Any:
        def connected(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in NEAR:
                raise AssertionError(f"the network was asked for: {address}")
            return connect(self, address)

        return connected

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", near(before[0]))
        patch.setattr(socket.socket, "connect_ex", near(before[1]))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick() -> Iterator[None]:
    """Compile a text once, look for garbage as rarely as the command does, and have ruff take one thread for a few files."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)
    with pytest.MonkeyPatch.context() as patch, compiled_once():
        patch.setenv("RAYON_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="module")
def single() -> Iterator[None]:
    """For modules of tests that read the text of files: packages are not split, though LAYOUT=split says so for all others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYOUT", "single")
        yield


@pytest.fixture
def few_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `single`, for one test."""
    monkeypatch.setenv("LAYOUT", "single")


@pytest.fixture(scope="session")
def spectwin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The command, for those who call it many times from outside (tests/support/forked.py)."""
    with forked.spectwin(tmp_path_factory.mktemp("bin")) as command:
        yield command


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """Return a function that generates a package for component schemas and makes it importable."""
    with builder(tmp_path) as build:
        yield build
