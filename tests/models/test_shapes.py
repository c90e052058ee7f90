"""What datamodel-code-generator is asked: once, as long as it and the question are the same."""

from __future__ import annotations

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


@pytest.mark.parametrize(
    "change", ["question", "python", "datamodel_code_generator", "jinja2", "pydantic", shapes.__name__]
)
def test_another_one_is_asked_anew(fresh: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    shapes.shapes()
    forget()
    if change == "question":
        monkeypatch.setattr(shapes, "_SECOND", "field8_slot")
    elif change == "python":
        monkeypatch.setattr("sys.version", "4")
    else:

        def found(name: str) -> Any:
            spec: Any = find_spec(name)
            if name == change:
                spec.loader = type(spec.loader)(name, spec.origin)
                spec.loader.path_stats = lambda _: {"mtime": 1, "size": 1}
            return spec

        monkeypatch.setattr(shapes, "find_spec", found)
    before = fresh.read_bytes()
    assert shapes._kept() is None
    assert shapes.shapes()
    assert fresh.read_bytes() != before


@pytest.mark.parametrize("damaged", ["", "\n", "x\n{}", "\udcff", "{kept}\n", "{kept} ", "{changed}"])
def test_what_is_damaged_is_asked_anew(fresh: Path, damaged: str) -> None:
    answered = shapes.shapes()
    forget()
    kept = fresh.read_text()
    changed = kept.replace("class", "clasp", 1)
    assert changed != kept
    text = damaged.replace("{kept}", kept).replace("{changed}", changed)
    fresh.write_bytes(text.encode(errors="surrogateescape"))
    assert shapes.shapes() == answered
    assert fresh.read_text() == kept


@pytest.mark.parametrize("content", ["{}", '{"class": ""}', "[" * 100_000])
def test_what_stands_below_the_right_first_line_is_looked_at(fresh: Path, content: str) -> None:
    """Other names were a KeyError, what is deep a RecursionError."""
    answered = shapes.shapes()
    forget()
    first = fresh.read_text().partition("\n")[0]
    fresh.write_text(f"{first}\n{content}\n")
    assert shapes.shapes() == answered


@pytest.mark.parametrize(
    "settings",
    ["[tool.ruff]\nline-length = 20\n[tool.black]\nskip-string-normalization = true\nline-length = 20", "[damaged"],
)
def test_the_project_around_decides_nothing(
    settings: str, fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = shapes.shapes()
    forget()
    fresh.unlink()
    (tmp_path / "pyproject.toml").write_text(settings)
    monkeypatch.chdir(tmp_path)
    assert shapes.shapes() == answered


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
