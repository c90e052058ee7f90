"""What is written of a model: its declared class, with all that was given, assigned or changed in place."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

SOURCE = """
from __future__ import annotations
from typing import Annotated, Literal
from pydantic import ConfigDict, Field, computed_field
from .base import Absent, Model, Value
from .shapes import Loose, LooseModel, Tagged
from .tags import TaggedModel

class Inner(Model):
    numbers: list[int] = [2]
    texts: dict[str, list[str]] = {}

class User(Model):
    name: str
    note: Annotated[str | None, Field(alias="the-note")] = "x"

class Cart(Model):
    model_config = ConfigDict(extra="forbid")
    id: int
    items: list[str] = []
    inner: Absent[Inner] = None
    either: Absent[Inner | User | int] = None
    anything: Value = None
    users: Absent[dict[str, list[User]]] = None

class UserCreate(Model):
    name: str
    password: Absent[str] = None

class Pet(TaggedModel):
    __tags__ = Tagged("kind", {"cat": "Cat"})
    kind: str

class Cat(Pet):
    lives: int = 9
    toys: list[str] = []

class Untyped(LooseModel):
    name: Absent[str] = None

class Sized(Model):
    size: Literal["small", "large"]
    sizes: Absent[list[Literal[1, 2] | None]] = None

class Left(Model):
    left: int
    next: Absent[Left | Right] = None

class Right(Model):
    next: Left | Right

class Loosely(Model):
    counts: Loose[dict[str, int]]

class Counts(Model):
    __pydantic_extra__: dict[str, int] = Field(init=False)
    first: Absent[Inner] = None
    second: Absent[str] = None

# What users write:

class Greeting(User):
    def hello(self):
        return f"hello {self.name}"

class UserInDB(User):
    hash: str

class Computed(User):
    @computed_field
    @property
    def secret(self) -> str:
        return "s"

class Open(Cart):
    model_config = ConfigDict(extra="allow")

class MyCat(Cat):
    pass

class TaggedCat(Cat):
    chip: int = 1
