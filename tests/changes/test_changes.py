"""What is said of two documents: pairs, mirror, soundness against jsonschema, figures."""

# ruff: noqa: S311 - random numbers that are repeatable, not secret

from __future__ import annotations

import copy
import itertools
import json
import time
import tracemalloc
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.changes.document import collector
from generator.changes.document.media_types import media_key
from generator.changes.document.operations import compare
from generator.changes.sets.differences import SchemaPair
from generator.changes.verdicts import severity_of_effect
from tests.changes.big import big_document
from tests.changes.frames import document, framed
from tests.changes.relations import relation
from tests.changes.soundness import Judge, contradiction, mutated_document, random_pair
from tests.hostile.doubling import counted
from tests.support.folders import CORPUS, ROOT

Tree = dict[str, Any]
PAIRS = Path(__file__).parent
DOCUMENTS = sorted(CORPUS.glob("*.*.json"))
SCHEMA_AREAS = ("types", "values", "bounds", "formats", "objects", "arrays", "unions")
DOCUMENT_AREAS = ("operations", "parameters", "bodies", "responses", "security", "around")

WELL_KNOWN = """api-removed-without-deprecation endpoint-added new-required-request-parameter
request-parameter-became-required request-parameter-removed request-parameter-type-changed
request-parameter-enum-value-removed request-body-became-required request-body-media-type-removed
new-required-request-property request-property-removed request-property-became-required
request-property-became-not-nullable request-property-type-changed request-property-became-enum
request-property-enum-value-removed request-property-pattern-changed response-success-status-removed
response-media-type-removed response-required-property-removed response-property-became-optional
response-property-became-nullable response-property-type-changed response-property-enum-value-added
required-response-header-removed api-security-removed api-security-added api-operation-id-removed""".split()

# Judged more mildly or more strictly than the law of the table: what comes and goes in open objects (docs/changes.md).
SOFTENED = (
    *("new-optional-request-property", "request-property-removed", "response-optional-property-removed"),
    *("read-only", "write-only", "one-of-added", "one-of-removed", "mapping-", "default-value"),
)


def cases(areas: tuple[str, ...]) -> list[Any]:
    return [
        pytest.param(case, id=f"{area}: {case['title']}")
        for area in areas
        for case in yaml.load((PAIRS / f"{area}.yaml").read_text("utf-8"), yaml.CSafeLoader)
    ]


def said(old: Tree, new: Tree) -> list[str]:
    """`severity identifier`, and the path of the value where it is not the property `p` that the pair is about."""
    changes = compare(old, new)
    paths = [change.places[0].path for change in changes]
    return [
        f"{change.severity} {change.identifier}" + (f" {path}" if path not in {"", "p"} else "")
        for change, path in zip(changes, paths, strict=True)
    ]


def directions(case: Tree) -> list[str]:
    only = {"parameter": ["request"], "header": ["response"]}
    return only.get(case.get("at", "property"), ["request", "response"])


@pytest.mark.parametrize("case", cases(SCHEMA_AREAS))
def test_pairs_of_schemas(case: Tree) -> None:
    for direction in directions(case):
        old, new = framed(case, direction)
        assert said(old, new) == case.get(direction, [])
        assert said(new, old) == case.get(f"{direction}-back", [])


@pytest.mark.parametrize("case", cases(DOCUMENT_AREAS))
def test_pairs_of_documents(case: Tree) -> None:
    old, new = document(case["old"]), document(case["new"])
    assert said(old, new) == case.get("forward", [])
    assert said(new, old) == case.get("back", [])


def test_the_pairs_cover_what_they_should() -> None:
    found = [case.values[0] for case in cases((*SCHEMA_AREAS, *DOCUMENT_AREAS))]
    expected = {line.split()[1] for case in found for key in case for line in _lines(case, key)}
    assert len(found) >= 120
    assert set(WELL_KNOWN) - expected - {"response-property-type-changed"} == set()
    assert "response-property-type-changed" in expected
    relations = {case.get("relation") for case in found}
    assert {"equal", "wider", "narrower", "different", "unknown"} <= relations


def _lines(case: Tree, key: str) -> list[str]:
    value = case[key]
    return value if key in {"forward", "back"} or key.startswith(("request", "response")) else []


MIRRORED = {"wider": "narrower", "narrower": "wider"}


def worst(lines: list[str]) -> str:
    return next((level for level in ("error", "warning", "info") if any(line.startswith(level) for line in lines)), "")


@pytest.mark.parametrize("case", cases(SCHEMA_AREAS))
def test_what_breaks_one_way_is_compatible_the_other_way(case: Tree) -> None:
    body = {**case, "at": "body"}
    old, new = framed(body, "request")
    pointer = "#/paths/~1x/post/requestBody/content/application~1json/schema"
    there = relation(old, new, pointer, "request")
    back = relation(new, old, pointer, "request")
    assert there == case["relation"]
    assert back == MIRRORED.get(there, there)
    lines = {key: _lines(case, key) for key in case}
    every = [line for each in lines.values() for line in each]
    if any(name in line for line in every for name in SOFTENED) or len(directions(case)) == 1:
        return
    # Requests one way are responses the other way: the law of the table, both halves of it.
    hidden = any(word in json.dumps([case["old"], case["new"]]) for word in ("readOnly", "writeOnly"))
    if not hidden:
        assert worst(lines.get("request", [])) == worst(lines.get("response-back", []))
        assert worst(lines.get("request-back", [])) == worst(lines.get("response", []))
    if there == "narrower":
        assert worst(lines["request"]) == "error"
        assert worst(lines["request-back"]) != "error"


