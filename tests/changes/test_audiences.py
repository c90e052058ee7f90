"""Who breaks: each change for each audience, and no verdict of one flow used for the other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from generator.changes.command import diff
from generator.changes.document.operations import compare
from generator.changes.model import Axis, Change, Level
from generator.changes.report.text import as_markdown, as_text, describe_counts, headline
from generator.changes.verdicts import override, reaches, verdict
from generator.settings.severities import AUDIENCES, Audience
from tests.changes.frames import Doc, Tree, document, framed, shared
from tests.changes.test_changes import DOCUMENT_AREAS, SCHEMA_AREAS, SOFTENED, cases, directions, worst


def lines(changes: tuple[Change, ...]) -> list[str]:
    """What is said, save what is a component's own, which is said once: its documentation, and that it was removed or renamed."""
    found = [each for each in changes if not re.search("documentation|^api-schema-", each.identifier)]
    return sorted(f"{each.severity} {each.service} {each.identifier}" for each in found)


def alone(case: Tree, direction: str, *, back: bool) -> list[str]:
    """What is said of a pair of schemas that travels in one direction only."""
    pair = framed(case, direction)
    return lines(compare(*(reversed(pair) if back else pair)))


@pytest.mark.parametrize("case", cases(SCHEMA_AREAS))
@pytest.mark.parametrize("back", [False, True], ids=["forward", "back"])
@pytest.mark.parametrize("order", [("request", "response"), ("response", "request")], ids=["request", "response"])
def test_no_direction_learns_from_the_other(case: Tree, order: tuple[str, str], back: bool) -> None:
    if len(directions(case)) == 1:
        return
    old, new = shared(case, order)
    found = compare(new, old) if back else compare(old, new)
    assert lines(found) == sorted(line for each in order for line in alone(case, each, back=back))


@pytest.mark.parametrize("case", cases(DOCUMENT_AREAS))
def test_the_order_of_paths_means_nothing(case: Tree) -> None:
    old, new = document(case["old"]), document(case["new"])
    turned = [{**each, "paths": dict(reversed(each["paths"].items()))} for each in (old, new)]
    assert lines(compare(*turned)) == lines(compare(old, new))
    assert lines(compare(*reversed(turned))) == lines(compare(new, old))


@pytest.mark.parametrize("case", cases(SCHEMA_AREAS))
def test_what_breaks_services_breaks_callers_the_other_way(case: Tree) -> None:
    """A service of the old document that meets a caller of the new one is that caller, meeting the old service."""
    for direction in directions(case):
        old, new = framed(case, direction)
        there, back = compare(old, new), compare(new, old)
        if any(name in each.identifier for each in (*there, *back) for name in SOFTENED):
            continue
        said, expected = worst([each.service for each in there]), worst([each.severity for each in back])
        assert said == expected, (direction, there)


RESPONSES = {"responses": {"204": {"description": ""}}}


def body(schema: Any) -> Tree:
    return document({"op": {"requestBody": {"content": {"application/json": {"schema": schema}}}}})


def answer(schema: Any) -> Tree:
    content = {"content": {"application/json": {"schema": schema}}}
    return document({"op": {"responses": {"200": {"description": "", **content}}}})


SHUT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
OPEN = {**SHUT, "required": []}


@pytest.mark.parametrize(
    ("old", "new", "breaks"),
    [
        (body(SHUT), body(OPEN), "services break in 1 place"),
        (body(OPEN), body(SHUT), "callers break in 1 place"),
        (answer(SHUT), answer(OPEN), "callers break in 1 place"),
        (answer(OPEN), answer(SHUT), "services break in 1 place"),
        (document({}), document({"op": RESPONSES}), ""),
        (document({"op": RESPONSES}), document({}), "callers break in 1 place"),
        (body({"type": "string"}), body({"type": "integer"}), "callers break in 1 place, services in 1"),
    ],
)
def test_who_breaks(old: Tree, new: Tree, breaks: str) -> None:
    assert headline(compare(old, new)) == breaks


