"""`diff` compares what packages are made from, each side as its own revision has it; `generate` says the same."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from generator import ir
from generator.changes.command import diff
from generator.cli import app
from tests.changes.frames import Tree, document

ANSWER = {"responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}}}
SPEC = document(
    {
        "paths": {"/a": {"get": {"operationId": "getA", **ANSWER}}, "/b": {"get": {"operationId": "getB", **ANSWER}}},
        "components": {
            "schemas": {"Pet": {"type": "object", "properties": {"born": {"type": "string", "format": "date"}}}}
        },
    }
)
OVERLAY = {
    "overlay": "1.0.0",
    "info": {"title": "T", "version": "1"},
    "actions": [{"target": "$.paths['/b']", "remove": True}],
}
HEAD = '[tool.spectwin]\nspec = "spec.json"\npackage = "zoo"\n'
TEMPLATE = f"{{# spectwin variables {ir.VERSION} #}}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository in whose first revision the package is made from the document and nothing else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    Path("spec.json").write_text(json.dumps(SPEC), "utf-8")
    Path("pyproject.toml").write_text(HEAD, "utf-8")
    assert app.run(["generate"]) == 0
    who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *command], check=True, capture_output=True)
    return tmp_path


def compared(*options: str) -> Tree:
    done = CliRunner().invoke(diff, ["main:", "spec.json", "--format", "json", *options])
    assert done.exit_code == 0, done.output
    found: Tree = json.loads(done.stdout)
    return found


def identifiers(found: Tree) -> set[str]:
    return {each["id"] for each in found["changes"]}


def overlaid() -> None:
    Path("fix.json").write_text(json.dumps(OVERLAY), "utf-8")
    Path("pyproject.toml").write_text(HEAD + 'overlays = ["fix.json"]\n', "utf-8")


def set_to(text: str) -> Callable[[], Any]:
    return lambda: Path("pyproject.toml").write_text(HEAD + text, "utf-8")


CHANGES = [
    pytest.param(overlaid, {"api-path-removed-without-deprecation", "python-method-removed"}, id="overlay"),
    pytest.param(set_to('[tool.spectwin.names]\ngetA = "fetch"\n'), {"python-method-renamed"}, id="names"),
    pytest.param(set_to('sides = "client"\n'), {"python-module-removed"}, id="sides"),
    pytest.param(
        set_to('operations = ["GET /a"]\n'),
        {"api-path-removed-without-deprecation", "python-method-removed"},
        id="operations",
    ),
    pytest.param(
        set_to('layout = "split"\n'),
        {"python-layout-changed"},
        id="layout",
    ),
    pytest.param(
        set_to('[tool.spectwin.types]\ndate = "datetime.datetime"\n'), {"python-field-type-changed"}, id="types"
    ),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_what_the_settings_change_is_said(
    project: Path, change: Callable[[], Any], expected: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert project.is_dir()
    assert compared()["changes"] == []
    change()
    found = compared()
    assert identifiers(found) >= expected
    capsys.readouterr()
    assert app.run(["generate", "--report", "review.html"]) == 0
    line = capsys.readouterr().out
    # What is said of the package before it is written is what `diff` says of both revisions.
    assert f"since the package was last generated: {found['verdict']}; {found['headline']}" in line
    assert "\nsince the last commit: spectwin diff HEAD: spec.json\n" in line
    page = Path("review.html").read_text("utf-8")
    assert f'class="verdict {found["verdict"]}"' in page
    assert found["headline"].partition(" ")[2] in re.sub(r"<[^>]+>", "", page)


@pytest.mark.parametrize("options", [(), ("--format", "html")])
def test_a_switch_of_the_layout_is_all_that_is_said_of_it(project: Path, options: tuple[str, ...]) -> None:
    assert project.is_dir()
    set_to('layout = "split"\n')()
    [change] = compared()["changes"]
    assert (change["id"], change["axis"], change["severity"]) == ("python-layout-changed", "python", "error")
    assert "pickled" in change["message"]
    done = CliRunner().invoke(diff, ["main:", "spec.json", *options])
    assert "pickled" in re.sub(r"<[^>]+>", "", done.output)


def test_each_side_has_the_layout_that_its_manifest_tells(project: Path) -> None:
    """What the command line chose once stands in the manifest, and in no settings."""
    assert app.run(["generate", "--layout", "split"]) == 0
    assert identifiers(compared()) == {"python-layout-changed"}
    who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    for command in (["add", "."], [*who, "commit", "-q", "-m", "second"]):
        subprocess.run(["git", *command], check=True, capture_output=True)
    assert compared()["changes"] == []
    assert app.run(["check"]) == 0
    assert app.run(["generate"]) == 0
    assert (project / "generated/zoo/models/pet.py").exists()
    assert app.run(["generate", "--layout", "single"]) == 0
    assert not (project / "generated/zoo/models").exists()
    assert identifiers(compared()) == {"python-layout-changed"}


def test_the_layout_that_the_settings_of_a_revision_choose_counts(project: Path) -> None:
    """Its package is single, and not yet generated as its settings say: these count, as for names and types."""
    assert (project / "generated/zoo/models.py").exists()
    committed('layout = "split"\n')
    assert identifiers(compared()) == {"python-layout-changed"}
    set_to('layout = "split"\n')()
    assert compared()["changes"] == []


def test_a_revision_without_a_manifest_has_the_layout_of_its_models(project: Path) -> None:
    assert app.run(["generate", "--layout", "split"]) == 0
    git("rm", "-q", "--cached", "generated/zoo/manifest.json")
    git("add", "generated/zoo/models")
    git("commit", "-qm", "no manifest")
    assert compared()["changes"] == []
    (project / "generated/zoo/manifest.json").unlink()
    assert compared()["changes"] == []


def test_a_class_that_a_circle_takes_into_another_module_is_said(project: Path) -> None:
    both = {"Owner": {"type": "object", "properties": {"pet": {"$ref": "#/components/schemas/Pet"}}}}
    spec = json.loads(json.dumps(SPEC))
    schemas = spec["components"]["schemas"]
    schemas |= both
    set_to('layout = "split"\n')()
    Path("spec.json").write_text(json.dumps(spec), "utf-8")
    assert app.run(["generate"]) == 0
    who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    for command in (["add", "."], [*who, "commit", "-q", "-m", "second"]):
        subprocess.run(["git", *command], check=True, capture_output=True)
    schemas["Pet"]["properties"]["owner"] = {"$ref": "#/components/schemas/Owner"}
    Path("spec.json").write_text(json.dumps(spec), "utf-8")
    moved = [each for each in compared()["changes"] if each["id"] == "python-class-moved"]
    assert [each["message"] for each in moved] == [
        "The class `Owner` stands in `models.pet` instead of `models.owner`: what was pickled before can't be read."
    ]
    assert (project / "generated/zoo/models/owner.py").exists()
    assert app.run(["generate", "--report", "review.html"]) == 0
    assert "pickled" in Path("review.html").read_text("utf-8")


@pytest.mark.parametrize("bound", [5, 6])  # alone, and with a change that no type can tell
def test_a_circle_that_begins_with_another_component_moves_its_classes(project: Path, bound: int) -> None:
    """The module of a circle is called after the component that comes first in the document."""
    spec = json.loads(json.dumps(SPEC))
    node = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 5}}}
    for name, other in (("Alpha", "Beta"), ("Beta", "Alpha")):
        spec["components"]["schemas"][name] = json.loads(json.dumps(node))
        spec["components"]["schemas"][name]["properties"]["next"] = {"$ref": f"#/components/schemas/{other}"}
    set_to('layout = "split"\n')()
    Path("spec.json").write_text(json.dumps(spec), "utf-8")
    assert app.run(["generate"]) == 0
    who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    for command in (["add", "."], [*who, "commit", "-q", "-m", "second"]):
        subprocess.run(["git", *command], check=True, capture_output=True)
    schemas = spec["components"]["schemas"]
    schemas["Alpha"] = schemas.pop("Alpha")
    schemas["Alpha"]["properties"]["name"]["maxLength"] = bound
    Path("spec.json").write_text(json.dumps(spec), "utf-8")
    moved = [each for each in compared()["changes"] if each["id"] == "python-class-moved"]
    assert [each["message"] for each in moved] == [
        f"The class `{name}` stands in `models.beta` instead of `models.alpha`: what was pickled before can't be read."
        for name in ("Alpha", "Beta")
    ]


def test_the_line_and_diff_say_the_same_without_a_report(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.is_dir()
    set_to('[tool.spectwin.names]\ngetA = "fetch"\n')()
    found = compared()
    capsys.readouterr()
    assert app.run(["generate"]) == 0
    assert found["headline"] in capsys.readouterr().out


def test_a_component_that_would_have_the_same_module_moves_the_other(project: Path) -> None:
    spec = json.loads(json.dumps(SPEC))
    schemas = spec["components"]["schemas"]
    schemas["HTTPCode"] = {"type": "object", "properties": {"a": {"type": "string"}}}
    set_to('layout = "split"\n')()
    Path("spec.json").write_text(json.dumps(spec), "utf-8")
    assert app.run(["generate"]) == 0
    who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    for command in (["add", "."], [*who, "commit", "-q", "-m", "second"]):
        subprocess.run(["git", *command], check=True, capture_output=True)
    schemas["HttpCode"] = schemas["HTTPCode"]
    Path("spec.json").write_text(json.dumps(spec), "utf-8")
    moved = [each["message"] for each in compared()["changes"] if each["id"] == "python-class-moved"]
    assert len(moved) == 1
    assert moved[0].startswith(
        "The class `HTTPCode` stands in `models.h_t_t_p_c_ode_schema` instead of `models.http_code`"
    )


def test_diff_is_named_only_if_it_sees_the_layout(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`diff` takes a package that no settings name for a single one."""
    command = ["generate", "other.json", "--package", "others"]
    Path("other.json").write_text("{}", "utf-8")
    git("add", "other.json")
    git("commit", "-qm", "another document")
    shown = []
    spec = json.loads(json.dumps(SPEC))
    for number, layout in enumerate(("single", "single", "split", "split", "single")):
        spec["components"]["schemas"][f"More{number}"] = {"type": "object", "properties": {"a": {"type": "string"}}}
        Path("other.json").write_text(json.dumps(spec), "utf-8")
        assert app.run([*command, "--layout", layout]) == 0
        shown.append(": spectwin diff HEAD: other.json" in capsys.readouterr().out)
    assert shown == [False, True, False, False, False]  # the first one is new
    set_to('layout = "split"\n')()
    spec["info"]["version"] = "3"
    Path("spec.json").write_text(json.dumps(spec), "utf-8")
    assert app.run(["generate"]) == 0
    assert ": spectwin diff HEAD: spec.json" in capsys.readouterr().out


