"""A break can be accepted: by operation and identifier, for a reason, until a day."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from generator.changes import accepted
from generator.changes.model import Change, Place
from generator.cli import app
from tests.support.folders import ROOT

Diff = Callable[..., tuple[int, dict[str, Any]]]
REMOVED = "response-required-property-removed"
SETTINGS = '[tool.spectwin]\nspec = "new.json"\npackage = "shop"\n'


def document(*properties: str, more: str = "") -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in properties},
        "required": [*properties],
    }
    ok = {"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}}
    paths: dict[str, Any] = {"/pets": {"get": {"operationId": "get_pets", "responses": ok}}}
    if more:
        paths[more] = {"get": {"operationId": "get_more", "responses": ok}}
    info = {"title": "Shop", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": {"Pet": schema}}}


def entry(**values: Any) -> str:
    given = {"operation": "GET /pets", "identifier": REMOVED, "reason": "nobody reads it", **values}
    until = given.pop("until", accepted.today() + timedelta(days=1))
    lines = [f"{key} = {json.dumps(value)}" for key, value in given.items() if value is not None]
    return "\n".join(["[[accepted]]", *lines, *([f"until = {until}"] if until else []), "", ""])


def accept(*entries: str) -> None:
    Path(accepted.FILE).write_text("".join(entries))


@pytest.fixture
def diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Diff:
    """Compare `old.json` with `new.json`, in which a property is gone that callers read."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(SETTINGS)
    Path("old.json").write_text(json.dumps(document("id", "name")))
    Path("new.json").write_text(json.dumps(document("id")))

    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        command = ["diff", "old.json", "new.json", "--fail-on", "breaking", "--json", "--no-python", *arguments]
        status = app.run(command)
        return status, json.loads(capsys.readouterr().out)

    return run


def said(found: tuple[int, dict[str, Any]]) -> list[str]:
    return [one["message"] for one in found[1]["diagnostics"]]


def test_what_is_accepted_fails_nothing_and_is_said(diff: Diff, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff()[0] == 1
    accept(entry())
    status, found = diff()
    assert (status, found["diagnostics"]) == (0, [])
    until = str(accepted.today() + timedelta(days=1))
    assert [change["accepted"] for change in found["changes"]] == [{"reason": "nobody reads it", "until": until}]
    assert found["breaks"]["wire-caller"] == 0
    assert found["verdict"] == "major"  # it is still what it is
    for style in ("text", "markdown"):
        assert app.run(["diff", "old.json", "new.json", "--no-python", "--format", style]) == 0
        printed = capsys.readouterr().out.replace("\\", "")
        assert f"accepted until {until}: nobody reads it" in printed
        assert "1 breaks callers or importers (1 accepted)" in printed


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"operation": "GET /dogs"}, "this matches no change that breaks"),
        ({"identifier": "response-success-status-removed"}, "this matches no change that breaks"),
        ({"pointer": "#/components/schemas/Pet/properties/id"}, "this matches no change that breaks"),
        ({"until": date(2020, 1, 1)}, "this is out of date since 2020-01-01"),
    ],
)
def test_what_is_out_of_date_or_matches_nothing_is_named(
    diff: Diff, capsys: pytest.CaptureFixture[str], values: dict[str, Any], message: str
) -> None:
    accept(entry(**values))
    status, found = diff()
    assert (status, found["changes"][0]["accepted"]) == (1, None)
    [one] = found["diagnostics"]
    assert one["message"].startswith(message)
    assert (one["file"], one["line"]) == (accepted.FILE, 1)
    assert app.run(["diff", "old.json", "new.json", "--no-python"]) == 0
    assert f"{accepted.FILE}:1:1: warning: {message}" in capsys.readouterr().err
    assert app.run(["diff", "old.json", "new.json", "--no-python", "--format", "markdown"]) == 0
    assert f"- {accepted.FILE}:1: {message}" in capsys.readouterr().out.replace("\\", "")


def test_the_last_day_counts(diff: Diff) -> None:
    accept(entry(until=accepted.today()))
    assert diff()[0] == 0
    accept(entry(until=accepted.today() - timedelta(days=1)))
    assert diff()[0] == 1


def test_a_break_of_several_operations_is_accepted_for_all_of_them_or_not(diff: Diff) -> None:
    for name, properties in (("old.json", ("id", "name")), ("new.json", ("id",))):
        Path(name).write_text(json.dumps(document(*properties, more="/more")))
    accept(entry())
    found = diff()
    assert found[0] == 1
    assert said(found) == [
        f"this does not suffice: the change is about other operations too: GET /more: {REMOVED} in GET /pets"
    ]
    accept(entry(), "\n", entry(operation="GET /more"))
    assert diff()[0] == 0
    accept(entry(operation="GET /*"))
    assert diff()[0] == 0


