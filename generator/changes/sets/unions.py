"""Comparing alternatives, applicators (`oneOf`, `not`, `if`, `contains`…) and annotations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import zip_longest
from typing import Any

from ..model import Effect, Levels, Polarity
from ..sunset import day
from .compared_document import ANY, ComparedDocument, Conj, constraints, dump, refs
from .differences import SchemaPair, kebab
from .discriminators import compare_discriminators
from .normal_form import Context, Normaliser, bare_text, component
from .shapes import ALL, Applicator, Kind, Shape


def align(
    context: Context, olds: list[Shape], news: list[Shape]
) -> tuple[list[tuple[Shape, Shape]], list[Shape], list[Shape]]:
    """Pair the alternatives of two unions: by component or tag, by text, by names of properties, at last by order.

    Any alignment gives a sound comparison; a better one gives a more precise one.
    """
    if len(olds) == 1 and len(news) == 1:
        return [(olds[0], news[0])], [], []
    matched: list[tuple[Shape, Shape]] = []
    left, right = list(olds), list(news)
    for by in (_label, _text, _names):
        waiting: dict[str, list[Shape]] = {}
        for shape in right:
            waiting.setdefault(by(context.new, shape), []).append(shape)
        rest = []
        for shape in left:
            key = by(context.old, shape)
            if key and waiting.get(key):
                partner = waiting[key].pop(0)
                matched.append((shape, partner))
                right = [each for each in right if each is not partner]
            else:
                rest.append(shape)
        left = rest
    count = min(len(left), len(right))
    matched += zip(left[:count], right[:count], strict=True)
    return matched, left[count:], right[count:]


def _label(_: ComparedDocument, shape: Shape) -> str:
    return shape.label


def _text(document: ComparedDocument, shape: Shape) -> str:
    pointer = shape.branch or shape.pointer
    return bare_text(document, (pointer,)) if pointer else ""


def _names(_: ComparedDocument, shape: Shape) -> str:
    names = {name for part in shape.objects for name in part.properties} | set(shape.required)
    return dump(sorted(names)) if names else ""


def report_branches(
    pair: SchemaPair, shapes: tuple[Shape, ...], kinds: frozenset[Kind], others: frozenset[Kind], action: str
) -> frozenset[Kind]:
    """Report branches of a union whose types were added or removed with them; returns the types that are left."""
    settled: set[Kind] = set()
    if not kinds or others == ALL:
        return kinds
    for kind in kinds:
        having = [shape for shape in shapes if kind in shape.kinds]
        if all(shape.group and shape.kinds <= kinds for shape in having) and len(having) < len(shapes):
            settled.add(kind)
            for shape in having:
                report_branch(pair, shape, action)
    return kinds - settled


def report_branch(pair: SchemaPair, shape: Shape, action: str) -> None:
    """Report an added or removed alternative."""
    name = shape.label.rsplit("/", 1)[-1]
    kind = f"{shape.group or 'any-of'}-{action}"
    where = shape.branch or shape.pointer
    if action == "added":
        pair.add(kind, "wider", new_pointer=where, name=name)
    else:
        pair.add(kind, "narrower", old_pointer=where, name=name)


def compare_wrapped(pair: SchemaPair, context: Context, olds: tuple[Shape, ...], news: tuple[Shape, ...]) -> bool:
    """Compare a schema that became a branch of a `oneOf` with overlapping branches, or the reverse; True if it did."""
    before, after = _only_one_of(olds), _only_one_of(news)
    if (before is None) != (after is None):
        left = before or _only_any_of(context.old, pair.old)
        right = after or _only_any_of(context.new, pair.new)
        if left is not None and right is not None:
            kind = "one-of-became-any-of" if before is not None else "any-of-became-one-of"
            pair.add(kind, "wider" if before is not None else "narrower", left.pointer, right.pointer)
            _one_of(pair, left, right)
            return True
    if after is not None and before is None and not _has_one_of(olds):
        before = Applicator(kind="oneOf", pointer=pair.old_pointer, branches=(pair.old,))
    elif before is not None and after is None and not _has_one_of(news):
        after = Applicator(kind="oneOf", pointer=pair.new_pointer, branches=(pair.new,))
    else:
        return False
    if pair.old in before.branches and pair.new in after.branches:  # nothing would be taken apart
        return False
    _one_of(pair, before, after, wrapped=True)
    return True


def _only_one_of(shapes: tuple[Shape, ...]) -> Applicator | None:
    """The `oneOf` of a schema with no other constraint."""
    if len(shapes) != 1:
        return None
    shape = shapes[0]
    plain = shape.kinds == ALL and shape.values is None and not (shape.constraints or shape.required or shape.dependent)
    if plain and not shape.objects and not shape.arrays and [each.kind for each in shape.applicators] == ["oneOf"]:
        return shape.applicators[0]
    return None


def _only_any_of(document: ComparedDocument, conj: Conj) -> Applicator | None:
    """The `anyOf` of a schema with no other constraint, as the branches of a `oneOf`, which accepts no more."""
    raw = document.at(conj[0]) if len(conj) == 1 else None
    if not isinstance(raw, dict) or not isinstance(raw.get("anyOf"), list) or constraints(raw) != {"anyOf"}:
        return None
    pointers = [document.child(conj[0], "anyOf", str(index)) for index in range(len(raw["anyOf"]))]
    return Applicator(kind="oneOf", pointer=conj[0], branches=tuple(document.conj((each,)) for each in pointers))


def _has_one_of(shapes: tuple[Shape, ...]) -> bool:
    return any(applicator.kind == "oneOf" for shape in shapes for applicator in shape.applicators)


def compare_applicators(pair: SchemaPair, context: Context, old: Shape, new: Shape) -> None:
    """Compare the applicators of each kind, in their order."""
    for name in dict.fromkeys((each.kind, each.name) for each in (*old.applicators, *new.applicators)):
        left = [each for each in old.applicators if (each.kind, each.name) == name]
        right = [each for each in new.applicators if (each.kind, each.name) == name]
        for before, after in zip_longest(left, right):
            _applicator(pair, context, before, after)


def _applicator(pair: SchemaPair, context: Context, old: Applicator | None, new: Applicator | None) -> None:
    present = old or new
    if present is None:
        return
    if present.kind in {"opaque", "unevaluated"}:
        _texts(pair, context, old, new, present)
        return
    title = kebab(present.kind)
    if old is None:
        pair.add(f"{title}-added", "narrower", new_pointer=present.pointer, name=present.name)
        return
    if new is None:
        pair.add(f"{title}-removed", "wider", old_pointer=present.pointer, name=present.name)
        return
    before, after = context.old, context.new
    if present.kind == "oneOf":
        _one_of(pair, old, new)
    elif present.kind == "not":
        pair.add_edge("", before.conj(old.branches[0]), after.conj(new.branches[0]), "-")
    elif present.kind == "if":
        polarities: tuple[Polarity, ...] = ("?", "+", "+")
        for a, b, polarity in zip(old.branches, new.branches, polarities, strict=True):
            pair.add_edge("", before.conj(a), after.conj(b), polarity, "if-changed" if polarity == "?" else "")
    elif present.kind == "contains":
        _contains(pair, context, old, new)
    else:
        segment = "(names)" if present.kind == "propertyNames" else ""
        pair.add_edge(segment, before.conj(old.branches[0]), after.conj(new.branches[0]))


def _contains(pair: SchemaPair, context: Context, old: Applicator, new: Applicator) -> None:
    simple = old.high is None and new.high is None and old.low >= 1 and new.low >= 1
    a, b = context.old.conj(old.branches[0]), context.new.conj(new.branches[0])
    pair.add_edge("[]", a, b, "+" if simple else "?", "" if simple else "contains-changed")
    where = old.pointer, new.pointer
    if new.low > old.low:
        pair.add("min-contains-increased", "narrower", *where, old=old.low, new=new.low)
    elif new.low < old.low:
        pair.add("min-contains-decreased", "wider", *where, old=old.low, new=new.low)
    if old.high == new.high:
        return
    effect: Effect
    if old.high is None:
        kind, effect = "max-contains-set", "narrower"
    elif new.high is None:
        kind, effect = "max-contains-unset", "wider"
    elif new.high > old.high:
        kind, effect = "max-contains-increased", "wider"
    else:
        kind, effect = "max-contains-decreased", "narrower"
    pair.add(kind, effect, *where, old=old.high, new=new.high)


def _one_of(pair: SchemaPair, old: Applicator, new: Applicator, *, wrapped: bool = False) -> None:
    """Compare branches that may overlap: if one accepts more, the whole `oneOf` may accept less."""
    left, right = _named(old.branches), _named(new.branches)
    olds, news = list(left), list(right)
    matches = [(name, name) for name in left if name in right and not name.startswith("(")]
    if wrapped and not matches and left and right:
        matches = [(olds[0], news[0])]
    olds = [name for name in olds if name not in {a for a, _ in matches}]
    news = [name for name in news if name not in {b for _, b in matches}]
    count = min(len(olds), len(news))
    matches += zip(olds[:count], news[:count], strict=True)
    single = len(left) == 1 and len(right) == 1
    for a, b in matches:
        pair.add_edge("", left[a], right[b], "+" if single else "~")
    for name in olds[count:]:
        where = left[name][0] if left[name] else old.pointer
        pair.add("one-of-removed", "narrower", old_pointer=where, name=_short(name), sure=False)
    for name in news[count:]:
        where = right[name][0] if right[name] else new.pointer
        pair.add("one-of-added", "wider", new_pointer=where, name=_short(name), sure=False)


def _named(listed: Iterable[Conj]) -> dict[str, Conj]:
    named: dict[str, Conj] = {}
    for index, conj in enumerate(listed):
        key = component(conj)
        named[key if key and key not in named else f"({index})"] = conj
    return named


def _short(name: str) -> str:
    return "" if name.startswith("(") else name.rsplit("/", 1)[-1]


def _texts(
    pair: SchemaPair, context: Context, old: Applicator | None, new: Applicator | None, present: Applicator
) -> None:
    """Compare schemas by their texts: they are equal, or the effect is unknown."""
    if old is not None and new is not None:
        texts = bare_text(context.old, old.branches[0]), bare_text(context.new, new.branches[0])
        mixed = context.old.is_30 != context.new.is_30
        bad = context.sameness.changed_refs
        if texts[0] == texts[1] and not mixed and not any(ref in bad for ref in refs(texts[0])):
            return
    effect: Effect = "unknown"
    kind = "composition-changed"
    if present.kind == "unevaluated":
        title = kebab(present.name)
        kind = f"{title}-changed"
        if old is None:
            kind, effect = f"{title}-added", "narrower"
        elif new is None:
            kind, effect = f"{title}-removed", "wider"
    pair.add(kind, effect, old.pointer if old else "", new.pointer if new else "", name=present.name)


def compare_annotations(pair: SchemaPair, context: Context) -> None:
    """Compare what does not change the set of values: defaults, deprecation, encodings, discriminators."""
    if ANY in (pair.old, pair.new):
        return
    olds, news = _raws(context.before, pair.old), _raws(context.after, pair.new)
    _default(pair, _first(olds, "default"), _first(news, "default"))
    for keyword in ("contentMediaType", "contentEncoding"):
        a, b = (
            _first(raws, keyword) or (_bytes(raws) if keyword == "contentEncoding" else []) for raws in (olds, news)
        )
        if [value for _, value in a] != [value for _, value in b]:
            known = _only(a) in _ENCODINGS and _only(b) in _ENCODINGS
            effect: Effect = "different" if known else "unknown"
            pair.add(f"{kebab(keyword)}-changed", effect, old=_only(a), new=_only(b), name=keyword)
    was, is_ = (any(raw.get("deprecated") is True for _, raw in raws) for raws in (olds, news))
    if was != is_:
        pair.add("deprecated" if is_ else "reactivated", "none")
    elif was:
        _sunset(pair, *(day({"x-sunset": _only(_first(raws, "x-sunset"))}) for raws in (olds, news)))
    compare_discriminators(pair, context, pair.old, pair.new)


def _sunset(pair: SchemaPair, was: date | None, is_: date | None) -> None:
    """Compare the days on which what is deprecated goes."""
    if was == is_:
        return
    kind = "deleted" if is_ is None else "date-added" if was is None else "date-changed"
    sooner = is_ is None or (was is not None and is_ < was)
    kind += "-too-small" * (sooner and is_ is not None)
    levels: Levels = {"severity": "error"} if sooner else {}
    pair.add(f"sunset-{kind}", "none", old=was and str(was), new=is_ and str(is_), **levels)


_Found = list[tuple[str, Any]]
_ENCODED = {"byte": "base64", "base64url": "base64url"}
_ENCODINGS = tuple(_ENCODED.values())


def _raws(normaliser: Normaliser, conj: Conj) -> list[tuple[str, dict[str, Any]]]:
    found = [(pointer, normaliser.document.at(pointer)) for pointer in normaliser.flat(conj)]
    return [(pointer, raw) for pointer, raw in found if isinstance(raw, dict)]


def _first(raws: list[tuple[str, dict[str, Any]]], keyword: str) -> _Found:
    return [(f"{pointer}/{keyword}", raw[keyword]) for pointer, raw in raws if keyword in raw][:1]


def _bytes(raws: list[tuple[str, dict[str, Any]]]) -> _Found:
    """The encoding that a format says: OpenAPI 3.0 calls base64 `byte` (OpenAPI 3.1.1, 4.4.1)."""
    formats = ((pointer, str(raw.get("format"))) for pointer, raw in raws)
    return [(f"{pointer}/format", _ENCODED[name]) for pointer, name in formats if name in _ENCODED][:1]


def _only(found: _Found) -> Any:
    return found[0][1] if found else None


def _default(pair: SchemaPair, old: _Found, new: _Found) -> None:
    """Compare the defaults: of a request, they are what a service takes where a caller sends nothing."""
    if [dump(value) for _, value in old] == [dump(value) for _, value in new]:
        return
    action = "added" if not old else "removed" if not new else "changed"
    where = old[0][0] if old else "", new[0][0] if new else ""
    levels: Levels = {"severity": "warning", "service": "warning"} if pair.flow == "request" else {}
    pair.add(f"default-value-{action}", "none", *where, old=_only(old), new=_only(new), **levels)
