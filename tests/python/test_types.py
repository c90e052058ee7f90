"""Types of Python as values: how they are joined, bound to names and written."""

from __future__ import annotations

from typing import Any

import pytest

from generator.python import defaults, types
from generator.python.types import (
    NONE,
    STR,
    Annotated,
    Class,
    Constraint,
    Field,
    Generic,
    Literal,
    Name,
    Rule,
    Tagged,
    Type,
    Union,
    list_of,
    map_of,
    text,
    union,
)

INT, LATER, SOONER = Name("int"), Class("Later"), Class("Sooner")
SHORT = Annotated(STR, (Constraint("MinLen", "1"),))
PATTERN = Annotated(STR, (Field((("pattern", "'],['"),)),))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (LATER, "'Later'"),
        (union((SOONER, LATER)), "'Sooner | Later'"),
        (union((LATER, NONE)), "'Later | None'"),
        (list_of(LATER), "list['Later']"),
        (map_of(union((LATER, NONE))), "dict[str, 'Later | None']"),
        (union((SOONER, list_of(LATER))), "Sooner | list['Later']"),
        (union((list_of(LATER), LATER)), "'list[Later] | Later'"),
        (union((LATER, SHORT)), "'Later | Annotated[str, MinLen(1)]'"),
        (union((LATER, PATTERN)), "Union['Later', Annotated[str, Field(pattern='],[')]]"),
        (union((LATER, Literal(("'a'",)), NONE)), "Union['Later', Literal['a'], None]"),
        (union((LATER, Class("S" * 60), list_of(LATER))), f"Union['Later', {'S' * 60}, list['Later']]"),
        (list_of(union((LATER, Class("S" * 60)))), f"list[Union['Later', {'S' * 60}]]"),
        (Annotated(LATER, (Rule("Later"),)), "Annotated['Later', Rule(\"Later\")]"),
        (
            Annotated(union((SOONER, LATER)), (Tagged("k", (("a", "Sooner"), ("b", "Later")), binding=True),)),
            "Annotated['Sooner | Later', Tagged('k', {'a': 'Sooner', 'b': 'Later'})]",
        ),
        (union((Literal(("'é'", "'Later'")), list_of(LATER))), "Literal['é', 'Later'] | list['Later']"),
    ],
)
def test_only_what_is_defined_later_is_quoted(one: Type, expected: str) -> None:
    assert text(one, owner="", later={"Later"}) == expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (STR, "Annotated[str, Field(alias='a')]"),
        (SHORT, "Annotated[str, MinLen(1), Field(alias='a')]"),
        (PATTERN, "Annotated[str, Field(pattern='],[', alias='a')]"),
        (Generic("Absent", (SHORT,)), "Annotated[Absent[Annotated[str, MinLen(1)]], Field(alias='a')]"),
        (union((SHORT, INT)), "Annotated[Annotated[str, MinLen(1)] | int, Field(alias='a')]"),
    ],
)
def test_arguments_join_what_a_type_has(one: Type, expected: str) -> None:
    assert text(types.with_field(one, [("alias", "'a'")])) == expected


def test_metadata_join_in_their_order() -> None:
    rule = Rule("R", ("not", "uniqueItems"))
    one = types.annotated(SHORT, (rule,))
    assert text(one) == 'Annotated[str, MinLen(1), Rule("R")]'
    assert types.replaced(Annotated(LATER, (rule,)), lambda _: SHORT) == one
    inside = types.annotated(union((SHORT, INT)), (rule,))
    assert text(inside) == 'Annotated[Annotated[str, MinLen(1)] | int, Rule("R")]'
    with pytest.raises(TypeError, match="directly in Annotated"):
        Annotated(SHORT, (rule,))


def test_a_type_knows_what_its_rules_check() -> None:
    rules = [Rule("#/a", ("not", "uniqueItems")), Rule("#/b", ("not", "contains"))]
    one = map_of(union((types.annotated(list_of(types.annotated(STR, rules[:1])), rules[1:]), SHORT)))
    bound = types.replaced(one, lambda found: found, {"#/a": "A", "#/b": "B"})
    assert types.judged(bound) == types.judged(one) == ("not", "contains", "uniqueItems")
    assert types.judged(SHORT) == ()


def test_a_union_holds_each_alternative_once_and_none_last() -> None:
    assert union((NONE, union((STR, INT)), STR)) == Union((STR, INT, NONE))
    assert union((STR, STR)) == STR
    assert union(()) == NONE
    assert types.required(union((STR, NONE))) == STR
    assert types.required(NONE) is None


def test_constants_that_python_calls_equal_are_two() -> None:
    assert union((Literal(("True",)), Literal(("1",)))) == Union((Literal(("True",)), Literal(("1",))))


def test_a_signature_shows_no_constraints() -> None:
    one = union((Annotated(union((list_of(SHORT), INT)), (Rule("R"),)), NONE))
    assert text(types.bare(one)) == "list[str] | int | None"


def test_names_take_the_places_of_keys() -> None:
    one = Annotated(union((Class("#/a"), list_of(Class("#/b", late=True)))), (Rule("#/r"), Constraint("Exactly")))
    names = {"#/a": "A", "#/b": "B", "#/r": "R"}
    bound = types.replaced(one, lambda found: Class(names[found.name]), names)
    assert text(bound) == 'Annotated[models.A | list[models.B], Rule("R"), Exactly]'
    assert list(types.references(one)) == ["#/r", "#/a", "#/b"]
    assert list(types.classes(one)) == ["#/a", "#/b"]


@pytest.mark.parametrize(
    ("value", "one", "expected"),
    [
        ("a", STR, "'a'"),
        ("a", Class("Pet"), None),
        ("a", list_of(STR), None),
        ("b", Literal(("'a'",)), None),
        (1, Literal(("10",)), None),
        (1, Name("float"), "1"),
        (1.0, INT, "1"),
        (1.5, INT, None),
        (True, INT, None),
        (True, union((INT, Name("bool"))), "True"),
        (["a"], Annotated(list_of(STR), (Constraint("MinLen", "1"),)), "['a']"),
        (["a", 1], list_of(STR), None),
        ({}, map_of(STR), "{}"),
        ({"a": 1}, map_of(INT), None),
        (None, STR, "None"),
    ],
)
def test_defaults_are_literals_that_the_type_holds(value: Any, one: Type, expected: str | None) -> None:
    assert defaults.default_text(value, one) == expected


def test_the_constants_of_items_are_collected_once(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[Type] = []

    def walk(one: Type) -> list[Type]:
        walked.append(one)
        return types.walk(one)

    monkeypatch.setattr(defaults, "walk", walk)
    known = Literal(tuple(map(str, range(100))))
    assert defaults.default_text(list(range(100)), list_of(known)) == str(list(range(100)))
    assert walked == [known]
