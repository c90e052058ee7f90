"""Our verdicts against those of openapi-spec-validator: what it refuses is refused here too, unless one is lenient."""

from __future__ import annotations

import warnings
from pathlib import Path

import openapi_spec_validator
import pytest

from generator.diagnostics.diagnostic import Refused
from generator.document.load import load
from generator.validation.validate import validate
from tests.support.skips import left_out

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = sorted(ROOT.glob("tests/golden/*/spec*.yaml"))
CORPUS = sorted(ROOT.parent.glob("shared/corpus/*.*.json"))  # documents of others, which not every machine has
LARGEST = 500_000  # bytes: it takes seconds for larger ones, and they are left out


@pytest.mark.parametrize("path", [*GOLDEN, *CORPUS], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_openapi_spec_validator_refuses_is_refused(path: Path) -> None:
    size = path.stat().st_size
    if size > LARGEST:
        left_out(f"{path.name}, which has {size:,} bytes")
    document = load(path)
    try:
        with warnings.catch_warnings(action="ignore"):
            openapi_spec_validator.validate(document.root)
    except RecursionError:
        left_out(f"{path.name}, of which openapi-spec-validator gives no verdict: it recurses without end")
    except Exception:  # whatever its dependencies raise
        with pytest.raises(Refused):
            validate(document)
    else:
        if path in GOLDEN:
            validate(document)
