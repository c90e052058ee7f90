"""A document of twice the size takes at most 2.6 times the work, counted in calls, in every stage (`make hostile` has all sizes)."""

from __future__ import annotations

import itertools
import json
from functools import partial
from unittest.mock import patch

import pytest

from generator.schemas.families import Families
from generator.schemas.normal_form import Flattener
from generator.settings.values import Layout
from tests.hostile import doubling
from tests.support.model_packages import HERE


@pytest.mark.parametrize(
    ("shape", "layout"),
    [*((shape, "single") for shape in doubling.SHAPES), ("references", "split"), ("operations", "split")],
)
def test_work_grows_as_the_document_does(shape: str, layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    make, size = doubling.SHAPES[shape]
    monkeypatch.setitem(doubling.SHAPES, shape, (make, max(size // 5, 20)))
    # What is imported and kept at the first time is no work of the document.
    list(doubling.growth(shape, layout, times=[1], measure=doubling.counted))
    growth = doubling.growth(shape, layout, measure=doubling.counted)
    found = {stage: [work.calls for work in works] for stage, works in growth}
    assert {"load"} < found.keys()
    grown = {
        stage: calls
        for stage, calls in found.items()
        if any(b >= doubling.GROWTH * a for a, b in itertools.pairwise(calls))
    }
    assert not grown


def test_the_classes_of_tags_are_found_in_time_that_grows_as_the_family_does() -> None:
    """Each that extends a schema has its mapping: it was read once for each of them."""

    def found(size: int) -> dict[str, str]:
        schemas = json.loads(doubling.SHAPES["family"][0](size))["components"]["schemas"]
        by_pointer = {f"{HERE}{name}": schema for name, schema in schemas.items()}
        return Families(Flattener((3, 1), by_pointer.__getitem__), by_pointer).tags(f"{HERE}Parent")

    works = [doubling.counted(partial(found, size))[1] for size in (50, 100, 200)]
    assert max(doubling.factors(works)[:2]) < 2.2


def test_the_direction_of_a_property_is_found_once_for_all_that_have_it() -> None:
    """What it refers to is followed to the end, and each schema of a chain has the properties of all before it."""
    schemas = {"S0": {"type": "object", "properties": {"p0": {}}}} | {
        f"S{one}": {
            "allOf": [{"$ref": f"{HERE}S{one - 1}"}, {"properties": {f"p{one}": {"$ref": f"{HERE}S{one - 1}"}}}]
        }
        for one in range(1, 30)
    }
    flattener = Flattener((3, 1), {f"{HERE}{name}": schema for name, schema in schemas.items()}.__getitem__)
    flats = [flattener.flat(flattener.at(f"{HERE}{name}")) for name in schemas]
    with patch.object(Flattener, "says", autospec=True, side_effect=Flattener.says) as says:
        found = [
            flattener.hidden(node, side)
            for flat in flats
            for node in flat.properties.values()
            for side in ("", "request")
        ]
    assert len(found) == 30 * 31
    assert says.call_count == 2 * 30


def test_work_that_grows_too_fast_is_seen() -> None:
    def quadratic(size: int) -> None:
        for one in range(size):
            for other in range(size):
                max(one, other)

    works = [doubling.measured(partial(quadratic, size))[1] for size in (50, 100, 200)]
    assert min(doubling.factors(works)[:2]) > doubling.GROWTH
