"""Forms: application/x-www-form-urlencoded, and what multipart shares with it (OpenAPI 4.8.14.4 and 4.8.15)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from urllib.parse import unquote_plus

from pydantic_core import from_json

from ..exceptions import DecodeError, EncodeError
from ..models.steps import shared
from . import styles
from .contract import Json, Media, essence
from .styles import READINGS, Pairs, Reading, Shape

RESERVED = ":/?@!$'()*;[]"


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How one property is written; empty and None mean the default. `headers` are of parameters.py."""

    content_type: str = ""
    style: str = ""
    explode: bool | None = None
    allow_reserved: bool = False
    headers: tuple[Any, ...] = ()


PLAIN = Encoding()
REPEATED = Shape(styles.TEXT.scalars, items=styles.TEXT)


class Form(Media):
    """A body of properties, written like a query. Objects in it are JSON, unless they have a style."""

    empty = True

    def __init__(
        self,
        type_: Any,
        media_type: str = "application/x-www-form-urlencoded",
        *,
        encoding: Mapping[str, Encoding] | None = None,
    ) -> None:
        super().__init__(type_, media_type)
        self.encoding = encoding or {}
        self.json = Json(type_)

    @cached_property
    def shape(self) -> Shape:
        """What the type looks like on the wire."""
        return styles.shape(self.json.adapter.core_schema)

    def write(self, value: Any) -> tuple[bytes, str]:
        body = json.loads(self.json.write(value)[0])
        if not isinstance(body, dict):
            raise EncodeError("a form is an object")
        pairs: list[str] = []
        for name, item in body.items():
            pairs += self._write(name, item)
        data = "&".join(pairs).encode()
        self._same(value, data)
        return data, self.media_type

    def _same(self, value: Any, data: bytes) -> None:
        try:
            same = self.read(data) == value
        except DecodeError:
            same = False
        if not same:
            raise EncodeError("the form could not be read back as it is")

    def _write(self, name: str, item: Any) -> list[str]:
        encoding = self.encoding.get(name, PLAIN)
        if encoding.style or not self.is_json(name):
            style, explode = _style(encoding)
            return styles.write_query(name, style, explode, item, RESERVED if encoding.allow_reserved else "")
        items = item if isinstance(item, list) and self._of(name).items is not None else [item]
        return [f"{styles.encode(name)}={styles.encode(json.dumps(i, ensure_ascii=False))}" for i in items]

    def _of(self, name: str) -> Shape:
        found = (self.shape.properties or {}).get(name, self.shape.extra or styles.TEXT)
        return REPEATED if found == styles.TEXT else found  # of a type that may be anything, also an array

    def is_json(self, name: str) -> bool:
        """Tell whether a property (or each item of it) is written as JSON: objects are, by default."""
        encoding, found = self.encoding.get(name, PLAIN), self._of(name)
        if encoding.content_type:
            return essence(encoding.content_type.split(",")[0]).endswith("json")
        inner = found.items if found.items is not None else found
        return inner.properties is not None or (found.items is not None and inner.items is not None)

    def read(self, data: bytes, content_type: str = "") -> Any:
        try:
            pairs = styles.split_query(data.decode())
        except UnicodeDecodeError:
            raise DecodeError.of("a form is UTF-8", "text_encoding") from None
        return self.load(lambda how: self._read(pairs, how))

    def load(self, read: Callable[[Reading], str], context: Any = None) -> Any:
        """Validate what `read` makes of the form, in the first way that the type takes."""
        return shared(partial(self._load, read, context))

    def _load(self, read: Callable[[Reading], str], context: Any) -> Any:
        problem, tried = None, set[str]()
        for how in READINGS:
            try:
                if (text := read(how)) not in tried:
                    tried.add(text)
                    return self.json.read(text.encode(), context=context)
            except DecodeError as error:
                if error.details[0]["type"] == "too_many_steps":  # in each way
                    raise
                problem = problem or error
            except ValueError as error:
                problem = problem or DecodeError.of(str(error), "value_error")
        raise problem or DecodeError.of("no form", "value_error")

    def _read(self, pairs: Pairs, how: Reading) -> str:
        names = dict.fromkeys([*(self.shape.properties or ()), *(k.partition("[")[0] for k, _ in pairs)])
        by_name: dict[str, Pairs] = {}
        for pair in pairs:
            by_name.setdefault(pair[0], []).append(pair)
        found = {}
        for name in names:
            encoding, inner = self.encoding.get(name, PLAIN), self._of(name)
            own = by_name.get(name, [])
            if encoding.style or not self.is_json(name):
                style, explode = _style(encoding)
                given = pairs if encoding.style else own  # a style spreads an object over several names
                text = styles.read_query(name, style, explode, given, inner, how, names.keys())
            else:
                values = [unquote_plus(v) for _, v in own]
                text = self.join(values, inner, how) if values else None
            if text is not None:
                found[name] = text
        return f"{{{','.join(f'{json.dumps(k)}:{v}' for k, v in found.items())}}}"

    @staticmethod
    def join(values: list[str], found: Shape, how: Reading) -> str:
        """Return the JSON of a property from the JSON of its values; raise ValueError if one is not a JSON text by itself.

        It could be read together with what stands around it: `1],"admin":[true`.
        """
        for value in values:
            from_json(value)
        if found.items is not None and not (found.properties is not None and how.scalars and len(values) == 1):
            return f"[{','.join(values)}]"
        if len(values) > 1:
            raise ValueError("given more than once")
        return values[0]


def _style(encoding: Encoding) -> tuple[str, bool]:
    style = encoding.style or "form"
    return style, style in ("form", "deepObject") if encoding.explode is None else encoding.explode
