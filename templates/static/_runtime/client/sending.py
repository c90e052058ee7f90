"""What requests are sent with: a base URL, credentials, connections; when they are sent again, or to another place."""

from __future__ import annotations

import contextlib
import inspect
import os
import random
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, unquote_plus

import httpx2

from ..exceptions import CallError, ConnectionFailed, ContractError, DecodeError, EncodeError, TimedOut, tells
from ..wire.contract import Api, Parts, SecurityScheme, essence

# What goes along to another origin: any other field may be a credential, whoever put it there.
HARMLESS = frozenset({"accept", "accept-encoding", "accept-language", "content-length", "content-type", "user-agent"})
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "QUERY"})  # RFC 9110 section 9.2.2
PASSING = frozenset({408, 429, 502, 503, 504})
MAX_ANSWER = 64 * 2**20
NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_SHORT = 7
_PATH = re.compile("(; *path=)([^;]*)", re.IGNORECASE)  # of a cookie
_TRANSPORTS = (httpx2.BaseTransport, httpx2.AsyncBaseTransport)
# An absolute URL without user, password, query and fragment.
BASE_URL = re.compile(r"https?://(\[[\da-f:.]+\]|[^\s@?#/:\[\]]+)(:\d{1,5})?(/[^\s@?#]*)?", re.IGNORECASE)


def variable(prefix: str, name: str) -> str | None:
    """Return an environment variable, such as WEAVE_COSTS_BASE_URL; None where it has no value, or where there is no prefix."""
    return (prefix and os.environ.get(re.sub(r"\W", "_", f"{prefix}_{name}").upper())) or None


def credentials_of(api: Api, given: Any, prefix: str) -> dict[str, Any]:
    """Return credentials by the name of their scheme; raise ValueError where that is not clear."""
    if given is None:  # those of a basic scheme are name:password
        found = {scheme: variable(prefix, f"credential_{scheme.name}") for scheme in api.schemes if scheme.sends}
        given = {s.name: tuple(v.split(":", 1)) if v and s.kind == "basic" else v for s, v in found.items()}
    if isinstance(given, str | tuple) or callable(given):
        fitting = [s.name for s in api.schemes if s.sends and (s.kind == "basic") == isinstance(given, tuple)] or [
            s.name for s in api.schemes if s.sends and callable(given)
        ]
        given = {fitting[0] if len(fitting) == 1 else "": given}
    names = [scheme.name for scheme in api.schemes]
    if not isinstance(given, Mapping) or not given.keys() <= {*names}:
        unknown = next((name for name in given if name not in names), "") if isinstance(given, Mapping) else ""
        wrong = (
            f"there is no scheme {unknown}" if unknown else "give credentials as a dict, by the name of their scheme"
        )
        raise ValueError(f"{wrong}; there are: {', '.join(names) or 'none'}")
    return {name: value for name, value in given.items() if value is not None}


def checked(scheme: SecurityScheme, value: Any) -> Any:
    """Return a credential that its scheme can send; raise EncodeError, without the value, for any other."""
    texts, is_pair = value if isinstance(value, tuple) else (value,), scheme.kind == "basic"
    fits = value and isinstance(value, tuple) == is_pair and len(texts) == 1 + is_pair
    if scheme.sends and not (
        fits and all(isinstance(t, str) and t == t.encode(errors="ignore").decode() for t in texts)
    ):
        needed = "a name and a password are" if is_pair else "a text is"
        given = "an empty one" if value == "" else type(value).__name__
        raise EncodeError(f"{scheme.name}: {needed} needed, as Unicode, not {given}")
    return value


