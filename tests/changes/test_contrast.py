"""Two types side by side in a report: without bounds, and of long ones only what differs."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from generator.changes.surface.compare import compare_python
from generator.changes.surface.contrast import contrast

VALUES = [f"'value-{number}'" for number in range(30)]
LONG = f"Literal[{', '.join(VALUES)}]"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Annotated[str, Field(max_length=5)]", "Annotated[int, Ge(3)] | None", ("str", "int | None")),
        ("list[Annotated[Literal['a'], A('[')]]", "Callable[[Annotated[int, B()]], str]", ("list[Literal['a']]", "Callable[[int], str]")),
        ("not a type", "str", ("not a type", "str")),
    ],
)  # fmt: skip
def test_short_types_are_shown_without_bounds(old: str, new: str, expected: tuple[str, str]) -> None:
    found = contrast(old, new)
    assert (found.old, found.new, found.words) == (*expected, "")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (LONG, LONG.replace("]", ", 'new']"), "it may be `'new'` now"),
        (LONG, LONG.replace("'value-3', ", ""), "it may no longer be `'value-3'`"),
        (LONG, f"Annotated[{LONG}, Field(title='x')] | None", "it may be `None` now"),
        (f"list[dict[str, {LONG}]]", f"list[dict[str, {LONG} | None]]", "in `list[dict[…]]` it may be `None` now"),
        (
            f"dict[str, list[dict[str, set[{LONG}]]]]",
            f"dict[str, list[dict[str, set[{LONG} | None]]]]",
            "in `dict[list[dict[set[…]]]]` it may be `None` now",
        ),
        (
            f"Literal['{'a' * 80}-one']",
            f"Literal['{'a' * 80}-other', '{'a' * 80}-{'b' * 80}']",
            f"it may be `…{'a' * 18}-other'`, `…{'a' * 19}-{'b' * 38}…` now, and no longer `…{'a' * 18}-one'`",
        ),
        (
            f"dict[{'A' * 70}, int]",
            f"dict[{'A' * 70}B, str]",
            f"it may be `…{'A' * 20}B, str]` now, and no longer `…{'A' * 20}, int]`",
        ),
        (
            "str",
            LONG,
            f"it may be {', '.join(f'`{each}`' for each in VALUES[:4])} and 26 more now, and no longer `str`",
        ),
        (f"Literal['{'a' * 90}']", "str", f"it may be `str` now, and no longer `'{'a' * 58}…`"),
    ],
)
def test_of_long_types_is_said_what_differs(old: str, new: str, words: str) -> None:
    assert contrast(old, new).words == words


def test_each_change_of_a_type_says_it_like_this() -> None:
    def said(wide: str) -> list[str]:
        module = (
            f"class A:\n    field: {LONG}\n    def m(self, a: {LONG}) -> {LONG}: ...\nB = TypeAliasType('B', {LONG})\n"
        )
        old, new = ({PurePosixPath("p/models.py"): text} for text in (module, module.replace(LONG, wide)))
        return sorted(each.message for each in compare_python(old, new))

    assert said(f"{LONG} | None") == [
        "The argument `a` of `A.m` takes another type: it may be `None` now.",
        "The type of the field `A.field` changed: it may be `None` now.",
        "`A.m` returns another type: it may be `None` now.",
        "`B` stands for another type: it may be `None` now.",
    ]
