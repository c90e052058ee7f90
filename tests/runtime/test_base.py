"""The models' base class: what is taken on the wire and in Python, and what is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from pydantic import create_model

SOURCE = """
from __future__ import annotations
from datetime import datetime
from typing import Annotated
from pydantic import ConfigDict, Field
from typing_extensions import TypeAliasType
from .base import Absent, Model, UTCDateTime, Value
from .formats import DateTime

class Node(Model):
    value: int
    number: float = 0
    child: Absent[Node] = None
    others: Absent[Nodes] = None
    short: Absent[Annotated[str, Field(min_length=2)]] = None
    nullable: str | None = "USD"
    renamed: Annotated[Absent[str], Field(alias="re-named")] = None
    any_: Value = None
    when: Absent[DateTime] = None
    utc: Absent[UTCDateTime] = None

Nodes = TypeAliasType("Nodes", "list[Node]")

class Selfish(Model):
    self_: Annotated[str, Field(alias="self")]

class Closed(Model):
    model_config = ConfigDict(extra="forbid")
    a: int
"""


@pytest.fixture(scope="module")
def models(runtime: Callable[[str], Any]) -> ModuleType:
    """Return a module of models as a generated one."""
    import sys

    package = runtime("models.base").__package__
    module = ModuleType(f"{package}.models_here")
    module.__package__ = package
    sys.modules[module.__name__] = module
    exec(compile(SOURCE, "models_here", "exec"), module.__dict__)
    return module


@pytest.fixture
def load(models: ModuleType, runtime: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a function that reads a Node, None where it is refused."""
    codec = runtime("wire.contract").Json(models.Node)

    def load(text: str) -> Any:
        try:
            return codec.read(text.encode())
        except runtime("exceptions").DecodeError:
            return None

    return load


@pytest.mark.parametrize(
    "text",
    [
        '{"value": "1"}',
        '{"value": true}',
        '{"value": 1.5}',
        '{"value": 1, "child": null}',
        '{"value": 1, "child": {"value": 1, "child": null}}',
        '{"value": 1, "others": null}',
        '{"value": 1, "others": [null]}',
        '{"value": 1, "short": "a"}',
        '{"value": 1, "number": NaN}',
        '{"value": 1, "number": 1e400}',
        '{"value": 1, "extra": NaN}',
        '{"value": 1, "extra": [{"a": -Infinity}]}',
        '{"value": 1, "extra": 1e400}',
        '{"value": 1, "any_": [1e400]}',
        '{"value": 1, "when": "1700000000"}',
        '{"value": 1, "when": 1700000000}',
        '{"value": 1, "when": "2024-01-01"}',
        '{"value": 1, "when": "2024-01-01T00:00:00"}',
        '{"value": 1, "when": "2024-13-01T00:00:00Z"}',
        "[]",
        "",
    ],
)
def test_refused_on_the_wire(load: Callable[[str], Any], text: str) -> None:
    assert load(text) is None


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ('{"value": 1.0}', "value", 1),
        ('{"value": 1e2}', "value", 100),
        ('{"value": -1.50e1}', "value", -15),
        ('{"value": 123456789012345678901234567890}', "value", 123456789012345678901234567890),
        ('{"value": 1}', "child", None),
        ('{"value": 1, "nullable": null}', "nullable", None),
        ('{"value": 1, "re-named": "x"}', "renamed", "x"),
        ('{"value": 1, "extra": "NaN 1.0"}', "extra", "NaN 1.0"),
        ('{"value": 1.0, "extra": "1.0 \\" 2.0"}', "extra", '1.0 " 2.0'),
        ('{"value": 1, "when": "2024-01-01t00:00:00.5z"}', "when", datetime(2024, 1, 1, 0, 0, 0, 500000, UTC)),
        ('{"value": 1, "utc": "2024-01-01T00:00:00"}', "utc", datetime(2024, 1, 1, tzinfo=UTC)),
    ],
)
def test_taken_on_the_wire(load: Callable[[str], Any], text: str, name: str, value: Any) -> None:
    found = getattr(load(text), name)
    assert found == value
    assert type(found) is type(value)


