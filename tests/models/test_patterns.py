"""Patterns of ECMA-262 that the bounded engines can't take: said in other keywords where that is simple, else named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.schemas import patterns
from generator.schemas.patterns import linear, simpler
from tests.support.model_packages import HERE, Build
from tests.support.packages import build_tree, imported

REWRITTEN: dict[str, tuple[dict[str, Any], list[str], list[str]]] = {
    # pattern: what it becomes, what it matches, what it does not
    r"^a[^]b$": ({"pattern": r"^a[\s\S]b$"}, ["a\nb", "axb"], ["ab"]),
    r"a[]|^b$": ({"pattern": r"a[^\s\S]|^b$"}, ["b"], ["a", "ab"]),
    r"^\0$": ({"pattern": r"^\x00$"}, ["\x00"], ["0"]),
    r"^\w{2,100000}$": (
        {"pattern": r"^\w*$", "minLength": 2, "maxLength": 100_000},
        ["ab", "a" * 9_000],
        ["a", "é" * 5],
    ),
    r"^(?:\p{L}|-){1,2000}$": (
        {"pattern": r"^(?:\p{L}|-)*$", "minLength": 1, "maxLength": 2_000},
        ["é-", "漢" * 2_000],
        ["", "1", "a" * 2_001],
    ),
    r"^[A-Z]\p{L}{5000}!$": (
        {"pattern": r"^[A-Z]\p{L}*!$", "minLength": 5_002, "maxLength": 5_002},
        ["A" * 5_001 + "!"],
        ["A!"],
    ),
}
AS_THEY_ARE = [r"[\]^]", r"^.{1,100}$", r"\\0", r"a{3}", r"[[]"]
TOO_BIG = [r"^(?:ab|\p{L}){1,5000}$", r"\p{L}{1,5000}", r"^\p{L}{1,5000}@\p{L}{1,5000}$"]


@pytest.mark.parametrize("pattern", REWRITTEN)
def test_what_engines_cannot_take_is_said_in_other_keywords(pattern: str) -> None:
    found = dict(simpler(pattern))
    assert found == REWRITTEN[pattern][0]
    assert linear(found["pattern"]) is not None


@pytest.mark.parametrize("pattern", AS_THEY_ARE + TOO_BIG)
def test_a_pattern_that_is_taken_or_can_not_be_said_otherwise_stays(pattern: str) -> None:
    assert simpler(pattern) == ()


def _package(tmp_path: Path, patterns: list[str], **more: Any) -> Any:
    schemas = {f"S{number}": {"type": "string", "pattern": pattern, **more} for number, pattern in enumerate(patterns)}
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
    return build_tree(tmp_path, {**head, "components": {"schemas": schemas}}, package="patterned")


def test_models_judge_by_them(tmp_path: Path) -> None:
    package = _package(tmp_path, list(REWRITTEN))
    assert package.warnings == ()
    models = imported(package, tmp_path).models
    from patterned._runtime.wire.contract import Json  # type: ignore[import-not-found]

    for number, (_, right, wrong) in enumerate(REWRITTEN.values()):
        media = Json(getattr(models, f"S{number}"))
        for text in right:
            assert media.read(json.dumps(text).encode()) == text
        for text in wrong:
            with pytest.raises(ValueError, match=r"pattern|characters|at least|at most|match"):
                media.read(json.dumps(text).encode())


def test_bounds_that_are_there_count_as_well(tmp_path: Path) -> None:
    text = "".join(
        content
        for path, content in _package(tmp_path, [r"^\w{2,100000}$"], minLength=5, maxLength=7).files.items()
        if path.name == "models.py" or path.parent.name == "models"
    )
    assert "MinLen(5), MaxLen(7)" in text


@pytest.mark.parametrize("pattern", TOO_BIG)
def test_the_true_reason_is_named_where_a_pattern_is_not_checked(tmp_path: Path, pattern: str) -> None:
    (found,) = _package(tmp_path, [pattern]).warnings
    assert (found.severity, found.pointer) == ("warning", "#/components/schemas/S0")
    assert "ECMA-262 allows it" in found.message


NAMES: dict[str, Any] = {
    r"^a{1,999999}$": {"type": "string"},  # no engine takes it
    "^b": {"type": "integer"},
}
INNER: dict[str, Any] = {"type": "object", "patternProperties": NAMES}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "patternProperties": dict(list(NAMES.items())[:1]), "additionalProperties": False},
        {**INNER, "additionalProperties": False},
        {**INNER, "additionalProperties": {"type": "boolean"}},
        {**INNER, "unevaluatedProperties": False},
        {**INNER, "properties": {"id": {"type": "integer"}}, "additionalProperties": False},
        {"$ref": HERE + "U", "properties": {"id": {"type": "integer"}}, "unevaluatedProperties": False},
    ],
)
def test_beside_a_name_that_is_not_checked_no_property_is_refused(schema: dict[str, Any], build: Build) -> None:
    package = build({"T": schema, "U": INNER})
    assert any("is not checked" in one for one in package.warnings)
    assert package.again('{"aa": "x", "b": 1}') == {"aa": "x", "b": 1}
    if "^b" in json.dumps(schema):
        assert package.refusals('{"b": "x"}')


def test_a_name_that_is_said_otherwise_is_checked(build: Build) -> None:
    names = {"[]$|^b": {"type": "integer"}, "^[^]c": {"type": "object", "properties": {"t": {"type": "string"}}}}
    package = build({"T": {"type": "object", "patternProperties": names, "additionalProperties": False}})
    assert package.warnings == ()
    assert package.again('{"b": 1, "xc": {"t": "a"}}') == {"b": 1, "xc": {"t": "a"}}
    for wrong in ('{"b": "x"}', '{"a": 1}', '{"xc": {"t": 1}}'):
        assert package.refusals(wrong)


@pytest.mark.parametrize(
    ("pattern", "size"),
    [
        ("a{3}", (0, 3)),
        ("(a{3}b){2}", (1, 8)),
        (r"^(?:[a-z\]]{1,63}\.)+x{2,}$", (1, 69)),
        (r"((a{0,30}){0,30}){0,50}", (2, 45_000)),
        (r"\({2}\)[(]{2}", (0, 5)),
        ("(?<year>[0-9]{4})(?=-)", (2, 5)),
        ("a{0}", (0, 1)),
    ],
)
def test_the_size_of_a_pattern_has_its_counts_written_out(pattern: str, size: tuple[int, int]) -> None:
    assert patterns._size(pattern) == size


@pytest.mark.parametrize("groups", [100, 2_000])
def test_a_pattern_of_many_groups_and_counts_is_not_run(groups: int) -> None:
    """An engine keeps a place of each group for each state: these took 0.7 GB, and more than there is."""
    pattern = "^((a{0,30}){0,30}){0,50}" + "()" * groups + "$"
    assert patterns.linear(pattern) is None
    assert not patterns.is_judged_pattern(pattern)
    assert patterns.matches(pattern, "a" * 100) is None


def test_a_look_around_beside_many_counts_is_not_run() -> None:
    """Each of its 10,000 steps may pass over the text with all that is counted: 199 characters took 40 seconds."""
    assert not patterns.is_judged_pattern("^(?:(?!(?:(?:a{0,30}){0,30}){0,50}b).)*$")
    assert patterns.is_judged_pattern(r"^(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.[A-Za-z]{2,63}){1,5}$")
