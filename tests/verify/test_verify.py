"""Verification passes on a package that is right, and fails where anything of it is made wrong."""

from __future__ import annotations

import compileall
import json
import shutil
import sys
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

from generator import options
from generator.cli import app
from generator.document import load
from generator.validation import validate
from generator.verify import command, process
from generator.verify.document.document import Field, Reader, Response
from generator.verify.document.merging import NoInstance, TooLarge
from generator.verify.document.schemas import Schemas
from generator.verify.proof import refusals
from generator.verify.proof.cases import status_of, success_keys
from generator.verify.values.choices import FULL, MINIMAL, Mode
from generator.verify.values.values import Values
from generator.verify.wire import styles
from generator.verify.wire.compare import difference
from tests.support import packages

pytestmark = pytest.mark.usefixtures("single")

SPEC = Path(__file__).parent / "spec.yaml"
T = TypeVar("T")
Change = tuple[str, str, str]  # file, text, text in its place


@pytest.fixture(scope="module")
def tree() -> dict[str, Any]:
    return validate.validate(load.load(SPEC))[0].root


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is generated, compiled once for all the processes that import a copy of it."""
    folder = packages.write(packages.build(SPEC, package="harbour"), tmp_path_factory.mktemp("made"))
    assert compileall.compile_dir(folder, quiet=2)
    return folder


def sabotage(file: Path, old: str, new: str) -> None:
    """Change a file of a copied package, and forget what it was compiled to."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file} is not as this test thinks: {old}"
    file.write_text(text.replace(old, new), encoding="utf-8")
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
        compiled.unlink()


@pytest.mark.slow
def test_a_right_package_passes(made: Path, tree: dict[str, Any]) -> None:
    proof = process.prove(made.parent, made.name, tree)
    assert [f"{v.title} [{v.case}]: {v.failure}" for v in proof.verdicts if v.failure] == []
    assert proof.problems == []
    assert len(proof.verdicts) == 9
    assert all(verdict.calls >= 6 for verdict in proof.verdicts)


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["single", "split"])
def test_what_is_odd_passes_too(tmp_path: Path, layout: str) -> None:
    spec = SPEC.with_name("odd.yaml")
    made = packages.write(packages.build(spec, package=f"odd_{layout}", layout=layout), tmp_path)
    proof = process.prove(made.parent, made.name, validate.validate(load.load(spec))[0].root, thorough=False)
    assert [f"{v.title} [{v.case}]: {v.failure}" for v in proof.verdicts if v.failure] == []
    assert proof.problems == []
    assert len(proof.verdicts) == 14


