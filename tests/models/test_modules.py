"""The models of a split package: a module for each component, or for a circle of them; nothing is imported before it is used."""

from __future__ import annotations

import itertools
import pickle
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from generator.diagnostics.diagnostic import Refused
from generator.output.package import Package
from tests.support.packages import build_tree, imported, write

_NUMBERS = itertools.count()
REF = "#/components/schemas/"


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"{REF}{name}"}


def built(folder: Path, schemas: dict[str, Any], **options: Any) -> Package:
    root = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {}, "components": {"schemas": schemas}}
    name = f"split_models_{next(_NUMBERS)}"
    return build_tree(folder, root, **{"package": name, "layout": "split", **options})


def homes(package: Package) -> dict[str, str]:
    """The module of each class."""
    assert package.api is not None
    return {name: module.name for module in package.api.model_modules for name in module.classes}


def module(package: Package, name: str) -> str:
    return package.files[PurePosixPath(package.name, "models", f"{name}.py")]


SCHEMAS = {
    "Owner": obj(name={"type": "string"}, home=obj(street={"type": "string"})),
    "Pet": obj(owner=ref("Owner"), kind={"enum": ["cat", "dog"], "type": "string"}),
    "Node": obj(child=ref("Leaf")),
    "Leaf": obj(parent=ref("Node"), pet=ref("Pet")),
    "Names": {"type": "array", "items": {"type": "string"}},
}


def test_a_component_has_a_module_with_its_inline_classes_and_a_circle_has_one(tmp_path: Path) -> None:
    assert homes(built(tmp_path, SCHEMAS)) == {
        "Owner": "owner",
        "OwnerHome": "owner",
        "Pet": "pet",
        "Node": "node",
        "Leaf": "node",
        "Names": "names",
    }


def test_an_import_stands_at_the_top_of_its_module(tmp_path: Path) -> None:
    package = built(tmp_path, SCHEMAS)
    assert "from .owner import Owner\n" in module(package, "pet")
    assert "from .pet import Pet\n" in module(package, "node")
    assert "from ." not in module(package, "owner").replace("from .._", "")


