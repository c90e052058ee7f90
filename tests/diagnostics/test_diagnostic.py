"""Diagnostics as text, and on their way between processes."""

from __future__ import annotations

import pickle

import pytest

from generator.diagnostics.diagnostic import Diagnostic, Refused, counted, visible


def test_control_characters_are_made_visible() -> None:
    assert visible("a\x1b[2J\u202eb\ud800\n") == "a\\x1b[2J\\u202eb\\ud800\\x0a"
    assert visible("찻잔 é") == "찻잔 é"


def test_refusals_travel_between_processes() -> None:
    refused = Refused([Diagnostic(severity="error", message="b", line=2), Diagnostic(severity="error", message="a")])
    again = pickle.loads(pickle.dumps(refused))  # noqa: S301 - our own bytes
    assert again.diagnostics == refused.diagnostics
    assert [found.message for found in again.diagnostics] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error title=x::y", "\\x3a:error title=x::y"),
        ("  ::set-output name=x::y", "  \\x3a:set-output name=x::y"),
        ("GET /##[error]x", "GET /#\\x23[error]x"),
        ("##vso[task.setvariable]x", "#\\x23vso[task.setvariable]x"),
        ("##teamcity[blockOpened]", "#\\x23teamcity[blockOpened]"),
        ("a::b", "a::b"),
        ("## a heading", "## a heading"),
    ],
)
def test_commands_of_a_build_are_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_quoted_line_has_a_gutter() -> None:
    found = Diagnostic(severity="error", message="wrong", file="a.json", line=1, column=2, source="::error::x", caret=1)
    lines = str(Refused(found)).splitlines()
    assert lines[1:] == ["    | ::error::x", "    |  ^"]


def test_one_is_counted_without_an_s() -> None:
    assert [counted(number, "more file") for number in (0, 1, 1000)] == [
        "0 more files",
        "1 more file",
        "1,000 more files",
    ]
