"""Forms whose parts recurse: written and read as those whose parts do not, and quickly."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest

from tests.support.model_packages import HERE, TEXT, WHOLE, Build, Package, obj

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
FILE = {"type": "string", "contentMediaType": "application/octet-stream"}


def ref(name: str) -> dict[str, str]:
    return {"$ref": HERE + name}


def unions(kid: str, kid_of_text: str) -> dict[str, Any]:
    """A form of two unions and a list of them; the kids of their classes are of the types that are named."""
    parts = {
        f"{name.upper()}{end}": obj({name: WHOLE, "kids": {"type": "array", "items": ref(kind)}}, required=[name])
        for name in ("a", "b")
        for end, kind in (("", kid), ("S", kid_of_text))
    }
    return {
        **parts,
        "Leaf": obj({"leaf": WHOLE}),
        "U": {"anyOf": [ref("A"), ref("B")]},
        "US": {"anyOf": [ref("AS"), ref("BS"), TEXT]},
        "T": obj({"u": ref("U"), "us": ref("US"), "l": {"type": "array", "items": ref("U")}}),
    }


@pytest.fixture
def package(build: Build) -> Package:
    return build(unions("U", "US"), body="T", forms=FORMS)


def media(package: Package, kind: str, name: str = "T", **options: Any) -> Any:
    module, form = {"form": ("forms", "Form"), "multipart": ("multipart", "Multipart")}[kind]
    return getattr(package.module(f"_runtime.wire.{module}"), form)(getattr(package.models, name), **options)


def read(form: Any, kind: str, **parts: str) -> Any:
    if kind == "form":
        return form.read("&".join(f"{name}={quote(text)}" for name, text in parts.items()).encode())
    head = '--X\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    data = "".join(head.format(name, text) for name, text in parts.items()) + "--X--\r\n"
    return form.read(data.encode(), "multipart/form-data; boundary=X")


@pytest.mark.parametrize("kind", ["form", "multipart"])
def test_a_union_that_recurses_is_json_in_a_form(kind: str, package: Package) -> None:
    """It was taken for a text."""
    form, models = media(package, kind), package.models
    found = read(form, kind, u='{"a": 1, "kids": [{"b": 2}]}', us='{"b": 1}', l='{"b": 1}')
    assert found == models.T(u=models.A(a=1, kids=[models.B(b=2)]), us=models.BS(b=1), l=[models.B(b=1)])
    for value in (found, models.T(us="x"), models.T(l=[models.A(a=1), models.B(b=2)])):
        assert form.read(*form.write(value)) == value
    with pytest.raises(ValueError, match="'x' is no integer"):
        read(form, kind, u='{"a": "x"}')


def test_a_union_that_recurses_is_read_from_names_in_brackets(package: Package) -> None:
    deep = package.module("_runtime.wire.forms").Encoding(style="deepObject", explode=True)
    form, models = media(package, "form", encoding={"u": deep}), package.models
    assert form.read(b"u[a]=1") == models.T(u=models.A(a=1))
    assert form.write(models.T(u=models.B(b=2)))[0] == b"u%5Bb%5D=2"


def test_a_union_that_recurses_has_the_shape_of_one_that_does_not(package: Package, build: Build) -> None:
    other = media(build(unions("Leaf", "Leaf"), body="T", forms=FORMS), "form")
    found = [asdict(form.shape)["properties"] for form in (media(package, "form"), other)]
    for one in found:  # what is in kids differs
        for inner in (one["u"], one["us"], one["l"]["items"]):
            del inner["properties"]["kids"]
    assert found[0] == found[1]


@pytest.mark.parametrize("others", [{}, {"file": "content"}])
def test_a_part_that_recurses_is_read_quickly_also_beside_files(others: dict[str, str], build: Build) -> None:
    """Each level was read again: twice as much took four times as long."""
    kids = {"kind": TEXT, "kids": {"type": "array", "items": ref("Base")}}
    base = obj(kids, required=["kind"], discriminator={"propertyName": "kind", "mapping": {"s": HERE + "Sub"}})
    sub = {"allOf": [ref("Base"), obj({"n": WHOLE}, required=["n"])]}
    package = build({"Base": base, "Sub": sub, "T": obj({"t": ref("Base"), "file": FILE})}, body="T", forms=FORMS[1:])
    form, tags = media(package, "multipart", "TForm"), package.module("_runtime.models.tags")
    value: Any = [{"kind": "s", "n": 1}, {"kind": "s", "n": "x"}, {"kind": 1}]
    for _ in range(30):
        value = [{"kind": "s", "n": 1, "kids": value}]
    with patch.object(tags, "to_json", wraps=tags.to_json) as again, pytest.raises(ValueError, match="is no text"):
        read(form, "multipart", t=json.dumps(value[0]), **others)
    assert again.call_count == 0
    found = read(form, "multipart", t='{"kind": "s", "n": 1, "kids": [{"kind": "s", "n": "x"}]}', **others)
    assert [type(one).__name__ for one in (found.t, *found.t.kids)] == ["Sub", "Base"]
    assert {"file": found.file.content.decode()} == others if found.file else not others
