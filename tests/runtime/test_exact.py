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
from typing import Annotated
from pydantic import ConfigDict, Field, computed_field
from .base import Absent, Model, Value

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

class Pet(Model):
    kind: str

    @classmethod
    def __discriminates__(cls, kind):
        return kind is Cat

class Cat(Pet):
    lives: int = 9
    toys: list[str] = []

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
    assert "float" in refusal(models.Inner, inner)


def test_another_class_is_refused(models: ModuleType, refusal: Callable[[Any, Any], str]) -> None:
    other = models.UserCreate(name="x", password="secret")
    found = refusal(models.User, other)
    assert "User is needed, not UserCreate" in found
    assert "secret" not in found
    assert "User is needed, not dict" in refusal(list[models.User], [{"name": "x"}])
    cart = models.Cart(id=1, users={"a": [models.User(name="x")]})
    cart.users["a"].append(other)
    assert "User is needed, not UserCreate" in refusal(models.Cart, cart)


def test_a_subclass_is_written_as_what_is_declared(models: ModuleType, write: Callable[[Any, Any], str]) -> None:
    mine = models.Greeting(name="x", more=1)
    for declared in (models.User, models.User | None, models.UserCreate | models.User):
        assert write(declared, mine) == '{"name":"x","more":1}'
    opened = models.Open(id=1)
    opened.items.append("apple")
    assert write(models.Cart, opened) == '{"id":1,"items":["apple"]}'


def test_a_subclass_with_more_fields_is_refused(models: ModuleType, refusal: Callable[[Any, Any], str]) -> None:
    found = refusal(models.User, models.UserInDB(name="x", hash="secret"))
    assert "UserInDB has what User has not: hash" in found
    assert "secret" not in found
    assert "Computed has what User has not: secret" in refusal(models.User, models.Computed(name="x"))
    assert "Open has what Cart has not: colour" in refusal(models.Cart, models.Open(id=1, colour="red"))


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
    assert "TaggedCat has what Cat has not: chip" in refusal(models.Pet, models.TaggedCat(kind="cat"))
    assert "Cat is needed, not Pet" in refusal(models.Cat, models.Pet(kind="cat"))


def test_copies_and_pickles_are_written_alike(models: ModuleType, write: Callable[[Any, Any], str]) -> None:
    cart = models.Cart(id=1, inner={})
    cart.items.append("apple")
    for other in (copy.copy(cart), copy.deepcopy(cart), pickle.loads(pickle.dumps(cart))):  # noqa: S301 - ours
        assert write(models.Cart, other) == '{"id":1,"items":["apple"],"inner":{}}'
