"""API.md says what is in the models that signatures mention, and leads to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator.render.marks import HEADS
from tests.support.packages import build_tree

SCHEMAS: dict[str, Any] = {
    "Pet": {
        "description": "Who lives\nhere.\n\nAnd *more* of it.",
        "type": "object",
        "required": ["kind"],
        "properties": {
            "kind": {"$ref": "#/components/schemas/Kind"},
            "petName": {"type": "string", "maxLength": 9, "deprecated": True, "description": "On its collar."},
            "age": {"type": "integer", "default": 1},
            "born": {"type": ["string", "null"], "default": None},
        },
        "additionalProperties": {"type": "integer"},
    },
    "Kind": {"enum": ["cat", "dog", None]},
    "Ids": {"type": "array", "items": {"type": "integer"}},
    "Many": {"enum": list(range(60))},
    "Wide": {"type": "object", "properties": {"a": {"enum": [f"value {number}" for number in range(60)]}}},
    "Shut": {
        "type": "object",
        "properties": {"id": {"type": "integer", "readOnly": True}},
        "additionalProperties": False,
    },
    "Models": {"type": "object", "properties": {"x": {"type": "string"}}},
    "pets": {"type": "object", "properties": {"x": {"type": "string"}}},
}


def page(folder: Path, layout: str) -> str:
    """API.md of a package with an operation that takes and gives pets."""

    def of(name: str) -> dict[str, Any]:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}

    operation = {
        "tags": ["pets"],
        "operationId": "add",
        "requestBody": {"required": True, "content": of("Pet")},
        "responses": {
            "200": {"description": "", "content": of("pets")},
            "400": {"description": "", "content": of("Ids")},
        },
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {
            "/pets": {
                "post": operation,
                "put": {**operation, "operationId": "put", "requestBody": {"content": of("Shut")}},
            }
        },
        "components": {"schemas": SCHEMAS},
    }
    files = build_tree(folder, document, layout=layout).files
    [text] = [text for path, text in files.items() if path.name == "API.md"]
    return text.removeprefix(HEADS[".md"])


def test_each_model_is_listed_with_its_fields(tmp_path: Path) -> None:
    text = page(tmp_path, "single")
    assert "; answers 200, 400 `BadRequest`; models [`Pet`](#pet), [`Pets`](#pets-1)\n" in text
    models = text.partition("\n## Models\n\n")[2]
    many = ", ".join(f"`{number}`" for number in range(50))
    assert " ".join(models.split("\n### `Wide`")[0].split()) == " ".join(
        f"""
### `Pet`

Who lives here.

- `kind: Kind`
- `pet_name: str`, optional, `petName` on the wire: On its collar. (deprecated)
- `age: int = 1`
- `born: str | None = None`
- further properties: `int`

### `Kind`

One of `'cat'`, `'dog'`, `None`

### `Ids`

`list[int]`

### `Many`

One of {many} and 10 more
""".split()
    )
    assert "### `ShutRequest`\n\nNo field is declared.\n" in models
    wide = models.partition("### `Wide`")[2].partition("###")[0]
    assert "Literal['value 0', " in wide
    assert "…`,\n  optional" in wide
    assert len(wide) < 400
    assert [line for line in models.splitlines() if line.startswith("### ")][-2:] == ["### `Models`", "### `Pets`"]


def test_models_of_a_split_package_are_read_in_their_modules(tmp_path: Path) -> None:
    text = page(tmp_path, "split")
    assert "models [`Pet`](models/pet.py), [`Pets`](models/pets.py)\n" in text
    assert "## Models" not in text
