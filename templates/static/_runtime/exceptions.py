"""What can go wrong in a call, on both sides: services raise status errors, clients catch them."""

from collections.abc import Mapping
from typing import Any, Generic, Self, TypeVar

B = TypeVar("B")
NOTHING: Any = None


class APIError(Exception):
    """The base of every error here.

    On the client, `method` and `url` (without query) tell which call failed; `response` is the message as it came.
    """

    method: str = ""
    url: str = ""
    response: Any = None

    def during(self, request: Any, response: Any = None) -> Self:
        """Return this error with the client's call that it belongs to."""
        self.method, self.url, self.response = request.method, str(request.url).partition("?")[0], response
        return self

    def __str__(self) -> str:
        text = super().__str__()
        return f"{self.method} {self.url}: {text}" if self.method else text


class DecodeError(APIError, ValueError):
    """A message does not fit the contract. `details` has the keys loc, msg and type."""

    def __init__(self, details: list[dict[str, Any]]) -> None:
        self.details = details
        super().__init__("; ".join(f"{'.'.join(map(str, d['loc'])) or 'value'}: {d['msg']}" for d in details))

    @classmethod
    def of(cls, message: str, type_: str, *loc: str | int) -> Self:
        """Return an error with one detail."""
        return cls([{"loc": [*loc], "msg": message, "type": type_}])


class StatusError(APIError, Generic[B]):
    """An answer with an error status: raised by a service, or by a client that was given one.

    `status` (300 or more) must be given where the class has none.
    """

    status: int = 0
    body: B

    def __init__(self, body: B = NOTHING, *, status: int = 0, headers: Mapping[str, Any] | None = None) -> None:
        self.body, self.status, self.headers = body, status or type(self).status, headers or {}
        if self.status < 300:
            raise TypeError(f"{type(self).__name__} needs status=, 300 or more")
        super().__init__(self.status)


# One a line, as the tables that they are.
# fmt: off
class EncodeError(APIError, ValueError): """A value cannot be written so that it would be read back as it is."""
class CallError(APIError): """A call failed on its way there or back."""
class ConnectionFailed(CallError): """The server could not be reached, or broke off."""
class TimedOut(ConnectionFailed): """The server did not answer in time."""
class ContractError(CallError): """The response does not fit the contract."""

class BadRequest(StatusError[B]): status = 400
class Unauthorized(StatusError[B]): status = 401
class Forbidden(StatusError[B]): status = 403
class NotFound(StatusError[B]): status = 404
class Conflict(StatusError[B]): status = 409
class Gone(StatusError[B]): status = 410
class PreconditionFailed(StatusError[B]): status = 412
class ContentTooLarge(StatusError[B]): status = 413
class UnsupportedMediaType(StatusError[B]): status = 415
class UnprocessableEntity(StatusError[B]): status = 422
class TooManyRequests(StatusError[B]): status = 429
class InternalServerError(StatusError[B]): status = 500
class Unimplemented(StatusError[B]): status = 501
class BadGateway(StatusError[B]): status = 502
class ServiceUnavailable(StatusError[B]): status = 503
class GatewayTimeout(StatusError[B]): status = 504

STATUS_CLASSES: dict[int, type[StatusError[Any]]] = {c.status: c for c in StatusError.__subclasses__()}
