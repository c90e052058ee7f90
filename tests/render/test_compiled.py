"""The byte code of templates is that of their text, and only spares time."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from generator.render.compiled import Compiled
from generator.render.environment import environment
from generator.render.folder import templates_folder


@pytest.fixture(autouse=True)
def _kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", None)


def render(folder: Path, options: str = "") -> str:
    """Render a template in an environment of its own, as another run does."""
    loader = jinja2.FileSystemLoader(folder)
    made = jinja2.Environment(loader=loader, bytecode_cache=Compiled(options), autoescape=True)
    return made.get_template("a.py.jinja").render(name="Pets")


def test_a_template_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py.jinja").write_text("class {{ name }}: ...")
    assert render(tmp_path) == "class Pets: ..."
    assert len(list((tmp_path / "__pycache__").iterdir())) == 1
    monkeypatch.delattr(jinja2.Environment, "compile")
    assert render(tmp_path) == "class Pets: ..."


def test_another_text_is_compiled_anew(tmp_path: Path) -> None:
    template = tmp_path / "a.py.jinja"
    template.write_text("{{ name }}")
    assert render(tmp_path) == "Pets"
    template.write_text("{{ name | lower }}")
    assert render(tmp_path) == "pets"


@pytest.mark.parametrize("change", ["options", "version"])
def test_what_compiles_it_otherwise_compiles_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    (tmp_path / "a.py.jinja").write_text("{{ name }}")
    render(tmp_path)
    [kept] = (tmp_path / "__pycache__").iterdir()
    before = kept.read_bytes()
    if change == "version":
        monkeypatch.setattr(jinja2, "__version__", "0")
    assert render(tmp_path, change) == "Pets"
    assert kept.read_bytes() != before


@pytest.mark.parametrize("size", [0, 1, 64, 65, 66, 200])
def test_byte_code_that_is_damaged_is_written_anew(tmp_path: Path, size: int) -> None:
    (tmp_path / "a.py.jinja").write_text("{{ name }}")
    render(tmp_path)
    [kept] = (tmp_path / "__pycache__").iterdir()
    before = kept.read_bytes()
    kept.write_bytes(before[:size])
    assert render(tmp_path) == "Pets"
    assert kept.read_bytes() == before


def test_nothing_is_written_where_python_writes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    (tmp_path / "a.py.jinja").write_text("{{ name }}")
    assert render(tmp_path) == "Pets"
    assert [path.name for path in tmp_path.iterdir()] == ["a.py.jinja"]


def test_a_folder_that_can_not_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.py.jinja").write_text("{{ name }}")
    (tmp_path / "__pycache__").write_text("")
    assert render(tmp_path) == "Pets"


def test_no_filter_stands_on_a_constant() -> None:
    """Jinja compiles in what it makes of it, which another version of the filter would not change."""
    for path in templates_folder().rglob("*.jinja"):
        for one in environment().parse(path.read_text("utf-8")).find_all(jinja2.nodes.Filter):
            assert not isinstance(one.node, jinja2.nodes.Const), f"{path.name}:{one.lineno}"
