"""What is known of a whole package, of which only a part is compared: who writes and who reads its classes, and aliases."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ...python.divided import undivided
from ...python.types import Type, text
from ...records import record
from ..model import Flow

if TYPE_CHECKING:
    from ... import ir
    from .read import Module

_WORD = re.compile(r"\w+")
BOTH: frozenset[Flow] = frozenset(("request", "response"))


@record
class Knowledge:
    """The flows in which each class and alias travels, what each alias stands for, and the parents of each class."""

    flows: Mapping[str, frozenset[Flow]]
    aliases: Mapping[str, str]
    parents: Mapping[str, tuple[str, ...]]


def of_api(api: ir.Api, classes: Mapping[str, str]) -> Knowledge:
    """Read it from what the templates print, and from the text of each class and alias by name."""
    sent, answered = _travelling(api.groups)
    said, heard = _travelling(api.webhooks)  # these come from the API
    errors = _words(each.body for each in api.errors)
    return _known(classes, {"request": sent | heard, "response": answered | said | errors})


def _travelling(groups: Iterable[ir.Group]) -> tuple[set[str], set[str]]:
    """The names in what operations are sent, and in what they answer."""
    operations = [each for group in groups for each in group.operations]
    parameters = (each.type for operation in operations for each in operation.parameters)
    bodies = (each.type for operation in operations for each in operation.bodies)
    responses = [each for operation in operations for each in operation.responses]
    media = (each.type for response in responses for each in response.media)
    headers = (each.type for response in responses for each in response.headers)
    return _words(parameters) | _words(bodies), _words(media) | _words(headers)


def of_modules(modules: Mapping[str, Module], classes: Mapping[str, str]) -> Knowledge:
    """Read it from the methods of a package's Protocols and clients. What nothing implements are webhooks: the API's own calls."""
    words: dict[Flow, set[str]] = {"request": set(), "response": set()}
    called: Flow
    answered: Flow
    known = [each for module in modules.values() for each in module.classes.items()]
    protocols = {name for name, one in known if "Protocol" in one.bases}
    implemented = protocols & {base for _, one in known for base in one.bases}
    webhooks = protocols - implemented if implemented else set()
    for name, one in known:
        called, answered = ("response", "request") if name in webhooks else ("request", "response")
        for method in one.methods.values():
            words[answered].update(_WORD.findall(method.returns))
            words[called].update(word for each in method.arguments.values() for word in _WORD.findall(each.annotation))
    return _known(classes, words)


def texts_of(files: Mapping[PurePosixPath, str]) -> dict[str, str]:
    """The text of each class and alias of the models by its name."""
    found: dict[str, str] = {}
    for path, source in files.items():
        if undivided("/".join(path.parts[1:])) == "models.py":
            lines = io.StringIO(source, newline=None).readlines()  # as Python counts them
            for node in ast.parse(source).body:
                name = _name(node)
                if name:
                    found[name] = "".join(lines[node.lineno - 1 : node.end_lineno])
    return found


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def _words(types: Iterable[Type | None]) -> set[str]:
    return {word for each in types if each is not None for word in _WORD.findall(text(each))}


def _known(classes: Mapping[str, str], words: Mapping[Flow, set[str]]) -> Knowledge:
    below = {
        name: {word for word in _WORD.findall(source) if word in classes} - {name} for name, source in classes.items()
    }
    flows: dict[str, frozenset[Flow]] = {}
    for flow, start in words.items():
        todo = [word for word in start if word in classes]
        seen: set[str] = set()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                flows[name] = flows.get(name, frozenset()) | {flow}
                todo += below[name]
    aliases, parents = _definitions(classes)
    return Knowledge(flows, aliases, parents)


def _definitions(classes: Mapping[str, str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    from .read import stands_for

    aliases: dict[str, str] = {}
    parents: dict[str, tuple[str, ...]] = {}
    for name, source in classes.items():
        if source.startswith("class "):
            head = source.partition("\n")[0].partition("(")[2].rpartition(")")[0]
            parents[name] = tuple(each.strip() for each in head.split(",") if each.strip())
        elif meaning := stands_for(source):
            aliases[name] = meaning
    return aliases, parents
