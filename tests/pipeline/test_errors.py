"""Golden cases: what is said about a wrong document, to the letter, with line and column.

``SPECTWIN_GOLDEN=1`` (or ``--rewrite-golden``, where the project has that option) rewrites the expected files.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.diagnostics.diagnostic import Refused, show
from generator.document.load import load
from generator.validation.validate import validate
from tests.support.folders import ERRORS

LENIENT = "expected-lenient.txt"


def _rewriting(request: pytest.FixtureRequest) -> bool:
    return bool(os.environ.get("SPECTWIN_GOLDEN")) or bool(request.config.getoption("--rewrite-golden", default=False))


def _said(spec: Path, *, lenient: bool) -> tuple[str, bool]:
    try:
        _, warnings = validate(load(spec), lenient=lenient)
    except Refused as refused:
        return show(refused.diagnostics), False
    return show(warnings), True


def _compare(expected: Path, said: str, *, rewrite: bool) -> None:
    if rewrite:
        expected.write_text(said + "\n", encoding="utf-8")
    assert said + "\n" == expected.read_text(encoding="utf-8")


@pytest.mark.golden
@pytest.mark.parametrize("case", sorted(path.name for path in ERRORS.iterdir() if path.is_dir()))
def test_diagnostics(case: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    folder = ERRORS / case
    monkeypatch.chdir(folder)
    spec = next(Path().glob("spec.*"))
    rewrite = _rewriting(request)
    said, passed = _said(spec, lenient=False)
    assert not passed, "the document is accepted"
    _compare(folder / "expected.txt", said, rewrite=rewrite)
    said, passed = _said(spec, lenient=True)
    if passed:
        _compare(folder / LENIENT, said, rewrite=rewrite)
    else:
        assert not (folder / LENIENT).exists(), f"refused with --lenient too:\n{said}"


def test_every_case_has_what_it_needs() -> None:
    for folder in ERRORS.iterdir():
        names = {path.name for path in folder.iterdir()}
        assert names - {LENIENT} in ({"spec.yaml", "expected.txt"}, {"spec.json", "expected.txt"}), folder.name