SABOTAGE: dict[str, tuple[str, str, list[Change]]] = {
    # what: the operation to call, what verify must say, and what is changed
    "a wrong wire name": (
        "GET /ships/*",
        "parameters are missing",
        [("contract.py", '"fields", list[str],', '"field", list[str], name="fields",')],
    ),
    "a parameter in another location": (
        "GET /ships/*",
        "parameters are missing",
        [("contract.py", 'str, location="cookie"', 'str, location="query"')],
    ),
    "a parameter that is not there": (
        "GET /ships/*",
        "parameters are missing",
        [("contract.py", '        Parameter("session", str, location="cookie", required=False),\n', "")],
    ),
    "a wrong style": (
        "GET /ships/*",
        "tags: ",
        [("contract.py", 'style="pipeDelimited"', 'style="spaceDelimited"')],
    ),
    "a mistake that both sides share": (
        "GET /ships/*",
        "tags: ",
        [
            ("_runtime/wire/styles.py", '"pipeDelimited": "%7C"', '"pipeDelimited": "%3B"'),
            ("_runtime/wire/styles.py", r"%7[Cc]|\|", "%3B|;"),
        ],
    ),
    "a wrong explode": (
        "GET /matrix/*",
        "point: ",
        [("contract.py", 'style="matrix", explode=True', 'style="matrix", explode=False')],
    ),
    "a wrong method": (
        "PUT /ships/*",
        "the contract has 0 entries",
        [("contract.py", 'method="PUT",\n    path="/ships/{id}"', 'method="PATCH",\n    path="/ships/{id}"')],
    ),
    "a wrong path": (
        "GET /download",
        "the contract has 0 entries",
        [("contract.py", 'path="/download"', 'path="/downloads"')],
    ),
    "a wrong status": (
        "GET /ships/*",
        "the responses are",
        [("contract.py", '"202": Response(Text())', '"203": Response(Text())')],
    ),
    "another error's class": (
        "GET /ships/*",
        "409 for its class",
        [("contract.py", "error=errors.NotFound", "error=errors.Conflict")],
    ),
    "an error's body of another type": (
        "GET /download",
        "is not <class 'int'>",
        [("errors.py", "exceptions.Forbidden[models.Problem]", "exceptions.Forbidden[int]")],
    ),
    "a wrong response header": (
        "GET /ships/*",
        "no header X-Total",
        [("contract.py", 'Header("X-Total"', 'Header("X-Sum"')],
    ),
    "a wrong media type": (
        "PUT /ships/*",
        "the bodies are",
        [("contract.py", 'Text("text/csv")', 'Text("text/tsv")')],
    ),
    "a body that need not be there": (
        "PUT /ships/*",
        "body_required",
        [
            (
                "contract.py",
                'body=OneOf(Json(models.ShipRequest), Text("text/csv"), Binary()),',
                'body=OneOf(Json(models.ShipRequest), Text("text/csv"), Binary()), body_required=False,',
            )
        ],
    ),
    "a renamed field": (
        "PUT /ships/*",
        "seen-at is not known to",
        [("models.py", 'alias="seen-at"', 'alias="seen_at"')],
    ),
    "a dropped field of a closed object": ("GET /streams/*", "sacks", [("models.py", "    sacks: int\n", "")]),
    "a bound that is too narrow": (
        "PUT /ships/*",
        "the model refuses a valid value",
        [("models.py", "MaxLen(40)", "MaxLen(3)")],
    ),
    "the other direction's model": (
        "PUT /ships/*",
        "",
        [("contract.py", "body=OneOf(Json(models.ShipRequest)", "body=OneOf(Json(models.Ship)")],
    ),
    "no security": (
        "GET /download",
        "the credentials of Token",
        [
            (
                "contract.py",
                "error=errors.Forbidden),\n    },\n    security=({TOKEN: ()},),",
                "error=errors.Forbidden),\n    },",
            )
        ],
    ),
    "a key elsewhere": (
        "POST /forms",
        "X-Key",
        [("contract.py", 'location="header", wire_name="X-Key"', 'location="query", wire_name="X-Key"')],
    ),
    "a default of another value": (
        "GET /ships/*",
        "",
        [
            ("contract.py", "default=20", "default=21"),
            ("client/ships.py", "limit: int = 20", "limit: int = 21"),
            ("api.py", "limit: int = 20", "limit: int = 21"),
            ("server/stub.py", "limit: int = 20", "limit: int = 21"),
        ],
    ),
    "an argument that only the client drops": (
        "GET /ships/*",
        "not on the wire",
        [("client/ships.py", '                "around": around,\n', "")],
    ),
    "another operation": (
        "HEAD /ships/*",
        "",
        [("client/ships.py", "contract.SHIPS_HAS", "contract.SHIPS_GET")],
    ),
    "a signature that is not the Protocol's": (
        "GET /ships/*",
        "not the same signature",
        [("api.py", "session: str | None = None", "session: str")],
    ),
    "a method that the stub has not": (
        "GET /download",
        "stub has no method",
        [("server/stub.py", "def download(", "def upload(")],
    ),
    "a stream of another kind": (
        "GET /streams/*",
        "text/event-stream is JsonLines",
        [("contract.py", "EventStream(models.Cargo)", 'JsonLines(models.Cargo, media_type="text/event-stream")')],
    ),
    "a server that forgets the status": (
        "GET /ships/*",
        "",
        [("_runtime/server/endpoint.py", "self.operation, current.status", "self.operation, None")],
    ),
    "fields that are added": (
        "PUT /ships/*",
        "",
        [("_runtime/models/exact.py", '"exclude_unset": True', '"exclude_unset": False')],
    ),
    "a discriminator of another value": ("GET /streams/*", "kind", [("models.py", '"coal"', '"cole"')]),
    "an entry that the document has not": (
        "",
        "is not in the document",
        [("openapi.json", "/download", "/elsewhere")],
    ),
}


ONE_OPERATIONS = {"contract.py", "api.py", "client/ships.py", "server/stub.py"}


def batches() -> list[tuple[str, ...]]:
    """Put together what is wrong in different operations only: a process for each takes a second."""
    alone: list[tuple[str, ...]] = []
    found: list[tuple[str, ...]] = []
    for name, (only, _, changes) in SABOTAGE.items():
        if not only or not {file for file, _, _ in changes} <= ONE_OPERATIONS:
            alone.append((name,))
            continue
        for index, batch in enumerate(found):
            texts = {text for other in batch for _, text, _ in SABOTAGE[other][2]}
            if only not in {SABOTAGE[other][0] for other in batch} and texts.isdisjoint(text for _, text, _ in changes):
                found[index] = (*batch, name)
                break
        else:
            found.append((name,))
    return alone + found


