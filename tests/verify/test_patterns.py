"""Texts for patterns: they match, and a pattern takes no longer than others whatever it is."""

from __future__ import annotations

import time

import pytest

from generator.schemas import patterns as judged
from generator.verify.values import patterns

USUAL = [
    r"^[A-Z]{2}\d{4}$",
    r"^(a|bc)+x?$",
    r"^\w+@\w+\.(com|org)$",
    r"^[^/\s]{3,5}$",
    r"^(?!x)[a-z]+$",
    r"^(?<year>\d{4})-\d{2}$",
    r"^\p{L}+$",
    r"^.*$",
    r"^\S+ \D$",
    r"^(?:[a-f0-9]{8}){2}$",
]


@pytest.mark.parametrize("pattern", USUAL)
def test_texts_match(pattern: str) -> None:
    found = patterns.matching(pattern)
    assert len(found) >= 2, found
    assert all(judged.matches(pattern, text) for text in found)


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$(?<=b)", "^((a{9999}){9999}){9}$", "(a|a)*b(?=c)", "(" * 200 + ")" * 200, "["]
)
def test_hostile_patterns_cost_nothing(pattern: str) -> None:
    """A bound of seconds for what would take hours: no measurement."""
    begin = time.monotonic()
    patterns.matching(pattern)
    judged.matches(pattern, "a" * 5_000)
    assert time.monotonic() - begin < 20


def test_what_no_engine_can_run_is_not_told() -> None:
    assert judged.matches("(", "a") is None
    assert judged.matches("^(?=a)a+$", "a" * 2_000) is None
    assert judged.matches("^(?=a)a+$", "a" * 20) is True
    assert judged.matches("^a+$", "a" * 20_000) is True


@pytest.mark.parametrize("pattern", [r"^\w{1,100000}$", r"^a[^]{2,3}$"])
def test_what_no_engine_takes_as_it_is_has_texts_that_match_all_the_same(pattern: str) -> None:
    assert len(patterns.matching(pattern)) >= 2
    assert not patterns.matches(r"^\w{1,100000}$", "é")