"""


@pytest.fixture(scope="module")
def models(runtime: Callable[[str], Any]) -> ModuleType:
    """Return a module of models as a generated one, and of subclasses."""
    package = runtime("models.base").__package__
    module = ModuleType(f"{package}.exact_models_here")
    module.__package__ = package
    sys.modules[module.__name__] = module
    exec(compile(SOURCE, "exact_models_here", "exec"), module.__dict__)
    return module


@pytest.fixture
def write(runtime: Callable[[str], Any]) -> Callable[[Any, Any], str]:
    """Return a function that writes a value as a type."""
    return lambda type_, value: runtime("wire.contract").Json(type_).write(value)[0].decode()


@pytest.fixture
def refusal(runtime: Callable[[str], Any], write: Callable[[Any, Any], str]) -> Callable[[Any, Any], str]:
    """Return a function that gives the message with which a value is refused."""

    def refusal(type_: Any, value: Any) -> str:
        with pytest.raises(runtime("exceptions").EncodeError) as caught:
            write(type_, value)
        return str(caught.value)

    return refusal


def test_a_default_that_was_changed_in_place_is_written(models: ModuleType, write: Callable[[Any, Any], str]) -> None:
    cart = models.Cart(id=1)
    assert write(models.Cart, cart) == '{"id":1}'
    cart.items.append("apple")
    assert write(models.Cart, cart) == '{"id":1,"items":["apple"]}'
    assert cart.model_fields_set == {"id"}  # the value itself stays as it is
    cart.items.clear()
    assert write(models.Cart, cart) == '{"id":1}'


def test_a_change_is_found_at_every_depth(models: ModuleType, write: Callable[[Any, Any], str]) -> None:
    inner = models.Inner()
    assert write(models.Cart, models.Cart(id=1, inner=inner)) == '{"id":1,"inner":{}}'
    inner.numbers.append(3)
    inner.texts.setdefault("a", []).append("b")
    text = '{"numbers":[2,3],"texts":{"a":["b"]}}'
    assert write(models.Cart, models.Cart(id=1, inner=inner)) == f'{{"id":1,"inner":{text}}}'
    assert write(models.Cart, models.Cart(id=1, anything=[inner])) == f'{{"id":1,"anything":[{text}]}}'
    assert write(dict[str, list[models.Inner]], {"x": [inner]}) == f'{{"x":[{text}]}}'


def test_what_was_given_or_assigned_is_written_if_it_equals_the_default(
    models: ModuleType, write: Callable[[Any, Any], str]
) -> None:
    cart = models.Cart(id=1, items=[])
    cart.inner = models.Inner()
    cart.inner.numbers = [2]
    assert write(models.Cart, cart) == '{"id":1,"items":[],"inner":{"numbers":[2]}}'


def test_a_change_that_python_takes_for_none_is_written(models: ModuleType, refusal: Callable[[Any, Any], str]) -> None:
    inner = models.Inner()
    inner.numbers[0] = 2.0  # equals 2
    assert refusal(models.Inner, inner) == "numbers.0: integer is needed, not float"


def test_another_class_is_refused(models: ModuleType, refusal: Callable[[Any, Any], str]) -> None:
    other = models.UserCreate(name="x", password="secret")
    assert refusal(models.User, other) == "value: User is needed, not UserCreate"
    assert refusal(list[models.User], [{"name": "x"}]) == "0: User is needed, not dict"
    cart = models.Cart(id=1, users={"a": [models.User(name="x")]})
    cart.users["a"].append(other)
    assert refusal(models.Cart, cart) == "users.a.1: User is needed, not UserCreate"
    assert refusal(models.Cart, models.Cart(id=1, anything=[cart])) == (
        "anything.0.users.a.1: User is needed, not UserCreate"
    )


def test_another_type_is_refused_with_its_place_and_without_its_value(
    models: ModuleType, refusal: Callable[[Any, Any], str]
) -> None:
    user = models.User(name="x")
    user.note = {"secret": ["a)\n", "secret"]}
    assert refusal(models.User, user) == "the-note: text is needed, not dict"
    assert refusal(dict[str, list[int]], {"a": [1], "b": [1, 2, "secret, input_type=int])\nsecret"]}) == (
        "b.2: integer is needed, not str"
    )
    counts = models.Counts(first=models.Inner(), more=1)
    counts.second = 2
    assert refusal(models.Counts, counts) == "second: text is needed, not int"
    counts.second, counts.more = "x", "y"
    assert refusal(models.Counts, counts) == "more: integer is needed, not str"
    assert refusal(list[models.User], [user.model_copy(update={"note": None, "more": float("nan")})]).startswith(
        "0.more: NaN"
    )
    assert refusal(tuple[int, str], (1, 2)) == "value: Expected `str`"


def test_a_value_that_an_enum_has_not_is_refused(
    models: ModuleType, write: Callable[[Any, Any], str], refusal: Callable[[Any, Any], str]
) -> None:
    size = models.Sized(size="small", sizes=[1, None])
    assert write(models.Sized, size) == '{"size":"small","sizes":[1,null]}'
    size.size = "other"
    assert refusal(models.Sized, size) == "size: 'other' is not one of 'small', 'large'"
    size.size = "large"
    size.sizes.append(3)
    assert refusal(models.Sized, size) == "sizes.2: 3 is not one of 1, 2"


def test_the_place_of_one_misfit_among_many_is_found_soon(
    models: ModuleType, refusal: Callable[[Any, Any], str]
) -> None:
    users = [models.User(name="x") for _ in range(20_000)]
    users[17_001] = models.UserCreate(name="x")
    assert refusal(list[models.User], users) == "17001: User is needed, not UserCreate"


def test_a_schema_without_type_takes_no_other_object(
    models: ModuleType, write: Callable[[Any, Any], str], refusal: Callable[[Any, Any], str]
) -> None:
    for value, text in ((models.Untyped(name="x"), '{"name":"x"}'), ([1], "[1]"), ("x", '"x"')):
        assert write(models.Untyped, value) == text
    assert "Untyped is needed, not UserCreate" in refusal(models.Untyped, models.UserCreate(name="x"))
    with pytest.raises(ValueError, match="counts"):
        models.Loosely(counts=models.UserCreate(name="x"))
    loosely = models.Loosely(counts="x")
    assert write(models.Loosely, loosely) == '{"counts":"x"}'
    loosely.counts = models.UserCreate(name="x")
    assert refusal(models.Loosely, loosely).startswith("counts: ")


def test_dumps_of_pydantic_stay_as_they_are(models: ModuleType) -> None:
    cart = models.Cart(id=1, inner={"numbers": [1], "texts": {}})
    assert cart.model_dump(include={"inner": {"numbers"}}) == {"inner": {"numbers": [1]}}
    assert cart.model_dump_json(exclude={"inner": {"texts"}}, exclude_unset=True) == '{"id":1,"inner":{"numbers":[1]}}'


def test_a_subclass_is_written_as_what_is_declared(models: ModuleType, write: Callable[[Any, Any], str]) -> None:
    mine = models.Greeting(name="x", more=1)
    for declared in (models.User, models.User | None, models.UserCreate | models.User):
        assert write(declared, mine) == '{"name":"x","more":1}'
    opened = models.Open(id=1)
    opened.items.append("apple")
    assert write(models.Cart, opened) == '{"id":1,"items":["apple"]}'


def test_a_subclass_with_more_fields_is_refused(models: ModuleType, refusal: Callable[[Any, Any], str]) -> None:
    assert refusal(models.User, models.UserInDB(name="x", hash="secret")) == (
        "value: UserInDB has fields that User has not: hash"
    )
    assert refusal(models.User, models.Computed(name="x")) == "value: Computed has fields that User has not: secret"
    assert refusal(models.Cart, models.Open(id=1, colour="red")) == "value: Open has fields that Cart has not: colour"


def test_further_fields_of_a_closed_class_are_refused(models: ModuleType, refusal: Callable[[Any, Any], str]) -> None:
    cart = models.Cart(id=1)
    object.__setattr__(cart, "__pydantic_extra__", {"colour": "red"})  # as a tolerant client reads them
    assert refusal(models.Cart, cart) == "colour: the value has fields that Cart has not: colour"
    assert refusal(list[models.Cart], [cart]) == "0.colour: the value has fields that Cart has not: colour"


def test_unions_choose_by_class(
    models: ModuleType, write: Callable[[Any, Any], str], refusal: Callable[[Any, Any], str]
) -> None:
    cart = models.Cart(id=1)
    for value, text in ((models.Inner(), "{}"), (models.Greeting(name="x"), '{"name":"x"}'), (3, "3")):
        cart.either = value
        assert write(models.Cart, cart) == f'{{"id":1,"either":{text}}}'
    for value in (models.UserInDB(name="x", hash="secret"), models.UserCreate(name="x"), "x", {"name": "x"}):
        cart.either = value
        assert "secret" not in refusal(models.Cart, cart)


def test_what_a_discriminator_names_is_written_whole(
    models: ModuleType, write: Callable[[Any, Any], str], refusal: Callable[[Any, Any], str]
) -> None:
    cat = models.Cat(kind="cat")
    cat.toys.append("ball")
    whole = '{"kind":"cat","toys":["ball"]}'
    for declared in (models.Pet, models.Pet | models.User, models.Cat):
        assert write(declared, cat) == whole
    assert write(list[models.Pet], [models.MyCat(kind="cat", lives=3), cat]) == f'[{{"kind":"cat","lives":3}},{whole}]'
    assert "TaggedCat has fields that Cat has not: chip" in refusal(models.Pet, models.TaggedCat(kind="cat"))
    assert "Cat is needed, not Pet" in refusal(models.Cat, models.Pet(kind="other"))


def test_copies_and_pickles_are_written_alike(models: ModuleType, write: Callable[[Any, Any], str]) -> None:
    cart = models.Cart(id=1, inner={})
    cart.items.append("apple")
    for other in (copy.copy(cart), copy.deepcopy(cart), pickle.loads(pickle.dumps(cart))):  # noqa: S301 - ours
        assert write(models.Cart, other) == '{"id":1,"items":["apple"],"inner":{}}'


def test_the_place_is_found_inside_recursive_unions(models: ModuleType, refusal: Callable[[Any, Any], str]) -> None:
    leaf = models.Left(left=1)
    leaf.left = "x"
    value = leaf
    for _ in range(4):
        value = models.Left(left=1, next=models.Right(next=value))
    assert refusal(models.Left, value) == "next." * 8 + "left: integer is needed, not str"
