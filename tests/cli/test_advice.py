"""What `generate` recommends for a package: the other layout, what it may leave out; nothing against the settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.cli import app
from generator.models.plan import SPLIT_FROM

SINGLE = "is recommended: an import makes all"
HEAD = '[tool.spectwin]\nspec = "spec.json"\npackage = "big"\n'


def document(number: int) -> dict[str, Any]:
    """A document of so many models, one of which an operation leads to."""
    schemas = {f"Model{index}": {"type": "object", "properties": {"a": {"type": "string"}}} for index in range(number)}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Model0"}}}
    get = {"operationId": "get", "responses": {"200": {"description": "", "content": content}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Big", "version": "1"},
        "paths": {"/a": {"get": get}},
        "components": {"schemas": schemas},
    }


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(HEAD, "utf-8")
    return tmp_path


def generated(project: Path, number: int, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    (project / "spec.json").write_text(json.dumps(document(number)), "utf-8")
    capsys.readouterr()
    assert app.run(["generate", *options]) == 0
    return capsys.readouterr().out


def test_a_new_big_package_is_split_and_what_is_not_reached_is_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = generated(project, SPLIT_FROM, capsys)
    assert (project / "generated/big/models/model0.py").exists()
    assert SINGLE not in said
    sentence = '299 of 300 models are reached by no operation: models = "reached" leaves them out'
    assert said.count(sentence) == 1


def test_a_smaller_one_is_single_and_nothing_is_recommended(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = generated(project, SPLIT_FROM - 1, capsys)
    assert (project / "generated/big/models.py").exists()
    assert "recommended" not in said
    assert "reached" not in said


def test_one_that_grew_is_told_what_an_import_costs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generated(project, SPLIT_FROM - 1, capsys)
    said = generated(project, SPLIT_FROM, capsys)
    assert (project / "generated/big/models.py").exists(), "a package keeps its layout"
    assert 'layout = "split" is recommended: an import makes all 300 models now' in said


def test_one_that_shrank_is_told_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generated(project, SPLIT_FROM, capsys)
    said = generated(project, 3, capsys)
    assert (project / "generated/big/models/model2.py").exists()
    assert 'layout = "single" is recommended: 3 models' in said


def test_what_the_settings_choose_is_not_argued_with(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text(HEAD + 'layout = "single"\nmodels = "reached"\n', "utf-8")
    said = generated(project, SPLIT_FROM, capsys)
    assert "1 model;" in said
    assert "recommended" not in said
    assert "reached" not in said


def test_programs_are_told_the_same(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generated(project, SPLIT_FROM - 1, capsys)
    [package] = json.loads(generated(project, SPLIT_FROM, capsys, "--json"))["packages"]
    assert (package["layout"], package["models"], package["unreached"]) == ("single", 300, 299)
    assert [SINGLE in sentence for sentence in package["advice"]] == [True, False]
