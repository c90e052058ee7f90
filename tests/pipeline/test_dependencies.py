"""datamodel-code-generator, openapi-spec-validator, PyYAML and Jinja decide: another answer of theirs gives another package.

Each is changed in a process of its own before the generator runs there, and only the command line is called. A generator
that throws an answer away, or puts one of its own in its place, fails these tests.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.support.folders import ROOT

DOCUMENT = """\
openapi: 3.1.0
info: {title: Pets, version: "1.0"}
paths:
  /pets:
    get:
      tags: [pets]
      operationId: list
      responses:
        "200": {description: All, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
components:
  schemas:
    Pet:
      type: object
      description: Somebody small
      required: [name]
      not: {required: [fins]}
      properties:
        name: {type: string, example: Tom}
        age: {type: integer, default: 3}
    House:
      type: object
      properties:
        doors: {type: integer}
        pet: {$ref: "#/components/schemas/Pet"}
"""
SETTINGS = '[tool.spectwin]\nspec = "openapi.yaml"\noutput = "out"\npackage = "pets"\ndistribution = "pets"\n'

Run = Callable[..., tuple[int, str, dict[str, str]]]


def generate(
    folder: Path, change: str = "", document: str = DOCUMENT, command: str = "generate", layout: str = "single"
) -> tuple[int, str, dict[str, str]]:
    """Generate where a dependency has been changed: status, output, files by name.

    `change` is Python that runs before the generator is imported; modules in `folder / "changed"` come before others.
    """
    project, changed = folder / "project", folder / "changed"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir()
    changed.mkdir(exist_ok=True)
    (project / "openapi.yaml").write_text(document, encoding="utf-8")
    (project / "pyproject.toml").write_text(f'{SETTINGS}layout = "{layout}"\n', encoding="utf-8")
    (changed / "sitecustomize.py").write_text(dedent(change), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(changed), str(ROOT)))}
    done = subprocess.run(
        [sys.executable, "-m", "generator", command],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    out = project / "out"
    files = {
        path.relative_to(out).as_posix(): path.read_text("utf-8")
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    return done.returncode, done.stdout + done.stderr, files


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a function that generates where a dependency has been changed."""
    return partial(generate, tmp_path)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files without any change."""
    status, output, files = generate(tmp_path_factory.mktemp("plain"))
    assert status == 0, output
    return files


def differing(one: dict[str, str], other: dict[str, str]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


# datamodel-code-generator

LAID_OUT = """
    import datamodel_code_generator

    before = datamodel_code_generator.generate

    def generate(*arguments, **options):
        text = before(*arguments, **options)
        assert "Pet" not in text  # it is asked with slots for names
        head, *classes = text.split("\\nclass ")
        {change}
        return "\\nclass ".join([head, *classes])

    datamodel_code_generator.generate = generate
"""


def test_the_classes_are_as_datamodel_code_generator_lays_them_out(run: Run, plain: dict[str, str]) -> None:
    """Where it writes no defaults there are none: of the fields that the document has with one."""
    change = """classes = [one.replace(' = "s2_slot"', "") for one in classes]"""
    status, output, files = run(LAID_OUT.replace("{change}", change))
    assert status == 0, output
    models = plain["pets/models.py"]
    without = re.sub(r"^(    \w+: .*?) = .*$", r"\1", models, flags=re.MULTILINE)
    assert without != models
    assert files["pets/models.py"] == without
    assert differing(plain, files) == {"pets/models.py"}


def test_there_are_no_models_without_datamodel_code_generator(run: Run) -> None:
    status, output, files = run(LAID_OUT.replace("{change}", 'raise ValueError("no lay-out today")'))
    assert (status, files) == (3, {})
    assert "no lay-out today" in output


# openapi-spec-validator


def schema(tmp_path: Path, version: str) -> tuple[Path, Any]:
    """Copy the schemas of openapi-spec-validator to where they come first; give the path and content of one."""
    found = importlib.util.find_spec("openapi_spec_validator")
    assert found
    assert found.origin
    package = tmp_path / "changed" / "openapi_spec_validator"
    shutil.copytree(Path(found.origin).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    path = package / "resources" / "schemas" / f"v{version}" / "schema.json"
    return path, json.loads(path.read_text(encoding="utf-8"))


def info(schema: Any) -> Any:
    return schema["$defs"]["info"] if "$defs" in schema else schema["definitions"]["Info"]


@pytest.mark.parametrize("version", ["3.0", "3.1", "3.2"])
def test_openapi_spec_validators_schemas_decide_what_is_refused(run: Run, tmp_path: Path, version: str) -> None:
    document = DOCUMENT.replace("3.1.0", f"{version}.0").replace("title: Pets,", "title: Pets, colour: red,")
    path, content = schema(tmp_path, version)
    status, output, files = run("", document)
    assert (status, files) == (2, {})
    assert "openapi.yaml:2:" in output
    assert "colour" in output
    assert "contact" not in output
    info(content)["required"].append("contact")
    info(content)["properties"]["colour"] = {"type": "string"}
    path.write_text(json.dumps(content), encoding="utf-8")
    for command in ("generate", "check"):
        status, output, files = run("", document, command)
        assert (status, files) == (2, {})
        assert "openapi.yaml:2:" in output
        assert "colour" not in output.replace("info: {title: Pets, colour: red", "")  # the line that is shown
        assert "contact" in output
    info(content)["required"].remove("contact")
    path.write_text(json.dumps(content), encoding="utf-8")
    status, output, files = run("", document)
    assert status == 0, output
    assert json.loads(files["pets/openapi.json"])["info"]["colour"] == "red"


# PyYAML

EVENTS = """
    import yaml

    def changed(loader):
        class Changed(loader):
            def get_event(self):
                event = super().get_event()
                {change}
                return event

        return Changed

    yaml.CSafeLoader, yaml.SafeLoader = changed(yaml.CSafeLoader), changed(yaml.SafeLoader)
"""


@pytest.mark.parametrize(
    ("change", "info"),
    [
        ('if getattr(event, "value", "") == "Pets": event.value = "Cats"', {"title": "Cats", "version": "1.0"}),
        ('if getattr(event, "value", "") == "title": event.value = "summary"', None),
        ('if getattr(event, "value", "") == "1.0": event.style = None', None),
    ],
    ids=["a value", "a key", "quotes"],
)
def test_the_values_of_a_yaml_document_are_those_of_pyyamls_events(
    run: Run, plain: dict[str, str], change: str, info: dict[str, str] | None
) -> None:
    status, output, files = run(EVENTS.replace("{change}", change))
    if info is None:  # a title or a version that is a string is missing now
        assert (status, files) == (2, {})
        assert "openapi.yaml:2:" in output
    else:
        assert status == 0, output
        assert json.loads(plain["pets/openapi.json"])["info"] == {"title": "Pets", "version": "1.0"}
        assert json.loads(files["pets/openapi.json"])["info"] == info
        assert "Cats" in files["pets/API.md"]


def test_what_pyyaml_takes_for_no_yaml_is_none(run: Run) -> None:
    change = 'if getattr(event, "value", "") == "Pet": raise yaml.reader.ReaderError("", 7, 0x50, "", "")'
    status, output, files = run(EVENTS.replace("{change}", change))
    assert (status, files) == (2, {})
    assert "the character U+0050 is not allowed" in output


# Jinja

TEMPLATES = """
    import jinja2

    before = jinja2.FileSystemLoader.get_source

    def get_source(self, environment, template):
        text, *rest = before(self, environment, template)
        mark = "# " if template.endswith((".py.jinja", ".pyi.jinja", ".toml.jinja")) else ""
        return (text + "\\n" + mark + "{{ 'changed: ' ~ 6 * 7 }}\\n", *rest)

    jinja2.FileSystemLoader.get_source = get_source
"""
PLACES = {
    "single": {"client/group.py": "client/pets.py", "contract/operation.py": "contract.py"},
    "split": {
        "client/group.py": "client/pets.py",
        "api.py": "api/pets.py",
        "contract.py": "contract/__init__.py",
        "contract/group.py": "contract/pets.py",
        "contract/operation.py": "contract/pets.py",
    },
}
"""The file that each template gives, or gives a part of, if it has not the template's name; others are of the other layout."""
SPLIT = {"api/__init__.py", "contract/group.py", "models/__init__.py", "models/__init__.pyi"}
"""The templates of a split package alone."""


@pytest.mark.parametrize("layout", ["single", "split"])
def test_each_file_that_has_a_template_is_what_jinja_makes_of_it(run: Run, layout: str) -> None:
    status, output, files = run(TEMPLATES, layout=layout)
    assert status == 0, output
    folder = ROOT / "templates"
    names = {path.relative_to(folder).as_posix().removesuffix(".jinja") for path in folder.rglob("*.jinja")}
    assert names > SPLIT
    names -= SPLIT if layout == "single" else set()
    expected = {
        name if name in {"README.md", "pyproject.toml"} else f"pets/{PLACES[layout].get(name, name)}" for name in names
    }
    assert {name for name, text in files.items() if "changed: 42" in text} == expected
    assert differing(run(layout=layout)[2], files) == expected
