"""One call there and back: client → wire → server → recording service → wire → client, compared at every step."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

from ..document.document import Operation
from ..document.package import Method
from .bench import Bench
from .building import Builder
from .cases import Case
from .comparison import CallComparison, Outcome, described
from .refusals import CallRefused


class Call:
    """Calls an operation's method with both kinds of client."""

    def __init__(self, bench: Bench, operation: Operation, method: Method) -> None:
        self.bench = bench
        self.method = method
        self._builder = Builder(bench, method)
        self._comparison = CallComparison(bench, operation, method)

    def run(self, case: Case, *, is_async: bool) -> str:
        """Make a call; return the first difference, "" if there is none. Raises CallRefused and Mismatch."""
        args, kwargs = self._builder.arguments(case)
        reply = case.reply
        raw = not reply.is_error and (not reply.is_first or bool(reply.headers))
        outcome = self._make(case, args, kwargs, raw=raw, is_async=is_async)
        exchange = self.bench.wire.last
        if exchange is None and isinstance(outcome.error, self.bench.package.exceptions.EncodeError):
            raise CallRefused(str(outcome.error))
        if exchange is None:
            return f"nothing was sent: {described(outcome.error)}"
        return self._comparison.problem(case, args, kwargs, exchange, outcome)

    def unauthorized(self, case: Case) -> str:
        """Make the call of a case without credentials; return what is wrong unless it is answered 401. Raises Mismatch."""
        args, kwargs = self._builder.arguments(case)
        outcome = self._make(case, args, kwargs, raw=False, is_async=True)
        status = self.bench.wire.last.status if self.bench.wire.last else 0
        if status != 401 or self.bench.recorder.plan.calls:
            return f"without credentials the answer is {status}, not 401"
        raised = getattr(outcome.error, "status", 0)
        return "" if raised == 401 else f"the client raised {described(outcome.error)}, not a 401"

    def _make(self, case: Case, args: list[Any], kwargs: dict[str, Any], *, raw: bool, is_async: bool) -> Outcome:
        """Call the client's method with the credentials of the case. Raises Mismatch."""
        self.bench.recorder.plan = self._builder.plan(case.reply)
        client = self.bench.client(case.schemes, is_async=is_async)
        self.bench.reset(is_async=is_async)
        method = getattr(getattr(client, self.method.group), self.method.member)
        begin = partial(client.raw, method, *args, **kwargs) if raw else partial(method, *args, **kwargs)
        try:
            return self.bench.wire.run(self._async(begin, raw=raw)) if is_async else self._sync(begin, raw=raw)
        except self.bench.package.exceptions.APIError as error:
            return Outcome(error=error)

    async def _async(self, begin: Callable[[], Any], *, raw: bool) -> Outcome:
        result = begin()
        outcome, inner = self._outcome(await result if inspect.isawaitable(result) else result, raw=raw)
        if hasattr(inner, "__aiter__"):
            outcome.value = [item async for item in inner]
        return outcome

    def _sync(self, begin: Callable[[], Any], *, raw: bool) -> Outcome:
        outcome, inner = self._outcome(begin(), raw=raw)
        if hasattr(inner, "__next__"):
            outcome.value = list(inner)
        return outcome

    def _outcome(self, result: Any, *, raw: bool) -> tuple[Outcome, Any]:
        """Return what a method returned, and the same without `Content`: a stream is read from that."""
        value = result.value if raw else result
        inner = value.value if isinstance(value, self.bench.package.content) else value
        return Outcome(value=value, raw=result if raw else None), inner
