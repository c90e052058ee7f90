"""Using a generated package as its users would: import, models, client against server, served pages."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType
from typing import Any

from generator.document import operations
from generator.document.document import Document
from tests.hostile import sampling

BASE = "http://127.0.0.1:8000"


@functools.lru_cache(maxsize=200)
def _compiled(data: bytes, name: str) -> CodeType:
    """Compile a module once for all packages that have it, as the static ones are in each."""
    return compile(data, f"<{name}>", "exec", dont_inherit=True)


class _Loader(importlib.machinery.SourceFileLoader):
    """Reads a module from its file; the code of equal files is shared."""

    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> CodeType:  # type: ignore[override]
        return _compiled(bytes(data), "/".join(Path(path).parts[-2:]))


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules of one package below a folder."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name and not fullname.startswith(f"{self.name}."):
            return None
        place = self.folder.joinpath(*fullname.split("."))
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if not file.is_file():
            return None
        return importlib.util.spec_from_file_location(fullname, file, loader=_Loader(fullname, str(file)))


@contextlib.contextmanager
def package(name: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Import all modules of a package below a folder, by their names; forget them afterwards."""
    finder = _Finder(name, folder)
    sys.meta_path.insert(0, finder)
    try:
        found = {}
        for path in sorted((folder / name).rglob("*.py")):
            module = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
            found[module.removeprefix(name).lstrip(".")] = importlib.import_module(module)
        yield found
    finally:
        sys.meta_path.remove(finder)
        for module in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
            del sys.modules[module]


def evaluate_models(modules: Mapping[str, Any]) -> int:
    """Build the validator of every model, so that every annotation is evaluated, and hand it junk."""
    import pydantic  # no names of its own here: a TypeAdapter resolves those of who makes it before those of the models

    done = 0
    models = modules["models"]
    for name, value in vars(models).items():
        mine = getattr(value, "__module__", "") == models.__name__
        if name.startswith("_") or not mine:
            continue
        adapter: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(value)
        for junk in ({}, "x", None, {"kind": "cat"}):
            with contextlib.suppress(pydantic.ValidationError):
                adapter.dump_json(adapter.validate_python(junk))
        done += 1
    return done


def call_all(modules: Mapping[str, Any], document: Document) -> dict[str, int]:
    """Call each operation through both clients and by hand; serve the pages. Gives the counts by kind of answer."""
    if "server" not in modules:  # models alone
        return {}
    return asyncio.run(_call_all(modules, document))


async def _call_all(modules: Mapping[str, Any], document: Document) -> dict[str, int]:
    import httpx2

    server, stub, api = modules["server"], modules["server.stub"], modules["contract"].API
    blocking = modules["client"].Client(
        BASE,
        **_credentials(modules, api),
        http=httpx2.Client(transport=httpx2.MockTransport(lambda request: httpx2.Response(501))),
    )
    groups = dict.fromkeys(operation.name.rpartition(".")[0] for operation in api.operations)
    classes = {name: getattr(stub, type(getattr(blocking, name)).__name__) for name in groups}
    services = {name: (lambda _, made=made: made()) for name, made in classes.items()}  # each operation answers 501
    secured = {"authenticate": lambda presented: "somebody"} if "authenticate" in _arguments(server.create_app) else {}
    app = server.create_app(**services, **secured)
    transport = httpx2.ASGITransport(app=app)
    counts: dict[str, int] = {}
    declared = {(view.method, view.path): view for view in operations.read(document)}
    async with httpx2.AsyncClient(transport=transport, base_url=BASE) as http:
        client = modules["client"].AsyncClient(BASE, **_credentials(modules, api), http=http)
        for operation in api.operations:
            view = declared[operation.method, operation.path]
            arguments = sampling.arguments(document, operation, view)
            for one in (client, blocking):
                answer = await _call(modules, one, operation, arguments)
                counts[answer] = counts.get(answer, 0) + 1
            answer = await _by_hand(http, operation)
            counts[answer] = counts.get(answer, 0) + 1
            _answers(document, operation, view)
        await _pages(http, document, api)
    return counts


def _arguments(function: Any) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(function).parameters


def _credentials(modules: Mapping[str, Any], api: Any) -> dict[str, Any]:
    if "credentials" not in _arguments(modules["client"].Client.__init__):
        return {}
    given = {
        scheme.name: ("user", "password") if getattr(scheme, "kind", "") == "basic" else "token"
        for scheme in api.schemes
        if type(scheme).__name__ != "TLSScheme"
    }
    return {"credentials": given}


async def _call(modules: Mapping[str, Any], client: Any, operation: Any, arguments: Any) -> str:
    """Call one operation; every answer but a refusal with a name is an error of ours."""
    exceptions = modules["errors"]
    group, _, member = operation.name.rpartition(".")
    body, given = arguments
    method = getattr(getattr(client, group), member)
    known = _arguments(method)
    try:
        result = method(*body[: "body" in known], **{name: value for name, value in given.items() if name in known})
        if inspect.isawaitable(result):
            result = await result
        elif hasattr(result, "__anext__"):
            result = await anext(result)
        elif hasattr(result, "__next__"):
            result = next(result)
    except exceptions.StatusError as error:
        return str(error.status)
    except (exceptions.EncodeError, exceptions.DecodeError, exceptions.CallError) as error:
        return type(error).__name__
    return "a result"


async def _by_hand(http: Any, operation: Any) -> str:
    """Send junk to an operation."""
    from urllib.parse import quote

    path = quote(operation.path.partition("?")[0].partition("#")[0], safe="/")
    method = operation.method if operation.method.isascii() and operation.method.isalpha() else "POST"
    response = await http.request(
        method, BASE + path, content=b'{"x": [1, {"__class__": 1e400}]', headers={"content-type": "application/json"}
    )
    if response.status_code == 500:
        raise AssertionError(f"500 for junk at {operation.path!r}")
    return str(response.status_code)


def _answers(document: Document, operation: Any, view: Any) -> None:
    """Read and write what the operation may answer."""
    for status, response in operation.responses.items():
        declared = view.responses.get(status) or view.responses.get(status.lower())
        content = (declared.value.get("content") or {}) if declared else {}
        for media, entry in zip(response.media.all if response.media else (), content.values(), strict=False):
            if media.stream or not isinstance(entry, dict) or not hasattr(media, "read"):
                continue
            sampling.read(media, sampling.sample(document, entry.get("schema", {})))


async def _pages(http: Any, document: Document, api: Any) -> None:
    """Fetch what the server shows of itself: the document as it is, and a page in which its text is text."""
    templates = "|".join(re.sub(r"\\\{[^{}]*\\\}", "[^/]+", re.escape(operation.path)) for operation in api.operations)
    if not re.fullmatch(templates, "/openapi.json"):  # operations of the document go before
        response = await http.get(f"{BASE}/openapi.json")
        assert response.status_code == 200
        assert json.loads(response.content) == document.root
    if not re.fullmatch(templates, "/docs"):
        response = await http.get(f"{BASE}/docs")
        assert response.status_code == 200
        page = response.text.partition("<title>")[2].partition("</title>")
        assert "<" not in page[0], "the title of /docs is not escaped"
        assert "spectwin_canary" not in page[2], "document text after the title of /docs"


def docstrings(source: str) -> str:
    """Join the documentation of a module: docstrings, and strings under fields."""
    return "\n".join(
        node.value.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )
