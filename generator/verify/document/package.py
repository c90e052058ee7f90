"""A generated package, looked at from outside: its methods by (method, path), their arguments and results."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import typing
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from typing_extensions import TypeAliasType

from .document import Operation
from .schemas import Schemas


class _NoContent:
    """Stands for `Content` in a package whose bodies have one media type each."""


class Mismatch(Exception):  # noqa: N818
    """The package is not what the document says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One operation of the package: its contract entry, and the types of its method."""

    contract: Any
    group: str
    member: str
    hints: Mapping[str, Any]
    result: Any
    names: Mapping[tuple[str, str], str]  # (location, wire name) → argument
    streams: bool  # whether the method does nothing but stream


def is_whole(name: str) -> bool:
    """Tell whether a package has a contract and a client: without operations it has models only."""
    return all(importlib.util.find_spec(f"{name}.{module}") is not None for module in ("contract", "client"))


class Package:
    """The modules of a package, and what its parts are."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.contract = self._module("contract")
        self.exceptions = self._module("errors")
        has_content = importlib.util.find_spec(f"{name}._runtime.wire.content") is not None
        self.content: Any = self._module("_runtime.wire.content").Content if has_content else _NoContent
        self.client = self._module("client")
        self.server = self._module("server")
        self.stub = self._module("server.stub")
        self.core = self._module("_runtime.server.core")
        self.sync_client = self.client.Client("http://127.0.0.1")
        self.async_client = self.client.AsyncClient("http://127.0.0.1")
        self._adapters: dict[int, tuple[Any, Any]] = {}

    def _module(self, name: str) -> Any:
        return importlib.import_module(f"{self.name}.{name}")

    @cached_property
    def models(self) -> dict[str, Any]:
        """The classes of the package's models by name."""
        module = self._module("models")
        there = {
            name: getattr(module, name) for name in dir(module)
        }  # a split package imports some when they are asked for
        return {name: one for name, one in there.items() if inspect.isclass(one) and hasattr(one, "model_fields")}

    @cached_property
    def entries(self) -> dict[tuple[str, str], list[Any]]:
        """The contract's entries by method and path."""
        found: dict[tuple[str, str], list[Any]] = {}
        for entry in self.contract.API.operations:
            found.setdefault((entry.method, entry.path), []).append(entry)
        return found

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """The members of each group."""
        found: dict[str, list[str]] = {}
        for entry in self.contract.API.operations:
            group, _, member = entry.name.rpartition(".")
            found.setdefault(group, []).append(member)
        return found

    def find(self, operation: Operation) -> Method:
        """Return the method of an operation. Raises Mismatch where something is missing, or there twice."""
        entries = self.entries.get((operation.method, operation.path), [])
        if len(entries) != 1:
            raise Mismatch(f"the contract has {len(entries)} entries for {operation.title}")
        entry = entries[0]
        group, _, member = entry.name.rpartition(".")
        functions = self._functions(group, member)
        signatures = [list(inspect.signature(f).parameters.values()) for f in functions.values()]
        shapes = [[(p.name, p.kind, p.default) for p in signature] for signature in signatures]
        if any(repr(shape) != repr(shapes[0]) for shape in shapes):
            raise Mismatch(f"{entry.name} has not the same signature in {', '.join(functions)}")
        function = functions["the sync client"]
        hints = typing.get_type_hints(function, include_extras=True)
        result = hints.pop("return", None)
        return Method(
            contract=entry,
            group=group,
            member=member,
            hints=hints,
            result=result,
            names=self._arguments(operation, entry, hints),
            streams=not inspect.iscoroutinefunction(functions["the async stub"]),
        )

    def _functions(self, group: str, member: str) -> dict[str, Any]:
        """Return the six places where an operation's method stands."""
        found: dict[str, Any] = {}
        for kind, client in (("sync", self.sync_client), ("async", self.async_client)):
            implementation = type(getattr(client, group, None))
            protocols = [c for c in implementation.__mro__[1:] if getattr(c, "_is_protocol", False)]
            if not protocols or protocols[0] is typing.Protocol:
                raise Mismatch(f"the {kind} client has no group {group}, or it meets no Protocol")
            stubs = [c for c in vars(self.stub).values() if inspect.isclass(c) and c.__bases__ == (protocols[0],)]
            if len(stubs) != 1:
                raise Mismatch(f"{len(stubs)} stubs meet the Protocol {protocols[0].__name__}")
            places = (("client", implementation), ("Protocol", protocols[0]), ("stub", stubs[0]))
            for place, owner in places:
                if member not in vars(owner):
                    raise Mismatch(f"the {kind} {place} has no method {group}.{member}")
                found[f"the {kind} {place}"] = vars(owner)[member]
        return found

    def _arguments(self, operation: Operation, entry: Any, hints: Mapping[str, Any]) -> dict[tuple[str, str], str]:
        """Return the arguments of an operation's parameters. Raises Mismatch."""
        declared = {p.key: p for p in operation.parameters}
        there = entry.parameters.parameters if entry.parameters else ()
        found = {(p.location, p.wire_name): p.name for p in there}
        if len(found) != len(there) or len(set(found.values())) != len(there):
            raise Mismatch("a parameter stands twice in the contract")
        if missing := declared.keys() - found.keys():
            raise Mismatch(f"parameters are missing: {_listed(missing)}")
        if more := found.keys() - declared.keys():
            raise Mismatch(f"parameters that are not declared: {_listed(more)}")
        names = set(found.values()) | ({"body"} if entry.body else set())
        if names != hints.keys():
            raise Mismatch(f"arguments {', '.join(sorted(hints))} for parameters {', '.join(sorted(names))}")
        return found

    def adapter(self, annotation: Any) -> Any:
        """Return what validates a type, as strictly as the package does."""
        key = id(annotation)
        if key not in self._adapters:
            self._adapters[key] = (annotation, _adapter(annotation))
        return self._adapters[key][1]

    def build(self, annotation: Any, value: Any, files: Mapping[str, Any] | None = None) -> Any:
        """Return the Python value of a JSON value. Raises Mismatch where the type refuses it."""
        from pydantic import ValidationError

        try:
            text = json.dumps(value).encode()
            return self.adapter(annotation).validate_json(text, by_alias=True, by_name=False, context=files)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = "/".join(map(str, first["loc"]))
            raise Mismatch(f"the model refuses a valid value at /{place}: {first['msg']}") from None

    def accepts(self, annotation: Any, value: Any) -> bool:
        """Tell whether a value is of an annotated type, a union of bodies included."""
        from pydantic import ValidationError

        for member in members(annotation):
            content = get_origin(member) is self.content
            if content != isinstance(value, self.content):
                continue
            inner = get_args(member)[0] if content else member
            try:
                self.adapter(inner).validate_python(value.value if content else value, strict=True)
            except ValidationError:
                continue
            return True
        return False