BATCHES = {name: batch for batch in batches() for name in batch}


@pytest.fixture(scope="module")
def prove_batch(
    made: Path, tree: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[tuple[str, ...]], process.Proof]:
    """Proves a copy of the package with several things wrong, once."""

    @cache
    def prove(batch: tuple[str, ...]) -> process.Proof:
        folder = tmp_path_factory.mktemp("sabotaged") / made.name
        shutil.copytree(made, folder)
        only: list[str] = []
        root = tree
        for operation, _, changes in map(SABOTAGE.__getitem__, batch):
            only += [operation] if operation else []
            for file, old, new in changes:
                sabotage(folder / file, old, new)
                root = json.loads((folder / file).read_text(encoding="utf-8")) if file == "openapi.json" else root
        return process.prove(folder.parent, folder.name, root, only=only, thorough=False)

    return prove


@pytest.mark.slow
@pytest.mark.parametrize("name", SABOTAGE)
def test_sabotage_is_caught(name: str, prove_batch: Callable[[tuple[str, ...]], process.Proof]) -> None:
    only, said, _ = SABOTAGE[name]
    proof = prove_batch(BATCHES[name])
    own = [one for one in proof.verdicts if not one.passed and fnmatchcase(one.title, only or "*")]
    problems = [*proof.problems, *(verdict.failure for verdict in own)]
    assert any(said in problem for problem in problems), problems