def test_what_is_sent(models: ModuleType, runtime: Callable[[str], Any]) -> None:
    codec = runtime("wire.contract").Json(models.Node)
    node = models.Node(value=1, child=None, others=[{"value": 2}], nullable=None, renamed="x", more=[1])
    assert codec.write(node)[0] == b'{"value":1,"others":[{"value":2}],"nullable":null,"re-named":"x","more":[1]}'
    offset = datetime.fromisoformat("2024-01-01T09:00:00+09:00")
    assert codec.write(models.Node(value=1, when=offset))[0] == b'{"value":1,"when":"2024-01-01T09:00:00+09:00"}'


@pytest.mark.parametrize("value", ["1", True, 1.5, None])
def test_python_is_strict(models: ModuleType, value: Any) -> None:
    with pytest.raises(ValueError, match="value"):
        models.Node(value=value)


def test_python_refuses_what_json_cannot_say(models: ModuleType, runtime: Callable[[str], Any]) -> None:
    for wrong in ({"number": float("nan")}, {"extra": float("inf")}, {"any_": {"a": [float("nan")]}}):
        with pytest.raises(ValueError):
            models.Node(value=1, **wrong)
    changed = models.Node(value=1)
    changed.number = float("nan")
    encode_error = runtime("exceptions").EncodeError
    with pytest.raises(encode_error):
        runtime("wire.contract").Json(models.Node).write(changed)
    with pytest.raises(encode_error):
        runtime("wire.contract").Json(dict[str, float]).write({"a": float("nan")})
    with pytest.raises(encode_error) as caught:
        runtime("wire.contract").Json(list[models.Node]).write([{"value": "secret"}])
    assert "secret" not in str(caught.value)


def test_closed_models(models: ModuleType) -> None:
    with pytest.raises(ValueError, match="extra"):
        models.Closed(a=1, b=2)


@pytest.mark.parametrize(
    ("name", "good", "value", "bad"),
    [
        ("Date", '"2024-01-02"', date(2024, 1, 2), '"1700006400"'),
        ("Duration", '"P1DT2H"', timedelta(days=1, hours=2), '"1 day"'),
        ("Base64", '"+/8="', b"\xfb\xff", '"-_8="'),
        ("Base64Url", '"-_8="', b"\xfb\xff", '"+/8="'),
        ("Number", "1.5", Decimal("1.5"), '"x"'),
    ],
)
def test_formats(runtime: Callable[[str], Any], name: str, good: str, value: Any, bad: str) -> None:
    module = runtime("models.encoded" if name.startswith("Base64") else "models.formats")
    codec = runtime("wire.contract").Json(getattr(module, name))
    assert codec.read(good.encode()) == value
    assert codec.write(value)[0] == good.encode()
    with pytest.raises(ValueError):
        codec.read(bad.encode())


@pytest.mark.parametrize(("text", "value"), [("", b""), ("YQ", b"a"), ("YQ==", b"a"), ("YWI", b"ab"), ("YWJj", b"abc")])
def test_base64url_is_read_with_and_without_padding(runtime: Callable[[str], Any], text: str, value: bytes) -> None:
    codec = runtime("wire.contract").Json(runtime("models.encoded").Base64Url)
    assert codec.read(f'"{text}"'.encode()) == value


@pytest.mark.parametrize("text", ["Y", "Y Q", "YQ=", "é", "YQ==="])
def test_what_is_no_base64url_is_refused(runtime: Callable[[str], Any], text: str) -> None:
    codec = runtime("wire.contract").Json(runtime("models.encoded").Base64Url)
    with pytest.raises(ValueError, match="value: "):
        codec.read(f'"{text}"'.encode())


def test_models_in_a_union_of_maps_are_written(runtime: Callable[[str], Any]) -> None:
    base, wire = runtime("models.base"), runtime("wire.contract")
    cat = create_model("Cat", __base__=base.Model, name=(str, ...))
    dog = create_model("Dog", __base__=base.Model, age=(int, ...))
    bag = create_model("Bag", __base__=base.Model, pets=(dict[str, cat] | dict[str, dog], ...))  # type: ignore[valid-type]
    media = wire.Json(bag)
    for data in (b'{"pets":{"a":{"name":"x"}}}', b'{"pets":{"a":{"age":1,"more":[2]}}}'):
        assert media.write(media.read(data))[0] == data


def test_a_property_called_self_is_given_by_its_wire_name(models: ModuleType) -> None:
    assert models.Selfish(self="x") == models.Selfish(self_="x")
