"""Which operation of one document is which of the other: by what stands in URLs, not by how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from ...document.objects import METHODS
from ...records import record
from ...schemas.patterns import matches
from ..sets.compared_document import ANNOTATIONS, ComparedDocument, as_dict, as_list

_VARIABLE = re.compile(r"\{([^{}]*)\}")


@record(kw_only=True)
class Found:
    """An operation of one document: its method and path, and the pointers of its path item and of itself."""

    method: str
    path: str
    item: str
    pointer: str

    @property
    def name(self) -> str:
        """As messages call it: `POST /cost/create`."""
        return f"{self.method} {self.path}"


@record(kw_only=True)
class Matched:
    """The operations of two documents that belong together."""

    pairs: tuple[tuple[Found, Found], ...]
    removed: tuple[Found, ...]
    added: tuple[Found, ...]
    templates: tuple[tuple[tuple[Found, ...], Found], ...]
    """Operations whose paths are values of one template now."""


def path_items(document: ComparedDocument, holder: str, *tokens: str) -> dict[str, str]:
    """Pointers of the path items (or callbacks) in a map below a pointer, references followed."""
    found = document.entries(holder, *tokens)
    return {name: pointer for name, pointer in found.items() if not name.startswith("x-")}


def operations(document: ComparedDocument, item: str) -> dict[str, str]:
    """Pointers of a path item's operations by upper-case method."""
    raw = document.at(item)
    found = {method.upper(): document.child(item, method) for method in METHODS if isinstance(raw.get(method), dict)}
    for method, each in as_dict(raw.get("additionalOperations")).items():  # OpenAPI 3.2
        if isinstance(each, dict):
            found[method] = document.child(item, "additionalOperations", method)
    return found


def template(path: str) -> str:
    """A path without the names of its variables, which are not in a URL."""
    return _VARIABLE.sub("{}", path)


def listed(document: ComparedDocument) -> list[Found]:
    """Every operation below `paths`."""
    return [
        Found(method=method, path=path, item=item, pointer=pointer)
        for path, item in path_items(document, "#", "paths").items()
        for method, pointer in operations(document, item).items()
    ]


def renamed_tags(old: ComparedDocument, new: ComparedDocument, pairs: Iterable[tuple[Found, Found]]) -> dict[str, str]:
    """The tags that only one document has, by those of the other one that all their operations have instead."""
    there = [{tag for each in listed(document) for tag in _tags(document, each)} for document in (old, new)]
    found: dict[str, set[str]] = {}
    for before, after in pairs:
        gone = [tag for tag in _tags(old, before) if tag not in there[1]]
        come = [tag for tag in _tags(new, after) if tag not in there[0]]
        for tag in gone:
            found.setdefault(tag, set()).add(come[0] if len(gone) == len(come) == 1 else "")
    return {tag: name for tag, names in found.items() if len(names) == 1 and (name := next(iter(names)))}


def _tags(document: ComparedDocument, operation: Found) -> list[str]:
    return [str(tag) for tag in as_list(document.at(operation.pointer).get("tags"))]


def match(old: ComparedDocument, new: ComparedDocument) -> Matched:
    """Match the operations of two documents."""
    olds, news = listed(old), listed(new)
    partners = _by_key(olds, news, lambda each, _: each.path)
    partners |= _by_key(_rest(olds, partners), _rest(news, partners.values()), lambda each, _: template(each.path))
    bases = _base(old), _base(new)
    if bases[0] != bases[1]:
        partners |= _by_key(
            _rest(olds, partners), _rest(news, partners.values()), lambda each, side: template(bases[side] + each.path)
        )
    gathered = _templates(_rest(olds, partners), _rest(news, partners.values()), new)
    covered = {one for ones, _ in gathered for one in ones}
    return Matched(
        pairs=tuple((each, partners[each]) for each in olds if each in partners),
        removed=tuple(each for each in olds if each not in partners and each not in covered),
        added=tuple(_rest(_rest(news, partners.values()), [each for _, each in gathered])),
        templates=tuple(gathered),
    )


def _rest(found: list[Found], taken: Any) -> list[Found]:
    away = set(taken)
    return [each for each in found if each not in away]


def _by_key(olds: list[Found], news: list[Found], key: Any) -> dict[Found, Found]:
    """Partners of the same method whose keys are equal, in the order of the documents."""
    free: dict[tuple[str, str], list[Found]] = {}
    for each in news:
        free.setdefault((each.method, key(each, 1)), []).append(each)
    found = {}
    for each in olds:
        waiting = free.get((each.method, key(each, 0)))
        if waiting:
            found[each] = waiting.pop(0)
    return found


