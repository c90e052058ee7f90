"""The only place that makes a Python name.

Each part of the document that needs a name offers candidates: first the name that people would choose, last one that
no other part can have. `settle` chooses: if two parts offer the same name, both take their next candidate, in whatever
order they came.
"""

from __future__ import annotations

import builtins
import re
import unicodedata
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from .reserved import BUILTIN_TYPES, GROUP_RESERVED, KEYWORDS, METHOD_RESERVED, MODEL_ATTRIBUTES, MODEL_NAMES

Key = TypeVar("Key", bound=Hashable)
OperationKey = TypeVar("OperationKey", bound=tuple[str, ...])
"""The method and path of an operation; for a callback also its JSON pointer."""

_SPLIT = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CHARACTERS = dict(
    zip(
        "-.[]/:$@ +{}*#",
        "dash dot open close slash colon dollar at space plus left right star hash".split(),
        strict=True,
    )
)
FILE_NAME = 120  # octets of the name of a module or package: file systems take 255, with what is put around it
_PLURALS = ((re.compile(r"ies$"), "y"), (re.compile(r"(ss|sh|ch|x|z)es$"), r"\1"), (re.compile(r"(?<!s)s$"), ""))


def words(text: str) -> list[str]:
    """Split a name of any style into lower-case words: `listCostsV2` → list, costs, v2."""
    pieces = _SPLIT.split(unicodedata.normalize("NFKC", text))
    return [word.lower() for piece in pieces if piece for word in _CAMEL.split(piece) if word]


def snake(text: str, *, prefix: str = "x") -> str:
    """Name a function, argument or module: `lower_case`, `prefix_` before a leading digit."""
    return _identifier("_".join(words(text)), prefix)


def pascal(text: str) -> str:
    """Name a class: capitals inside a word stay (`HTTPError`), `Schema` before a leading digit."""
    name = _capitals(text)
    return name if name.isidentifier() else _identifier(f"Schema{name}", "Schema")


def _capitals(text: str) -> str:
    return "".join(piece[0].upper() + piece[1:] for piece in _SPLIT.split(unicodedata.normalize("NFKC", text)) if piece)


def spelled(text: str, *, prefix: str) -> str:
    """Name a thing without losing a character: what is no letter is spelled out (`a-b` → `a_dash_b`)."""
    normal = unicodedata.normalize("NFKC", text)
    if normal.isidentifier() and normal == text and not normal.startswith("_"):
        return text
    parts = [
        char if char == "_" or char.isalnum() else f"_{_CHARACTERS.get(char, f'u{ord(char):x}')}_" for char in text
    ]
    return _identifier("".join(parts).strip("_"), prefix)


def _identifier(name: str, prefix: str) -> str:
    """Turn what is nearly an identifier into one."""
    name = "".join(char for char in name if ("a" + char).isidentifier())
    if not name or not name.isidentifier() or name.startswith("_"):
        name = f"{prefix}_{name.lstrip('_')}" if prefix.islower() else f"{prefix}{name.lstrip('_')}"
    return unicodedata.normalize("NFKC", name).rstrip("_") or prefix


def safe(name: str, reserved: Collection[str] = ()) -> str:
    """Add an underscore to a name that is a keyword or reserved."""
    return name + "_" if name in KEYWORDS or name in reserved else name


def settle(candidates: Mapping[Key, Sequence[str]], *, taken: Collection[str] = ()) -> dict[Key, str]:
    """Give each key the first of its candidates that no other key and nothing in `taken` has.

    The result does not depend on the order of the mapping. The last candidate of each key should be injective
    (`spelled`); if it is not, underscores tell the keys apart.
    """
    level = dict.fromkeys(candidates, 0)
    used = set(taken)
    while True:
        holders: dict[str, list[Key]] = {}
        for key, names in candidates.items():
            holders.setdefault(names[level[key]], []).append(key)
        moved = False
        for name, keys in holders.items():
            if len(keys) > 1 or name in used:
                for key in keys:
                    if level[key] + 1 < len(candidates[key]):
                        level[key] += 1
                        moved = True
        if not moved:
            break
    result: dict[Key, str] = {}
    for key in sorted(candidates, key=str):
        name = candidates[key][level[key]]
        while name in used:
            name += "_"
        used.add(name)
        result[key] = name
    return {key: result[key] for key in candidates}


