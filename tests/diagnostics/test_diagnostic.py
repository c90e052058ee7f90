"""Diagnostics as text, and on their way between processes."""

from __future__ import annotations

import pickle

from generator.diagnostics.diagnostic import Diagnostic, Refused, visible


def test_control_characters_are_made_visible() -> None:
    assert visible("a\x1b[2J\u202eb\ud800\n") == "a\\x1b[2J\\u202eb\\ud800\\x0a"
    assert visible("찻잔 é") == "찻잔 é"


def test_refusals_travel_between_processes() -> None:
    refused = Refused([Diagnostic(severity="error", message="b", line=2), Diagnostic(severity="error", message="a")])
    again = pickle.loads(pickle.dumps(refused))  # noqa: S301 - our own bytes
    assert again.diagnostics == refused.diagnostics
    assert [found.message for found in again.diagnostics] == ["a", "b"]
