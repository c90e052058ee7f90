"""What changes for importers in one class, alias, function or method; each with who breaks."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import replace

from ...records import record
from ..model import Change, Effect, Flow, Level, Levels, Place
from .contrast import contrast
from .knowledge import BOTH
from .read import Argument, Method
from .types import Form, Names

_WORD = re.compile(r"\w+")
_FORMS = re.compile(r"(?:Async|Sync)?(.+?)(?:Api)?")  # the classes of one group: Protocols, clients, stubs


@record
class Surface:
    """What two versions of a package say of names: what they mean, and who writes and who reads a class."""

    old: Names
    new: Names
    flows: Mapping[str, frozenset[Flow]]
    """By the names of the old version: code that is there was written for it."""
    kept: frozenset[str]
    """Aliases that both versions have: what becomes of them is said of these alone, where both annotations have them."""

    groups: Mapping[str, str]
    """The classes of groups that are called otherwise, by their new names."""

    def group_in(self, annotation: str) -> tuple[str, str] | None:
        """The old and new name of the first renamed class of a group that an annotation has."""
        names = (word for word in _WORD.findall(annotation) if word in self.groups)
        return next(((self.groups[name], name) for name in names), None)

    def writers(self, owner: str) -> Levels:
        """Who breaks where a value has to be another one: callers make what requests hold, services what responses do."""
        flows = self.flows.get(owner) or BOTH
        return {
            "severity": "error" if "request" in flows else "info",
            "service": "error" if "response" in flows else "info",
        }

    def types(self, before: str, after: str) -> tuple[bool, bool]:
        """Whether what was written fits in the new type, and whether what is read fits where the old one was expected."""
        old, new = self._forms(before, after)
        return self.new.accepts(new, old), self.new.accepts(old, new)

    def equal(self, before: str, after: str) -> bool:
        """Whether two annotations are one type."""
        old, new = self._forms(before, after)
        return old == new

    def _forms(self, before: str, after: str) -> tuple[Form, Form]:
        written = {self.old.renames.get(word, word) for word in _WORD.findall(before)}
        kept = self.kept & written & {*_WORD.findall(after)}
        return self.old.form(before, kept), self.new.form(after, kept)


def _level(breaks: bool) -> Level:
    return "error" if breaks else "info"


def effect_of(written: bool, read: bool) -> Effect:
    """The effect of a changed type: `written` and `read` as `Surface.types` says them."""
    if written and not read:
        return "wider"
    return "narrower" if read and not written else "different"


def type_levels(surface: Surface, owner: str, written: bool, read: bool) -> Levels:
    """Who breaks where the type of a value changes that a class or alias holds."""
    flows = surface.flows.get(owner) or BOTH
    caller = ("request" in flows and not written) or ("response" in flows and not read)
    service = ("request" in flows and not read) or ("response" in flows and not written)
    return {"severity": _level(caller), "service": _level(service)}


def change_of(
    identifier: str, severity: Level, name: str, message: str, effect: Effect = "none", service: Level | None = None
) -> Change:
    """A change at one dotted name, alike for callers and services unless `service` is given.

    The message has no owner of the name, so that equal changes become one.
    """
    return Change(
        identifier=f"python-{identifier}",
        severity=severity,
        service=service or severity,
        operation=name,
        old_pointer="",
        new_pointer="",
        message=message,
        places=(Place(operation=name),),
        axis="python",
        effect=effect,
    )


def stem_of(name: str) -> str:
    """The name of a group in that of one of its classes."""
    form = _FORMS.fullmatch(name)
    return form[1] if form else name


def renamed_to(dotted: str, old: str, new: str) -> Change:
    """A class that is called otherwise; the classes of one group, and what is called after it, go together."""
    if dotted.split(".")[1:2] in (["models"], ["errors"]):
        return change_of("class-renamed", "error", dotted, f"The class `{old}` is now called `{new}`.", "different")
    message = f"The group `{stem_of(old)}` is now called `{stem_of(new)}`."
    return change_of("group-renamed", "error", dotted, message, "different")


Fields = Mapping[str, tuple[str, bool]]


def compare_fields(surface: Surface, owner: str, before: Fields, after: Fields) -> Iterator[Change]:
    """Compare the fields of one class: those who make its objects write them, the others read them."""
    title = owner.rpartition(".")[2]
    writers = surface.writers(title)
    for name in {**before, **after}:
        dotted, shown = f"{owner}.{name}", f"`{title}.{name}`"
        if name not in after:
            yield change_of("field-removed", "error", dotted, f"The field {shown} is gone.", "narrower")
        elif name not in before:
            if after[name][1]:
                message = f"The field {shown} is new and has to be given where a `{title}` is made."
                yield replace(change_of("required-field-added", "error", dotted, message, "different"), **writers)
            else:
                yield change_of("field-added", "info", dotted, f"The field {shown} is new.", "wider")
        else:
            yield from _field(surface, dotted, before[name], after[name])


def _field(surface: Surface, dotted: str, before: tuple[str, bool], after: tuple[str, bool]) -> Iterator[Change]:
    title, name = dotted.split(".")[-2:]
    shown = f"`{title}.{name}`"
    if not surface.equal(before[0], after[0]):
        written, read = surface.types(before[0], after[0])
        differ = contrast(before[0], after[0])
        words = f": {differ.words}" if differ.words else f" from `{differ.old}` to `{differ.new}`"
        message = f"The type of the field {shown} changed{words}."
        change = change_of("field-type-changed", "error", dotted, message, effect_of(written, read))
        yield replace(change, **type_levels(surface, title, written, read))
    if after[1] and not before[1]:
        change = change_of(
            "field-became-required", "error", dotted, f"The field {shown} has to be given now.", "narrower"
        )
        yield replace(change, **surface.writers(title))
    elif before[1] and not after[1]:
        yield change_of("field-became-optional", "info", dotted, f"The field {shown} may be left out now.", "wider")


def compare_alias(surface: Surface, dotted: str, before: str, after: str) -> Iterator[Change]:
    """Compare what an alias or constant means."""
    name = dotted.rpartition(".")[2]
    if surface.equal(before, after):
        return
    written, read = surface.types(before, after)
    message = f"`{name}` stands for {_instead(before, after)}."
    change = change_of("name-type-changed", "error", dotted, message, effect_of(written, read))
    yield replace(change, **type_levels(surface, name, written, read))


def _instead(before: str, after: str) -> str:
    """Say which type there is now, and which was there."""
    differ = contrast(before, after)
    return f"another type: {differ.words}" if differ.words else f"`{differ.new}` instead of `{differ.old}`"


def _title(owner: str, name: str, word: str) -> str:
    """A method by its group: `CostsApi`, `SyncCostsApi`, `Costs` and `AsyncCosts` are forms of one thing."""
    if word == "function":
        return name
    form = _FORMS.fullmatch(owner.rpartition(".")[2])
    return f"{form[1] if form else owner}.{name}"


Methods = Mapping[str, Method]


def compare_methods(surface: Surface, owner: str, before: Methods, after: Methods, word: str) -> Iterator[Change]:
    """Compare the methods of a class, or the functions of a module: callers call them, services implement methods."""
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    twins = _Twins(surface, {name: before[name] for name in gone}, {name: after[name] for name in come})
    for name in gone:
        if alike := twins.of(name):
            come.remove(alike)
            if group := surface.group_in(after[alike].returns):
                yield renamed_to(f"{owner}.{name}", *group)
                continue
            message = f"The {word} `{_title(owner, name, word)}` is now called `{alike}`."
            yield change_of(f"{word}-renamed", "error", f"{owner}.{name}", message, "different")
        else:
            message = f"The {word} `{_title(owner, name, word)}` is gone."
            yield change_of(f"{word}-removed", "error", f"{owner}.{name}", message, "narrower")
    for name in come:
        message = f"The {word} `{_title(owner, name, word)}` is new."
        yield change_of(f"{word}-added", "info", f"{owner}.{name}", message, "wider")  # left out, it answers 501
    for name in before:
        if name in after and before[name] != after[name]:
            for change in _signature(surface, f"{owner}.{name}", _title(owner, name, word), before[name], after[name]):
                yield replace(change, service=change.severity) if word == "function" else change


class _Twins:
    """Methods that are gone, and the new ones that differ from them in their names only: looked up, as there may be many."""

    def __init__(self, surface: Surface, gone: Methods, come: Methods) -> None:
        self._surface, self._gone, self._come = surface, dict(gone), dict(come)
        self._olds: dict[Hashable, list[str]] = {}
        self._news: dict[Hashable, list[str]] = {}
        for names, methods, found in ((surface.old, gone, self._olds), (surface.new, come, self._news)):
            for name, method in methods.items():
                for key in self._keys(names, method):
                    found.setdefault(key, []).append(name)

    def of(self, name: str) -> str:
        """Take the new method that one became; empty if there is none, or if several may be meant."""
        old = self._gone[name]
        near = (one for key in self._keys(self._surface.old, old) for one in self._news.get(key, ()))
        news = _first_two(one for one in near if one in self._come and _alike(self._surface, old, self._come[one]))
        if len(news) != 1:
            return ""
        new = self._come[news[0]]
        near = (one for key in self._keys(self._surface.new, new) for one in self._olds.get(key, ()))
        if len(_first_two(one for one in near if _alike(self._surface, self._gone[one], new))) != 1:
            return ""
        del self._come[news[0]]
        return news[0]

    def _keys(self, names: Names, method: Method) -> list[Hashable]:
        """What alike methods have one of in common: their types without aliases, or with those that both versions have."""
        return [
            (
                method.is_async,
                names.form(method.returns, kept),
                tuple((a.name, a.kind, a.required, names.form(a.annotation, kept)) for a in method.arguments.values()),
                bool(kept),
            )
            for kept in {frozenset[str](), self._surface.kept}
        ]


def _first_two(names: Iterable[str]) -> list[str]:
    """The first two different names."""
    found: list[str] = []
    for name in names:
        if name not in found:
            found.append(name)
        if len(found) > 1:
            break
    return found


def _alike(surface: Surface, old: Method, new: Method) -> bool:
    """Whether two methods differ in their names only."""
    if old.is_async != new.is_async or not surface.equal(old.returns, new.returns):
        return False
    pairs = list(zip(old.arguments.values(), new.arguments.values(), strict=False))
    same = all(
        (a.name, a.kind, a.required) == (b.name, b.kind, b.required) and surface.equal(a.annotation, b.annotation)
        for a, b in pairs
    )
    return same and len(old.arguments) == len(new.arguments)


def _signature(surface: Surface, dotted: str, name: str, before: Method, after: Method) -> Iterator[Change]:
    if before.is_async != after.is_async:
        message = f"`{name}` is {'now' if after.is_async else 'no longer'} a coroutine."
        yield change_of("method-kind-changed", "error", dotted, message, "different")
    if not surface.equal(before.returns, after.returns):
        written, read = surface.types(before.returns, after.returns)
        message = f"`{name}` returns {_instead(before.returns, after.returns)}."
        found = change_of("return-type-changed", _level(not read), dotted, message, effect_of(written, read))
        yield replace(found, service=_level(not written))
    renamed = _renamed_argument(surface, before, after)
    if renamed and (group := surface.group_in(after.arguments[renamed[1]].annotation)):
        yield renamed_to(f"{dotted}({renamed[0]})", *group)
    elif renamed:
        message = f"The argument `{renamed[0]}` of `{name}` is now called `{renamed[1]}`."
        yield change_of("argument-renamed", "error", f"{dotted}({renamed[0]})", message, "different")
    for each in {**before.arguments, **after.arguments}:
        if each not in renamed:
            yield from _argument(
                surface, f"{dotted}({each})", name, before.arguments.get(each), after.arguments.get(each)
            )
    order = [
        [each.name for each in method.arguments.values() if each.kind == "positional"] for method in (before, after)
    ]
    shared = [[each for each in names if each in before.arguments and each in after.arguments] for names in order]
    if shared[0] != shared[1] and set(shared[0]) == set(shared[1]):
        message = f"The positional arguments of `{name}` are in another order."
        yield change_of("arguments-reordered", "error", dotted, message, "different")


def _renamed_argument(surface: Surface, before: Method, after: Method) -> tuple[str, str] | tuple[()]:
    """The old and new name of the one argument that differs in its name only, at the same place."""
    gone = [each for each in before.arguments if each not in after.arguments]
    come = [each for each in after.arguments if each not in before.arguments]
    if (
        len(gone) != 1
        or len(come) != 1
        or list(before.arguments).index(gone[0]) != list(after.arguments).index(come[0])
    ):
        return ()
    old, new = before.arguments[gone[0]], after.arguments[come[0]]
    same = (old.kind, old.required) == (new.kind, new.required) and surface.equal(old.annotation, new.annotation)
    return (gone[0], come[0]) if same else ()


def _argument(
    surface: Surface, place: str, method: str, old: Argument | None, new: Argument | None
) -> Iterator[Change]:
    """Compare one argument: callers give it, and a service has to take it as the Protocol says."""
    shown = f"The argument `{place.rpartition('(')[2].rstrip(')')}` of `{method}`"
    if new is None:
        service = _level(old is not None and old.required)  # one with a default asks for nothing more
        yield change_of("argument-removed", "error", place, f"{shown} is gone.", "narrower", service)
    elif old is None and new.required:
        yield change_of("required-argument-added", "error", place, f"{shown} is new and has to be given.", "narrower")
    elif old is None:
        serves = f"; a service that implements `{method}` has to take it" if "." in method else ""  # a function
        yield change_of("argument-added", "info", place, f"{shown} is new and optional{serves}.", "wider", "error")
    else:
        yield from _both(surface, place, shown, old, new)


def _both(surface: Surface, place: str, shown: str, old: Argument, new: Argument) -> Iterator[Change]:
    if new.required and not old.required:
        message = f"{shown} has to be given now."
        yield change_of("argument-became-required", "error", place, message, "narrower", "info")
    elif old.required and not new.required:
        yield change_of("argument-became-optional", "info", place, f"{shown} may be left out now.", "wider", "error")
    if old.kind == "positional" and new.kind == "keyword":
        message = f"{shown} can only be given by name now."
        yield change_of("argument-became-keyword-only", "error", place, message, "narrower", "info")
    elif old.kind == "keyword" and new.kind == "positional":
        message = f"{shown} may be given by its place now."
        yield change_of("argument-became-positional", "info", place, message, "wider", "error")
    if not surface.equal(old.annotation, new.annotation):
        written, read = surface.types(old.annotation, new.annotation)
        message = f"{shown} takes {_instead(old.annotation, new.annotation)}."
        found = change_of("argument-type-changed", _level(not written), place, message, effect_of(written, read))
        yield replace(found, service=_level(not read))
