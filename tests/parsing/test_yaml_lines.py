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