def _of_file(name: str) -> str:
    """Cut a name that a file or folder will have after a word: file systems take 255 octets."""
    octets = name.encode()
    cut = octets[:FILE_NAME].decode(errors="ignore")
    return name if len(octets) <= FILE_NAME else cut.rpartition("_")[0] or cut


def package(title: str) -> str:
    """Name a package after a document: its title or file name."""
    return safe(
        _of_file(snake(title, prefix="api")), frozenset({"generator", "templates", "tests"}) | set(dir(builtins))
    )


def groups(tags: Iterable[str]) -> dict[str, str]:
    """Name the group of each tag: the client's attribute, the module and the argument of `create_app`.

    Tags that read the same (`Account`, `account`) are one group.
    """
    result: dict[str, str] = {}
    for tag in tags:
        name = _of_file(snake(tag, prefix="group"))
        barred = name in GROUP_RESERVED or name in BUILTIN_TYPES or name.startswith(("sync_", "async_"))
        result[tag] = safe(f"{name}_group" if barred else name)
    return result


def group_class(group: str) -> str:
    """Name the class of a group: `user_keys` → UserKeys."""
    return safe("".join(part[:1].upper() + part[1:] for part in group.split("_")), MODEL_NAMES)


def operation_words(operation_id: str | None, method: str, path: str) -> list[str]:
    """Split an operation's name into words: its operationId without what FastAPI adds, else its method and path."""
    if operation_id and _SPLIT.sub("", operation_id):
        made = re.sub(r"\W", "_", path) + f"_{method.lower()}"
        if operation_id.endswith(made) and len(operation_id) > len(made):
            operation_id = operation_id[: -len(made)]
        if words(operation_id):
            return words(operation_id)
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
) -> dict[OperationKey, str]:
    """Name the operations (key → operationId) of a group, without the group's name if that stays unique.

    `pins` are names that the settings choose, by key.
    """
    pinned = {key: safe(snake(name), METHOD_RESERVED) for key, name in (pins or {}).items()}

    def offers(key: OperationKey, operation_id: str | None) -> list[str]:
        method, path = key[:2]
        full = operation_words(operation_id, method, path)
        short = _without(full, group.split("_"))
        names = ["_".join(short), "_".join(full)]
        if short and (short[0] in METHOD_RESERVED and len(short) == 1):
            names.pop(0)
        names = [_identifier(name, "operation") for name in names]
        if operation_id:
            names.append(spelled(operation_id, prefix="operation"))
        names += [snake(f"{method} {path}", prefix="operation"), spelled(f"{method} {path}", prefix="operation")]
        names += [spelled(pointer, prefix="operation") for pointer in key[2:]]
        return [safe(name, METHOD_RESERVED) for name in names]

    free = {key: offers(key, operation_id) for key, operation_id in keys.items() if key not in pinned}
    return pinned | settle(free, taken=set(pinned.values()))


def _without(full: list[str], group: list[str]) -> list[str]:
    """Take a group's words, in singular or plural, off one end of a name."""
    size = len(group)
    if len(full) <= size:
        return full
    if [_singular(word) for word in full[:size]] == [_singular(word) for word in group]:
        return full[size:]
    if [_singular(word) for word in full[-size:]] == [_singular(word) for word in group]:
        return full[:-size]
    return full


def _singular(word: str) -> str:
    for pattern, end in _PLURALS:
        if pattern.search(word):
            return pattern.sub(end, word)
    return word


