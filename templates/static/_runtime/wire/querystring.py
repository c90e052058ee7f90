"""A query that is one value as a whole (OpenAPI 3.2, section 4.12.1: in: querystring)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from ..exceptions import DecodeError, EncodeError
from .contract import Media, Parts
from .forms import Form
from .parameters import Parameter, Parameters


class QueryString(Parameter):
    """The parameter that is the whole query, written as a body of a media type; only a form is not percent-encoded."""

    def __init__(self, wire_name: str, media: Media, *, name: str = "", required: bool = True) -> None:
        how: Any = {"location": "querystring", "style": "form", "media_type": media.media_type}
        super().__init__(wire_name, media.type, name=name, required=required, **how)
        self.media = media

    def write(self, value: Any, parts: Parts) -> None:
        try:
            data, _ = self.media.write(value)
        except EncodeError as error:
            raise EncodeError(f"{self.name}: {error}") from None
        if not data and not (self.required and self.media.empty):
            raise EncodeError(f"{self.name}: an empty query is one that is not there")
        if data:
            parts.query.append(data.decode() if isinstance(self.media, Form) else quote(data, safe=""))
            parts.secrets += parts.query[-1:] if self.media.conceals or self._conceals(data.decode()) else []

    def read_all(self, query: str) -> Any:
        """Read the raw text of a query; None for an empty one, unless that is a value. Raise DecodeError."""
        if not query and not (self.required and self.media.empty):
            return self.or_default(None)
        return self.media.read(query.encode() if isinstance(self.media, Form) else unquote_to_bytes(query))


class QueryParameters(Parameters):
    """The parameters of an operation, one of which is the whole query."""

    def __init__(self, *parameters: Parameter) -> None:
        super().__init__(*parameters)
        self._others = Parameters(*(one for one in parameters if not isinstance(one, QueryString)))

    def read(self, path: Mapping[str, str], query: str, headers: Mapping[str, str]) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        wrong: list[DecodeError] = []
        try:
            arguments = self._others.read(path, query, headers)
        except DecodeError as error:
            wrong.append(error)
        for one in self.parameters:
            if isinstance(one, QueryString):
                try:
                    value = one.read_all(query)
                except DecodeError as error:
                    wrong.append(error.inside("query"))
                else:
                    arguments |= {} if value is None else {one.name: value}
        if wrong:
            raise DecodeError([d for one in wrong for d in one.details], [w for one in wrong for w in one.words])
        return arguments
