"""Joining the files of a document into one tree, so that every ``$ref`` that is left leads into it.

What a ``$ref`` to another file leads to becomes a component, once for each target; path items, and whole sections such
as ``paths`` or ``components/schemas``, are put in place. Names come from the target: the fragment's last token, or the
file's stem; where two would meet, each is lengthened by its file's stem, never numbered.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from ..diagnostics.diagnostic import Diagnostic, Findings, Refused
from ..diagnostics.location import diagnose
from ..disk import Files
from ..parsing.limits import REPEATED, weigh
from ..parsing.parse import decode, parse_any, read_bytes, to_source
from ..parsing.source import Source
from ..pointer import Pointer, copy, from_fragment, get, join, split, to_fragment
from . import lost
from .document import Document
from .objects import SECTIONS, PlacedObject, children, walk
from .path_items import describe_double, join_items
from .uris import resolved

Target = tuple[int, Pointer, str]  # the source's number, the pointer in it, the kind of what stands there
Origin = tuple[int, Pointer]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FILE_NAME = re.compile(r"(?:^|/)[^/#]+\.(?:json|ya?ml)(?:#|$)", re.IGNORECASE)
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_INLINE_CHAIN = 50  # files that refer to one another for one path item


def bundle(document: Document, files: Files) -> Document:
    """Bring every part of another file that a reference leads to into the document; `files` has those beside it.

    Raises Refused where a reference leaves the document's folder, names a URL, or leads nowhere.
    """
    return _Bundler(document, files).run()


class _Bundler:
    def __init__(self, document: Document, files: Files) -> None:
        self.document = document
        self.files = files
        self.sources: list[Source] = list(document.sources)
        own = PurePosixPath(document.path.name)
        self.names = [files.find(own) or own]  # below the document's folder, by number
        self.numbers: dict[PurePosixPath, int] = {self.names[0]: 0}
        self.octets = len(document.sources[0].text)
        self.problems = Findings()
        self.root: dict[str, Any] = document.root
        self.moves: dict[Pointer, Origin] = dict(document.moves)
        self.inlined: set[Origin] = set()
        self.targets: dict[Target, int] = {}  # with their numbers, in the order in which they were met
        self.waiting: deque[Target] = deque()  # those that were not gone through
        self.rewrites: list[tuple[dict[str, Any], str, str | Target]] = []  # where a reference is written anew
        self.identifiers: set[str] = set()
        self.visited: set[int] = set()
        self.sections: dict[Pointer, Origin] = {}  # maps of other files that were put in place
        self.in_root = True  # whether pointers of nodes are those of the tree
        self.self_uri = ""  # OpenAPI 3.2: the document's own address
        self.lost = lost.Lost()

    def run(self) -> Document:
        self.root = copy(self.document.root)
        own = self.root.get("$self")
        self.self_uri = own if isinstance(own, str) else ""
        # A reference to one of them stays inside, whatever it looks like.
        named = (node.value.get("$id") for node in walk(self.root) if node.kind == "schema")
        self.identifiers = {one.partition("#")[0] for one in named if isinstance(one, str)}
        self._visit(PlacedObject("#", "document", self.root), (0, "#"), "")
        self.in_root = False
        while self.waiting:
            number, pointer, kind = self.waiting.popleft()
            value = get(self.sources[number].root, pointer)
            self._visit(PlacedObject(pointer, kind, value), (number, pointer), "")
        if self.problems:
            self._find_lost()
            raise Refused(self.problems.listed())
        if not self.rewrites and len(self.sources) == 1:
            return self.document
        names = self._name()
        for holder, key, target in self.rewrites:
            holder[key] = to_fragment(target if isinstance(target, str) else names[target])
        self._place(names)
        moves = {"#": (0, "#"), **self.moves}
        return replace(self.document, root=self.root, sources=tuple(self.sources), moves=moves)

    # Going through the files

    def _visit(self, start: PlacedObject, origin: Origin, base: str) -> None:
        """Go through a part of a file. Pointers of the nodes are those of the tree; origins lead to the file."""
        pending = [(start, origin, base)]
        while pending:
            node, origin, base = pending.pop()
            if not isinstance(node.value, dict) or id(node.value) in self.visited:
                continue
            self.visited.add(id(node.value))
            if node.kind == "schema" and isinstance(node.value.get("$id"), str):
                base = resolved(base, node.value["$id"])
            if isinstance(node.value.get("$ref"), str):
                origin = self._reference(node, origin, base)
            if node.kind in {"document", "components"} or isinstance(node.value.get("$ref"), str):
                self._sections(node, origin)
            self._other_references(node, origin)
            below = [(child, self._below(node, child, origin), base) for child in children(node)]
            pending.extend(reversed(below))

    def _below(self, node: PlacedObject, child: PlacedObject, origin: Origin) -> Origin:
        section, _, name = child.pointer.rpartition("/")
        if self.in_root and child.pointer in self.moves:
            return self.moves[child.pointer]
        if self.in_root and section in self.sections:
            number, pointer = self.moves[section]
            return number, f"{pointer}/{name}"
        return origin[0], origin[1] + child.pointer[len(node.pointer) :]

    def _reference(self, node: PlacedObject, origin: Origin, base: str) -> Origin:
        """Deal with an object's ``$ref``; the origin changes where the object is put in place of it."""
        ref = node.value["$ref"]
        inside = node.kind == "schema" and ((base and ref.startswith("#")) or self._is_identified(base, ref))
        if node.kind not in SECTIONS or inside:
            return origin
        found = self._target(ref, origin, node.kind)
        if found is None or (found[0] == origin[0] == 0 and ref.startswith("#")):
            return origin
        if found[0] != 0 and found[2] == "pathItem":
            return self._inline(node, origin, found)
        self._rewrite(node.value, "$ref", found)
        return origin

    def _inline(self, node: PlacedObject, origin: Origin, found: Target) -> Origin:
        """Put a path item, or a section, of another file in the place of the reference to it."""
        for _ in range(_INLINE_CHAIN):
            number, pointer, kind = found
            value = get(self.sources[number].root, pointer)
            if not isinstance(value, dict):
                self._problem(origin, f"the reference leads to a value that is no {kind}")
                return origin
            self._spend(value, origin, REPEATED if (number, pointer) in self.inlined else 1)
            self.inlined.add((number, pointer))
            self._join(node, origin, copy(value), (number, pointer))
            origin = (number, pointer)
            ref = node.value.get("$ref")
            following = self._target(ref, origin, kind) if isinstance(ref, str) else None
            if following is None or following[0] == 0:
                if following is not None:
                    self._rewrite(node.value, "$ref", following)
                return origin
            found = following
        self._problem(origin, "the reference leads back to itself")
        return origin

    def _join(self, node: PlacedObject, origin: Origin, value: dict[str, Any], target: Origin) -> None:
        """Put what stands in another file in the place of a reference; what stands beside the reference stays its own."""
        joined = join_items(node.value, value)
        for place in joined.doubled:
            message = describe_double(place, self.sources[target[0]], target[1] + place)
            self._problem((origin[0], origin[1] + place), message, "leave one of them out", member="")
        if self.in_root:
            for place in joined.own:
                self.moves.setdefault(node.pointer + place, (origin[0], origin[1] + place))
            self.moves |= {node.pointer + new: (target[0], target[1] + old) for new, old in joined.moved.items()}
            self.moves[node.pointer] = target
        del node.value["$ref"]
        for child in children(node):
            self._visit(child, self._below(node, child, origin), "")
        node.value.clear()
        node.value.update(joined.value)

    def _sections(self, node: PlacedObject, origin: Origin) -> None:
        """Put whole maps of another file in place: paths, components, its sections."""
        maps = {"document": ("info", "paths", "webhooks", "components"), "components": tuple(SECTIONS.values())}
        for name in maps.get(node.kind, ()):
            part = node.value.get(name)
            if isinstance(part, dict) and set(part) == {"$ref"} and isinstance(part["$ref"], str):
                place = (origin[0], join(origin[1], name))
                found = self._target(part["$ref"], place, "section")
                if found is not None and found[0] != 0:
                    pointer = join(node.pointer, name)
                    self.sections[pointer] = self._inline(PlacedObject(pointer, "section", part), place, found)

    def _other_references(self, node: PlacedObject, origin: Origin) -> None:
        """Deal with discriminator mappings and links, which refer to other parts without a ``$ref``."""
        if node.kind == "discriminator" and isinstance(node.value.get("mapping"), dict):
            mapping = node.value["mapping"]
            for name, ref in mapping.items():
                if isinstance(ref, str) and (ref.startswith("#/") if origin[0] else _FILE_NAME.search(ref)):
                    if ref in self.identifiers or _SCHEME.match(ref):
                        continue
                    found = self._target(ref, (origin[0], join(origin[1], "mapping", name)), "schema")
                    if found is not None:
                        self._rewrite(mapping, name, found)
        elif node.kind == "link" and isinstance(node.value.get("operationRef"), str):
            ref = node.value["operationRef"]
            if not _SCHEME.match(ref) and (origin[0] or not ref.startswith("#")):
                found = self._target(ref, (origin[0], join(origin[1], "operationRef")), "operation")
                if found is not None and found[0] == 0:
                    self._rewrite(node.value, "operationRef", found)

    def _rewrite(self, holder: dict[str, Any], key: str, target: Target) -> None:
        if target[0] != 0 and target not in self.targets:
            self.targets[target] = len(self.targets)
            self.waiting.append(target)
        self.rewrites.append((holder, key, target if target[0] != 0 else target[1]))

    def _find_lost(self) -> None:
        """Name the references inside the document that lead nowhere too, so that all faults are told at once."""
        root = self.document.root
        for pointer, kind, ref in lost.find(root):
            self._problem(self.document.origin(pointer), self.lost.describe(root, ref, kind, pointer), member="")

    # Finding files

    def _is_identified(self, base: str, ref: str) -> bool:
        if not self.identifiers:
            return False
        absolute = resolved(base, ref).partition("#")[0]
        return ref.partition("#")[0] in self.identifiers or (bool(absolute) and absolute in self.identifiers)

    def _target(self, ref: str, origin: Origin, kind: str) -> Target | None:
        """Find what a reference leads to; None, with a problem noted, where that is not possible."""
        ref, number = self._addressed(ref, origin[0])
        name, _, fragment = ref.partition("#")
        if name:
            number = self._file(name, ref, origin, kind)
        if number is None:
            return None
        pointer = "#" + from_fragment(fragment)
        if fragment and not fragment.startswith("/"):
            if number == 0:
                return None  # an $anchor of the document: followed by the stage that reads schemas
            self._problem(origin, f'the reference "{ref}" leads to an anchor in another file', "use a JSON pointer")
            return None
        if number == 0:
            return 0, pointer, kind
        try:
            get(self.sources[number].root, pointer)
        except KeyError:
            file = self.sources[number].name
            self._problem(origin, f'the reference "{ref}" leads nowhere: {file} has no {pointer}')
            return None
        pointer = join("#", *split(pointer))
        for section, (source, above) in self.sections.items():
            if source == number and pointer.startswith(above + "/") and kind != "section":
                return 0, section + pointer[len(above) :], kind
        return number, pointer, kind

    def _addressed(self, ref: str, number: int) -> tuple[str, int | None]:
        """Read a reference by the document's own address (OpenAPI 3.2, 4.1.2: $self), and the number of the file that it counts in.

        What stands beside that address is a file beside the document.
        """
        if not self.self_uri or ref.startswith("#") or (number and not _SCHEME.match(ref)):
            return ref, number
        address, _, fragment = resolved(self.self_uri, ref).partition("#")
        if address == self.self_uri:
            return f"#{fragment}", 0
        folder = self.self_uri[: self.self_uri.rfind("/") + 1]
        beside = _SCHEME.match(ref) and folder and number == 0 and address.startswith(folder)
        return (ref[len(folder) :] if beside else ref), number

    def _file(self, name: str, ref: str, origin: Origin, kind: str) -> int | None:
        """Read another file; None, with a problem noted, where that is not allowed or not possible."""
        shown = ref if len(ref) <= 120 else ref[:120] + "…"
        if _SCHEME.match(name) or name.startswith(("/", "\\")):
            hint = (
                "only files below the document's folder are read: put the file there and refer to it by a relative path"
            )
            self._problem(origin, f'the reference "{shown}" is a URL or an absolute path', hint)
            return None
        try:
            path = self.files.find(self.names[origin[0]].parent / unquote(name.partition("?")[0]))
        except (OSError, ValueError, RuntimeError):
            self._problem(origin, f'the reference "{shown}" is not the name of a file')
            return None
        if path is None:
            hint = "files are looked for after symbolic links are followed"
            self._problem(origin, f'the reference "{shown}" leads out of the document\'s folder', hint)
            return None
        if path in self.numbers:
            return self.numbers[path]
        limits = self.document.limits
        if len(self.sources) >= limits.files:
            message = f"the document is joined from more than {limits.files:,} files"
            self._problem(origin, message, limits.hint("files"))
            return None
        try:
            at = self.files.shown(path)
            data = read_bytes(at, limits, (self.files, path), self.octets)
            source = to_source(at, decode(at, data))
            parse_any(source, limits, self.document.budget)
        except Refused as refused:
            self._not_read(ref, origin, refused, kind)
            return None
        self.octets += len(data)
        self.sources.append(source)
        self.names.append(path)
        self.numbers[path] = len(self.sources) - 1
        return self.numbers[path]

    def _spend(self, value: Any, origin: Origin, times: int = 1) -> None:
        """Take a copy off what may be made of the document; its values count so many times. Raises Refused."""
        values, characters = weigh(value)
        at = partial(self.sources[origin[0]].locate, split(origin[1]))
        self.document.budget.spend(values * times, characters, at)

    def _not_read(self, ref: str, origin: Origin, refused: Refused, kind: str) -> None:
        first = refused.diagnostics[0]
        if first.line:
            for each in refused.diagnostics:
                self.problems.add("error", partial(replace, each))
        else:
            pointer = origin[1] if origin[0] == 0 else "#"
            message = self.lost.describe(self.document.root, ref, kind, pointer, first.message)
            self._problem(origin, message, first.hint)

    def _problem(self, origin: Origin, message: str, hint: str = "", member: str = "/$ref") -> None:
        number, pointer = origin

        def make() -> Diagnostic:
            location = self.sources[number].locate(split(pointer + member))
            return diagnose("error", message, location, hint=hint, pointer=pointer)

        self.problems.add("error", make)

    # Naming and placing

    def _name(self) -> dict[Target, str]:
        """Give each target a pointer of the tree."""
        components = self.root.get("components")
        components = components if isinstance(components, dict) else {}
        maps = [(section, declared) for section, declared in components.items() if isinstance(declared, dict)]
        taken = {join("#/components", section, name) for section, declared in maps for name in declared}
        names = {
            target: join("#/components", SECTIONS[target[2]], name)
            for target, name in self._aliases(components).items()
        }
        unnamed = [target for target in self.targets if target not in names]
        level = 0
        while unnamed:
            alike: dict[Pointer, list[Target]] = defaultdict(list)
            for target in unnamed:
                alike[join("#/components", SECTIONS[target[2]], self._short_name(target, level))].append(target)
            unnamed = []
            for pointer, targets in alike.items():
                if len(targets) == 1 and pointer not in taken:
                    names[targets[0]] = pointer
                    taken.add(pointer)
                else:
                    unnamed += targets
            level += 1
        return names

    def _aliases(self, components: dict[str, Any]) -> dict[Target, str]:
        """Find components that only refer to another file: what they refer to takes their place."""
        aliases: dict[Target, str] = {}
        references = {id(holder): target for holder, key, target in self.rewrites if key == "$ref"}
        for kind, section in SECTIONS.items():
            declared = components.get(section)
            for name, value in declared.items() if isinstance(declared, dict) else ():
                target = references.get(id(value)) if isinstance(value, dict) and set(value) == {"$ref"} else None
                if isinstance(target, tuple) and target[2] == kind:
                    aliases.setdefault(target, name)
        return aliases

    def _short_name(self, target: Target, level: int) -> str:
        """Name a target; each level puts one more part of where it stands in front: the file, then the way to it."""
        number, pointer, _ = target
        path = self.names[number]
        tokens = split(pointer)
        parts = [*tokens[-1:], path.stem, *tokens[-2::-1], *path.parent.parts[::-1]]
        # One level more than there are parts: what has no more keeps its name where the others were lengthened.
        beyond = level - len(parts) - 1
        suffix = path.suffix.lstrip(".") if beyond > 0 else ""
        name = _NOT_A_NAME.sub("_", "_".join([*([suffix] if suffix else []), *reversed(parts[: level + 1])])) or "_"
        # Then nothing is left that differs but characters that a name can't have.
        return name + "_" * ((self.targets[target] + 1) * (beyond - 1) if beyond > 1 else 0)

    def _place(self, names: dict[Target, str]) -> None:
        for target, pointer in names.items():
            number, origin, _ = target
            value = get(self.sources[number].root, origin)
            self._spend(value, (number, origin))
            _, section, name = split(pointer)
            components = self.root.setdefault("components", {})
            if not isinstance(components, dict):
                return
            declared = components.setdefault(section, {})
            if isinstance(declared, dict):
                declared[name] = copy(value)  # another target may stand inside this one
            self.moves[pointer] = (number, origin)
