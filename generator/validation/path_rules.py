"""A path's template against the parameters that are declared for it (3.1.1, section 4.8.9: path templating)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..document.edits import Edit
from ..pointer import Pointer, join
from .finding import Finding, Repair
from .repair_steps import remove

EXPRESSION = re.compile(r"\{([^{}]*)\}")
"""A parameter in a path's template."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_QUERY_PART = re.compile(r"([?&])([^?&=#{}]+)=\{([^{}]*)\}")
Parameters = list[tuple[Pointer, dict[str, Any]]]


class PathParameters(NamedTuple):
    """A path and what is declared for it: ``common`` are the path item's parameters, ``own`` each operation's, by method."""

    pointer: Pointer
    path: str
    common: Parameters
    own: Mapping[str, Parameters]

    @property
    def every(self) -> Parameters:
        """The parameters of the path item and of all its operations."""
        return [*self.common, *(pair for parameters in self.own.values() for pair in parameters)]


def judge_path(declared: PathParameters, paths: Mapping[str, Any]) -> Iterator[Finding]:
    """Report template expressions without a path parameter, and path parameters without an expression.

    One finding for each parameter of the path, not for each operation. ``paths`` are all paths of the document.
    """
    pointer, path, common, own = declared
    yield from _judge_text(pointer, path)
    sent, _, fragment = path.partition("#")  # which never leaves the client (RFC 3986, section 3.5)
    wanted = {_plain(name): name for name in EXPRESSION.findall(sent) if _plain(name)}
    patterned = [name for plain, name in wanted.items() if plain != name]
    if patterned:
        plain_path = EXPRESSION.sub(lambda found: f"{{{_plain(found[1])}}}", path)
        yield Finding(
            pointer=pointer,
            message=f'the path parameter "{{{patterned[0]}}}" holds more than a name',
            severity="warning",
            repair=((Edit(kind="rename", pointer=pointer, value=plain_path),), f'the path is read as "{plain_path}"'),
        )
    shared = {value["name"] for _, value in common if value["in"] == "path"}
    lacking: dict[str, list[str]] = {}
    spare = [(place, value["name"]) for place, value in declared.every if _unused(value, wanted)]
    unused = [name for _, name in spare]
    for method, parameters in own.items():
        known = shared | {value["name"] for _, value in parameters if value["in"] == "path"}
        for name in wanted:
            if name not in known:
                lacking.setdefault(name, []).append(method)
    for name, methods in lacking.items():
        repair = _repair(declared, name, spare, paths)
        hint = f'declare it: {{"name": "{name}", "in": "path", "required": true, "schema": {{"type": "string"}}}}'
        if any(edit.kind == "rename" for edit in repair[0]):
            hint = "declare a query parameter, and leave it out of the path"
        elif alike := [one for one in unused if _fold(one) == _fold(name)]:
            hint = f'"{alike[0]}" is declared: write the name in the same way, "{name}"'
        which = "" if len(methods) == len(own) else f" for {', '.join(methods)}"
        message = f'"{{{name}}}" of the path is not declared as a path parameter{which}'
        yield Finding(pointer=pointer, message=message, hint=hint, repair=repair)
    for place, name in spare:
        yield Finding(
            pointer=place,
            message=f'the path parameter "{name}" does not occur in the path "{sent}"'
            + (", what follows # is never sent" if f"{{{name}}}" in fragment else ""),
            hint="declare it for another location, or put it into the path",
            repair=remove(place, "the parameter is left out"),
        )


def _judge_text(pointer: Pointer, path: str) -> Iterator[Finding]:
    """Report what no URI template has (RFC 6570, section 2): control characters, and braces that are not in pairs."""
    if found := _CONTROL.search(path):
        yield Finding(pointer=pointer, message=f"a path can't have the control character U+{ord(found[0]):04X}")
    left = EXPRESSION.sub("", path)
    if "{" in left or "}" in left:
        yield Finding(
            pointer=pointer,
            message="the path has a brace that belongs to no parameter: it is a character like any other",
            severity="warning",
        )


def _repair(declared: PathParameters, name: str, spare: list[tuple[Pointer, str]], paths: Mapping[str, Any]) -> Repair:
    """Find out what was meant by an expression that is not declared; a spare parameter that is meant is taken out."""
    pointer, path, _, own = declared
    queried = _QUERY_PART.search(path)
    if queried and _plain(queried[3]) == name:
        shorter = _without(path, queried)
        if shorter not in paths:
            # `/search?query={query}`: what stands in the query is a query parameter, declared or not.
            key = queried[2]
            named = any(value["in"] == "query" and value["name"] == key for _, value in declared.every)
            add = [] if named else [_declare(pointer, key, "query")]
            edit = Edit(kind="rename", pointer=pointer, value=shorter)
            return (*add, edit), f'the path is read as "{shorter}" with the query parameter "{key}"'
    alike = [item for item in spare if _fold(item[1]) == _fold(name)]
    if alike:
        # The name of a path parameter never travels: the one that is spelt a little differently is meant.
        for item in alike:
            spare.remove(item)
        parameters = dict(declared.every)
        edits = [Edit(kind="set", pointer=place, value={**parameters[place], "name": name}) for place, _ in alike]
        return tuple(edits), f'the parameter "{alike[0][1]}" is meant'
    elsewhere = [(place, value) for place, value in declared.every if value["name"] == name]
    if elsewhere and len(elsewhere) >= len(own):
        kept = ("name", "description", "schema", "content", "deprecated")
        edits = [
            Edit(
                kind="set",
                pointer=place,
                value={**{key: value[key] for key in kept if key in value}, "in": "path", "required": True},
            )
            for place, value in elsewhere
        ]
        return tuple(edits), f'the {elsewhere[0][1]["in"]} parameter "{name}" is meant'
    return (_declare(pointer, name, "path"),), "it is declared as a string"


def _declare(pointer: Pointer, name: str, location: str) -> Edit:
    parameter = {"name": name, "in": location, "required": True, "schema": {"type": "string"}}
    return Edit(kind="append", pointer=join(pointer, "parameters"), value=parameter)


def _unused(parameter: dict[str, Any], wanted: Mapping[str, str]) -> bool:
    return bool(parameter["in"] == "path" and parameter["name"] not in wanted)


def _plain(expression: str) -> str:
    """Take the name out of what stands between braces: ``id:[0-9]+`` and ``id*`` are spellings of other tools."""
    return re.split(r"[:!*]", expression, maxsplit=1)[0].strip()


def _without(path: str, found: re.Match[str]) -> str:
    before, after = path[: found.start()], path[found.end() :]
    if found[1] == "?" and after.startswith("&"):
        after = "?" + after[1:]
    return before + after


def _fold(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower())