def test_a_pointer_says_which_one_of_several(diff: Diff) -> None:
    Path("old.json").write_text(json.dumps(document("id", "name", "age")))
    accept(entry(pointer="#/components/schemas/Pet/properties/name"))
    status, found = diff()
    assert status == 1
    assert [bool(change["accepted"]) for change in found["changes"]] == [True, False]
    accept(entry())
    assert diff()[0] == 0


def test_what_is_compatible_is_not_accepted(diff: Diff) -> None:
    Path("new.json").write_text(json.dumps(document("id", "name", more="/more")))
    accept(entry(operation="GET /more", identifier="endpoint-added"))
    assert said(diff()) == ["this matches no change that breaks: endpoint-added in GET /more"]


def test_what_was_not_compared_is_no_fault(diff: Diff) -> None:
    accept(entry(), entry(operation="shop.models.Pet.name", identifier="python-field-removed"))
    assert said(diff()) == []
    assert said(diff("--python")) == []
    Path("new.json").write_text(json.dumps(document("id", "name")))
    assert len(said(diff("--python"))) == 2
    assert said(diff("--only", "GET /pets")) == []


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("[[accepted]\n", "the file can't be read", 0),
        ("#" * 1_000_001, "the file can't be read: it has more than 1,000,000 bytes", 0),
        ("a." * 60_000 + "a = 1", "the file can't be read: the key in line 1 has more than 50 parts", 0),
        ("accepted = 1\n", "entries begin with [[accepted]]", 1),
        ("[other]\n", "entries begin with [[accepted]]", 1),
        (entry() + entry(reason=None), "reason is missing", 7),
        (entry(reason=" "), "reason is empty", 1),
        (entry(until=None), "until is missing", 1),
        (entry(until='"2030-01-01"'), "until is not a day", 1),
        (entry(until="2030-01-01T00:00:00Z"), "until is not a day", 1),
        (entry(operation=3), "operation is not a text", 1),
        (entry(who="me"), "there is no key called who", 1),
        ("# why\n\n" + entry(identifier="response-required-property-remove"), "no change is called", 3),
    ],
)
def test_what_is_wrong_with_the_file_is_refused(diff: Diff, text: str, message: str, line: int) -> None:
    accept(text)
    status, found = diff()
    assert (status, found["status"]) == (2, "refused")
    assert found["diagnostics"][0]["message"].startswith(message)
    assert (found["diagnostics"][0]["file"], found["diagnostics"][0]["line"]) == (accepted.FILE, line)


