"""A little of `make fuzz`, and what it found."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from generator import pipeline
from generator.diagnostics.diagnostic import Refused
from generator.document import load
from generator.output import plan
from generator.settings.settings import Settings
from generator.validation import validate
from tests.hostile import running
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
    monkeypatch.setattr(validate, "validate", lambda *_, **__: nothing["a defect"])
    monkeypatch.setattr(fuzz, "SECONDS", 0.2)
    text = b'{"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {}}'
    judge.judge(text, ".json")
    monkeypatch.setattr(load, "load", lambda _: all(True for _ in iter(lambda: 0, 1)))
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
    checked, _ = validate.validate(load.load(spec))
    files = {
        str(path): text for path, text in pipeline.build(checked, Settings(spec=spec, package="api")).files.items()
    }
    for name in ("first", "second", "third"):
        assert f"    {name}: " in files["api/models.py"]


@pytest.mark.parametrize("name", ["0123", "+5", "5", "007", "-5", "٣", "", " "])
@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
def test_a_member_that_looks_like_an_index_has_its_place(name: str, lenient: bool, tmp_path: Path) -> None:
    """Found by the battery, seeds 1 and 3: the validator's path has 123 for a member called 0123, and none called ""."""
    schema = {"type": "object", "properties": {name: {"type": "nothing"}}}
    root = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {}}
    spec = tmp_path / "api.json"
    spec.write_text(json.dumps({**root, "components": {"schemas": {"A": schema}}}), encoding="utf-8")
    loaded = load.load(spec)
    if lenient:
        found = validate.validate(loaded, lenient=True)[1]
    else:
        with pytest.raises(Refused) as refusal:
            validate.validate(loaded)
        found = refusal.value.diagnostics
    assert [one.pointer for one in found] == [f"#/components/schemas/A/properties/{name}/type"]


def test_a_reference_that_is_mended_adds_no_status(tmp_path: Path) -> None:
    """Found by structure, seed 2026: ValueError, because mending gave a Responses Object a description."""
    done = {"204": {"$ref": "#/paths/~1a/post/responses"}}
    call = {"done": {"{$request.body#/url}": {"post": {"operationId": "done", "responses": done}}}}
    post = {"operationId": "a", "callbacks": call, "responses": {"204": {"description": "Done"}}}
    spec = tmp_path / "api.json"
    root = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"post": post}}}
    spec.write_text(json.dumps(root), encoding="utf-8")
    checked, _ = validate.validate(load.load(spec), lenient=True)
    files = pipeline.build(checked, Settings(spec=spec, package="api", lenient=True)).files
    assert {str(path) for path in files} >= {"api/contract.py", "api/server/mock.jsonl"}


COUNTS = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"]
NUMBERS = [*COUNTS, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "default", "example"]


@pytest.mark.parametrize(
    "value", [10**249, -(10**248), 10**30, 2**63, 1e308, 5e-324, -0.0, 1.5], ids=lambda one: f"{one:.3g}"
)
@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
def test_numbers_of_any_size_end_in_a_package_that_works(value: float, lenient: bool, tmp_path: Path) -> None:
    """Found by structure, seed 2026: OverflowError; and packages that no class could be built of (usize of pydantic)."""
    kinds = ("integer", "number", "string", "array", "object")
    schemas = {
        f"{kind.title()}{keyword.title()}": {"type": kind, "items": {"type": "string"}, keyword: value}
        for kind in kinds
        for keyword in NUMBERS
    }
    properties = {name.lower(): {"$ref": f"#/components/schemas/{name}"} for name in schemas}
    schemas["A"] = {"type": "object", "properties": properties}
    reference = {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
    post = {"requestBody": {"content": reference}, "responses": {"200": {"description": "", "content": reference}}}
    root = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"post": post}}}
    spec = tmp_path / "api.json"
    loose = {name: one for name, one in schemas.items() if lenient or name == "A" or _counts(name, value)}
    if not lenient:
        loose["A"] = {"type": "object", "properties": {n.lower(): properties[n.lower()] for n in loose if n != "A"}}
    spec.write_text(json.dumps({**root, "components": {"schemas": loose}}), encoding="utf-8")
    checked, _ = validate.validate(load.load(spec), lenient=lenient)
    name = f"numbers_{abs(hash(str(value)))}_{lenient}".lower()
    (tmp_path / "out").mkdir()
    package = pipeline.build(checked, Settings(spec=spec, package=name, lenient=lenient))
    plan.write(plan.plan(package, tmp_path / "out", inputs_digest="1"))
    with running.package(name, tmp_path / "out") as modules:
        running.evaluate_models(modules)
        assert modules["contract"].API.operations[0].body.read(b"{}") is not None


