"""Parameters in path, query, header and cookie, lowered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .. import ir
from ..document.operations import Located, OperationView, contents
from ..parsing.limits import weigh
from ..pointer import join
from ..python import names
from ..python.defaults import default_text
from ..python.types import (
    STR,
    Constraint,
    Generic,
    Type,
    annotated,
    bare,
    head,
    optional,
    references,
    required,
    walk,
)
from .context import Lowering
from .media import PLAIN, essence, is_json, lower_media

STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
"""The style where none is given, by location (OpenAPI 3.1, 4.8.12.2)."""
WHOLE = "querystring"
"""The location of a parameter that is the whole query (OpenAPI 3.2, 4.12.1)."""

SHOWN = 500
"""Characters of the longest default that signatures show: each operation writes a dozen of them."""


def lower_parameters(run: Lowering, view: OperationView) -> tuple[ir.Parameter, ...]:
    """Lower the parameters of an operation; a warning for each that is left out."""
    keys = [(str(one.value["in"]), str(one.value["name"])) for one in view.parameters]
    given = names.parameters(*(key for key in keys if key[0] in (*STYLES, WHOLE)))
    found: list[ir.Parameter] = []
    credentials = _credentials(run)
    for one in view.ignored:
        message = f"the header {one.value['name']} is no parameter, as OpenAPI says: it is left out"
        run.note(message, one.pointer, "credentials and content types are arguments of the client", "notice")
    for key, parameter in zip(keys, view.parameters, strict=True):
        if key in given:
            lower_one = _query_string if key[0] == WHOLE else _parameter
            lowered = lower_one(run, parameter, key, given[key])
            secret = (key[0], key[1].lower()) in credentials
            concealed = annotated(lowered.type, [Constraint("Concealed")])
            found.append(replace(lowered, type=concealed) if secret else lowered)
        else:
            run.warn(f"The parameter {key[1]!r} is left out: there is no location {key[0]!r}", parameter.pointer)
    return tuple(found)


def _credentials(run: Lowering) -> set[tuple[str, str]]:
    """List where the document's security schemes put keys: a parameter that stands there is no less a secret."""
    schemes = (run.document.root.get("components") or {}).get("securitySchemes") or {}
    return {
        (str(one.get("in")), str(one.get("name")).lower())
        for one in schemes.values()
        if isinstance(one, dict) and one.get("type") == "apiKey"
    }


def _parameter(run: Lowering, parameter: Located, key: tuple[str, str], name: str) -> ir.Parameter:
    """Lower one parameter."""
    value = parameter.value
    schema, place, media_type = _schema(run, parameter, key[1])
    type_ = required(run.type_of(place, "request") or STR) or STR
    style, explode = _style(run, parameter, place, key[0])
    needed = value.get("required") is True or key[0] == "path"
    if value.get("allowReserved") is True and key[0] != "query":
        run.note(
            "allowReserved is read in queries only: elsewhere, reserved characters are percent-encoded",
            parameter.pointer,
        )
    default = None if needed else _default_text(run, parameter, schema, place, type_)
    shown = default is not None and len(default) <= SHOWN and not default.startswith(("[", "{"))
    shown_default = None if needed else default if shown else "None"
    return ir.Parameter(
        name=name,
        wire_name=key[1],
        location=key[0],
        style=style,
        explode=explode,
        allow_reserved=value.get("allowReserved") is True,
        media_type=media_type,
        type=type_,
        annotation=optional(bare(type_)) if shown_default == "None" and default != "None" else bare(type_),
        required=needed,
        default=default,
        shown_default=shown_default,
    )


def _query_string(run: Lowering, parameter: Located, key: tuple[str, str], name: str) -> ir.Parameter:
    """Lower the parameter that is the whole query: it is written as a body of its media type; any other type is text."""
    media = ir.Media(kind="Text", media_type="text/plain", plain=True, type=None, encoding=())
    for media_type, entry in contents(run.document, parameter)[:1]:
        found = lower_media(run, media_type, entry, "request")
        known = found.kind in ("Form", "Json")
        text = replace(media, media_type=media_type, plain=media_type == PLAIN["Text"], conceals=found.conceals)
        media = found if known else text
    if any(where == "query" for where, _ in _credentials(run)):
        run.note(
            "a key in the query stands beside what is the whole query: it is read as a part of it", parameter.pointer
        )
    type_, needed = media.type or STR, parameter.value.get("required") is True
    return ir.Parameter(
        name=name,
        wire_name=key[1],
        location=WHOLE,
        style=None,
        explode=None,
        allow_reserved=False,
        media_type=None,
        type=type_,
        annotation=bare(type_) if needed else optional(bare(type_)),
        required=needed,
        default=None,
        shown_default=None if needed else "None",
        media=media,
    )


def _schema(run: Lowering, parameter: Located, name: str) -> tuple[Any, str, str | None]:
    """Find a parameter's schema and its pointer; the media type where that is how the value is written."""
    place = join(parameter.pointer, "schema")
    if run.type_of(place, "request") is None:
        for media_type, entry in contents(run.document, parameter)[:1]:
            if is_json(essence(media_type)):
                return entry.value.get("schema"), join(entry.pointer, "schema"), media_type
            run.warn(f"The parameter {name!r} is taken as text: {media_type} is not read in parameters", entry.pointer)
            return entry.value.get("schema"), place, None
    return parameter.value.get("schema"), place, None


def _style(run: Lowering, parameter: Located, place: str, location: str) -> tuple[str | None, bool | None]:
    """Read `style` and `explode`; None for what is usual at this location."""
    style, explode = parameter.value.get("style"), parameter.value.get("explode")
    if style == "deepObject" and not _may_be_object(run.meaning(place, "request")):
        run.note(
            "deepObject says how objects are written, and this is none: it is written as a form", parameter.pointer
        )
        style = explode = None
    usual = STYLES[location]
    spreads = (style or usual) in ("form", "cookie")
    return (
        style if isinstance(style, str) and style != usual else None,
        explode if isinstance(explode, bool) and explode != spreads else None,
    )


def _may_be_object(meaning: Type | None) -> bool:
    if meaning is None:
        return True
    scalar = head(meaning) in ("str", "int", "float", "bool", "Literal", "list", "tuple")
    maps = any(isinstance(part, Generic) and part.name == "dict" for part in walk(meaning))
    return not scalar or maps or any(references(meaning))


def _default_text(run: Lowering, parameter: Located, schema: Any, place: str, type_: Type) -> str | None:
    """Write the default of what may be absent: what is required never is, so a default there means nothing."""
    declared = _default(run, place, schema)
    if declared is None:
        return None
    run.document.spend(*weigh(declared), parameter.pointer)  # each writes it
    found = default_text(declared, run.meaning(place, "request") or type_)
    if found is None:
        run.note("the default can't be written in Python: absent stays absent", parameter.pointer)
    return found


def _default(run: Lowering, pointer: str, schema: Any) -> Any:
    """Find the default of a schema: its own, else that of what it refers to (3.0 reads nothing beside a `$ref`)."""
    if not isinstance(schema, dict):
        return None
    own = "$ref" not in schema or run.document.version != (3, 0)
    return schema["default"] if own and "default" in schema else run.follow(pointer, schema).value.get("default")
