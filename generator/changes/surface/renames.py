"""Classes that are called otherwise: which became which, and how a module reads with the new names.

Classes are looked up by their shapes: very many of them may be called otherwise at once.
"""

from __future__ import annotations

import re
from collections import ChainMap, Counter
from collections.abc import Hashable, Mapping
from dataclasses import replace

from .members import stem_of
from .read import Class, Method, Module

_WORD = re.compile(r"\w+")
_OWN = "_"
"""What stands for the name of a class in its shape."""


def find_renames(before: Mapping[str, Module], after: Mapping[str, Module]) -> dict[str, str]:
    """Find classes by their old name, with the new one: those that name others are found once these are."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    modules = [name for name in before if name in after]
    gone = [
        (module, name)
        for module in modules
        for name, each in before[module].classes.items()
        if name not in after[module].classes and (each.fields or each.methods)
    ]
    places = {each: number for number, each in enumerate(gone)}
    naming: dict[str, list[tuple[str, str]]] = {}  # the classes that have a word in them
    for module, name in gone:
        for word in _words(before[module].classes[name]):
            naming.setdefault(word, []).append((module, name))
    come = {module: _by_shape(before[module], after[module]) for module in modules}
    turn = gone
    while turn:
        more: dict[str, str] = {}
        for module, name in turn:
            shape = _shape(_renamed_class(before[module].classes[name], ChainMap({name: _OWN}, found)))
            twins = come[module].get(shape, [])
            while twins and twins[-1] in taken:
                twins.pop()
            if twins:
                more[name] = twins.pop()
        found |= more
        taken.update(more.values())
        again = {each for name in more for each in naming.get(name, ()) if each[1] not in found}
        turn = sorted(again, key=places.__getitem__)
    found |= _in_circles(before, after, found)
    return found | _of_groups(before, after, found)


def _by_shape(before: Module, after: Module) -> dict[Hashable, list[str]]:
    """Sort the new classes of a module by their shapes; of several that are alike the first comes last."""
    found: dict[Hashable, list[str]] = {}
    for name, each in reversed(after.classes.items()):
        if name not in before.classes:
            found.setdefault(_shape(_renamed_class(each, {name: _OWN})), []).append(name)
    return found


def _whole(each: Class) -> Hashable:
    """Make what is the same for classes that are equal."""
    methods = frozenset((name, _method(method)) for name, method in each.methods.items())
    return each.bases, frozenset(each.fields.items()), methods


def _shape(each: Class) -> Hashable:
    """Make what is the same for classes that are alike.

    Of a group's, methods may be called otherwise, as the group's name is no part of theirs.
    """
    if each.fields:
        return _whole(each)
    return each.bases, frozenset(Counter(map(_method, each.methods.values())).items())


def _method(method: Method) -> Hashable:
    return frozenset(method.arguments.items()), method.returns, method.is_async


def _words(each: Class) -> set[str]:
    texts = [*each.bases, *(text for text, _ in each.fields.values())]
    for method in each.methods.values():
        texts += [method.returns, *(one.annotation for one in method.arguments.values())]
    return {word for text in texts for word in _WORD.findall(text)}


def _in_circles(before: Mapping[str, Module], after: Mapping[str, Module], known: Mapping[str, str]) -> dict[str, str]:
    """Renamed classes that name one another: alike but for these names, and each the only one like that."""
    found: dict[str, str] = {}
    taken = set(known.values())
    for module in before.keys() & after.keys():
        olds, news = before[module].classes, after[module].classes
        names = {**known, **dict.fromkeys(olds.keys() - news.keys(), _OWN)}
        blank = dict.fromkeys((one for one in news if one not in olds and one not in taken), _OWN)
        twins: dict[Hashable, list[str]] = {}
        for other in blank:
            twins.setdefault(_whole(_renamed_class(news[other], blank)), []).append(other)
        for one, each in olds.items():
            if one not in news and one not in known and (each.fields or each.methods):
                alike = twins.get(_whole(_renamed_class(each, names)), [])
                if len(alike) == 1:
                    found[one] = alike[0]
        times = Counter(found.values())
        found = {one: twin for one, twin in found.items() if times[twin] == 1}
    whole = {**known, **found}
    sure = {
        one: twin
        for module in before.keys() & after.keys()
        for one, twin in found.items()
        if one in before[module].classes
        and twin in after[module].classes
        and _renamed_class(before[module].classes[one], whole) == after[module].classes[twin]
    }
    return sure if len(sure) == len(found) else {}


def _of_groups(before: Mapping[str, Module], after: Mapping[str, Module], known: Mapping[str, str]) -> dict[str, str]:
    """The classes of groups that have modules of their own, and names of their own with these."""
    stems = {stem_of(old): stem_of(new) for old, new in known.items() if stem_of(old) != old or stem_of(new) != new}
    found = {}
    for name in before.keys() - after.keys():
        for one in before[name].classes:
            if one not in known and stem_of(one) in stems:
                found[one] = one.replace(stem_of(one), stems[stem_of(one)])
    return found


def renamed(module: Module, renames: Mapping[str, str]) -> Module:
    """A module as it reads after classes were renamed, so that a rename is reported once and not where it is used."""
    if not renames:
        return module
    return Module(
        classes={name: _renamed_class(each, renames) for name, each in module.classes.items()},
        functions={name: _renamed_method(each, renames) for name, each in module.functions.items()},
        names={name: renamed_text(text, renames) for name, text in module.names.items()},
    )


def _renamed_class(each: Class, renames: Mapping[str, str]) -> Class:
    return Class(
        tuple(renamed_text(base, renames) for base in each.bases),
        {name: (renamed_text(text, renames), needed) for name, (text, needed) in each.fields.items()},
        {name: _renamed_method(method, renames) for name, method in each.methods.items()},
    )


def _renamed_method(method: Method, renames: Mapping[str, str]) -> Method:
    arguments = {
        name: replace(each, annotation=renamed_text(each.annotation, renames))
        for name, each in method.arguments.items()
    }
    return replace(method, arguments=arguments, returns=renamed_text(method.returns, renames))


def renamed_text(text: str, renames: Mapping[str, str]) -> str:
    """Write a text with the new names."""
    return _WORD.sub(lambda found: renames.get(found[0], found[0]), text)
