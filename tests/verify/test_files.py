"""Which properties of a multipart body are files, and which are text: for the generator, and for verify by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.document import load
from generator.schemas import content
from generator.validation import validate
from generator.verify import process
from generator.verify.wire import bodies
from tests.support import packages

pytestmark = pytest.mark.usefixtures("single")

# JSON Schema Validation 2020-12, 8.3 and 8.4: a string with contentMediaType and without contentEncoding is that text
# in UTF-8. Text and JSON can be that; other media types are bytes (OpenAPI 3.1, 4.8.14.3), and the property is a file.
SCHEMAS: dict[str, tuple[dict[str, Any], bool]] = {
    "plain text": ({"type": "string", "contentMediaType": "text/plain"}, False),
    "text in capitals": ({"type": "string", "contentMediaType": "TEXT/HTML; charset=utf-8"}, False),
    "text or null": ({"type": ["string", "null"], "contentMediaType": "text/csv"}, False),
    "JSON": ({"type": "string", "contentMediaType": "application/json"}, False),
    "JSON in capitals": ({"type": "string", "contentMediaType": "application/problem+JSON"}, False),
    "image": ({"type": "string", "contentMediaType": "image/png"}, True),
    "image or null": ({"type": ["null", "string"], "contentMediaType": "image/png"}, True),
    "image in a list of one type": ({"type": ["string"], "contentMediaType": "image/png"}, True),
    "encoded image": ({"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64"}, False),
    "binary": ({"type": "string", "format": "binary"}, True),
    "binary or null": ({"type": ["null", "string"], "format": "binary"}, True),
    "binary text": ({"type": "string", "format": "binary", "contentMediaType": "text/plain"}, True),
    "binary or integer": ({"type": ["string", "integer"], "format": "binary"}, False),
    "binary of no type": ({"format": "binary"}, False),
}


@pytest.mark.parametrize(("schema", "is_file"), SCHEMAS.values(), ids=SCHEMAS)
def test_generator_and_verify_agree_about_files(schema: dict[str, Any], is_file: bool) -> None:
    assert content.is_file(schema) is is_file
    assert bodies.is_file(schema) is is_file


def test_multipart_bodies_with_text_and_files_pass(tmp_path: Path) -> None:
    single = {f"p{index}": schema for index, (schema, _) in enumerate(SCHEMAS.values())}
    lists = {f"{name}s": {"type": "array", "items": schema} for name, schema in single.items() if name in ("p0", "p5")}
    form = {"type": "object", "required": ["p0", "p5"], "properties": {**single, **lists}}
    body = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    answer = {"type": "object", "required": ["p0"], "properties": {"p0": single["p0"]}}
    responses = {"200": {"description": "", "content": {"multipart/form-data": {"schema": answer}}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Forms", "version": "1"},
        "servers": [{"url": "https://example.com"}],
        "paths": {"/up": {"post": {"operationId": "up", "requestBody": body, "responses": responses}}},
    }
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(document), encoding="utf-8")
    made = packages.write(packages.build(spec, package="forms"), tmp_path)
    written = (made / "models.py").read_text(encoding="utf-8")
    assert "p0: str\n" in written
    assert "p5: File\n" in written
    proof = process.prove(made.parent, made.name, validate.validate(load.load(spec))[0].root, thorough=False)
    assert [verdict.failure for verdict in proof.verdicts] == [""]
    assert proof.verdicts[0].calls >= 6
