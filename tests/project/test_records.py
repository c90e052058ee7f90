"""Values of several fields: what dataclasses do, these do."""

from __future__ import annotations

import pickle
from dataclasses import field, replace

import pytest

from generator.records import record


@record
class Point:
    x: int
    y: int = 0


@record(kw_only=True)
class Named(Point):
    name: str
    hidden: list[int] = field(default_factory=list, repr=False, compare=False)


class Other(Point):
    __slots__ = ()


def test_fields_are_compared_and_shown() -> None:
    assert Point(1) == Point(1, 0) != Point(1, 2)
    assert Point(1) != Other(1)
    same: object = (1, 0)
    assert Point(1) != same
    assert repr(Point(1)) == "Point(x=1, y=0)"
    assert len({Point(1), Point(1, 0), Point(2)}) == 2


def test_what_is_left_out_of_comparison_is_neither_compared_nor_shown() -> None:
    one, other = Named(x=1, name="a", hidden=[1]), Named(x=1, name="a")
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == "Named(x=1, y=0, name='a')"
    assert one != replace(other, name="b")


def test_there_are_slots_and_pickles() -> None:
    with pytest.raises(AttributeError):
        Point(1).z = 1  # type: ignore[attr-defined]
    assert pickle.loads(pickle.dumps(Named(x=1, name="a"))) == Named(x=1, name="a")  # noqa: S301 - our own
