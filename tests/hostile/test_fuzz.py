"""A little of `make fuzz`, and what it found."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from generator import check, document, pipeline
from generator.diagnostics import Refused
from generator.settings import Settings
from tests.tools import fuzz


@pytest.mark.parametrize("engine", [fuzz.structure, fuzz.octets], ids=["structure", "bytes"])
def test_a_few_broken_documents_give_no_traceback(engine: Any, tmp_path: Path) -> None:
    judge = fuzz.Judge(folder=tmp_path, build_each=8)
    engine(judge, 200, 5, math.inf)
    assert judge.report.tried >= 200
    assert judge.report.found == {}, str(judge.report)
    assert judge.report.built > 0


def test_the_judge_notices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = fuzz.Judge(folder=tmp_path, build_each=1)
    nothing: dict[str, Any] = {}
    monkeypatch.setattr(check, "check", lambda *_, **__: nothing["a defect"])
    monkeypatch.setattr(fuzz, "SECONDS", 0.2)
    text = b'{"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {}}'
    judge.judge(text, ".json")
    monkeypatch.setattr(document, "load", lambda _: all(True for _ in iter(lambda: 0, 1)))
    judge.judge(text, ".json")
    assert judge.report.loaded == 1
    assert [key.split()[0] for key in judge.report.found] == ["KeyError", "hangs"]


def event(name: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {name: {"type": "string"}}}
    body = {"content": {"application/json": {"schema": schema}}}
    return {"post": {"operationId": "event", "requestBody": body, "responses": {"204": {"description": ""}}}}


def test_callbacks_of_the_same_method_and_expression_are_two(tmp_path: Path) -> None:
    """Found by structure, seed 1: KeyError in names.py where a callback hid another one, or a webhook."""
    there = {"responses": {"204": {"description": ""}}}
    calls = {
        f"/{name}": {
            "post": {**there, "operationId": name, "callbacks": {"done": {"{$request.body#/url}": event(name)}}}
        }
        for name in ("first", "second")
    }
    root = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": calls}
    root["webhooks"] = {"{$request.body#/url}": event("third")}
    spec = tmp_path / "api.json"
    spec.write_text(json.dumps(root), encoding="utf-8")
    checked, _ = check.check(document.load(spec))
    files = {
        str(path): text for path, text in pipeline.build(checked, Settings(spec=spec, package="api")).files.items()
    }
    for name in ("first", "second", "third"):
        assert f"    {name}: " in files["api/models.py"]


@pytest.mark.parametrize("name", ["0123", "+5", "5", "007", "-5", "٣"])
@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
def test_a_member_that_looks_like_an_index_has_its_place(name: str, lenient: bool, tmp_path: Path) -> None:
    """Found by the battery, seed 1: KeyError, because the validator's path has 123 for a member called 0123."""
    schema = {"type": "object", "properties": {name: {"type": "nothing"}}}
    root = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {}}
    spec = tmp_path / "api.json"
    spec.write_text(json.dumps({**root, "components": {"schemas": {"A": schema}}}), encoding="utf-8")
    loaded = document.load(spec)
    if lenient:
        found = check.check(loaded, lenient=True)[1]
    else:
        with pytest.raises(Refused) as refusal:
            check.check(loaded)
        found = refusal.value.diagnostics
    assert [one.pointer for one in found] == [f"#/components/schemas/A/properties/{name}/type"]
