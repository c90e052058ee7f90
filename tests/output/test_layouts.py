"""The layout of a package: recorded in its manifest, and kept until the settings choose the other one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from generator.cli import app, fast_path
from generator.output import layouts, plan
from generator.output.manifest import layout_of
from generator.settings.settings import Settings
from generator.settings.values import Layout
from tests.support.plans import NEW, OLD, package


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