@pytest.mark.slow
def test_the_command_proves_documents_and_packages(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert app.run(["verify", str(SPEC), "--only", "GET /ships/*", "--json", "--no-types"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["status"] == "passed"
    assert [verdict["title"] for verdict in found["packages"][0]["verdicts"]] == ["GET /ships/{id}"]
    shutil.copytree(made, tmp_path / "harbour")
    sabotage(tmp_path / "harbour" / "contract.py", "EventStream(", "JsonLines(")
    assert app.run(["verify", "harbour", "--no-types", "--only", "GET /*"]) == 1
    shown = capsys.readouterr().out
    assert "text/event-stream" in shown
    assert "harbour: 4 operations, 1 failed" in shown
    assert app.run(["verify", str(tmp_path)]) == 2
    assert "it has no contract.py" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("is_terminal", "quiet", "shown"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_progress_is_shown_on_a_terminal(
    is_terminal: bool, quiet: bool, shown: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR" if is_terminal else "NO_COLOR", "1")
    monkeypatch.setattr(options, "redrawn", lambda stream: is_terminal and stream is sys.stderr)
    with command._progress("harbour", quiet=quiet) as progress:
        progress(3, 7)
    written = capsys.readouterr()
    assert ("Verifying harbour" in written.err and "3/7" in written.err) is shown
    assert written.out == ""


def test_types_are_checked(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / made.name
    shutil.copytree(made, folder)
    with (folder / "errors.py").open("a", encoding="utf-8") as file:
        file.write('\nwrong: int = "text"\n')
    assert app.run(["verify", str(folder), "--only", "GET /download"]) == 1
    shown = capsys.readouterr().out
    assert "errors.py" in shown
    assert "[assignment]" in shown
    assert "0 failed" in shown


def parameter(location: str, style: str, *, explode: bool = False, name: str = "p") -> Field:
    return Field(name=name, location=location, schema={}, required=True, style=style, explode=explode)


@pytest.mark.parametrize(
    ("style", "explode", "value", "raw"),
    [
        # OpenAPI 3.1, 4.8.12.4 "Style Examples"
        ("matrix", False, "blue", ";color=blue"),
        ("matrix", False, ["blue", "black"], ";color=blue,black"),
        ("matrix", True, ["blue", "black"], ";color=blue;color=black"),
        ("matrix", False, {"R": 100, "G": 200}, ";color=R,100,G,200"),
        ("matrix", True, {"R": 100, "G": 200}, ";R=100;G=200"),
        ("label", False, ["blue", "black"], ".blue,black"),
        ("label", True, ["blue", "black"], ".blue.black"),
        ("label", True, {"R": 100, "G": 200}, ".R=100.G=200"),
        ("simple", False, {"R": 100, "G": 200}, "R,100,G,200"),
        ("simple", True, {"R": 100, "G": 200}, "R=100,G=200"),
    ],
)
def test_paths_are_judged_by_the_specifications_table(style: str, explode: bool, value: Any, raw: str) -> None:
    color = parameter("path", style, explode=explode, name="color")
    assert styles.path_fits(color, value, raw)
    assert not styles.path_fits(color, value, raw.replace("blue", "red").replace("100", "101"))
    assert not styles.path_fits(color, value, raw[1:])


def test_queries_are_judged_by_the_specifications_table() -> None:
    spread = parameter("query", "form", explode=True)
    deep = parameter("query", "deepObject", explode=True)
    pairs = styles.query_pairs("p=a%26b&p%5Bx%5D=1")
    expected = [*styles.expected_query(spread, ["a&b"]), *styles.expected_query(deep, {"x": 1})]
    assert styles.compare_pairs(expected, pairs) == ""
    assert "not asked for" in styles.compare_pairs(expected[:1], pairs)
    assert "not on the wire" in styles.compare_pairs(expected, pairs[:1])
    assert "was written" in styles.compare_pairs(expected, styles.query_pairs("p=a%26c&p%5Bx%5D=1"))


@pytest.mark.parametrize(
    ("location", "style", "value", "refused"),
    [
        ("path", "simple", "..", True),
        ("path", "simple", "a/b", False),
        ("query", "form", [], True),
        ("query", "form", ["a"], False),
        ("query", "pipeDelimited", ["a|b"], True),
        ("query", "form", {"a": [1]}, True),
        ("header", "simple", "a\r\nb", True),
        ("header", "simple", ["a,b"], True),
        ("header", "simple", "a,b", False),
    ],
)
def test_refusals_have_reasons(location: str, style: str, value: Any, refused: bool) -> None:
    assert bool(refusals.reason(parameter(location, style), value, {"type": "string"})) is refused


@pytest.mark.parametrize(
    ("sent", "found", "same"),
    [
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        (["2024-01-01T00:00:00+01:00"], ["2023-12-31T23:00:00Z"], True),
        (["2024-01-01T00:00:00+01:00"], ["2024-01-01T00:00:00Z"], False),
        ("PT60M", "PT1H", True),
        ("a", "b", False),
    ],
)
def test_values_are_the_same_by_what_they_mean(sent: Any, found: Any, same: bool) -> None:
    assert (difference(sent, found) == "") is same


def test_statuses_are_chosen_that_no_other_key_names() -> None:
    declared = {key: Response(key=key) for key in ("200", "2XX", "404", "default")}
    assert success_keys(declared) == ["200", "2XX"]
    assert [status_of(key, declared, success=key[0] == "2") for key in declared] == [200, 201, 404, 500]
    assert success_keys({"default": Response(key="default"), "400": Response(key="400")}) == ["default"]


SCHEMAS: list[Any] = [
    {"type": "number", "multipleOf": 0.5, "minimum": 1e307},
    {"type": "integer", "minimum": 1e300},
    {"type": "integer", "multipleOf": 3, "minimum": 1e30},
    {"type": "number", "exclusiveMinimum": 1e30},
    {"type": "number", "exclusiveMaximum": -1.7e308},
    {"type": "object", "minProperties": 40},
    {"type": "string", "pattern": "^[a-f]{4,6}$", "maxLength": 5},
    {"type": "integer", "exclusiveMinimum": 3, "multipleOf": 5},
    {"type": "number", "multipleOf": 0.25, "maximum": -1},
    {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"enum": ["a", "b", "c", "d"]}},
    {
        "allOf": [
            {"$ref": "#/components/schemas/Node"},
            {"required": ["more"], "properties": {"more": {"type": "null"}}},
        ]
    },
    {"oneOf": [{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}]},
    {"type": "object", "minProperties": 2, "additionalProperties": {"type": "boolean"}},
    {"not": {"type": "string"}, "type": ["string", "integer"]},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=range(len(SCHEMAS)))
@pytest.mark.parametrize("mode", [MINIMAL, FULL, Mode(2, 0), Mode(2, 1)], ids=str)
def test_values_fit_their_schema(schema: Any, mode: Mode) -> None:
    node = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "integer"}, "next": {"$ref": "#/components/schemas/Node"}},
    }
    values = Values(Schemas(Reader({"openapi": "3.1.0", "components": {"schemas": {"Node": node}}}), "request"), 0)
    value = values.make(schema, mode)
    import jsonschema

    closed = values.schemas.closed(values.schemas.convert(schema))
    jsonschema.Draft202012Validator(closed).validate(value)


def test_the_seed_decides_which_values_are_tried() -> None:
    node = {"type": "array", "minItems": 5, "items": {"type": "integer"}}

    def made(seed: int) -> Any:
        return Values(Schemas(Reader({"openapi": "3.1.0"}), "request"), seed).make(node, FULL)

    assert made(1) == made(1)
    assert made(1) != made(2)


def test_readonly_beside_a_reference_hides_what_that_declares() -> None:
    target = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    reader = Reader({"openapi": "3.1.0", "components": {"schemas": {"Base": target}}})
    schema = {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"a": {"readOnly": True}}}]}
    assert Values(Schemas(reader, "request"), 0).make(schema, FULL).keys() == {"b"}
    assert Values(Schemas(reader, "response"), 0).make(schema, FULL).keys() == {"a", "b"}


