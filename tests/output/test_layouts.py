"""The layout of a package: recorded in its manifest, and kept until the settings choose the other one."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from generator.cli import app, fast_path
from generator.diagnostics.diagnostic import Refused
from generator.output import layouts, plan
from generator.output.manifest import layout_of
from generator.output.package import Package
from generator.render.marks import HEADS
from generator.settings.settings import Settings
from generator.settings.values import Layout
from tests.support.plans import HEAD, NEW, OLD, contents, package

LAYOUTS: tuple[Layout, ...] = ("single", "split")


def written(output: Path, layout: Layout) -> Path:
    plan.write(plan.plan(replace(package(OLD), layout=layout), output, inputs_digest="1"))
    return output / "pets" / "manifest.json"


def test_only_the_layout_that_is_new_is_recorded(tmp_path: Path) -> None:
    single = json.loads(written(tmp_path / "a", "single").read_text())
    split = json.loads(written(tmp_path / "b", "split").read_text())
    assert single == {name: value for name, value in split.items() if name != "layout"}
    assert split["layout"] == "split"


@pytest.mark.parametrize("layout", ["single", "split"])
def test_a_package_keeps_the_layout_that_it_has(tmp_path: Path, layout: Layout) -> None:
    written(tmp_path, layout)
    settings = Settings(spec=Path("openapi.yaml"), output=tmp_path)
    assert layouts.kept(settings, "pets").layout == layout
    assert layouts.kept(settings, "cats").layout is None
    other = layouts.kept(replace(settings, layout="single"), "pets")
    assert other.layout == "single"


def test_a_layout_that_the_command_line_chose_once_is_up_to_date_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    schemas = {"Pet": {"type": "object", "properties": {"name": {"type": "string"}}}}
    root = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}, "components": {"schemas": schemas}}
    Path("spec.json").write_text(json.dumps(root))
    command = ["generate", "spec.json", "--package", "pets"]
    assert app.run([*command, "--layout", "split"]) == 0
    assert fast_path.run(command) == 0
    assert fast_path.run([*command, "--layout", "split"]) == 0
    assert fast_path.run([*command, "--layout", "single"]) is None
    manifest = Path("generated/pets/manifest.json")
    manifest.write_text(manifest.read_text().replace('  "layout": "split",\n', ""))
    assert fast_path.run(command) is None


def test_a_manifest_that_cannot_be_read_tells_no_layout(tmp_path: Path) -> None:
    manifest = written(tmp_path, "split")
    manifest.write_text("{")
    assert layouts.standing(tmp_path, "pets") is None
    assert layouts.standing(tmp_path / "nowhere", "pets") is None


def test_of_two_merged_layouts_the_first_counts(tmp_path: Path) -> None:
    ours, theirs = (written(tmp_path / name, name).read_text() for name in ("split", "single"))
    text = f"<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n".encode()
    assert layout_of(text) == "split"
    assert layout_of(text.replace(b'  "layout": "split",\n', b"")) == "single"


def test_another_layout_is_drift_also_where_the_files_are_the_same(tmp_path: Path) -> None:
    written(tmp_path, "split")
    same = plan.plan(replace(package(OLD), layout="split"), tmp_path, inputs_digest="2")
    other = plan.plan(replace(package(OLD), layout="single"), tmp_path, inputs_digest="2")
    assert plan.by_files(same).current
    assert not plan.by_files(other).current
    assert not plan.by_files(plan.plan(replace(package(NEW), layout="split"), tmp_path, inputs_digest="1")).current


SPLIT_FILES = {
    **{f"{folder}/__init__.py": f"{HEAD}a = 1\n" for folder in ("api", "contract", "models")},
    "models/__init__.pyi": f"{HEADS['.pyi']}a: int\n",
    "models/pet.py": f"{HEAD}a = 1\n",
}
SINGLE_FILES = {f"{name}.py": f"{HEAD}a = 2\n" for name in ("api", "contract", "models")}


def laid_out(layout: Layout) -> Package:
    return replace(package(SPLIT_FILES if layout == "split" else SINGLE_FILES), layout=layout)


def switched(output: Path, layout: Layout, *, force: bool = False) -> plan.Plan:
    return plan.write(plan.plan(laid_out(layout), output, inputs_digest="1"), force=force)


@pytest.mark.parametrize("name", ["models/__init__.py", "models/__init__.pyi", "api/__init__.py"])
def test_an_edited_file_that_would_hide_a_module_is_not_kept(tmp_path: Path, name: str) -> None:
    switched(tmp_path, "split")
    edited = tmp_path / "pets" / name
    edited.write_text(edited.read_text() + "# mine\n")
    before = contents(tmp_path)
    with pytest.raises(Refused, match=rf"{name}: error: not removed: .* in place of {name.partition('/')[0]}\.py"):
        switched(tmp_path, "single")
    assert contents(tmp_path) == before
    assert f"edited: {edited}" in plan.compare(plan.plan(laid_out("single"), tmp_path, inputs_digest="1"))
    switched(tmp_path, "single", force=True)
    assert sorted(contents(tmp_path / "pets")) == ["api.py", "contract.py", "manifest.json", "models.py"]
    assert plan.plan(laid_out("single"), tmp_path, inputs_digest="1").current


def test_a_file_beside_the_one_that_would_hide_a_module_is_kept(tmp_path: Path) -> None:
    switched(tmp_path, "split")
    edited = tmp_path / "pets" / "models" / "pet.py"
    edited.write_text(edited.read_text() + "# mine\n")
    switched(tmp_path, "single")
    assert edited.exists()
    assert not edited.with_name("__init__.py").exists()
    assert ran(tmp_path, "from pets import models; print(models.a)") == "2"


def test_a_module_that_no_manifest_names_is_never_hidden_nor_removed(tmp_path: Path) -> None:
    switched(tmp_path, "split")
    (tmp_path / "pets" / "manifest.json").unlink()
    for force in (False, True):
        with pytest.raises(Refused, match=r"imported in place of api\.py is in the way"):
            switched(tmp_path, "single", force=force)
    assert sorted(contents(tmp_path / "pets")) == sorted(SPLIT_FILES)


def test_without_a_manifest_the_models_tell_the_layout(tmp_path: Path) -> None:
    for layout in LAYOUTS:
        switched(tmp_path / layout, layout)
        (tmp_path / layout / "pets" / "manifest.json").unlink()
        assert layouts.standing(tmp_path / layout, "pets") == layout


def test_an_edited_module_hides_no_folder(tmp_path: Path) -> None:
    switched(tmp_path, "single")
    edited = tmp_path / "pets" / "models.py"
    edited.write_text(edited.read_text() + "# mine\n")
    done = switched(tmp_path, "split")
    assert [str(file.path) for file in done.of("kept")] == ["pets/models.py"]
    assert "nothing in the package imports it" in plan.keepings(done)[0].hint
    assert ran(tmp_path, "from pets import models; print(models.a)") == "1"
    mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "pets"]
    subprocess.run(mypy, cwd=tmp_path, check=True, capture_output=True)


def ran(folder: Path, code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
