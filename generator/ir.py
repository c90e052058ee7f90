"""The intermediate representation: what the templates print, as final answers.

Names are checked identifiers, types are values (`python/types.py`), everything else is the document's text. No logic and no
lookups. Templates read these fields, types as text (`render/environment.py`): `VERSION` changes when one of them does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from .python.types import Type
from .records import record

VERSION = 1


@record(kw_only=True)
class Parameter:
    """A parameter: `type` as the contract has it (with constraints), `annotation` as a signature shows it.

    `style` and `explode` are None where they are the specification's default for the location. `default` is the
    contract's default as source text or None, `shown_default` the signature's. `media` is how the whole query is written
    (OpenAPI 3.2, in: querystring), None for any other parameter.
    """

    name: str
    wire_name: str
    location: str
    style: str | None
    explode: bool | None
    allow_reserved: bool
    media_type: str | None
    type: Type
    annotation: Type
    required: bool
    default: str | None
    shown_default: str | None
    media: Media | None = None


@record(kw_only=True)
class Header:
    """A declared response header."""

    wire_name: str
    type: Type
    required: bool
    explode: bool = False
    media_type: str | None = None


@record(kw_only=True)
class Encoding:
    """How one property of a form is written (OpenAPI 3.1, 4.8.15); None where nothing is declared."""

    property_name: str
    content_type: str | None
    style: str | None
    explode: bool | None
    allow_reserved: bool
    headers: tuple[Header, ...]


@record(kw_only=True)
class Media:
    """A media type of a body: `kind` is the runtime's class, `plain` says that it has this media type by itself.

    `type` is None where the kind has its own; `whole`: the items of an event stream are whole events, not their data;
    `last`: data that ends it, None for what the runtime takes for that; `item_type`: the content type of each part of a
    multipart stream, None for JSON; `conceals`: what is read without its schema has a part that is secret.
    """

    kind: str
    media_type: str
    plain: bool
    type: Type | None
    encoding: tuple[Encoding, ...]
    whole: bool = False
    last: str | None = None
    item_type: str | None = None
    conceals: bool = False


@record(kw_only=True)
class Response:
    """What one status, range or the default carries: a result of the operation (`success`), or an exception (`error`)."""

    status: str
    media: tuple[Media, ...]
    headers: tuple[Header, ...]
    success: bool
    error: str | None


@record(kw_only=True)
class ErrorClass:
    """An exception for a declared (status, body); `base` is the runtime's class; `status` where that has none."""

    name: str
    base: str
    body: Type
    status: int | None
    doc: str


@record(kw_only=True)
class SecurityScheme:
    """A way to present credentials; `kind` is the runtime's class, `credential` the type of what a client is given.

    The empty text stands for a scheme that a client is given nothing for.
    """

    constant: str
    name: str
    kind: str
    arguments: Mapping[str, str]
    credential: Type | Literal[""]


@record(kw_only=True)
class Requirement:
    """A scheme that an operation asks for, by its constant and its name in the document, with scopes."""

    constant: str
    name: str
    scopes: tuple[str, ...]


@record(kw_only=True)
class Server:
    """A server: variables with their defaults, and the values that they may have."""

    url: str
    variables: Mapping[str, str]
    choices: Mapping[str, tuple[str, ...]]


@record(kw_only=True)
class Operation:
    """An operation: `signature` are its method's arguments, `returns` what it gives, `result` the T of `Operation[T]`.

    `client_signature` are the arguments of the client's method, which takes files for bytes; `outline` shows signature and
    result in API.md; `raises` are the declared errors, `statuses` those of answers. `deprecation` is what a deprecated
    operation tells its callers, and empty for others.
    """

    name: str
    constant: str
    group: str
    operation_id: str
    method: str
    path: str
    summary: str
    doc: str
    deprecation: str
    signature: str
    client_signature: str
    outline: str
    raises: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    bodies: tuple[Media, ...]
    body_required: bool
    responses: tuple[Response, ...]
    statuses: tuple[int, ...]
    returns: Type
    sync_returns: Type
    result: Type
    streams: bool
    security: tuple[tuple[Requirement, ...], ...]
    servers: tuple[Server, ...]
    pointer: str


@record(kw_only=True)
class Group:
    """Operations with the same first tag: an attribute of the client, a Protocol, a class to subclass.

    `description` are the document's words about the tag; `doc` names the tag too.
    """

    name: str
    class_name: str
    description: str
    doc: str
    operations: tuple[Operation, ...]


@record(kw_only=True)
class Credential:
    """What a client can be given, by the name of its scheme."""

    name: str
    annotation: Type


@record(kw_only=True)
class ModelModule:
    """A module of a split package's models: its text without imports, the classes in it, and those of other modules that it needs."""

    name: str
    classes: tuple[str, ...]
    first: Mapping[str, str]
    """What is imported before all else, so that imports do not lie too deep in each other: by name the module that has it."""
    imports: Mapping[str, str]
    """By name the module that has it."""
    source: str


@record(kw_only=True)
class JudgingSchemas:
    """The JSON Schemas that values are judged by, where types can't hold them."""

    by_name: Mapping[str, Any]
    """They refer to each other as `#/$defs/…`."""
    repeat: bool
    """Whether a value may be judged over and over: some lead back to themselves, or share many others."""
    ways: int
    """How many may judge one value at most, each counted for each way to it."""

    @property
    def variables(self) -> dict[str, Any]:
        """What their template knows."""
        return {"schemas": self.by_name, "repeat": self.repeat, "ways": self.ways}


@record(kw_only=True)
class Api:
    """All that the templates know.

    `layout`: a few files, or a module for each group and each component, imported when it is used (`split`).
    `presented` are the classes of what requests present; `homes` are the names that the package itself has, with the modules
    that they come from; `exceptions` those of the runtime that errors.py has too. `secured`: some operation asks for
    credentials; `streams`, `files`, `contents`: some body is a stream, a form with files, or has several media types;
    `templated`: some path is not matched as it is written; `tolerant`: the client may be told to read what the document does
    not have yet; `watch`: the server has the middleware of that name. `environment` begins the
    names of the variables that a client reads; where it is empty, it reads none. `server_path` is the path of the base URL or
    the first server, percent-decoded (`/v1`); `mount_path` is the same if no operation may stand below it, else empty.
    """

    package: str
    title: str
    version: str
    doc: str
    servers: tuple[Server, ...]
    base_url: str | None
    server_path: str
    mount_path: str
    environment: str
    tolerant: bool
    watch: bool
    groups: tuple[Group, ...]
    webhooks: tuple[Group, ...]
    errors: tuple[ErrorClass, ...]
    security_schemes: tuple[SecurityScheme, ...]
    credentials: tuple[Credential, ...]
    credentials_named: bool
    presented: tuple[str, ...]
    client_doc: str
    async_client_doc: str
    exceptions: tuple[str, ...]
    secured: bool
    streams: bool
    files: bool
    contents: bool
    templated: bool
    layout: Literal["single", "split"]
    models: str
    """The text of models.py; empty if there are `model_modules`."""
    model_modules: tuple[ModelModule, ...]
    sides: tuple[str, ...]
    homes: Mapping[str, str]
    distribution: str | None
    release: str
    summary: str
    example_url: str
