"""The recording service: what arrives is kept, what is planned is returned, raised or streamed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Plan:
    """What the service is to do at the next call, and what it was called with."""

    status: int | None = None
    headers: Mapping[str, Any] = field(default_factory=dict)
    result: Any = None
    items: Sequence[Any] | None = None
    wrap: Callable[[Any], Any] | None = None  # what makes a stream a `Content`
    error: Any = None
    calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    principals: list[Any] = field(default_factory=list)
    presented: list[Any] = field(default_factory=list)


class Recorder:
    """Makes services for the groups of a package."""

    def __init__(self, context: Callable[[], Any]) -> None:
        self.plan = Plan()
        self._context = context

    def service(self, group: str, members: Mapping[str, bool], *, is_async: bool) -> Callable[[Any], Any]:
        """Return a factory of services; `members` says which methods do nothing but stream."""
        make = self._async_method if is_async else self._sync_method
        methods = {name: make(f"{group}.{name}", streams) for name, streams in members.items()}
        service = type("Recording", (), methods)()

        def factory(principal: Any) -> Any:
            self.plan.principals.append(principal)
            return service

        return factory

    def authenticate(self, presented: Any) -> str:
        """Take any credentials; keep them."""
        self.plan.presented.append(presented)
        return "somebody"

    def _begin(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Record a call; raise the planned error, or set status and headers and return the result."""
        plan = self.plan
        plan.calls.append((name, args, kwargs))
        if plan.error is not None:
            raise plan.error
        if plan.status is not None or plan.headers:
            current = self._context()
            current.status = plan.status
            current.headers.update(plan.headers)
        return plan.result

    def _answer(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], items: Callable[[], Any]) -> Any:
        """Record a call and return what is planned; `items` makes the stream."""
        result = self._begin(name, args, kwargs)
        if self.plan.items is None:
            return result
        return self.plan.wrap(items()) if self.plan.wrap else items()

    def _async_method(self, name: str, streams: bool) -> Callable[..., Any]:
        async def items() -> AsyncIterator[Any]:
            for item in self.plan.items or ():
                yield item

        def stream(_: Any, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            self._begin(name, args, kwargs)
            return items()

        async def method(_: Any, *args: Any, **kwargs: Any) -> Any:
            return self._answer(name, args, kwargs, items)

        return stream if streams else method

    def _sync_method(self, name: str, streams: bool) -> Callable[..., Any]:  # noqa: ARG002 - as above
        def items() -> Iterator[Any]:
            yield from self.plan.items or ()

        return lambda _, *args, **kwargs: self._answer(name, args, kwargs, items)
