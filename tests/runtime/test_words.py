"""What errors say of values: the place, the value and the constraint, in words; never a secret."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import pytest
from annotated_types import MaxLen, MinLen
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, create_model
from pydantic_core import core_schema

Runtime = Callable[[str], Any]


class Color(Enum):
    RED = "red"


class Shade(str, Enum):  # noqa: UP042 - the older way, whose repr has the class
    DARK = "dark"


def read(runtime: Runtime, type_: Any, data: bytes) -> Any:
    """Read JSON as a type; gives the error."""
    with pytest.raises(runtime("exceptions").DecodeError) as caught:
        runtime("wire.contract").Json(type_).read(data)
    return caught.value


@pytest.mark.parametrize(
    ("type_", "data", "said"),
    [
        (Literal["a", "b"], b'"fantasy"', "value: 'fantasy' is not one of 'a', 'b'"),
        (Literal["a", "b", "c or d"], b"1", "value: 1 is not one of 'a', 'b', 'c or d'"),
        (list[Literal[1, 2]], b"[1, 3]", "1: 3 is not one of 1, 2"),
        (Annotated[int, Field(ge=1)], b"0", "value: 0 is below 1"),
        (Annotated[int, Field(le=5)], b"9", "value: 9 is above 5"),
        (Annotated[float, Field(gt=1)], b"1", "value: 1 is not above 1"),
        (Annotated[float, Field(lt=1)], b"1", "value: 1 is not below 1"),
        (Annotated[int, Field(multiple_of=5)], b"9", "value: 9 is no multiple of 5"),
        (Annotated[str, MinLen(3)], b'"ab"', "value: 'ab' has fewer than 3 characters"),
        (Annotated[str, MaxLen(1)], b'"ab"', "value: 'ab' has more than 1 characters"),
        (Annotated[list[int], MinLen(2)], b"[1]", "value: an array has fewer than 2 items"),
        (Annotated[dict[str, int], MaxLen(0)], b'{"a": 1}', "value: an object has more than 0 items"),
        (Annotated[str, Field(pattern="^[{]a[}]$")], b'"{b}"', "value: '{b}' does not match the pattern ^[{]a[}]$"),
        (str, b"5", "value: 5 is no text"),
        (int, b'"5"', "value: '5' is no integer"),
        (int, b"1.5", "value: 1.5 is no integer"),
        (float, b"true", "value: True is no number"),
        (bool, b"null", "value: None is no boolean"),
        (list[int], b"{}", "value: an object is no array"),
        (dict[str, int], b"[]", "value: an array is no object"),
        (UUID, b'"x"', "value: 'x' is no UUID: "),
        ("DateTime", b'"2024-01-01"', "value: '2024-01-01' is no date-time: RFC 3339 with an offset is needed"),
        ("Date", b"5", "value: 5 is no date: RFC 3339 is needed"),
        (None, b"1", "value: 1 is not null"),
        (int, b"[", "value: this is no JSON: EOF while parsing"),
        (str, b"1" * 100, "value: a value of type int is no text"),
        (int, b'"' + b"x" * 100 + b'"', f"value: '{'x' * 60}…' is no integer"),
    ],
)
def test_a_message_has_the_value_and_the_constraint(runtime: Runtime, type_: Any, data: bytes, said: str) -> None:
    found = getattr(runtime("models.formats"), type_) if isinstance(type_, str) else type_
    assert str(read(runtime, found, data)).startswith(said)


def test_members_of_objects_are_named(runtime: Runtime) -> None:
    letter: Any = Literal["x"]
    closed = create_model("Closed", __config__=ConfigDict(extra="forbid"), a=(int, ...), b=(letter, "x"))
    error = read(runtime, list[closed], b'[{"b": "y", "c": 1}]')  # type: ignore[valid-type]
    assert str(error) == "0.a: a value is needed; 0.b: 'y' is not one of 'x'; 0.c: there is no such property"
    assert error.details[0] == {"loc": [0, "a"], "msg": "Field required", "type": "missing"}


def test_what_python_gives_is_never_shown_as_python_shows_it(runtime: Runtime) -> None:
    words = runtime("wire.words")
    shown = [words.brief(one) for one in (Color.RED, Shade.DARK, object(), int, b"x", (1,), UUID(int=1))]
    assert shown == [
        *("a value of type Color", "'dark'", "a value of type object", "a value of type type", "a bytes value"),
        *("an array", "00000000-0000-0000-0000-000000000001"),
    ]


def test_values_of_secrets_are_not_shown(runtime: Runtime) -> None:
    concealed = runtime("models.concealed").Concealed
    letter: Any = Literal["a"]
    pin = Annotated[str, MinLen(8), concealed]
    login = create_model("Login", pin=(pin, ...), api_token=(letter, ...), name=(letter, ...))
    error = read(runtime, login, b'{"pin": "s3cret", "api_token": "s3cret", "name": "b"}')
    assert str(error) == (
        "pin: … has fewer than 8 characters; api_token: … is not one of 'a'; name: 'b' is not one of 'a'"
    )
    assert b"s3cret" not in pickle.dumps(error)
    assert "… is no text" in str(read(runtime, login, b'{"pin": 5, "api_token": "a", "name": "a"}'))
    parameters = runtime("wire.parameters")
    for name, type_ in (("pin", pin), ("X-Api-Key", letter)):
        one = parameters.Parameters(parameters.Parameter(name, type_, location="header"))
        with pytest.raises(runtime("exceptions").EncodeError, match=f"^{name}: … ") as caught:
            one.write("/", {name: "s3cret"})
        assert "s3cret" not in repr(caught.value.__context__)


@pytest.mark.parametrize("data", [b'"{short}"', b"5", b'"longer than eight"'])
def test_a_secret_string_is_read_as_any_other(runtime: Runtime, data: bytes) -> None:
    concealed = runtime("models.concealed").Concealed
    outcomes = []
    for more in ((), (concealed,)):
        try:
            outcomes.append(runtime("wire.contract").Json(Annotated[(str, MinLen(8), MaxLen(9), *more)]).read(data))
        except runtime("exceptions").DecodeError as error:
            outcomes.append(error.details)
    assert outcomes[0] == outcomes[1]


def test_many_problems_are_counted(runtime: Runtime) -> None:
    error = read(runtime, list[int], b"[" + b",".join([b'"x"'] * 50) + b"]")
    assert len(error.details) == 50
    assert str(error).endswith("19: 'x' is no integer; and 30 more")


def test_what_a_service_answers_has_no_words(runtime: Runtime) -> None:
    error = read(runtime, int, b'"x"').inside("body")
    assert error.details == [{"loc": ["body"], "msg": "Input should be a valid integer", "type": "int_type"}]
    assert str(error) == "body: 'x' is no integer"
    assert str(type(error)(error.details)) == "body: Input should be a valid integer"


def test_the_words_are_for_types_of_errors_that_pydantic_has(runtime: Runtime) -> None:
    known = {*get_args(core_schema.ErrorType)}
    words = {name for name in runtime("wire.words").WORDS if not name.endswith(("_type", "_parsing"))}
    assert words - known == set()


def test_long_texts_of_a_problem_are_cut(runtime: Callable[[str], Any]) -> None:
    """Each of a thousand problems had all values of an enum, and long names: 4 kB made an answer of 26 MB."""
    words = runtime("wire.words")
    many: Any = Literal[tuple(f"value {number:05}" for number in range(1_000))]
    with pytest.raises(ValidationError) as caught:
        TypeAdapter[Any](dict[str, many]).validate_python({"k" * 10_000: "no"})
    found = words.refused(caught.value.errors(include_url=False), {"k" * 10_000: "no"})
    [detail] = found.details
    assert [len(part) for part in detail["loc"]] == [501]
    assert len(detail["msg"]) == 501
    assert str(found).count("value 00") < 60
    assert len(str(found)) < 1_200