def test_all_is_there_and_nothing_before_it_is_asked_for(tmp_path: Path) -> None:
    package = built(tmp_path, SCHEMAS)
    write(package, tmp_path)
    code = f"""
import sys
from {package.name} import models
loaded = lambda: sorted(one.rpartition(".")[2] for one in sys.modules if one.startswith("{package.name}.models."))
print(loaded(), sorted(models.__all__) == dir(models) == sorted(dir(models)), sorted(models.__all__))
models.Pet
print(loaded())
from {package.name}.models import Leaf, Node
print(loaded())
print(hasattr(models, "Nothing"), models.Leaf is Leaf, "Pet" in vars(models))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "[] True ['Leaf', 'Names', 'Node', 'Owner', 'OwnerHome', 'Pet']",
        "['owner', 'pet']",
        "['node', 'owner', 'pet']",
        "False True True",
    ]


def test_models_of_several_modules_are_read_written_and_pickled(tmp_path: Path) -> None:
    models = imported(built(tmp_path, SCHEMAS), tmp_path).models
    data = {"child": {"parent": {}, "pet": {"owner": {"name": "x", "home": {"street": "y"}}, "kind": "cat"}}}
    node = models.Node.model_validate_json(__import__("json").dumps(data))
    assert type(node.child) is models.Leaf
    assert type(node.child.pet.owner.home) is models.OwnerHome
    assert node.model_dump(mode="json", exclude_unset=True) == data
    assert pickle.loads(pickle.dumps(node)) == node  # noqa: S301 - our own bytes
    assert models.Node.__module__.endswith(".models.node")


def test_adding_or_using_a_component_moves_no_other(tmp_path: Path) -> None:
    before = homes(built(tmp_path, SCHEMAS))
    more = {"Aardvark": obj(eats=ref("Owner"), leaf=ref("Leaf")), **SCHEMAS, "Zoo": obj(pets=ref("Pet"))}
    after = homes(built(tmp_path, more))
    assert after == {**before, "Aardvark": "aardvark", "Zoo": "zoo"}


def test_what_stands_in_a_module_does_not_depend_on_others(tmp_path: Path) -> None:
    before = built(tmp_path, SCHEMAS)
    more = {"Zebra": obj(home=ref("Owner/properties/home"), leaf=ref("Leaf")), **SCHEMAS}
    after = built(tmp_path, more)
    assert {name: module(after, name) for name in ("owner", "pet", "node", "names")} == {
        name: module(before, name) for name in ("owner", "pet", "node", "names")
    }


def test_closing_a_circle_joins_its_modules(tmp_path: Path) -> None:
    closed = homes(built(tmp_path, {**SCHEMAS, "Owner": obj(pets=ref("Pet"))}))
    assert closed["Pet"] == closed["Owner"] == "owner"


def test_a_family_with_a_discriminator_is_one_module(tmp_path: Path) -> None:
    schemas = {
        "Cat": {"allOf": [ref("Animal"), obj(lives={"type": "integer"})]},
        "Animal": {
            **obj(kind={"type": "string"}),
            "required": ["kind"],
            "discriminator": {"propertyName": "kind"},
        },
        "Home": obj(animal=ref("Animal")),
    }
    package = built(tmp_path, schemas)
    assert homes(package) == {"Cat": "cat", "Animal": "cat", "Home": "home"}
    models = imported(package, tmp_path).models
    home = models.Home.model_validate_json('{"animal": {"kind": "Cat", "lives": 9}}')
    assert type(home.animal) is models.Cat


def test_both_directions_of_a_component_are_one_module(tmp_path: Path) -> None:
    body = {"content": {"application/json": {"schema": ref("User")}}}
    root = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {"/u": {"post": {"requestBody": body, "responses": {"200": {"description": "", **body}}}}},
        "components": {"schemas": {"User": obj(id={"type": "string", "readOnly": True}, name={"type": "string"})}},
    }
    both = build_tree(tmp_path, root, package="both_directions", layout="split")
    assert homes(both) == {"User": "user", "UserRequest": "user"}
    del root["paths"]["/u"]["post"]["responses"]["200"]["content"]  # type: ignore[index]
    assert homes(build_tree(tmp_path, root, package="one_direction", layout="split")).items() >= {
        ("UserRequest", "user")
    }


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["class"], {"Class": "class_"}),
        (["con"], {"Con": "con_"}),
        (["members"], {"Members": "members_"}),
        (["人"], {"人": "人_schema"}),  # a module may not hide the class of its name
        (["Pet", "pet"], {"Pet": "p_et_schema", "pet": "pet__schema"}),
        (["HTTPError", "HttpError"], {"HTTPError": "h_t_t_p_error_schema", "HttpError": "h_ttp_error_schema"}),
        (["A" * 300], {"A" * 300: "a" * 120}),
    ],
)
def test_names_of_modules(tmp_path: Path, names: list[str], expected: dict[str, str]) -> None:
    package = built(tmp_path, {name: obj(a={"type": "string"}) for name in names}, lenient=True)
    found = homes(package)
    assert found.keys() == expected.keys()
    lowered = [name.casefold() for name in found.values()]
    assert len(set(lowered)) == len(lowered)
    models = imported(package, tmp_path).models
    for name, home in found.items():
        assert getattr(models, name)(a="b").a == "b"
        assert isinstance(getattr(models, name), type), "a module hides the class"
        assert home not in found


def test_modules_may_lie_deep_in_each_other(tmp_path: Path) -> None:
    """An import takes some seven calls inside one another, and Python allows 1000."""
    chain = {f"C{index}": obj(v=ref(f"C{index + 1}")) for index in range(300)}
    package = built(tmp_path, {**chain, "C300": obj(last={"type": "string"})})
    models = imported(package, tmp_path).models
    limit = sys.getrecursionlimit()
    assert type(models.C0.model_validate_json('{"v": {"v": {}}}').v.v) is models.C2
    assert sys.getrecursionlimit() == limit


def test_threads_may_ask_for_models_at_once(tmp_path: Path) -> None:
    package = built(tmp_path, {f"M{index}": obj(v=ref(f"M{min(index * 2 + 1, 49)}")) for index in range(50)})
    write(package, tmp_path)
    code = f"""
import random, threading
from {package.name} import models
names, wrong = list(models.__all__), []
def ask(seed):
    for name in random.Random(seed).sample(names, len(names)):
        try:
            getattr(models, name).model_validate_json('{{"v": {{}}}}')
        except Exception as error:
            wrong.append(error)
threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(12)]
[each.start() for each in threads]
[each.join() for each in threads]
print(len(names), wrong)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "50 []\n"