def _adapter(annotation: Any) -> Any:
    import pydantic  # by this name only: pydantic looks names of models up among the locals here

    is_model = inspect.isclass(annotation) and issubclass(annotation, pydantic.BaseModel)
    found: Any = pydantic.TypeAdapter(annotation, config=None if is_model else pydantic.ConfigDict(strict=True))
    found.rebuild(_parent_namespace_depth=1)
    return found


def unknown(schemas: Schemas, schema: Any, value: Any, path: str = "") -> str:
    """Return where a model keeps a declared property among unknown ones: it is not known by its wire name."""
    properties = _properties(schemas, schema)
    if isinstance(value, list) and isinstance(properties.get("[]"), Mapping):
        return next(
            (p for i, one in enumerate(value) if (p := unknown(schemas, properties["[]"], one, f"{path}/{i}"))), ""
        )
    extra = getattr(value, "model_extra", None)
    if not isinstance(extra, dict):
        return ""
    wrong = next((name for name in extra if name in properties), None)
    if wrong is not None:
        return f"{path}/{wrong} is not known to {type(value).__name__}"
    fields = {field.alias or name: name for name, field in type(value).model_fields.items()}
    found = ((n, s, getattr(value, fields[n])) for n, s in properties.items() if n in fields)
    return next((p for n, s, inner in found if (p := unknown(schemas, s, inner, f"{path}/{n}"))), "")


def _properties(schemas: Schemas, schema: Any, depth: int = 0) -> dict[str, Any]:
    """Return the properties that a schema declares for certain, and under [] what its items are."""
    if not isinstance(schema, Mapping) or depth > 10 or any(key in schema for key in ("oneOf", "anyOf")):
        return {}
    found: dict[str, Any] = {}
    if "$ref" in schema:
        found.update(_properties(schemas, schemas.resolve(schema["$ref"]), depth + 1))
    for part in schema.get("allOf", ()):
        found.update(_properties(schemas, part, depth + 1))
    found.update(schema.get("properties", {}))
    return found | ({"[]": schema["items"]} if "items" in schema else {})


def bare(annotation: Any) -> Any:
    """Return a type without what is said about it."""
    while True:
        if isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        elif get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        else:
            return annotation


def members(annotation: Any) -> list[Any]:
    """Return the members of a union; other types are their only member."""
    if get_origin(annotation) in (Union, UnionType):
        return [inner for member in get_args(annotation) for inner in members(member)]
    return [NoneType if annotation is None else annotation]


def plain_member(annotation: Any, content: Any) -> Any:
    """Return a body's annotation without `Content` of other media types; None stands for no body and for null."""
    kept = [m for m in members(annotation) if get_origin(m) is not content]
    return Union[tuple(kept)] if kept else Literal[None]  # noqa: UP007 - made at run time


def is_stream(annotation: Any) -> bool:
    """Tell whether an annotation is that of a stream."""
    return get_origin(annotation) in (Iterator, AsyncIterator)


def _listed(keys: set[tuple[str, str]]) -> str:
    return ", ".join(f"{name} in {location}" for location, name in sorted(keys))
