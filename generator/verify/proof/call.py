"""One call there and back: client → wire → server → recording service → wire → client, compared at every step."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import unquote

from ..document.document import Operation
from ..document.package import Method, Mismatch, is_stream, plain_member, unknown
from ..document.schemas import Schemas
from ..wire import bodies, credentials
from ..wire.compare import difference, shown
from ..wire.styles import header_fits
from ..wire.transport import Exchange
from . import request
from .bench import Bench
from .cases import Case, Reply
from .service import Plan


class Refused(Exception):  # noqa: N818
    """Encoding refused a value. `is_right`: the document itself makes the call impossible."""

    def __init__(self, message: str, *, is_right: bool = False) -> None:
        super().__init__(message)
        self.is_right = is_right


@dataclass(slots=True)
class Outcome:
    """What came out of a call."""

    value: Any = None
    error: Any = None
    raw: Any = None


class Call:
    """One call of an operation's method."""

    def __init__(self, bench: Bench, operation: Operation, method: Method, properties: Mapping[str, Any]) -> None:
        self.sent, self.answered = bench.sent, bench.answered
        self.bench = bench
        self.package = bench.package
        self.operation = operation
        self.method = method
        self.properties = properties

    def run(self, case: Case, *, is_async: bool) -> str:
        """Make a call; return the first thing that is not as it should be. Raises Refused and Mismatch."""
        args, kwargs = self._arguments(case)
        self._plan(case.reply)
        names = self._credentials(case)
        client = self.bench.client(names, is_async=is_async)
        raw = not case.reply.is_error and (not case.reply.is_first or bool(case.reply.headers))
        self.bench.reset(is_async=is_async)
        if is_async:
            outcome: Outcome = self.bench.wire.run(self._async(client, args, kwargs, raw=raw))
        else:
            outcome = self._sync(client, args, kwargs, raw=raw)
        exchange = self.bench.wire.last
        if exchange is None and isinstance(outcome.error, self.package.exceptions.EncodeError):
            raise Refused(str(outcome.error))
        if exchange is None:
            return f"nothing was sent: {_said(outcome.error)}"
        return (
            self._check_request(case, names, exchange)
            or self._check_service(case, args, kwargs, exchange, outcome)
            or self._check_response(case.reply, exchange)
            or self._check_outcome(case.reply, outcome)
        )

    def unauthorized(self, case: Case) -> str:
        """Make a call without credentials; return what is wrong unless it is answered 401."""
        args, kwargs = self._arguments(case)
        self._plan(case.reply)
        self.bench.reset(is_async=True)
        outcome = self.bench.wire.run(
            self._async(self.bench.client(frozenset(), is_async=True), args, kwargs, raw=False)
        )
        status = self.bench.wire.last.status if self.bench.wire.last else 0
        if status != 401 or self.bench.recorder.plan.calls:
            return f"without credentials the answer is {status}, not 401"
        raised = getattr(outcome.error, "status", 0)
        return "" if raised == 401 else f"the client raised {_said(outcome.error)}, not a 401"

    def _arguments(self, case: Case) -> tuple[list[Any], dict[str, Any]]:
        """Return the Python arguments of a call. Raises Mismatch."""
        args: list[Any] = []
        if case.body is not None:
            case.body.python = self._body(case.body)
            args.append(case.body.python)
        kwargs = {}
        for key, value in case.arguments.items():
            name = self.method.names[key]
            try:
                kwargs[name] = self.package.build(self.method.hints[name], value)
            except Mismatch as error:
                raise Mismatch(f"{name} = {shown(value)}: {error}") from None
        return args, kwargs

    def _body(self, body: bodies.Body) -> Any:
        entries = bodies.entries(self.method.contract.body)
        entry = bodies.find(body.media, entries)
        is_first = entry is entries[0]
        annotation = plain_member(self.method.hints["body"], self.package.content) if is_first else entry.type
        value = body.value
        body.sent = value
        if body.kind == "multipart":
            body.sent, body.files = self._files(value)
            value = body.sent
        if body.kind not in ("text", "bytes"):
            value = self.package.build(annotation, value, body.files)
            self._known(self.sent, body.media.schema, value)
        return value if is_first else self.package.content(concrete(body.media.media_type), value)

    def _known(self, schemas: Schemas, node: Any, value: Any) -> None:
        """Raise Mismatch where a model does not know a property that its schema declares."""
        if problem := unknown(schemas, schemas.convert(node), value):
            raise Mismatch(problem)

    def _files(self, value: Any) -> tuple[Any, dict[str, Any]]:
        """Replace the texts of file properties by marks for files."""
        import importlib

        files: dict[str, Any] = {}
        make = importlib.import_module(f"{self.package.name}.multipart").File

        def mark(item: Any) -> str:
            name = f"file-{len(files)}"
            files[name] = make(
                str(item).encode() + bytes(range(256)), name=f"{name}.bin", content_type="application/octet-stream"
            )
            return name

        found = dict(value)
        for name, item in value.items():
            schema = self.properties.get(name, {})
            if bodies.is_file(schema):
                found[name] = mark(item)
            elif isinstance(item, list) and bodies.is_file(self.properties.get(f"{name}[]", {})):
                found[name] = [mark(one) for one in item]
        return found, files

    def _plan(self, reply: Reply) -> None:
        """Tell the service what to do."""
        plan = self.bench.recorder.plan = Plan(operation=self.method.contract.name)
        if reply.response is None:
            plan.error = self.package.exceptions.Unimplemented() if reply.is_error else None
            plan.status = reply.status
            return
        declared: Any = self.method.contract.responses.get(reply.response.key)
        if declared is None:
            raise Mismatch(f"the contract has no response {reply.response.key}")
        typed = self._headers(reply, declared)
        value = self._value(reply, declared, plan)
        if reply.is_error:
            if declared.error is None:
                raise Mismatch(f"no error class stands for {reply.status}")
            plan.error = declared.error(value, status=reply.status, headers=typed)
            return
        plan.result, plan.headers = value, typed
        plan.status = None if reply.is_first and (value is not None or plan.items is not None) else reply.status

    def _headers(self, reply: Reply, declared: Any) -> dict[str, Any]:
        known = {h.name.lower(): h for h in declared.headers.all} if declared and declared.headers else {}
        found = {}
        for name, value in reply.headers.items():
            if name.lower() not in known:
                raise Mismatch(f"the contract has no header {name} for {reply.status}")
            header = known[name.lower()]
            found[header.name] = self.package.build(header._parameter.type, value)  # noqa: SLF001 - has no other way
        return found

    def _value(self, reply: Reply, declared: Any, plan: Plan) -> Any:
        """Return what the service gives; for a stream, put its items into the plan."""
        first = reply.body or (reply.items[0] if reply.items else None)
        if reply.items is not None and not reply.items:
            entry = next(m for m in declared.media.all if m.stream)
        elif first is None:
            return None
        else:
            entry = bodies.find(first.media, bodies.entries(declared.media))
        is_first = entry is declared.media.all[0]
        content, media_type = self.package.content, concrete(entry.media_type)
        if reply.items is not None:
            for item in reply.items:
                item.python = item.value if item.kind == "download" else self.package.build(entry.type, item.value)
            plan.items = [item.python for item in reply.items]
            plan.wrap = None if is_first else lambda items: content(media_type, items)
            return None
        body = reply.body
        if body is None:
            return None
        body.python = body.value
        if body.kind not in ("text", "bytes"):
            body.python = self.package.build(entry.type, body.value)
            self._known(self.answered, body.media.schema, body.python)
        value = body.python if is_first else content(media_type, body.python)
        annotation = _error_body(declared.error) if reply.is_error else self.method.result
        if not self.package.accepts(annotation, value) and not is_stream(annotation):
            raise Mismatch(f"{shown(body.value)[:60]} of {reply.title} is not {annotation}")
        return value

    def _credentials(self, case: Case) -> frozenset[str]:
        if case.alternative is None or not self.operation.security:
            return frozenset()
        return self.operation.security[case.alternative]

    async def _async(self, client: Any, args: list[Any], kwargs: dict[str, Any], *, raw: bool) -> Outcome:
        method = getattr(getattr(client, self.method.group), self.method.member)
        outcome = Outcome()
        try:
            if raw:
                outcome.raw = await client.raw(method, *args, **kwargs)
                value = outcome.raw.value
            else:
                value = method(*args, **kwargs)
                value = await value if inspect.isawaitable(value) else value
            inner = value.value if isinstance(value, self.package.content) else value
            outcome.value = [item async for item in inner] if hasattr(inner, "__aiter__") else value
        except self.package.exceptions.APIError as error:
            outcome.error = error
        return outcome

    def _sync(self, client: Any, args: list[Any], kwargs: dict[str, Any], *, raw: bool) -> Outcome:
        method = getattr(getattr(client, self.method.group), self.method.member)
        outcome = Outcome()
        try:
            if raw:
                outcome.raw = client.raw(method, *args, **kwargs)
                value = outcome.raw.value
            else:
                value = method(*args, **kwargs)
            inner = value.value if isinstance(value, self.package.content) else value
            outcome.value = list(inner) if hasattr(inner, "__next__") else value
        except self.package.exceptions.APIError as error:
            outcome.error = error
        return outcome

    def _check_request(self, case: Case, names: frozenset[str], exchange: Exchange) -> str:
        chosen = credentials.chosen(self.operation.security, names, self.bench.schemes)
        asked = self.operation.security[chosen] if chosen is not None else frozenset()
        secrets = frozenset(credentials.place(self.bench.schemes[name]) for name in asked)
        problem = request.check(self.operation, case, exchange, secrets, self.properties)
        return problem or credentials.check(asked, self.bench.schemes, exchange)

    def _check_service(
        self, case: Case, args: list[Any], kwargs: dict[str, Any], exchange: Exchange, outcome: Outcome
    ) -> str:
        """Compare what the service was called with."""
        plan = self.bench.recorder.plan
        if len(plan.calls) != 1:
            said = exchange.answer.decode("utf-8", "replace")[:300]
            if not plan.calls and case.body and self._twins():
                raise Refused(f"{self._twins()[0]} has the same method and path", is_right=True)
            times = f"the service was called {len(plan.calls)} times"
            return f"{times}; the server answered {exchange.status} {said} {_said(outcome.error)}"
        name, reached, named = plan.calls[0]
        if name != self.method.contract.name:
            if name in self._twins():
                raise Refused(f"{name} has the same method and path", is_right=True)
            return f"{name} was called"
        if case.body is not None or self.method.contract.body:
            body = args[0] if args else None
            if len(reached) != 1 or not self._same(body, reached[0]):
                return f"the service was given the body {shown(_plain(reached))}, not {shown(_plain(body))}"
        defaults = {self.method.names[p.key]: p for p in self.operation.parameters}
        if more := named.keys() - defaults.keys():
            return f"the service was given {', '.join(sorted(more))}"
        return self._check_named(kwargs, named) or self._check_principal(case, plan)

    def _check_named(self, kwargs: Mapping[str, Any], named: Mapping[str, Any]) -> str:
        """Compare the parameters that arrived: as they were sent, by default, or absent."""
        for parameter in self.operation.parameters:
            argument = self.method.names[parameter.key]
            found = named.get(argument)
            if argument in kwargs and not self._same(kwargs[argument], found):
                return (
                    f"the service was given {argument} = {shown(_plain(found))}, not {shown(_plain(kwargs[argument]))}"
                )
            absent = argument not in kwargs and found is not None
            if absent and not (parameter.default and not difference(parameter.default[0], _plain(found))):
                return f"the service was given {argument} = {shown(_plain(found))}, which was not sent"
        return ""

    def _twins(self) -> list[str]:
        """List the other operations with the same method and path, but for the names of variables."""
        mine = self.method.contract
        entries = [e for e in self.package.contract.API.operations if e.method == mine.method and e is not mine]
        return [e.name for e in entries if _shape(e.path) == _shape(mine.path)]

    def _check_principal(self, case: Case, plan: Plan) -> str:
        names = self._credentials(case)
        chosen = credentials.chosen(self.operation.security, names, self.bench.schemes)
        sent = self.operation.security[chosen] if chosen is not None else frozenset()
        asked = credentials.reached(self.operation.security, sent, self.bench.schemes)
        expected = "somebody" if asked else None
        if plan.principals != [expected]:
            return f"the service acted for {plan.principals}, not {expected}"
        return credentials.present(plan.presented[0], asked, sent, self.bench.schemes) if asked else ""

    def _check_response(self, reply: Reply, exchange: Exchange) -> str:
        """Compare the response on the wire."""
        if exchange.status != reply.status:
            error = self.bench.caught.error
            if error is not None and isinstance(error.__cause__, self.package.exceptions.EncodeError):
                raise Refused(str(error))
            return f"the server answered {exchange.status}, not {reply.status}: {_said(error)}"
        for header in reply.response.headers if reply.response else ():
            found = exchange.answer_header(header.name)
            if header.name not in reply.headers:
                continue
            value = reply.headers[header.name]
            if len(found) != 1 or not header_fits(header, value, found[0]):
                return f"response header {header.name}: {shown(value)} was written {found}"
        types = exchange.answer_header("content-type")
        first = reply.body or (reply.items[0] if reply.items else None)
        if first is None and (reply.items is not None or reply.response is None):
            return ""
        if first is None:
            return f"a body of {len(exchange.answer)} bytes was not meant" if exchange.answer else ""
        if len(types) != 1:
            return f"{len(types)} content types in the response"
        if reply.items is not None:
            return bodies.check_stream(first.kind, [item.value for item in reply.items], exchange.answer)
        problem = bodies.check(first, types[0], exchange.answer, {})
        return f"response body: {problem}" if problem else ""

    def _check_outcome(self, reply: Reply, outcome: Outcome) -> str:
        """Compare what the client gives with what the service gave."""
        plan = self.bench.recorder.plan
        if reply.is_error:
            error: Any = outcome.error
            if type(error) is not type(plan.error):
                return f"the client raised {_said(error)}, not {type(plan.error).__name__}"
            if error.status != reply.status or type(error).status not in (0, reply.status):
                return f"the error's status is {error.status}, and {type(error).status} for its class"
            same = reply.response is None or self._same(getattr(plan.error, "body", None), error.body)
            return "" if same else f"the error's body is {shown(_plain(error.body))}"
        if outcome.error is not None:
            return f"the client raised {_said(outcome.error)}"
        if outcome.raw is not None and outcome.raw.status != reply.status:
            return f"the status is {outcome.raw.status}"
        for name, value in (plan.headers if outcome.raw else {}).items():
            if not self._same(value, outcome.raw.typed_headers.get(name)):
                return f"header {name} is {outcome.raw.typed_headers.get(name)!r}, not {value!r}"
        if plan.items is not None:
            return self._check_items(reply, plan, outcome.value)
        same = self._same(plan.result, outcome.value)
        return "" if same else f"the result is {shown(_plain(outcome.value))}, not {shown(_plain(plan.result))}"

    def _check_items(self, reply: Reply, plan: Plan, found: Any) -> str:
        if not isinstance(found, list):
            return f"the result is {found!r}, not a stream"
        if reply.items and reply.items[0].kind == "download":
            return "" if b"".join(found) == b"".join(plan.items or ()) else "other bytes arrived"
        return "" if self._same(list(plan.items or ()), found) else f"the items are {shown(_plain(found))}"

    def _same(self, sent: Any, found: Any) -> bool:
        """Compare Python values: equal, of the same type, and the same JSON."""
        content = self.package.content
        if isinstance(sent, content) and isinstance(found, content):
            return bodies.equal(sent.media_type, found.media_type) and self._same(sent.value, found.value)
        if type(sent) is not type(found) or not bool(sent == found):
            return False
        return not difference(_plain(sent), _plain(found))


def concrete(media_type: str) -> str:
    """Return a media type within a range; others as they are."""
    kind, _, subtype = media_type.partition("/")
    if "*" not in media_type:
        return media_type
    if kind == "*" or subtype == "*":
        return (
            "application/octet-stream" if kind == "*" else f"{kind}/{'json' if kind == 'application' else 'x-spectwin'}"
        )
    return media_type.replace("*", "vnd.spectwin")


def _error_body(error: Any) -> Any:
    """Return the type of an error's body."""
    bases = getattr(error, "__orig_bases__", ())
    return next((arguments[0] for base in bases if (arguments := get_args(base))), None)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it, where it is JSON."""
    from pydantic import BaseModel
    from pydantic_core import to_jsonable_python

    if isinstance(value, BaseModel):
        try:
            return value.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False)
        except ValueError:  # files
            return repr(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return to_jsonable_python(value, bytes_mode="base64", fallback=repr)


def _said(error: Any) -> str:
    return f"{type(error).__name__}: {error}"[:400] if error is not None else "nothing"


def _shape(path: str) -> str:
    """Give what paths have in common that one request fits: neither names of variables nor percent-encoding count."""
    return unquote(re.sub(r"{[^{}]*}", "{}", path))