def test_only_what_breaks_nobody_is_called_compatible() -> None:
    old, new = body(SHUT), body(OPEN)
    new["paths"]["/y"] = {"get": RESPONSES}
    changes = compare(old, new)
    made = Doc(old), Doc(new)
    text = as_text(changes, *made)
    assert "Breaks services or implementers (1)\n  POST /x\n" in text
    assert "Compatible (1)\n  GET /y\n" in text
    assert "<summary>Breaks services or implementers (1)</summary>" in as_markdown(changes, *made)
    assert describe_counts(changes) == "1 breaks services or implementers, 1 compatible change"


@pytest.mark.parametrize(
    ("level", "service", "axis", "counts"),
    [
        ("info", "error", "python", "2 break services or implementers"),
        ("info", "warning", "document", "2 may break services or implementers"),
        ("warning", "error", "document", "2 may break callers or importers"),
        ("info", "info", "document", "2 compatible changes"),
    ],
)
def test_changes_are_counted_by_whom_they_break(level: Level, service: Level, axis: Axis, counts: str) -> None:
    change = Change(
        identifier="x",
        severity=level,
        service=service,
        axis=axis,
        operation="",
        old_pointer="",
        new_pointer="",
        message="",
    )
    assert describe_counts([change] * 2) == counts


def test_one_value_is_no_values() -> None:
    values = [["a"], ["a", "b"], ["a", "b", "c", "d"]]
    sides = [answer({"type": "string", "enum": each}) for each in values]
    assert compare(*sides[:2])[0].message == 'The response body has the new value "b".'
    assert compare(*sides[1:])[0].message == 'The response body has the new values "c", "d".'
    assert compare(sides[1], sides[0])[0].message == 'The response body no longer has the value "b".'


def test_a_version_is_for_callers_unless_others_are_chosen() -> None:
    changes = compare(body(SHUT), body(OPEN))
    assert verdict(changes) == "minor"
    assert verdict(changes, ("wire-server",)) == "major"
    assert reaches(changes, "breaking")
    assert not reaches(changes, "breaking", ("wire-caller", "python-caller", "python-service"))


def test_a_level_of_the_settings_silences_services_too() -> None:
    changes = compare(body(SHUT), body(OPEN))
    (quiet,) = override(changes, {changes[0].identifier: "info"})
    assert (quiet.severity, quiet.service) == ("info", "info")
    (loud,) = override(changes, {changes[0].identifier: "error"})
    assert (loud.severity, loud.service) == ("error", "error")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_an_audience_is_info_on_the_other_axis(audience: Audience) -> None:
    (change,) = compare(body({"type": "string"}), body({"type": "integer"}))
    assert change.level(audience) == ("error" if audience.startswith("wire") else "info")


@pytest.mark.parametrize(
    ("options", "setting", "status"),
    [
        ([], "", 1),
        (["--audience", "wire-caller"], "", 0),
        (["--audience", "wire-caller", "--audience", "wire-server"], "", 1),
        ([], 'audiences = ["wire-caller", "python-caller"]', 0),
        (["--audience", "wire-server"], 'audiences = "wire-caller"', 1),
    ],
)
def test_audiences_choose_what_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], setting: str, status: int
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(f'[tool.spectwin]\nspec = "new.json"\n{setting}\n', "utf-8")
    for name, tree in (("old", body(SHUT)), ("new", body(OPEN))):
        Path(f"{name}.json").write_text(json.dumps(tree), "utf-8")
    command = ["old.json", "new.json", "--no-python", "--fail-on", "breaking", *options]
    done = CliRunner().invoke(diff, command)
    assert done.exit_code == status, done.output
    assert "services break in 1 place" in done.output


def test_an_audience_that_there_is_not_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text('[tool.spectwin]\nspec = "a.json"\naudiences = ["callers"]\n', "utf-8")
    Path("a.json").write_text(json.dumps(document({})), "utf-8")
    done = CliRunner().invoke(diff, ["a.json", "a.json"])
    assert done.exit_code == 2
    assert "audiences: expected some of wire-caller, wire-server, python-caller, python-service" in done.output
