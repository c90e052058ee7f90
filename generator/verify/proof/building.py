"""The Python values of a call, built from JSON values: the client's arguments, and what the service returns."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, get_args, get_type_hints

from ..document.merging import NoInstance
from ..document.package import Method, Mismatch, is_stream, plain_member, unknown
from ..document.schemas import Schemas
from ..wire import bodies
from ..wire.bodies import Body
from ..wire.compare import shown
from .bench import Bench
from .cases import Case, Reply
from .service import Plan
from .strangers import add_in_place


@dataclass(slots=True)
class Builder:
    """Builds the Python values of one method's calls, through the annotations of the package."""

    bench: Bench
    method: Method

    def arguments(self, case: Case) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments of a call: the body by position, parameters by name. Raises Mismatch."""
        args = [self.body(case.body)] if case.body is not None else []
        kwargs = {}
        for key, value in case.arguments.items():
            name = self.method.names[key]
            try:
                kwargs[name] = self.bench.package.build(self.method.hints[name], value)
            except Mismatch as error:
                raise Mismatch(f"{name} = {shown(value)}: {error}") from None
        return args, kwargs

    def plan(self, reply: Reply) -> Plan:
        """Return what the service does to give a response. Raises Mismatch."""
        plan = Plan()
        if reply.response is None:
            plan.error = self.bench.package.exceptions.Unimplemented() if reply.is_error else None
            plan.status = reply.status
            return plan
        declared: Any = self.method.contract.responses[reply.response.key]
        headers = self._headers(reply, declared)
        if reply.items is not None:
            self._stream(reply.items, declared, plan)
        value = self._answer(reply, declared)
        if reply.is_error:
            if declared.error is None:
                raise Mismatch(f"no error class stands for {reply.status}")
            plan.error = declared.error(value, status=reply.status, headers=headers)
            return plan
        plan.result, plan.headers = value, headers
        plan.status = None if reply.is_first and (value is not None or plan.items is not None) else reply.status
        return plan

    def body(self, body: Body) -> Any:
        """Return the Python value of a request body. Raises Mismatch."""
        declared = self.method.contract.body
        entry = bodies.find(body.media, declared)
        is_first = entry is declared.all[0]
        annotation = plain_member(self.method.hints["body"], self.bench.package.content) if is_first else entry.type
        value = self._build(self.bench.sent, body, annotation)
        return value if is_first else self.bench.package.content(concrete(entry.media_type), value)

    def _build(self, schemas: Schemas, body: Body, annotation: Any) -> Any:
        """Return the Python value of a body. Raises Mismatch if its model does not know a declared property."""
        if body.kind in ("Text", "Binary"):
            return body.value
        if body.changed is not None:
            return self._changed(body, body.changed, annotation)
        value = self._mark_files(body) if body.kind == "Multipart" else body.value
        value = self.bench.package.build(annotation, value, body.files)
        if problem := unknown(schemas, schemas.convert(body.media.schema), value):
            raise Mismatch(problem)
        return value

    def _changed(self, body: Body, change: tuple[str, Any], annotation: Any) -> Any:
        """Return a model whose default was changed in place. Raises Mismatch, NoInstance where it has no such default."""
        name, more = change
        plain = {key: value for key, value in body.value.items() if key != name}
        made = self.bench.package.build(annotation, plain)
        if not add_in_place(made, self.bench.package.build(annotation, {**plain, name: more}), name):
            raise NoInstance(f"{name} has no default that can be changed")
        return made

    def _mark_files(self, body: Body) -> Any:
        """Return the value of a multipart body with marks instead of the strings of file properties."""
        body.files = {}
        make = importlib.import_module(f"{self.bench.package.name}._runtime.wire.multipart").File

        def mark(item: Any) -> str:
            name = f"file-{len(body.files)}"
            content = str(item).encode() + bytes(range(256))
            body.files[name] = make(content, name=f"{name}.bin", content_type="application/octet-stream")
            return name

        body.sent = dict(body.value)
        for name, item in body.value.items():
            if bodies.is_file(body.properties.get(name)):
                body.sent[name] = mark(item)
            elif isinstance(item, list) and bodies.is_file(body.properties.get(f"{name}[]")):
                body.sent[name] = [mark(one) for one in item]
        return body.sent

    def _headers(self, reply: Reply, declared: Any) -> dict[str, Any]:
        """Return the Python values of a response's headers by wire name. Raises Mismatch."""
        known = {h.name.lower(): h for h in declared.headers.all} if declared.headers else {}
        found = {}
        for name, value in reply.headers.items():
            if name.lower() not in known:
                raise Mismatch(f"the contract has no header {name} for {reply.status}")
            header = known[name.lower()]
            found[header.name] = self.bench.package.build(header._parameter.type, value)  # noqa: SLF001 - has no other way
        return found

    def _answer(self, reply: Reply, declared: Any) -> Any:
        """Return the Python value of a response body. Raises Mismatch."""
        body = reply.body
        if body is None:
            return None
        entry = bodies.find(body.media, declared.media)
        value = self._build(self.bench.answered, body, entry.type)
        if entry is not declared.media.all[0]:
            value = self.bench.package.content(concrete(entry.media_type), value)
        annotation = _error_body(declared.error) if reply.is_error else self.method.result
        if not self.bench.package.accepts(annotation, value) and not is_stream(annotation):
            raise Mismatch(f"{shown(body.value)[:60]} of {reply.title} is not {annotation}")
        return value

    def _stream(self, items: list[Body], declared: Any, plan: Plan) -> None:
        """Put the Python values of a stream's items into the plan. Raises Mismatch."""
        media = declared.media
        entry = bodies.find(items[0].media, media) if items else next(one for one in media.all if one.stream)
        values = [item.value for item in items]
        plan.items = [one if isinstance(one, bytes) else self.bench.package.build(entry.type, one) for one in values]
        if entry is not media.all[0]:
            content, media_type = self.bench.package.content, concrete(entry.media_type)
            plan.wrap = lambda found: content(media_type, found)


def concrete(media_type: str) -> str:
    """Return a media type within a range; others as they are."""
    kind, _, subtype = media_type.partition("/")
    if kind == "*":
        return "application/octet-stream"
    if subtype == "*":
        return "application/json" if kind == "application" else f"{kind}/x-spectwin"
    return media_type.replace("*", "vnd.spectwin")


def _error_body(error: Any) -> Any:
    """Return the type of an error's body, which may be quoted in its class."""
    bases = getattr(error, "__orig_bases__", ())
    found = next((arguments[0] for base in bases if (arguments := get_args(base))), None)
    quoted = SimpleNamespace(__annotations__={"body": found})
    return get_type_hints(quoted, vars(sys.modules[error.__module__]), include_extras=True)["body"] if found else None
