"""References that lead nowhere: all of them at once, each with what was probably meant."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

import pytest

from generator.diagnostics.diagnostic import Refused
from generator.document.load import load
from generator.validation.validate import validate

SCHEMAS: dict[str, Any] = {
    "A": {"type": "object", "properties": {}, "$defs": {"B": {"type": "integer"}}},
    "C": {"type": "string"},
}


def _said(folder: Path, refs: dict[str, str]) -> dict[str, str]:
    """What is said of each reference, by the property that has it."""
    schemas = json.loads(json.dumps(SCHEMAS))
    schemas["A"]["properties"] = {name: {"$ref": ref} for name, ref in refs.items()}
    path = folder / "spec.json"
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
    path.write_text(json.dumps({**head, "components": {"schemas": schemas}}), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        validate(load(path))
    return {one.pointer.rpartition("/")[2]: one.message for one in refused.value.diagnostics}


MEANT = {
    "C": "#/components/schemas/C",
    "C.json": "#/components/schemas/C",
    "components/schemas/C": "#/components/schemas/C",
    "#/definitions/C": "#/components/schemas/C",
    "#/components/schema/C": "#/components/schemas/C",
    "#/components/schemas/c": "#/components/schemas/C",
    "#components/schemas/C": "#/components/schemas/C",
    "#/$defs/B": "#/components/schemas/A/$defs/B",
    "other.json#/nothing": "",
}


@pytest.mark.parametrize("ref", MEANT)
def test_the_pointer_that_was_probably_meant_is_named(tmp_path: Path, ref: str) -> None:
    said = _said(tmp_path, {"one": ref})
    assert f'the reference "{ref}" leads nowhere' in said["one"]
    assert said["one"].partition('did you mean "')[2].removesuffix('"?') == MEANT[ref]


def test_all_faults_are_told_at_once_inside_the_document_and_outside(tmp_path: Path) -> None:
    (tmp_path / "there.json").write_text(json.dumps({"X": {"$ref": "gone.json"}}), encoding="utf-8")
    said = _said(tmp_path, {"far": "D", "near": "#/$defs/B", "web": "https://example.com/a", "deep": "there.json#/X"})
    assert said.keys() == {"far", "near", "web", "X"}


@pytest.mark.parametrize(
    "head",
    [
        {"openapi": "3.2.0", "$self": "https://example.org/a.yaml"},
        {"openapi": "3.1.0", "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema"},
    ],
)
@pytest.mark.parametrize("ref", ["http://[x", "http://[x#/a"])
@pytest.mark.parametrize("base", [{}, {"$id": "https://example.org/b"}, {"$id": "http://[y"}])
def test_a_reference_that_is_no_uri_is_refused_with_its_place(
    tmp_path: Path, head: dict[str, str], ref: str, base: dict[str, str]
) -> None:
    path = tmp_path / "spec.json"
    schemas = {"A": {**base, "properties": {"a": {"$ref": ref}}}}
    tree = {**head, "info": {"title": "T", "version": "1"}, "paths": {}, "components": {"schemas": schemas}}
    path.write_text(json.dumps(tree), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load(path)
    assert [one.pointer for one in refused.value.diagnostics] == ["#/components/schemas/A/properties/a"]


def test_few_similar_names_are_looked_for_and_long_ones_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, list[str]]] = []

    def close(name: str, names: list[str], **_: Any) -> list[str]:
        compared.append((name, names))
        return []

    monkeypatch.setattr(difflib, "get_close_matches", close)
    long = "L" * 200
    monkeypatch.setitem(SCHEMAS, long, {})
    lost = {f"p{number}": f"#/components/schemas/Gone{number // 2}" for number in range(400)}
    said = _said(tmp_path, {"first": f"#/components/schemas/{long}x", **lost})
    assert "leads nowhere" in said["p1"]
    names = [name for name, _ in compared]
    assert names == [f"Gone{number}" for number in range(30)]
    assert not any(long in candidates for _, candidates in compared)


def test_what_is_no_pointer_leads_nowhere(tmp_path: Path) -> None:
    """Its place was looked for without end."""
    path = tmp_path / "spec.json"
    (tmp_path / "other.json").write_text('{"A": {"type": "string"}}', encoding="utf-8")
    schemas = {"A": {"$ref": "other.json#/A"}}
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
    path.write_text(json.dumps({**head, "components": {"schemas": schemas}}), encoding="utf-8")
    document = load(path)
    assert document.moves
    with pytest.raises(KeyError):
        document.at("0.5")
    assert document.locate("0.5/a").line == 1
