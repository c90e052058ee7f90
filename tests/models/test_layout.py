"""What datamodel-code-generator is asked: the same few shapes for every document."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import pytest

from generator.models import layout, shapes


def whole(name: str, schema: dict[str, Any]) -> str:
    """What datamodel-code-generator writes when it is asked for the class itself."""
    text = shapes._generate([schema])
    return text[text.index("class ") if schema["type"] == "object" else text.index("Class0Slot = ") :].replace(
        "Class0Slot", name
    )


FIELDS = [
    {"type": "string", "x-python-type": "s11_slot", **default, **words}
    for default, words in product(({}, {"default": "s12_slot"}), ({}, {"description": "s13_slot"}))
]
CLASSES = [
    {
        "type": "object",
        "properties": {f"field{index}_slot": FIELDS[kind] for index, kind in enumerate(kinds)},
        "required": [f"field{index}_slot" for index, kind in enumerate(kinds) if "default" not in FIELDS[kind]],
        **words,
    }
    for words in ({}, {"description": "s14_slot"})
    for kinds in [(), *((one,) for one in range(4)), *product(range(4), repeat=3)]
]


@pytest.mark.parametrize("schema", CLASSES[:: len(CLASSES) // 24], ids=range(len(CLASSES[:: len(CLASSES) // 24])))
def test_a_class_of_shapes_is_what_it_is_as_a_whole(schema: dict[str, Any]) -> None:
    name = "Class50Slot"
    assert layout.lay_out({name: schema}, {}).rstrip("\n") == whole(name, schema).rstrip("\n")


@pytest.mark.parametrize("words", [{}, {"description": "s14_slot"}])
def test_so_is_an_alias(words: dict[str, str]) -> None:
    schema = {"type": "string", "x-python-type": "s11_slot", **words}
    assert layout.lay_out({"Class50Slot": schema}, {}).rstrip("\n") == whole("Class50Slot", schema).rstrip("\n")


def test_bases_are_filled_in() -> None:
    text = layout.lay_out({"Class1Slot": CLASSES[5], "Class2Slot": CLASSES[0]}, {"Class2Slot": "RuledModel"})
    assert "class Class1Slot(Model):\n" in text
    assert "class Class2Slot(RuledModel):\n    pass" in text


def test_every_pair_of_fields_was_tried() -> None:
    pairs = set()
    for schema in CLASSES:
        kinds = [FIELDS.index(one) for one in schema["properties"].values()]  # type: ignore[attr-defined]
        pairs |= set(pairwise(kinds))
    assert len(pairs) == 16
