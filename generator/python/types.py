"""Types of Python as values: what annotations of generated code are made of. `text` is the only place that writes them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..records import record
from .escaping import py


@record
class Name:
    """A built-in or imported type: `str`, `Value`, `UUID`; also `None`."""

    name: str


@record
class Class:
    """A class or an alias of models.py: by the key of its definition until it has a name, then by name.

    `late`: when the type was made it was not known yet whether the definition becomes a class that accepts null.
    """

    name: str
    late: bool = False


@record
class Literal:
    """Constants other than null, each as Python text: `True` and `1` are two."""

    values: tuple[str, ...]


@record
class Generic:
    """A type with arguments: `list[…]`, `dict[…, …]`, `tuple[…]`, `Absent[…]`, `AsyncIterator[…]`."""

    name: str
    arguments: tuple[Type, ...]


@record
class Union:
    """Alternatives in their order; none of them is a union. Made by `union`."""

    parts: tuple[Type, ...]


@record
class Annotated:
    """A type with constraints and rules, which apply in their order. Made by `annotated`: none stands directly in another."""

    inner: Type
    metadata: tuple[Metadata, ...]

    def __post_init__(self) -> None:
        if isinstance(self.inner, Annotated):
            raise TypeError("Annotated directly in Annotated: their metadata can be joined")


@record
class Constraint:
    """A constraint of annotated_types, as `MinLen(1)`; without an argument a mark, as `Exactly`."""

    name: str
    argument: str = ""


@record
class Field:
    """Arguments of pydantic's Field, each as Python text."""

    arguments: tuple[tuple[str, str], ...]


@record
class Rule:
    """The value is also judged by a schema: the one of this key, of this name once it is named.

    `keywords` are those of the schema that the type itself does not express.
    """

    name: str
    keywords: tuple[str, ...] = ()


@record
class Tagged:
    """A property picks the class of a union: its values with the classes, by key or name as in `Class`."""

    wire_name: str
    classes: tuple[tuple[str, str], ...]
    binding: bool


@record
class Branches:
    """Tells the alternatives of a union that recurses apart, so that one alone reads an object, or each of them once.

    `needs` has what an object of a class must have: wire names with the texts that are allowed, no text for any value.
    `tag` is a property that picks the class: the only one if it is binding, else the one that is tried first.
    """

    needs: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...] = ()
    tag: Tagged | None = None


Type = Name | Class | Literal | Generic | Union | Annotated
Metadata = Constraint | Field | Rule | Tagged | Branches

NONE = Name("None")
VALUE = Name("Value")
STR = Name("str")
BYTES = Name("bytes")
ANY = Name("Any")
QUOTED = 60
"""So many characters at most are quoted as one text."""


def union(parts: Iterable[Type]) -> Type:
    """Join alternatives, those of unions among them; None stands last. No alternative at all is None."""
    found = dict.fromkeys(one for part in parts for one in alternatives(part))
    ordered = [one for one in found if one != NONE] + [NONE] * (NONE in found)
    return ordered[0] if len(ordered) == 1 else Union(tuple(ordered)) if ordered else NONE


def alternatives(one: Type) -> tuple[Type, ...]:
    """Take a union apart; any other type is its only alternative."""
    return one.parts if isinstance(one, Union) else (one,)


def optional(one: Type) -> Type:
    """Accept None too."""
    return union((one, NONE))


def required(one: Type) -> Type | None:
    """Leave None out; nothing is left of None itself."""
    parts = [part for part in alternatives(one) if part != NONE]
    return union(parts) if parts else None


def list_of(item: Type) -> Type:
    """A list of items."""
    return Generic("list", (item,))


def map_of(value: Type) -> Type:
    """A dictionary with keys of text."""
    return Generic("dict", (STR, value))


def loose(one: Type) -> Type:
    """What a schema without `type` says of a kind of value: that, or any value of another kind."""
    return Generic("Loose", (one,))


def held_loosely(one: Type) -> Type | None:
    """Return the class, or the union of classes, that a loose type holds; None for any other type."""
    held = one.arguments[0] if isinstance(one, Generic) and one.name == "Loose" else None
    inner = held.inner if isinstance(held, Annotated) else held
    return held if isinstance(inner, Class | Union) else None


