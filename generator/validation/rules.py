"""What the OpenAPI schemas can't see: references, names, paths, parameters, security, and values against schemas.

Everything is found in one walk through the tree, in time linear in its size.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

from ..diagnostics.diagnostic import Severity
from ..document.document import Document
from ..document.edits import Edit
from ..document.objects import METHODS, SECTIONS, PlacedObject, is_reference, walk
from ..pointer import Pointer, escape, join, split
from .finding import Finding
from .path_rules import judge_path
from .repair_steps import unique
from .schema_errors import show_value
from .value_rules import is_judged, judge_values

_TEMPLATE = re.compile(r"\{([^{}]*)\}")
_SHOWN = 80


class Judge:
    """One pass over one state of a document's tree."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.root = document.root
        self.limits = document.limits
        self.nodes = list(walk(self.root))
        self.kinds = {node.pointer: node.kind for node in self.nodes}
        self.elsewhere: list[
            PlacedObject
        ] = []  # what references lead to where no such object is expected, in extensions
        self._follow()
        self.identified = any(
            "$id" in node.value or "$anchor" in node.value for node in self.nodes if node.kind == "schema"
        )

    def _follow(self) -> None:
        """Take in what references lead to outside the places that the specification has for it."""
        done = 0
        while done < len(self.nodes):
            node = self.nodes[done]
            done += 1
            target = self._node_at(node.value["$ref"], node.kind) if is_reference(node.kind, node.value) else None
            if target is not None and target.pointer not in self.kinds:
                self.elsewhere.append(target)
                for below in walk(target.value, target.kind, target.pointer):
                    if below.pointer not in self.kinds:
                        self.kinds[below.pointer] = below.kind
                        self.nodes.append(below)

    def findings(self) -> Iterator[Finding]:
        """Find everything, in the document's order within each kind of finding."""
        yield from self._references()
        yield from self._circles()
        yield from self._operations()
        yield from self._names()
        yield from self._media_types()
        for path, item in _members(self.root.get("paths")):
            if path.startswith("/") and isinstance(item, dict):
                yield from self._path(path, item)
        yield from self._templates()
        yield from self._security()
        yield from self._tags()
        yield from self._schemas()
        yield from judge_values(self.document, self.nodes)

    # References

    def target(self, value: Any) -> Any:
        """Follow the chain of references from an object; None where it leads nowhere or round in a circle."""
        seen: set[str] = set()
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            ref = value["$ref"]
            if ref in seen:
                return None
            seen.add(ref)
            try:
                value = self.document.resolve(ref)
            except KeyError:
                return None
        return value

    def _references(self) -> Iterator[Finding]:
        for pointer, kind, value in self.nodes:
            if not is_reference(kind, value):
                continue
            ref = value["$ref"]
            if kind == "schema" and self.identified and not ref.startswith("#/"):
                continue  # to an $id or $anchor: followed by the stage that reads schemas
            problem = self._problem(ref, kind)
            if problem:
                hint = "" if ref.startswith("#") else "references to other addresses are not followed"
                edits, repaired = self._without_reference(pointer, kind)
                yield Finding(pointer=pointer, message=problem, hint=hint, edits=edits, repaired=repaired)

    def _problem(self, ref: str, kind: str) -> str:
        shown = ref if len(ref) <= _SHOWN else ref[:_SHOWN] + "…"
        try:
            target = self.document.resolve(ref)
        except KeyError:
            return f'the reference "{shown}" leads nowhere{self._similar(ref, kind)}'
        found = self.kinds.get(_decode(ref), kind)
        if found != kind:
            return f'the reference "{shown}" leads to a {found}; a {kind} is needed here'
        if not isinstance(target, dict | bool if kind == "schema" else dict):
            return f'the reference "{shown}" leads to a value that is no {kind}'
        return ""

    def _similar(self, ref: str, kind: str) -> str:
        import difflib

        section = SECTIONS[kind]
        components = self.root.get("components")
        names = components.get(section) if isinstance(components, dict) else None
        names = names if isinstance(names, dict) else {}
        close = difflib.get_close_matches(ref.rpartition("/")[2], list(names)[:2000], n=1)
        return f'; did you mean "#/components/{section}/{close[0]}"?' if close else ""

    def _without_reference(self, pointer: Pointer, kind: str) -> tuple[tuple[Edit, ...] | None, str]:
        neutral: dict[str, tuple[Any, str]] = {
            "schema": ({}, "any value is accepted"),
            "response": ({"description": ""}, "a response without a body is assumed"),
            "requestBody": ({"content": {"application/octet-stream": {}}}, "any body is accepted"),
            "header": ({"schema": {}}, "any value is accepted"),
            "mediaType": ({}, "any value is accepted"),
        }
        if kind in neutral:
            value, words = neutral[kind]
            return (Edit(kind="set", pointer=pointer, value=value),), words
        if kind == "securityScheme" or (kind == "pathItem" and pointer.startswith("#/paths/")):
            return None, ""
        return (Edit(kind="drop", pointer=pointer),), f"the {kind} is left out"

    def _circles(self) -> Iterator[Finding]:
        """Find references that lead back to themselves with nothing in between but references and allOf."""
        done: set[Pointer] = set()
        for node in self.nodes:
            if node.kind in SECTIONS and node.pointer not in done:
                yield from self._circles_from(node, done)

    def _circles_from(self, start: PlacedObject, done: set[Pointer]) -> Iterator[Finding]:
        # Depth first without recursion: a chain may be as long as the document.
        trail: list[tuple[PlacedObject, Iterator[tuple[Pointer, PlacedObject]]]] = [(start, self._edges(start))]
        on_trail = {start.pointer}
        while trail:
            node, edges = trail[-1]
            step = next(edges, None)
            if step is None:
                done.add(node.pointer)
                on_trail.discard(node.pointer)
                trail.pop()
                continue
            place, target = step
            if target.pointer in on_trail:
                edits, repaired = self._without_reference(place, target.kind)
                if "/allOf/" in place:
                    edits, repaired = (Edit(kind="drop", pointer=place),), "this part is left out"
                message = (
                    "the reference leads back to itself" if place == node.pointer else "allOf leads back to itself"
                )
                yield Finding(pointer=place, message=message, edits=edits, repaired=repaired)
            elif target.pointer not in done:
                on_trail.add(target.pointer)
                trail.append((target, self._edges(target)))

    def _edges(self, node: PlacedObject) -> Iterator[tuple[Pointer, PlacedObject]]:
        """Go to what an object stands for: through its reference, and through the parts of a schema's allOf."""
        value = node.value
        if is_reference(node.kind, value):
            target = self._node_at(value["$ref"], node.kind)
            if target is not None:
                yield node.pointer, target
        parts = value.get("allOf") if node.kind == "schema" else None
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, dict):
                place = f"{node.pointer}/allOf/{index}"
                yield place, PlacedObject(place, "schema", part)

    def _node_at(self, ref: str, kind: str) -> PlacedObject | None:
        try:
            value = self.document.resolve(ref)
        except KeyError:
            return None
        return PlacedObject(join("#", *split(_decode(ref))), kind, value) if isinstance(value, dict) else None

    # Operations, paths, parameters

    def _operations(self) -> Iterator[Finding]:
        seen: dict[str, Pointer] = {}
        operations = [node for node in self.nodes if node.kind == "operation"]
        if len(operations) > self.limits.operations:
            message = (
                f"the document has {len(operations):,} operations; at most {self.limits.operations:,} are accepted"
            )
            yield Finding(pointer="#/paths", message=message)
        for pointer, _, value in operations:
            name = value.get("operationId")
            if not isinstance(name, str):
                continue
            place = join(pointer, "operationId")
            if name in seen:
                routed = pointer.startswith("#/paths/") and "/callbacks/" not in pointer
                yield Finding(
                    pointer=place,
                    message=f'the operationId "{name[:_SHOWN]}" is used before, at {seen[name]}',
                    severity="error" if routed else "warning",
                    hint="give each operation its own",
                    edits=(Edit(kind="drop", pointer=place),),
                    repaired="this operation is named after its method and path",
                )
            else:
                seen[name] = pointer

    def _names(self) -> Iterator[Finding]:
        """Bound what becomes a name: a key is bounded when it is read."""
        for pointer, kind, value in self.nodes:
            for member in {"operation": ("operationId",), "parameter": ("name",), "tag": ("name",)}.get(kind, ()):
                name = value.get(member)
                if isinstance(name, str) and len(name) > self.limits.name:
                    message = f'"{member}" has {len(name):,} characters; at most {self.limits.name:,} are accepted'
                    yield Finding(pointer=join(pointer, member), message=message)

    def _media_types(self) -> Iterator[Finding]:
        """Refuse what would end the header field that it is in (RFC 9110, section 5.5)."""
        for pointer, kind, value in self.nodes:
            if kind not in ("mediaType", "encoding") or not isinstance(value, dict):
                continue
            above, name = ("", *split(pointer))[-2:]
            said = value.get("contentType") if kind == "encoding" else name if above == "content" else ""
            if isinstance(said, str) and not said.isprintable():
                yield Finding(
                    pointer=pointer,
                    message="a media type can't have control characters",
                    edits=(Edit(kind="drop", pointer=pointer),),
                    repaired="it is left out",
                )

    def parameters(self, pointer: Pointer, owner: dict[str, Any]) -> Iterator[tuple[Pointer, dict[str, Any]]]:
        """Go through the parameters that stand in a path item or an operation, references followed."""
        listed = owner.get("parameters")
        for index, part in enumerate(listed if isinstance(listed, list) else ()):
            target = self.target(part)
            if isinstance(target, dict) and isinstance(target.get("name"), str) and isinstance(target.get("in"), str):
                yield f"{pointer}/parameters/{index}", target

    def _path(self, path: str, item: dict[str, Any]) -> Iterator[Finding]:
        pointer = join("#", "paths", path)
        whole = self.target(item) if "$ref" in item else item
        if not isinstance(whole, dict):
            return
        common = list(self.parameters(pointer, item))
        yield from self._repeated(common)
        operations = {method: value for method, value in whole.items() if method in METHODS and isinstance(value, dict)}
        more = whole.get("additionalOperations")
        extra = {
            f"additionalOperations/{escape(name)}": value for name, value in _members(more) if isinstance(value, dict)
        }
        own: dict[str, list[tuple[Pointer, dict[str, Any]]]] = {}
        for method, operation in {**operations, **extra}.items():
            own[method] = list(self.parameters(f"{pointer}/{method}", operation))
            yield from self._repeated(own[method])
        if "$ref" not in item:
            yield from judge_path(pointer, path, common, own, self.root.get("paths", {}))

    def _repeated(self, parameters: list[tuple[Pointer, dict[str, Any]]]) -> Iterator[Finding]:
        seen: set[tuple[str, str]] = set()
        for pointer, value in parameters:
            key = (value["name"], value["in"])
            if key in seen:
                yield Finding(
                    pointer=pointer,
                    message=f'the {key[1]} parameter "{key[0][:_SHOWN]}" is declared twice',
                    edits=(Edit(kind="drop", pointer=pointer),),
                    repaired="the first one counts",
                )
            seen.add(key)

    def _templates(self) -> Iterator[Finding]:
        """Two paths that differ only in the names of their parameters can't be told apart (3.1.1, section 4.8.8)."""
        seen: dict[str, str] = {}
        for path, _ in _members(self.root.get("paths")):
            shape = _TEMPLATE.sub("{}", path)
            if "{" in path and shape in seen:
                message = f'the path is the same as "{seen[shape][:_SHOWN]}" but for the names of its parameters'
                yield Finding(pointer=join("#", "paths", path), message=message, severity="warning")
            seen.setdefault(shape, path)

    def empty_servers(self) -> Iterator[Finding]:
        """An empty list of servers is allowed and says what none at all does (3.1.1, section 4.8.1.1)."""
        for pointer, kind, value in self.nodes:
            if kind in {"document", "pathItem", "operation"} and value.get("servers") == []:
                counts = '"/" is the server' if kind == "document" else "those of the document count"
                yield Finding(
                    pointer=join(pointer, "servers"), message=f'"servers" is empty: {counts}', severity="warning"
                )

    # Security, tags, discriminators

    def _security(self) -> Iterator[Finding]:
        components = self.root.get("components")
        schemes = components.get("securitySchemes") if isinstance(components, dict) else None
        known = set(schemes) if isinstance(schemes, dict) else set()
        reported: set[str] = set()
        owners = [("#", self.root), *((node.pointer, node.value) for node in self.nodes if node.kind == "operation")]
        for pointer, owner in owners:
            listed = owner.get("security")
            for index, requirement in enumerate(listed if isinstance(listed, list) else ()):
                for name in requirement if isinstance(requirement, dict) else ():
                    if name in known or name in reported:
                        continue
                    reported.add(name)
                    # Refusing requests is the safe side: the operation stays closed to those without a token.
                    edits = self._declare(name, isinstance(components, dict), isinstance(schemes, dict))
                    yield Finding(
                        pointer=join(pointer, "security", index, name),
                        message=f'the security scheme "{name[:_SHOWN]}" is not declared',
                        severity="warning",
                        hint="declare it under components/securitySchemes",
                        edits=edits,
                        repaired="a bearer token is assumed",
                    )

    @staticmethod
    def _declare(name: str, has_components: bool, has_schemes: bool) -> tuple[Edit, ...]:
        edits = []
        if not has_components:
            edits.append(Edit(kind="add", pointer="#/components", value={}))
        if not has_schemes:
            edits.append(Edit(kind="add", pointer="#/components/securitySchemes", value={}))
        scheme = {"type": "http", "scheme": "bearer"}
        edits.append(Edit(kind="add", pointer=join("#/components/securitySchemes", name), value=scheme))
        return tuple(edits)

    def _tags(self) -> Iterator[Finding]:
        listed = self.root.get("tags")
        tags = [tag for tag in listed if isinstance(tag, dict)] if isinstance(listed, list) else []
        names = [tag.get("name") for tag in tags]
        seen: set[Any] = set()
        parents = {tag.get("name"): tag.get("parent") for tag in tags if isinstance(tag.get("name"), str)}
        for index, tag in enumerate(listed if tags and isinstance(listed, list) else ()):
            name = tag.get("name") if isinstance(tag, dict) else None
            if not isinstance(name, str):
                continue
            pointer = f"#/tags/{index}"
            if name in seen:
                drop = (Edit(kind="drop", pointer=pointer),)
                message = f'the tag "{name[:_SHOWN]}" is declared twice'
                yield Finding(pointer=pointer, message=message, edits=drop, repaired="the first one counts")
            seen.add(name)
            parent = tag.get("parent")
            if isinstance(parent, str) and (parent not in names or _leads_back(name, parents)):
                place = join(pointer, "parent")
                what = "is not declared" if parent not in names else "is below this tag itself"
                drop = (Edit(kind="drop", pointer=place),)
                message = f'the parent tag "{parent[:_SHOWN]}" {what}'
                yield Finding(pointer=place, message=message, edits=drop, repaired="it is left out")

    def _schemas(self) -> Iterator[Finding]:
        components = self.root.get("components")
        schemas = components.get("schemas") if isinstance(components, dict) else None
        enum_values = 0
        for pointer, kind, value in self.nodes:
            if kind == "discriminator":
                for name, ref in _members(value.get("mapping")):
                    if isinstance(ref, str) and not self._leads_to_schema(ref, schemas):
                        place = join(pointer, "mapping", name)
                        yield Finding(
                            pointer=place,
                            message=f'the discriminator maps to "{ref[:_SHOWN]}", which is no schema of this document',
                            severity="warning",
                            edits=(Edit(kind="drop", pointer=place),),
                            repaired="the mapping is left out",
                        )
            elif kind == "schema":
                yield from self._keywords(pointer, value)
                yield from self._sizes(pointer, value)
                enum = value.get("enum")
                before, enum_values = enum_values, enum_values + (len(enum) if isinstance(enum, list) else 0)
                if before <= self.limits.all_enum_values < enum_values:
                    message = f"the enums together have more than {self.limits.all_enum_values:,} values"
                    yield Finding(pointer=join(pointer, "enum"), message=message)

    def _sizes(self, pointer: Pointer, schema: dict[str, Any]) -> Iterator[Finding]:
        limits = self.limits
        for keyword, most, what in (
            ("enum", limits.enum_values, "values"),
            ("properties", limits.properties, "properties"),
        ):
            held = schema.get(keyword)
            if isinstance(held, list if keyword == "enum" else dict) and len(held) > most:
                kind = "enum" if keyword == "enum" else "object"
                message = f"the {kind} has {len(held):,} {what}; at most {most:,} are accepted"
                yield Finding(pointer=join(pointer, keyword), message=message)

    def _keywords(self, pointer: Pointer, schema: dict[str, Any]) -> Iterator[Finding]:
        enum, pattern = schema.get("enum"), schema.get("pattern")
        if isinstance(enum, list) and len(set(map(repr, enum))) < len(enum):
            # The JSON Schema draft of OpenAPI 3.0 forbids what later ones only advise against.
            forbidden = self.document.version == (3, 0) and is_judged(pointer)
            place = join(pointer, "enum")
            edit = (Edit(kind="set", pointer=place, value=unique(enum)),)
            yield Finding(
                pointer=place,
                message='"enum" holds a value twice',
                severity="error" if forbidden else "warning",
                edits=edit,
                repaired="what repeats is left out",
            )
        if isinstance(pattern, str) and self.document.version >= (3, 1) and not _is_pattern(pattern):
            # In 3.0 the OpenAPI schema says so.
            place = join(pointer, "pattern")
            drop = (Edit(kind="drop", pointer=place),)
            severity: Severity = "error" if is_judged(pointer) else "warning"
            message = f'"pattern" is {show_value(pattern)}, which is not a regular expression'
            yield Finding(pointer=place, message=message, severity=severity, edits=drop, repaired="it is left out")

    def _leads_to_schema(self, ref: str, schemas: Any) -> bool:
        if isinstance(schemas, dict) and ref in schemas:
            return True
        if not ref.startswith("#/"):
            return self.identified
        try:
            return isinstance(self.document.resolve(ref), dict | bool)
        except KeyError:
            return False


def _is_pattern(pattern: str) -> bool:
    """Tell whether a pattern is one of ECMA 262, or of Python: documents have both."""
    from jsonschema_rs import is_valid

    if is_valid({"format": "regex"}, pattern, validate_formats=True):
        return True
    try:
        with warnings.catch_warnings(action="ignore"):  # FutureWarning: a pattern that later Pythons read otherwise
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def _members(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _leads_back(name: str, parents: dict[Any, Any]) -> bool:
    seen = {name}
    parent = parents.get(name)
    while isinstance(parent, str) and parent not in seen:
        seen.add(parent)
        parent = parents.get(parent)
    return parent == name


def _decode(ref: str) -> str:
    from urllib.parse import unquote

    return unquote(ref) if "%" in ref else ref
