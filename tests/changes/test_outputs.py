"""Reports, verdicts, the Python axis and the command."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from generator.changes import since
from generator.changes.command import diff
from generator.changes.document.operations import compare
from generator.changes.model import Change
from generator.changes.report.text import as_json, as_markdown, as_text, summary
from generator.changes.surface.compare import compare_python
from generator.changes.surface.knowledge import texts_of
from generator.changes.verdicts import override, reaches, verdict
from generator.cli import app
from generator.output import plan
from generator.settings.settings import Settings
from generator.settings.severities import LEVELS, identifiers
from tests.changes.frames import Doc, Tree, document

HOSTILE = "a\x1b[2J`|<script>alert(1)</script>\n@everyone \u202e[x](javascript:1)"


def hostile() -> tuple[Doc, Doc, tuple[Change, ...]]:
    parameter = {"name": HOSTILE, "in": "query", "required": True, "schema": {"enum": [HOSTILE]}}
    old = Doc(document({"op": {}}))
    new = Doc(document({"op": {"parameters": [parameter], "operationId": HOSTILE, "tags": [HOSTILE]}}))
    return old, new, compare(old.root, new.root)


def test_text_of_a_document_is_shown_as_text() -> None:
    old, new, changes = hostile()
    assert len(changes) == 3
    text = as_text(changes, old, new)
    assert "\x1b" not in text
    assert "\u202e" not in text
    markdown = as_markdown(changes, old, new)
    assert "<script>" not in markdown
    assert "\n@" not in markdown
    assert not re.search(r"(?<!\\)\]\(", markdown.replace("`", ""))
    assert all(line.count("|") - line.count("\\|") == 4 for line in markdown.splitlines() if line.startswith("| "))
    assert HOSTILE in json.loads(as_json(changes, old, new))["changes"][0]["message"]


def test_json_output_is_stable() -> None:
    old = Doc(document({"op": {"requestBody": {"content": {"text/plain": {"schema": {"type": "string"}}}}}}))
    new = Doc(document({"op": {"requestBody": {"content": {"text/plain": {"schema": {"type": ["string", "null"]}}}}}}))
    pointer = "#/paths/~1x/post/requestBody/content/text~1plain/schema"
    assert json.loads(as_json(compare(old.root, new.root), old, new)) == {
        "format": 1,
        "verdict": "minor",
        "headline": "services break in 1 place",
        "breaks": {"wire-caller": 0, "wire-server": 1, "python-caller": 0, "python-service": 0},
        "counts": {"error": 0, "warning": 0, "info": 1},
        "changes": [
            {
                "id": "request-body-became-nullable",
                "severity": "info",
                "audiences": {
                    "wire-caller": "info",
                    "wire-server": "error",
                    "python-caller": "info",
                    "python-service": "info",
                },
                "effect": "wider",
                "axis": "document",
                "operation": "POST /x",
                "message": "The request body may now be null.",
                "old": {"pointer": pointer, "file": "openapi.json", "line": len(pointer), "column": 1},
                "new": {"pointer": pointer, "file": "openapi.json", "line": len(pointer), "column": 1},
                "places": [{"operation": "POST /x", "part": "request body (text/plain)", "path": ""}],
                "morePlaces": 0,
                "accepted": None,
            }
        ],
        "diagnostics": [],
    }


def test_what_is_gone_has_the_pointer_that_it_had() -> None:
    empty: Tree = {"responses": {}}
    old = Doc(document({"paths": {"/a/{b}": {"get": empty, "delete": empty}}}))
    new = Doc(document({"paths": {"/a/{b}": {"get": empty}}}))
    removed, added = (as_text(compare(a.root, b.root), a, b) for a, b in ((old, new), (new, old)))
    assert "(#/paths/~1a~1{b}/delete)\n" in removed
    assert "(#/paths/~1a~1{b}/delete)\n" in added


def test_markdown_of_very_many_changes_fits_a_comment() -> None:
    old = Doc(document({"paths": {f"/{number}": {"get": {"responses": {}}} for number in range(2_000)}}))
    new = Doc(document({}))
    changes = compare(old.root, new.root)
    text = as_markdown(changes, old, new)
    assert len(text) <= 65_536
    assert "more are left out here" in text
    assert summary(changes) == ("2,000 break callers or importers: major; callers break in 2,000 places")


def change(severity: Any = "info", effect: Any = "none", identifier: str = "x") -> Change:
    return Change(
        identifier=identifier,
        severity=severity,
        operation="",
        old_pointer="",
        new_pointer="",
        message="",
        effect=effect,
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], "none"),
        ([change()], "patch"),
        ([change(effect="wider")], "minor"),
        ([change("warning", "unknown")], "minor"),
        ([change(), change("error", "narrower")], "major"),
    ],
)
def test_verdict(changes: list[Change], expected: str) -> None:
    assert verdict(changes) == expected


@pytest.mark.parametrize(
    ("severity", "levels"),
    [("error", {"breaking", "warning", "any"}), ("warning", {"warning", "any"}), ("info", {"any"})],
)
def test_fail_on(severity: str, levels: set[str]) -> None:
    every: tuple[Any, ...] = ("breaking", "warning", "any", "never")
    assert {level for level in every if reaches([change(severity)], level)} == levels
    assert not any(reaches([], level) for level in every)


def test_severities_are_overridden_by_identifier() -> None:
    found = override([change("error", identifier="a"), change("info", identifier="b")], {"a": "info", "b": "none"})
    assert [(each.identifier, each.severity) for each in found] == [("a", "info")]


OLD_API = """
class CostsApi(Protocol):
    async def list(self, *, limit: int = 20, after: str | None = None) -> models.Page: ...
    async def drop(self, body: models.Cost) -> None: ...