def as_argument(one: Type) -> Type:
    """Write a type as a call takes it: for type checkers, an alias with an argument is none there.

    What a class or a union of classes lets pass, it lets pass by itself.
    """
    if isinstance(one, Union):
        return union(as_argument(part) for part in one.parts)
    if isinstance(one, Annotated):
        return annotated(as_argument(one.inner), one.metadata)
    if not (isinstance(one, Generic) and one.name == "Loose"):
        return one
    held = held_loosely(one)
    return as_argument(held) if held else annotated(union((one.arguments[0], VALUE)), (Constraint("AnyOther"),))


def annotated(one: Type, metadata: Iterable[Metadata]) -> Type:
    """Add constraints and rules, if there are any; they apply after those that the type has, but for `Concealed`, the last."""
    found = tuple(metadata)
    if isinstance(one, Annotated):
        joined = dict.fromkeys(one.metadata + found)
        return replace(one, metadata=tuple(sorted(joined, key=lambda each: each == Constraint("Concealed"))))
    return Annotated(one, found) if found else one


def with_field(one: Type, arguments: Iterable[tuple[str, str]]) -> Type:
    """Add arguments to the Field that a type ends with, or such a Field."""
    found = tuple(arguments)
    if not found:
        return one
    if not isinstance(one, Annotated):
        return Annotated(one, (Field(found),))
    *others, last = one.metadata
    more = (Field(last.arguments + found),) if isinstance(last, Field) else (last, Field(found))
    return replace(one, metadata=(*others, *more))


def bare(one: Type) -> Type:
    """Leave constraints and rules out, at every depth: what a signature shows."""
    if isinstance(one, Annotated):
        return bare(one.inner)
    if isinstance(one, Generic):
        return replace(one, arguments=tuple(bare(part) for part in one.arguments))
    return union(bare(part) for part in one.parts) if isinstance(one, Union) else one


def head(one: Type) -> str:
    """Name what a type begins with, its first alternative for a union; the empty text for a class of models.py."""
    if isinstance(one, Name | Generic):
        return one.name
    if isinstance(one, Annotated):
        return head(one.inner)
    return head(one.parts[0]) if isinstance(one, Union) else "Literal" if isinstance(one, Literal) else ""


def walk(one: Type) -> list[Type]:
    """List a type and all that it is made of, metadata aside, from left to right."""
    if isinstance(one, Name | Class):
        return [one]
    found: list[Type] = []
    pending: list[Type] = [one]
    while pending:
        part = pending.pop()
        found.append(part)
        pending += reversed(parts(part))
    return found


def parts(one: Type) -> Sequence[Type]:
    """Return what a type is made of, metadata aside."""
    if isinstance(one, Annotated):
        return (one.inner,)
    return one.arguments if isinstance(one, Generic) else one.parts if isinstance(one, Union) else ()


def heads(one: Type) -> Iterator[str]:
    """Yield the names that are read where a type is written: built-in and imported ones, classes of models.py."""
    return (part.name for part in walk(one) if isinstance(part, Name | Generic | Class))


def qualified(one: Type, hidden: Collection[str]) -> Type:
    """Read built-in types from `builtins` where their own names mean something else."""
    return renamed(one, {name: f"builtins.{name}" for name in hidden}) if hidden else one


def renamed(one: Type, names: Mapping[str, str]) -> Type:
    """Call types otherwise, those in a type too; classes of models.py keep their names."""
    if isinstance(one, Name):
        return Name(names[one.name]) if one.name in names else one
    if isinstance(one, Generic):
        return Generic(names.get(one.name, one.name), tuple(renamed(part, names) for part in one.arguments))
    if isinstance(one, Union):
        return Union(tuple(renamed(part, names) for part in one.parts))
    return replace(one, inner=renamed(one.inner, names)) if isinstance(one, Annotated) else one


def classes(one: Type) -> Iterator[str]:
    """Yield the keys, or names, of the classes and aliases of models.py that a type mentions."""
    return (part.name for part in walk(one) if isinstance(part, Class))