def _counts(name: str, value: float) -> bool:
    """Whether a document with this schema is right as it is."""
    keyword = next(one for one in NUMBERS if name.endswith(one.title()))
    if keyword in COUNTS:
        return isinstance(value, int) and value >= 0
    return keyword in ("minimum", "maximum") or (keyword == "multipleOf" and value > 0)


@pytest.mark.parametrize("text", ["9" * 251, "-" + "9" * 300, "9" * 5_000, "1e309"])
@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_number_beyond_a_double_is_refused_where_it_stands(text: str, suffix: str, tmp_path: Path) -> None:
    spec = tmp_path / f"api.{suffix}"
    number = f'"x-a": {text}' if suffix == "json" else f"x-a: {text}"
    spec.write_text(f'{{"openapi": "3.1.0",\n {number}}}' if suffix == "json" else f"openapi: 3.1.0\n{number}\n")
    with pytest.raises(Refused, match=rf"api\.{suffix}:2:.*is not a number that JSON can hold"):
        load.load(spec)


def test_a_pattern_that_python_warns_of_prints_nothing(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    """Found by bytes, seed 7: a FutureWarning on the terminal."""
    spec = tmp_path / "api.json"
    root: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
    root["components"] = {"schemas": {"A": {"type": "string", "pattern": "[a--b](?P<x>y)"}}}
    spec.write_text(json.dumps(root), encoding="utf-8")
    validate.validate(load.load(spec), lenient=True)
    assert not recwarn.list


@pytest.mark.parametrize(
    "word", ["漢", "宠物", "동물", "Животные", "สัตว์", "ß", "ª", "א", "_x", "__x", "ǆ", "ﬁ", "class", "É"]
)
def test_names_of_every_script_end_in_a_package_that_works(word: str, tmp_path: Path) -> None:
    """Found by a long tag: the gate took only capitals for classes; a scheme's name that is not NFKC was no key."""
    reference = {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{word}"}}}}
    responses = {"200": {"description": "", **reference}, "404": {"description": "", **reference}}
    post = {
        "tags": [word],
        "operationId": word,
        "security": [{word: []}],
        "requestBody": reference,
        "responses": responses,
    }
    parts = {
        "schemas": {word: {"type": "object", "properties": {word: {"type": "string"}}}},
        "securitySchemes": {word: {"type": "http", "scheme": "bearer"}},
    }
    root = {"openapi": "3.1.0", "info": {"title": word, "version": "1"}, "paths": {"/a": {"post": post}}}
    spec = tmp_path / "api.json"
    spec.write_text(json.dumps({**root, "components": parts}), encoding="utf-8")
    checked, _ = validate.validate(load.load(spec), lenient=True)
    package = pipeline.build(checked, Settings(spec=spec, package=None, lenient=True))
    (tmp_path / "out").mkdir()
    plan.write(plan.plan(package, tmp_path / "out", inputs_digest="1"))
    with running.package(package.name, tmp_path / "out") as modules:
        running.evaluate_models(modules)
        assert sum(running.call_all(modules, checked).values()) >= 3
        assert set(modules["client"].Credentials.__annotations__) == {word}


@pytest.mark.parametrize(
    "names", [("None", "none"), ("True", "TRUE", "true"), ("class", "CLASS", "Class"), ("def", "Def")]
)
def test_schemes_whose_names_meet_are_no_keywords(names: tuple[str, ...], tmp_path: Path) -> None:
    """Found by the battery, seed 6: `None = SecurityScheme(…)`, which the gate refused."""
    schemes = {name: {"type": "http", "scheme": "bearer"} for name in names}
    get = {"operationId": "a", "security": [{name: []} for name in names], "responses": {"204": {"description": ""}}}
    root = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"get": get}}}
    spec = tmp_path / "api.json"
    spec.write_text(json.dumps({**root, "components": {"securitySchemes": schemes}}), encoding="utf-8")
    checked, _ = validate.validate(load.load(spec))
    package = pipeline.build(checked, Settings(spec=spec, package="api"))
    assert any(path.name == "contract.py" for path in package.files)
