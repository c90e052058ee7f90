"""What the OpenAPI schemas can't see: names, paths, parameters, security, tags; and all other rules, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..document.edits import Edit
from ..document.index import Index
from ..document.objects import PlacedObject, operations_of
from ..parsing.limits import Limits
from ..pointer import Pointer, join, split
from .circle_rules import judge_unions
from .dialect_rules import judge_dialects
from .finding import SHOWN_NAME, Finding
from .message_rules import BEARER, judge_messages
from .path_rules import EXPRESSION, Parameters, PathParameters, judge_path
from .reference_rules import judge_circles, judge_dynamic_references, judge_references
from .repair_steps import remove
from .schema_rules import judge_schemas
from .value_rules import judge_values

Places = Mapping[str, tuple[str, str]]
"""Where a request has the credential of each security scheme."""


def judge(index: Index, fresh: Iterable[PlacedObject]) -> Iterator[Finding]:
    """Judge a document by all rules, in time linear in its size.

    ``fresh`` are the objects that were not judged yet: rules about one object by itself look at no others, rules about
    several (references, names that must differ, defaults whose schema refers to others) look at the whole document.
    """
    fresh, root, limits = list(fresh), index.document.root, index.document.limits
    yield from judge_references(index)
    yield from judge_dynamic_references(index)
    yield from judge_circles(index)
    yield from judge_unions(index)
    yield from _operations(index, limits)
    yield from _names(fresh, limits)
    yield from judge_messages(index, fresh)
    places = _places(index)
    for path, item in _members(root.get("paths")):
        if path.startswith("/") and isinstance(item, dict) and "$ref" not in item:
            yield from _path(index, path, item, places)
    yield from _templates(root)
    yield from _security(index)
    yield from _same_places(index, places)
    yield from _tags(root.get("tags"))
    yield from judge_dialects(fresh, index.document.version)
    yield from judge_schemas(index, fresh)
    yield from judge_values(index.document, index.objects)


def _operations(index: Index, limits: Limits) -> Iterator[Finding]:
    seen: dict[str, Pointer] = {}
    operations = index.of("operation")
    if len(operations) > limits.operations:
        message = f"the document has {len(operations):,} operations; at most {limits.operations:,} are accepted"
        yield Finding(pointer="#/paths", message=message, hint=limits.hint("operations", len(operations)))
    for pointer, _, value in operations:
        name = value.get("operationId")
        if not isinstance(name, str):
            continue
        place = join(pointer, "operationId")
        if name in seen and index.document.origin(pointer) != index.document.origin(seen[name]):
            routed = pointer.startswith("#/paths/") and "/callbacks/" not in pointer
            yield Finding(
                pointer=place,
                message=f'the operationId "{name[:SHOWN_NAME]}" is used before, at {seen[name]}',
                severity="error" if routed else "warning",
                hint="give each operation its own",
                repair=remove(place, "this operation is named after its method and path"),
            )
        else:  # paths that share a path item share its operationIds
            seen.setdefault(name, pointer)


def _names(fresh: Iterable[PlacedObject], limits: Limits) -> Iterator[Finding]:
    """Bound what becomes a name: a key is bounded when it is read."""
    for pointer, kind, value in fresh:
        for member in {"operation": ("operationId",), "parameter": ("name",), "tag": ("name",)}.get(kind, ()):
            name = value.get(member)
            if isinstance(name, str) and len(name) > limits.name:
                message = f'"{member}" has {len(name):,} characters; at most {limits.name:,} are accepted'
                yield Finding(pointer=join(pointer, member), message=message)


def _parameters(index: Index, pointer: Pointer, owner: dict[str, Any]) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Go through the parameters that stand in a path item or an operation, references followed."""
    listed = owner.get("parameters")
    for number, part in enumerate(listed if isinstance(listed, list) else ()):
        target = index.behind(part)
        if isinstance(target, dict) and isinstance(target.get("name"), str) and isinstance(target.get("in"), str):
            yield f"{pointer}/parameters/{number}", target


