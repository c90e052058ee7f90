"""Media types as sets: a range holds its types, and a type its forms with more parameters (RFC 9110, 8.3.1 and 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from ...records import record

_PIECE = re.compile(r'(?:"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[^;"])++', re.DOTALL)  # a quote that has no end goes to the end
_ALWAYS_UTF_8 = re.compile(".*[/+]json|text/event-stream|application/(x-)?(ndjson|jsonl|jsonlines|json-seq)")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")


def media_key(media: str) -> str:
    """A media type as it is compared: regardless of case, spaces, quotes and the order of parameters (RFC 9110, 5.6.6 and 8.3.1).

    JSON and events are UTF-8 whatever they say of that (RFC 8259, 8.1 and 11; HTML, 9.2.5).
    """
    name, *parameters = (piece.strip().lower() for piece in _PIECE.findall(media) or [""])
    parameters = [_parameter(each) for each in parameters if each]
    if _ALWAYS_UTF_8.fullmatch(name):
        parameters = [each for each in parameters if each != "charset=utf-8"]
    return ";".join([name, *sorted(parameters)])


def _parameter(piece: str) -> str:
    """A parameter without the blanks and quotes that mean nothing; a value that needs its quotes has none of `;`."""
    name, _, value = (part.strip() for part in piece.partition("="))
    inner = re.sub(r"\\(.)", r"\1", value[1:-1]) if value[:1] == value[-1:] == '"' else value
    return f"{name}={inner}" if _TOKEN.fullmatch(inner) else f'{name}="{inner.replace(";", "%3B")}"'


def holds(wide: str, narrow: str) -> bool:
    """Whether each value of one media type is of another one too; both are keys."""
    (outer, *given), (inner, *others) = wide.split(";"), narrow.split(";")
    main = outer.partition("/")[0]
    fits = outer in {"*/*", inner} or (outer == f"{main}/*" and inner.partition("/")[0] == main)
    return fits and set(given) <= set(others)


@record
class Matched:
    """The media types of two contents: which are the same, which became others, which came and went."""

    pairs: tuple[tuple[str, str], ...]
    """Alike, or one of them a range that holds the other: their schemas are compared."""
    generalized: Mapping[str, str] = field(default_factory=dict)
    """A type that only a wider one of the new document holds."""
    specialized: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A range of which the new document names some members only."""
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def matched(before: Iterable[str], after: Iterable[str]) -> Matched:
    """Match the keys of two contents."""
    olds, news = dict.fromkeys(before), dict.fromkeys(after)
    come = [media for media in news if media not in olds]
    named_alike, wider, narrower = _by_name(come), _by_name(news), _by_name(olds)
    pairs = [(media, media) for media in olds if media in news]
    generalized: dict[str, str] = {}
    specialized: dict[str, tuple[str, ...]] = {}
    removed = []
    for media in olds:
        if media in news:
            continue
        wide = _narrowest(_holders(wider, media))
        candidates = come if media.partition(";")[0].endswith("/*") else named_alike.get(media.partition(";")[0], ())
        members = tuple(each for each in candidates if holds(media, each))
        if wide:
            pairs.append((media, wide))
            if wide in come:
                generalized[media] = wide
        elif members:
            specialized[media] = members
            pairs += [(media, each) for each in members]
        else:
            removed.append(media)
    named = {*generalized.values(), *(each for members in specialized.values() for each in members)}
    held = {media: wide for media in come if media not in named if (wide := _narrowest(_holders(narrower, media)))}
    pairs += [(wide, media) for media, wide in held.items()]
    added = tuple(media for media in come if media not in named and media not in held)
    return Matched(tuple(pairs), generalized, specialized, tuple(removed), added)


def _by_name(keys: Iterable[str]) -> dict[str, list[str]]:
    """The keys by their types without parameters."""
    found: dict[str, list[str]] = {}
    for key in keys:
        found.setdefault(key.partition(";")[0], []).append(key)
    return found


def _holders(keys: Mapping[str, Iterable[str]], media: str) -> Iterator[str]:
    """The media types that hold another one: ranges, and those of its own name."""
    name = media.partition(";")[0]
    for each in dict.fromkeys(("*/*", f"{name.partition('/')[0]}/*", name)):
        yield from (key for key in keys.get(each, ()) if holds(key, media))


def _narrowest(keys: Iterable[str]) -> str:
    """The one of some media types that hold another one which means it most closely."""
    return max(keys, key=lambda key: ("*/*" not in key, "/*" not in key, key.count(";"), key), default="")
