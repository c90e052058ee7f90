"""One call there and back: client → wire → server → recording service → wire → client, compared at every step."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from ..document.document import Operation
from ..document.merging import NoInstance
from ..document.package import Method
from ..wire.bodies import Body
from .bench import Bench
from .building import Builder
from .cases import Case, Reply
from .comparison import CallComparison, Outcome, described
from .refusals import CallRefused
from .service import Plan
from .strangers import SECRET, Maker, only_models


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
        # What was changed in place is compared as if it had been given.
        if case.body is not None and case.body.changed:
            args, kwargs = self._builder.arguments(replace(case, body=replace(case.body, changed=None)))
        if reply.body is not None and reply.body.changed:
            given = self._builder.plan(replace(reply, body=replace(reply.body, changed=None)))
            self.bench.recorder.plan.result = given.result
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

    def has_default(self, body: Body, reply: Reply | None = None) -> bool:
        """Tell whether a body, or the one of a reply, has the default that is to be changed. Raises Mismatch."""
        try:
            self._builder.plan(reply) if reply else self._builder.body(body)
        except NoInstance:
            return False
        return True

    def sends(self, case: Case, body: Body, make: Maker) -> str | None:
        """Send an instance of another class; return what is wrong unless it is refused before, None if there is none."""
        args, kwargs = self._builder.arguments(case)
        stranger = make(args[0], body.value) if only_models(self.method.hints["body"]) else None
        if stranger is None:
            return None
        outcome = self._make(case, [stranger], kwargs, raw=False, is_async=True)
        if self.bench.wire.last is not None:
            return f"it was sent: {self.bench.wire.last.body[:200]!r}"
        if not isinstance(outcome.error, self.bench.package.exceptions.EncodeError):
            return f"nothing was sent: {described(outcome.error)}"
        is_named = not hasattr(stranger, SECRET) or SECRET in str(outcome.error)
        return "" if is_named else f"the field that is too much is not named: {described(outcome.error)}"

    def answers(self, case: Case, body: Body, make: Maker) -> str | None:
        """Answer an instance of another class; return what is wrong unless that is a 500, None if there is none."""
        args, kwargs = self._builder.arguments(case)
        plan = self._builder.plan(case.reply)
        only = not case.reply.is_error and only_models(self.method.result)
        plan.result = make(plan.result, body.value) if only else None
        if plan.result is None:
            return None
        self._make(case, args, kwargs, raw=False, is_async=True, plan=plan)
        exchange = self.bench.wire.last
        if exchange is None or exchange.status == 500:
            return "" if exchange else "nothing was sent"
        return f"it was answered: {exchange.answer[:200]!r}"

    def _make(
        self,
        case: Case,
        args: list[Any],
        kwargs: dict[str, Any],
        *,
        raw: bool,
        is_async: bool,
        plan: Plan | None = None,
    ) -> Outcome:
        """Call the client's method with the credentials of the case. Raises Mismatch."""
        self.bench.recorder.plan = plan or self._builder.plan(case.reply)
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
