"""What a generated package asks for is what its files import."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from generator.render import requirements
from generator.render.folder import templates_folder
from generator.render.requirements import SIDES

STATIC = templates_folder() / "static"
BASE = ["pydantic>=2.13", "typing-extensions>=4.12"]


def with_what_comes(names: set[str]) -> set[str]:
    """Distributions, with those that they depend on themselves."""
    come = {canonicalize_name(Requirement(text).name) for name in names for text in requires(name) or []}
    return names | come


def test_every_import_of_a_static_file_is_asked_for_or_comes_with_what_is() -> None:
    known = packages_distributions()
    files = {
        path: set(re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(), re.MULTILINE))
        for path in STATIC.rglob("*.py")
    }
    found = {name for names in files.values() for name in names if name in known} - sys.stdlib_module_names
    assert {"pydantic", "httpx2", "fastapi", "python_multipart"} <= found
    asked = {canonicalize_name(Requirement(text).name) for table in SIDES.values() for text in table.values()}
    whole = with_what_comes(asked | {"pydantic", "jsonschema-rs"})
    assert [name for name in sorted(found) if canonicalize_name(known[name][0]) not in whole] == []
    assert [module for table in SIDES.values() for module in table if module not in found] == []


def test_the_versions_are_those_that_the_project_is_tested_with(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    ours = {*project["dependencies"], *project["optional-dependencies"]["runtime"]}
    asked = {*requirements._BASE.values(), *(text for table in SIDES.values() for text in table.values()), BASE[0]}
    assert {text for text in ours if text in asked} == asked


@pytest.mark.parametrize(
    ("imports", "sides", "base", "extras"),
    [
        ("import httpx2\n", ["client"], [], {"client": ["httpx2>=2.0"]}),
        ("import httpx2\nimport fastapi\n", ["server"], [], {"server": ["fastapi>=0.120"]}),
        (
            "import httpx2\nfrom fastapi import FastAPI\n\ndef read():\n    from python_multipart import MultipartParser\n",
            ["client", "server"],
            [],
            {
                "client": ["httpx2>=2.0", "python-multipart>=0.0.20"],
                "server": ["fastapi>=0.120", "python-multipart>=0.0.20"],
            },
        ),
        ("from jsonschema_rs import Draft202012Validator\n", [], ["jsonschema-rs>=0.50"], {}),
    ],
)
def test_each_side_asks_for_what_it_imports(
    imports: str, sides: list[str], base: list[str], extras: dict[str, list[str]]
) -> None:
    name = next(STATIC.rglob("*.py")).relative_to(STATIC)
    found = requirements.requirements("pets", {PurePosixPath("pets", name): imports}, sides)
    assert list(found.base) == BASE + base
    assert {side: list(texts) for side, texts in found.extras.items()} == extras
    assert list(found.all) == list(
        dict.fromkeys([*BASE, *base, *(text for texts in extras.values() for text in texts)])
    )


def test_text_of_a_document_asks_for_nothing() -> None:
    files = {PurePosixPath("pets/models.py"): "import httpx2\n", PurePosixPath("pets/API.md"): "import httpx2\n"}
    assert requirements.requirements("pets", files, ["client"]).extras == {"client": ()}