def test_a_link_out_of_the_project_is_not_followed(diff: Diff, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret"
    elsewhere.write_text("SECRET")
    Path(accepted.FILE).symlink_to(elsewhere)
    status, found = diff()
    assert status == 2
    assert "SECRET" not in json.dumps(found)
    assert "a link that leads out" in found["diagnostics"][0]["message"]


def test_of_several_packages_an_entry_names_the_one_that_is_meant(diff: Diff) -> None:
    for name in ("new", "other"):
        Path(f"{name}.json").write_text(json.dumps(document("id")))
    each = '[[tool.spectwin.package]]\nspec = "{0}.json"\npackage = "{0}"\n'
    Path("pyproject.toml").write_text(each.format("new") + each.format("other"))
    accept(entry())
    assert diff()[1]["diagnostics"][0]["message"] == "package is missing"
    accept(entry(package="other"))
    assert (diff()[0], said(diff())) == (1, [])  # it is for another document
    accept(entry(package="new"))
    assert diff()[0] == 0


def left(found: tuple[int, dict[str, Any]]) -> list[str]:
    """What breaks importers and is not accepted."""
    changes = [change for change in found[1]["changes"] if change["axis"] == "python" and not change["accepted"]]
    return [change["operation"] for change in changes if "error" in change["audiences"].values()]


def test_what_an_accepted_break_causes_in_python_is_accepted_with_it(diff: Diff) -> None:
    accept(entry())
    found = diff("--python")
    assert (found[0], left(found), said(found)) == (0, [], [])
    python = [change["accepted"] for change in found[1]["changes"] if change["axis"] == "python"]
    assert python
    assert None not in python
    Path("old.json").write_text(json.dumps(document("id", "name", "age")))
    accept(entry(pointer="#/components/schemas/Pet/properties/name"))
    found = diff("--python")
    assert (found[0], left(found)) == (1, ["shop.models.Pet.age"])


def test_a_whole_operation_with_its_schema(diff: Diff) -> None:
    old, new = document("id", "name"), document("id", "name", more="/more")
    new["paths"].pop("/pets")
    new["components"]["schemas"]["Other"] = new["components"]["schemas"].pop("Pet")
    text = json.dumps(new).replace("schemas/Pet", "schemas/Other")
    Path("old.json").write_text(json.dumps(old))
    Path("new.json").write_text(text)
    accept(entry(identifier="api-path-removed-without-deprecation"))
    assert diff()[0] == 0
    assert "shop.client.Client.get_pets" not in left(diff("--python"))


def test_another_name_beside_an_accepted_break_is_not_accepted_with_it(diff: Diff) -> None:
    new = document("id")
    new["paths"]["/pets"]["get"]["operationId"] = "all_pets"
    Path("new.json").write_text(json.dumps(new))
    accept(entry())
    found = diff("--python")
    assert found[0] == 1
    assert "shop.models.Pet.name" not in left(found)
    assert any("get_pets" in name for name in left(found))


def test_another_name_of_a_schema_beside_an_accepted_break_is_not_accepted_with_it(diff: Diff) -> None:
    Path("new.json").write_text(json.dumps(document("id")).replace("Pet", "Animal"))
    accept(entry())
    assert diff()[0] == 0
    found = diff("--python")
    assert found[0] == 1
    assert any("Pet" in name for name in left(found))


def test_the_page_of_the_documentation_shows_what_is_read(diff: Diff) -> None:
    text = (ROOT / "docs/changes.md").read_text("utf-8")
    [block] = re.findall(r"^```toml\n(\[\[accepted\]\]\n.*?)^```", text, re.MULTILINE | re.DOTALL)
    accept(re.sub(r"until = \S+", f"until = {accepted.today()}", block))
    assert (diff()[0], said(diff())) == (0, [])


def test_lines_for_many_operations_accept_nothing_else() -> None:
    places = tuple(Place(operation=f"GET /{number}") for number in range(5))
    given: Any = {"severity": "error", "operation": "GET /0", "message": "", "places": places, "new_pointer": ""}
    wire = Change(identifier=REMOVED, old_pointer="#/components/schemas/Pet", **given)
    assert accepted.proposal([wire]).count("[[accepted]]") == 1
    assert 'operation = "*"' in accepted.proposal([wire])
    assert 'pointer = "#/components/schemas/Pet"' in accepted.proposal([wire])
    python = Change(identifier="python-field-removed", old_pointer="", **given)
    assert accepted.proposal([python]).count("[[accepted]]") == 5
    assert "*" not in accepted.proposal([python])
    assert accepted.proposal([replace(wire, severity="info")]) == ""


def test_the_lines_of_a_card_accept_all_that_is_on_it(diff: Diff, capsys: pytest.CaptureFixture[str]) -> None:
    odd = '/a"b\\c\u202e{id}'
    for name, properties in (("old.json", ("id", "name")), ("new.json", ("id",))):
        made = document(*properties, more=odd)
        made["paths"][odd]["parameters"] = [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        ]
        Path(name).write_text(json.dumps(made))
    assert app.run(["diff", "old.json", "new.json", "--format", "html", "-o", "page.html"]) == 0
    page = Path("page.html").read_text()
    [lines] = [html.unescape(text) for text in re.findall(r"(\[\[accepted\]\].*?)</pre>", page, re.DOTALL)]
    assert "python-" not in lines  # it is accepted with its cause
    accept(lines)
    assert diff("--python")[1]["diagnostics"][0]["message"] == "reason is empty"
    accept(lines.replace('reason = ""', 'reason = "because"'))
    found = diff("--python")
    assert (found[0], said(found)) == (0, [])
    assert app.run(["diff", "old.json", "new.json", "--format", "html", "-o", "page.html"]) == 0
    page = Path("page.html").read_text()
    assert "[[accepted]]" not in page
    assert "Accepted until" in page
    assert "· accepted</small>" in page


def test_a_break_of_importers_alone_has_lines_of_its_own(diff: Diff) -> None:
    new = document("id", "name")
    new["paths"]["/pets"]["get"]["operationId"] = "all_pets"
    Path("new.json").write_text(json.dumps(new))
    assert app.run(["diff", "old.json", "new.json", "--format", "html", "-o", "page.html"]) == 0
    found = re.findall(r"<pre>(\[\[accepted\]\].*?)</pre>", Path("page.html").read_text(), re.DOTALL)
    accept(*(html.unescape(text).replace('reason = ""', 'reason = "because"') for text in found))
    assert diff("--python")[0] == 0


def test_a_number_that_python_does_not_read_is_refused(diff: Diff) -> None:
    accept(f"[[accepted]]\noperation = {'9' * 5000}\n")
    status, found = diff()
    assert (status, found["status"]) == (2, "refused")
    assert found["diagnostics"][0]["message"].startswith("the file can't be read: ")


def test_an_entry_of_a_package_that_is_not_configured_is_said(diff: Diff) -> None:
    accept(entry(package="shops"))
    found = diff()
    assert found[0] == 1
    assert said(found) == [f"no configured package is called shops: {REMOVED} in GET /pets"]
