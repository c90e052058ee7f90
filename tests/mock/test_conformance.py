"""schemathesis, all checks, valid and invalid data, against the mock of the cost API (`make schemathesis` takes more)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.folders import ROOT
from tests.tools import conformance

SPEC = ROOT / "spec" / "openapi.json"


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[str, Any]]:
    return conformance.mocked(SPEC, tmp_path_factory.mktemp("conformance"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of schemathesis and what it uses
def test_the_mock_of_the_cost_api_passes_schemathesis(mock: tuple[Any, dict[str, Any]]) -> None:
    app, root = mock
    result = conformance.run(app, "costs", conformance.mended(root), examples=10, seed=0)
    assert result.problems == []
    assert result.failures == {}
    assert result.statuses[200] > 3
    assert result.statuses[422] > 3
    assert result.checks > 100


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_an_answer_that_breaks_the_document_would_be_noticed(mock: tuple[Any, dict[str, Any]]) -> None:
    app, root = mock
    changed = json.loads(json.dumps(root).replace('"ids"', '"identifiers"'))
    result = conformance.run(app, "costs", conformance.mended(changed), examples=5, seed=0)
    assert any("response_schema_conformance" in name for texts in result.failures.values() for name in texts)


@pytest.mark.filterwarnings("ignore")
def test_only_requests_that_are_not_written_as_openapi_says_are_set_aside() -> None:
    import schemathesis

    parameters = [
        {"in": "path", "name": "id", "required": True, "schema": {"type": "integer"}},
        {"in": "query", "name": "q", "required": True, "schema": {"type": "object"}},
    ]
    form = {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}
    operation = {"parameters": parameters, "requestBody": form, "responses": {"200": {"description": ""}}}
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
    paths = {"/{id}": {"post": operation}, "/{a}/b": {"post": operation}, "/{c}/b": {"get": operation}}
    schema = schemathesis.openapi.from_dict({**head, "paths": paths})
    found = schema["/{id}"]["POST"]

    def judged(
        path: Any = 1, query: Any = "x", body: Any = None, check: str = "positive_data_acceptance", message: str = ""
    ) -> bool:
        media_type = "application/x-www-form-urlencoded"
        case = found.Case(path_parameters={"id": path}, query={"a": query}, body=body or {}, media_type=media_type)
        return conformance.misspelt(check, 404, case)

    assert not judged()
    assert not judged(body={"a": "x", "b": ["x", "y"]})
    assert not judged(check="status_code_conformance")
    assert not judged(path="", check="response_schema_conformance")
    assert not judged(check="allow_header_conformance")
    assert conformance.misspelt("allow_header_conformance", 204, schema["/{a}/b"]["POST"].Case())
    assert judged(path="string")
    assert judged(path="", check="status_code_conformance")
    assert judged(query=[{"a": 1}])
    assert judged(body={"a": {"b": 1}})
