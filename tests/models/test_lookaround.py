"""Patterns with look-around: the steps of all texts of a body have one bound. Counted, not timed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from jsonschema_rs import Draft202012Validator, FancyRegexOptions

from generator.schemas.patterns import BACKTRACKS, size_of
from tests.support.folders import ROOT
from tests.support.model_packages import Build, Package, obj
from tests.support.packages import build_tree, imported

DEAR = r"^(?:(?:(?!\w*a\w{100}c)\w)+)+c$"
FORMS = ("application/x-www-form-urlencoded",)
PATTERNS = {
    r"^(?=.{1,253}$)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+[a-z]{2,}$": [".".join(["a-" * 9 + "a"] * 5), ".".join("ab" * 60) + ".com"],
    r"^(?:(?!ab).)*$": ["xa" * 500, "xa" * 499 + "ab", ""],
    r"^(?!.*(.).*\1)[\s\S]+$": ["".join(map(chr, range(33, 126))), "abca"],
    r"^(?=(a+)+$)a*b$": ["a" * 40 + "b", "ab"],
    DEAR: ["c", "abc", "a" * 100],
}  # fmt: skip


def lists(pattern: str) -> dict[str, Any]:
    return {"T": {"type": "array", "items": {"type": "string", "pattern": pattern}}}


@contextmanager
def counting(package: Package, pattern: str) -> Iterator[list[int]]:
    """List what each run of an engine may take: steps times characters times the size of the pattern."""
    rules, taken = package.module("_runtime.models.rules"), list[int]()
    engine = rules._engine

    class Counted:
        def __init__(self, limit: int) -> None:
            self.limit, self.engine = limit, engine(pattern, limit)

        def iter_errors(self, text: str) -> Any:
            taken.append(self.limit * len(text) * size_of(pattern))
            return self.engine.iter_errors(text)

    # Each run takes as long as it may.
    slow = patch.object(rules, "thread_time_ns", lambda: -(10**20))
    with slow, patch.object(rules, "_engine", lambda _, limit: Counted(limit)):
        yield taken


@pytest.mark.parametrize("pattern", PATTERNS)
def test_verdicts_are_those_of_the_engine(pattern: str, build: Build) -> None:
    package = build(lists(pattern))
    engine = Draft202012Validator({"pattern": pattern}, pattern_options=FancyRegexOptions(backtrack_limit=BACKTRACKS))
    pick = random.Random(3)  # noqa: S311 - test data
    texts = [*PATTERNS[pattern], *("".join(pick.choices("ab-.c", k=pick.randrange(40))) for _ in range(200))]
    for text in texts:
        refused = package.refusals(json.dumps(["b", text]))
        places = [one["loc"] for one in refused]
        assert ([1] in places) != engine.is_valid(text), text
        assert all(one["msg"] == "Value is not as its schema says: pattern" for one in refused)
    assert package.refusals(json.dumps(["x" * 1_001]))[0]["msg"] == "Value is not as its schema says: maxLength"


@pytest.mark.parametrize("length", [200, 1_000])
def test_all_texts_of_a_body_have_one_bound(length: int, build: Build) -> None:
    package = build(lists(DEAR))
    steps = package.module("_runtime.models.steps")
    sums = []
    for count in (250, 500):
        with counting(package, DEAR) as taken:
            found = package.refusals(json.dumps(["a" * length] * count))
        assert [one["type"] for one in found] == ["too_many_steps"]
        sums.append(sum(taken))
    assert sums[0] == sums[1] <= steps.MOST + steps.FREE * length * 500  # for both readings of the body


def test_a_text_has_no_more_than_a_body(build: Build) -> None:
    package = build(lists(DEAR))
    with counting(package, DEAR) as taken:
        assert package.refusals(json.dumps(["a" * 1_000]))[0]["type"] == "too_many_steps"
    assert sum(taken) <= package.module("_runtime.models.steps").MOST * 2


def test_many_texts_that_take_few_steps_are_read(build: Build) -> None:
    package = build(lists(r"^(?!-)[a-z-]{1,63}(?<!-)$"))
    texts = ["some-name-or-other"] * 50_000
    assert package.media().read(json.dumps(texts).encode()) == texts


def test_long_texts_that_take_a_step_for_each_character_are_read(build: Build) -> None:
    package = build(lists(r"^(?:(?!ab).)*$"))
    texts = ["x" * 1_000] * 2_000
    assert package.media().read(json.dumps(texts).encode()) == texts


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^(?:(?!<script).)*$", "hello world " * 75),
        (r"^(?!.*(\w+) \1\b).*$", "some words in a row, " * 45),
        (
            r"^(?=.{1,253}$)(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*$",
            f"{'rather-long-name.' * 13}example",
        ),
    ],
)
def test_many_texts_that_take_less_than_they_may_are_read(pattern: str, text: str, build: Build) -> None:
    package = build(lists(pattern))
    texts = [text] * 1_000
    assert package.media().read(json.dumps(texts).encode()) == texts


def test_names_are_counted(build: Build) -> None:
    package = build({"T": obj(patternProperties={DEAR: {"type": "integer"}})})
    assert package.refusals(json.dumps({"bc": "x"})) != []
    assert package.refusals(json.dumps({"bc": 1, "d": "x"})) == []
    for count in (50, 100):
        with counting(package, DEAR) as taken:
            names = [f"{'a' * 200}{one}" for one in range(count)]
            assert package.refusals(json.dumps(dict.fromkeys(names, 1)))[0]["type"] == "too_many_steps"
        assert sum(taken) <= package.module("_runtime.models.steps").MOST * 2


def test_what_python_gives_has_the_bound(build: Build) -> None:
    package = build({"T": obj({"a": {"type": "string", "pattern": DEAR}}, required=["a"])})
    with pytest.raises(ValueError, match="too many steps"):
        package.models.T(a="a" * 1_000)


def test_a_form_is_read_in_no_further_way(build: Build) -> None:
    package = build({"T": obj({"a": lists(DEAR)["T"]})}, body="T", forms=FORMS)
    form = package.module("_runtime.wire.forms").Form(package.models.T)
    with counting(package, DEAR) as taken, pytest.raises(ValueError, match="too many steps"):
        form.read("&".join([f"a={'a' * 200}"] * 500).encode())
    steps = package.module("_runtime.models.steps")
    assert sum(taken) <= steps.MOST + steps.FREE * 200 * len(taken)


def test_all_ways_to_read_a_form_have_one_bound(build: Build) -> None:
    package = build({"T": obj({"a": lists(DEAR)["T"], "n": {"type": "integer"}})}, body="T", forms=FORMS)
    steps = package.module("_runtime.models.steps")
    form = package.module("_runtime.wire.forms").Form(package.models.T)
    with counting(package, DEAR) as taken, pytest.raises(ValueError, match="too many steps"):
        form.read("&".join(["n=x", *[f"a={'a' * 100}"] * 12]).encode())
    assert sum(taken) <= steps.MOST + steps.FREE * 100 * len(taken)


def test_all_ways_to_read_an_item_have_one_bound(tmp_path: Path) -> None:
    pattern = f'^"?{DEAR[1:-1]}"?$'  # dear with the quotes of JSON and without
    schema = {"type": "string", "pattern": pattern}
    parts = {"itemSchema": schema, "itemEncoding": {"contentType": "text/plain"}}
    content = {"text/event-stream": {"itemSchema": schema}, "multipart/mixed": parts}
    responses = {"200": {"description": "", "content": content}}
    paths = {"/a": {"get": {"operationId": "a", "responses": responses}}}
    tree = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": paths}
    imported(build_tree(tmp_path, tree, package="bounded_items"), tmp_path)
    package = Package("bounded_items", {}, ())
    steps, (operation,) = package.module("_runtime.models.steps"), package.module("contract").API.operations
    events, multipart = operation.responses["200"].media.all
    quoted = json.dumps("a" * 990)
    for read in (partial(events.read_event, {"data": quoted}), partial(multipart.read_part, quoted.encode(), "")):
        with counting(package, pattern) as taken, pytest.raises(ValueError, match="too many steps"):
            read()
        assert taken
        assert sum(taken) <= steps.MOST + steps.FREE * 1_000 * len(taken)


def test_what_is_wrong_is_looked_for_within_the_bound(build: Build) -> None:
    package = build({"T": obj({"a": lists(DEAR)["T"]})})
    steps = package.module("_runtime.models.steps")
    rule = package.module("_runtime.models.rules").Rule({"items": {"lookaround": {DEAR: size_of(DEAR)}}})
    with counting(package, DEAR) as taken, pytest.raises(ValueError, match="too many steps"):
        steps.bounded(lambda _: [is_accepted(rule) for _ in range(20)])(None)
    assert sum(taken) <= steps.MOST + steps.FREE * 100 * len(taken)


def is_accepted(rule: Any) -> bool:
    try:
        rule.judge(["a" * 100])
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("tick", [1, 15_600_000])
def test_short_runs_are_counted_where_the_clock_is_coarse(tick: int, build: Build) -> None:
    steps, now = build(lists(DEAR)).module("_runtime.models.steps"), 0
    found = steps.Steps()
    with patch.object(steps, "thread_time_ns", lambda: now // tick * tick):
        for _ in range(1_000):
            began = steps.thread_time_ns()
            now += 500_000
            found.count(600_000, began)
    assert abs(found.left - steps.MOST // 2) <= tick


def test_the_engines_of_the_generator_have_one_bound() -> None:
    """A mock's answers too. What `verify` proves has an engine of its own."""
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "generator").rglob("*.py")}
    found = {path.name for path, text in texts.items() if "FancyRegexOptions(" in text and "verify" not in path.parts}
    assert found == {"patterns.py"}
