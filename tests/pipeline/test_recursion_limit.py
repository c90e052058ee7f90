"""The recursion limit of the process is what it was before a package is built."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from generator import pipeline
from generator.document.load import load
from generator.settings.settings import Settings


def document(folder: Path, schema: dict[str, Any]) -> Path:
    root = {
        "openapi": "3.1.0",
        "info": {"title": "deep", "version": "1"},
        "paths": {
            "/": {
                "get": {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}
            }
        },
    }
    path = folder / "openapi.json"
    path.write_text(json.dumps(root), encoding="utf-8")
    return path


def test_a_document_that_is_nested_deep_is_built_and_the_limit_put_back(tmp_path: Path) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(185):
        schema = {"type": "array", "items": schema}
    path = document(tmp_path, schema)
    before = sys.getrecursionlimit()
    package = pipeline.build(load(path), Settings(spec=path, package="api"))
    assert sys.getrecursionlimit() == before
    assert package.operations == 1


def test_the_limit_is_put_back_after_an_error(tmp_path: Path) -> None:
    path = document(tmp_path, {})
    before = sys.getrecursionlimit()
    with pytest.raises(KeyError):
        pipeline.draw(load(path).with_root({}), Settings(spec=path))
    assert sys.getrecursionlimit() == before


def test_a_higher_limit_of_the_process_is_kept() -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(2 * pipeline.RECURSION)
    try:
        with pipeline.deep_calls():
            assert sys.getrecursionlimit() == 2 * pipeline.RECURSION
        assert sys.getrecursionlimit() == 2 * pipeline.RECURSION
    finally:
        sys.setrecursionlimit(before)
