"""Rules: the first error of a value, in time and memory that grow as the value does."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


@pytest.fixture
def rules(runtime: Callable[[str], Any]) -> Any:
    return runtime("models.rules")


def error(rules: Any, schema: dict[str, Any], value: Any) -> dict[str, Any]:
    with pytest.raises(PydanticCustomError) as found:
        rules.Rule(schema).judge(value)
    return dict(found.value.context or {})


def test_the_first_error_is_told(rules: Any) -> None:
    assert error(rules, {"minItems": 2}, [1]) == {"keyword": "minItems", "path": []}
    assert error(rules, {"propertyNames": {"pattern": "^x$"}}, {"x": 1, "y": 2})["path"] == ["y"]
    assert error(rules, {"dependentRequired": {"a": ["b"]}}, {"a": 1})["path"] == ["b"]
    union = {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    assert error(rules, union, {}) == {"keyword": "anyOf", "path": []}


def test_a_large_value_is_refused_without_an_error_for_each_part(rules: Any) -> None:
    """Counted in what Python allocates; each error would hold a copy of the object."""
    union = {"anyOf": [{"items": {"type": "string"}}, {"type": "null"}]}
    assert error(rules, union, [1] * 5_000) == {"keyword": "schema", "path": []}
    value = {f"{number}": 0 for number in range(2_000)}
    tracemalloc.start()
    found = error(rules, {"propertyNames": {"pattern": "^x$"}}, value)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found["keyword"] == "pattern"
    assert len(found["path"]) == 1
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("items", "is_unique"),
    [
        ([1, 1.0], False),
        ([True, 1, "1", None], True),
        ([{"a": [1], "b": 2}, {"b": 2.0, "a": [1]}], False),
        ([[1, 2], [2, 1]], True),
        ([10**24, 1e24], True),  # which is 999999999999999983222784
        ([2**70, 2.0**70], False),
        ([10**24, 10**24 + 1], True),
    ],
)
def test_items_are_compared_as_json(rules: Any, items: list[Any], is_unique: bool) -> None:
    """JSON Schema 2020-12, Core 4.2.2."""
    rule = rules.Rule({"uniqueItems": True})
    if is_unique:
        assert rule.judge(items) == items
    else:
        with pytest.raises(PydanticCustomError, match="uniqueItems"):
            rule.judge(items)
    assert rules.Rule({"uniqueItems": False}).judge([1, 1]) == [1, 1]


def test_integers_that_are_one_double_are_compared_in_time_that_grows_as_they_do(rules: Any) -> None:
    """Compiled code compared each with all others: 20,000 took two minutes."""
    begin = time.process_time()
    items = [10**24 + one for one in range(20_000)]
    assert rules.Rule({"uniqueItems": True}).judge(items) == items
    assert time.process_time() - begin < 30


def test_all_texts_of_a_parameter_have_one_bound_of_steps(rules: Any, runtime: Callable[[str], Any]) -> None:
    pattern, judged = r"^(?:(?:(?!\w*a\w{100}c)\w)+)+c$", list[str]()
    rule = rules.Rule({"lookaround": {pattern: 600}})
    text = Annotated[str, AfterValidator(lambda one: judged.append(one) or one), rule]
    parameter = runtime("wire.parameters").Parameter("q", list[text], location="query")
    with pytest.raises(ValueError, match="too many steps"):
        parameter.valid(["a" * 200] * 500)
    assert len(judged) < 100
