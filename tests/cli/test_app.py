"""The commands as they are typed: what they print, write and return."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from generator import __version__, pipeline
from generator.cli import app, fast_path
from generator.diagnostics.diagnostic import Diagnostic, Refused
from generator.disk import Folder
from generator.document.document import Document
from generator.output import fingerprint
from generator.output.fingerprint import digest
from generator.output.package import Package
from generator.render.requirements import SIDES
from generator.settings.settings import Settings
from generator.validation import validate
from tests.support.skips import left_out

DOCUMENT = """\
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths:
  /pets/{id}:
    get:
      operationId: read_pet
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        "200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
components:
  schemas:
    Pet: {type: object, required: [id], properties: {id: {type: integer}, name: {type: string}}}
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in this process, in a folder with a document: status, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    Path("openapi.yaml").write_text(DOCUMENT)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = fast_path.run(arguments)
        if status is None:
            status = app.run(arguments)
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """Put something quick in the pipeline's place; the settings that it was asked for are listed."""
    asked: list[Settings] = []

    def build(document: Document, settings: Settings) -> Package:
        asked.append(settings)
        name = settings.package or str(document.root["info"]["title"]).lower()
        texts = {"__init__.py": "", "models.py": f"# {document.root['paths']}\n", "core.py": "core = 1\n"}
        files = {PurePosixPath(name, path): text for path, text in texts.items()}
        return Package(name=name, files=files, warnings=(), operations=1, models=2)

    monkeypatch.setattr(pipeline, "build", build)
    return asked


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def shell(*arguments: str, cwd: Path, root: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "generator", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_the_whole_way_in_a_process_of_its_own(tmp_path: Path, root: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    first = shell("generate", "openapi.yaml", "-o", "out", "--package", "pets", cwd=tmp_path, root=root)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith("out/pets: 1 operation, 1 model; files: ")
    second = shell("generate", "openapi.yaml", "-o", "out", "--package", "pets", cwd=tmp_path, root=root)
    assert (second.returncode, second.stdout, second.stderr) == (0, "out/pets is up to date\n", "")
    third = shell("check", "openapi.yaml", "-o", "out", "--package", "pets", cwd=tmp_path, root=root)
    assert (third.returncode, third.stdout, third.stderr) == (0, "out/pets is what openapi.yaml gives\n", "")
    script = "from pets.models import Pet; print(Pet.model_validate_json('{\"id\": 3}').id)"
    used = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path / "out", capture_output=True, text=True, check=True
    )
    assert used.stdout == "3\n"


def test_generate_says_what_it_wrote(run: Run, stub: list[Settings]) -> None:
    status, output, errors = run("generate", "openapi.yaml")
    assert (status, errors) == (0, "")
    assert output.startswith("generated/pets: 1 operation, 2 models; files: 4 new (")
    Path("openapi.yaml").write_text(DOCUMENT.replace("/pets/", "/cats/"))
    assert run("generate", "openapi.yaml")[1].startswith(
        "generated/pets: 1 operation, 2 models; files: 2 changed, 2 unchanged ("
    )


def test_generate_ends_with_what_the_package_needs(run: Run) -> None:
    _, output, _ = run("generate", "openapi.yaml", "--package", "pets")
    line = 'to use it: pip install "pydantic>=2.13" "typing-extensions>=4.12" "httpx2>=2.0" "fastapi>=0.120" '
    assert output.splitlines()[1] == f'{line}"fastapi-offline>=1.7" "uvicorn>=0.35"'
    assert run("generate", "openapi.yaml", "--package", "pets")[1] == "generated/pets is up to date\n"
    form = "      requestBody: {content: {multipart/form-data: {schema: {type: object}}}}\n      responses:"
    Path("openapi.yaml").write_text(DOCUMENT.replace("      responses:", form))
    _, output, _ = run("generate", "openapi.yaml", "--package", "pets")
    assert output.splitlines()[-1] == 'to use it from now on: pip install "python-multipart>=0.0.20"'
    Path("openapi.yaml").write_text(DOCUMENT)
    assert "pip" not in run("generate", "openapi.yaml", "--package", "pets")[1]
    package = json.loads(run("generate", "openapi.yaml", "-o", "out", "--package", "pets", "--json")[1])["packages"][0]
    assert package["requires"][2] == "httpx2>=2.0"
    assert package["unread"] == []


def test_generate_says_where_no_environment_variable_is_read(run: Run) -> None:
    lines = run("generate", "openapi.yaml")[1].splitlines()
    assert lines[-1] == (
        "pets: no environment variable is read, as the document chose this name: choose the name with --package or in "
        "the settings, or give Client(environment=…)"
    )
    assert "environment=" not in Path("generated/pets/contract.py").read_text()
    assert "No environment variable is read" in Path("generated/pets/client/__init__.py").read_text()
    assert "no environment" not in run("generate", "openapi.yaml")[1]  # nothing was written
    named = run("generate", "openapi.yaml", "--package", "pets")[1]
    assert ("1 changed" in named or "changed" in named, "no environment variable" in named) == (True, False)
    assert 'environment="PETS"' in Path("generated/pets/contract.py").read_text()
    assert "PETS_BASE_URL" in Path("generated/pets/client/__init__.py").read_text()
    for options, prefix in (((), None), (("--package", "pets"), "PETS")):
        found = json.loads(run("generate", "openapi.yaml", "-o", f"o{prefix}", *options, "--json")[1])["packages"][0]
        assert found["environment"] == prefix


def test_the_name_in_the_settings_is_somebodys_choice_and_a_server_reads_no_variable(run: Run) -> None:
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.yaml"\npackage = "cats"\n')
    assert "no environment variable" not in run("generate")[1]
    assert 'environment="CATS"' in Path("generated/cats/contract.py").read_text()
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.yaml"\nsides = "server"\n')
    assert "no environment variable" not in run("generate")[1]


def test_packages_together_need_each_distribution_once(run: Run) -> None:
    packages = "".join(f'[[tool.spectwin.package]]\npackage = "{name}"\nsides = "{name}"\n' for name in SIDES)
    Path("pyproject.toml").write_text(f'[tool.spectwin]\nspec = "openapi.yaml"\n{packages}')
    lines = run("generate")[1].splitlines()
    assert [line.partition(":")[0] for line in lines[:4]] == [
        *(f"generated/{name}" for name in SIDES),
        "to use it",
        "read first",
    ]
    assert (lines[2].count("pydantic"), "httpx2" in lines[2], "fastapi>" in lines[2]) == (1, True, True)


def test_a_distribution_says_itself_what_it_needs(run: Run) -> None:
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.yaml"\ndistribution = "pets"\n')
    status, output, _ = run("generate")
    said = [line for line in output.splitlines() if "pip install" in line]
    assert (status, said) == (0, ["to use it: pip install './generated[client,server]'"])
    Path("openapi.yaml").write_text(DOCUMENT.replace("/pets/", "/cats/"))
    assert "pip install" not in run("generate")[1]


def test_the_first_time_generate_says_what_to_do_with_the_package(run: Run) -> None:
    _, output, _ = run("generate", "openapi.yaml", "-o", "src", "--package", "pets", "--only", "* *", "--lenient")
    assert output.splitlines()[2:] == [
        "read first: src/pets/API.md",
        "try it: cd src && python -m pets.server --mock",
        "next: put this into pyproject.toml, so that generate, check and diff need no arguments:",
        "  [tool.spectwin]",
        '  spec = "openapi.yaml"',
        '  output = "src"',
        '  package = "pets"',
        '  operations = ["* *"]',
        "  lenient = true",
        "then: commit it all; `spectwin check` fails a build if the package is not what the document gives",
    ]
    Path("pyproject.toml").write_text("\n".join(line.strip() for line in output.splitlines()[5:11]))
    assert run("check") == (0, "src/pets is what openapi.yaml gives\n", "")
    Path("openapi.yaml").write_text(DOCUMENT.replace("/pets/", "/cats/"))
    again = run("generate")[1]
    assert ("src/pets: " in again, "read first" in again, "next: " in again) == (True, False, False)


def test_what_is_said_the_first_time_fits_the_package(run: Run) -> None:
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.yaml"\npackage = "cats"\noutput = "."\n')
    lines = run("generate")[1].splitlines()[2:]
    assert [line.partition(":")[0] for line in lines] == ["read first", "try it", "then"]
    assert lines[1] == "try it: python -m cats.server --mock"
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.yaml"\npackage = "dogs"\nsides = "client"\n')
    assert "try it" not in run("generate")[1]
    shown = json.loads(run("generate", "-o", "other", "--json")[1])
    assert shown["status"] == "written"


def test_nothing_to_do_is_said_and_nothing_is_touched(run: Run, stub: list[Settings], tmp_path: Path) -> None:
    run("generate", "openapi.yaml")
    before = snapshot(tmp_path)
    assert run("generate", "openapi.yaml") == (0, "generated/pets is up to date\n", "")
    assert app.run(["generate", "openapi.yaml"]) == 0  # without the quick answer it is the same
    assert snapshot(tmp_path) == before
    assert len(stub) == 1


def test_nothing_to_do_imports_nothing_heavy(tmp_path: Path, root: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    arguments = ("generate", "openapi.yaml", "--package", "pets")
    assert shell(*arguments, cwd=tmp_path, root=root).returncode == 0
    script = (
        "import sys\nfrom generator.__main__ import run\n"
        "try:\n    run(sys.argv[1:])\nfinally:\n    print(sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "generated/pets is up to date\n"
    imported = set(json.loads(result.stderr.replace("'", '"')))
    heavy = {"click", "yaml", "jinja2", "pydantic", "rich", "datamodel_code_generator", "openapi_spec_validator"}
    assert imported & (heavy | {"subprocess", "difflib", "multiprocessing", "importlib.metadata"}) == set()


def test_an_edited_file_is_reported_and_nothing_is_written(run: Run, stub: list[Settings], tmp_path: Path) -> None:
    run("generate", "openapi.yaml")
    Path("generated/pets/core.py").write_text("core = 'mine'\n")
    Path("openapi.yaml").write_text(DOCUMENT.replace("/pets/", "/cats/"))
    before = snapshot(tmp_path)
    status, output, errors = run("generate", "openapi.yaml")
    assert (status, output) == (2, "")
    assert errors.startswith("generated/pets/core.py: error: not overwritten: it was edited since it was generated\n")
    assert snapshot(tmp_path) == before
    status, output, errors = run("generate", "openapi.yaml", "--force")
    assert (status, errors) == (0, "")
    assert "2 changed, 1 overwritten, 1 unchanged" in output
    assert Path("generated/pets/core.py").read_text() == "core = 1\n"


def test_check_writes_nothing_and_shows_the_difference(run: Run, stub: list[Settings], tmp_path: Path) -> None:
    status, output, _ = run("check", "openapi.yaml")
    assert status == 1
    assert output.startswith("missing: generated/pets/__init__.py\n")
    assert not Path("generated").exists()
    run("generate", "openapi.yaml")
    assert run("check", "openapi.yaml") == (0, "generated/pets is what openapi.yaml gives\n", "")
    Path("generated/pets/core.py").write_text("core = 2\n")
    before = snapshot(tmp_path)
    status, output, _ = run("check", "openapi.yaml")
    assert status == 1
    assert "edited: generated/pets/core.py" in output
    assert "-core = 2\n+core = 1\n" in output
    remedy = "1 file to generate again (1 edited): move what you need out of it, then spectwin generate --force"
    assert output.endswith(f"generated/pets: {remedy}, with the same arguments\n")
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.yaml"\npackage = "pets"\n')
    assert run("check")[1].endswith(f"{remedy}\n")
    Path("pyproject.toml").unlink()
    assert snapshot(tmp_path) == before
    Path("generated/pets/core.py").write_text("core = 1\n")
    Path("openapi.yaml").write_text(DOCUMENT.replace("/pets/", "/cats/"))
    output = run("check", "openapi.yaml")[1]
    assert output.count("differs: ") == 2  # the manifest is one
    assert output.endswith(": 2 files to generate again: spectwin generate, with the same arguments\n")


def test_a_document_that_the_settings_name_and_is_not_there_is_said_to_be_theirs(run: Run) -> None:
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.yml"\n')
    for command in ("generate", "check", "diff", "verify"):
        status, _, errors = run(command)
        assert (status, errors) == (
            2,
            "openapi.yml: error: there is no such file\n  hint: spec in pyproject.toml names it\n",
        )


def test_a_package_is_named_within_its_own_folder(
    run: Run, stub: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.yaml"\n')
    run("generate")
    monkeypatch.chdir("generated/pets")
    assert run("generate") == (0, "pets is up to date\n", "")
    assert run("check")[1].startswith("pets is what ")


def test_another_version_that_generates_the_same_is_no_drift(
    run: Run, stub: list[Settings], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run("generate", "openapi.yaml")
    before = snapshot(tmp_path)
    monkeypatch.setattr(fingerprint, "__version__", "9.9.9")
    assert run("check", "openapi.yaml") == (0, "generated/pets is what openapi.yaml gives\n", "")
    checked = json.loads(run("check", "openapi.yaml", "--json")[1])
    assert (checked["status"], checked["packages"][0]["changed"]) == ("up-to-date", [])
    assert snapshot(tmp_path) == before
    assert (
        "; files: 1 changed (manifest.json, which says what the package is made from), 3 unchanged ("
        in run("generate", "openapi.yaml")[1]
    )
    assert run("generate", "openapi.yaml")[1] == "generated/pets is up to date\n"
    assert len(stub) == 4  # the last one was told quickly again


def test_check_does_not_believe_the_manifest(run: Run, stub: list[Settings]) -> None:
    run("generate", "openapi.yaml")
    path = Path("generated/pets/core.py")
    old = digest(path.read_bytes())
    path.write_text("core = 'planted'\n")
    manifest = Path("generated/pets/manifest.json")
    manifest.write_text(manifest.read_text().replace(old, digest(path.read_bytes())))
    assert run("generate", "openapi.yaml")[1] == "generated/pets is up to date\n"
    status, output, _ = run("check", "openapi.yaml")
    assert status == 1
    assert "-core = 'planted'\n" in output


def test_a_wrong_document_is_refused_and_the_disk_stays(run: Run, tmp_path: Path) -> None:
    Path("openapi.yaml").write_text(DOCUMENT.replace("#/components/schemas/Pet", "#/components/schemas/Dog"))
    before = snapshot(tmp_path)
    for command in ("generate", "check"):
        status, output, errors = run(command, "openapi.yaml")
        assert (status, output) == (2, "")
        assert errors.startswith("openapi.yaml:9:")
        assert "Dog" in errors
        assert "Traceback" not in errors
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize(
    "arguments", [["generate", "missing.yaml"], ["check", "missing.yaml"], ["import", "missing.md"]]
)
def test_a_file_that_is_not_there(run: Run, arguments: list[str]) -> None:
    status, output, errors = run(*arguments)
    assert (status, output) == (2, "")
    assert "missing." in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate", "--nonsense"],
        ["generate", "a.yaml", "b.yaml"],
        ["generate", "--package", "not a name", "openapi.yaml"],
        ["generate", "--package", "", "openapi.yaml"],
        ["generate", "-o"],
        ["generate"],
        ["check"],
        ["nonsense"],
    ],
)
def test_wrong_arguments(run: Run, arguments: list[str]) -> None:
    status, output, errors = run(*arguments)
    assert (status, output) == (2, "")
    assert errors


def test_what_refuses_wins_over_what_the_generator_makes_of_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(document: Document, *, lenient: bool = False) -> Any:
        raise Refused(document.diagnostic("error", "not this one", "#/info"))

    def build(document: Document, settings: Settings) -> Package:
        raise AssertionError

    monkeypatch.setattr(validate, "validate", refuse)
    monkeypatch.setattr(pipeline, "build", build)
    status, _, errors = run("generate", "openapi.yaml")
    assert status == 2
    assert "not this one" in errors


def test_what_the_check_mended_is_what_is_generated(
    run: Run, stub: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    def mend(document: Document, *, lenient: bool = False) -> Any:
        return document.with_root({**document.root, "paths": "mended"}), (document.diagnostic("warning", "so so", "#"),)

    monkeypatch.setattr(validate, "validate", mend)
    for options in ([], ["--lenient"]):
        status, _, errors = run("generate", "openapi.yaml", "-o", f"out{len(options)}", *options)
        assert status == 0
        assert "openapi.yaml:1:1: warning: so so" in errors
        assert Path(f"out{len(options)}/pets/models.py").read_text() == "# mended\n"


def test_a_defect_is_told_without_a_traceback(
    run: Run, stub: list[Settings], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def build(document: Document, settings: Settings) -> Package:
        raise KeyError("it\x1b[31m")

    monkeypatch.setattr(pipeline, "build", build)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    status, output, errors = run("generate", "openapi.yaml")
    assert (status, output) == (3, "")
    assert errors.startswith("spectwin: a defect of ours, not of your document: KeyError: 'it")
    assert "\x1b" not in errors
    assert "Traceback (most" not in errors
    [kept] = [line.rpartition(" ")[2] for line in errors.splitlines() if "traceback is in" in line]
    assert "KeyError" in Path(kept).read_text()
    assert not Path("generated").exists()
    status, output, _ = run("generate", "openapi.yaml", "--json")
    assert (status, json.loads(output)["status"]) == (3, "defect")


def test_a_disk_that_refuses_is_no_defect(run: Run, stub: list[Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Folder, "stage", full)
    status, output, errors = run("generate", "openapi.yaml")
    assert (status, output) == (2, "")
    assert "No space left on device" in errors


def test_many_warnings_are_counted_and_json_has_all(
    run: Run, stub: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    many = tuple(Diagnostic(severity="warning", message=f"number {number}", line=number) for number in range(1, 31))
    monkeypatch.setattr(validate, "validate", lambda document, **_: (document, many))
    status, _, errors = run("generate", "openapi.yaml")
    assert status == 0
    assert errors.count("warning:") == 10
    assert "… and 20 more warnings" in errors
    _, output, errors = run("generate", "openapi.yaml", "-o", "other", "--json")
    assert errors == ""
    assert [found["line"] for found in json.loads(output)["diagnostics"]] == list(range(1, 31))


def test_files_that_stay_are_all_named_however_many_warnings_a_document_has(
    run: Run, stub: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    many = tuple(
        Diagnostic(severity="warning", message=f"number {number}", file="a.yaml", line=number)
        for number in range(1, 31)
    )
    monkeypatch.setattr(validate, "validate", lambda document, **_: (document, many))
    for name in ("cats", "pets"):  # cats becomes an orphan
        Path("pyproject.toml").write_text(f'[tool.spectwin]\nspec = "openapi.yaml"\npackage = "{name}"\n')
        run("generate")
    names = [f"generated/pets/{number}.py" for number in range(12)]
    manifest = Path("generated/pets/manifest.json")
    known = json.loads(manifest.read_text())
    known["files"] |= {name.removeprefix("generated/"): digest(b"") for name in names}
    manifest.write_text(json.dumps(known))
    for name in names:
        Path(name).write_text("mine = 1\n")
    Path("openapi.yaml").write_text(DOCUMENT.replace("/pets/", "/dogs/"))
    status, _, errors = run("generate")
    lines = [line for line in errors.splitlines() if not line.startswith("  hint: ")]
    assert (status, lines[10]) == (0, "… and 20 more warnings (--json lists all)")
    assert lines[11].startswith("generated/cats: warning: this package is generated no longer")
    assert [line.partition(": ")[0] for line in lines[12:]] == sorted(names)
    assert all(Path(name).exists() for name in names)


def test_json_is_one_object(run: Run, stub: list[Settings]) -> None:
    for expected in ("written", "up-to-date"):
        status, output, errors = run("generate", "openapi.yaml", "--json")
        found = json.loads(output)
        assert (status, errors, found["status"], found["diagnostics"]) == (0, "", expected, [])
        [package] = found["packages"]
        assert (package["package"], package["folder"], package["status"]) == ("pets", "generated/pets", expected)
    Path("generated/pets/core.py").unlink()
    status, output, _ = run("check", "openapi.yaml", "--json")
    found = json.loads(output)
    assert (status, found["status"], found["packages"][0]["new"]) == (1, "drift", ["pets/core.py"])
    Path("openapi.yaml").write_text("[]")
    status, output, errors = run("generate", "openapi.yaml", "--json")
    found = json.loads(output)
    assert (status, errors, found["status"]) == (2, "", "refused")
    assert found["diagnostics"][0]["file"] == "openapi.yaml"


SEVERAL = """
[[tool.spectwin.package]]
package = "one"
spec = "openapi.yaml"
[[tool.spectwin.package]]
package = "two"
spec = "two.yaml"
"""


def test_several_packages_are_written_together_or_not_at_all(run: Run, stub: list[Settings]) -> None:
    Path("pyproject.toml").write_text(SEVERAL)
    status, _, errors = run("generate")
    assert (status, Path("generated").exists()) == (2, False)
    assert "two.yaml" in errors
    Path("two.yaml").write_text(DOCUMENT)
    status, output, _ = run("generate")
    assert status == 0
    said = [line.partition(":")[0] for line in output.splitlines()]
    assert [one for one in said if one.startswith("generated/")] == ["generated/one", "generated/two"]
    assert run("generate") == (0, "generated/one is up to date\ngenerated/two is up to date\n", "")
    Path("two.yaml").write_text(DOCUMENT.replace("/pets/", "/cats/"))
    stub.clear()
    status, output, _ = run("generate")
    assert [settings.package for settings in stub] == ["two"]
    assert "generated/two: 1 operation" in output
    assert "generated/one is up to date" in output
    assert run("check")[0] == 0


def test_settings_are_found_from_a_folder_inside(
    run: Run, stub: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "openapi.yaml"\n')
    Path("inside").mkdir()
    monkeypatch.chdir("inside")
    assert run("generate")[0] == 0
    assert Path("../generated/pets/core.py").exists()


def test_another_version(run: Run, stub: list[Settings]) -> None:
    settings = '[tool.spectwin]\nspec = "openapi.yaml"\nrequired-version = "{}"\n'
    Path("pyproject.toml").write_text(settings.format(__version__))
    assert run("generate")[0] == 0
    Path("pyproject.toml").write_text(settings.format("99.1"))
    Path("openapi.yaml").write_text(DOCUMENT.replace("/pets/", "/cats/"))
    status, _, errors = run("generate")
    assert status == 2
    assert f"require Spectwin 99.1, and this is {__version__}" in errors
    status, output, _ = run("check")
    assert status == 1
    assert output == f"generated is generated by another version: 99.1 is required, this is {__version__}\n"


# What is quick reads arguments as the whole command line does

ARGUMENTS = [
    ["generate"],
    ["generate", "a.yaml"],
    ["generate", "a.yaml", "-o", "out"],
    ["generate", "--output=out", "a.yaml"],
    ["generate", "--output", "out", "--package", "p", "--only", "GET /x", "--only", "GET /y", "--lenient", "--json"],
    ["generate", "--force", "a.yaml", "--package=p"],
    ["check", "a.yaml"],
    ["generate", "-oout"],
    ["generate", "-o=out"],
    ["generate", "--", "a.yaml"],
    ["generate", "--pack", "p"],
    ["generate", "--help"],
    ["generate", "a.yaml", "b.yaml"],
    ["generate", "-o"],
    ["generate", "-o", ""],
    ["generate", "--json=1"],
    ["--version"],
    [],
]


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=" ".join)
def test_both_readers_of_arguments_agree(arguments: Sequence[str]) -> None:
    found = fast_path.parse(arguments)
    if found is None:
        return
    command = app.commands.commands["generate"]
    parsed = command.make_context("generate", list(arguments[1:])).params
    assert {name: value for name, value in parsed.items() if value} == {
        {"json": "as_json"}.get(name, name): tuple(value) if isinstance(value, list) else value
        for name, value in found.items()
    }


def test_the_usual_command_lines_are_answered_quickly() -> None:
    assert [fast_path.parse(arguments) is not None for arguments in ARGUMENTS[:8]] == [True] * 6 + [False, False]


def test_every_command_says_how_it_is_used(run: Run) -> None:
    status, output, errors = run("--help")
    assert (status, errors) == (0, "")
    for text in ("generate", "check", "import", "Examples:", "Exit status:"):
        assert text in output
    for command in ("generate", "check", "import"):
        status, output, _ = run(command, "--help")
        assert (status, output.split()[:3]) == (0, ["Usage:", "spectwin", command])


def test_the_version(run: Run) -> None:
    assert run("--version") == (0, f"spectwin {__version__}\n", "")


# import


def test_import_writes_canonical_json(run: Run) -> None:
    Path("page.md").write_text(f"# A page\n\n```yaml\n{DOCUMENT.replace('one', '하나')}```\n")
    status, output, errors = run("import", "page.md")
    assert (status, errors) == (0, "")
    text = Path("spec/openapi.json").read_text()
    assert text.startswith('{\n  "openapi": "3.1.0",\n  "info": {\n    "title": "Pets",')
    assert "하나" in text
    assert output == f"spec/openapi.json written: {text.count(chr(10))} lines\n"
    assert run("import", "page.md") == (0, "spec/openapi.json is unchanged\n", "")
    Path("page.md").write_text(f"```yaml\n{DOCUMENT.replace('one', '둘')}```\n")
    status, output, _ = run("import", "page.md")
    assert status == 0
    assert '-            "description": "하나",\n+            "description": "둘",\n' in output


def test_import_goes_to_the_configured_document(run: Run) -> None:
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "api/pets.json"\n')
    assert run("import", "openapi.yaml")[0] == 0
    assert Path("api/pets.json").exists()


def test_import_replaces_what_could_not_be_read(run: Run) -> None:
    Path("old.json").write_text("<<<<<<< HEAD")
    assert run("import", "openapi.yaml", "-o", "old.json")[0] == 0
    assert json.loads(Path("old.json").read_text())["info"]["title"] == "Pets"


def test_import_refuses_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    Path("secret.json").write_text("{}")
    Path("link.json").symlink_to("secret.json")
    before = snapshot(tmp_path)
    assert run("import", "openapi.yaml", "-o", "x.yaml")[0] == 2
    Path("page.md").write_text("nothing here\n")
    before = snapshot(tmp_path)
    assert run("import", "page.md", "-o", "x.json")[0] == 2
    assert snapshot(tmp_path) == before


def test_a_reader_that_goes_away_is_no_defect(tmp_path: Path, root: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    command = f"{sys.executable} -m generator check openapi.yaml | true"
    environment = {**os.environ, "PYTHONPATH": str(root)}
    result = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_what_is_read_is_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, force: list[str]) -> None:
    """`--force` wrote the package's own pyproject.toml in the place of the user's, whose settings it had just read."""
    monkeypatch.chdir(tmp_path)
    paths = {path: {"get": {"responses": {"200": {"description": ""}}}} for path in ("/x", "/y")}
    document = json.dumps({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths})
    Path("a.json").write_text(document)
    settings = (
        '[project]\nname = "mine"\n[tool.spectwin]\nspec = "a.json"\npackage = "p"\noutput = "."\ndistribution = "x"\n'
    )
    Path("pyproject.toml").write_text(settings)
    assert app.run(["generate", *force]) == 2
    assert Path("pyproject.toml").read_text() == settings
    assert not Path("p").exists()
    Path("pyproject.toml").unlink()
    assert app.run(["generate", "a.json", "-o", ".", "--package", "p"]) == 0
    before = Path("p/openapi.json").read_bytes()
    assert app.run(["generate", "p/openapi.json", "-o", ".", "--package", "p", "--only", "GET /x", *force]) == 2
    assert Path("p/openapi.json").read_bytes() == before


@pytest.mark.parametrize("name", ["p/\ud800.py", f"p/{'a/' * 1000}x.py", f"p/{'a' * 5000}.py"])
def test_names_that_no_file_has_are_no_defect_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text('{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}')
    command = ["a.json", "-o", ".", "--package", "p"]
    assert app.run(["generate", *command]) == 0
    Path("p/manifest.json").write_text(json.dumps({"inputs": "x", "sources": [], "files": {name: "x"}}))
    assert app.run(["check", *command]) in (0, 1)
    assert app.run(["generate", *command]) == 0


def test_a_reference_through_many_folders_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    components = {"schemas": {"A": {"$ref": f"{'a/' * 1000}b.json#/x"}}}
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
    Path("a.json").write_text(json.dumps({**head, "components": components}))
    assert app.run(["generate", "a.json", "-o", ".", "--package", "p"]) == 2


def ended(cwd: Path, redirected: str, before: str = "") -> tuple[int, str]:
    """Run a command line by a shell; its status and what it says of errors."""
    environment = os.environ | {"PYTHONPATH": str(Path(app.__file__).parents[2])}
    command = f"{before}{sys.executable} -m generator {redirected}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("arguments", ["-V", "generate --help", "generate none.yaml --json", "import openapi.yaml"])
def test_output_that_cant_be_written_is_no_defect(tmp_path: Path, arguments: str) -> None:
    if not Path("/dev/full").exists():
        left_out("output that can't be written: there is no device that is always full")
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    status, said = ended(tmp_path, f"{arguments} >/dev/full")
    assert status == 2
    assert said.endswith("spectwin: what is said here can't be written: No space left on device\n")
    assert "defect" not in said
    assert "Traceback" not in said
    assert ended(tmp_path, f"{arguments} >/dev/full 2>&1") == (2, "")


@pytest.mark.parametrize("arguments", ["generate", "check --json", "-V"])
def test_a_working_folder_that_has_gone_is_no_matter_of_the_output(tmp_path: Path, arguments: str) -> None:
    (tmp_path / "gone").mkdir()
    (tmp_path / "stay").mkdir()
    status, said = ended(tmp_path / "stay", f"{arguments}", before="cd ../gone; rmdir ../gone; ")
    assert (status, said) == (2, "spectwin: the working folder: No such file or directory\n")


@pytest.mark.parametrize(
    ("arguments", "expected"), [("-V", 0), ("generate none.yaml", 2), ("import openapi.yaml -o a.json", 0)]
)
def test_streams_may_be_closed(tmp_path: Path, arguments: str, expected: int) -> None:
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    for closed in (">&-", "2>&-", ">&- 2>&- <&-"):
        status, said = ended(tmp_path, f"{arguments} {closed}")
        assert status == expected, said
        assert "Traceback" not in said


def test_a_reader_that_has_gone_is_no_break(tmp_path: Path) -> None:
    status, said = ended(tmp_path, "generate --help | true; exit ${PIPESTATUS[0]}")
    assert (status, said) == (141, "")
