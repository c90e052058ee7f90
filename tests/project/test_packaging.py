"""What people install: the wheel has all that it needs, and works where nothing else is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from generator import __version__

DOCUMENT = """\
openapi: 3.0.3
info: {title: Cats, version: "1"}
paths:
  /cats:
    post:
      operationId: add_cat
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Cat"}}}}
      responses: {"201": {description: added, content: {application/json: {schema: {type: string}}}}}
components:
  schemas:
    Cat: {type: object, required: [name], properties: {name: {type: string}}}
"""
SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The wheel, built from the source distribution, which is built from the project."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(root)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    [built] = folder.glob("*.whl")
    return built


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


def needed(requirements: list[str]) -> Iterator[str]:
    """The distributions of this environment that these requirements lead to, extras left out."""
    seen: set[str] = set()
    pending = [Requirement(text) for text in requirements]
    while pending:
        requirement = pending.pop()
        name = canonicalize_name(requirement.name)
        extras = requirement.extras or {""}
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        found = distribution(name)
        assert Version(found.version) in requirement.specifier, f"{requirement}: {found.version} is installed"
        for text in found.requires or []:
            inner = Requirement(text)
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in extras):
                inner.marker = None
                pending += [] if f"{name}>{inner}" in seen else [inner]
                seen.add(f"{name}>{inner}")
        if name not in seen:
            seen.add(name)
            yield name


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """An environment with the wheel, the locked versions of what it asks for, and nothing else; its scripts' folder."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False)
    [site] = folder.glob("Lib/site-packages" if sys.platform == "win32" else "lib/python*/site-packages")
    for name in needed(metadata(wheel).get_all("Requires-Dist") or []):
        found = distribution(name)
        for file in found.files or []:
            source, target = Path(str(found.locate_file(file))), Path(site, file).resolve()
            if source.is_file() and target.is_relative_to(folder):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
    python = folder / SCRIPTS / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(install, capture_output=True, check=True)
    return python.parent


def test_the_wheel_holds_the_generator_and_its_templates(wheel: Path, root: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "generator", "templates"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert found == {re.sub("^templates/", "generator/templates/", name) for name in listed if (root / name).exists()}
    assert {name.split("/")[1] for name in found} >= {"__main__.py", "templates"}


def test_the_metadata_says_what_people_rely_on(wheel: Path) -> None:
    found = metadata(wheel)
    assert (found["Name"], found["Version"], found["License-Expression"]) == ("spectwin", __version__, "MIT")
    assert found["Requires-Python"] == ">=3.11"
    requirements = [Requirement(text) for text in found.get_all("Requires-Dist") or []]
    exact = {item.name for item in requirements if str(item.specifier).startswith("==") and item.marker is None}
    assert exact == {"datamodel-code-generator", "ruff"}  # they decide the bytes that are generated
    with zipfile.ZipFile(wheel) as archive:
        assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())


@pytest.mark.slow
def test_the_installed_command_generates(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "cats.yaml").write_text(DOCUMENT)

    def spectwin(*arguments: str) -> str:
        command = [str(clean / "spectwin"), *arguments]
        environment = {"PATH": str(clean)}
        result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout

    assert spectwin("--version") == f"spectwin {__version__}\n"
    assert spectwin("generate", "cats.yaml", "-o", "out", "--package", "cats").startswith(
        "out/cats: 1 operation, 1 model;"
    )
    assert spectwin("generate", "cats.yaml", "-o", "out", "--package", "cats") == "out/cats is up to date\n"
    assert spectwin("check", "cats.yaml", "-o", "out", "--package", "cats") == "out/cats is what cats.yaml gives\n"
    script = "import cats; from cats import models; print(models.Cat(name='Tom').name)"
    command = [sys.executable, "-c", script]  # what is generated does not need Spectwin; pydantic is here
    assert subprocess.run(command, cwd=tmp_path / "out", capture_output=True, text=True, check=True).stdout == "Tom\n"


def locked(path: Path) -> dict[str, Version]:
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", path.read_text(), re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in pins}


@pytest.mark.parametrize(("lock", "extra"), [("dev.txt", "test"), ("bench.txt", "bench")])
def test_the_lock_is_what_the_project_asks_for(root: Path, lock: str, extra: str) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    pins = locked(root / "requirements" / lock)
    extras = project["project"]["optional-dependencies"]
    asked = [Requirement(text) for text in (*project["project"]["dependencies"], *project["build-system"]["requires"])]
    pending = [extra]
    while pending:
        for requirement in map(Requirement, extras[pending.pop()]):
            if requirement.name == "spectwin":
                pending += requirement.extras
            else:
                asked.append(requirement)
    assert len(asked) > 20
    wrong = [str(item) for item in asked if pins.get(canonicalize_name(item.name), Version("0")) not in item.specifier]
    assert wrong == [], "make lock"


def test_the_locks_agree(root: Path) -> None:
    dev, bench = (locked(root / "requirements" / name) for name in ("dev.txt", "bench.txt"))
    assert {name: version for name, version in dev.items() if bench.get(name) != version} == {}


@pytest.mark.parametrize("lock", ["dev.txt", "bench.txt"])
def test_everything_locked_has_hashes_and_no_place(root: Path, lock: str) -> None:
    text = (root / "requirements" / lock).read_text()
    assert not re.search(r"://|^-|--(index-url|extra-index-url|find-links|trusted-host)| @ ", text, re.MULTILINE)
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 50
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
