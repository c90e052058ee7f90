"""Parameters and response headers are validated like bodies before they are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from unittest.mock import patch
from uuid import UUID

import pytest
from pydantic import Field, PlainSerializer, create_model

NAIVE, AWARE = datetime(2024, 1, 1), datetime(2024, 1, 1, tzinfo=UTC)  # noqa: DTZ001 - what is to be refused
LOCATIONS = ("path", "query", "header", "cookie")
BOUNDED = Annotated[int, Field(le=10)]
CODE = Annotated[str, Field(pattern="^[a-z]{3}$")]


@pytest.fixture
def write(runtime: Callable[[str], Any]) -> Callable[..., Any]:
    """Return a function that writes a value as a parameter p; gives the parts of the request."""

    def write(type_: Any, value: Any, location: str = "query", **options: Any) -> Any:
        parameters = runtime("wire.parameters")
        one = parameters.Parameter(
            "p", getattr(runtime("models.formats"), str(type_), type_), location=location, **options
        )
        return parameters.Parameters(one).write("/{p}", {"p": value})

    return write


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize(
    ("type_", "value", "message"),
    [
        ("DateTime", NAIVE, "p: 2024-01-01 00:00:00 has no offset"),
        ("Date", AWARE, "p: "),
        ("Date", "2024-01-01", "p: datetime.date is needed, not str"),
        ("DateTime", "2024-01-01T00:00:00Z", "p: datetime.datetime is needed, not str"),
        ("Time", 5, "p: datetime.time is needed, not int"),
        ("Duration", "PT1S", "p: datetime.timedelta is needed, not str"),
        ("Number", "1.5", "p: decimal.Decimal is needed, not str"),
        (UUID, "4a32bd4e-8f6c-4f0e-9d1d-000000000000", "p: uuid.UUID is needed, not str"),
        (int, True, "p: True is no integer"),
        (int, "1", "p: '1' is no integer"),
        (BOUNDED, 500, "p: 500 is above 10"),
        (float, float("nan"), "p: nan is no finite number"),
        (bool, 1, "p: 1 is no boolean"),
        (str, 1, "p: 1 is no text"),
        (CODE, "ABCD", "p: 'ABCD' does not match the pattern ^[a-z]{3}$"),
        (Literal["asc", "desc"], "up", "p: 'up' is not one of 'asc', 'desc'"),
        (list[BOUNDED], [1, 11], "p.1: 11 is above 10"),
        (list[Literal["a"]], ["a", "b"], "p.1: 'b' is not one of 'a'"),
        (int | None, 1.5, "p: 1.5 is no integer"),
    ],
)
def test_what_a_body_would_refuse_is_refused(
    runtime: Callable[[str], Any], write: Callable[..., Any], location: str, type_: Any, value: Any, message: str
) -> None:
    with pytest.raises(runtime("exceptions").EncodeError) as caught:
        write(type_, value, location)
    assert str(caught.value).startswith(message)
    assert "<" not in str(caught.value)


@pytest.mark.parametrize(
    ("type_", "value", "written"),
    [
        ("DateTime", AWARE, "2024-01-01T00%3A00%3A00Z"),
        ("Date", date(2024, 1, 1), "2024-01-01"),
        (BOUNDED, 10, "10"),
        (float, 1, "1"),
        (float, 1.5, "1.5"),
        (bool, True, "true"),
        (CODE, "abc", "abc"),
        (Literal["asc", "desc"], "asc", "asc"),
        (Annotated[str, PlainSerializer(str.upper)], "a", "A"),
    ],
)
def test_what_fits_is_written(write: Callable[..., Any], type_: Any, value: Any, written: str) -> None:
    assert write(type_, value).query == [f"p={written}"]


def test_a_date_time_without_offset_means_utc_where_the_settings_say_so(
    runtime: Callable[[str], Any], write: Callable[..., Any]
) -> None:
    utc = runtime("models.base").UTCDateTime
    assert write(utc, NAIVE).query == ["p=2024-01-01T00%3A00%3A00Z"]
    assert write(utc, NAIVE, "header").headers == [("p", "2024-01-01T00:00:00Z")]


def test_a_model_as_parameter_is_written_like_a_body(runtime: Callable[[str], Any], write: Callable[..., Any]) -> None:
    base = runtime("models.base").Model
    point = create_model("Point", __base__=base, x=(int, ...), tags=(list[str], []))
    other = create_model("Other", __base__=base, x=(int, ...))
    more = create_model("More", __base__=point, z=(int, 1))
    value = point(x=1)
    value.tags.append("a")
    options = {"media_type": "application/json"}
    assert write(point, value, **options).query == ["p=%7B%22x%22%3A1%2C%22tags%22%3A%5B%22a%22%5D%7D"]
    assert write(point, point(x=1), style="deepObject").query == ["p%5Bx%5D=1"]
    for wrong in (other(x=1), more(x=1)):
        for how in (options, {"style": "deepObject"}):
            with pytest.raises(
                runtime("exceptions").EncodeError, match=r"p: (a value of type Other is no object|More has fields)"
            ):
                write(point, wrong, **how)


def test_headers_of_responses_are_validated(runtime: Callable[[str], Any]) -> None:
    parameters = runtime("wire.parameters")
    headers = parameters.Headers(parameters.Header("X-Limit", BOUNDED), parameters.Header("X-Kind", Literal["a"]))
    assert headers.write({"X-Limit": 10}) == {"x-limit": "10"}
    for name, value in (("X-Limit", 11), ("X-Limit", True), ("X-Kind", "b")):
        with pytest.raises(runtime("exceptions").EncodeError, match=f"^header {name}: .* is "):
            headers.write({name: value})


def test_all_parameters_of_a_request_have_one_bound(runtime: Callable[[str], Any]) -> None:
    parameters, rules, steps = runtime("wire.parameters"), runtime("models.rules"), runtime("models.steps")
    pattern, size = r"^(?:(?:(?!\w*a\w{100}c)\w)+)+c$", 642
    engine, taken = rules._engine, list[int]()

    def counting(_: str, limit: int) -> Any:
        taken.append(limit * size * 900)
        return engine(pattern, limit)

    dear = Annotated[str, rules.Rule({"lookaround": {pattern: size}})]
    names = [f"q{number}" for number in range(30)]
    all_ = parameters.Parameters(*(parameters.Parameter(name, dear, location="query", name=name) for name in names))
    slow = patch.object(rules, "thread_time_ns", lambda: -(10**20))  # each run takes as long as it may
    with slow, patch.object(rules, "_engine", counting), pytest.raises(ValueError, match="too many steps"):
        all_.read({}, "&".join(f"{name}={'a' * 900}" for name in names), {})
    assert sum(taken) <= steps.MOST * 2
    assert all_.read({}, "&".join(f"{name}=abc" for name in names), {}) == dict.fromkeys(names, "abc")
