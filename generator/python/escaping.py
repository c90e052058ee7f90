"""The ways by which a document's text reaches source text: `py`, `ident`, `doc`, `comment`; Markdown: `md`, `code`."""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from functools import lru_cache
from typing import Any

_MARK = re.compile("\0([0-9a-f]+);")
_LINE_BREAKS = re.compile("\r\n|[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")

_OPEN_QUOTE = re.compile(r'(?<!\\)(?:\\\\)*"$')


def py(value: Any) -> str:
    """Write a value of JSON (or a tuple of such) as a Python literal; only printable characters stay as they are.

    Raises TypeError for anything else.
    """
    if value is None or isinstance(value, bool | int | float | str):
        if isinstance(value, float) and value in (float("inf"), float("-inf")):
            raise TypeError(value)
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(py(item) for item in value)}]"
    if isinstance(value, tuple):
        return f"({', '.join(py(item) for item in value)}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{py(key)}: {py(item)}' for key, item in value.items())}}}"
    raise TypeError(type(value).__name__)


@lru_cache(10_000)
def ident(name: str) -> str:
    """Let an identifier of `names.py` through, dotted ones too.

    Raises ValueError for everything else.
    """
    if not all(part.isidentifier() and unicodedata.normalize("NFKC", part) == part for part in name.split(".")):
        raise ValueError(f"not an identifier: {name!r}")
    return name


@lru_cache(1_000)  # most texts are written twice, of what is async and of what blocks
def doc(text: str, indent: int = 0) -> str:
    """Write a docstring that shows the text and can't be ended by it; `indent` is the column where it stands."""
    text = textwrap.dedent(text) if "\n" in text else text
    lines = [_visible(line.rstrip()) for line in _LINE_BREAKS.split(text.strip())]
    safe = "\n".join(line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"') for line in lines)
    safe = _MARK.sub(_escape, safe)
    if safe.endswith('"') and _OPEN_QUOTE.search(safe):  # a quote at the end that no backslash escapes
        safe = safe[:-1] + '\\"'
    if "\n" not in safe:
        return f'"""{safe}"""'
    pad = " " * indent
    body = "\n".join(pad + line if line else "" for line in safe.split("\n")).lstrip()
    return f'"""{body}\n{pad}"""'


def comment(text: str) -> str:
    """Write text on the one line of a comment."""
    if text.isprintable():  # on one line already
        return text.strip()
    return _MARK.sub(_escape, _visible(" ".join(part.strip() for part in _LINE_BREAKS.split(text) if part.strip())))


def toml(value: str | list[str]) -> str:
    """Write a string or an array of strings in TOML."""
    if isinstance(value, list):
        return f"[{', '.join(toml(one) for one in value)}]"
    short = json.dumps(value, ensure_ascii=False)  # quotes, backslashes and the controls below U+0020
    return _MARK.sub(_escape, _visible(short))


def md(text: str) -> str:
    """Write text in Markdown as text: no HTML, no links, no code, no heading."""
    lines = [_visible(line.strip()) for line in _LINE_BREAKS.split(text)]
    escaped = re.sub(r"([\\`*_\[\]<>#|~]|^(?=[-=]+$))", r"\\\1", "\n".join(lines), flags=re.MULTILINE).replace(
        "&", "&amp;"
    )
    return _MARK.sub(_escape, escaped)


def code(text: str) -> str:
    """Write text inside a code span of Markdown."""
    return comment(text).replace("`", "'")


def _escape(mark: re.Match[str]) -> str:
    """Write a marked character as Python does."""
    code_point = int(mark[1], 16)
    return f"\\u{code_point:04x}" if code_point <= 0xFFFF else f"\\U{code_point:08x}"


def _visible(line: str) -> str:
    """Mark characters that would hide or reorder text (controls, bidirectional marks, surrogates) for escaping."""
    if line.isprintable():
        return line
    return "".join(
        char
        if char == "\t" or char.isprintable() or unicodedata.category(char) in ("Zs", "Mn", "Mc", "Lo")
        else f"\0{ord(char):x};"
        for char in line
    )
