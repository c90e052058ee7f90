"""Generating packages in tests: from a document to files, to a folder, to an imported module."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

from generator import pipeline
from generator.document import load
from generator.output import package
from generator.render.folder import templates_folder
from generator.settings.settings import Settings
from generator.validation import validate


def settings(path: Path, **options: Any) -> Settings:
    """Settings for a document, with a package called `api`: split, if the tests are to run that way (`make test LAYOUT=split`)."""
    return Settings(**{"spec": path, "package": "api", "layout": os.environ.get("LAYOUT") or "single", **options})


def build(path: Path, **options: Any) -> package.Package:
    """Load, check and build a document, with the overlay that lies beside it."""
    loaded = load.load(path, overlays=sorted(path.parent.glob("overlay.yaml")))
    checked, _ = validate.validate(loaded, lenient=bool(options.get("lenient")))
    return pipeline.build(checked, settings(path, **options))


def build_tree(folder: Path, root: dict[str, Any], **options: Any) -> package.Package:
    """Build a document given as a tree."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(root, ensure_ascii=False, indent=2), encoding="utf-8")
    return build(path, **options)


def static_names() -> set[str]:
    """The static files, relative to a package."""
    folder = templates_folder() / "static"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}


def dependent(package: package.Package) -> dict[str, str]:
    """The files of a package that depend on its document, by path relative to the package's folder."""
    return {
        name: text
        for name, text in ((_inner(path), text) for path, text in package.files.items())
        if name not in static_names() and name not in ("openapi.json", "py.typed", ".gitattributes")
    }


def _inner(path: PurePosixPath) -> str:
    return "/".join(path.parts[1:]) if len(path.parts) > 1 else path.name


def write(package: package.Package, folder: Path) -> Path:
    """Write a package below a folder; returns its own folder."""
    for path, text in package.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder / package.name


def imported(package: package.Package, folder: Path) -> ModuleType:
    """Write a package and import it; its name must be its own among all tests."""
    write(package, folder)
    sys.path.insert(0, str(folder))
    try:
        for module in ("contract", "models", "errors", "api", "client", "server"):
            if (folder / package.name / f"{module}.py").exists() or (folder / package.name / module).is_dir():
                importlib.import_module(f"{package.name}.{module}")
        return importlib.import_module(package.name)
    finally:
        sys.path.remove(str(folder))