def test_a_pinned_name_cannot_be_that_of_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pins = {f"{REF}Pet": "members"}
    with pytest.raises(Refused, match="members"):
        built(tmp_path, SCHEMAS, names=pins)
    single = built(tmp_path, SCHEMAS, names=pins, layout="single")
    assert imported(single, tmp_path).models.members(kind="cat").kind == "cat"
    assert built(tmp_path, SCHEMAS, names=pins, layout=None).layout == "single"
    monkeypatch.setattr("generator.models.plan.SPLIT_FROM", 5)  # so many models are split if no setting says otherwise
    with pytest.raises(Refused, match="members"):
        built(tmp_path, SCHEMAS, names=pins, layout=None)


def test_a_pinned_class_in_lower_case_is_imported_by_others(tmp_path: Path) -> None:
    package = built(tmp_path, SCHEMAS, names={f"{REF}Owner": "owner"})
    assert homes(package)["owner"] == "owner_schema"
    models = imported(package, tmp_path).models
    assert models.Pet(owner_={"name": "x"}).owner_.name == "x"
    assert models.owner(name="x").name == "x"


def test_names_that_begin_with_the_same_octets_have_modules_of_their_own(tmp_path: Path) -> None:
    """The name of a file is cut: what was cut off still tells them apart."""
    schemas = {f"{'X' * 130}{index}": obj(v={"type": "integer"}) for index in range(300)}
    found = homes(built(tmp_path, schemas))
    assert len(found) == len({*found.values()}) == 300
    assert max(map(len, found.values())) < 140
    reverse = homes(built(tmp_path, dict(reversed(schemas.items()))))
    assert reverse == found


def test_any_module_may_be_imported_first_however_deep_the_others_lie(tmp_path: Path) -> None:
    """So do pickles; the deepest of the references that are shorter ways down are met on the way."""
    chain = {f"C{index}": obj(v=ref(f"C{index + 1}"), w=ref(f"C{min(index * 2 + 1, 400)}")) for index in range(400)}
    package = built(tmp_path, {**chain, "C400": obj(last={"type": "string"})})
    write(package, tmp_path)
    code = f"""
import pickle, sys
def nested(left, name):
    if left:
        return nested(left - 1, name)
    return getattr(__import__("{package.name}.models." + name.lower(), fromlist=[name]), name)
found = nested(300, sys.argv[1])
print(found.__name__, len(pickle.dumps(found)) > 0)
"""
    for name in ("C0", "C39", "C40", "C41", "C399"):
        done = subprocess.run(
            [sys.executable, "-c", code, name], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.stdout == f"{name} True\n", done.stderr[-2000:]
    assert "isort: split" not in module(package, "c380")
    for command in (
        ["ruff", "check", "--isolated", "--select", "F,I"],
        ["mypy", "--strict", "--cache-dir", str(tmp_path / "cache")],
    ):
        subprocess.run([sys.executable, "-m", *command, package.name], cwd=tmp_path, check=True, stdout=sys.stderr)


def test_a_module_names_few_others_to_be_imported_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each named one of each band below: twice the chain made four times the lines."""
    monkeypatch.setattr("generator.models.modules._NESTED", 2)
    chain = {f"C{index}": obj(v=ref(f"C{index + 1}")) for index in range(32)}
    package = built(tmp_path, {**chain, "C32": obj(last={"type": "string"})})
    firsts = [module(package, f"c{index}").count("# isort: split") for index in range(32)]
    assert 3 <= max(firsts) <= 5, "of sixteen bands"


def test_a_component_has_its_module_whatever_stands_in_its_name(tmp_path: Path) -> None:
    """`!` and `&` follow the name of a component in the pointers of schemas that are made of it."""
    whole = {**obj(a={"type": "string", "readOnly": True}, in_={"type": "object", "properties": {"x": ref("A")}})}
    schemas = {
        "A": obj(v={"type": "string"}),
        "A!B": whole,
        "A&B": whole,
        "A!B&C": {"allOf": [ref("A!B"), whole]},
        "!": whole,
    }
    package = built(tmp_path, schemas, lenient=True)
    found = homes(package)
    assert [name for name, home in found.items() if home == "a"] == ["A"]
    assert len({found[package.classes[f"{REF}{name}"]] for name in schemas}) == len(schemas)
