"""What targets of overlays look at is counted, and what updates write is taken off the budget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonpath_rfc9535 import JSONPathError

from generator.diagnostics.diagnostic import Refused
from generator.document.json_path import CountedPaths, TooMuchError
from generator.document.load import load
from generator.parsing.limits import Limits

SCHEMAS = {f"S{number}": {"type": "string"} for number in range(100)}
TREE: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {},
    "components": {"schemas": SCHEMAS},
}


def looked_at(target: str, value: Any) -> int:
    paths = CountedPaths(10**9)
    list(paths.finditer(target, value))
    return 10**9 - paths.left


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [
        ("$.a", {"a": 1, "b": 2}, 2),
        ("$.*", {"a": 1, "b": 2}, 1 + 2),
        ("$[::2]", [1, 2, 3, 4], 1 + 4),
        ("$..a", {"a": {"a": 1}, "b": 2}, (2 + 2) + (2 + 1)),
        ("$[?@]", [1, 2, 3], 1 + 3),
        ("$[?@.*]", [[1, 2], [3]], 1 + 2 + (1 + 2) + (1 + 1)),
        ("$[?$.*]", [1, 2], 1 + 2 + 2 * (1 + 2)),
        ("$[?@==$[0]]", [[1] * 99, [1] * 99], 1 + 2 * 2 + 2 * (1 + 1) + 2 * 100),
        ("$[?search(@,'(a|b)*c')]", ["a" * 1_000], 1 + 3 + 3),
    ],
)
def test_a_target_counts_what_it_looks_at(target: str, value: Any, expected: int) -> None:
    assert looked_at(target, value) == expected


@pytest.mark.parametrize("name", ["match", "search"])
@pytest.mark.parametrize("pattern", ["(a|a)*[bc]", "(a|aa)*b", "(.|..|...)*[cd]", "((a{1,3}){1,3}){1,9}[bc]"])
def test_patterns_of_filters_do_not_backtrack(name: str, pattern: str) -> None:
    paths = CountedPaths(100)
    assert not list(paths.finditer(f"$[?{name}(@,'{pattern}')]", ["a" * 1_000 + "!"]))


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ("match(@,'a.c')", ["abc"]),
        ("search(@,'a.c')", ["abc", "xabcx"]),
        ("search(@,'a[.]c')", ["a.c"]),
        ("match(@,'a|abc')", ["abc"]),
        ("match(@,'\\\\p{Lu}')", ["Ä"]),
        ("match(@,'\\\\d')", []),  # no I-Regexp
        ("match(@,1)", []),
    ],
)
def test_patterns_of_filters_mean_what_rfc_9485_says(filter_: str, expected: list[str]) -> None:
    values: list[Any] = ["abc", "xabcx", "a\nc", "Ä", "1", 1, None]
    if "[.]" in filter_:
        values = ["abc", "a.c"]
    assert [node.value for node in CountedPaths(1_000).finditer(f"$[?{filter_}]", values)] == expected


def test_a_pattern_that_takes_too_much_memory_is_no_target() -> None:
    with pytest.raises(JSONPathError, match="too much memory"):
        list(CountedPaths(1_000).finditer(f"$[?search(@,'{'(a)' * 600}')]", ["a"]))


def test_a_long_filter_counts_for_each_value() -> None:
    terms = " || ".join(["1 == 2"] * 50)
    assert looked_at(f"$[?{terms}]", [1] * 10) > 10 * 40


def test_no_more_is_looked_at_than_is_left() -> None:
    paths = CountedPaths(10)
    list(paths.finditer("$.*", [1] * 6))
    with pytest.raises(TooMuchError):
        list(paths.finditer("$.*", [1] * 6))


@pytest.mark.parametrize(
    ("actions", "message", "place"),
    [
        ([{"target": "$..[?$..[?@.type]]", "remove": True}], "look at more than 20,000 values", 0),
        ([{"target": "$..[?@.type]", "update": {}}] * 100, "look at more than 20,000 values", 20),
        ([{"target": "$..[?@.type]", "update": {"x-a": [1] * 100}}], "more than 5,000 values would be made", 0),
    ],
)
def test_the_actions_of_overlays_have_one_bound(
    tmp_path: Path, actions: list[dict[str, Any]], message: str, place: int
) -> None:
    spec, overlay = tmp_path / "spec.json", tmp_path / "overlay.json"
    spec.write_text(json.dumps(TREE), "utf-8")
    tree = {"overlay": "1.0.0", "info": {"title": "O", "version": "1"}, "actions": actions}
    overlay.write_text(json.dumps(tree, indent=1), "utf-8")
    with pytest.raises(Refused) as refused:
        load(spec, overlays=[overlay], limits=Limits(nodes=10_000, made=5_000))
    (found,) = refused.value.diagnostics
    assert message in found.message
    assert found.line > 5 + 4 * place
    assert "--limit" in found.hint
