"""What datamodel-code-generator is asked: once, as long as it and the question are the same."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from generator.models import shapes


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """As in a process that has asked nothing, where nothing is kept; the file where it would be."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", str(tmp_path))
    before = sys.modules.get("datamodel_code_generator")
    forget()
    yield Path(shapes.place())
    forget()
    if before:
        sys.modules["datamodel_code_generator"] = before


def forget() -> None:
    shapes._kept.cache_clear()
    shapes._made.cache_clear()
    sys.modules.pop("datamodel_code_generator", None)  # its parts stay: to import it again takes no time


def unasked(*_: Any) -> str:
    raise AssertionError("datamodel-code-generator is asked")


def test_what_is_kept_is_what_is_answered(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not fresh.exists()
    answered = shapes.shapes()
    forget()
    monkeypatch.setattr(shapes, "_generate", unasked)
    assert shapes.shapes() == answered
    assert shapes._kept() is not None
    assert list(fresh.parent.iterdir()) == [fresh]


def test_it_is_asked_once_where_nothing_can_be_kept(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    answered = shapes.shapes()
    assert not fresh.exists()
    monkeypatch.setattr(shapes, "_generate", unasked)
    assert shapes.shapes() == answered


@pytest.mark.parametrize("change", ["generator", "question", "python", "this module"])
def test_another_one_is_asked_anew(fresh: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    shapes.shapes()
    forget()
    if change == "question":
        monkeypatch.setattr(shapes, "_SECOND", "field8_slot")
    elif change == "python":
        monkeypatch.setattr("sys.version", "4")
    else:
        changed = "datamodel_code_generator" if change == "generator" else shapes.__name__

        def found(name: str) -> Any:
            spec: Any = find_spec(name)
            if name == changed:
                spec.loader = type(spec.loader)(name, spec.origin)
                spec.loader.path_stats = lambda _: {"mtime": 1, "size": 1}
            return spec

        monkeypatch.setattr(shapes, "find_spec", found)
    before = fresh.read_bytes()
    assert shapes._kept() is None
    assert shapes.shapes()
    assert fresh.read_bytes() != before


@pytest.mark.parametrize("text", ["", "\n", "x\n{}", "{made_by}\n", "{made_by}\n[]", "{made_by}\n{{", "\udcff"])
def test_what_is_damaged_is_asked_anew(fresh: Path, text: str) -> None:
    answered = shapes.shapes()
    forget()
    fresh.write_bytes(text.replace("{made_by}", shapes._made_by()).encode(errors="surrogateescape"))
    assert shapes.shapes() == answered
    assert json.loads(fresh.read_text().partition("\n")[2]) == answered


def test_where_nothing_can_be_written_it_is_asked(fresh: Path) -> None:
    fresh.parent.parent.mkdir(parents=True)
    fresh.parent.write_text("")
    assert shapes.shapes()


def test_an_installation_that_can_not_be_told_from_others_keeps_nothing(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "find_spec", lambda _: None)
    assert shapes.shapes()
    assert not fresh.exists()
    fresh.parent.mkdir(parents=True)
    fresh.write_text("\n{}")
    forget()
    assert shapes._kept() is None


def test_one_that_is_imported_already_is_asked(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes.shapes()
    forget()
    monkeypatch.setitem(sys.modules, "datamodel_code_generator", object())
    monkeypatch.setattr(shapes, "_generate", unasked)
    with pytest.raises(AssertionError, match="is asked"):
        shapes.shapes()


def test_no_process_is_started_when_nothing_is_asked(fresh: Path) -> None:
    shapes.shapes()
    shapes.start()
    assert shapes._worker is None
    forget()
    shapes.start()  # now it is kept
    assert shapes._worker is None
