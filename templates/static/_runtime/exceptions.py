"""What can go wrong in a call, on both sides: services raise status errors, clients catch them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import copy
from functools import cache
from http.client import responses as phrases
from typing import Any, Generic, Self, TypeVar, cast

B = TypeVar("B")
NOTHING: Any = None
LISTED = 20  # problems of one message that its error's text has
LONGEST = 300  # characters that a message takes from a URL's query, or from a body
SAYING = ("title", "detail", "message", "msg", "error", "error_description", "errors")  # RFC 9457, RFC 6749 and others
SECRET = re.compile("(^|[^a-z])key$|apikey|token|secret|passw|credential|auth(?!or)|signature|session", re.IGNORECASE)


def tells(name: str | int) -> bool:
    """Whether a name says that its value is secret: as a whole, or any of the names in its brackets, percent-encoded or not."""
    return any(map(SECRET.search, re.split(r"[\[\]]|%5B|%5D", str(name), flags=re.IGNORECASE)))


def shown(url: Any, hidden: frozenset[str] = frozenset()) -> str:
    """Return a client's URL as messages show it: without user and password; values of `hidden` and of secrets are `…`."""
    path, _, query = getattr(url, "hide", str)(url.raw_path.decode("latin-1")).partition("?")
    pairs = ((pair, pair.partition("=")[0]) for pair in query.split("&") if pair)
    safe = "&".join(f"{name}=…" if name in hidden or tells(name) else pair for pair, name in pairs)
    return f"{url.scheme}://{url.netloc.decode('latin-1')}{path}" + (f"?{clipped(safe)}" if safe else "")


def bare(response: Any, hidden: frozenset[str]) -> Any:
    """Take from a client's response what was sent for it, but for method and URL as messages show it; return the response."""
    sent, response.next_request = response.request, None
    response.request = type(sent)(sent.method, shown(sent.url, hidden), extensions={"hidden": hidden})
    response.history = [bare(copy(one), hidden) for one in response.history]
    return response


def clipped(text: str) -> str:
    """Return what a message takes of a text, on one line."""
    return " ".join("".join(one if one.isprintable() else " " for one in text[:LONGEST]).split())


def said(body: Any, depth: int = 3) -> str:
    """Return what the body of an error says in words, as far as its title, detail and message are known."""
    if isinstance(body, bytes):
        body = "" if body.lstrip().startswith(b"<") else body[:LONGEST].decode(errors="replace")
    if isinstance(body, str) or not depth:
        return body if isinstance(body, str) else ""
    if isinstance(body, list | tuple):
        return "; ".join(filter(None, (said(one, depth - 1) for one in body[:3])))
    found = dict(body) if isinstance(body, Mapping) or hasattr(body, "model_fields_set") else {}
    return ": ".join(dict.fromkeys(filter(None, (said(found.get(name), depth - 1) for name in SAYING))))


class APIError(Exception):
    """The base of every error here.

    On the client, `method` and `url` (secrets are `…`) tell which call failed, `target` where it was redirected to
    (without a query), and `response` is the answer; of its request it has method and URL only. Copies and pickles have none.
    """

    method: str = ""
    url: str = ""
    target: str = ""
    response: Any = None

    def during(self, request: Any, response: Any = None) -> Self:
        """Return this error with the client's call that it belongs to."""
        hidden = request.extensions.get("hidden", frozenset())
        self.method, self.url = request.method, shown(request.url, hidden)
        hide, status = getattr(request.url, "hide", str), str(getattr(self, "status", ""))
        self.args = (status + hide(str(self.args[0]).removeprefix(status)),)  # answers often quote the URL
        if to := response is not None and (response.next_request or (response.history and response.request)):
            self.target = hide(shown(to.url).partition("?")[0])
        self.response = response and bare(copy(response), hidden)  # a copy has no stream and no connection
        return self

    def __str__(self) -> str:
        call = f"{self.method} {self.url}{f' → {self.target}' if self.target else ''}: " if self.method else ""
        return call + super().__str__()

    def __reduce__(self) -> tuple[Any, ...]:
        state, headers = {**vars(self), "response": None}, getattr(self, "headers", {})
        if headers:
            state["headers"] = type(headers)({k: v for k, v in headers.items() if k.lower() != "set-cookie"})
        return _made, (vars(type(self)).get("kinds", (type(self),)), self.args), state


def _made(kinds: tuple[Any, ...], args: tuple[Any, ...]) -> APIError:
    """Make an error of a pickle or a copy, whose attributes follow."""
    return joined(*kinds).__new__(joined(*kinds), *args)


@cache
def joined(*kinds: Any) -> type[StatusError[Any]]:
    """Return a class that is caught as any of some classes."""
    return (
        kinds[0]
        if len(kinds) == 1
        else type(kinds[-1].__name__, kinds, {"kinds": kinds, "__module__": kinds[-1].__module__})
    )


class DecodeError(APIError, ValueError):
    """A message does not fit the contract.

    `details` has the keys loc, msg and type, as FastAPI has them; `words` say the same with values, for people.
    """

    def __init__(self, details: list[dict[str, Any]], words: Sequence[str] = ()) -> None:
        self.details, self.words = details, words or [str(d["msg"]) for d in details]
        places = [".".join(map(str, d["loc"])) or "value" for d in details[:LISTED]]
        listed = dict.fromkeys(f"{at}: {text}" for at, text in zip(places, self.words, strict=False))
        more = f"; and {len(details) - LISTED} more" if len(details) > LISTED else ""
        super().__init__("; ".join(listed) + more)

    @classmethod
    def of(cls, message: str, type_: str, *loc: str | int) -> Self:
        """Return an error with one detail."""
        return cls([{"loc": [*loc], "msg": message, "type": type_}])

    def inside(self, *loc: str | int) -> DecodeError:
        """Return the error for a message that holds this one at a place."""
        return DecodeError([{**d, "loc": [*loc, *d["loc"]]} for d in self.details], self.words)


class StatusError(APIError, Generic[B]):
    """An answer with an error status: raised by a service, or by a client that was given one.

    `status` (300 or more) must be given where the class has none. A service may give a message as the body: it is put
    into what the document declares.
    """

    status: int = 0
    body: B

    def __init__(self, body: B | str = NOTHING, *, status: int = 0, headers: Mapping[str, Any] | None = None) -> None:
        self.body, self.status, self.headers = cast("B", body), status or type(self).status, headers or {}
        if self.status < 300:
            raise TypeError(f"{type(self).__name__} needs status=, 300 or more")
        phrase = phrases.get(self.status, "")
        more = f"{clipped(said(body))}: ".removeprefix(f"{phrase}: ").removesuffix(": ")  # problem details say it, too
        super().__init__(": ".join(filter(None, (f"{self.status} {phrase}".strip(), more))))


def status_class(status: int, declared: Any = None) -> type[StatusError[Any]]:
    """Return the class for a status that is caught as the declared one and by the name of the status, as errors.py has it."""
    known: Any = STATUS_CLASSES.get(status, StatusError)
    name = __name__.partition("._runtime")[0] + ".errors", known.__name__
    known = next((one for one in known.__subclasses__() if (one.__module__, one.__name__) == name), known)
    kinds = (known,) if declared is None or issubclass(known, declared) else (declared, known)
    return declared if len(kinds) > 1 and issubclass(declared, known) else joined(*kinds)


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