def _path(index: Index, path: str, item: dict[str, Any], places: Places) -> Iterator[Finding]:
    pointer = join("#", "paths", path)
    common = list(_parameters(index, pointer, item))
    yield from _repeated(common)
    own: dict[str, Parameters] = {}
    for _, tokens, operation in operations_of(item):
        if isinstance(operation, dict):
            place = join(pointer, *tokens)
            parameters = own[place[len(pointer) + 1 :]] = list(_parameters(index, place, operation))
            yield from _repeated(parameters)
            yield from _whole_query(common, parameters)
            yield from _keys(index, [*common, *parameters], operation, places)
    yield from judge_path(PathParameters(pointer, path, common, own), index.document.root["paths"])


def _repeated(parameters: Parameters) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for pointer, value in parameters:
        name = value["name"]
        key = (name.lower() if value["in"] == "header" else name, value["in"])  # RFC 9110, section 5.1
        if key in seen:
            yield Finding(
                pointer=pointer,
                message=f'the {key[1]} parameter "{name[:SHOWN_NAME]}" is declared twice',
                repair=remove(pointer, "the first one counts"),
            )
        seen.add(key)


def _whole_query(common: Parameters, own: Parameters) -> Iterator[Finding]:
    """A parameter that is the whole query stands beside no other one of the query (3.2, Parameter Object: `in`)."""
    known = {(value["name"], value["in"]): (pointer, value["in"]) for pointer, value in (*common, *own)}
    queries = [(pointer, where) for pointer, where in known.values() if where in {"query", "querystring"}]
    if len(queries) > 1:
        for pointer, where in queries:
            if where == "querystring":
                message = 'a parameter "in": "querystring" is the whole query: there can be no other one of the query'
                yield Finding(pointer=pointer, message=message, hint="leave one of them out")
                return


def _templates(root: dict[str, Any]) -> Iterator[Finding]:
    """Two paths that differ only in the names of their parameters can't be told apart (3.1.1, section 4.8.8)."""
    seen: dict[str, str] = {}
    for path, _ in _members(root.get("paths")):
        shape = EXPRESSION.sub("{}", path)
        if "{" in path and shape in seen:
            message = f'the path is the same as "{seen[shape][:SHOWN_NAME]}" but for the names of its parameters'
            yield Finding(pointer=join("#", "paths", path), message=message, severity="warning")
        seen.setdefault(shape, path)


def judge_servers(index: Index) -> Iterator[Finding]:
    """Report empty lists of servers: they are allowed, and mean what none at all does (3.1.1, section 4.8.1.1)."""
    for pointer, kind, value in index.of("document", "pathItem", "operation"):
        if value.get("servers") == []:
            counts = '"/" is the server' if kind == "document" else "those of the document count"
            yield Finding(pointer=join(pointer, "servers"), message=f'"servers" is empty: {counts}', severity="warning")


def _security(index: Index) -> Iterator[Finding]:
    known = set(index.components("securitySchemes"))
    for pointer, _, owner in index.of("document", "operation"):
        listed = owner.get("security")
        for number, requirement in enumerate(listed if isinstance(listed, list) else ()):
            for name in requirement if isinstance(requirement, dict) else ():
                if name not in known:
                    known.add(name)
                    yield Finding(
                        pointer=join(pointer, "security", number, name),
                        message=f'the security scheme "{name[:SHOWN_NAME]}" is not declared',
                        hint="declare it under components/securitySchemes",
                        repair=(_declare(index.document.root, name), "a bearer token is assumed"),
                    )


def _keys(index: Index, parameters: Parameters, operation: dict[str, Any], places: Places) -> Iterator[Finding]:
    """Report parameters that are the credential of a scheme, which is sent and judged by itself: one of both is lost."""
    listed = operation.get("security", index.document.root.get("security"))
    required = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    schemes = {places[name]: name for one in required for name in one if name in places}
    for pointer, value in parameters:
        place = _place(value["in"], value["name"])
        name = schemes.get(place)
        if name is not None and place != ("header", "Authorization"):  # which is no parameter: it is passed over
            message = f'the {value["in"]} parameter "{value["name"][:SHOWN_NAME]}" is where the security scheme'
            yield Finding(
                pointer=pointer,
                message=f'{message} "{name[:SHOWN_NAME]}" has its credential',
                severity="warning",
                hint="leave the parameter out: the scheme says enough",
            )


