"""The only place that makes a Python name.

Each part of the document that needs a name offers candidates: first the name that people would choose, last one that
no other part can have. `settle` chooses: if two parts offer the same name, both take their next candidate, in whatever
order they came.
"""

from __future__ import annotations

import builtins
import re
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Literal, TypeVar

from ..records import record
from .offers import Offers
from .pins import check_groups, check_pins, check_single
from .reserved import (
    BUILTIN_TYPES,
    CLASS_RESERVED,
    CONSTANT_RESERVED,
    GROUP_RESERVED,
    METHOD_RESERVED,
    MODEL_ATTRIBUTES,
    MODEL_MODULES,
    MODEL_NAMES,
    MODEL_PREFIXES,
    PARAMETER_RESERVED,
)
from .words import SPLIT, capitals, constant, identifier, is_plain, pascal, safe, snake, spelled, status, without, words

Key = TypeVar("Key", bound=Hashable)
OperationKey = TypeVar("OperationKey", bound=tuple[str, ...])
"""The method and path of an operation; for a callback also its JSON pointer."""
FieldNames = Literal["snake", "wire"]
"""How fields are called: as people do in Python, or as on the wire."""
FILE_NAME = 120  # octets of the name of a module or package: file systems take 255, with what is put around it


def settle(
    candidates: Mapping[Key, Sequence[str]],
    *,
    taken: Collection[str] = (),
    derived: Callable[[str], Sequence[str]] = lambda _: (),
) -> dict[Key, str]:
    """Give each key the first of its candidates that no other key and nothing in `taken` has.

    `derived` gives the names that are made of a name: who wants one of these for itself takes its next candidate. The
    result does not depend on the order of the mapping. The last candidate of each key should be injective (`spelled`); if
    it is not, underscores tell the keys apart.
    """
    used = set(taken)
    first = {key: names[0] for key, names in candidates.items()}
    if not any(map(derived, first.values())) and len(used.union(first.values())) == len(used) + len(first):
        return first  # in most cases
    level = dict.fromkeys(candidates, 0)
    moved = list(candidates)
    while moved:
        now = {key: names[level[key]] for key, names in candidates.items()}
        own, made = Counter(now.values()), Counter(one for name in now.values() for one in derived(name))
        met = [key for key, name in now.items() if own[name] > 1 or made[name] or name in used]
        moved = [key for key in met if level[key] + 1 < len(candidates[key])]
        if not moved:  # only when all names differ: what is made of them may still be the same
            met = [key for key, name in now.items() if any(made[one] > 1 or one in used for one in derived(name))]
            moved = [key for key in met if level[key] + 1 < len(candidates[key])]
        for key in moved:
            level[key] += 1
    result: dict[Key, str] = {}
    for key in sorted(candidates, key=str):
        name = candidates[key][level[key]]
        while not used.isdisjoint((name, *derived(name))):
            name += "_"
        used.update((name, *derived(name)))
        result[key] = name
    return {key: result[key] for key in candidates}


def _of_file(name: str) -> str:
    """Cut a name that a file or folder will have after a word: file systems take 255 octets."""
    octets = name.encode()
    cut = octets[:FILE_NAME].decode(errors="ignore")
    return name if len(octets) <= FILE_NAME else cut.rpartition("_")[0] or cut


def _if_cut(name: str, key: str) -> list[str]:
    """Offer a cut name with a digest of what it names, as other names may begin with the same octets; none for a whole one."""
    cut = _of_file(name)
    return [] if cut == name else [f"{cut}_{sha256(key.encode()).hexdigest()[:12]}"]


def package(title: str) -> str:
    """Name a package after a document: its title or file name."""
    taken = {"generator", "spectwin", "templates", "tests", *dir(builtins)}
    return safe(_of_file(snake(title, prefix="api")), taken)


def groups(tags: Iterable[str], taken: Collection[str] = ()) -> dict[str, str]:
    """Name the group of each tag: the client's attribute, the module and the argument of `create_app`.

    Tags that read the same (`Account`, `account`) are one group. No two groups are called the same where capitals do not
    count: file systems may not tell them apart.
    """
    readings = {tag: snake(tag, prefix="group") for tag in tags}
    shown: dict[str, str] = {}
    for name in sorted(readings.values()):
        shown.setdefault(name.casefold(), _of_file(name))
    offers = {
        reading: [
            *([] if name in GROUP_RESERVED else [safe(name)]),
            *(f"{name}_group", f"{name}_operations", *_if_cut(reading, reading)),
        ]
        for reading, name in shown.items()
    }
    found = settle(offers, taken=taken, derived=lambda name: [one for one in [name.casefold()] if one != name])
    return {tag: found[name.casefold()] for tag, name in readings.items()}


