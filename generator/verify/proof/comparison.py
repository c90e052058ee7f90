"""One call compared with what the document says: the request, the service's arguments, the response, the result."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ..document.document import Operation
from ..document.package import Method
from ..wire import bodies, credentials
from ..wire.compare import difference, shown
from ..wire.styles import alone, header_fits
from ..wire.transport import Exchange
from .bench import Bench
from .cases import Case, Reply
from .refusals import CallRefused
from .request import compare_request
from .service import Plan


@dataclass(slots=True)
class Outcome:
    """What a method of the client returned or raised; `raw` is the response if the call asked for it."""

    value: Any = None
    error: Any = None
    raw: Any = None


@dataclass(slots=True)
class CallComparison:
    """Compares each step of a call."""

    bench: Bench
    operation: Operation
    method: Method

    def problem(
        self, case: Case, args: list[Any], kwargs: Mapping[str, Any], exchange: Exchange, outcome: Outcome
    ) -> str:
        """Return the first difference, "" if there is none. Raises CallRefused."""
        return (
            self._request(case, exchange)
            or self._service(case, args, kwargs, exchange, outcome)
            or self._response(case.reply, exchange)
            or self._outcome(case.reply, outcome)
        )

    def _request(self, case: Case, exchange: Exchange) -> str:
        """Compare the request on the wire."""
        asked = self._satisfied(case)
        secrets = frozenset(credentials.parameter_key(self.bench.schemes[name]) for name in asked)
        problem = compare_request(self.operation, case, exchange, secrets)
        return problem or credentials.compare_sent(asked, self.bench.schemes, exchange)

    def _satisfied(self, case: Case) -> frozenset[str]:
        """Return the first alternative of security that the call's credentials satisfy."""
        return credentials.chosen(self.operation.security, case.schemes, self.bench.schemes) or frozenset()

    def _service(
        self, case: Case, args: list[Any], kwargs: Mapping[str, Any], exchange: Exchange, outcome: Outcome
    ) -> str:
        """Compare what the service was called with."""
        plan = self.bench.recorder.plan
        twins = self._twins()
        if len(plan.calls) != 1:
            answer = exchange.answer.decode("utf-8", "replace")[:300]
            if not plan.calls and case.body and twins:
                raise CallRefused(f"{twins[0]} has the same method and path", is_right=True)
            times = f"the service was called {len(plan.calls)} times"
            return f"{times}; the server answered {exchange.status} {answer} {described(outcome.error)}"
        name, reached, named = plan.calls[0]
        if name in twins:
            raise CallRefused(f"{name} has the same method and path", is_right=True)
        if name != self.method.contract.name:
            return f"{name} was called"
        if case.body is not None or self.method.contract.body:
            body = args[0] if args else None
            if len(reached) != 1 or not self._same(body, reached[0]):
                return f"the service was given the body {shown(_json(reached))}, not {shown(_json(body))}"
        if more := named.keys() - set(self.method.names.values()):
            return f"the service was given {', '.join(sorted(more))}"
        return self._parameters(kwargs, named) or self._principal(case, plan)

    def _parameters(self, kwargs: Mapping[str, Any], named: Mapping[str, Any]) -> str:
        """Compare the parameters that arrived: as they were sent, by default, or absent."""
        for parameter in self.operation.parameters:
            argument = self.method.names[parameter.key]
            found = named.get(argument)
            given = kwargs.get(argument)
            if argument in kwargs and not self._same(given, found) and not alone(parameter, _json(given), _json(found)):
                return f"the service was given {argument} = {shown(_json(found))}, not {shown(_json(given))}"
            absent = argument not in kwargs and found is not None
            if absent and not (parameter.default and not difference(parameter.default[0], _json(found))):
                return f"the service was given {argument} = {shown(_json(found))}, which was not sent"
        return ""

    def _twins(self) -> list[str]:
        """List the other operations with the same method and path, but for the names of variables."""
        mine = self.method.contract
        entries = [e for e in self.bench.package.contract.API.operations if e.method == mine.method and e is not mine]
        return [e.name for e in entries if _shape(e.path) == _shape(mine.path)]

    def _principal(self, case: Case, plan: Plan) -> str:
        """Compare whom the service acted for, and the credentials that `authenticate` was given."""
        sent = self._satisfied(case)
        asked = credentials.reached(self.operation.security, sent, self.bench.schemes)
        expected = "somebody" if asked else None
        if plan.principals != [expected]:
            return f"the service acted for {plan.principals}, not {expected}"
        return credentials.compare_presented(plan.presented[0], asked, sent, self.bench.schemes) if asked else ""

    def _response(self, reply: Reply, exchange: Exchange) -> str:
        """Compare the response on the wire."""
        if isinstance(exchange.error, self.bench.package.exceptions.EncodeError):
            raise CallRefused(str(exchange.error))
        if exchange.status != reply.status:
            error = self.bench.caught.error
            if error is not None and isinstance(error.__cause__, self.bench.package.exceptions.EncodeError):
                raise CallRefused(str(error))
            return f"the server answered {exchange.status}, not {reply.status}: {described(error)}"
        for header in reply.response.headers if reply.response else ():
            if header.name not in reply.headers:
                continue
            value, found = reply.headers[header.name], exchange.answer_header(header.name)
            if len(found) != 1 or not header_fits(header, value, found[0]):
                return f"response header {header.name}: {shown(value)} was written {found}"
        first = reply.first
        if first is None:
            is_fine = not exchange.answer or reply.items is not None or reply.response is None
            return "" if is_fine else f"a body ({len(exchange.answer)} B) was not meant"
        types = exchange.answer_header("content-type")
        if len(types) != 1:
            return f"{len(types)} content types in the response"
        if reply.items is not None:
            values = [item.value for item in reply.items]
            return bodies.compare_stream(first.media, first.kind, values, types[0], exchange.answer)
        problem = bodies.compare_body(first, types[0], exchange.answer)
        return f"response body: {problem}" if problem else ""

    def _outcome(self, reply: Reply, outcome: Outcome) -> str:
        """Compare what the client gives with what the service gave."""
        plan = self.bench.recorder.plan
        if reply.is_error:
            error: Any = outcome.error
            wanted = (type(plan.error), _class_of(reply.status, self.bench.package.exceptions))
            if missed := [one.__name__ for one in wanted if not isinstance(error, one)]:
                return f"the client raised {described(error)}, not {missed[0]}"
            if error.status != reply.status or type(error).status not in (0, reply.status):
                return f"the error's status is {error.status}, and {type(error).status} for its class"
            same = reply.response is None or self._same(getattr(plan.error, "body", None), error.body)
            return "" if same else f"the error's body is {shown(_json(error.body))}"
        if outcome.error is not None:
            return f"the client raised {described(outcome.error)}"
        if outcome.raw is not None and outcome.raw.status != reply.status:
            return f"the status is {outcome.raw.status}"
        for name, value in (plan.headers if outcome.raw else {}).items():
            if not self._same(value, outcome.raw.typed_headers.get(name)):
                return f"header {name} is {outcome.raw.typed_headers.get(name)!r}, not {value!r}"
        if plan.items is not None:
            return self._items(reply, plan, outcome.value)
        same = self._same(plan.result, outcome.value)
        return "" if same else f"the result is {shown(_json(outcome.value))}, not {shown(_json(plan.result))}"

    def _items(self, reply: Reply, plan: Plan, found: Any) -> str:
        """Compare the items of a stream that the client gives."""
        if not isinstance(found, list):
            return f"the result is {found!r}, not a stream"
        if reply.items and reply.items[0].kind == "Download":
            return "" if b"".join(found) == b"".join(plan.items or ()) else "other bytes arrived"
        return "" if self._same(list(plan.items or ()), found) else f"the items are {shown(_json(found))}"

    def _same(self, sent: Any, found: Any) -> bool:
        """Compare Python values: equal, of the same type, and the same JSON."""
        content = self.bench.package.content
        if isinstance(sent, content) and isinstance(found, content):
            return bodies.equal(sent.media_type, found.media_type) and self._same(sent.value, found.value)
        if type(sent) is not type(found) or not bool(sent == found):
            return False
        return not difference(_json(sent), _json(found))


def _class_of(status: int, errors: Any) -> type:
    """Return the class by which every error with a status is caught; `object` if there is none."""
    found = [one for one in vars(errors).values() if isinstance(one, type) and getattr(one, "status", 0) == status]
    bases = found[0].__mro__ if found else ()
    shared = [
        one for one in bases if getattr(one, "status", 0) == status and all(issubclass(each, one) for each in found)
    ]
    return shared[-1] if shared else object


def _json(value: Any) -> Any:
    """Return a Python value as JSON has it; a text for what JSON has not."""
    from pydantic import BaseModel
    from pydantic_core import to_jsonable_python

    if isinstance(value, BaseModel):
        try:
            return value.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False)
        except ValueError:  # files
            return repr(value)
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    return to_jsonable_python(value, bytes_mode="base64", fallback=repr)


def described(error: Any) -> str:
    """Return the class and message of an exception, "nothing" for None."""
    return f"{type(error).__name__}: {error}"[:400] if error is not None else "nothing"


def _shape(path: str) -> str:
    """Return what is the same for paths that one request fits: names of variables and percent-encoding do not count."""
    return unquote(re.sub(r"{[^{}]*}", "{}", path))