def _place(where: str, name: str) -> tuple[str, str]:
    """A field of a request; capitals do not count in the names of header fields (RFC 9110, section 5.1)."""
    return where, name.title() if where == "header" else name


def _places(index: Index) -> Places:
    """Find the field of a request that each security scheme needs."""
    places: dict[str, tuple[str, str]] = {}
    for name, part in index.components("securitySchemes").items():
        scheme = index.behind(part)
        if isinstance(scheme, dict) and scheme.get("type") in ("http", "oauth2", "openIdConnect"):
            places[name] = _place("header", "Authorization")
        elif isinstance(scheme, dict) and scheme.get("type") == "apiKey":
            places[name] = _place(str(scheme.get("in")), str(scheme.get("name")))
    return places


def _same_places(index: Index, places: Places) -> Iterator[Finding]:
    """Report alternatives of security that no request satisfies: two schemes need one field of it."""
    for pointer, _, owner in index.of("document", "operation"):
        listed = owner.get("security")
        for number, requirement in enumerate(listed if isinstance(listed, list) else ()):
            names = [name for name in requirement if name in places] if isinstance(requirement, dict) else []
            for place in dict.fromkeys(places[name] for name in names):
                alike = [f'"{name[:SHOWN_NAME]}"' for name in names if places[name] == place]
                if len(alike) > 1:
                    message = f"{' and '.join(alike)} both need the {place[0]} field {place[1][:SHOWN_NAME]}"
                    yield Finding(
                        pointer=join(pointer, "security", number),
                        message=f"{message}: no request satisfies this alternative",
                        severity="warning",
                        hint="name schemes that do without each other in alternatives of their own",
                    )


def _declare(root: dict[str, Any], name: str) -> tuple[Edit, ...]:
    """Declare a security scheme. Refusing requests is the safe side: the operation stays closed without a token."""
    edits: list[Edit] = []
    holder: Any = root
    for pointer in ("#/components", "#/components/securitySchemes"):
        holder = holder.get(split(pointer)[-1]) if isinstance(holder, dict) else None
        if not isinstance(holder, dict):
            edits.append(Edit(kind="add", pointer=pointer, value={}))
    return (*edits, Edit(kind="add", pointer=join("#/components/securitySchemes", name), value=dict(BEARER)))


def _tags(listed: Any) -> Iterator[Finding]:
    tags = [
        (f"#/tags/{number}", tag)
        for number, tag in enumerate(listed if isinstance(listed, list) else ())
        if isinstance(tag, dict) and isinstance(tag.get("name"), str)
    ]
    parents = {tag["name"]: tag.get("parent") for _, tag in tags}
    seen: set[str] = set()
    for pointer, tag in tags:
        name, parent = tag["name"], tag.get("parent")
        if name in seen:
            message = f'the tag "{name[:SHOWN_NAME]}" is declared twice'
            yield Finding(pointer=pointer, message=message, repair=remove(pointer, "the first one counts"))
        seen.add(name)
        if isinstance(parent, str) and (parent not in parents or _leads_back(name, parents)):
            place = join(pointer, "parent")
            what = "is not declared" if parent not in parents else "is below this tag itself"
            yield Finding(pointer=place, message=f'the parent tag "{parent[:SHOWN_NAME]}" {what}', repair=remove(place))


def _members(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _leads_back(name: str, parents: dict[Any, Any]) -> bool:
    seen = {name}
    parent = parents.get(name)
    while isinstance(parent, str) and parent not in seen:
        seen.add(parent)
        parent = parents.get(parent)
    return parent == name
