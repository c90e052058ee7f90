"""Where a document holds strings: every key that an author chooses, and every value; and how to put other text there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests.hostile.payloads import VENDOR

MAPS = frozenset(
    """paths webhooks schemas responses parameters examples requestBodies headers securitySchemes links callbacks
    pathItems properties patternProperties $defs dependentSchemas dependentRequired variables mapping content encoding
    scopes additionalOperations""".split()
)
"""Members whose keys the author chooses; in `callbacks` those inside too, and in `security` those of its items."""
DATA = frozenset({"default", "example", "enum", "const", "value"})
"""Members that hold data: everything below is one kind of place."""
COMPONENTS = frozenset(
    """schemas responses parameters examples requestBodies headers securitySchemes links callbacks
    pathItems""".split()
)
TEXT = frozenset({"description", "summary", "title", "termsOfService", "identifier", "$comment"})
"""Members that are text and nothing else."""


@dataclass(frozen=True, slots=True)
class Place:
    """One string of a document: the way to it, whether it is the key, and what kind of thing it is."""

    path: tuple[str | int, ...]
    key: bool
    kind: str
    original: str


def places(root: Mapping[str, Any]) -> list[Place]:
    """List all strings of a document."""
    return list(_walk(root, (), "document", chosen=False, data=False))


def _walk(value: Any, path: tuple[str | int, ...], name: str, *, chosen: bool, data: bool) -> Iterator[Place]:
    """Go down; `name` is the member that we are in, `chosen` says that the keys of this object are the author's."""
    if isinstance(value, str):
        yield Place(path, False, name, value)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index), f"{name}[]", chosen=name == "security" and not data, data=data)
    elif isinstance(value, dict):
        for key, child in value.items():
            yield Place((*path, key), True, f"key of {name}" if chosen or data else "fixed key", key)
            below = name if data else f"{name} item" if chosen else key
            opens = not chosen and not data and (key in MAPS or key.startswith("$defs"))
            opens = opens or (chosen and name == "callbacks") or (key == "callbacks" and not chosen)
            held = data or (not chosen and key in DATA) or (key.startswith("x-") and not chosen)
            yield from _walk(child, (*path, key), below, chosen=opens and not held, data=held)


def pointer(path: tuple[str | int, ...]) -> str:
    """Write a way as a JSON pointer."""
    return "/".join(["#", *(str(token).replace("~", "~0").replace("/", "~1") for token in path)])


def mutate(root: Mapping[str, Any], chosen: Mapping[Place, str]) -> tuple[Any, dict[Place, str]]:
    """Put other strings into a copy; references to what was renamed follow. Gives the places' new pointers too."""
    by_path = {(place.path, place.key): place for place in chosen}
    where: dict[Place, str] = {}
    renamed: dict[str, str] = {}

    def copy(value: Any, old: tuple[str | int, ...], new: tuple[str | int, ...]) -> Any:
        if place := by_path.get((old, False)):
            where[place] = pointer(new)
            return chosen[place]
        if isinstance(value, list):
            return [copy(item, (*old, index), (*new, index)) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        made: dict[str, Any] = {}
        for key, child in value.items():
            place, name = by_path.get(((*old, key), True)), key
            if place:
                name = chosen[place]
                while name in made or (name in value and name != key):
                    name += "_"
                where[place] = pointer((*new, name))
                if old[:1] == ("components",) and len(old) == 2:
                    renamed[pointer((*old, key))] = pointer((*old, name))
            made[name] = copy(child, (*old, key), (*new, name))
            if place and place.kind == "key of properties" and isinstance(made.get("required"), list):
                made["required"] = [name if one == key else one for one in made["required"]]
        return made

    tree = copy(root, (), ())
    kept = {where[place]: text for place, text in chosen.items() if not place.key and place in where}
    return _followed(_required(tree, root, chosen), renamed, kept), where


def _required(tree: Any, root: Any, chosen: Mapping[Place, str]) -> Any:
    """Let `required` name the properties that were renamed."""
    for place, text in chosen.items():
        if place.kind != "key of properties" or any(isinstance(one, int) for one in place.path):
            continue
        holder: Any = tree
        for token in place.path[:-2]:
            holder = holder.get(token) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and isinstance(holder.get("required"), list):
            holder["required"] = [text if one == place.original else one for one in holder["required"]]
    return tree


def _followed(tree: Any, renamed: Mapping[str, str], kept: Mapping[str, str]) -> Any:
    """Lead references, and the security requirements, to what was renamed."""
    schemes = {
        old.rpartition("/")[2]: new.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        for old, new in renamed.items()
        if old.startswith("#/components/securitySchemes/")
    }

    def visit(value: Any, name: str, here: str) -> Any:
        if isinstance(value, str):
            return _target(value, renamed) if here not in kept and name != "data" else value
        if isinstance(value, list):
            return [visit(item, name, f"{here}/{index}") for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        made = {}
        for key, child in value.items():
            deeper = f"{here}/{key.replace('~', '~0').replace('/', '~1')}"
            made[schemes.get(key, key) if name == "security" else key] = visit(
                child, "data" if key in DATA else key, deeper
            )
        return made

    return visit(tree, "", "#") if renamed else tree


def _target(text: str, renamed: Mapping[str, str]) -> str:
    if not text.startswith("#/components/"):
        return text
    for old, new in renamed.items():
        if text == old or text.startswith(old + "/"):
            return quote(new + text[len(old) :], safe="#/~'!$&()*+,;=:@?-._", errors="surrogatepass")
    return text


def with_vendor_keys(value: Any, name: str = "", *, chosen: bool = False) -> Any:
    """Add every vendor key to every object whose keys are the specification's."""
    if isinstance(value, list):
        return [with_vendor_keys(item, name, chosen=name == "security") for item in value]
    if not isinstance(value, dict) or name in DATA:
        return value
    made = {}
    for key, child in value.items():
        opens = (key in MAPS and not chosen) or (chosen and name == "callbacks")
        made[key] = with_vendor_keys(child, name if chosen else key, chosen=opens)
    is_reference = "$ref" in made and not chosen
    return made if chosen or is_reference else {**made, **VENDOR}
