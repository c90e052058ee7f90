"""What can go wrong in a call, on both sides: services raise status errors, clients catch them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

B = TypeVar("B")
NOTHING: Any = None


class APIError(Exception):
    """The base of every error here."""


class EncodeError(APIError, ValueError):
    """A value cannot be written so that it would be read back as it is."""


class DecodeError(APIError, ValueError):
    """A message does not fit the contract. `details` has the keys loc, msg and type."""

    def __init__(self, details: list[dict[str, Any]]) -> None:
        self.details = details
        super().__init__("; ".join(f"{'.'.join(map(str, d['loc'])) or 'value'}: {d['msg']}" for d in details))

    @classmethod
    def of(cls, message: str, type_: str, *loc: str | int) -> DecodeError:
        """Return an error with one detail."""
        return cls([{"loc": [*loc], "msg": message, "type": type_}])


class CallError(APIError):
    """A call failed. `method` and `url` (without query) tell which one."""

    def __init__(self, message: str, *, method: str = "", url: str = "", response: Any = None) -> None:
        super().__init__(f"{method} {url}: {message}" if method else message)
        self.method = method
        self.url = url
        self.response = response


class ConnectionFailed(CallError):  # noqa: N818
    """The server could not be reached, or broke off."""


class TimedOut(ConnectionFailed):
    """The server did not answer in time."""


class ContractError(CallError):
    """The response does not fit the contract; `response` is the message as it came."""


class StatusError(APIError, Generic[B]):
    """An answer with an error status: raised by a service, or by a client that was given one.

    `status` must be given where the class has none. On the client, `response` is the message as it came.
    """

    status: int = 0
    body: B
    response: Any = None
    method: str = ""
    url: str = ""

    def __init__(
        self, body: B = NOTHING, *, status: int | None = None, headers: Mapping[str, Any] | None = None
    ) -> None:
        self.body = body
        self.status = status or type(self).status
        self.headers: Mapping[str, Any] = headers or {}
        if self.status < 300:
            raise TypeError(f"{type(self).__name__} needs status=, 300 or more")
        super().__init__(body)

    def __str__(self) -> str:
        return f"{self.method} {self.url}: {self.status}" if self.method else str(self.status)


# One a line, as the table that it is.
# fmt: off
class BadRequest(StatusError[B]): status = 400  # noqa: E701
class Unauthorized(StatusError[B]): status = 401  # noqa: E701
class Forbidden(StatusError[B]): status = 403  # noqa: E701
class NotFound(StatusError[B]): status = 404  # noqa: E701
class Conflict(StatusError[B]): status = 409  # noqa: E701
class Gone(StatusError[B]): status = 410  # noqa: E701
class PreconditionFailed(StatusError[B]): status = 412  # noqa: E701
class ContentTooLarge(StatusError[B]): status = 413  # noqa: E701
class UnsupportedMediaType(StatusError[B]): status = 415  # noqa: E701
class UnprocessableEntity(StatusError[B]): status = 422  # noqa: E701
class TooManyRequests(StatusError[B]): status = 429  # noqa: E701
class InternalServerError(StatusError[B]): status = 500  # noqa: E701
class Unimplemented(StatusError[B]): status = 501  # noqa: E701
class BadGateway(StatusError[B]): status = 502  # noqa: E701
class ServiceUnavailable(StatusError[B]): status = 503  # noqa: E701
class GatewayTimeout(StatusError[B]): status = 504  # noqa: E701
# fmt: on

STATUS_CLASSES: dict[int, type[StatusError[Any]]] = {c.status: c for c in StatusError.__subclasses__()}
