"""The value of each setting: what it can be, and how it is read."""

from __future__ import annotations

import keyword
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from ..parsing.limits import RAISABLE
from ..python.modules import MODULES
from .severities import AUDIENCES, Audience, wrong

Side = Literal["client", "server"]
Layout = Literal["single", "split"]
"""Few files, or one for each group of operations and each component: imported when it is used."""

BOTH: frozenset[Side] = frozenset(("client", "server"))
_DISTRIBUTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")  # core metadata, section "Name"
_VERSION = re.compile(r"(?:==)?\s*(\d+(?:\.\d+)*[a-z0-9.+-]*)")
_BASE_URL = re.compile(r"https?://[^\s/?#]+[^\s?#]*")


class WrongValue(Exception):  # noqa: N818 - `settings` makes a diagnostic of it
    """A setting has no value that it can have. `key`: the key below it, if it is a table."""

    def __init__(self, message: str, hint: str = "", key: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.key = key


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip() and "\0" not in value:
        return value
    raise WrongValue(f"expected a text, found {_kind(value)}")


def _path(value: object) -> Path:
    if "://" in (text := _text(value)):
        hint = f"nothing is read from a network: download it first (curl -fsSL -o FILE {shlex.quote(text)}), and name the file"
        raise WrongValue(f"{text} is an address, not a file", hint)
    return Path(text)


def package_name(value: object) -> str:
    """Read the name of a package. Raises WrongValue."""
    name = _text(value)
    if name in MODULES:
        raise WrongValue(
            f"{name} is a module of Python, or one that Spectwin or its packages need", f"for example {name}_api"
        )
    if name.isidentifier() and not keyword.iskeyword(name) and name.isascii():
        return name
    suggestion = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower()
    usable = suggestion.isidentifier() and not keyword.iskeyword(suggestion)
    raise WrongValue(f"{name} is not a name that Python can import", f"for example {suggestion}" if usable else "")


def _distribution(value: object) -> str:
    name = _text(value)
    if _DISTRIBUTION.fullmatch(name):
        return name
    raise WrongValue(f"{name} is not a name for a distribution", "letters, digits, and between them dots, dashes, _")


def _sides(value: object) -> frozenset[Side]:
    words = [value] if isinstance(value, str) else value
    found: set[Side] = set()
    for word in words if isinstance(words, list) else [None]:
        if word == "both":
            found |= BOTH
        elif word == "client" or word == "server":  # noqa: PLR1714 - the type checker narrows these only
            found.add(word)
        else:
            raise WrongValue('expected "client", "server" or "both", or a list of these')
    if not found:
        raise WrongValue("at least one side is needed: client, server")
    return frozenset(found)


def _audiences(value: object) -> tuple[Audience, ...]:
    words = _texts([value] if isinstance(value, str) else value)
    found = tuple(each for each in AUDIENCES if each in words)
    if not words or len(found) < len(set(words)):
        raise WrongValue(f"expected some of {', '.join(AUDIENCES)}")
    return found


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
        return tuple(value)
    raise WrongValue(f"expected a list of texts, found {_kind(value)}")


def _paths(value: object) -> tuple[Path, ...]:
    return tuple(_path(item) for item in _texts([value] if isinstance(value, str) else value))


def _table_of(value: object, what: str, fits: Callable[[str], bool]) -> dict[str, str]:
    if not isinstance(value, dict):
        raise WrongValue(f"expected a table of texts, found {_kind(value)}")
    for key, item in value.items():
        if isinstance(item, dict):
            raise WrongValue(f"the value of {key} is a table", "quote a key that has dots in it", key)
        if not isinstance(item, str) or not fits(item):
            raise WrongValue(f"the value of {key} is not {what}", key=key)
    return dict(value)


def _names(value: object) -> dict[str, str]:
    return _table_of(value, 'a Python name, such as "create" or "costs.create"', _is_dotted)


def _types(value: object) -> dict[str, str]:
    fits = lambda item: "." in item.replace(":", ".") and _is_dotted(item.replace(":", ".", 1))  # noqa: E731
    table = _table_of(value, 'a type, such as "decimal.Decimal" or "decimal:Decimal"', fits)
    return {key: item.replace(":", ".") for key, item in table.items()}


def _is_dotted(value: str) -> bool:
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in value.split("."))


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise WrongValue(f"expected true or false, found {_kind(value)}")


def _discriminator(value: object) -> str:
    if isinstance(value, str) and value in {"tag", "exact"}:
        return value
    raise WrongValue('expected "tag" or "exact"')


def _naive(value: object) -> str:
    if isinstance(value, str) and value in {"reject", "utc"}:
        return value
    raise WrongValue('expected "reject" or "utc"')


def _field_names(value: object) -> str:
    if isinstance(value, str) and value in {"snake", "wire"}:
        return value
    raise WrongValue('expected "snake" or "wire"')


def _layout(value: object) -> str:
    if isinstance(value, str) and value in {"single", "split"}:
        return value
    raise WrongValue('expected "single" or "split"')


def _models(value: object) -> str:
    if isinstance(value, str) and value in {"all", "reached"}:
        return value
    raise WrongValue('expected "all" or "reached"')


def _base_url(value: object) -> str:
    url = _text(value)
    if _BASE_URL.fullmatch(url):
        return url
    raise WrongValue(f"{url} is not a URL to begin with", "for example https://api.example.com/v1")


def _version(value: object) -> str:
    match = _VERSION.fullmatch(_text(value).strip())
    if match:
        return match[1]
    raise WrongValue("expected one version", 'for example "0.2.0"; what is generated differs from version to version')


def _severities(value: object) -> dict[str, str]:
    table = value if isinstance(value, dict) else {}
    for identifier, level in table.items():
        if found := wrong(identifier, level):
            raise WrongValue(*found, key=identifier)
    return _table_of(value, "a level", lambda _: True)


def limits(value: object) -> dict[str, int]:
    """Read bounds of a document. Raises WrongValue."""
    if not isinstance(value, dict):
        raise WrongValue(f"expected a table of numbers, found {_kind(value)}")
    for key, item in value.items():
        if key not in RAISABLE:
            raise WrongValue(
                f"there is no limit called {key} that can be set", f"there are: {', '.join(RAISABLE)}", key
            )
        if isinstance(item, bool) or not isinstance(item, int) or item < 1:
            raise WrongValue(f"the value of {key} is not a number from 1", key=key)
    return dict(value)


def _kind(value: object) -> str:
    """Name the kind of a value in the terms of TOML."""
    if value == "":
        return "an empty one"
    kinds = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return kinds.get(type(value), "something else")


PARSERS: dict[str, Callable[[object], Any]] = {
    "spec": _path,
    "output": _path,
    "package": package_name,
    "distribution": _distribution,
    "sides": _sides,
    "operations": _texts,
    "field-names": _field_names,
    "layout": _layout,
    "models": _models,
    "names": _names,
    "types": _types,
    "lenient": _boolean,
    "naive-datetimes": _naive,
    "discriminator": _discriminator,
    "properties-imply-object": _boolean,
    "base-url": _base_url,
    "tolerant": _boolean,
    "stream-end": _text,
    "watch": _boolean,
    "overlays": _paths,
    "required-version": _version,
    "severities": _severities,
    "audiences": _audiences,
    "limits": limits,
    "templates": _path,
}
"""The function that reads each setting, by its key in pyproject.toml. Each raises WrongValue."""
