"""The lines of YAML that hold a value, as their author wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.document import load
from generator.document.document import Document

TEXT = """\
openapi: 3.1.0
info: {title: Pets, version: "1"}
tags:
- name: pets   # the only one
  description: |
    Of all

    # kinds
- {name: other}
-
  name: third
paths:
  /pets:
    # what is there
    get: &get
      operationId: list
      responses: {"200": {description: Fine}}

  # what comes
  "/cats": {get: {responses: {"200": {
    description: Fine
  }}}}
components:
    schemas:
        Pet:
            required: [name]
            properties: {
                name: {type: string,
                    maxLength: 9},
            }
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    path = tmp_path_factory.mktemp("yaml") / "openapi.yaml"
    path.write_text(TEXT)
    return load.load(path)


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("#/openapi", "openapi: 3.1.0"),
        ("#/info/title", 'info: {title: Pets, version: "1"}'),
        ("#/tags", TEXT[TEXT.index("tags:") : TEXT.index("\npaths:")]),
        ("#/tags/0", "name: pets   # the only one\ndescription: |\n  Of all\n\n  # kinds"),
        ("#/tags/0/name", "name: pets   # the only one"),
        ("#/tags/0/description", "description: |\n  Of all\n\n  # kinds"),
        ("#/tags/1", "{name: other}"),
        ("#/tags/2", "name: third"),
        ("#/paths/~1pets/get", 'get: &get\n  operationId: list\n  responses: {"200": {description: Fine}}'),
        ("#/paths/~1cats", '"/cats": {get: {responses: {"200": {\n  description: Fine\n}}}}'),
        ("#/components/schemas/Pet/required/0", "required: [name]"),
        ("#/components/schemas/Pet/properties/name", "name: {type: string,\n    maxLength: 9},"),
        ("#/components/schemas/Pet/properties", "properties: {\n    name: {type: string,\n        maxLength: 9},\n}"),
        ("#/components/schemas/Dog", ""),
        ("#/tags/7", ""),
    ],
)
def test_the_lines_of_a_value(document: Document, pointer: str, expected: str) -> None:
    assert "\n".join(document.lines(pointer)) == expected


def test_json_has_none(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"openapi": "3.1.0",\n"info": {"title": "x", "version": "1"}}')
    assert load.load(tmp_path / "a.json").lines("#/info") == ()


def test_each_value_within_a_line_has_its_own(tmp_path: Path) -> None:
    own = """\
x-pets:
- {name: a, age: {least: 1}}
- {name: b,
  age: 2}
- - {name: c}
  - {name: d}
- kind: {name: e, of: [1,
     2]}
  legs: 4
- [
  5,
  {of: 6,
   by: 7},
  8
  ]
-  # the last one

  # of these
  kind: 9
  legs: 10
"""
    (tmp_path / "a.yaml").write_text(TEXT + own)
    found = load.load(tmp_path / "a.yaml")
    pointers = "0 0/age/least 1/name 2 2/0/name 3/kind/name 3/legs 4/0 4/1 4/1/of 5".split()
    assert {each: "|".join(found.lines(f"#/x-pets/{each}")) for each in pointers} == {
        "0": "{name: a, age: {least: 1}}",
        "0/age/least": "- {name: a, age: {least: 1}}",
        "1/name": "- {name: b,|  age: 2}",
        "2": "- {name: c}|- {name: d}",
        "2/0/name": "- - {name: c}",
        "3/kind/name": "- kind: {name: e, of: [1,|     2]}",
        "3/legs": "legs: 4",
        "4/0": "5,",
        "4/1": "{of: 6,| by: 7},",
        "4/1/of": "{of: 6,| by: 7},",
        "5": "kind: 9|legs: 10",
    }


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x85", "\u2028", "\u2029"], ids=ascii)
def test_lines_end_as_the_parser_has_them_end(tmp_path: Path, end: str) -> None:
    (tmp_path / "a.yaml").write_bytes(TEXT.replace("\n", end).encode())
    found = load.load(tmp_path / "a.yaml")
    assert found.lines("#/tags/2") == ("name: third",)
    assert found.lines("#/paths/~1pets/get") == (
        "get: &get",
        "  operationId: list",
        '  responses: {"200": {description: Fine}}',
    )


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\u2029"], ids=ascii)
@pytest.mark.parametrize("page", [False, True])
def test_a_place_is_in_the_line_that_an_editor_shows(tmp_path: Path, end: str, page: bool) -> None:
    text = TEXT.replace("name: pets ", f'name: "pets{end}  of all" ')
    text = f"# Pets{end}\n```yaml\n{text}```\n" if page else text
    (tmp_path / "a.md").write_text(text)
    found = load.load(tmp_path / "a.md").locate("#/tags/2")
    lines = text.split("\n")
    assert (lines[found.line - 1], found.source, found.column) == ("  name: third", "  name: third", 3)


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_a_place_in_a_file_whose_lines_end_with_carriage_returns(tmp_path: Path, name: str) -> None:
    text = '{"openapi": "3.1.0",\r"info": {"title": "x",\r "version": "1"}}'
    (tmp_path / name).write_bytes(text.encode())
    found = load.load(tmp_path / name).locate("#/info/version")
    assert (found.line, found.column, found.source) == (3, 2, ' "version": "1"}}')


def test_what_an_overlay_changed_has_none(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT)
    (tmp_path / "o.yaml").write_text(
        'overlay: 1.0.0\ninfo: {title: o, version: "1"}\n'
        "actions: [{target: $.components.schemas.Pet.properties.name, update: {maxLength: 7}}]\n"
    )
    found = load.load(tmp_path / "a.yaml", overlays=[tmp_path / "o.yaml"])
    name = "#/components/schemas/Pet/properties/name"
    assert [found.lines(each) for each in (name, f"{name}/maxLength", "#/components")] == [()] * 3
    assert found.lines(f"{name}/type") == ("name: {type: string,", "    maxLength: 9},")
