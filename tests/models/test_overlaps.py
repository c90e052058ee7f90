"""A `oneOf` whose branches have values in common, and a discriminator that settles which is meant (OpenAPI 3.1, 4.8.25)."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.model_packages import HERE, PLAIN_CAT, PLAIN_DOG, REFS, WHOLE, Build, obj

MAPPING = {"cat": HERE + "Cat", "puss": "Cat", "dog": HERE + "Dog"}
PET = {"oneOf": REFS, "discriminator": {"propertyName": "kind", "mapping": MAPPING}}
SCHEMAS = {"Pet": PET, "Cat": PLAIN_CAT, "Dog": PLAIN_DOG}
WARNING = "branches of the oneOf accept the same values: Cat, Dog"


@pytest.mark.parametrize("version", ["3.0.3", "3.0.4", "3.1.1"])
def test_the_tag_settles_which_branch_is_meant(build: Build, version: str) -> None:
    package = build(SCHEMAS, version)
    models, read = package.models, package.media("Pet").read
    assert type(read(b'{"kind": "cat", "lives": 9}')) is models.Cat
    assert type(read(b'{"kind": "puss"}')) is models.Cat
    assert type(read(b'{"kind": "dog", "lives": 9}')) is models.Dog
    assert type(read(b'{"kind": "dog", "barks": "x", "lives": 9}')) is models.Cat  # the only one that accepts it
    assert package.refusals('{"kind": "fish"}', "Pet")
    assert package.again('{"kind": "cat", "lives": 9}', "Pet") == {"kind": "cat", "lives": 9}
    assert WARNING in package.warnings


def test_exactly_one_branch_if_that_is_set(build: Build) -> None:
    package = build(SCHEMAS, discriminator="exact")
    assert package.refusals('{"kind": "cat", "lives": 9}', "Pet")
    assert package.again('{"kind": "cat", "barks": 1}', "Pet") == {"kind": "cat", "barks": 1}
    assert WARNING in package.warnings


def test_without_a_mapping_the_name_of_the_component_is_the_tag(build: Build) -> None:
    package = build({**SCHEMAS, "Pet": {**PET, "discriminator": {"propertyName": "kind"}}})
    assert type(package.media("Pet").read(b'{"kind": "Dog"}')) is package.models.Dog
    assert package.refusals('{"kind": "dog"}', "Pet")


def test_branches_that_have_no_value_in_common_are_no_warning(build: Build) -> None:
    cat, dog = (
        {**one, "properties": {"kind": {"enum": tags}}}
        for one, tags in ((PLAIN_CAT, ["cat", "puss"]), (PLAIN_DOG, ["dog"]))
    )
    assert build({"Pet": PET, "Cat": cat, "Dog": dog}).warnings == ()
    assert build({**SCHEMAS, "Pet": {"oneOf": REFS}}).warnings == ()


def test_other_keywords_beside_the_union_still_count(build: Build) -> None:
    both = {**PET, "type": "object", "maxProperties": 2, "anyOf": [{"required": ["lives"]}, {"required": ["barks"]}]}
    package = build({**SCHEMAS, "Pet": both})
    assert not package.refusals('{"kind": "cat", "lives": 9}', "Pet")
    assert package.refusals('{"kind": "cat"}', "Pet")
    assert package.refusals('{"kind": "cat", "lives": 9, "x": 1}', "Pet")


def test_what_is_accepted_by_the_letter_is_accepted(build: Build) -> None:
    """And nothing else but what several branches accept, of which the tag names one."""
    schemas = {**SCHEMAS, "T": obj({"pet": {"$ref": HERE + "Pet"}})}
    package = build(schemas)
    root = {"components": {"schemas": schemas}}
    exact, cat, dog = (Draft202012Validator({"$ref": HERE + name, **root}) for name in ("Pet", "Cat", "Dog"))
    kinds: list[Any] = [None, "cat", "puss", "dog", "fish", 1]
    for kind, lives, barks in itertools.product(kinds, [None, 1, "x"], [None, True, "x"]):
        found = {"kind": kind, "lives": lives, "barks": barks}
        value = {key: one for key, one in found.items() if one is not None}
        named = {"cat": cat, "puss": cat, "dog": dog}.get(kind)
        expected = exact.is_valid(value) or (named is not None and named.is_valid(value))
        assert expected == (not package.refusals(json.dumps({"pet": value}))), value


def test_inline_branches_have_no_tag(build: Build) -> None:
    pet = {**PET, "oneOf": [*REFS, obj({"size": WHOLE}, required=["size"])]}
    package = build({**SCHEMAS, "Pet": pet})
    assert not package.refusals('{"kind": "dog", "size": 1}', "Pet")
    assert not package.refusals('{"size": 1}', "Pet")


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_branches_that_are_all_one_class_have_no_tag(build: Build, keyword: str) -> None:
    pet = {keyword: [REFS[0], REFS[0]], "discriminator": {"propertyName": "kind"}}
    package = build({**SCHEMAS, "Pet": pet, "T": obj({"pet": {"$ref": HERE + "Pet"}})})
    assert bool(package.refusals('{"pet": {"kind": "cat", "lives": 9}}')) == (keyword == "oneOf")  # twice is not once
    assert package.refusals('{"pet": {"kind": "cat", "lives": "x"}}')