class SyncCostsApi(Protocol):
    def list(self, *, limit: int = 20, after: str | None = None) -> models.Page: ...
    def drop(self, body: models.Cost) -> None: ...
"""
OLD_MODELS = """
class Cost(Model):
    name: Annotated[str, Field(alias="n")]
    unit: str | None = None
class Page(Model):
    items: list[Cost]
"""


@pytest.mark.parametrize(
    ("replace", "expected"),
    [
        ([], []),
        ([("limit: int = 20", "limit: int | None = None")], ["info error python-argument-type-changed 2"]),
        (
            [("after: str | None = None", "start: str | None = None")],
            ["error error python-argument-renamed 2"],
        ),
        ([("limit: int = 20", "limit: int")], ["error info python-argument-became-required 2"]),
        ([(" drop(", " remove(")], ["error error python-method-renamed 2"]),
        ([("-> None", "-> models.Cost | None")], ["error info python-return-type-changed 2"]),
        ([("Page", "Sheet")], ["error error python-class-renamed 1"]),
        ([("    unit: str | None = None\n", "")], ["error error python-field-removed 1"]),
        ([("    items", "    more: int = 0\n    items")], ["info info python-field-added 1"]),
        ([("    items", "    more: int\n    items")], ["info error python-required-field-added 1"]),
        ([("unit: str | None = None", "unit: None | str = None")], []),
        ([("list[Cost]", 'list["Cost"]')], []),
        ([("unit: str | None = None", 'unit: Union["str", None] = None')], []),
        (
            [("unit: str | None = None", "unit: str")],
            ["error error python-field-type-changed 1", "error error python-field-became-required 1"],
        ),
    ],
)
def test_the_python_axis(replace: list[tuple[str, str]], expected: list[str]) -> None:
    old = {PurePosixPath("costs/api.py"): OLD_API, PurePosixPath("costs/models.py"): OLD_MODELS}
    new = dict(old)
    for before, after in replace:
        new = {path: text.replace(before, after) for path, text in new.items()}
    found = compare_python(old, new)
    lines = [f"{each.severity} {each.service} {each.identifier} {len(each.places)}" for each in found]
    assert lines == expected
    assert all(each.axis == "python" for each in found)


@pytest.mark.parametrize("value", ["Any", "Value"])
def test_callers_break_where_not_everything_is_taken_any_more(value: str) -> None:
    old, new = (
        {PurePosixPath("costs/api.py"): OLD_API.replace("limit: int", f"limit: {each}")} for each in (value, "int")
    )
    assert [each.severity for each in compare_python(old, new)] == ["error"]
    assert [each.severity for each in compare_python(new, old)] == ["info"]


def test_a_union_may_be_wide() -> None:
    """As trees, unions are as deep as they are wide, and Python recurses a thousand times."""
    wide = " | ".join(f"C{number}" for number in range(1500))
    old, new = (
        {PurePosixPath("a/models.py"): f"class A(Model):\n    x: list[{each}]\n"} for each in (wide, f"{wide} | int")
    )
    assert [each.identifier for each in compare_python(old, new)] == ["python-field-type-changed"]


def test_the_texts_of_many_classes_are_read_in_one_pass() -> None:
    one = "class C{0}(Model):\n" + "    name: str\n" * 20 + "\n\n"
    source = "".join(one.format(number) for number in range(800))
    start = time.process_time()
    found = texts_of({PurePosixPath("a/models.py"): source})
    assert time.process_time() - start < 5  # a pass over the file for each class takes minutes
    assert found["C7"].rstrip() == one.format(7).rstrip()


def test_python_modules_come_and_go() -> None:
    old, new = {PurePosixPath("costs/a.py"): "x: int"}, {PurePosixPath("costs/b.py"): "x: int"}
    assert [each.identifier for each in compare_python(old, new)] == ["python-module-removed", "python-module-added"]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose revision `main` holds another document than the work tree."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    (tmp_path / "spec").mkdir()
    write(tmp_path, {"/a": {"get": {"responses": {"204": {"description": ""}}}}})
    who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *command], check=True, capture_output=True)
    write(tmp_path, {"/b": {"get": {"responses": {"204": {"description": ""}}}}})
    return tmp_path


def write(folder: Path, paths: Tree) -> None:
    (folder / "spec" / "openapi.json").write_text(json.dumps(document({"paths": paths}), indent=1), "utf-8")


@pytest.mark.parametrize("old", ["main:spec/openapi.json", "main:", "HEAD:./spec/openapi.json"])
def test_the_command_compares_revisions(repository: Path, old: str) -> None:
    done = CliRunner().invoke(diff, [old, "spec/openapi.json", "--no-python", "--format", "json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["verdict"] == "major"
    assert found["changes"][0]["id"] == "api-path-removed-without-deprecation"
    assert found["changes"][0]["old"]["file"] == f"{old.partition(':')[0]}:spec/openapi.json"
    assert found["changes"][0]["old"]["line"] > 1


def test_the_command_reads_references_of_a_revision(repository: Path) -> None:
    (repository / "spec" / "parts.json").write_text('{"Cost": {"type": "string"}}', "utf-8")
    content = {"content": {"application/json": {"schema": {"$ref": "parts.json#/Cost"}}}}
    write(repository, {"/b": {"post": {"requestBody": content, "responses": {"204": {"description": ""}}}}})
    who = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    for command in (["add", "."], [*who, "commit", "-q", "-m", "second"]):
        subprocess.run(["git", *command], check=True, capture_output=True)
    (repository / "spec" / "parts.json").write_text('{"Cost": {"type": "integer"}}', "utf-8")
    done = CliRunner().invoke(diff, ["HEAD:spec/openapi.json", "spec/openapi.json", "--no-python", "--format", "json"])
    assert [each["id"] for each in json.loads(done.stdout)["changes"]] == ["request-body-type-changed"]
    assert json.loads(done.stdout)["changes"][0]["old"]["file"] == "HEAD:spec/parts.json"


@pytest.mark.parametrize(("level", "status"), [("never", 0), ("breaking", 1), ("warning", 1), ("any", 1)])
def test_the_command_fails_where_it_is_told_to(repository: Path, level: str, status: int) -> None:
    done = CliRunner().invoke(diff, ["main:", "spec/openapi.json", "--no-python", "--fail-on", level])
    assert done.exit_code == status
    milder = ["--severity", "api-path-removed-without-deprecation=none", "--severity", "endpoint-added=none"]
    assert (
        CliRunner().invoke(diff, ["main:", "spec/openapi.json", "--no-python", "--fail-on", level, *milder]).exit_code
        == 0
    )


def test_severities_of_the_project_count_and_the_command_line_wins(repository: Path) -> None:
    table = '[tool.spectwin]\n[tool.spectwin.severities]\napi-path-removed-without-deprecation = "info"\n'
    (repository / "pyproject.toml").write_text(table, "utf-8")
    command = ["main:", "spec/openapi.json", "--no-python", "--fail-on", "breaking"]
    assert CliRunner().invoke(diff, command).exit_code == 0
    again = [*command, "--severity", "api-path-removed-without-deprecation=error"]
    assert CliRunner().invoke(diff, again).exit_code == 1


def test_an_identifier_that_no_change_has_is_an_error(repository: Path) -> None:
    done = CliRunner().invoke(diff, ["main:", "spec/openapi.json", "--severity", "endpoint-aded=info"])
    assert done.exit_code == 2
    assert "did you mean endpoint-added?" in done.output
    (repository / "pyproject.toml").write_text('[tool.spectwin]\nseverities = { endpoint-aded = "info" }\n', "utf-8")
    done = CliRunner().invoke(diff, ["main:", "spec/openapi.json"])
    assert done.exit_code == 2
    assert "did you mean endpoint-added?" in done.output


def test_every_identifier_of_the_pairs_can_be_judged_otherwise() -> None:
    texts = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("*.yaml"))
    found = set(re.findall(r"(?:error|warning|info) ([a-z]+-[a-z-]+)", texts))
    assert len(found) > 300
    assert found <= identifiers()


def test_the_documents_path_in_a_revision_is_the_one_from_here(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / "spec")
    done = CliRunner().invoke(diff, ["main:", "openapi.json", "--no-python", "--format", "json"])
    assert json.loads(done.stdout)["changes"][0]["old"]["file"] == "main:spec/openapi.json"


def test_generate_says_what_changed_since_the_last_time(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for paths in ({"/a": "get"}, {"/a": "get"}, {"/b": "get", "/c": "get"}):
        responses = {"responses": {"204": {"description": ""}}}
        write(repository, {path: {method: responses} for path, method in paths.items()})
        assert app.run(["generate", "spec/openapi.json", "--package", "api"]) == 0
        lines = capsys.readouterr().out.splitlines()[1:]
        said.append([line for line in lines if not line.startswith("to use it: pip install ")])
    assert [line for line in said[0] if "operation" in line or "change" in line] == []
    assert said[1] == []
    assert said[2][0] == (
        "since the package was last generated: major; callers break in 1 place, importers in 1, implementers in 1"
    )
    assert said[2][1] == "since the last commit: spectwin diff HEAD: spec/openapi.json"


def test_generate_and_diff_count_alike_what_webhooks_send(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    order = {"$ref": "#/components/schemas/Order"}
    carries = {"content": {"application/json": {"schema": order}}}
    said = []
    for states in (["placed"], ["placed", "shipped"]):
        root = document({"op": {}})
        root["paths"] = {"/order": {"get": {"operationId": "op", "responses": {"200": {"description": "", **carries}}}}}
        hook = {"operationId": "hook", "requestBody": carries, "responses": {"204": {"description": ""}}}
        root["webhooks"] = {"shipped": {"post": hook}}
        state = {"type": "string", "enum": states}
        root["components"] = {"schemas": {"Order": {"type": "object", "properties": {"state": state}}}}
        Path(f"{len(states)}.json").write_text(json.dumps(root))
        Path("openapi.json").write_text(json.dumps(root))
        assert app.run(["generate", "openapi.json", "--package", "api"]) == 0
        said = capsys.readouterr().out.splitlines()
    assert app.run(["diff", "1.json", "2.json"]) == 0
    shown = capsys.readouterr().out.splitlines()[-1]
    assert "importers in 1" in shown
    assert "implementers" not in shown
    brief = said[1].removeprefix("since the package was last generated: ")
    assert brief == shown.partition(": ")[2]


@pytest.mark.parametrize("found", ["{", "[]", '{"paths": {"/a": 3}}', '{"openapi": "3.1.0", "components": []}'])
def test_an_earlier_document_that_is_none_stops_nothing(tmp_path: Path, found: str) -> None:
    wanted = json.dumps(document({"op": {}})).encode()
    file = plan.File(path=PurePosixPath("api/openapi.json"), state="changed", wanted=wanted, found=found.encode())
    planned = plan.Plan(output=tmp_path, package="api", files=(file,), wanted={}, inputs_digest="", sources=())
    line = since.line(planned, Settings(spec=Path("openapi.json")))
    assert line.startswith("what changed can't be told") == (found in {"{", "[]"}), line


@pytest.mark.parametrize(
    "old", ["missing.json", "nowhere:spec/openapi.json", "main:missing.json", "--upload-pack=x:y", ":x"]
)
def test_a_side_that_cannot_be_read_is_never_no_changes(repository: Path, old: str) -> None:
    done = CliRunner().invoke(diff, ["--no-python", "--", old, "spec/openapi.json"])
    assert done.exit_code == 2, done.output
    assert "no changes" not in done.output
    assert "error" in done.output


def test_a_revision_alone_is_the_other_sides_path_in_it(repository: Path) -> None:
    sides = [["main", "spec/openapi.json"], ["spec/openapi.json", "HEAD"]]
    found = [CliRunner().invoke(diff, [*each, "--no-python", "--format", "json"]) for each in sides]
    assert [each.exit_code for each in found] == [0, 0], found
    first, second = (json.loads(each.stdout)["changes"] for each in found)
    assert first[0]["old"]["file"] == "main:spec/openapi.json"
    assert {each["operation"] for each in first} == {each["operation"] for each in second} == {"GET /a", "GET /b"}


def test_the_operations_that_the_settings_choose_are_compared(repository: Path) -> None:
    answers = {"responses": {"204": {"description": ""}}}
    write(repository, {"/a": {"get": answers}, "/b": {"get": answers}, "/c": {"get": answers}})
    (repository / "pyproject.toml").write_text('[tool.spectwin]\noperations = ["GET /a", "GET /b"]\n', "utf-8")

    def operations(*more: str) -> set[str]:
        done = CliRunner().invoke(diff, ["main", "spec/openapi.json", "--format", "json", *more])
        assert done.exit_code == 0, done.output
        return {each["operation"] for each in json.loads(done.stdout)["changes"] if each["axis"] == "document"}

    assert operations() == {"GET /b"}
    assert operations("--only", "* *") == {"GET /b", "GET /c"}
    assert operations("--only", "GET /a") == operations("--only", "GET /nowhere") == set()


def test_a_package_that_is_called_otherwise_is_one_change() -> None:
    files = {"api.py": "class A: ...\n", "models.py": "class B: ...\n", "client/__init__.py": "x: int = 1\n"}
    old, new = ({PurePosixPath(name, path): text for path, text in files.items()} for name in ("before", "after"))
    (change,) = compare_python(old, new)
    assert (change.identifier, change.severity) == ("python-package-renamed", "error")
    assert change.message == "The package `before` is now called `after`."


def test_where_a_class_stands_is_no_change() -> None:
    before = "class A(M):\n    b: Annotated[list['B'], MinLen(1)] | None = None\n    c: Literal['B']\nclass B(M): ...\n"
    after = "class B(M): ...\nclass A(M):\n    b: Annotated[list[B], MinLen(1)] | None = None\n    c: Literal['B']\n"
    assert compare_python({PurePosixPath("p/models.py"): before}, {PurePosixPath("p/models.py"): after}) == ()


def test_true_and_one_are_not_the_same_document(repository: Path) -> None:
    for name, value in (("old", 1), ("new", True)):
        schema = {"schema": {"enum": [value]}, "name": "n", "in": "query"}
        tree = document({"paths": {"/a": {"get": {"parameters": [schema], "responses": {"204": {"description": ""}}}}}})
        (repository / f"{name}.json").write_text(json.dumps(tree), "utf-8")
    done = CliRunner().invoke(diff, ["old.json", "new.json"])
    assert "python-argument-type-changed" in done.output


def test_what_python_sees_stands_by_itself() -> None:
    old, new = Doc(document({})), Doc(document({"op": {}}))
    python = compare_python({PurePosixPath("p/a.py"): "def f(): ...\n"}, {PurePosixPath("p/a.py"): ""})
    changes = (*compare(old.root, new.root), *python)
    breaks = "importers break in 1 place, implementers in 1"
    assert summary(changes) == "1 breaks callers or importers, 1 compatible change: major; " + breaks
    assert summary(python) == "1 breaks callers or importers: major; " + breaks
    text = as_text(changes, old, new)
    assert "\n  in Python\n    The function `f` is gone. [python-function-removed]\n      p.a.f\n" in "\n" + text
    markdown = as_markdown(changes, old, new)
    assert (
        "| in Python | change |\n| --- | --- |\n| p.a.f | The function `f` is gone. `python-function-removed` |\n"
        in markdown
    )
    assert "←" not in markdown  # where `paths` stands in the old document says nothing


def test_json_output_is_what_its_schema_says(repository: Path, root: Path) -> None:
    schema = json.loads((root / "docs/changes.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    done = CliRunner().invoke(diff, ["main", "spec/openapi.json", "--format", "json"])
    found = [
        json.loads(done.stdout),
        json.loads(as_json(hostile()[2], *hostile()[:2])),
        json.loads(as_json((), *hostile()[:2])),
    ]
    assert {each["axis"] for each in found[0]["changes"]} == {"document", "python"}
    for each in found:
        assert list(Draft202012Validator(schema).iter_errors(each)) == []
        assert each.keys() == schema["properties"].keys()
        assert all(change.keys() == schema["$defs"]["Change"]["properties"].keys() for change in each["changes"])
    wrong = {**found[0], "verdict": "grave"}
    assert not Draft202012Validator(schema).is_valid(wrong)
    severities = schema["$defs"]["Change"]["properties"]["severity"]["enum"]
    assert severities == list(LEVELS[:-1])


@pytest.mark.parametrize("more", [[], ["--no-python"], ["--format", "html"]], ids=["python", "document", "page"])
@pytest.mark.parametrize("paths", [3, {"/a": 3}], ids=str)
def test_what_is_no_document_is_never_compared(repository: Path, paths: Any, more: list[str]) -> None:
    (repository / "broken.json").write_text(json.dumps(document({"paths": paths})), "utf-8")
    for sides in (["broken.json", "spec/openapi.json"], ["spec/openapi.json", "broken.json"], ["broken.json"] * 2):
        done = CliRunner().invoke(diff, [*sides, *more])
        assert (done.exit_code, done.stdout) == (2, ""), done.output
        assert "broken.json:1:" in done.stderr


def test_a_terminal_sees_colours_and_others_do_not(repository: Path) -> None:
    plain, painted = (
        CliRunner().invoke(diff, ["main", "spec/openapi.json", "--no-python", *more]).stdout
        for more in ([], ["--color"])
    )
    assert "\x1b" not in plain
    assert "\x1b[31;1mBreaks callers or importers (1)\x1b[0m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain
    assert plain.splitlines()[:3] == [
        "Breaks callers or importers (1)",
        "  GET /a",
        "    The operation GET /a was removed. [api-path-removed-without-deprecation]",
    ]


@pytest.mark.parametrize("more", [[], ["--no-python"], ["--format", "html"]], ids=["python", "document", "page"])
def test_what_is_passed_over_is_said(repository: Path, more: list[str]) -> None:
    (repository / "broken.json").write_text(json.dumps(document({"paths": {"/a": {"get": []}}})), "utf-8")
    for sides in (["broken.json", "spec/openapi.json"], ["main:spec/openapi.json", "broken.json"], ["broken.json"] * 2):
        done = CliRunner().invoke(diff, [*sides, *more])
        assert done.exit_code == 0, done.output
        assert "broken.json: warning: an error is passed over, in line 1: " in done.stderr
    assert CliRunner().invoke(diff, ["main", "spec/openapi.json", *more]).stderr == ""


def test_an_enum_of_a_server_that_is_none_stops_nothing() -> None:
    def served(default: str) -> Tree:
        variables = {"a": {"default": default, "enum": 5}}
        paths = {"/a": {"get": {"responses": {"204": {"description": ""}}}}}
        return document({"paths": paths, "servers": [{"url": "https://{a}", "variables": variables}]})

    assert [each.identifier for each in compare(served("x"), served("y"))] == ["api-server-variables-changed"]