@pytest.mark.parametrize(
    ("direction", "effect", "severity"),
    [
        ("request", "wider", "info"),
        ("request", "narrower", "error"),
        ("request", "different", "error"),
        ("request", "unknown", "warning"),
        ("response", "wider", "error"),
        ("response", "narrower", "info"),
        ("response", "different", "error"),
        ("response", "unknown", "warning"),
    ],
)
def test_the_law(direction: Any, effect: Any, severity: str) -> None:
    assert severity_of_effect(direction, effect) == severity


def reordered(value: Any, rng: Random) -> Any:
    if isinstance(value, dict):
        names = list(value)
        rng.shuffle(names)
        return {name: reordered(value[name], rng) for name in names}
    return [reordered(each, rng) for each in value] if isinstance(value, list) else value


DATA = {"example", "examples", "default", "enum"}
SETS = {"required", "tags", "parameters", "anyOf"}


def reshuffled(value: Any, rng: Random, key: str = "") -> Any:
    """Members in another order, and the lists whose order means nothing; a mark everywhere that means nothing too."""
    if isinstance(value, dict):
        made = {name: each if name in DATA else reshuffled(each, rng, name) for name, each in value.items()}
        schema_or_operation = isinstance(made.get("type"), str) or isinstance(made.get("operationId"), str)
        return reordered({**made, "x-mark": 1} if schema_or_operation and key != "properties" else made, rng)
    if isinstance(value, list):
        made_list = [reshuffled(each, rng) for each in value]
        if key in SETS:
            rng.shuffle(made_list)
        return made_list
    return value


@pytest.mark.parametrize("path", [ROOT / "spec" / "openapi.json", *DOCUMENTS], ids=lambda path: path.stem)
def test_a_document_against_itself_and_against_another_order(path: Path) -> None:
    root = json.loads(path.read_text("utf-8"))
    assert compare(root, copy.deepcopy(root)) == ()
    assert compare(root, reordered(root, Random(1))) == ()
    # With marks and shuffled sets no text is the same any more: everything is really compared.
    found = compare(root, reshuffled(root, Random(2)))
    assert [change.identifier for change in found] == []


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(["request", "response"]))
def test_claims_hold_for_random_schemas(seed: int, direction: str) -> None:
    old, new = random_pair(seed)
    _, problem = contradiction(old, new, "#/components/schemas/S", direction, Random(seed))
    assert not problem


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_claims_hold_for_mutations_of_real_schemas(path: Path) -> None:
    root = json.loads(path.read_text("utf-8"))
    names = sorted((root.get("components") or {}).get("schemas") or {})
    for number in range(4 if names else 0):
        rng = Random(f"{path.name} {number}")
        name = rng.choice(names)
        pointer = "#/components/schemas/" + name.replace("~", "~0").replace("/", "~1")
        changed = mutated_document(root, name, rng)
        _, problem = contradiction(root, changed, pointer, rng.choice(["request", "response"]), rng, count=15)
        assert not problem, (name, number)


def test_a_wrong_claim_would_be_noticed() -> None:
    old = {"openapi": "3.1.0", "components": {"schemas": {"S": {"type": "string"}}}}
    new = {"openapi": "3.1.0", "components": {"schemas": {"S": {"type": "string", "maxLength": 1}}}}
    claim, problem = contradiction(old, new, "#/components/schemas/S", "request", Random(1))
    assert (claim, problem) == ("narrower", "")
    assert Judge(old, "#/components/schemas/S", "request").accepts("ab")
    assert not Judge(new, "#/components/schemas/S", "request").accepts("ab")


def test_places_are_listed_up_to_a_bound_and_counted_beyond_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "_MOST_PLACES", 3)
    reference = {"$ref": "#/components/schemas/A"}
    content = {"content": {"application/json": {"schema": reference}}}
    operation = {"post": {"requestBody": content, "responses": {"204": {"description": ""}}}}
    old: Tree = {"openapi": "3.1.0", "paths": {f"/{index}": operation for index in range(5)}}
    old["components"] = {"schemas": {"A": {"type": "object", "properties": {"p": {"type": "string"}}}}}
    new = copy.deepcopy(old)
    new["components"]["schemas"]["A"]["properties"]["p"]["maxLength"] = 3
    (change,) = compare(old, new)
    assert [place.operation for place in change.places] == ["POST /0", "POST /1", "POST /2"]
    assert [place.path for place in change.places] == ["p"] * 3
    assert change.more_places == 2