def test_readonly_hides_what_another_part_requires() -> None:
    schemas = {
        "Base": {"type": "object", "properties": {"a": {"type": "string", "readOnly": True}}},
        "Whole": {"required": ["a"], "properties": {"b": {"type": "string"}}},
    }
    reader = Reader({"openapi": "3.1.0", "components": {"schemas": schemas}})
    schema = {"allOf": [{"$ref": f"#/components/schemas/{name}"} for name in schemas]}
    assert Values(Schemas(reader, "request"), 0).is_valid(schema, {"b": "x"})
    assert not Values(Schemas(reader, "response"), 0).is_valid(schema, {"b": "x"})


@pytest.mark.parametrize("direction", ["request", "response"])
def test_schemas_that_hide_properties_of_others_level_by_level_are_translated_once(direction: str) -> None:
    """In the places of their references there would be 2^60 of them."""
    here = "#/components/schemas/S"
    schemas: dict[str, Any] = {"S0": {"type": "object", "properties": {"c": {"type": "string"}}}}
    for one in range(1, 61):
        part = {"allOf": [{"$ref": f"{here}{one - 1}"}]}
        marked = {"a": part | {"readOnly": True}, "b": part | {"writeOnly": True}, "c": part["allOf"][0]}
        schemas[f"S{one}"] = {"type": "object", "properties": marked}
    reader = Reader({"openapi": "3.1.0", "components": {"schemas": schemas}})
    translated = Schemas(reader, direction)
    closed = translated.closed(translated.convert({"$ref": f"{here}60"}))
    assert len(closed["$defs"]) <= 2 * 61


def test_schemas_that_hide_other_names_on_each_way_are_not_judged() -> None:
    """Each of the 2^20 ways to the innermost schema leaves out other properties of it."""
    here = "#/components/schemas/S"
    names = [f"p{one}" for one in range(20)]
    schemas: dict[str, Any] = {"S0": {"properties": {name: {"type": "string"} for name in names}}}
    for one, name in enumerate(names, 1):
        part = {"$ref": f"{here}{one - 1}"}
        marked = {"properties": {name: {"readOnly": True}}, "allOf": [part]}
        schemas[f"S{one}"] = {"allOf": [marked, {"allOf": [part]}]}
    reader = Reader({"openapi": "3.1.0", "components": {"schemas": schemas}})
    assert not Values(Schemas(reader, "request"), 0).is_valid({"$ref": f"{here}20"}, {})
    assert Values(Schemas(reader, "response"), 0).examples({"$ref": f"{here}20"}) == []


def test_what_is_marked_for_no_direction_is_in_both() -> None:
    target = {"const": 1, "readOnly": True}
    reader = Reader({"openapi": "3.1.0", "components": {"schemas": {"Key": target}}})
    properties = {
        "a": {"const": 1, "readOnly": True, "writeOnly": True},
        "b": {"$ref": "#/components/schemas/Key", "writeOnly": True},
    }
    schema = {"type": "object", "required": ["a", "b"], "properties": properties}
    for direction in ("request", "response"):
        assert Values(Schemas(reader, direction), 0).make(schema, FULL) == {"a": 1, "b": 1}


def test_a_schema_without_a_value_says_so() -> None:
    values = Values(Schemas(Reader({"openapi": "3.1.0"}), "request"), 0)
    with pytest.raises(NoInstance):
        values.make({"type": "integer", "minimum": 3, "maximum": 2}, FULL)