def references(one: Type) -> Iterator[str]:
    """Yield the keys, or names, of the classes and rules that a type mentions."""
    for part in walk(one):
        if isinstance(part, Class):
            yield part.name
        for each in part.metadata if isinstance(part, Annotated) else ():
            if isinstance(each, Rule):
                yield each.name
            elif isinstance(each, Tagged):
                yield from (name for _, name in each.classes)


def judged(one: Type) -> tuple[str, ...]:
    """List the keywords that the rules of a type check, each once."""
    metadata = (each for part in walk(one) if isinstance(part, Annotated) for each in part.metadata)
    rules = (each for each in metadata if isinstance(each, Rule))
    return tuple(dict.fromkeys(keyword for rule in rules for keyword in rule.keywords))


def replaced(one: Type, change: Callable[[Class], Type], names: Mapping[str, str] | None = None) -> Type:
    """Put other types in the places of classes; `names` are those of rules and tags by key."""
    if isinstance(one, Class):
        return change(one)
    if isinstance(one, Generic):
        return replace(one, arguments=tuple(replaced(part, change, names) for part in one.arguments))
    if isinstance(one, Union):
        return Union(tuple(each for part in one.parts for each in alternatives(replaced(part, change, names))))
    if isinstance(one, Annotated):
        metadata = one.metadata if names is None else tuple(_named(each, names) for each in one.metadata)
        return annotated(replaced(one.inner, change, names), metadata)
    return one


def _named(one: Metadata, names: Mapping[str, str]) -> Metadata:
    if isinstance(one, Rule):
        return replace(one, name=names[one.name])
    return (
        replace(one, classes=tuple((tag, names[key]) for tag, key in one.classes)) if isinstance(one, Tagged) else one
    )


def text(one: Type, *, owner: str = "models.", later: Collection[str] = ()) -> str:
    """Write a type as Python source text.

    `owner` stands before classes of models.py; those in `later` are not defined yet where the text is evaluated: such a
    class is quoted. A union that has one as an alternative can't be written with `|` then, which texts have not.
    """
    if isinstance(one, Name):
        return one.name
    if isinstance(one, Class):
        return py(owner + one.name) if one.name in later else owner + one.name
    if isinstance(one, Literal):
        return f"Literal[{', '.join(one.values)}]"
    if isinstance(one, Union):
        return _union_text(one, owner, later)
    if isinstance(one, Generic):
        return f"{one.name}[{', '.join(text(part, owner=owner, later=later) for part in one.arguments)}]"
    parts = [text(one.inner, owner=owner, later=later), *(_metadata(each) for each in one.metadata)]
    return f"Annotated[{', '.join(parts)}]"


def _union_text(one: Union, owner: str, later: Collection[str]) -> str:
    """Write a union; one with a class that is defined later is quoted as a whole if that is short and needs no escapes."""
    parts = [text(part, owner=owner, later=later) for part in one.parts]
    if not any(isinstance(part, Class) and part.name in later for part in one.parts):
        return " | ".join(parts)
    whole = text(one, owner=owner)
    return py(whole) if len(whole) <= QUOTED and not set(whole) & set("'\"\\") else f"Union[{', '.join(parts)}]"


def _metadata(one: Metadata) -> str:
    if isinstance(one, Constraint):
        return f"{one.name}({one.argument})" if one.argument else one.name
    if isinstance(one, Rule):
        return f'Rule("{one.name}")'
    if isinstance(one, Field):
        return f"Field({', '.join(f'{name}={value}' for name, value in one.arguments)})"
    if isinstance(one, Branches):
        return _branches(one)
    return f"Tagged({_tag(one)}{'' if one.binding else ', binding=False'})"


def _tag(one: Tagged) -> str:
    return f"{py(one.wire_name)}, {{{', '.join(f'{py(tag)}: {py(name)}' for tag, name in one.classes)}}}"


def _branches(one: Branches) -> str:
    if one.tag is not None and one.tag.binding:
        return f"Constants({_tag(one.tag)})"
    needs = {name: {key: list(texts) for key, texts in keys} for name, keys in one.needs}
    arguments = [py(needs)] if needs or one.tag else []
    return f"Branches({', '.join([*arguments, *([_tag(one.tag)] if one.tag else [])])})"
