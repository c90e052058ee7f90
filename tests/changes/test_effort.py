"""What comparing two documents costs is counted: no part of it is done again for each change or for each place."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from click.testing import CliRunner

from generator.changes import background
from generator.changes.command import diff
from generator.changes.document.collector import Collector
from generator.changes.document.operations import compare
from generator.changes.report import line_blocks
from generator.changes.sets import compared_document
from generator.changes.sets.compared_document import ComparedDocument
from generator.changes.surface.compare import compare_python
from generator.changes.surface.knowledge import Knowledge
from generator.changes.surface.read import Class, Module
from generator.diagnostics.diagnostic import Refused
from generator.document.document import Document
from generator.document.load import load

EMPTY: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}


def compared(folder: Path, old: dict[str, Any], new: dict[str, Any], *arguments: str) -> str:
    sides = folder / "old.json", folder / "new.json"
    for path, tree in zip(sides, (old, new), strict=True):
        path.write_text(json.dumps(tree), "utf-8")
    done = CliRunner().invoke(diff, [*map(str, sides), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def with_parameters(count: int, kind: str) -> dict[str, Any]:
    """One operation with many parameters."""
    parameters = [{"name": f"p{number}", "in": "query", "schema": {"type": kind}} for number in range(count)]
    operation = {"operationId": "read", "parameters": parameters, "responses": {"204": {"description": ""}}}
    return {**EMPTY, "paths": {"/a": {"get": operation}}}


def test_the_words_of_lines_are_searched_once_for_all_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting:
        searched = 0

        def findall(self, text: str) -> list[str]:
            self.searched += len(text)
            return re.findall(r"[^\W\d]\w*", text)

    found: list[int] = []
    for count in (20, 40):
        counting = Counting()
        monkeypatch.setattr(line_blocks, "_WORD", counting)
        out = str(tmp_path / "review.html")
        compared(
            tmp_path,
            with_parameters(count, "string"),
            with_parameters(count, "integer"),
            "--format",
            "html",
            "-o",
            out,
        )
        found.append(counting.searched)
    assert 0 < found[1] < 2.2 * found[0]


@pytest.mark.parametrize(
    "branches",
    [
        [{"type": "object", "properties": {"a": {"type": "string"}}}],
        [{"type": "object", "required": ["p"], "properties": {"p": {"type": "integer"}}}],
    ],
)
def test_unions_may_lead_through_hundreds_of_others(tmp_path: Path, branches: list[dict[str, Any]]) -> None:
    def chain(kind: str) -> dict[str, Any]:
        schemas: dict[str, Any] = {"A300": {"type": kind}}
        for number in range(300):
            inner: dict[str, Any] = {"$ref": f"#/components/schemas/A{number + 1}"}
            if "required" in branches[0]:
                inner = {"type": "object", "required": ["p"], "properties": {"p": inner}}
            schemas[f"A{number}"] = {"oneOf" if "required" in branches[0] else "anyOf": [inner, *branches]}
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/A0"}}}
        operation = {"requestBody": {"content": content}, "responses": {"204": {"description": ""}}}
        return {**EMPTY, "paths": {"/a": {"post": operation}}, "components": {"schemas": schemas}}

    assert "break callers" in compared(tmp_path, chain("string"), chain("boolean"))


def shared(kind: str, count: int, most: int) -> dict[str, Any]:
    """Operations that all refer to one object, which has as many members; `most` is the bound that changes."""
    schema = {"type": "string", "maxLength": most}
    media = {f"application/x{number}+json": {"schema": schema} for number in range(count)}
    kinds: dict[str, dict[str, Any]] = {
        "headers": {"description": "", "headers": {f"X-{number}": {"schema": schema} for number in range(count)}},
        "links": {"description": "", "links": {f"l{number}": {"operationId": f"o{most}"} for number in range(count)}},
        "contents": {"description": "", "content": media},
        "bodies": {"content": media},
    }
    held = kinds.get(kind, {"description": ""})
    section = "requestBodies" if kind == "bodies" else "responses"
    ref = {"$ref": f"#/components/{section}/R"}
    uses: dict[str, Any] = {"requestBody": ref, "responses": {"204": {"description": ""}}}
    if kind != "bodies":
        uses = {"responses": {"200": ref}}
    tree: dict[str, Any] = {**EMPTY, "components": {section: {"R": held}}}
    tree["paths"] = {f"/{number}": {"post": {"operationId": f"o{number}", **uses}} for number in range(count)}
    if kind == "security":
        schemes = {f"s{most}-{number}": {"type": "http", "scheme": "basic"} for number in range(count)}
        tree["components"]["securitySchemes"] = schemes
        tree["security"] = [{name: []} for name in schemes]
    if kind == "servers":
        tree["servers"] = [{"url": f"https://h{most}-{number}.example"} for number in range(count)]
    return tree


@pytest.mark.parametrize("kind", ["headers", "links", "contents", "bodies", "security", "servers"])
def test_what_operations_share_is_compared_once(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done = {"add": 0, "schemas": 0, "at": 0}

    def counted(owner: type, name: str) -> None:
        real = getattr(owner, name)

        def counting(*arguments: Any, **named: Any) -> Any:
            done[name] += 1
            return real(*arguments, **named)

        monkeypatch.setattr(owner, name, counting)

    counted(Collector, "add")
    counted(Collector, "schemas")
    counted(ComparedDocument, "at")
    found = []
    for count in (20, 40):
        done |= dict.fromkeys(done, 0)
        changes = compare(shared(kind, count, 10), shared(kind, count, 11))
        assert sum(len(change.places) for change in changes) >= count * count  # each use is told
        found.append(sum(done.values()))
    assert 0 < found[1] < 2.2 * found[0]


def referring(folder: Path, name: str, count: int, most: int) -> Document:
    """As many paths that refer to one path item, with as many parameters and a body."""
    schema = {"type": "string", "maxLength": most}
    content = {"application/json": {"schema": {"type": "object", "properties": {"a": schema}}}}
    item = {
        "parameters": [{"name": f"p{number}", "in": "query", "schema": schema} for number in range(count)],
        "post": {"requestBody": {"content": content}, "responses": {"204": {"description": ""}}},
    }
    tree = {
        **EMPTY,
        "paths": {f"/{number}": {"$ref": "#/components/pathItems/I"} for number in range(count)},
        "components": {"pathItems": {"I": item}},
    }
    (folder / name).write_text(json.dumps(tree), "utf-8")
    return load(folder / name)


def test_path_items_that_others_refer_to_are_compared_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, found = Collector.schemas, list[int]()

    def counting(self: Collector, *arguments: Any) -> None:
        found[-1] += 1
        real(self, *arguments)

    monkeypatch.setattr(Collector, "schemas", counting)
    for count in (10, 20):
        found.append(0)
        old, new = (referring(tmp_path, f"{most}.json", count, most) for most in (10, 11))
        changes = compare(old.root, new.root)
        assert sum(len(change.places) for change in changes) == count * (count + 1)  # each use is told
        assert {change.old_pointer[:11] for change in changes} == {"#/paths/~10"}
        assert len(changes) == count + 1
    assert found == [11, 21]


def test_copies_of_a_path_item_are_within_the_budget(tmp_path: Path) -> None:
    referring(tmp_path, "100.json", 100, 10)
    with pytest.raises(Refused, match="would be made of this document") as refused:
        referring(tmp_path, "200.json", 200, 10)
    assert [(each.file[-8:], each.line) for each in refused.value.diagnostics] == [("200.json", 1)]


def with_headers(count: int, kind: str) -> dict[str, Any]:
    """As many operations that have one response, with as many headers."""
    headers = {f"X-{number}": {"schema": {"type": kind}} for number in range(count)}
    got = {"get": {"responses": {"204": {"$ref": "#/components/responses/R"}}}}
    components = {"responses": {"R": {"description": "", "headers": headers}}}
    return {**EMPTY, "paths": {f"/{number}": got for number in range(count)}, "components": components}


def with_chain(count: int, kind: str) -> dict[str, Any]:
    """A chain of `allOf`: each schema has all properties of the next one."""
    schemas: dict[str, Any] = {f"A{count}": {"type": "object"}}
    for number in range(count):
        more = {"properties": {f"x{number}": {"type": kind}}}
        schemas[f"A{number}"] = {"allOf": [{"$ref": f"#/components/schemas/A{number + 1}"}, more]}
    return {**EMPTY, "paths": {}, "components": {"schemas": schemas}}


def test_what_importers_see_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, parsed = ast.parse, Counter[str]()

    def parse(source: str, *arguments: Any, **named: Any) -> Any:
        parsed[source] += 1
        return real(source, *arguments, **named)

    monkeypatch.setattr(background, "_possible", lambda: False)
    monkeypatch.setattr(ast, "parse", parse)
    compared(tmp_path, with_headers(20, "string"), with_headers(20, "integer"))
    assert sum(len(text) > 5_000 for text in parsed) >= 2  # the contract of each side
    assert not [text for text, times in parsed.items() if len(text) > 5_000 and times > 1]
    found = []
    for count in (20, 40):
        parsed.clear()
        compared(tmp_path, with_chain(count, "string"), with_chain(count, "integer"))
        found.append(sum(len(text) * times for text, times in parsed.items()))
    assert 0 < found[1] < 2.2 * found[0]


def test_each_field_is_compared_with_its_own_only() -> None:
    compared = 0

    class Type(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    found = []
    for count in (20, 40):
        compared, sides = 0, []
        for kind in ("int", "str"):
            fields = {f"a{number}": (Type(kind), True) for number in range(count)}
            sides.append(Module(classes={"A": Class(("Model",), {**fields, f"{kind}0": (Type("bytes"), True)}, {})}))
        old, new = ({PurePosixPath("api/models.py"): f"# {number}"} for number in range(2))
        knowledge = Knowledge({}, {}, {}), Knowledge({}, {}, {})
        read = {f"# {number}": side for number, side in enumerate(sides)}
        assert len(compare_python(old, new, knowledge, ({}, {}), read)) == count + 2
        found.append(compared)
    assert 0 < found[1] < 2.2 * found[0]


def test_places_stand_in_the_order_in_which_they_are_met() -> None:
    changes = compare(shared("headers", 3, 10), shared("headers", 3, 11))
    assert [[(place.operation, place.part) for place in change.places] for change in changes] == [
        [(f"POST /{operation}", f"header `X-{number}` of the response 200") for operation in range(3)]
        for number in range(3)
    ]


def calling(links: dict[str, list[str]], most: int) -> dict[str, Any]:
    """An operation whose callback leads to others: their names, by the name of the one that has them."""

    def operation(name: str) -> dict[str, Any]:
        own = {f"c{number}": {"$ref": f"#/components/callbacks/{other}"} for number, other in enumerate(links[name])}
        schema = {"type": "string", "maxLength": most}
        body = {"content": {"application/json": {"schema": schema}}}
        return {"requestBody": body, "responses": {"204": {"description": ""}}, "callbacks": own}

    callbacks = {name: {"https://client.example": {"post": operation(name)}} for name in links}
    paths = {"/": {"post": operation("0")}}
    return {**EMPTY, "paths": paths, "components": {"callbacks": callbacks}}


@pytest.mark.parametrize("length", [1, 2, 400])
def test_callbacks_that_lead_to_themselves_are_compared_once(length: int) -> None:
    links = {str(number): [str((number + 1) % length)] for number in range(length)}
    changes = compare(calling(links, 10), calling(links, 11))
    # A callback's callback is sent in the other direction again: round an odd circle, each is met in both.
    assert len(changes) == 1 + length * (1 + length % 2)


def test_callbacks_that_are_compared_again_are_within_the_budget(tmp_path: Path) -> None:
    links = {str(number): [str(number + 1)] * 2 for number in range(30)} | {"30": []}  # 2 ** 30 ways
    sides = [tmp_path / name for name in ("old.json", "new.json")]
    for side, most in zip(sides, (10, 11), strict=True):
        side.write_text(json.dumps(calling(links, most)), "utf-8")
    done = CliRunner().invoke(diff, [*map(str, sides), "--no-python"])
    assert done.exit_code == 2
    assert "new.json:1:" in done.output
    assert "would be made of this document" in done.output


def test_global_security_that_each_operation_departs_from_is_within_the_budget() -> None:
    class Counting:
        spent = 0

        def __call__(self, values: int, _characters: int, _pointer: str) -> None:
            self.spent += values

    old, new, counting = shared("", 40, 10), shared("security", 40, 10), Counting()
    new["security"].append({})
    assert len(compare(old, new, spend=counting)) >= 40 * 40
    assert counting.spent >= 8 * 40 * 40
    counting.spent = 0
    compare(shared("headers", 40, 10), shared("headers", 40, 11), spend=counting)
    assert not counting.spent


def test_no_copy_of_a_schema_is_made_for_each_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    original = compared_document.bare

    def counting(schema: Any) -> Any:
        nonlocal made
        made += 1
        return original(schema)

    monkeypatch.setattr(compared_document, "bare", counting)

    def document(count: int, letter: str) -> dict[str, Any]:
        schema = {"type": "object", "properties": {f"{letter}{number}": {"type": "string"} for number in range(100)}}
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
        operation = {"requestBody": {"content": content}, "responses": {"204": {"description": ""}}}
        paths = {f"/{number}": {"post": operation} for number in range(count)}
        tree: dict[str, Any] = json.loads(
            json.dumps({**EMPTY, "paths": paths, "components": {"schemas": {"A": schema}}})
        )  # each operation is an object of its own
        return tree

    found = []
    for count in (5, 20):
        made = 0
        compare(document(count, "p"), document(count, "q"))
        found.append(made)
    assert found[0] == found[1]
