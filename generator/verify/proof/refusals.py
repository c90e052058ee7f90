"""What encoding rightly refuses: values that could not be read back as they are, told from the document alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..document.document import Field
from ..document.merging import types


class CallRefused(Exception):  # noqa: N818
    """Encoding refused a value. `is_right`: the document itself makes the call impossible."""

    def __init__(self, message: str, *, is_right: bool = False) -> None:
        super().__init__(message)
        self.is_right = is_right


_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def reason(parameter: Field, value: Any, flat: Mapping[str, Any]) -> str:
    """Return why a parameter's value may be refused, "" where nothing speaks against it.

    `flat` is the parameter's schema without references and compositions.
    """
    if parameter.is_form:
        return form_reason(value, flat, parameter.encoding)
    if parameter.location == "querystring":
        return "an empty query" if value == "" else ""
    if parameter.is_json:
        return "control characters" if parameter.location == "header" and _CONTROL.search(str(value)) else ""
    texts = list(_texts(value))
    return (
        _shape(parameter, value)
        or _by_location(parameter, texts)
        or _by_delimiter(parameter, value, texts)
        or ("its schema allows several types, which text does not tell apart" if _is_ambiguous(flat) else "")
    )


def side_by_side(path: str, name: str, flat: Mapping[str, Any]) -> str:
    """Return why a variable's value may be refused because of others in its segment, "" where nothing speaks against it.

    The text of a segment is divided again when it is read: a value of any length, or with any text in it, may end early.
    """
    segment = next((one for one in re.split("[?#]", path)[0].split("/") if f"{{{name}}}" in one), "")
    is_open = segment.count("{") > 1 and not {"enum", "const"} & flat.keys()
    return "a value of any kind beside another variable of its segment" if is_open else ""


def form_reason(value: Any, flat: Mapping[str, Any], encoding: Mapping[str, Any]) -> str:
    """Return why a form's value may be refused."""
    if not isinstance(value, dict):
        return "a form that is no object"
    for name, item in value.items():
        if item is None or (isinstance(item, list) and (not item or None in item)):
            return "null or an empty array in a form"
        schema = flat.get("properties", {}).get(name, {})
        if _is_ambiguous(schema):
            return "a property of several types in a form"
        style = (encoding.get(name) or {}).get("style", "form")
        written = Field(name=name, location="query", style=style, explode=False)
        if style != "form" and (found := reason(written, item, {"type": "string"})):
            return found
    return "an empty form" if not value else ""


def _shape(parameter: Field, value: Any) -> str:
    if value is None or value in ([], {}):
        return "null" if value is None else "an empty array or object"
    parts = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if any(part is None for part in parts):
        return "null in an array or object"
    inner = [part for part in parts if isinstance(part, list | dict)]
    if inner and (parameter.style != "deepObject" or any(part in ([], {}) or isinstance(part, list) for part in inner)):
        return "an array or object inside another one"
    if parameter.style == "deepObject":
        return next((found for part in inner if (found := _shape(parameter, part))), "")
    return ""


def _by_location(parameter: Field, texts: list[str]) -> str:
    if parameter.location == "path" and any(text in ("", ".", "..") for text in texts):
        return "an empty or . segment in a path"
    if parameter.location == "header" and any(_CONTROL.search(text) for text in texts):
        return "control characters in a header"
    if parameter.location == "header" and any(text != text.strip(" \t") or not text for text in texts):
        return "an empty header, or spaces around it"
    if parameter.style == "cookie" and any(re.search(r"[^\x21-\x7e]|[\",;\\]", text) for text in texts):
        return "characters that a cookie does not take"
    return ""


def _by_delimiter(parameter: Field, value: Any, texts: list[str]) -> str:
    if not isinstance(value, list | dict):
        return ""
    names = list(value) if isinstance(value, dict) else []
    delimiter = {"spaceDelimited": r"[ +]", "pipeDelimited": r"\|"}.get(parameter.style, "")
    delimiter = "[.]" if parameter.style == "label" and parameter.explode else delimiter
    delimiter = r"[,=]" if parameter.location == "header" else delimiter
    if delimiter and any(re.search(delimiter, text) for text in [*texts, *names]):
        return "a delimiter in an item"
    if "" in texts and len(texts) == 1:
        return "an array of one empty text"
    return ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)


def _is_ambiguous(schema: Any) -> bool:
    """Tell whether text alone does not say which of a schema's types is meant."""
    if not isinstance(schema, Mapping):
        return True
    if any(key in schema for key in ("anyOf", "oneOf", "not", "if")):
        return True
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return len({type(v) for v in values if v is not None}) > 1
    if "$ref" in schema or "allOf" in schema:
        return False
    found = {t for t in types(schema["type"]) if t != "null"} if "type" in schema else {"", " "}
    if len(found) > 1:
        return True
    return "items" in schema and "array" in found and _is_ambiguous(schema["items"])