def group_classes(tags: Mapping[str, str]) -> dict[str, str]:
    """Name the class of each group (group → one of its tags): `user_keys` → UserKeys, Protocol UserKeysApi.

    The names that are made of it stay free too: no tag may take the Protocol of another.
    """

    def offers(group: str, tag: str) -> list[str]:
        own = pascal(tag, prefix="Group")
        plain = [own] if own != group and snake(tag, prefix="group") not in GROUP_RESERVED else []
        return [*plain, f"{own}Group", f"{own}Operations", f"{pascal(group, prefix='Group')}Group"]

    return settle(
        {group: offers(group, tag) for group, tag in tags.items()},
        taken=CLASS_RESERVED,
        derived=lambda name: (f"{name}Api", f"Sync{name}", f"Sync{name}Api", f"Async{name}"),
    )


def operation_words(operation_id: str | None, method: str, path: str) -> list[str]:
    """Split an operation's name into words: its operationId without what FastAPI adds, else its method and path."""
    if operation_id and SPLIT.sub("", operation_id):
        if operation_id.endswith(f"_{method.lower()}"):
            made = re.sub(r"\W", "_", path) + f"_{method.lower()}"
            operation_id = operation_id.removesuffix(made) or operation_id
        if found := words(operation_id):
            return found
    parts = [part for part in path.split("/") if part]
    found = [method.lower()]
    for index, part in enumerate(parts):
        if "{" not in part:
            found += words(part)
        elif index == len(parts) - 1:
            found += ["by", *words(part)]
    return found


def operations(
    keys: Mapping[OperationKey, str | None], group: str, pins: Mapping[OperationKey, str] | None = None
) -> dict[OperationKey, tuple[str, str]]:
    """Name the operations (key → operationId) of a group, without the group's name if that stays unique.

    `pins` are names that the settings choose, by key. Gives each name with the one that the operation would have alone.
    """
    pinned = dict(pins or {})

    def offers(key: OperationKey, operation_id: str | None) -> Sequence[str]:
        full = operation_words(operation_id, *key[:2])
        names = (identifier("_".join(one), "operation") for one in (without(full, group.split("_")), full))

        def longer() -> list[str]:
            at = " ".join(key[:2])
            names = [spelled(operation_id, prefix="operation")] if operation_id else []
            names += [snake(at, prefix="operation"), spelled(at, prefix="operation")]
            names += [spelled(pointer, prefix="operation") for pointer in key[2:]]
            return [safe(name, METHOD_RESERVED) for name in names]

        return Offers([safe(name, METHOD_RESERVED) for name in names], longer)

    free = {key: offers(key, operation_id) for key, operation_id in keys.items() if key not in pinned}
    found = settle(free, taken=set(pinned.values()))
    return {key: (name, name) for key, name in pinned.items()} | {key: (found[key], free[key][0]) for key in free}