@pytest.mark.parametrize("mode", [MINIMAL, FULL, Mode(2, 0)], ids=str)
@pytest.mark.parametrize(
    ("step", "low", "high"), [(0.01, -1e308, 1e30), (1e-308, 1e-300, 1e-290), (1e-308, 1.0, 1e308)]
)
def test_multiples_are_made_exactly_however_many_there_are(step: float, low: float, high: float, mode: Mode) -> None:
    schema = {"type": "number", "multipleOf": step, "minimum": low, "maximum": high}
    found = Values(Schemas(Reader({"openapi": "3.1.0"}), "request"), 0).make(schema, mode)
    assert low <= found <= high


@pytest.mark.parametrize("step", [0.5, 0.75, 2.0])
def test_whole_multiples_are_made_of_steps_that_are_not_whole(step: float) -> None:
    schema = {"type": "integer", "multipleOf": step, "minimum": 1, "maximum": 7}
    found = Values(Schemas(Reader({"openapi": "3.1.0"}), "request"), 0).make(schema, MINIMAL)
    assert found in {0.5: {1, 2, 3}, 0.75: {3, 6}, 2.0: {2}}[step]


LARGE = 10**9


@pytest.mark.parametrize("mode", [MINIMAL, Mode(2, 0)], ids=str)
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": LARGE},
        {"type": "string", "minLength": LARGE, "pattern": "^a+$"},
        {"type": "array", "minItems": LARGE},
        {"type": "array", "minItems": 9_000, "items": {"type": "string", "minLength": 9_000}},
        {"type": "array", "minItems": 900, "items": {"type": "array", "minItems": 900, "items": True}},
        {"type": "object", "minProperties": LARGE},
        {"type": "object", "minProperties": 9_000, "propertyNames": {"minLength": 9_000}},
    ],
)
def test_values_are_refused_before_they_are_large(schema: Any, mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.verify.values.choices._MOST_VALUES", 1_000)
    values = Values(Schemas(Reader({"openapi": "3.1.0"}), "request"), 0)
    with pytest.raises(TooLarge, match="asked for"):
        values.make(schema, mode)
    optional = {"type": "object", "properties": {"large": schema, "id": {"type": "integer"}}}
    assert values.make(optional, FULL).keys() == {"id"}
    assert values.examples(optional) == []


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "if"])
def test_values_for_schemas_that_share_others_end(keyword: str) -> None:
    """Each level twice: 2^60 ways."""
    here = "#/components/schemas/S"
    schemas: dict[str, Any] = {"S0": {"type": "object", "maxProperties": 3}}
    for one in range(1, 61):
        part = {"$ref": f"{here}{one - 1}"}
        schemas[f"S{one}"] = {"if": part, "then": part} if keyword == "if" else {keyword: [part, {"allOf": [part]}]}
    values = Values(Schemas(Reader({"openapi": "3.1.0", "components": {"schemas": schemas}}), "request"), 0)
    for mode in (MINIMAL, FULL):
        with pytest.raises(NoInstance, match="share others so often"):
            values.make({"$ref": f"{here}60"}, mode)


def test_no_examples_are_made_of_schemas_that_are_large_in_each_place() -> None:
    """hypothesis-jsonschema puts what a reference leads to in its place: 2^30 times."""
    here = "#/components/schemas/S"
    schemas: dict[str, Any] = {"S0": {"type": "object"}}
    for one in range(1, 31):
        part = {"$ref": f"{here}{one - 1}"}
        schemas[f"S{one}"] = {"type": "object", "properties": {"a": part, "b": part}}
    values = Values(Schemas(Reader({"openapi": "3.1.0", "components": {"schemas": schemas}}), "request"), 0)
    assert values.examples({"$ref": f"{here}30"}) == []


def test_version_3_0_is_translated_and_directions_differ() -> None:
    schema = {
        "type": "object",
        "required": ["id", "n"],
        "properties": {
            "id": {"type": "string", "readOnly": True},
            "n": {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "nullable": True},
        },
    }
    reader = Reader({"openapi": "3.0.3"})
    sent, answered = Schemas(reader, "request").convert(schema), Schemas(reader, "response").convert(schema)
    assert sent["properties"] == {"n": {"type": ["integer", "null"], "exclusiveMinimum": 0}}
    assert (sent["required"], answered["required"]) == (["n"], ["id", "n"])


def test_none_stands_for_no_body_and_for_null() -> None:
    from generator.verify.document.package import plain_member

    class Content(Generic[T]):
        pass

    assert plain_member(int | Content[str] | None, Content) == int | None
    assert plain_member(int, Content) is int