def lowered(headers: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return header fields by their names in lower case; raise EncodeError for one that the client writes."""
    found = {name.lower(): value for name, value in headers}
    if wrong := found.keys() & {"content-length", "transfer-encoding"}:
        raise EncodeError(f"{min(wrong)} is written by the client")
    return found


def undeclared(response: httpx2.Response) -> Any:
    """Return a body that the document does not declare: JSON where it is that, else bytes; None where there is none."""
    with contextlib.suppress(ValueError, RecursionError):
        if essence(response.headers.get("content-type", "")).endswith(("/json", "+json")):
            return response.json()
    return response.content or None


def with_response(method: Any, *args: Any, **kwargs: Any) -> Any:
    """Call a method of a group so that its result is a RawResponse."""
    group = copy(method.__self__)
    group._client = copy(group._client)
    group._client._raw = True
    return getattr(group, method.__name__)(*args, **kwargs)


async def settled(value: Any) -> Any:
    """Await what must be awaited. Nothing that a blocking client returns must be."""
    return await value if inspect.isawaitable(value) else value


def _ended(loop: Any) -> bool:
    """Whether there can be no more calls from an event loop of asyncio, or from the thread of trio's."""
    return bool(loop.is_closed() if hasattr(loop, "is_closed") else not loop.is_alive())


class Connections:
    """The HTTP clients of a client and its clones: no two processes share one, no two event loops of asyncio, no two threads of trio."""

    def __init__(self, given: Any, make: Callable[..., Any]) -> None:
        """Take an HTTP client, or make each with `make` at the first call that needs it: loading certificates takes time."""
        # Whose header fields and time limits count. One that connects to nothing has the usual ones, and is made in no time.
        self.like = given or make(transport=httpx2.BaseTransport())
        self._known: dict[Any, Any] = {None: given} if given else {}
        self._given, self._process, self.is_async = given, os.getpid(), hasattr(self.like, "aclose")
        self._make = partial(make, cookies=self.like.cookies.jar)

    def http(self) -> Any:
        """Return the HTTP client to use here; raise CallError where there can be none."""
        events: Any = self.is_async and sys.modules.get("asyncio.events")  # not imported by trio
        loop = events and events._get_running_loop()
        # Runs of trio can use the same connections in turn, as they do in a thread, but no two at once.
        here = os.getpid(), loop or (self.is_async and "trio" in sys.modules and threading.current_thread())
        return self._known.get(here) or self._new(here)

    def _new(self, here: tuple[int, Any]) -> Any:
        if any(http.is_closed for http in [*self._known.values()]):
            raise CallError("the client is closed")
        # The first event loop takes the given HTTP client, its thread alone; all threads of a blocking client share it.
        found = (self._known.pop(None, None) if here[1] else self._given) if here[0] == self._process else None
        for at in [at for at in [*self._known] if at and (at[0] != here[0] or (at[1] and _ended(at[1])))]:
            self._known.pop(at, None)
        if found is None and self._given:
            transports = [self._given._transport, *self._given._mounts.values()]
            for transport in transports:
                # Those that it wraps follow: its own close() need not close them.
                held = getattr(transport, "__dict__", {}).values()
                transports += [one for one in held if isinstance(one, _TRANSPORTS) and one not in transports]
                if isinstance(transport, httpx2.HTTPTransport):
                    transport.close()  # this process's end of the connections; the next request makes others
                elif isinstance(transport, httpx2.AsyncHTTPTransport):
                    raise CallError("http= has connections of another event loop or process: give each its own")
        return self._known.setdefault(here, found or self._given or self._make())


def _tells(text: str, secrets: Iterable[str]) -> bool:
    """Whether a part of a URL has one of some secrets in it, encoded up to twice; what is short may stand there by chance."""
    texts = text, unquote_plus(text), unquote_plus(unquote_plus(text))
    return any(len(one) > _SHORT and one in said for one in secrets for said in texts)


class Covered(httpx2.URL):
    """A URL whose text has neither its secrets nor its query, as the log of httpx2 prints it."""

    def __init__(self, url: httpx2.URL, secrets: Iterable[str]) -> None:
        super().__init__(url)
        self.secrets = {text for one in secrets for text in (one, unquote(one), unquote_plus(one)) if text}

    def hide(self, text: str) -> str:
        """Return a text without the secrets, as they stand here or encoded otherwise."""
        for one in sorted(self.secrets, key=len, reverse=True):
            found = re.escape(one)
            text = re.sub(found if len(one) > _SHORT else rf"(?<!\w){found}(?!\w)", "…", text)
        return re.sub("[^/?#&=]+", lambda part: "…" if _tells(part[0], self.secrets) else part[0], text)

    def __str__(self) -> str:
        return re.sub(r"\?.*", "?…", self.hide(super().__str__()))

    __repr__ = __str__

    def join(self, url: httpx2.URL | str) -> httpx2.URL:
        return httpx2.URL(self).join(url)  # which asks for the text of the whole


def covered(url: httpx2.URL, parts: Parts) -> httpx2.URL:
    """Return the URL of a request that is shown without its secrets: itself where it has none."""
    is_named = any(tells(pair.partition("=")[0]) for pair in parts.query)
    return Covered(url, parts.secrets) if parts.secrets or is_named else url


def completed(request: httpx2.Request, url: httpx2.URL, cookies: httpx2.Cookies | None) -> httpx2.Request:
    """Return a request with the cookies of a jar beside its own, and with its URL as it is instead of a copy."""
    given = request.headers.pop("cookie", "")
    if cookies is not None and cookies.jar:
        cookies.set_cookie_header(request)  # of the whole path, which a covered URL does not tell
    request.url = url
    if pairs := together(given, request.headers.get("cookie", "")):
        request.extensions["cookie"], request.headers["cookie"] = given, pairs
    return request


def _baked(cookies: httpx2.Cookies, response: httpx2.Response, url: Covered) -> None:
    """Have a jar keep cookies by the path of a covered URL, by whose text it took them; hide the path in the answer."""
    jar: Any = cookies.jar
    with jar._cookies_lock:  # of its own, which has no other name: other threads use the jar, too
        for one in [one for one in jar if "%E2%80%A6" in one.path and not one.path_specified]:
            jar.clear(one.domain, one.path, one.name)
    request = httpx2.Request(response.request.method, httpx2.URL(url))  # whose path is not covered
    cookies.extract_cookies(httpx2.Response(200, headers=response.headers, request=request))
    if following := response.next_request:
        following.headers.pop("cookie", None)
        cookies.set_cookie_header(following)

    def hide(value: bytes) -> bytes:
        text = _PATH.sub(lambda path: path[1] + url.hide(path[2]), value.decode("latin-1"))
        return text.replace("…", "%E2%80%A6").encode("latin-1")

    raw = response.headers.raw
    response.headers = httpx2.Headers([(k, hide(v) if k.lower() == b"set-cookie" else v) for k, v in raw])


def _keeps(request: httpx2.Request) -> bool:
    """Whether the body of a request has a part that is secret (`format: password`): it stays with its origin."""
    media = request.extensions["media"]
    found = media and (media.find(request.headers.get("content-type", "")) or media)
    return bool(found and found.conceals)


async def _once(http: Any, request: httpx2.Request, **options: Any) -> httpx2.Response:
    """Send a request; hide in the answer's Location what comes back of the request's query and messages don't show."""
    response: httpx2.Response = await settled(http.send(request, stream=True, follow_redirects=False, **options))
    if isinstance(request.url, Covered) and "set-cookie" in response.headers:
        _baked(http.cookies, response, request.url)
    if location := response.headers.get("location"):
        pairs, hidden = parse_qsl(request.url.query.decode("latin-1")), request.extensions["hidden"]
        secret = {(name, value) for name, value in pairs if quote(name, "") in hidden or tells(name)}
        values = [value for _, value in secret]
        location = re.sub(
            "(?<=[?&])([^=&#]+=)([^&#]+)",
            lambda pair: f"{pair[1]}…" if secret & {*parse_qsl(pair[0])} or _tells(pair[2], values) else pair[0],
            getattr(request.url, "hide", str)(location),
        )
        response.headers["location"] = location.replace("…", "%E2%80%A6")
    return response


async def whole(response: httpx2.Response, request: httpx2.Request) -> httpx2.Response:
    """Read an answer to its end: the one door for all that are no streams. Raise ContractError for one that is too long."""
    most, found, is_blocking = (
        request.extensions["max_answer"],
        bytearray(),
        isinstance(response.stream, httpx2.SyncByteStream),
    )
    try:
        if is_blocking:
            for data in response.iter_bytes():  # unpacked, a MiB at most at once
                _keep(found, data, most)
        else:
            async for data in response.aiter_bytes():
                _keep(found, data, most)
    except BaseException as error:
        closing: Any = response.close if is_blocking else response.aclose
        await settled(closing())
        if isinstance(error, ContractError):
            raise error.during(request) from None
        raise
    response._content = bytes(found)
    return response


def _keep(found: bytearray, data: bytes, most: int) -> None:
    if len(found) + len(data) > most:
        raise ContractError(f"the answer has more than {most} bytes")
    found += data


async def send(http: Any, request: httpx2.Request) -> httpx2.Response:
    """Send a request; follow redirects where `http` does; read no answer but those that lead elsewhere.

    Raise httpx2.RequestError, or CallError for a closed client.
    """
    if http.is_closed:
        raise CallError("the client is closed").during(request)
    response = await _once(http, request)
    if not http.follow_redirects:
        return response
    history, options, origin = list[httpx2.Response](), dict[str, Any](), (request.url.scheme, request.url.netloc)
    while (following := response.next_request) is not None:
        is_home = (following.url.scheme, following.url.netloc) == origin
        if not is_home and following.method == request.method and _keeps(request):
            response.extensions["kept"] = "the body has a secret, which is not sent to another origin"
            break
        await whole(response, request)
        if len(history) == http.max_redirects:
            raise httpx2.TooManyRedirects(f"more than {len(history)} redirects", request=request)
        history.append(response)
        if isinstance(request.url, Covered):
            following.url = Covered(following.url, request.url.secrets)
        request.extensions["taken"] = following.method != request.method  # 303 says so (RFC 9110 section 15.4.4)
        # What was left out on the way stays out, even back home: the other origin chose the path.
        if options or not is_home:
            kept = {name: value for name, value in following.headers.items() if name in HARMLESS}
            following.headers = httpx2.Headers({"host": following.url.netloc.decode(), **kept})
            options = {"auth": None}
        elif cookie := together(request.extensions.get("cookie", ""), following.headers.get("cookie", "")):
            following.headers.update([(b"cookie", cookie.encode())])  # httpx2 keeps those of the jar alone
        response = await _once(http, following, **options)
        response.history = [*history]
    return response


def together(first: str, more: str) -> str:
    """Return the pairs of two Cookie fields; of a name that both have, those of the first."""
    names = {pair.partition("=")[0] for pair in first.split("; ")}
    return "; ".join(filter(None, [first, *(p for p in more.split("; ") if p.partition("=")[0] not in names)]))


def delay(
    outcome: httpx2.Response | httpx2.RequestError, attempt: int, repeatable: bool, request: httpx2.Request
) -> float | None:
    """Return the seconds to wait before another attempt, None where there must be none; `repeatable`: one may arrive twice."""
    passes = getattr(outcome, "status_code", 0) in PASSING or isinstance(outcome, httpx2.TransportError)
    if not (passes and repeatable) and (request.extensions.get("taken") or not isinstance(outcome, NOT_SENT)):
        return None
    from email.utils import parsedate_to_datetime as date  # rarely needed, and slow to import

    # Seconds, or a date (RFC 9110 section 10.2.3).
    asked: str = getattr(outcome, "headers", {}).get("retry-after", "")
    with contextlib.suppress(ValueError, OverflowError):
        return float(asked) if asked.isdecimal() else max(0.0, date(asked).timestamp() - time.time())
    return min(0.5 * 2.0**attempt, 8.0) * random.uniform(0.5, 1.0)


def _cover(error: Exception, url: Covered) -> None:
    """Take the secrets of a URL out of an error that leads to what is raised: an answer may quote them."""
    error.args = tuple(url.hide(one) if isinstance(one, str) else one for one in error.args)
    if isinstance(error, DecodeError):
        error.__cause__ = error.__context__ = None  # which may have what it says, and the whole answer
        error.words = [*map(url.hide, error.words)]
        for one in error.details:
            one["loc"] = [url.hide(part) if isinstance(part, str) else part for part in one["loc"]]
            one["msg"] = url.hide(one["msg"])


def failure(error: Exception, request: httpx2.Request, response: httpx2.Response | None = None) -> CallError:
    """Return the error of ours for one of httpx2's, or for an answer or an item that does not fit."""
    if isinstance(request.url, Covered):
        _cover(error, request.url)
    kind: type[CallError] = TimedOut if isinstance(error, httpx2.TimeoutException) else ConnectionFailed
    if isinstance(error, DecodeError | httpx2.DecodingError):
        kind = ContractError
    name = "" if isinstance(error, DecodeError) else f"{type(error).__name__} "
    found = kind(f"{name}{error}".strip()).during(request, response)
    if isinstance(error, httpx2.RequestError):  # whose own request has the credentials
        error.request = httpx2.Request(found.method, found.url)
    return found
