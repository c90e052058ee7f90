"""schemathesis, all checks, valid and invalid data, against the mock of the cost API (`make schemathesis` takes more)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.tools import conformance

SPEC = Path(__file__).parents[1] / "spec" / "openapi.json"


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
