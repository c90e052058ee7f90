"""Nothing to do is told quickly, and never wrongly."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from generator.output import fingerprint, plan
from generator.output.package import Package
from generator.render import folder
from generator.settings.settings import Settings

SOURCES = {"openapi.yaml": b"openapi: 3.1.0\n", "schemas/pet.yaml": b"type: object\n"}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a package that was generated just now."""
    monkeypatch.setattr(fingerprint, "_is_older_than_the_generator", lambda _: False)
    for name, data in SOURCES.items():
        (tmp_path / "spec" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "spec" / name).write_bytes(data)
    (tmp_path / "mend.yaml").write_text("overlay: 1.0.0\n")
    found = Settings(
        spec=tmp_path / "spec/openapi.yaml",
        output=tmp_path / "out",
        package="pets",
        overlays=(tmp_path / "mend.yaml",),
    )
    generate(found)
    return found


def generate(settings: Settings, name: str = "pets") -> None:
    files = {PurePosixPath(name, path): f"# {path}\n" for path in ("__init__.py", "client/core.py")}
    package = Package(name=name, files=files, warnings=(), operations=0, models=0)
    digest = fingerprint.inputs_digest(settings, SOURCES)
    plan.write(plan.plan(package, settings.output, inputs_digest=digest, sources=tuple(SOURCES)))


def test_nothing_to_do(settings: Settings) -> None:
    assert fingerprint.current_package(settings) == "pets"


def test_a_package_that_is_named_by_its_document_is_found(settings: Settings) -> None:
    unnamed = replace(settings, package=None)
    assert fingerprint.current_package(unnamed) is None
    generate(unnamed, "cats")
    assert fingerprint.current_package(unnamed) == "cats"
    assert fingerprint.current_package(settings) == "pets"


@pytest.mark.parametrize(
    "change",
    [
        {"package": "cats"},
        {"distribution": "pets"},
        {"sides": frozenset({"client"})},
        {"operations": ("GET /pets",)},
        {"names": {"list": "all"}},
        {"types": {"decimal": "decimal.Decimal"}},
        {"lenient": True},
        {"naive_datetimes": "utc"},
        {"discriminator": "exact"},
        {"properties_imply_object": True},
        {"base_url": "https://api.example.com"},
        {"tolerant": True},
        {"overlays": ()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_settings_give_something_else(settings: Settings, change: dict[str, object]) -> None:
    assert fingerprint.current_package(replace(settings, **change)) is None  # type: ignore[arg-type]


def test_every_setting_counts_but_where_things_are(settings: Settings) -> None:
    uncounted = fingerprint._NOT_IN_THE_OUTPUT
    assert uncounted == {
        "spec",
        "output",
        "overlays",
        "required_version",
        "severities",
        "audiences",
        "limits",
        "templates",
        "made_by",
        "places",
    }
    assert fingerprint.current_package(replace(settings, required_version="9")) == "pets"


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"# more\n")


def interrupt(path: Path) -> None:
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {"pending": {}}))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("spec/openapi.yaml", append),
        ("spec/schemas/pet.yaml", append),
        ("spec/schemas/pet.yaml", Path.unlink),
        ("mend.yaml", append),
        ("mend.yaml", Path.unlink),
        ("out/pets/__init__.py", append),
        ("out/pets/client/core.py", append),
        ("out/pets/client/core.py", Path.unlink),
        ("out/pets/manifest.json", Path.unlink),
        ("out/pets/manifest.json", append),
        ("out/pets/manifest.json", interrupt),
        ("out/pets/.spectwin-0123456789abcdef.tmp", Path.touch),
    ],
)
def test_every_change_is_noticed(settings: Settings, name: str, change: Callable[[Path], None]) -> None:
    change(settings.output.parent / name)
    assert fingerprint.current_package(settings) is None


def test_a_link_in_place_of_a_file_is_noticed(settings: Settings) -> None:
    core = settings.output / "pets/client/core.py"
    core.rename(settings.output / "core.py")
    core.symlink_to(settings.output / "core.py")
    assert fingerprint.current_package(settings) is None


@pytest.mark.parametrize("names", [[], ["../secret"], ["openapi.yaml", "/etc/hostname"], ["openapi.yaml", 3], {}, None])
def test_a_manifest_can_not_name_sources_elsewhere(settings: Settings, names: object) -> None:
    path = settings.output / "pets/manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"sources": names}))
    assert fingerprint.current_package(settings) is None


@pytest.mark.parametrize("content", ["[]", "3", "[" * 100_000, '{"inputs": 1, "sources": [], "files": []}'])
def test_a_strange_manifest_is_no_reason_to_stop(settings: Settings, content: str) -> None:
    (settings.output / "pets/manifest.json").write_text(content)
    assert fingerprint.current_package(settings) is None


def test_newlines_of_a_checkout_do_not_count(settings: Settings) -> None:
    for path in (settings.spec, settings.output / "pets/__init__.py", settings.output / "pets/manifest.json"):
        path.write_bytes(b"\xef\xbb\xbf" * (path == settings.spec) + path.read_bytes().replace(b"\n", b"\r\n"))
    assert fingerprint.current_package(settings) == "pets"


def test_version_and_templates_count(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(fingerprint, "__version__", "9.9.9")
        assert fingerprint.current_package(settings) is None
    (tmp_path / "generator").mkdir()
    (tmp_path / "templates/static").mkdir(parents=True)
    (tmp_path / "templates/static/core.py").write_text("core = 1\n")
    monkeypatch.setattr(folder, "PACKAGE", tmp_path / "generator")
    generate(settings)
    assert fingerprint.current_package(settings) == "pets"
    append(tmp_path / "templates/static/core.py")
    assert fingerprint.current_package(settings) is None


def test_the_templates_of_this_project_are_found(root: Path) -> None:
    found = {name for name, _ in folder.below(folder.templates_folder())}
    assert found == {
        path.relative_to(root / "templates").as_posix()
        for path in (root / "templates").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert found


def test_in_a_checkout_newer_modules_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "generator").mkdir()
    (tmp_path / "pets").mkdir()
    module, manifest = tmp_path / "generator/x.py", tmp_path / "pets/manifest.json"
    for path in (module, manifest, tmp_path / "pyproject.toml"):
        path.touch()
    os.utime(manifest, ns=(1, module.stat().st_mtime_ns - 1))
    monkeypatch.setattr(fingerprint, "PACKAGE", tmp_path / "generator")
    assert fingerprint._is_older_than_the_generator(manifest)
    fingerprint.touch(Settings(spec=Path("x"), output=tmp_path), "pets")
    assert not fingerprint._is_older_than_the_generator(manifest)
    os.utime(manifest, ns=(1, 1))
    (tmp_path / "pyproject.toml").unlink()
    assert not fingerprint._is_older_than_the_generator(manifest)
