"""The calls to make for an operation: several sets of arguments, each declared response; their number stays linear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..document.document import Field, Media, Operation, Response
from ..document.merging import NoInstance, types
from ..values.choices import FULL, MINIMAL, Mode
from ..values.values import Values
from ..wire import bodies
from ..wire.bodies import Body

SETS: tuple[tuple[str, Mode], ...] = (
    ("minimal", MINIMAL),
    ("full", FULL),
    ("extreme 1", Mode(2, 0)),
    ("extreme 2", Mode(2, 1)),
    ("extreme 3", Mode(2, 2)),
    ("full 2", Mode(1, 1)),
)


@dataclass(slots=True, kw_only=True)
class Reply:
    """A response to give: a status, a body or the items of a stream, headers by their wire names."""

    response: Response | None
    status: int
    is_error: bool = False
    body: Body | None = None
    items: list[Body] | None = None
    headers: dict[str, Any] = field(default_factory=dict)
    is_first: bool = False  # whether a service gets this status without asking for it

    @property
    def first(self) -> Body | None:
        """The body, or the first item of the stream."""
        return self.body or (self.items[0] if self.items else None)

    @property
    def title(self) -> str:
        """The status and media type."""
        return f"{self.status} {self.first.media.media_type}" if self.first else str(self.status)


@dataclass(slots=True, kw_only=True)
class Case:
    """One call."""

    name: str
    arguments: dict[tuple[str, str], Any]
    body: Body | None
    reply: Reply
    schemes: frozenset[str] = frozenset()  # whose credentials to present


@dataclass(slots=True)
class Cases:
    """Makes the cases of one operation."""

    operation: Operation
    contract: Any
    sent: Values
    answered: Values
    no_instance: list[str] = field(default_factory=list)

    def arguments(self, mode: Mode) -> dict[tuple[str, str], Any]:
        """Return values for the parameters: the required ones, or all. Raises NoInstance for a required one."""
        found: dict[tuple[str, str], Any] = {}
        for parameter in self.operation.parameters:
            if not parameter.required and mode.level == 0:
                continue
            try:
                value = self.parameter(parameter, mode)
            except NoInstance:
                if parameter.required:
                    raise
                continue
            if value is not None:
                found[parameter.key] = value
        return found

    def parameter(self, parameter: Field, mode: Mode) -> Any:
        """Return a value for a parameter. Raises NoInstance."""
        use = "json" if parameter.media_type.endswith("json") else parameter.location
        use = "form" if parameter.is_form else use
        value = self.sent.make(parameter.schema, mode, use)
        if isinstance(value, str) and value in ("", ".", "..") and parameter.location == "path":
            value = self.sent.make(parameter.schema, Mode(1, mode.index), use)
        return value

    def body(self, media: Media, mode: Mode) -> Body:
        """Return a body. Raises NoInstance, or Mismatch where the contract has another kind of body."""
        entry = bodies.find(media, self.contract.body)
        kind = bodies.kind_of(media, entry, response=False, is_object=self.is_object(self.sent, media))
        return self._body(media, kind, self.sent, mode)

    def _body(self, media: Media, kind: str, values: Values, mode: Mode) -> Body:
        """Return a body with the flat properties of a form. Raises NoInstance."""
        body = bodies.make(media, kind, values, mode)
        if kind in ("Form", "Multipart"):
            declared = values.flat(media.schema).get("properties", {})
            properties = {name: values.flat_of(schema) for name, schema in declared.items()}
            items = {f"{n}[]": values.flat_of(p["items"]) for n, p in properties.items() if "items" in p}
            body.properties = properties | items
        return body

    def is_object(self, values: Values, media: Media) -> bool:
        """Tell whether a body's schema is that of an object."""
        flat = values.flat(media.schema)
        return "properties" in flat or "object" in types(flat.get("type"))

    def replies(self) -> Iterator[Reply]:
        """Yield a reply for each declared response and media type, and more than one where a body may be full."""
        operation = self.operation
        declared = {r.key: r for r in operation.responses}
        success = success_keys(declared)
        for key, response in declared.items():
            status = status_of(key, declared, success=key in success)
            if status < 200:
                continue
            first = bool(success) and key == success[0]
            reply = Reply(response=response, status=status, is_error=key not in success, is_first=first)
            if not response.media or operation.method == "HEAD":
                reply.headers = self.headers(response, MINIMAL)
                yield reply
                if (full := self.headers(response, FULL)) != reply.headers:
                    yield replace(reply, headers=full)
            elif status not in (204, 205, 304):
                for media in response.media:
                    yield from self._answers(reply, response, media)

    def _answers(self, reply: Reply, response: Response, media: Media) -> Iterator[Reply]:
        entry = bodies.find(media, self.contract.responses[response.key].media)
        is_object, is_result = self.is_object(self.answered, media), not reply.is_error
        kind = bodies.kind_of(media, entry, response=is_result, is_object=is_object)
        for index, (name, mode) in enumerate(SETS[: 4 if reply.is_first else 2]):
            try:
                found = replace(reply)
                if kind in bodies.STREAMS:
                    modes = (MINIMAL, FULL, Mode(1, 1)) if kind == "EventStream" else (MINIMAL, FULL, Mode(2))
                    found.items = [self._item(media, kind, m, entry.type) for m in modes[: (0, 1, 3, 2)[index]]]
                else:
                    found.body = self._body(media, kind, self.answered, mode)
            except NoInstance as error:
                self.no_instance.append(f"response {reply.status} {media.media_type}, {name}: {error}")
                continue
            found.headers = self.headers(response, mode)
            yield found

    def _item(self, media: Media, kind: str, mode: Mode, type_: Any) -> Body:
        """Return an item; of parts that are bytes, or text beyond their schema, any. Raises NoInstance."""
        if kind == "Download":
            return bodies.make(media, kind, self.answered, mode)
        schema = media.item_schema
        if kind == "MultipartStream":
            media = self._with_content_type(media, type_)
        if kind == "MultipartStream" and type_ in (bytes, str):
            is_text = types(self.answered.flat(schema).get("type")) == ["string"]
            if type_ is bytes or not is_text:
                made = bodies.make(media, "Binary" if type_ is bytes else "Text", self.answered, mode)
                return replace(made, kind=kind)
        if schema is None:
            flat = self.answered.flat(media.schema)
            is_array = flat.get("type") == "array"
            schema = self.answered.schemas.reader.follow(media.schema).get("items") if is_array else media.schema
        return Body(media=media, kind=kind, value=self.answered.make(schema, mode))

    def _with_content_type(self, media: Media, type_: Any) -> Media:
        """Say how parts are written where the document does not: by the type of their schema (OpenAPI 3.2, 4.15.1.1)."""
        declared = str(self.answered.flat(media.item_schema).get("type"))
        usual = {"object": "application/json", "array": "application/json"}
        usual |= dict.fromkeys(("string", "number", "integer", "boolean"), "text/plain")
        found = "application/octet-stream" if type_ is bytes else usual.get(declared)
        return replace(media, item_encoding={"contentType": found, **media.item_encoding}) if found else media

    def headers(self, response: Response, mode: Mode) -> dict[str, Any]:
        """Return values for a response's headers: the required ones, or all."""
        found = {}
        for header in response.headers:
            if header.required or mode.level:
                plain = Mode(min(mode.level, 1), mode.index)
                try:
                    found[header.name] = self.answered.make(header.schema, plain, "header")
                except NoInstance as error:
                    self.no_instance.append(f"header {header.name}: {error}")
        return found


def success_keys(declared: Mapping[str, Response]) -> list[str]:
    """Return which responses are answers: the 2xx, else the default, else the 1xx and 3xx."""
    keys = [k for k in declared if k[0] == "2"] or [k for k in declared if k == "default"]
    return keys or [k for k in declared if k[0] in "13"]


def status_of(key: str, declared: Mapping[str, Response], *, success: bool) -> int:
    """Return a status that a key stands for and that no other key names."""
    if key.isdigit():
        return int(key)
    if key == "default":
        candidates: list[int] = [200, 201] if success else [500, 503, 400, 418, 599, 451, 409]
        taken = {k[0] for k in declared if k.endswith("XX")}
        return next((s for s in candidates if str(s) not in declared and str(s)[0] not in taken), candidates[-1])
    base = int(key[0]) * 100  # of a range
    return next(s for s in range(base, base + 100) if str(s) not in declared)
