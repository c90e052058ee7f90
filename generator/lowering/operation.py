"""One operation, lowered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from .. import ir
from ..document.document import Document
from ..document.operations import OperationView, contents
from ..python.names import Naming
from ..python.types import ANY, Name, Type, optional, qualified, renamed, text, union
from ..records import record
from .context import Lowering, sentences
from .documentation import document_operation
from .errors import Error, error_of
from .media import STREAMS, async_iterator, body_types, iterator, lower_media
from .parameters import lower_parameters
from .responses import lower_responses
from .security import lower_security, lower_servers


@record(kw_only=True)
class Messages:
    """What an operation takes and gives, before its errors have names."""

    parameters: tuple[ir.Parameter, ...]
    bodies: tuple[ir.Media, ...]
    responses: tuple[ir.Response, ...]


WEIGHT = 4
"""Values of the budget for each parameter, header, media type and response of an operation, shared ones too."""

_STANDARD = {
    "Date": "date",
    "DateTime": "datetime",
    "UTCDateTime": "datetime",
    "Time": "time",
    **dict.fromkeys(("Base64", "Base64Url"), "bytes"),
}
"""Types of the runtime that API.md shows as the standard library's: what callers give, and what they get."""


def lower_messages(run: Lowering, view: OperationView) -> Messages:
    """Lower parameters, bodies and responses. Raises Refused if more of them are written than the budget has."""
    shared = [one.value for one in (*view.responses.values(), *filter(None, [view.body]))]
    parts = sum(1 + len(one.get("content") or ()) + len(one.get("headers") or ()) for one in shared)
    run.document.spend(WEIGHT * (len(view.parameters) + parts), 0, view.pointer)
    return Messages(
        parameters=lower_parameters(run, view),
        bodies=_bodies(run, view),
        responses=lower_responses(run, view),
    )


def lower_operation(
    document: Document,
    view: OperationView,
    messages: Messages,
    naming: Naming,
    errors: Mapping[Error, str],
    constants: Mapping[str, str],
) -> ir.Operation:
    """Lower one operation; `errors` names its exceptions, `constants` its security schemes."""
    group, name = naming.operations[view.pointer]
    parameters, bodies = messages.parameters, messages.bodies
    responses = tuple(
        replace(one, error=errors.get(error)) if (error := error_of(one)) else one for one in messages.responses
    )
    results = [one for one in responses if one.success]
    streams = bool(results) and all(len(one.media) == 1 and one.media[0].kind in STREAMS for one in results)
    returns = _result(results, async_iterator)
    required = view.body is not None and view.body.value.get("required") is True
    body = union(body_types(bodies)) if bodies else None
    hidden = naming.hidden[group]
    written = partial(_written, hidden)
    return ir.Operation(
        name=name,
        constant=naming.constants[view.pointer],
        group=group,
        operation_id=view.operation_id or "",
        method=view.method,
        path=view.path,
        summary=" ".join(sentences(view.value.get("summary")).split()),
        doc=document_operation(document, view, parameters, responses),
        deprecation=f"{view.method} {view.path} is deprecated" if view.value.get("deprecated") is True else "",
        signature=", ".join(["self", *_signature(parameters, body, required, written)]),
        client_signature=", ".join(["self", *_signature(parameters, _sent(bodies), required, written)]),
        outline=f"({', '.join(_signature(parameters, body, required, _plain))}) -> {_plain(returns)}",
        raises=tuple(dict.fromkeys(one.error for one in responses if one.error)),
        parameters=parameters,
        bodies=bodies,
        body_required=required,
        responses=responses,
        statuses=tuple(200 if one.status == "default" else int(one.status.replace("XX", "00")) for one in results),
        returns=qualified(returns, hidden),
        sync_returns=qualified(_result(results, iterator), hidden),
        result=_result(results, (lambda item: item) if streams else (lambda _item: ANY)),
        streams=streams,
        security=lower_security(document, view, constants),
        servers=lower_servers(view.servers),
        pointer=view.pointer,
    )


def _bodies(run: Lowering, view: OperationView) -> tuple[ir.Media, ...]:
    if view.body is None:
        return ()
    return tuple(
        lower_media(run, media_type, entry, "request") for media_type, entry in contents(run.document, view.body)
    )


def _sent(bodies: Sequence[ir.Media]) -> Type | None:
    """Join the types that a client takes for a body: bytes may come from files and iterators as well."""
    types = body_types(bodies)
    if bodies and bodies[0].kind == "Binary":
        types[0] = Name("Uploadable")
    return union(types) if bodies else None


def _result(results: Sequence[ir.Response], stream: Callable[[Type], Type]) -> Type:
    """Join the types of the results; `stream` makes that of a stream from its items."""
    return union(part for one in results for part in body_types(one.media, stream))


def _written(hidden: Collection[str], one: Type) -> str:
    return text(qualified(one, hidden))


def _plain(one: Type) -> str:
    return text(renamed(one, _STANDARD), owner="")


def _signature(
    parameters: Sequence[ir.Parameter], body: Type | None, required: bool, written: Callable[[Type], str]
) -> list[str]:
    """Write a method's arguments, the body first, every parameter by keyword; `written` writes their types."""
    found: list[str] = []
    if body is not None:
        found.append(f"body: {written(body if required else optional(body))}{'' if required else ' = None'}")
    found += ["*"] if parameters else []
    for one in parameters:
        default = "" if one.shown_default is None else f" = {one.shown_default}"
        found.append(f"{one.name}: {written(one.annotation)}{default}")
    return found