def test_diff_is_named_only_if_the_last_commit_has_something_else(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, shown = Path("spec.json").read_text("utf-8"), []
    for text in (before.replace('"/a"', '"/z"'), before):
        Path("spec.json").write_text(text, "utf-8")
        assert app.run(["generate"]) == 0
        shown.append(capsys.readouterr().out)
    assert ["since the package was last generated: major" in each for each in shown] == [True, True]
    assert ["since the last commit: spectwin diff HEAD: spec.json" in each for each in shown] == [True, False]


def test_a_file_that_was_lost_and_is_restored_is_no_change(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = next(Path("generated").glob("*/errors.py"))
    name.unlink()
    assert app.run(["generate"]) == 0
    assert name.exists()
    assert "since" not in capsys.readouterr().out


def test_overlays_of_a_revision_are_its_own(project: Path) -> None:
    overlaid()
    assert app.run(["generate"]) == 0
    who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    for command in (["add", "."], [*who, "commit", "-q", "-m", "second"]):
        subprocess.run(["git", *command], check=True, capture_output=True)
    assert compared()["changes"] == []
    (project / "pyproject.toml").write_text(HEAD, "utf-8")
    (project / "fix.json").unlink()
    assert identifiers(compared()) >= {"endpoint-added", "python-method-added"}


def test_a_document_that_no_package_is_made_from_has_no_overlays(project: Path) -> None:
    overlaid()
    (project / "other.json").write_text(json.dumps(SPEC), "utf-8")
    done = CliRunner().invoke(diff, ["other.json", "spec.json", "--no-python", "--format", "json"])
    assert [each["id"] for each in json.loads(done.stdout)["changes"]] == ["api-path-removed-without-deprecation"]
    assert done.stderr.startswith("other.json: warning: no package is made from this document, so it has no overlays")
    assert CliRunner().invoke(diff, ["other.json", "other.json", "--no-python"]).stderr == ""
    assert CliRunner().invoke(diff, ["main:", "spec.json", "--no-python"]).stderr == ""


def test_templates_of_a_revision_are_read(project: Path) -> None:
    own = project / "own"
    own.mkdir()
    ours = Path(app.__file__).parents[2] / "templates" / "errors.py.jinja"
    text = TEMPLATE + ours.read_text("utf-8")
    (own / "errors.py.jinja").write_text(text, "utf-8")
    set_to('templates = "own"\n')()
    who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    for command in (["add", "."], [*who, "commit", "-q", "-m", "second"]):
        subprocess.run(["git", *command], check=True, capture_output=True)
    assert compared()["changes"] == []
    (own / "errors.py.jinja").write_text(text + "\nEXTRA: int = 1\n", "utf-8")
    assert identifiers(compared()) == {"python-name-added"}


@pytest.mark.parametrize("name", ["fix.json", "pyproject.toml", "spectwin-accepted.toml", "own/errors.py.jinja"])
@pytest.mark.parametrize("command", [["diff", "main:", "spec.json", "--no-python", "-o"], ["generate", "--report"]])
def test_a_report_takes_the_place_of_nothing_that_is_read(
    project: Path, command: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    overlaid()
    set_to('overlays = ["fix.json"]\ntemplates = "own"\n')()
    (project / "own").mkdir()
    ours = Path(app.__file__).parents[2] / "templates" / "errors.py.jinja"
    (project / "own" / "errors.py.jinja").write_text(TEMPLATE + ours.read_text("utf-8"), "utf-8")
    (project / "spectwin-accepted.toml").write_text("# nothing\n", "utf-8")
    before = (project / name).read_bytes()
    assert app.run([*command, name]) == 2
    assert "the report would take the place of what it is made from" in capsys.readouterr().err
    assert (project / name).read_bytes() == before


def test_a_report_does_not_take_the_place_of_a_file_whose_revision_is_read(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (project / "spec.json").read_bytes()
    (project / "new.json").write_bytes(before)
    (project / "spec.json").write_bytes(before + b"\n")  # an edit that nobody has committed
    assert app.run(["diff", "HEAD:spec.json", "new.json", "-o", "spec.json"]) == 2
    assert "the report would take the place of what it is made from" in capsys.readouterr().err
    assert (project / "spec.json").read_bytes() == before + b"\n"


def test_json_in_a_file_leaves_standard_output_empty(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert app.run(["diff", "main:", "spec.json", "--json", "-o", "out.json"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "out.json written\n")
    assert json.loads((project / "out.json").read_text("utf-8"))["changes"] == []


def git(*arguments: str, text: bytes | None = None) -> str:
    who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    done = subprocess.run(["git", *who, *arguments], check=True, capture_output=True, input=text)
    return done.stdout.decode().strip()


@pytest.mark.parametrize(
    ("inner", "text", "said"),
    [
        pytest.param(["a"], b"", "more than 5,000 files", id="names"),
        pytest.param([], b"", "more than 5,000 files", id="folders"),
        pytest.param(["a"], b"x" * 2**20, "more than 33,554,432 bytes", id="octets"),
        pytest.param(["n" * 300], None, "File name too long", id="a long name"),
    ],
)
def test_templates_that_hold_themselves_many_times_are_refused(
    project: Path, inner: list[str], text: bytes | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    blob = git("hash-object", "-w", "--stdin", text=text or b"")
    tree = git("mktree", text="".join(f"100644 blob {blob}\t{name}\n" for name in inner).encode())
    for _ in range(0 if text is None else 5):
        tree = git("mktree", text="".join(f"040000 tree {tree}\t{number}\n" for number in range(10)).encode())
    set_to('templates = "own"\n')()
    git("add", "pyproject.toml")
    top = git("ls-tree", git("write-tree")) + f"\n040000 tree {tree}\town"
    git("update-ref", "refs/heads/bomb", git("commit-tree", git("mktree", text=f"{top}\n".encode()), "-m", "bomb"))
    capsys.readouterr()
    assert app.run(["diff", "bomb:spec.json", "spec.json"]) == 2
    assert said in capsys.readouterr().err
    assert project.is_dir()


def committed(text: str) -> None:
    """Let `main` hold other settings than the work tree."""
    now = Path("pyproject.toml").read_text("utf-8")
    set_to(text)()
    git("commit", "-qam", "settings")
    Path("pyproject.toml").write_text(now, "utf-8")


def test_unknown_settings_of_a_revision_are_passed_over(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    committed('old-setting = 3\n[tool.spectwin.names]\ngetA = "fetch"\n')
    assert project.is_dir()
    assert identifiers(compared()) == {"python-method-renamed"}
    capsys.readouterr()
    assert app.run(["diff", "main:", "spec.json", "--json"]) == 0
    assert capsys.readouterr().err.startswith(
        "main:pyproject.toml:4:1: warning: there is no setting called old-setting\n"
    )


@pytest.mark.parametrize(
    ("text", "place"), [('sides = "all"\n', ":4:1"), ("sides = \n", ":4:9"), ("x = " + "[" * 3000, "")]
)
def test_wrong_settings_of_a_revision_have_its_name(
    project: Path, text: str, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    committed(text)
    assert project.is_dir()
    capsys.readouterr()
    assert app.run(["diff", "main:", "spec.json"]) == 2
    assert capsys.readouterr().err.startswith(f"main:pyproject.toml{place}: error: ")