def test_one_cause_is_reported_once_with_all_its_places() -> None:
    ref = {"$ref": "#/components/schemas/Cost"}
    content = {"content": {"application/json": {"schema": ref}}}
    paths = {f"/{name}": {"post": {"requestBody": content, "responses": {"204": {}}}} for name in "abc"}
    old = document({"paths": paths, "components": {"schemas": {"Cost": {"properties": {"n": {"maxLength": 9}}}}}})
    new = copy.deepcopy(old)
    new["components"]["schemas"]["Cost"]["properties"]["n"]["maxLength"] = 5
    (change,) = compare(old, new)
    assert change.identifier == "request-property-max-length-decreased"
    assert [place.operation for place in change.places] == ["POST /a", "POST /b", "POST /c"]
    assert {place.path for place in change.places} == {"n"}
    assert change.old_pointer == change.new_pointer == "#/components/schemas/Cost/properties/n/maxLength"
    assert change.message == "The greatest length of the request property `n` decreased from 9 to 5."


@pytest.mark.parametrize("wrong", [{"format": {}}, {"contentEncoding": []}, {"deprecated": True, "x-sunset": {}}])
def test_what_stands_in_the_place_of_words_is_compared_too(wrong: Tree) -> None:
    old, new = framed({"old": {}, "new": {**wrong, "maxLength": 9}}, "request")
    assert "error request-property-max-length-set" in said(old, new)


def test_a_media_type_is_shown_with_its_quotes() -> None:
    media = 'application/ld+json;profile="https://example.com/a;b"'
    op = {"responses": {"200": {"description": "", "content": {media: {}, "text/plain": {}}}}}
    other = {"responses": {"200": {"description": "", "content": {"text/plain": {}}}}}
    (change,) = compare(document({"op": op}), document({"op": other}))
    shown = media.replace("a;b", "a%3Bb")
    assert change.message == f"The response 200 no longer has the media type {shown}."


def test_a_media_type_of_quotes_is_read_once() -> None:
    began = time.process_time()
    media_key("a/b;x=" + '"\\' * 20_000)
    assert time.process_time() - began < 1  # it took seconds


def test_what_several_ways_lead_to_is_compared_once() -> None:
    """Each level is a part of the next one twice: 40 took 4 GB."""

    def root(levels: int, last: str) -> Tree:
        schemas: Tree = {"S0": {"type": "object", "properties": {"q": {"type": last}}}}
        for one in range(levels):
            part = {"$ref": f"#/components/schemas/S{one}"}
            schemas[f"S{one + 1}"] = {"allOf": [{"anyOf": [part, {"type": kind}]} for kind in ("string", "integer")]}
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/S{levels}"}}}
        answer = {"200": {"description": "", "content": content}}
        return document({"paths": {"/a": {"get": {"responses": answer}}}, "components": {"schemas": schemas}})

    works = [
        counted(partial(compare, root(levels, "string"), root(levels, "integer")))[1].calls for levels in (4, 8, 16)
    ]
    assert all(after < 2.6 * before for before, after in itertools.pairwise(works)), works


def test_a_big_document_is_compared_quickly() -> None:
    old = big_document()
    assert len(json.dumps(old)) > 5_000_000
    assert sum(len(item) for item in old["paths"].values()) == 800
    new = copy.deepcopy(old)
    for name, schema in new["components"]["schemas"].items():
        if name.endswith("7"):
            schema["properties"]["field3"]["maxLength"] = 5
    began = time.process_time()
    assert compare(old, copy.deepcopy(old)) == ()
    changes = compare(old, new)
    assert time.process_time() - began < 3 * 2  # twice the aim: the machine may be busy
    assert len(changes) == 2 * 130
    assert all(len({place.operation for place in change.places}) > 300 for change in changes)


def test_a_big_document_needs_little_memory() -> None:
    old = big_document()
    new = copy.deepcopy(old)
    new["components"]["schemas"]["Error"]["properties"]["code"] = {"type": "number"}
    tracemalloc.start()
    compare(old, new)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 300 * 2**20


def test_what_extends_a_schema_with_a_discriminator_is_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    added: list[str] = []
    add_edge = SchemaPair.add_edge

    def counted(pair: SchemaPair, segment: str, *others: Any) -> None:
        added.append(segment)
        add_edge(pair, segment, *others)

    monkeypatch.setattr(SchemaPair, "add_edge", counted)
    pet = {"$ref": "#/components/schemas/Pet"}
    schemas: Tree = {
        "Pet": {"properties": {"kind": {"type": "string"}}, "discriminator": {"propertyName": "kind"}},
        "Zoo": {"properties": {f"p{number}": {"allOf": [pet]} for number in range(40)}},
        **{f"Pet{number}": {"allOf": [pet]} for number in range(40)},
    }
    content = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Zoo"}}}}
    old = document({"paths": {"/a": {"post": {"requestBody": content}}}, "components": {"schemas": schemas}})
    new = copy.deepcopy(old)
    new["components"]["schemas"]["Pet7"] = {"allOf": [pet, {"required": ["tail"]}]}
    assert said(old, new) == ["error request-property-became-required p0.tail"]
    assert len(added) < 1_000  # 40 for each of 40 were 1,600
