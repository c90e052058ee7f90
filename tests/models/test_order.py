"""The order of models.py: definitions stand before their uses, and adding one moves only what it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from generator.models.definitions import Annotation, Definition, Property
from generator.models.order import before_use, circles_of_aliases
from generator.python.types import STR, Class, list_of, union
from generator.schemas.normal_form import PlacedSchema

Uses = Mapping[int, Sequence[int]]
GRAPHS = st.integers(1, 9).flatmap(
    lambda size: st.lists(st.lists(st.integers(0, size - 1), max_size=3), min_size=size, max_size=size).map(
        lambda rows: dict(enumerate(rows))
    )
)


def definitions(uses: Uses) -> list[Definition]:
    """A class for each number, with a field for each number that it uses."""
    return [
        Definition(
            key=str(key),
            node=PlacedSchema(str(key), True),
            kind="class",
            annotation=Annotation(type=Class(str(key))),
            properties=[
                Property(
                    wire_name=f"p{one}",
                    annotation=Annotation(type=list_of(Class(str(one)))),
                    required=True,
                    node=PlacedSchema(str(one), True),
                )
                for one in used
            ],
        )
        for key, used in uses.items()
    ]


def order(uses: Uses) -> list[int]:
    return [int(one.key) for one in before_use(definitions(uses))]


def reached(uses: Uses, start: int) -> set[int]:
    """All that one leads to, itself only where it leads back."""
    found: set[int] = set()
    waiting = list(uses[start])
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += uses[one]
    return found


def test_what_is_used_stands_first_and_nothing_else_moves() -> None:
    assert order({0: [], 1: [], 2: []}) == [0, 1, 2]
    assert order({0: [3], 1: [], 2: [], 3: []}) == [3, 0, 1, 2]
    assert order({0: [2], 1: [0], 2: [1, 3], 3: []}) == [3, 0, 1, 2]


@given(GRAPHS)
def test_definitions_stand_before_their_uses_and_circles_keep_their_order(uses: dict[int, list[int]]) -> None:
    found = order(uses)
    assert sorted(found) == list(uses)
    for one, used in uses.items():
        for other in used:
            if one in reached(uses, other):
                assert other == one or (found.index(one) < found.index(other)) == (one < other)
            else:
                assert found.index(other) < found.index(one)


@given(GRAPHS, st.data())
def test_what_is_added_moves_only_what_it_uses(uses: dict[int, list[int]], data: st.DataObject) -> None:
    new = len(uses)
    place = data.draw(st.integers(0, new))
    used = data.draw(st.lists(st.sampled_from(list(uses)), max_size=3))
    after = {**{key: uses[key] for key in range(place)}, new: used, **{key: uses[key] for key in range(place, new)}}
    moved = reached(after, new) | {new}
    assert [one for one in order(after) if one not in moved] == [one for one in order(uses) if one not in moved]


def test_schemas_may_lie_deep_in_each_other() -> None:
    assert order({index: [index + 1] for index in range(5_000)} | {5_000: []}) == list(range(5_000, -1, -1))


def test_aliases_lead_back_to_themselves_through_aliases_alone() -> None:
    def alias(name: str, *mentioned: str) -> Definition:
        parts = union([STR, *(list_of(Class(one)) for one in mentioned)])
        return Definition(key=f"#/{name}", name=name, node=PlacedSchema(name, True), annotation=Annotation(type=parts))

    (pet,) = definitions({0: [0]})
    pet.name = "Pet"
    found = circles_of_aliases([alias("A", "B"), alias("B", "A", "C"), alias("C", "Pet"), alias("D", "D"), pet])
    assert found == {"A": {"A", "B"}, "B": {"A", "B"}, "C": {"C"}, "D": {"D"}}
