"""Texts of the document → words and identifiers: `snake` for fields and functions, `pascal` for classes, `spelled` for what is left."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from http import HTTPStatus

from .reserved import KEYWORDS

SPLIT = re.compile(r"[\W_]+")
_OTHER = re.compile(r"\W")
_CAMEL = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])"  # pet|Type
    r"|(?<=[A-Z])(?=[A-Z][a-z])(?![A-Z]s(?![a-z]))(?![A-Z]v\d)(?!(?<=O)Auth)"  # HTTP|Code; APIs, IPv4 and OAuth are whole
    r"|(?<=[A-Z])(?<!IP)(?=v\d)"  # API|v2
)
_COMPARISONS = {
    **dict.fromkeys(("<=", "≤"), "less or equal"),
    **dict.fromkeys((">=", "≥"), "greater or equal"),
    **dict.fromkeys(("=", "=="), "equal"),
    **dict.fromkeys(("!=", "≠"), "not equal"),
    "<": "less than",
    ">": "greater than",
}
_COMPARED = re.compile(r"([^<>=!≤≥≠]*)([<>=!]=|[<>=≤≥≠])([^<>=!≤≥≠]*)")  # one alone: `Page<Pet>` compares nothing
_SIGN = re.compile(r"(?<![^\W_])([+-])(?=\d)")
_REMEMBERED = 10_000  # texts whose names are kept: the same words stand in many places of a document
_SPELLED = 3  # so many characters, at most, have their own words where a text has nothing else
_CHARACTERS = dict(
    zip(
        "-.[]/:$@ +{}*#_",
        "dash dot open close slash colon dollar at space plus left right star hash underscore".split(),
        strict=True,
    )
)
_PLURALS = ((re.compile(r"ies$"), "y"), (re.compile(r"(ss|sh|ch|x|z)es$"), r"\1"), (re.compile(r"(?<!s)s$"), ""))


def pieces(text: str) -> list[str]:
    """Split a text at what is no letter and no digit; comparisons, signs of numbers and lone symbols become words."""
    text = unicodedata.normalize("NFKC", text)
    if text.isascii() and text.isidentifier() and text.strip("_"):  # most are: nothing in it is compared or counted
        return [piece for piece in text.split("_") if piece]
    if compared := _COMPARED.fullmatch(text):
        text = f"{compared[1]} {_COMPARISONS[compared[2]]} {compared[3]}"
    text = _SIGN.sub(lambda sign: " plus " if sign[1] == "+" else " minus ", text)
    found = [piece for piece in SPLIT.split(text) if piece]
    return found if found or len(text) > _SPELLED else [word for char in text for word in _said(char).split("_")]


def _said(char: str) -> str:
    """Say a character that is no letter: `*` is star, `€` is euro_sign."""
    named = _CHARACTERS.get(char) or "_".join(re.findall(r"[a-z0-9]+", unicodedata.name(char, "").lower()))
    return named or f"u{ord(char):x}"


def words(text: str) -> list[str]:
    """Split a name of any style into lower-case words: `listCostsV2` → list, costs, v2."""
    return [word.lower() for piece in pieces(text) for word in _CAMEL.split(piece) if word]


@lru_cache(_REMEMBERED)
def snake(text: str, *, prefix: str = "x") -> str:
    """Name a function, argument, field or module: `lower_case`, `prefix_` before a leading digit."""
    return identifier("_".join(words(text)), prefix)


def pascal(text: str, *, prefix: str = "Schema") -> str:
    """Name a class: capitals inside a word stay (`HTTPError`), `Schema` before a leading digit."""
    name = capitals(text)
    return name if name.isidentifier() and not name[0].islower() else identifier(f"{prefix}{name}", prefix)


@lru_cache(_REMEMBERED)
def capitals(text: str) -> str:
    """Join the words of a text, each with a capital; what comes out may begin with a digit."""
    joined = "".join(piece[0].upper() + piece[1:] for piece in pieces(text))
    return unicodedata.normalize("NFKC", joined)


def constant(text: str) -> str:
    """Write a name in capitals."""
    return unicodedata.normalize("NFKC", text.upper())


@lru_cache(_REMEMBERED)
def spelled(text: str, *, prefix: str) -> str:
    """Name a thing without losing a character: what is no letter is spelled out (`a-b` → `a_dash_b`)."""
    normal = unicodedata.normalize("NFKC", text)
    if normal.isidentifier() and normal == text and not normal.startswith("_"):
        return text
    return identifier(_OTHER.sub(lambda found: f"_{_said(found[0])}_", text).strip("_"), prefix)


def identifier(name: str, prefix: str) -> str:
    """Turn what is nearly an identifier into one."""
    if not name.isidentifier():
        name = "".join(char for char in name if ("a" + char).isidentifier())
    if not name or not name.isidentifier() or name.startswith("_"):
        name = f"{prefix}_{name.lstrip('_')}" if prefix.islower() else f"{prefix}{name.lstrip('_')}"
    return unicodedata.normalize("NFKC", name).rstrip("_") or prefix


def is_plain(name: str) -> bool:
    """Whether a name of the document can stand in Python as it is."""
    normal = unicodedata.normalize("NFKC", name) == name
    return name.isidentifier() and normal and not name.startswith("_") and name not in KEYWORDS


def safe(name: str, reserved: Collection[str] = ()) -> str:
    """Add an underscore to a name that is a keyword or reserved."""
    return name + "_" if name in KEYWORDS or name in reserved else name


def without(full: list[str], group: list[str]) -> list[str]:
    """Take a group's words, in singular or plural, off one end of a name."""
    size = len(group)
    if len(full) <= size:
        return full
    if [_singular(word) for word in full[:size]] == [_singular(word) for word in group]:
        return full[size:]
    if [_singular(word) for word in full[-size:]] == [_singular(word) for word in group]:
        return full[:-size]
    return full


@lru_cache(_REMEMBERED)
def _singular(word: str) -> str:
    for pattern, end in _PLURALS:
        if pattern.search(word):
            return pattern.sub(end, word)
    return word


def status(code: str) -> str:
    """Name the exceptions of a status: 404 → NotFound, 4XX → ClientError, default → DefaultError."""
    known = {"1XX": "Informational", "2XX": "Success", "3XX": "Redirection", "4XX": "ClientError", "5XX": "ServerError"}
    if code.upper() in known:
        return known[code.upper()]
    if code == "default":
        return "DefaultError"
    try:
        phrase = {
            413: "Content Too Large",
            416: "Range Not Satisfiable",
            418: "Im A Teapot",
            422: "Unprocessable Entity",
            501: "Unimplemented",
        }.get(int(code), HTTPStatus(int(code)).phrase)
    except ValueError:
        return f"Status{code}"
    return "".join(word[:1].upper() + word[1:] for word in SPLIT.split(phrase.replace("'", "")) if word)
