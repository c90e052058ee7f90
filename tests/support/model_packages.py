"""Packages generated for component schemas in tests, and the schemas that many of them use."""

from __future__ import annotations

import importlib
import itertools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from generator import pipeline
from generator.document import load
from generator.settings.settings import Settings
from tests.support.packages import write

HERE = "#/components/schemas/"
NUMBERS = itertools.count()
Build = Callable[..., "Package"]


@dataclass(frozen=True, slots=True)
class Package:
    """A generated package: its modules by name, its files, what the generator warned of."""

    name: str
    files: dict[str, str]
    warnings: tuple[str, ...]

    def module(self, name: str) -> ModuleType:
        return importlib.import_module(f"{self.name}.{name}")

    @property
    def models(self) -> Any:
        return self.module("models")

    def media(self, name: str = "T") -> Any:
        return self.module("_runtime.wire.contract").Json(getattr(self.models, name))

    def refusals(self, text: str, name: str = "T") -> list[dict[str, Any]]:
        """Read a text; what is wrong with it."""
        try:
            self.media(name).read(text.encode())
        except ValueError as error:
            details: list[dict[str, Any]] = error.details  # type: ignore[attr-defined]
            return details
        return []

    def again(self, text: str, name: str = "T") -> Any:
        """Read a text and write what was read."""
        media = self.media(name)
        return json.loads(media.write(media.read(text.encode()))[0])


@contextmanager
def builder(folder: Path) -> Iterator[Build]:
    """Give a function that generates a package for component schemas and makes it importable."""
    sys.path.insert(0, str(folder))

    def build(
        schemas: dict[str, Any], version: str = "3.1.0", body: str = "", forms: tuple[str, ...] = (), **options: Any
    ) -> Package:
        content = {"application/json": {"schema": {"$ref": HERE + body}}}
        operation = {
            "requestBody": {"required": True, "content": dict.fromkeys(forms, *content.values()) or content},
            "responses": {"200": {"description": "-", "content": content}},
        }
        paths = {"/t": {"post": operation}} if body else {}
        info = {"title": "T", "version": "1"}
        root = {"openapi": version, "info": info, "paths": paths, "components": {"schemas": schemas}}
        path = folder / "openapi.json"
        path.write_text(json.dumps(root), encoding="utf-8")
        name = f"models_{next(NUMBERS)}"
        package = pipeline.build(load.load(path), Settings(spec=path, package=name, **options))
        write(package, folder)
        files = {path.name: text for path, text in package.files.items()}
        return Package(name, files, tuple(one.message for one in package.warnings))

    try:
        yield build
    finally:
        sys.path.remove(str(folder))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A schema called T (and others), JSON texts that it accepts, and texts that it refuses with the place of the error."""

    schema: Any
    accepted: list[str] = field(default_factory=list)
    refused: dict[str, list[str | int] | None] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    version: str = "3.1.0"


def obj(properties: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "object", **({"properties": properties} if properties else {}), **more}


TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
CAT = obj({"kind": {"const": "cat"}, "lives": WHOLE}, required=["kind"])
DOG = obj({"kind": {"const": "dog"}, "barks": {"type": "boolean"}}, required=["kind"])
PLAIN_CAT = obj({"kind": TEXT, "lives": WHOLE}, required=["kind"])
PLAIN_DOG = obj({"kind": TEXT, "barks": {"type": "boolean"}}, required=["kind"])
REFS = [{"$ref": HERE + "Cat"}, {"$ref": HERE + "Dog"}]
