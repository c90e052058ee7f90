"""What is said of the day until which something that is deprecated is there (`x-sunset`)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from generator.changes.document.operations import compare
from generator.settings.severities import identifiers
from tests.changes.frames import Tree, document

TODAY = date(2026, 7, 1)
RESPONSES = {"responses": {"204": {"description": ""}}}


def operation(**members: Any) -> Tree:
    """A document whose operation GET /a is deprecated."""
    rest = {"x-sunset": members.pop("sunset")} if "sunset" in members else {}
    return document({"paths": {"/a": {"get": {**RESPONSES, "deprecated": True, **members, **rest}}}})


def parameter(sunset: str) -> Tree:
    found = {"name": "q", "in": "query", "schema": {}, "deprecated": True, "x-sunset": sunset}
    return document({"op": {"parameters": [found]}})


def property_(flow: str, sunset: str, **more: Any) -> Tree:
    """A document whose body has a property, which is deprecated."""
    found = {"type": "string", "deprecated": True, "x-sunset": sunset, **more}
    schema: Tree = {"type": "object", "properties": {"p": found} if sunset else {}}
    content = {"content": {"application/json": {"schema": schema}}}
    if flow == "request":
        return document({"op": {"requestBody": content}})
    return document({"op": {"responses": {"200": {"description": "", **content}}}})


@pytest.mark.parametrize("flow", ["request", "response"])
@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("2027-01-01", ""), "error property-removed-before-sunset"),
        (("2026-01-01", ""), "warning property-removed"),
        (("2027-01-01", "2026-12-01"), "error property-sunset-date-changed-too-small"),
        (("2027-01-01", "2027-01-02"), "info property-sunset-date-changed"),
        (("2027-01-01", "soon"), "error property-sunset-deleted"),
        (("soon", "2027-01-01"), "info property-sunset-date-added"),
    ],
)
@pytest.mark.parametrize("more", [{}, {"$ref": "#/components/schemas/S"}])
def test_sunsets_of_properties(flow: str, days: tuple[str, str], expected: str, more: Tree) -> None:
    trees = [property_(flow, each, **more) for each in days]
    for tree in trees:
        tree["components"] = {"schemas": {"S": {"type": "string"}}}
    (change,) = compare(*trees, today=TODAY)
    found = f"{change.severity} {change.identifier}".replace(f"{flow}-", "").replace("optional-", "")
    assert found == expected
    assert change.identifier in identifiers()
    assert days[0] in change.message or days[1] in change.message or expected == "warning property-removed"


GONE = document({"paths": {}})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (operation(sunset="2026-07-02"), GONE, "error api-path-removed-before-sunset"),
        (operation(sunset="2026-07-01"), GONE, "info api-path-removed-with-deprecation"),
        (operation(sunset="2026-06-30T10:00:00Z"), GONE, "info api-path-removed-with-deprecation"),
        (operation(), GONE, "info api-path-removed-with-deprecation"),
        (operation(sunset="soon"), GONE, "error api-path-sunset-parse"),
        (operation(deprecated=False), operation(sunset="2027-01-01"), "info endpoint-deprecated"),
        (operation(), operation(sunset="2027-01-01"), "info api-sunset-date-added"),
        (operation(sunset="2027-01-01"), operation(), "error sunset-deleted"),
        (operation(sunset="2027-01-01"), operation(sunset="2026-12-01"), "error api-sunset-date-changed-too-small"),
        (operation(sunset="2027-01-01"), operation(sunset="2027-01-02"), "info api-sunset-date-changed"),
        (operation(sunset="2027-01-01"), operation(deprecated=False), "info endpoint-reactivated"),
        (parameter("2027-01-01"), document({"op": {}}), "error request-parameter-removed-before-sunset"),
        (parameter("2026-01-01"), document({"op": {}}), "info request-parameter-removed-with-deprecation"),
        (parameter("2027-01-01"), parameter("2026-12-01"), "error request-parameter-sunset-date-changed-too-small"),
    ],
)
def test_sunsets(old: Tree, new: Tree, expected: str) -> None:
    (change,) = compare(old, new, today=TODAY)
    assert f"{change.severity} {change.identifier}" == expected


def test_the_day_is_shown() -> None:
    (change,) = compare(operation(deprecated=False), operation(sunset="2027-01-01"), today=TODAY)
    assert change.message == "GET /a is now deprecated and goes on 2027-01-01."
    (change,) = compare(operation(sunset="2027-01-01"), GONE, today=TODAY)
    assert change.message == "The operation GET /a was removed before its sunset on 2027-01-01."


def test_a_long_sunset_is_cut() -> None:
    (change,) = compare(operation(sunset="soon" * 75_000), GONE, today=TODAY)
    assert change.message.endswith("soonso… is no date.")
    assert len(change.message) < 200
