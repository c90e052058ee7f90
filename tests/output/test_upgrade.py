"""A package that 0.1 wrote is upgraded: its files go, those that were edited stay and are named."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import pytest

from generator.cli import app
from generator.output.fingerprint import digest
from generator.output.removal import NAMES_OF_0_1, is_generated
from tests.support.folders import GOLDEN
from tests.support.packages import build

pytestmark = pytest.mark.usefixtures("single")

DOCUMENT = """\
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths:
  /files: {get: {operationId: read, tags: [File APIs], responses: {"204": {description: Done}}}}
"""
BESIDE = {
    "README.md": "# pets\n\nPets 1: a typed client and a server stub, generated from the OpenAPI document by Spectwin. Do not "
    "edit; `pets/API.md` lists the operations.\n",
    "pyproject.toml": '[build-system]\nrequires = ["hatchling>=1.27"]\nbuild-backend = "hatchling.build"\n\n[project]\n'
    'name = "pets"\n\n[tool.hatch.build.targets.wheel]\npackages = ["pets"]\n',
}


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a package as 0.1 wrote it: every file that it could hold, and a manifest."""
    monkeypatch.chdir(tmp_path)
    Path("openapi.yaml").write_text(DOCUMENT)
    files = {f"pets/{name}": f"# {name} of 0.1\n" for name in NAMES_OF_0_1} | BESIDE
    files["pets/client/file_ap_is.py"] = '"""The operations tagged `File APIs`."""\n'
    files["pets/client/default.py"] = '"""The operations without a tag."""\n'
    for name, text in files.items():
        path = tmp_path / "generated" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    listed = {name: digest(text.encode()) for name, text in files.items()}
    manifest = {"inputs": "0" * 64, "sources": ["openapi.yaml"], "files": listed}
    (tmp_path / "generated/pets/manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return tmp_path / "generated"


def held(output: Path) -> set[str]:
    return {path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file()}


def test_its_files_go(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(["generate", "openapi.yaml"]) == 0
    package = {path.as_posix() for path in build(Path("openapi.yaml"), package="pets").files}
    assert held(output) == package | {"pets/manifest.json"}
    assert "removed" in capsys.readouterr().out
    assert app.run(["check", "openapi.yaml"]) == 0


def test_edited_ones_stay_and_are_named(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited = ("pets/exceptions.py", "pets/client/default.py", "pyproject.toml")
    for name in edited:
        path = output / name
        path.write_text(path.read_text() + "# mine\n")
    assert app.run(["check", "openapi.yaml"]) == 1
    assert "kept: generated/pets/exceptions.py (it was edited since it was generated)" in capsys.readouterr().out
    assert app.run(["generate", "openapi.yaml"]) == 0
    said = capsys.readouterr()
    for name in edited:
        assert (output / name).read_text().endswith("# mine\n")
        assert f"generated/{name}: warning: not removed: it was edited" in said.err
    assert "3 kept" in said.out
    assert "docs/from-0.1.md" in said.err
    package = {path.as_posix() for path in build(Path("openapi.yaml"), package="pets").files}
    assert held(output) == package | {"pets/manifest.json", *edited}
    assert app.run(["check", "openapi.yaml"]) == 0


def test_an_edited_one_that_would_be_overwritten_stops_the_upgrade(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = held(output)
    (output / "pets/models.py").write_text("mine\n")
    assert app.run(["generate", "openapi.yaml"]) == 2
    assert "pets/models.py: error: not overwritten: it was edited" in capsys.readouterr().err
    assert held(output) == before


def test_the_names_of_kept_files_are_in_the_object_for_programs(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (output / "pets/exceptions.py").write_text("mine\n")
    assert app.run(["generate", "openapi.yaml", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["packages"][0]["kept"] == ["pets/exceptions.py"]
    assert [one["severity"] for one in found["diagnostics"]] == ["warning"]


@pytest.mark.parametrize("feature", ["groups", "rules", "streams", "bodies", "texts", "parameter_styles"])
def test_every_file_of_a_package_can_be_told(feature: str) -> None:
    package = build(GOLDEN / feature / "spec.yaml", distribution="api")
    assert [path for path, text in package.files.items() if not is_generated(path, "api", text.encode())] == []


def test_files_of_others_are_told_from_it() -> None:
    for name in (
        "api/mine.py",
        "api/client/mine.py",
        "api/_runtime/mine.py",
        "api/notes.md",
        "README.md",
        "pyproject.toml",
    ):
        for text in (b"", b"# Mine\n", b"x = 1  # Generated by Spectwin\n", b'"""The operations."""\n'):
            assert not is_generated(PurePosixPath(name), "api", text)