def constants(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Name the contract's constant of each (group, operation)."""
    offers = {(g, o): [constant(f"{g}_{o}"), constant(f"{g}__{o}"), f"{g}__{o}"] for g, o in pairs}
    return settle(offers, taken=CONSTANT_RESERVED)


View = tuple[str, str, str, str, str | None]
"""An operation to be named: its pointer, tag, method, path and operationId."""


@record(kw_only=True)
class Naming:
    """The names of a document's operations, by JSON pointer: group and method, and the contract's constant.

    `classes` are those of the groups; `hidden` are the built-in types that annotations in them can't read, as methods have
    their names. `lengthened` are the operations whose short name another operation offers too: pointer → that name. `pins`
    are the pins that name operations.
    """

    operations: Mapping[str, tuple[str, str]]
    constants: Mapping[str, str]
    classes: Mapping[str, str]
    hidden: Mapping[str, frozenset[str]]
    lengthened: Mapping[str, str]
    pins: frozenset[str]

    def contract(self, *, divided: bool) -> set[str]:
        """Names that the contract has; a divided one has the modules of groups, and functions in these."""
        own = {*self.constants.values()}
        return own | {one for group, name in self.operations.values() for one in (group, f"{group}_{name}") if divided}

    def words(self, pointer: str) -> str:
        """Name what precedes the names of an operation's inline schemas."""
        group, name = self.operations[pointer]
        return f"{group}_{name}" if not name.startswith(group) else name


def name_operations(views: Sequence[View], pins: Mapping[str, str], events: Sequence[View] = ()) -> Naming:
    """Name operations; `events` are webhooks and callbacks, which have groups of their own.

    `pins` are by operationId or pointer: `add`, or `costs.add` to choose the group too. Raises `pins.PinError`.
    """
    tags = groups(view[1] for view in views)
    announced = groups((view[1] for view in events), taken=tags.values())
    homes = {view[0]: tags[view[1]] for view in views} | {view[0]: announced[view[1]] for view in events}
    every = [*views, *events]
    chosen = {view[0]: pin for view in every for pin in (view[4], view[0]) if pin and pin in pins}
    check_single(chosen)
    pinned_homes = {at: pins[pin].rpartition(".")[0] for at, pin in chosen.items() if "." in pins[pin]}
    check_groups({chosen[at]: home for at, home in pinned_homes.items()}, {*tags.values(), *announced.values()})
    homes |= pinned_homes
    methods = {at: pins[pin].rpartition(".")[2] for at, pin in chosen.items()}
    check_pins({chosen[at]: (homes[at], name) for at, name in methods.items()}, METHOD_RESERVED)
    found: dict[str, tuple[str, str]] = {}
    lengthened: dict[str, str] = {}
    members: dict[str, list[View]] = {}
    for view in every:
        members.setdefault(homes[view[0]], []).append(view)
    for group, mine in members.items():
        keys = {(method, path, at): id_ for at, _, method, path, id_ in mine}
        pinned = {key: methods[key[2]] for key in keys if key[2] in methods}
        for key, (name, alone) in operations(keys, group, pinned).items():
            found[key[2]] = (group, name)
            if alone != name:
                lengthened[key[2]] = alone
    made = constants(found.values())
    own = {group: [view[1] for view in mine if (tags | announced)[view[1]] == group] for group, mine in members.items()}
    return Naming(
        operations={view[0]: found[view[0]] for view in every},
        constants={pointer: made[pair] for pointer, pair in found.items()},
        classes=group_classes({group: min(mine, default=group) for group, mine in own.items()}),
        hidden={group: BUILTIN_TYPES & {found[view[0]][1] for view in mine} for group, mine in members.items()},
        lengthened=lengthened,
        pins=frozenset(pin for view in every for pin in (view[4], view[0]) if pin and pin in pins),
    )


def errors(bodies: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Name an exception for each (status, body annotation → words of its type); short if a status has one body."""
    alone = {code for code, _ in bodies if sum(code == other for other, _ in bodies) == 1}

    def offers(code: str, word: str) -> list[str]:
        long = f"{status(code)}{capitals(word)}"
        return [
            *([status(code)] if code in alone else []),
            long,
            f"{long}{capitals(code)}",
            f"{long}Of{spelled(code + word, prefix='Status')}",
        ]

    return settle({key: offers(key[0], word) for key, word in bodies.items()})


@lru_cache(1_000)
def parameters(*keys: tuple[str, str]) -> Mapping[tuple[str, str], str]:
    """Name the parameters (location, wire name) of one operation; many have the same."""

    def offers(location: str, wire_name: str) -> list[str]:
        name = snake(wire_name, prefix="param")
        long = spelled(wire_name, prefix="param")
        tried = (name, f"{name}_{location}", long, f"{long}_{location}", f"{long}_in_{location}")
        return [safe(one, PARAMETER_RESERVED) for one in tried]

    return settle({key: offers(*key) for key in keys})


def fields(
    wire_names: Collection[str],
    types: Collection[str],
    style: FieldNames = "snake",
    inherited: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Name the fields of a model; `types` are the names in its annotations, `inherited` are fields that have names.

    A field that is called on the wire as it would be in Python has that name; where two others would be called the same,
    they keep their wire names as far as Python allows it. No field is called like another one on the wire, nor like what an
    annotation reads: it would stand for the field's default there.
    """
    barred = MODEL_ATTRIBUTES | set(types) | MODEL_NAMES
    wire_names = dict.fromkeys(wire_names)  # looked up for each of them, and in their order

    def free(name: str) -> str:
        return f"{name}_" if name.startswith(MODEL_PREFIXES) else safe(name, barred)

    def offers(wire_name: str) -> list[str]:
        own, made = [wire_name] * is_plain(wire_name), snake(wire_name, prefix="field")
        kept = own and (style == "wire" or wire_name == wire_name.lower())
        found = [free(name) for name in ([*own, made] if kept else [made, *own])]
        found.append(free(spelled(wire_name, prefix="field")))
        longer = found[-1] + "_"
        while longer in wire_names:
            longer += "_"
        return [name for name in (*found, longer) if name == wire_name or name not in wire_names]

    known = dict(inherited or {})
    offered = {name: offers(name) for name in wire_names if name not in known}
    exact = known | {name: name for name, names in offered.items() if names[0] == name and name not in known.values()}
    others = {name: names for name, names in offered.items() if name not in exact}
    return exact | settle(others, taken={*exact.values(), *types})


def schemas(components: Mapping[str, str], taken: Collection[str] = ()) -> dict[str, str]:
    """Name the class or alias of each component schema (pointer → name in the document)."""

    def offers(name: str) -> list[str]:
        return [safe(pascal(name), MODEL_NAMES), safe(spelled(name, prefix="Schema"), MODEL_NAMES)]

    return settle({pointer: offers(name) for pointer, name in components.items()}, taken=taken)


def model_modules(leads: Mapping[str, str], classes: Collection[str]) -> dict[str, str]:
    """Name the module of models that each class (by some key) leads: `FullRepository` → full_repository.

    No module is called like one of the `classes`, which the package of the models has too, nor like another one where
    capitals do not count.
    """

    def offers(key: str, name: str) -> list[str]:
        plain = snake(name, prefix="schema")
        cased = "".join(f"{char.lower()}_" if char.isupper() else char for char in name.replace("_", "__"))
        long = f"{cased}_schema"
        made = [safe(_of_file(one), MODEL_MODULES) for one in (plain, f"{plain}_schema", long)]
        return made + _if_cut(long, key)

    derived = lambda name: [one for one in [name.casefold()] if one != name]  # noqa: E731
    return settle({key: offers(key, name) for key, name in leads.items()}, taken=classes, derived=derived)


def security_schemes(names: Iterable[str], taken: Collection[str] = ()) -> dict[str, str]:
    """Name the contract's constant of each security scheme."""
    offers = {
        name: [
            constant(snake(name, prefix="scheme")),
            constant(spelled(name, prefix="scheme")),
            safe(spelled(name, prefix="SCHEME")),
        ]
        for name in names
    }
    return settle(offers, taken={*taken, *CONSTANT_RESERVED})


def variants(names: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """Name the form that a schema has in one direction: `Pet` in a request is PetRequest."""
    return settle({key: [name, f"{name}Variant"] for key, name in names.items()}, taken=taken)


def inline_schemas(places: Mapping[str, tuple[str, Sequence[str]]], taken: Collection[str]) -> dict[str, str]:
    """Name inline schemas after their places: key (a JSON pointer, with its direction) → (name of the holder, words)."""

    def free(name: str) -> str:
        return safe(name if name.isidentifier() else pascal(name), MODEL_NAMES)

    def offers(key: str, parent: str, hint: Sequence[str]) -> Sequence[str]:
        short = parent + "".join(capitals(word) for word in hint)
        return Offers([free(short)], lambda: longer(key, parent, hint, short))

    def longer(key: str, parent: str, hint: Sequence[str], short: str) -> list[str]:
        found = re.search(r"/responses/([^/]+)/", key)
        status_ = capitals(found[1]) if found else ""
        found = re.search(r"/content/([^/]+)/", key)
        media = capitals(found[1].rpartition("~1")[2]) if found else ""
        method = capitals(" ".join(re.findall(r"/paths/([^/]+)/(\w+)/", key)[0])) if key.startswith("#/paths/") else ""
        long = [short + status_, short + media, short + status_ + media, f"{short}{method}{status_}{media}"]
        long.append(parent + "".join(capitals(spelled(word, prefix="Field")) for word in hint))
        if key.startswith("#/components/mediaTypes/"):
            long.append(short + capitals(key.rpartition("?")[2] if "?" in key else "response"))
        whole = pascal(spelled(key, prefix="Schema"))
        return [free(one) for one in dict.fromkeys(long) if one != short] + [whole]

    return settle({key: offers(key, parent, hint) for key, (parent, hint) in places.items()}, taken=taken)


def rule(pointer: str, taken: Collection[str]) -> str:
    """Name a schema that rules refer to, after the last part of its pointer."""
    short = pascal(pointer.rpartition("/")[2])
    return settle({pointer: [short, spelled(pointer, prefix="Schema")]}, taken=taken)[pointer]
