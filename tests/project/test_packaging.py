"""What people install: the wheel has all that it needs, works where nothing else is, and runs what a checkout runs."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from generator import __version__
from generator.verify.command import _NEEDED
from tests.support import environments

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
# Runs a script or a module as Python would, and prints the files whose code was run, each as often as it was.
RAN = """\
import json, os, runpy, sys
os._exit = sys.exit  # what ran is printed first
ran = []
sys.addaudithook(lambda event, given: event == "exec" and ran.append(getattr(given[0], "co_filename", "")))
kind, what, *sys.argv[1:] = sys.argv[1:]
sys.path[0] = os.path.dirname(what) if kind == "path" else os.getcwd()
try:
    {"module": runpy.run_module, "path": runpy.run_path}[kind](what, run_name="__main__")
except SystemExit as error:
    assert not error.code, error.code
print(json.dumps([os.path.realpath(name) for name in ran if os.path.isabs(name)]), file=sys.stderr)
"""


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


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """An environment with the wheel, the locked versions of what it asks for, and nothing else; its scripts' folder."""
    requirements = metadata(wheel).get_all("Requires-Dist") or []
    scripts, _ = environments.create_with(tmp_path_factory.mktemp("clean"), requirements)
    environments.install(wheel, scripts)
    return scripts


@pytest.fixture(scope="module")
def editable(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """An environment with an editable installation of this checkout and all that is here; its scripts' folder."""
    folder = tmp_path_factory.mktemp("editable")
    scripts, site = environments.create(folder)
    (site / "here.pth").write_text(str(distribution("click").locate_file("")))
    build = f"from hatchling.build import build_editable; build_editable({str(folder)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=root, capture_output=True, check=True)
    [wheel] = folder.glob("*.whl")
    environments.install(wheel, scripts)
    return scripts


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a document, and a package of its own that is called as our folder is."""
    (tmp_path / "cats.yaml").write_text(DOCUMENT)
    settings = '[tool.spectwin]\nspec = "cats.yaml"\noutput = "."\npackage = "cats"\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    (tmp_path / "generator").mkdir()
    (tmp_path / "generator/__init__.py").write_text("raise RuntimeError('the project was imported')\n")
    return tmp_path


def ran(scripts: Path, kind: str, what: str, *arguments: str, cwd: Path) -> list[Path]:
    """The files of which a command ran code, without those of the standard library and of dependencies."""
    command = [str(scripts / "python"), "-c", RAN, kind, what, *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    inside = [Path(name) for name in json.loads(done.stderr)]
    folders = [path.parent for path in inside if path.name == "__main__.py"]
    return sorted(path for path in inside if path.is_relative_to(folders[-1]))


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
    there = [name.removeprefix("generator/") for name in listed if (root / name).exists()]
    assert found == {f"spectwin/{name}" for name in there}
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


@pytest.mark.slow
def test_a_project_with_a_generator_of_its_own_is_undisturbed(clean: Path, editable: Path, project: Path) -> None:
    for scripts in (clean, editable):
        for command in (["spectwin"], ["python", "-m", "spectwin"]):
            whole = [str(scripts / command[0]), *command[1:], "generate"]
            done = subprocess.run(whole, cwd=project, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, "")
            assert done.stdout.startswith("cats: 1 operation, 1 model;")
            shutil.rmtree(project / "cats")


@pytest.mark.slow
def test_verify_proves_a_package_beside_a_generator_of_the_project(editable: Path, project: Path) -> None:
    for arguments in (["generate"], ["verify", "cats", "--no-types"]):
        done = subprocess.run(
            [str(editable / "spectwin"), *arguments], cwd=project, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_each_name_of_the_command_runs_the_same_files_once(
    clean: Path, editable: Path, root: Path, project: Path
) -> None:
    arguments = ("diff", "--help")
    files = ran(editable, "module", "generator", *arguments, cwd=root)
    assert len(files) > 20
    assert len(set(files)) == len(files)
    assert {path.relative_to(root).parts[0] for path in files} == {"generator"}
    for cwd in (root, project):
        assert ran(editable, "module", "spectwin", *arguments, cwd=cwd) == files
        assert ran(editable, "path", str(editable / "spectwin"), *arguments, cwd=cwd) == files
        installed = ran(clean, "module", "spectwin", *arguments, cwd=cwd)
        assert ran(clean, "path", str(clean / "spectwin"), *arguments, cwd=cwd) == installed
        [folder] = {path.parent for path in installed if path.name == "__main__.py"}
        assert folder.name == "spectwin"
        assert [path.relative_to(folder) for path in installed] == [
            path.relative_to(root / "generator") for path in files
        ]


def test_only_a_checkout_has_a_package_called_generator(clean: Path, editable: Path, tmp_path: Path) -> None:
    script = "import importlib.util, sys; sys.exit(importlib.util.find_spec('generator') is not None)"
    assert subprocess.run([str(clean / "python"), "-c", script], cwd=tmp_path, check=False).returncode == 0
    [wheel] = editable.parent.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert [name for name in archive.namelist() if ".dist-info/" not in name] == ["_spectwin.pth"]
        assert Path(archive.read("_spectwin.pth").decode()).name == "editable"


def imported(root: Path, *paths: str) -> set[str]:
    """The distributions that modules of the generator import, by their names on the index."""
    files = [
        file for path in paths for file in ([root / path] if path.endswith(".py") else (root / path).rglob("*.py"))
    ]
    names: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module or "")
    known = packages_distributions()
    tops = {name.partition(".")[0] for name in names} - sys.stdlib_module_names
    return {canonicalize_name(known[name][0]) for name in tops}


def asked(requirements: list[str]) -> set[str]:
    names = {str(canonicalize_name(Requirement(text).name)) for text in requirements}
    return names - {"spectwin"}


def test_what_is_asked_for_is_what_is_imported(root: Path) -> None:
    """`pip install spectwin` brings what `generate` imports, and the extras what the other commands import."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    extras = {name: asked(texts) for name, texts in project["optional-dependencies"].items()}
    rooms = [
        path.name for path in (root / "generator").iterdir() if path.suffix in {"", ".py"} and path.name != "verify"
    ]
    found = imported(root, *(f"generator/{room}" for room in rooms if room != "__pycache__")) - {"watchfiles"}
    # Its schemas are read without an import.
    assert found - {"pydantic-core"} | {"openapi-spec-validator", "pydantic"} == asked(project["dependencies"])
    verified = imported(root, "generator/verify") - {"pydantic-core"}
    assert verified <= asked(project["dependencies"]) | extras["runtime"] | extras["verify"]
    assert extras["watch"] == imported(root, "generator/cli/watch.py") - {"click"}
    needed = {canonicalize_name(name) for name in _NEEDED}
    assert needed == extras["runtime"] | extras["verify"]


@pytest.mark.slow
def test_a_command_says_which_extra_it_needs(clean: Path, project: Path) -> None:
    for arguments, extra in ((["verify"], "verify"), (["generate", "--watch"], "watch")):
        done = subprocess.run(
            [str(clean / "spectwin"), *arguments], cwd=project, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert f"pip install 'spectwin[{extra}]'" in done.stderr


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
