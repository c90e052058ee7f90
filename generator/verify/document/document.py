"""What a document declares, read once more and alone: nothing of the generator's own reading is used here."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
IGNORED_HEADERS = ("accept", "content-type", "authorization")  # OpenAPI 3.1, 4.8.12.2
_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A parameter or a header. `schema` is None where the document gives none."""

    name: str
    location: str
    style: str
    explode: bool
    schema: Any = None
    required: bool = False
    media_type: str = ""  # of `content`-typed ones
    encoding: Mapping[str, Any] = field(default_factory=dict)  # of a form that is the whole query
    default: tuple[Any, ...] = ()  # one value, or none

    @property
    def key(self) -> tuple[str, str]:
        """What tells parameters apart."""
        return self.location, self.name

    @property
    def is_form(self) -> bool:
        """Whether the value is a form that is the whole query (OpenAPI 3.2, 4.12.1)."""
        return self.location == "querystring" and "x-www-form-urlencoded" in self.media_type.lower()

    @property
    def is_json(self) -> bool:
        """Whether `content` says that the value is written as JSON."""
        return self.media_type.partition(";")[0].strip().lower().endswith("json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One media type of a body."""

    media_type: str
    schema: Any = None
    item_schema: Any = None
    item_encoding: Mapping[str, Any] = field(default_factory=dict)  # of each part; of the first parts: "prefixEncoding"
    encoding: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What one key of `responses` declares: a status, a range such as 2XX, or default."""

    key: str
    media: tuple[Media, ...] = ()
    headers: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation."""

    method: str
    path: str
    parameters: tuple[Field, ...] = ()
    bodies: tuple[Media, ...] = ()
    body_required: bool = False
    responses: tuple[Response, ...] = ()
    security: tuple[frozenset[str], ...] = ()  # alternatives, each the names of its schemes

    @property
    def title(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"


class Reader:
    """Reads the operations and security schemes of a self-contained document."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        numbers = str(root.get("openapi", "3.1")).split(".")
        self.is_30 = numbers[:2] == ["3", "0"]

    def lookup(self, ref: str) -> Any:
        """Return what a local reference points to. Raises KeyError."""
        node: Any = self.root
        for token in ref.removeprefix("#").split("/")[1:]:
            key = unquote(token).replace("~1", "/").replace("~0", "~")
            node = node[int(key)] if isinstance(node, list) else node[key]
        return node

    def follow(self, node: Any) -> Any:
        """Follow references to an object; {} where they lead nowhere."""
        for _ in range(50):
            if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
                return node if isinstance(node, Mapping) else {}
            try:
                node = self.lookup(node["$ref"])
            except (KeyError, IndexError, ValueError, TypeError):
                return {}
        return {}

    def schemes(self) -> dict[str, Mapping[str, Any]]:
        """Return the security schemes by name."""
        declared = (self.root.get("components") or {}).get("securitySchemes") or {}
        return {name: self.follow(value) for name, value in declared.items()}

    def operations(self, only: Sequence[str] = ()) -> list[Operation]:
        """List the operations under `paths`: those that the patterns name, or all."""
        found = []
        for path, item in (self.root.get("paths") or {}).items():
            if path.startswith("/"):
                found += list(self._item(path, self.follow(item), only))
        return found

    def _item(self, path: str, item: Mapping[str, Any], only: Sequence[str]) -> Iterator[Operation]:
        entries = [(m.upper(), item[m]) for m in item if m in METHODS]
        entries += list((item.get("additionalOperations") or {}).items())
        for method, value in entries:
            if isinstance(value, Mapping) and _chosen(method, path, value.get("operationId"), only):
                yield self._operation(method, path, item, value)

    def _operation(self, method: str, path: str, item: Mapping[str, Any], value: Mapping[str, Any]) -> Operation:
        parameters: dict[tuple[str, str], Field] = {}
        for entry in [*(item.get("parameters") or ()), *(value.get("parameters") or ())]:
            parameter = self._parameter(self.follow(entry))
            if parameter and not (parameter.location == "header" and parameter.name.lower() in IGNORED_HEADERS):
                parameters[parameter.key] = parameter
        body = self.follow(value.get("requestBody"))
        responses = {str(k): v for k, v in (value.get("responses") or {}).items() if not str(k).startswith("x-")}
        responses = responses or {
            "default": {}
        }  # they may be left out (OpenAPI 3.1, 4.8.10): any answer, without a body
        return Operation(
            method=method,
            path=path,
            parameters=tuple(parameters.values()),
            bodies=self._media(body),
            body_required=body.get("required") is True,
            responses=tuple(self._response(key, self.follow(response)) for key, response in responses.items()),
            security=self._security(value),
        )

    def _parameter(self, value: Mapping[str, Any]) -> Field | None:
        location = value.get("in")
        if not isinstance(location, str) or not isinstance(value.get("name"), str):
            return None
        return self._field(value["name"], location, value)

    def _field(self, name: str, location: str, value: Mapping[str, Any]) -> Field:
        style = value.get("style") or _STYLES.get(location, "simple")
        explode = value.get("explode")
        content = value.get("content")
        media_type = next(iter(content)) if isinstance(content, Mapping) and content else ""
        entry = self.follow(content[media_type]) if media_type and content else value
        schema = entry.get("schema")
        default: Mapping[str, Any] = self.follow(schema)
        if isinstance(schema, Mapping) and "default" in schema and not self.is_30:
            default = schema
        return Field(
            name=name,
            location=location,
            schema=schema,
            default=(default["default"],) if "default" in default else (),
            required=location == "path" or value.get("required") is True,
            style=style,
            explode=style in ("form", "cookie", "deepObject") if explode is None else explode is True,
            media_type=media_type,
            encoding=entry.get("encoding") or {},
        )

    def _media(self, holder: Mapping[str, Any]) -> tuple[Media, ...]:
        content = holder.get("content")
        entries = content.items() if isinstance(content, Mapping) else ()
        return tuple(
            Media(
                media_type=name,
                schema=entry.get("schema"),
                item_schema=entry.get("itemSchema"),
                item_encoding={key: entry[key] for key in ("prefixEncoding",) if key in entry}
                | (entry.get("itemEncoding") or {}),
                encoding=entry.get("encoding") or {},
            )
            for name, entry in ((name, self.follow(value)) for name, value in entries)
        )

    def _response(self, key: str, value: Mapping[str, Any]) -> Response:
        headers = value.get("headers")
        return Response(
            key=key.upper() if key != "default" else key,
            media=self._media(value),
            headers=tuple(
                self._field(name, "header", self.follow(entry))
                for name, entry in (headers.items() if isinstance(headers, Mapping) else ())
                if name.lower() != "content-type"
            ),
        )

    def _security(self, operation: Mapping[str, Any]) -> tuple[frozenset[str], ...]:
        declared = operation.get("security", self.root.get("security"))
        known = self.schemes()
        alternatives = tuple(
            frozenset(name for name in alternative if name in known)
            for alternative in (declared if isinstance(declared, list) else ())
            if isinstance(alternative, Mapping)
        )
        return alternatives if any(alternatives) else ()


def _chosen(method: str, path: str, operation_id: Any, only: Sequence[str]) -> bool:
    """Tell whether `METHOD /path` or an operationId is asked for."""
    for pattern in only:
        first, _, rest = pattern.strip().partition(" ")
        if not rest and operation_id and (first == operation_id or fnmatch.fnmatchcase(operation_id, first)):
            return True
        if rest and fnmatch.fnmatchcase(method, first.upper()):
            wanted = rest.strip()
            if path == wanted or fnmatch.fnmatchcase(path, wanted):
                return True
    return not only