def constants(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Name the contract's constant of each (group, operation)."""
    return settle({(g, o): [f"{g}_{o}".upper(), f"{g}__{o}".upper(), f"{g}__{o}"] for g, o in pairs})


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The names of a document's operations, by JSON pointer: group and method, and the contract's constant.

    `groups` are by tag. `lengthened` are the operations whose short name another operation offers too: pointer → that name.
    """

    groups: Mapping[str, str]
    operations: Mapping[str, tuple[str, str]]
    constants: Mapping[str, str]
    lengthened: Mapping[str, str]

    def words(self, pointer: str) -> str:
        """Name what precedes the names of an operation's inline schemas."""
        group, name = self.operations[pointer]
        return f"{group}_{name}" if not name.startswith(group) else name


def name_operations(views: Sequence[tuple[str, str, str, str, str | None]], pins: Mapping[str, str]) -> Naming:
    """Name operations given as (pointer, tag, method, path, operationId).

    `pins` are by operationId or pointer: `add`, or `costs.add` to choose the group too.
    """
    chosen = {view[0]: pins[pin] for view in views for pin in (view[4], view[0]) if pin and pin in pins}
    tags = groups(dict.fromkeys(tag for _, tag, *_ in views))
    homes = {
        pointer: snake(chosen[pointer].rpartition(".")[0], prefix="group")
        if "." in chosen.get(pointer, "")
        else tags[tag]
        for pointer, tag, *_ in views
    }
    found: dict[str, tuple[str, str]] = {}
    lengthened: dict[str, str] = {}
    for group in dict.fromkeys(homes.values()):
        mine = {
            (method, path, pointer): (pointer, id_)
            for pointer, _, method, path, id_ in views
            if homes[pointer] == group
        }
        pinned = {key: chosen[at].rpartition(".")[2] for key, (at, _) in mine.items() if at in chosen}
        made = operations({key: id_ for key, (_, id_) in mine.items()}, group, pinned)
        found.update({mine[key][0]: (group, name) for key, name in made.items()})
        for key, (pointer, id_) in mine.items():
            alone = operations({key: id_}, group)[key]
            if key not in pinned and alone != made[key]:
                lengthened[pointer] = alone
    made_constants = constants(found.values())
    return Naming(
        groups=tags,
        operations=found,
        constants={pointer: made_constants[pair] for pointer, pair in found.items()},
        lengthened=lengthened,
    )


def errors(bodies: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Name an exception for each (status, body annotation → words of its type); short if a status has one body."""
    alone = {code for code, _ in bodies if sum(code == other for other, _ in bodies) == 1}

    def offers(code: str, word: str) -> list[str]:
        long = f"{status(code)}{_capitals(word)}"
        return [
            *([status(code)] if code in alone else []),
            long,
            f"{long}{_capitals(code)}",
            f"{long}Of{spelled(code + word, prefix='Status')}",
        ]

    return settle({key: offers(key[0], word) for key, word in bodies.items()})


def parameters(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Name the parameters (location, wire name) of one operation.

    `self` and `body` belong to the method; `contract` and `exceptions` are modules that its body reads.
    """

    def offers(location: str, wire_name: str) -> list[str]:
        name = snake(wire_name, prefix="param")
        long = spelled(wire_name, prefix="param")
        return [
            safe(one, {"self", "body", "contract", "exceptions"})
            for one in (name, f"{name}_{location}", long, f"{long}_{location}", f"{long}_in_{location}")
        ]

    return settle({key: offers(*key) for key in keys})


def fields(wire_names: Iterable[str], types: Collection[str]) -> dict[str, str]:
    """Name the fields of a model: the property's name if Python allows it; `types` are the names in its annotations."""

    def first(wire_name: str) -> str:
        if wire_name.isidentifier() and unicodedata.normalize("NFKC", wire_name) == wire_name:
            name = wire_name
        else:
            name = "_".join(part for part in _SPLIT.split(unicodedata.normalize("NFKC", wire_name)) if part)
        name = _identifier(name, "field") if not name.isidentifier() or name.startswith("_") else name
        return safe(f"{name}_" if name.startswith("model_") else name, barred)

    barred = BUILTIN_TYPES | MODEL_ATTRIBUTES | set(types) | MODEL_NAMES
    asked = {name: first(name) for name in wire_names}
    exact = {name: name for name, offered in asked.items() if offered == name}
    others = {
        name: [offered, safe(spelled(name, prefix="field"), barred)]
        for name, offered in asked.items()
        if name not in exact
    }
    return exact | settle(others, taken=exact.keys())


def schemas(components: Mapping[str, str], taken: Collection[str] = ()) -> dict[str, str]:
    """Name the class or alias of each component schema (pointer → name in the document)."""

    def offers(name: str) -> list[str]:
        return [safe(pascal(name), MODEL_NAMES), safe(spelled(name, prefix="Schema"), MODEL_NAMES)]

    return settle({pointer: offers(name) for pointer, name in components.items()}, taken=taken)


def security_schemes(names: Iterable[str]) -> dict[str, str]:
    """Name the contract's constant of each security scheme."""
    return settle(
        {
            name: [
                snake(name, prefix="scheme").upper(),
                spelled(name, prefix="scheme").upper(),
                safe(spelled(name, prefix="SCHEME")),
            ]
            for name in names
        }
    )


def status(code: str) -> str:
    """Name the exceptions of a status: 404 → NotFound, 4XX → ClientError, default → DefaultError."""
    known = {"1XX": "Informational", "2XX": "Success", "3XX": "Redirection", "4XX": "ClientError", "5XX": "ServerError"}
    if code.upper() in known:
        return known[code.upper()]
    if code == "default":
        return "DefaultError"
    try:
        phrase = {
            413: "Content Too Large",
            416: "Range Not Satisfiable",
            418: "Im A Teapot",
            422: "Unprocessable Entity",
            501: "Unimplemented",
        }.get(int(code), HTTPStatus(int(code)).phrase)
    except ValueError:
        return f"Status{code}"
    return "".join(word[:1].upper() + word[1:] for word in _SPLIT.split(phrase.replace("'", "")) if word)


def variants(names: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """Name the form that a schema has in one direction: `Pet` in a request is PetRequest."""
    return settle({key: [name, f"{name}Variant"] for key, name in names.items()}, taken=taken)


def inline_schemas(places: Mapping[str, tuple[str, Sequence[str]]], taken: Collection[str]) -> dict[str, str]:
    """Name inline schemas after their places: key (a JSON pointer, with its direction) → (name of the holder, words)."""

    def offers(key: str, parent: str, hint: Sequence[str]) -> list[str]:
        short = parent + "".join(_capitals(word) for word in hint)
        found = re.search(r"/responses/([^/]+)/", key)
        status_ = _capitals(found[1]) if found else ""
        found = re.search(r"/content/([^/]+)/", key)
        media = _capitals(found[1].rpartition("~1")[2]) if found else ""
        method = _capitals(" ".join(re.findall(r"/paths/([^/]+)/(\w+)/", key)[0])) if key.startswith("#/paths/") else ""
        long = [short, short + status_, short + media, short + status_ + media, f"{short}{method}{status_}{media}"]
        long.append(parent + "".join(_capitals(spelled(word, prefix="Field")) for word in hint))
        whole = pascal(spelled(key, prefix="Schema"))
        return [safe(one if one.isidentifier() else pascal(one), MODEL_NAMES) for one in dict.fromkeys(long)] + [whole]

    return settle({key: offers(key, parent, hint) for key, (parent, hint) in places.items()}, taken=taken)


def rule(pointer: str, taken: Collection[str]) -> str:
    """Name a schema that rules refer to, after the last part of its pointer."""
    short = pascal(pointer.rpartition("/")[2])
    return settle({pointer: [short, spelled(pointer, prefix="Schema")]}, taken=taken)[pointer]
