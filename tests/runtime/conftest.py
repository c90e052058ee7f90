"""The static runtime as a package of its own, as a generated package would hold it."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.folders import STATIC


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """Return a function that imports a static file by its dotted name."""
    folder = tmp_path_factory.mktemp("packages")
    package = folder / "runtime_package"
    shutil.copytree(STATIC, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__init__.py").write_text("")
    (package / "openapi.json").write_text('{"openapi": "3.1.0"}')
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"runtime_package._runtime.{name}")
    sys.path.remove(str(folder))
