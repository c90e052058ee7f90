"""The parameter that is the whole query (OpenAPI 3.2, in: querystring): its bytes, and what both sides refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import create_model

Whole = Callable[..., tuple[Any, Any]]
"""Makes the parameters of an operation, and a class for the query."""


@pytest.fixture
def whole(runtime: Callable[[str], Any]) -> Whole:
    base = runtime("models.base").Model

    def make(kind: str, *, required: bool = True) -> tuple[Any, Any]:
        model = create_model("Search", __base__=base, term=(str, ...), page=(int | None, None))
        module, wire = runtime("wire.querystring"), {"Text": "wire.content", "Form": "wire.forms"}
        media = getattr(runtime(wire.get(kind, "wire.contract")), kind)
        one = module.QueryString("q", media() if kind == "Text" else media(model), required=required)
        other = runtime("wire.parameters").Parameter("X-A", int, location="header", name="x_a", required=False)
        return module.QueryParameters(other, one), model

    return make


@pytest.mark.parametrize(
    ("kind", "written"),
    [("Form", "term=a%20%26%20b&page=2"), ("Json", "%7B%22term%22%3A%22a%20%26%20b%22%2C%22page%22%3A2%7D")],
)
def test_the_whole_query_is_the_value(whole: Whole, kind: str, written: str) -> None:
    parameters, model = whole(kind)
    value = model(term="a & b", page=2)
    assert parameters.write("/a", {"q": value}).query == [written]
    assert parameters.read({}, written, {"x-a": "3"}) == {"q": value, "x_a": 3}


def test_text_is_percent_encoded_whole(whole: Whole) -> None:
    parameters, _ = whole("Text")
    assert parameters.write("/a", {"q": "$.a[?(@.b == 1)]"}).query == ["%24.a%5B%3F%28%40.b%20%3D%3D%201%29%5D"]
    assert parameters.read({}, "%24.a+b", {}) == {"q": "$.a+b"}


def test_a_query_that_is_not_there_is_absent_or_an_error(whole: Whole, runtime: Callable[[str], Any]) -> None:
    errors = runtime("exceptions")
    assert whole("Form", required=False)[0].read({}, "", {}) == {}
    assert whole("Json", required=False)[0].write("/a", {}).query == []
    for kind in ("Form", "Json"):
        with pytest.raises(errors.DecodeError, match=r"a value is needed|Field required"):
            whole(kind)[0].read({}, "", {})
        with pytest.raises(errors.EncodeError, match="q: a value is needed"):
            whole(kind)[0].write("/a", {})
    with pytest.raises(errors.EncodeError, match="q: an empty query is one that is not there"):
        whole("Text", required=False)[0].write("/a", {"q": ""})


def test_what_is_wrong_is_told_of_all_parameters_at_once(whole: Whole, runtime: Callable[[str], Any]) -> None:
    with pytest.raises(runtime("exceptions").DecodeError) as refused:
        whole("Form")[0].read({}, "term=a&page=x", {"x-a": "y"})
    assert [one["loc"] for one in refused.value.details] == [["header", "X-A"], ["query", "page"]]


def test_a_value_of_another_type_is_refused_before_it_is_sent(whole: Whole, runtime: Callable[[str], Any]) -> None:
    for kind in ("Form", "Json", "Text"):
        with pytest.raises(runtime("exceptions").EncodeError, match=r"^q: "):
            whole(kind)[0].write("/a", {"q": 5})