def _base(document: ComparedDocument) -> str:
    """The path of the first server: what stands in every URL before a path of the document."""
    for server in as_list(document.root.get("servers"))[:1]:
        url = str(as_dict(server).get("url"))
        for name, variable in as_dict(as_dict(server).get("variables")).items():
            url = url.replace(f"{{{name}}}", str(as_dict(variable).get("default", "")))
        try:
            return urlsplit(url).path.rstrip("/")
        except ValueError:
            return ""
    return ""


def _templates(olds: list[Found], news: list[Found], new: ComparedDocument) -> list[tuple[tuple[Found, ...], Found]]:
    """The old operations whose paths are values of a template that has come."""
    taken: set[Found] = set()
    found = []
    groups: dict[tuple[str, tuple[bool, ...]], dict[tuple[str, ...], list[Found]]] = {}
    for each in news:
        shape = tuple(_VARIABLE.fullmatch(piece) is not None for piece in each.path.split("/"))
        if not any(shape):
            continue
        if (each.method, shape) not in groups:
            groups[each.method, shape] = _grouped(olds, each.method, shape)
        alike = groups[each.method, shape].get(_fixed(each.path, shape), ())
        held = tuple(one for one in alike if one not in taken and _holds(each, one, new))
        if held:
            taken.update(held)
            found.append((held, each))
    return found


def _grouped(olds: list[Found], method: str, shape: tuple[bool, ...]) -> dict[tuple[str, ...], list[Found]]:
    """The operations of a method with as many segments as a template, by those that are no variables in it."""
    found: dict[tuple[str, ...], list[Found]] = {}
    for one in olds:
        if one.method == method and one.path.count("/") + 1 == len(shape):
            found.setdefault(_fixed(one.path, shape), []).append(one)
    return found


def _fixed(path: str, shape: tuple[bool, ...]) -> tuple[str, ...]:
    return tuple(piece for piece, variable in zip(path.split("/"), shape, strict=True) if not variable)


def _holds(wide: Found, one: Found, new: ComparedDocument) -> bool:
    """Whether a path is a value of another one that differs from it in variables only, segment by segment."""
    pieces = zip(wide.path.split("/"), one.path.split("/"), strict=True)
    return wide.path != one.path and all(
        outer == inner or _VARIABLE.fullmatch(inner) is not None or _accepted(new, wide, outer, inner)
        for outer, inner in pieces
    )


def _accepted(document: ComparedDocument, operation: Found, variable: str, text: str) -> bool:
    """Whether a variable surely may have a value."""
    for holder in (operation.pointer, operation.item):
        for index in range(len(as_list(document.at(holder).get("parameters")))):
            pointer = document.follow(document.child(holder, "parameters", str(index)))
            raw = as_dict(document.at(pointer))
            if raw.get("in") == "path" and raw.get("name") == variable[1:-1]:
                return "schema" in raw and _takes(document, document.child(pointer, "schema"), unquote(text))
    return True


def _takes(document: ComparedDocument, pointer: str, text: str) -> bool:
    """Whether a schema surely accepts a text: whatever is not judged here may refuse it."""
    schema = document.at(document.canon(pointer))
    if not isinstance(schema, dict):
        return schema is True
    size = len(text)
    whole = "{" not in text  # what else stands in it is not known
    for key, value in schema.items():
        match key:
            case "type":
                fits = value == "string" or (isinstance(value, list) and "string" in value)
            case "enum":
                fits = whole and text in as_list(value)
            case "const":
                fits = whole and text == value
            case "minLength":
                fits = whole and size >= value
            case "maxLength":
                fits = whole and size <= value
            case "pattern":
                fits = whole and matches(value, text) is True
            case _:
                fits = key in ANNOTATIONS or key == "nullable" or key.startswith("x-")
        if not fits:
            return False
    return True


def orders(old: str, new: str) -> tuple[dict[str, str], dict[str, str]]:
    """The path variables of two paths by name, to what tells which is which: their number, of templates their segment."""
    numbers = tuple({name: f"{{{index}}}" for index, name in enumerate(_VARIABLE.findall(path))} for path in (old, new))
    if len(numbers[0]) == len(numbers[1]):
        return numbers[0], numbers[1]
    segments = [path.split("/") for path in (old, new)]
    both = [
        {name[1]: f"/{index}" for index, piece in enumerate(pieces) if (name := _VARIABLE.fullmatch(piece))}
        for pieces in segments
    ]
    return both[0], both[1]
