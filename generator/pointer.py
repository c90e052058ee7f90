"""JSON pointers (RFC 6901), and the trees of JSON values that they lead through."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

Tokens = tuple[str, ...]
Pointer = str

CONTAINERS = frozenset({dict, list})
"""The types of values of JSON that hold others."""


def escape(token: str) -> str:
    """Write one key as a token of a JSON pointer (RFC 6901, section 3)."""
    return token.replace("~", "~0").replace("/", "~1") if "/" in token or "~" in token else token


def unescape(token: str) -> str:
    """Read one token of a JSON pointer (RFC 6901, section 4)."""
    return token.replace("~1", "/").replace("~0", "~")


def to_fragment(pointer: Pointer) -> str:
    """Write a pointer as the URI fragment of a ``$ref``, as far as following it needs that (RFC 6901, section 6)."""
    return pointer.replace("%", "%25")


def from_fragment(fragment: str) -> Pointer:
    """Read the URI fragment of a ``$ref`` (``#/a%20b``) as a pointer (RFC 6901, section 6)."""
    return unquote(fragment) if "%" in fragment else fragment


def join(pointer: Pointer, *tokens: str | int) -> Pointer:
    """Append keys or indices to a pointer."""
    for token in tokens:
        pointer = f"{pointer}/{escape(str(token))}"
    return pointer


def split(pointer: Pointer) -> Tokens:
    """Take a pointer (``#/a/b``) apart into its unescaped tokens."""
    _, *tokens = pointer.split("/")
    return tuple(map(unescape, tokens) if "~" in pointer else tokens)


def child(node: Any, token: str) -> Any:
    """Follow one token. Raises KeyError where there is no such member or item."""
    if isinstance(node, dict):
        return node[token]
    if isinstance(node, list) and token.isascii() and token.isdigit() and len(token) < 10 and str(int(token)) == token:
        index = int(token)
        if index < len(node):
            return node[index]
    raise KeyError(token)


def get(root: Any, pointer: Pointer) -> Any:
    """Follow a pointer. Raises KeyError where it leads nowhere."""
    node = root
    for token in split(pointer):
        node = node[token] if type(node) is dict else child(node, token)
    return node


def copy(value: Any) -> Any:
    """Copy a tree of JSON values: each place of the copy has a value of its own."""
    if type(value) is dict:
        return {key: copy(item) if type(item) in CONTAINERS else item for key, item in value.items()}
    if type(value) is list:
        return [copy(item) if type(item) in CONTAINERS else item for item in value]
    return value
