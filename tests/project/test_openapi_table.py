"""Each line of the table of OpenAPI 3.2's changes (docs/openapi.md) is tried with a document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.diagnostics.diagnostic import Refused
from generator.document.load import load
from generator.lowering.unread import unread
from generator.pipeline import build
from generator.validation.validate import validate
from tests.support.folders import ROOT
from tests.support.packages import settings

DONE = {"204": {"description": "done"}}
TEXT = {"type": "string"}
FORM = {"type": "object", "properties": {"a": {"type": "string"}}}


def _get(**parts: Any) -> dict[str, Any]:
    return {"paths": {"/a": {"get": {"responses": DONE, **parts}}}}


def _parameters(*parameters: dict[str, Any]) -> dict[str, Any]:
    return _get(parameters=list(parameters))


def _answer(media_type: str, **entry: Any) -> dict[str, Any]:
    return _get(responses={"200": {"description": "d", "content": {media_type: entry}}})


def _post(media_type: str, **entry: Any) -> dict[str, Any]:
    return {"paths": {"/a": {"post": {"requestBody": {"content": {media_type: entry}}, "responses": DONE}}}}


def _tagged(**tag: Any) -> dict[str, Any]:
    return {**_get(tags=["a"]), "tags": [{"name": "a", **tag}, {"name": "b"}]}


def _schemes(scheme: dict[str, Any], name: str = "S") -> dict[str, Any]:
    return {**_get(), "components": {"securitySchemes": {"S": scheme}}, "security": [{name: []}]}


def _pets(**discriminator: Any) -> dict[str, Any]:
    pet = {"type": "object", "properties": {"kind": TEXT}, "discriminator": {"propertyName": "kind", **discriminator}}
    cat = {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"lives": {"type": "integer"}}}]}
    return {**_get(), "components": {"schemas": {"Pet": pet, "Cat": cat}}}


QUERY = {"name": "q", "in": "querystring", "content": {"application/x-www-form-urlencoded": {"schema": FORM}}}
OAUTH = {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://a.b", "scopes": {}}}}
KEY = {"type": "apiKey", "in": "header", "name": "K"}
DEVICE = {"deviceAuthorizationUrl": "https://a.b", "tokenUrl": "https://a.b", "scopes": {}}
ADDRESS = "https://a.b/c"

#: start of a line's first cell → documents that are tried, each with what is looked for in what is generated, said or listed
TRIED: dict[str, list[tuple[dict[str, Any], str, str]]] = {
    "`$self`": [
        (
            {
                **_get(),
                "$self": ADDRESS,
                "components": {"schemas": {"A": TEXT, "B": {"$ref": f"{ADDRESS}#/components/schemas/A"}}},
            },
            "supported",
            "B = ",
        )
    ],
    "`query` operations": [({"paths": {"/a": {"query": {"responses": DONE}}}}, "supported", '"QUERY"')],
    "`additionalOperations`": [
        ({"paths": {"/a": {"additionalOperations": {"LINK": {"responses": DONE}}}}}, "supported", '"LINK"')
    ],
    "parameters `in: querystring`": [(_parameters(QUERY), "supported", "QueryString(")],
    "`in: querystring` beside": [(_parameters(QUERY, {"name": "p", "in": "query", "schema": TEXT}), "refused", "")],
    "`style: cookie`": [
        (_parameters({"name": "p", "in": "cookie", "style": "cookie", "schema": TEXT}), "supported", 'style="cookie"')
    ],
    "`allowReserved` outside": [
        (
            _parameters({"name": "p", "in": "cookie", "allowReserved": True, "schema": TEXT}),
            "noticed",
            "allowReserved",
        )
    ],
    "`components.mediaTypes`": [
        (
            {
                **_answer("application/json", **{"$ref": "#/components/mediaTypes/M"}),
                "components": {"mediaTypes": {"M": {"schema": FORM}}},
            },
            "supported",
            "Json(models.M)",
        )
    ],
    "`itemSchema` in event": [
        (_answer(one, itemSchema=FORM), "supported", "AsyncIterator[")
        for one in ("text/event-stream", "application/jsonl", "application/json-seq")
    ],
    "`itemSchema` in multipart": [
        (_answer("multipart/mixed", itemSchema=FORM), "supported", "AsyncIterator["),
        (
            _answer("multipart/mixed", itemSchema=FORM, itemEncoding={"contentType": "a/b+json"}),
            "supported",
            'item_type="a/b+json"',
        ),
        (_post("multipart/mixed", itemSchema=FORM), "noticed", "multipart/mixed"),
    ],
    "`itemSchema` in forms": [
        (_answer("multipart/form-data", itemSchema=FORM), "noticed", "multipart/form-data"),
        (_answer("application/xml", itemSchema=FORM), "noticed", "application/xml"),
        (_answer("application/json", itemSchema=FORM), "noticed", "itemSchema is not read in application/json"),
    ],
    "`itemEncoding` with": [
        (_answer("multipart/mixed", itemSchema=FORM, itemEncoding={"contentType": one}), "noticed", "itemEncoding")
        for one in ("image/*", "a/b, a/c", "multipart/mixed")
    ]
    + [
        (
            _answer("multipart/mixed", itemSchema=FORM, itemEncoding={"headers": {"A": {"schema": TEXT}}}),
            "noticed",
            "headers of itemEncoding",
        ),
        (_post("multipart/mixed", itemSchema=FORM, itemEncoding={}), "noticed", "itemEncoding"),
        (_answer("multipart/mixed", itemSchema=FORM, itemEncoding={"itemEncoding": {}}), "noticed", "itemEncoding"),
    ],
    "`prefixEncoding`": [
        (_answer("multipart/mixed", itemSchema=FORM, prefixEncoding=[{}]), "noticed", "prefixEncoding"),
        (
            _answer("multipart/mixed", schema={"type": "array"}, prefixEncoding=[{"contentType": "a/b"}]),
            "noticed",
            "prefixEncoding",
        ),
        (_post("multipart/form-data", schema=FORM, itemEncoding={"contentType": "a/b"}), "noticed", "itemEncoding"),
    ],
    "`encoding` within": [
        (
            _post("multipart/form-data", schema=FORM, encoding={"a": {"encoding": {"b": {}}}}),
            "noticed",
            "encodings within a part",
        )
    ],
    "responses without": [(_get(responses={"204": {}}), "supported", '"204": Response()')],
    "`summary` of responses": [(_get(responses={"204": {"summary": "s"}}), "listed", "response.summary")],
    "`summary` of tags": [(_tagged(summary="All of a."), "supported", "All of a.")],
    "`parent` of tags": [(_tagged(parent="b"), "listed", "tag.parent"), (_tagged(parent="c"), "refused", "")],
    "`kind` of tags": [(_tagged(kind="nav"), "listed", "tag.kind")],
    "`name` of servers": [({**_get(), "servers": [{"url": "https://a.b", "name": "n"}]}, "listed", "server.name")],
    "`dataValue` of examples": [
        (
            _answer("application/json", schema=TEXT, examples={"one": {"dataValue": "from dataValue"}}),
            "supported",
            "from dataValue",
        )
    ],
    "`serializedValue` of": [
        (
            _answer("application/json", schema=TEXT, examples={"one": {"serializedValue": '"x"'}}),
            "listed",
            "example.serializedValue",
        )
    ],
    "`defaultMapping` of": [
        (_pets(defaultMapping="Cat"), "noticed", "defaultMapping"),
        (_pets(defaultMapping="Dog"), "refused", ""),
    ],
    "discriminators whose": [(_pets(), "supported", "class Cat(Pet")],
    "`nodeType` of XML": [
        (
            {**_get(), "components": {"schemas": {"A": {"type": "string", "xml": {"nodeType": "text"}}}}},
            "listed",
            "schema.xml",
        )
    ],
    "the flow": [
        (_schemes({"type": "oauth2", "flows": {"deviceAuthorization": DEVICE}}), "supported", 'SecurityScheme("S"')
    ],
    "`oauth2MetadataUrl`": [
        (_schemes({**OAUTH, "oauth2MetadataUrl": "https://a.b"}), "listed", "securityScheme.oauth2MetadataUrl")
    ],
    "`deprecated` security": [(_schemes({**KEY, "deprecated": True}), "listed", "securityScheme.deprecated")],
    "security requirements": [
        (_schemes(KEY, "#/components/securitySchemes/S"), "supported", "KeyScheme("),
        (_schemes(KEY, "https://a.b/c#/S"), "refused", ""),
    ],
}


def _rows() -> dict[str, str]:
    """The table's lines: what changed, and what becomes of it."""
    text = (ROOT / "docs" / "openapi.md").read_text(encoding="utf-8").partition("| --- | --- |\n")[2]
    cells = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return {first.strip(): last.strip() for first, last in cells}


def test_each_line_of_the_table_is_tried() -> None:
    rows = list(_rows())
    assert [start for start in TRIED if sum(row.startswith(start) for row in rows) != 1] == []
    assert len(rows) == len(TRIED)


@pytest.mark.parametrize("start", TRIED)
def test_what_the_table_says_is_true(tmp_path: Path, start: str) -> None:
    said = next(text for row, text in _rows().items() if row.startswith(start))
    for parts, status, looked_for in TRIED[start]:
        assert status in said
        path = tmp_path / "spec.json"
        head = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}}
        path.write_text(json.dumps({**head, **parts}), encoding="utf-8")
        if status == "refused":
            with pytest.raises(Refused):
                validate(load(path))
            continue
        document, warnings = validate(load(path))
        package = build(document, settings(path))
        messages = [one.message for one in (*warnings, *package.warnings)]
        listed = [f"{one.kind}.{one.keyword}" for one in unread(document, {})]
        if status == "noticed":
            assert any(looked_for in message for message in messages), messages
        elif status == "listed":
            assert (looked_for in listed, messages) == (True, []), listed
        else:
            assert messages == []
            assert any(looked_for in text for path, text in package.files.items() if path.name != "openapi.json"), start
