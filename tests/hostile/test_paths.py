"""No path that a document, a repository or a setting names leads out of the project, and no input becomes an output."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from types import SimpleNamespace

import pytest

from generator.cli import app
from generator.diagnostics.diagnostic import Refused
from generator.disk import Below, InTheWay
from generator.document.load import load

EMPTY = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
TEXT = json.dumps(EMPTY)

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / ".git").mkdir()
    (folder / "a.json").write_text(TEXT)
    (tmp_path / "victim.json").write_text("precious")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(project: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str]:
        try:
            status = app.run([*arguments])
        except SystemExit as ended:
            status = int(ended.code or 0)
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    return run


GENERATE = ("generate", "a.json", "-o", "out", "--package", "p", "--report", "review.html")


@pytest.mark.parametrize("command", [GENERATE, ("diff", "a.json", "a.json", "-o", "review.html")])
def test_a_report_is_not_written_through_a_link(run: Run, project: Path, command: tuple[str, ...]) -> None:
    (project / "review.html").symlink_to("../victim.json")
    status, said = run(*command)
    assert (status, "a link is in the way" in said) == (2, True)
    assert (project.parent / "victim.json").read_text() == "precious"
    assert not (project / "out").exists()


def test_a_report_in_a_folder_that_a_link_leads_to_is_written(run: Run, project: Path) -> None:
    (project.parent / "elsewhere").mkdir()
    (project / "reports").symlink_to("../elsewhere")
    assert run("diff", "a.json", "a.json", "-o", "reports/x.txt")[0] == 0
    assert (project.parent / "elsewhere" / "x.txt").read_text() == "no changes\n"


@pytest.mark.parametrize(
    "command",
    [
        (*GENERATE[:-1], "a.json"),
        (*GENERATE[:-1], "b.json"),
        (*GENERATE[:-1], "pyproject.toml"),
        (*GENERATE[:-1], "out/p/models.py"),
        ("diff", "a.json", "a.json", "-o", "a.json"),
        ("diff", "a.json", "a.json", "-o", "b.json"),
        ("diff", "a.json", "a.json", "-o", "hard.json"),
    ],
)
def test_what_is_read_is_not_written(run: Run, project: Path, command: tuple[str, ...]) -> None:
    (project / "b.json").write_text('{"A": {"type": "string"}}')
    (project / "a.json").write_text(json.dumps({**EMPTY, "components": {"schemas": {"A": {"$ref": "b.json#/A"}}}}))
    os.link(project / "a.json", project / "hard.json")
    (project / "pyproject.toml").write_text("[tool.spectwin]\n")
    before = {name: (project / name).read_text() for name in ("a.json", "b.json", "pyproject.toml")}
    status, said = run(*command)
    assert (status, "take the place of what it is made from" in said) == (2, True), said
    assert before == {name: (project / name).read_text() for name in before}


def test_import_does_not_overwrite_what_it_reads(run: Run, project: Path) -> None:
    status, said = run("import", "a.json", "-o", "a.json")
    assert (status, "this file would be read and written" in said) == (2, True)
    assert (project / "a.json").read_text() == TEXT


def test_import_writes_through_no_link(run: Run, project: Path) -> None:
    (project / "to.json").symlink_to("../victim.json")
    assert run("import", "a.json", "-o", "to.json")[0] == 2
    assert (project.parent / "victim.json").read_text() == "precious"


SETTINGS = {
    "spec": ('spec = "../victim.json"', "the document is outside the project"),
    "overlays": ('spec = "a.json"\noverlays = ["../victim.json"]', "an overlay is outside the project"),
    "templates": ('spec = "a.json"\ntemplates = ".."', "the folder of templates is outside the project"),
    "output": ('spec = "a.json"\noutput = "../out"', "the output folder is outside the project"),
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("command", [("generate",), ("import", "b.json")])
def test_settings_lead_nowhere_outside(run: Run, project: Path, name: str, command: tuple[str, ...]) -> None:
    text, message = SETTINGS[name]
    (project / "b.json").write_text(TEXT)
    (project / "pyproject.toml").write_text(f"[tool.spectwin]\n{text}\n")
    status, said = run(*command)
    assert (status, message in said, "only the command line" in said) == (2, True, True), said
    assert (project.parent / "victim.json").read_text() == "precious"


@pytest.mark.parametrize(
    ("link", "command", "option"),
    [
        ("generated", ("generate", "a.json"), ("-o", "generated")),
        ("generated", ("check", "a.json"), ("-o", "generated")),
        ("spec", ("import", "a.json"), ("-o", "spec/openapi.json")),
    ],
)
def test_usual_places_lead_nowhere_outside(
    run: Run, project: Path, link: str, command: tuple[str, ...], option: tuple[str, ...]
) -> None:
    outside = project.parent / "outside"
    outside.mkdir()
    (project / link).symlink_to(outside)
    status, said = run(*command)
    assert (status, "outside the project" in said, "only the command line" in said) == (2, True, True), said
    assert not list(outside.iterdir())
    assert run(*command, *option)[0] in {0, 1}


def test_settings_may_lead_to_another_folder_of_the_repository(run: Run, project: Path) -> None:
    inner = project / "services" / "one"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text('[tool.spectwin]\nspec = "../../a.json"\npackage = "p"\n')
    os.chdir(inner)
    assert run("generate")[0] == 0
    assert (inner / "generated" / "p" / "openapi.json").exists()


def test_the_command_line_may_lead_outside(run: Run, project: Path) -> None:
    (project.parent / "elsewhere.json").write_text(TEXT)
    (project.parent / "overlay.yaml").write_text(
        "overlay: 1.0.0\ninfo: {title: O, version: '1'}\nactions:\n- {target: $.info, update: {title: Pets}}\n"
    )
    (project / "pyproject.toml").write_text('[tool.spectwin]\nspec = "../victim.json"\n')
    status, said = run("generate", "../elsewhere.json", "--overlay", "../overlay.yaml", "-o", "../out")
    assert status == 0, said
    assert (project.parent / "out" / "pets" / "openapi.json").exists()


TEMPLATE = "{# spectwin variables 1 #}\n{% include '_x' %}\n"


def with_templates(project: Path, link: str) -> None:
    (project / "templates").mkdir()
    (project / "templates" / "_x").symlink_to(link)
    (project / "templates" / "API.md.jinja").write_text(TEMPLATE)
    (project / "pyproject.toml").write_text(
        '[tool.spectwin]\nspec = "a.json"\npackage = "p"\ntemplates = "templates"\n'
    )


def test_a_template_that_is_a_link_out_of_the_project_is_refused(run: Run, project: Path) -> None:
    with_templates(project, "../../victim.json")
    status, said = run("generate")
    assert (status, "a link that leads out of the project" in said) == (2, True), said
    assert not (project / "generated").exists()


def test_a_template_that_is_a_link_inside_the_project_is_followed(run: Run, project: Path) -> None:
    (project / "shared.md").write_text("of the project\n")
    with_templates(project, "../shared.md")
    assert run("generate")[0] == 0
    assert "of the project" in (project / "generated" / "p" / "API.md").read_text()
    assert run("check")[0] == 0


def test_a_link_that_comes_between_looking_and_reading_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "a.json").write_text(json.dumps({**EMPTY, "components": {"schemas": {"A": {"$ref": "b.json#/A"}}}}))
    (project.parent / "secret.json").write_text('{"A": {"type": "string", "description": "secret"}}')
    (project / "b.json").write_text('{"A": {"type": "string"}}')
    find = Below.find

    def swapped(self: Below, name: PurePosixPath) -> PurePosixPath | None:
        found = find(self, name)
        if name.name == "b.json":
            (project / "b.json").unlink()
            (project / "b.json").symlink_to("../secret.json")
        return found

    monkeypatch.setattr(Below, "find", swapped)
    with pytest.raises(Refused) as refused:
        load(project / "a.json")
    assert "it is a link" in refused.value.diagnostics[0].message


def test_a_link_below_the_documents_folder_is_followed(project: Path) -> None:
    (project / "a.json").write_text(json.dumps({**EMPTY, "components": {"schemas": {"A": {"$ref": "b.json#/A"}}}}))
    (project / "real.json").write_text('{"A": {"type": "string", "description": "here"}}')
    (project / "b.json").symlink_to("real.json")
    assert "here" in json.dumps(load(project / "a.json").root)


def test_a_pipe_as_document_is_refused_with_the_way_to_do_it(run: Run, project: Path) -> None:
    os.mkfifo(project / "pipe.json")
    status, said = run("generate", "pipe.json")
    assert (status, "use - for standard input" in said) == (2, True), said


def test_a_device_is_refused(run: Run) -> None:
    status, said = run("generate", "/dev/zero")
    assert (status, "it is a device" in said) == (2, True), said


def test_standard_input_is_read(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "b.json").write_text('{"A": {"type": "string", "description": "beside"}}')
    text = json.dumps({**EMPTY, "components": {"schemas": {"A": {"$ref": "b.json#/A"}}}})
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
    assert run("generate", "-", "--package", "p")[0] == 0
    assert "beside" in (project / "generated" / "p" / "models.py").read_text()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
    assert run("diff", "a.json", "-", "--no-python")[0] == 0


def test_folders_above_the_root_are_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out.txt").write_text("x")
    (tmp_path / "in" / "link").symlink_to("../out.txt")
    files = Below(tmp_path / "in")
    assert files.find(PurePosixPath("link")) is None
    assert files.find(PurePosixPath("../out.txt")) is None
    with pytest.raises(InTheWay):
        files.read(PurePosixPath("link"), 10)


ARGUMENTS = {
    "generate": ("generate", "?"),
    "output": ("generate", "a.json", "-o", "?"),
    "package": ("generate", "a.json", "--package", "?"),
    "only": ("generate", "a.json", "--only", "?"),
    "templates": ("generate", "a.json", "--templates", "?"),
    "report": ("generate", "a.json", "--report", "?"),
    "overlay": ("generate", "a.json", "--overlay", "?"),
    "check": ("check", "?"),
    "import": ("import", "?"),
    "imported": ("import", "a.json", "-o", "?"),
    "old": ("diff", "?", "a.json", "--no-python"),
    "new": ("diff", "a.json", "?", "--no-python"),
    "diff": ("diff", "a.json", "a.json", "-o", "?"),
    "verify": ("verify", "?"),
}
STRANGE = [
    "x" * 5_000,
    "HEAD:" + "x" * 5_000,
    "漢" * 200,
    os.fsdecode(b"\xff\xfe.json"),
    "",
    "\n",
    ":",
    "HEAD:",
    "\u202e",
]


@pytest.mark.parametrize("command", ARGUMENTS)
@pytest.mark.parametrize("value", STRANGE, ids=lambda value: repr(value[:10]))
def test_no_argument_is_taken_for_a_defect_of_ours(run: Run, command: str, value: str) -> None:
    status, said = run(*(value if each == "?" else each for each in ARGUMENTS[command]))
    assert status in {0, 1, 2}, said
    assert "Traceback" not in said
