"""What extends a schema with a discriminator is a subclass, and a value is read as the class that its tag names."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from tests.support.model_packages import HERE, TEXT, WHOLE, Build, Package, obj


def extends(*parents: str, **more: Any) -> dict[str, Any]:
    return {"allOf": [*({"$ref": HERE + parent} for parent in parents), obj(**more)]}


PET = obj(
    {"petType": TEXT, "name": TEXT, "friend": {"$ref": HERE + "Pet"}, "pair": {"prefixItems": [TEXT, WHOLE]}},
    required=["petType"],
    discriminator={"propertyName": "petType", "mapping": {"cat": HERE + "Cat", "dog": "Dog", "persian": "Persian"}},
)
ZOO = {
    "Pet": PET,
    "Cat": extends("Pet", properties={"lives": WHOLE, "born": {"type": "string", "format": "date"}}),
    "Dog": extends("Pet", properties={"bark": TEXT}, required=["bark"]),
    "Persian": extends("Cat", properties={"fur": TEXT}, required=["fur"]),
    "Bird": extends("Pet", properties={"petType": {"const": "Bird"}, "wings": WHOLE}),
    "House": obj({"pets": {"type": "array", "items": {"$ref": HERE + "Pet"}}, "best": {"$ref": HERE + "Pet"}}),
    "Names": obj(additionalProperties={"$ref": HERE + "Pet"}),
}


@pytest.fixture
def zoo(build: Build) -> Package:
    return build(ZOO)


def read(package: Package, value: Any, name: str = "Pet") -> Any:
    return package.media(name).read(json.dumps(value).encode())


def test_what_extends_a_schema_with_a_discriminator_is_a_subclass(zoo: Package) -> None:
    models = zoo.models
    assert models.Persian.__mro__[1:3] == (models.Cat, models.Pet)
    assert isinstance(models.Cat(lives=9), models.Pet)
    assert "lives" not in inspect.getsource(models.Persian)
    assert "name" not in inspect.getsource(models.Cat)


def test_without_a_discriminator_it_is_no_subclass(build: Build) -> None:
    plain = {key: value for key, value in PET.items() if key != "discriminator"}
    models = build({**ZOO, "Pet": plain}).models
    assert not issubclass(models.Cat, models.Pet)
    assert "lives" in models.Persian.model_fields


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"petType": "cat", "lives": 9}, "Cat"),
        ({"petType": "cat", "lives": 9.0, "born": "2020-02-02"}, "Cat"),
        ({"petType": "persian", "fur": "long", "lives": 1}, "Persian"),
        ({"petType": "Bird", "wings": 2}, "Bird"),
        ({"petType": "hamster", "lives": 9}, "Pet"),
        ({"petType": "cat", "lives": "nine"}, "Pet"),
        ({"petType": "dog"}, "Pet"),
        ({"petType": "persian", "lives": 1}, "Pet"),
        ({"petType": "Pet"}, "Pet"),
    ],
)
def test_a_value_is_read_as_the_class_of_its_tag(zoo: Package, value: Any, kind: str) -> None:
    expected = getattr(zoo.models, kind)
    found = [
        read(zoo, value),
        read(zoo, {"pets": [value]}, "House").pets[0],
        read(zoo, {"best": value}, "House").best,
        read(zoo, {"a": value}, "Names")["a"],
        read(zoo, {"petType": "hamster", "friend": value}).friend,
        read(zoo, {"petType": "cat", "lives": "nine", "friend": value}).friend,
        read(zoo, {"petType": "persian", "fur": "x", "friend": value}).friend,
        zoo.models.Pet.model_validate_json(json.dumps(value)),
        zoo.models.Pet.model_validate_json(json.dumps(value), strict=True),
    ]
    assert {type(one) for one in found} == {expected}
    assert json.loads(zoo.media("Pet").write(found[0])[0]) == value


def test_a_subclass_is_read_as_itself_or_what_extends_it(zoo: Package) -> None:
    assert type(read(zoo, {"petType": "dog"}, "Cat")) is zoo.models.Cat
    assert type(read(zoo, {"petType": "persian", "fur": "x"}, "Cat")) is zoo.models.Persian
    assert zoo.refusals('{"fur": "x"}', "Persian") == [{"loc": ["petType"], "msg": "Field required", "type": "missing"}]


def test_what_the_declared_schema_refuses_is_refused_with_its_places(zoo: Package) -> None:
    missing = {"loc": ["petType"], "msg": "Field required", "type": "missing"}
    assert zoo.refusals('{"lives": 1}', "Pet") == [missing]
    wrong = {"loc": ["name"], "msg": "Input should be a valid string", "type": "string_type"}
    assert zoo.refusals('{"petType": "hamster", "name": 1}', "Pet") == [wrong]
    assert zoo.refusals('{"petType": "cat", "name": 1}', "Pet") == [wrong]


def test_a_class_fills_in_its_tag(zoo: Package) -> None:
    models = zoo.models
    assert [one.pet_type for one in (models.Cat(lives=9), models.Persian(fur="x"), models.Bird())] == [
        *("cat", "persian", "Bird")
    ]
    assert zoo.media("Pet").write(models.Cat())[0] == b'{"petType":"cat"}'
    assert zoo.media("Cat").write(models.Cat(pet_type="other"))[0] == b'{"petType":"other"}'
    assert models.Pet(petType="hamster").pet_type == "hamster"
    assert models.Cat.model_fields["pet_type"].annotation is str


@pytest.mark.parametrize(("kind", "tag"), [("Pet", "cat"), ("Cat", "dog"), ("Cat", "persian"), ("Persian", "cat")])
def test_the_tag_of_another_class_is_refused_where_an_object_is_made(zoo: Package, kind: str, tag: str) -> None:
    for name in ("pet_type", "petType"):
        with pytest.raises(ValidationError, match=f"{tag} is the tag of {tag.title()}") as caught:
            getattr(zoo.models, kind)(**{name: tag, "fur": "x"})
        assert caught.value.errors()[0]["loc"] == ("petType",)


def test_a_class_with_several_tags_or_none_that_its_schema_accepts_fills_in_nothing(build: Build) -> None:
    mapping = {"cat": HERE + "Cat", "puss": "Cat"}
    pet = obj({"kind": TEXT}, required=["kind"], discriminator={"propertyName": "kind", "mapping": mapping})
    package = build({"Pet": pet, "Cat": extends("Pet", properties={"lives": WHOLE})})
    with pytest.raises(ValidationError):
        package.models.Cat()
    assert [type(read(package, {"kind": tag})) for tag in mapping] == [package.models.Cat] * 2
    listed = obj({"kind": {"enum": ["a", "b"]}}, required=["kind"], discriminator={"propertyName": "kind"})
    package = build({"Pet": listed, "Cat": extends("Pet", properties={"lives": WHOLE})})
    with pytest.raises(ValidationError):
        package.models.Cat()
    assert "__tags__" not in package.files["models.py"]
    assert type(read(package, {"kind": "a", "lives": 1})) is package.models.Pet
    assert isinstance(package.models.Cat(kind="a"), package.models.Pet)


def test_an_optional_tag_is_sent_where_it_was_filled_in_and_may_be_absent_where_it_is_read(build: Build) -> None:
    pet = obj({"kind": TEXT}, discriminator={"propertyName": "kind"})
    package = build({"Pet": pet, "Cat": extends("Pet", properties={"lives": WHOLE})})
    assert package.media("Pet").write(package.models.Cat())[0] == b'{"kind":"Cat"}'
    assert package.again("{}", "Cat") == {}
    assert type(read(package, {"lives": 1})) is package.models.Pet


def test_subclasses_are_written_whole_wherever_the_parent_is_declared(zoo: Package) -> None:
    models = zoo.models
    house = models.House(pets=[models.Persian(fur="x", friend=models.Dog(bark="w"))], best=models.Cat(lives=1))
    written = zoo.media("House").write(house)[0]
    assert json.loads(written) == {
        "pets": [{"petType": "persian", "fur": "x", "friend": {"petType": "dog", "bark": "w"}}],
        "best": {"petType": "cat", "lives": 1},
    }
    assert zoo.media("House").read(written) == house
    assert house.model_dump(exclude_unset=True)["best"] == {"petType": "cat", "lives": 1}


def test_another_class_is_refused_by_its_name(zoo: Package) -> None:
    with pytest.raises(ValueError, match=r"^value: Pet is needed, not House$"):
        zoo.media("Pet").write(zoo.models.House())
    with pytest.raises(ValueError, match=r"^value: Cat is needed, not Pet$"):
        zoo.media("Cat").write(zoo.models.Pet(pet_type="x"))


def test_pickles_and_copies_are_of_the_same_class(zoo: Package) -> None:
    cat = zoo.models.Persian(fur="x", friend=zoo.models.Cat(lives=2))
    for again in (pickle.loads(pickle.dumps(cat)), copy.copy(cat), copy.deepcopy(cat), cat.model_copy()):  # noqa: S301
        assert again == cat
        assert type(again) is zoo.models.Persian
        assert zoo.media("Pet").write(again) == zoo.media("Pet").write(cat)


def test_subclasses_of_users(zoo: Package) -> None:
    same = type("Same", (zoo.models.Cat,), {})
    assert zoo.media("Pet").write(same(lives=1))[0] == b'{"petType":"cat","lives":1}'
    more = type("More", (zoo.models.Cat,), {"__annotations__": {"secret": str}})
    with pytest.raises(ValueError, match="secret"):
        zoo.media("Pet").write(more(secret="x"))
    assert type(TypeAdapter(same).validate_json(b'{"petType": "cat"}')) is same


def test_the_order_of_first_use_does_not_matter(build: Build) -> None:
    for seed in range(5):
        package = build(ZOO)
        names = random.Random(seed).sample(["Pet", "Cat", "Dog", "Persian", "House"], 5)  # noqa: S311
        for name in names:
            value = {"best": {"petType": "dog"}} if name == "House" else {"petType": "persian", "fur": "x", "bark": "y"}
            again = read(package, value, name)
            assert package.media(name).write(again)
        assert type(read(package, {"petType": "cat", "lives": "x"})) is package.models.Pet
        assert type(read(package, {"best": {"petType": "dog"}}, "House").best) is package.models.Pet


def pets(choose: random.Random, depth: int = 4) -> Any:
    tag = choose.choice(["cat", "dog", "persian", "Bird", "Pet", "hamster", 1])
    found = {"petType": tag} if choose.random() < 0.95 else {}
    values: dict[str, list[Any]] = {
        "name": ["x", 1],
        "lives": [1, "x", 2.0],
        "born": ["2020-01-01"],
        "fur": ["x", None],
        "bark": ["x"],
    }
    for key, possible in {**values, "wings": [2, "x"], "pair": [["x", 1], ["x"], 1]}.items():
        if choose.random() < 0.3:
            found[key] = choose.choice(possible)
    if depth and choose.random() < 0.7:
        found["friend"] = pets(choose, depth - 1)
    return found


def test_verdicts_and_classes_are_those_of_the_schemas(zoo: Package) -> None:
    choose = random.Random(7)  # noqa: S311
    judges = {name: Draft202012Validator({"$ref": HERE + name, "components": {"schemas": ZOO}}) for name in ZOO}
    tags = {"cat": "Cat", "dog": "Dog", "persian": "Persian", "Bird": "Bird"}

    def compare(found: Any, value: Any) -> None:
        named = tags.get(value.get("petType"), "Pet")
        assert type(found).__name__ == (named if judges[named].is_valid(value) else "Pet"), value
        if "friend" in value:
            compare(found.friend, value["friend"])

    for _ in range(1000):
        value = pets(choose)
        refused = zoo.refusals(json.dumps(value), "Pet")
        assert judges["Pet"].is_valid(value) == (not refused), value
        if not refused:
            compare(read(zoo, value), value)


@pytest.mark.parametrize("deepest", [{"petType": "cat"}, 5])
def test_deep_values_that_each_class_refuses_are_read_in_time(zoo: Package, deepest: Any) -> None:
    value = deepest
    for _ in range(60):
        value = {"petType": "persian", "lives": "x", "friend": value}
    start = time.process_time()
    refused = zoo.refusals(json.dumps(value), "Pet")
    assert bool(refused) == (deepest == 5)
    assert time.process_time() - start < 10  # 2^60 steps without the once-per-node reader


def test_a_tuple_and_a_decimal_are_read_again_as_well(build: Build) -> None:
    pair = {"type": "array", "prefixItems": [TEXT, WHOLE], "items": False, "minItems": 2}
    pet = obj({"kind": TEXT, "pair": pair}, required=["kind"], discriminator={"propertyName": "kind"})
    package = build({"Pet": pet, "Cat": extends("Pet", properties={"lives": WHOLE})})
    for value in ({"kind": "hamster", "pair": ["x", 1]}, {"kind": "Cat", "pair": ["x", 1], "lives": "x"}):
        assert read(package, value).pair == ("x", 1)


def test_a_field_that_is_narrower_has_its_own_type_and_any_other_is_judged(build: Build) -> None:
    home = obj({"street": TEXT})
    package = build(
        {
            "Pet": obj(
                {"kind": TEXT, "size": {"type": "number"}, "home": home, "name": TEXT},
                required=["kind"],
                discriminator={"propertyName": "kind"},
            ),
            "Cat": extends(
                "Pet",
                properties={"size": WHOLE, "home": obj({"door": WHOLE}), "kind": {"const": "c"}},
                required=["name"],
            ),
        }
    )
    fields = package.models.Cat.model_fields
    assert fields["home"].annotation == package.models.Pet.model_fields["home"].annotation
    assert not hasattr(package.models, "CatHome")
    assert "reportIncompatibleVariableOverride=false" in package.files["models.py"]
    assert package.models.Cat(name="x").kind == "c"
    good = {"kind": "c", "name": "x", "size": 1, "home": {"door": 1}}
    assert type(read(package, good)) is package.models.Cat
    for wrong in ({"size": 1.5}, {"home": {"door": "x"}}):
        assert type(read(package, {**good, **wrong})) is package.models.Pet
        assert package.refusals(json.dumps({**good, **wrong}), "Cat")


def test_further_properties_are_those_of_the_subclass(build: Build) -> None:
    pet = obj({"kind": TEXT}, required=["kind"], additionalProperties=False, discriminator={"propertyName": "kind"})
    package = build({"Pet": pet, "Cat": extends("Pet", properties={"lives": WHOLE}), "T": obj({"a": TEXT})})
    assert package.refusals('{"kind": "Cat", "lives": 1}', "Pet")
    assert package.refusals('{"kind": "Cat", "lives": 1}', "Cat")
    assert type(read(package, {"kind": "Cat"})) is package.models.Cat
    typed = obj({"kind": TEXT}, required=["kind"], additionalProperties=WHOLE, discriminator={"propertyName": "kind"})
    package = build({"Pet": typed, "Cat": extends("Pet", properties={"lives": TEXT})})
    assert type(read(package, {"kind": "Cat", "x": 1})) is package.models.Cat
    assert package.refusals('{"kind": "Cat", "x": "y"}', "Cat")
    assert package.refusals('{"kind": "Cat", "lives": "y"}', "Pet")


def test_a_parent_without_a_type_lets_other_values_pass_and_its_children_do_not(build: Build) -> None:
    pet = {"properties": {"kind": TEXT}, "required": ["kind"], "discriminator": {"propertyName": "kind"}}
    package = build({"Pet": pet, "Cat": extends("Pet", properties={"lives": WHOLE})})
    assert package.again("[1]", "Pet") == [1]
    assert type(read(package, {"kind": "Cat", "lives": 1})) is package.models.Cat
    assert package.refusals("[1]", "Cat")


def test_requests_have_a_family_of_their_own_where_a_child_differs(build: Build) -> None:
    born = {"type": "string", "readOnly": True}
    schemas = {"Pet": PET, **{name: ZOO[name] for name in ("Dog", "Persian")}}
    package = build(
        {**schemas, "Cat": extends("Pet", properties={"lives": WHOLE, "id": born}, required=["id"])}, body="Pet"
    )
    models = package.models
    assert models.PersianRequest.__mro__[1:3] == (models.CatRequest, models.PetRequest)
    assert "id" not in models.CatRequest.model_fields
    assert models.CatRequest(lives=1).pet_type == "cat"
    assert type(read(package, {"petType": "cat"}, "PetRequest")) is models.CatRequest
    assert type(read(package, {"petType": "cat"}, "Pet")) is models.Pet


def test_names_of_inherited_fields_stay(build: Build) -> None:
    package = build({**ZOO, "Cat": extends("Pet", properties={"pet_type": WHOLE, "petTYPE": WHOLE, "lives": WHOLE})})
    fields = package.models.Cat.model_fields
    assert fields["pet_type"].alias == "petType"
    assert len({one.alias or name for name, one in fields.items()}) == len(fields)
    assert package.again('{"petType": "cat", "pet_type": 1, "petTYPE": 2}', "Pet") == {
        "petType": "cat",
        "pet_type": 1,
        "petTYPE": 2,
    }


def test_a_discriminator_below_another_one(build: Build) -> None:
    mapping = {"persian": HERE + "Persian"}
    cat = {**extends("Pet", properties={"breed": TEXT}), "discriminator": {"propertyName": "breed", "mapping": mapping}}
    package = build({**ZOO, "Pet": {**PET, "discriminator": {"propertyName": "petType"}}, "Cat": cat})
    persian = {"petType": "Cat", "breed": "persian", "fur": "x"}
    assert type(read(package, persian)) is package.models.Persian
    assert type(read(package, {**persian, "breed": "x"})) is package.models.Cat
    assert package.models.Persian(fur="x").breed == "persian"


def test_circles_of_extension_and_several_parents(build: Build) -> None:
    thing = obj({"sort": TEXT}, required=["sort"], discriminator={"propertyName": "sort"})
    package = build(
        {
            **ZOO,
            "Thing": thing,
            "Toy": extends("Thing", "Cat", "Pet", properties={"size": WHOLE}),
            "Robot": extends("Pet", "Cat", properties={"size": WHOLE}),
            "A": {**extends("B", properties={"a": TEXT}), "discriminator": {"propertyName": "a"}},
            "B": {**extends("A", properties={"b": TEXT}), "discriminator": {"propertyName": "a"}},
        }
    )
    assert package.models.Robot.__base__ is package.models.Cat
    assert package.models.Toy.__base__ is package.models.Thing
    assert read(package, {"a": "x"}, "A").a == "x"


def test_a_tolerant_client_reads_the_class_of_the_tag_too(build: Build) -> None:
    zoo = build(ZOO, body="Pet", tolerant=True)
    media = zoo.module("_runtime.wire.tolerant").tolerant(zoo.media("Pet"))
    found = media.read(b'{"petType": "cat", "lives": 9, "friend": {"petType": "Bird", "born": "2020-01-01"}}')
    assert type(found) is zoo.models.Cat
    assert type(found.friend) is zoo.models.Bird
    assert type(media.read(b'{"petType": "cat", "lives": "nine"}')) is zoo.models.Pet
    assert json.loads(media.write(found)[0])["friend"] == {"petType": "Bird", "born": "2020-01-01"}


def test_a_parent_may_be_a_reference_to_another_schema(build: Build) -> None:
    package = build({**ZOO, "Animal": {"$ref": HERE + "Pet"}, "Fish": extends("Animal", properties={"fins": WHOLE})})
    assert package.models.Fish.__base__ is package.models.Pet
    assert type(read(package, {"petType": "Fish", "fins": 1})) is package.models.Fish


def test_threads_may_use_a_family_first_at_once(build: Build) -> None:
    package = build(ZOO)
    values = [
        {"petType": tag, "lives": "x", "fur": "x", "bark": "x"} for tag in ("cat", "dog", "persian", "hamster")
    ] * 8

    def use(value: Any) -> str:
        made = package.models.Persian(fur="x")
        return f"{type(read(package, value)).__name__} {package.media('Pet').write(made)[0].decode()}"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(use, values))
    written = '{"petType":"persian","fur":"x"}'
    assert found == [f"{kind} {written}" for kind in ("Pet", "Dog", "Pet", "Pet")] * 8


def test_many_classes_are_written_and_read_as_fast_as_few(build: Build) -> None:
    def seconds(number: int) -> float:
        children = {f"K{index}": extends("Pet", properties={"a": WHOLE}) for index in range(number)}
        pet = obj({"kind": TEXT}, required=["kind"], discriminator={"propertyName": "kind"})
        package = build({"Pet": pet, **children, "T": {"type": "array", "items": {"$ref": HERE + "Pet"}}})
        values = [getattr(package.models, f"K{index % number}")(a=index) for index in range(2000)]
        media = package.media("T")
        media.read(media.write(values[:2])[0])
        start = time.process_time()
        assert media.read(media.write(values)[0]) == values
        return time.process_time() - start

    assert seconds(40) < 10 * seconds(2)
