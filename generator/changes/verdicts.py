"""Identifiers, severities and sentences. Identifiers are oasdiff's where it has one; the rest follow its pattern."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, cast

from ..settings.severities import AUDIENCES, Audience
from .model import CALLERS, MOST_SEVERE_FIRST, Change, Difference, Effect, Flow, Level, Verdict

Scope = Literal["body", "property", "parameter", "parameter-property", "header", "header-property"]
FailOn = Literal["breaking", "warning", "any", "never"]

_MOST_VALUES = 8  # values of an enum that a sentence lists
_LONGEST_VALUE = 80  # characters of a value that a sentence shows

_PROPERTY_KINDS = frozenset(
    ("became-required", "became-required-with-default", "became-optional", "pattern-property-changed")
)

_BELOW: Mapping[Scope, Scope] = {"body": "property", "parameter": "parameter-property", "header": "header-property"}


def severity_of_effect(flow: Flow, effect: Effect) -> Level:
    """The table of docs/changes.md, for callers: request sets may only widen, response sets may only narrow."""
    if effect == "none":
        return "info"
    if effect == "unknown":
        return "warning"
    compatible = "wider" if flow == "request" else "narrower"
    return "info" if effect == compatible else "error"


def service_level(flow: Flow, effect: Effect) -> Level:
    """The same table for services, which stand on the other side: what callers may newly send or expect breaks them."""
    return severity_of_effect("response" if flow == "request" else "request", effect)


def levels_of_difference(difference: Difference, flow: Flow) -> tuple[Level, Level]:
    """What a difference of schemas means for callers and for services.

    Inside alternatives that may overlap, `warning` instead of `info`.
    """
    severity = difference.severity or severity_of_effect(flow, difference.effect)
    service = difference.service or service_level(flow, difference.effect)
    if difference.sure or difference.effect == "none":
        return severity, service
    return most_severe((severity, "warning")), most_severe((service, "warning"))


def identifier(difference: Difference, flow: Flow, scope: Scope, *, root: bool) -> str:
    """The identifier of a schema's change at the root (`body`, `parameter`, `header`) or below it."""
    kind = difference.kind
    inner = scope if root else _BELOW.get(scope, scope)
    optional = "required" if difference.required else "optional"
    if kind.startswith("property-added"):
        if flow == "request":
            return f"new-{optional}-request-property" + kind.removeprefix("property-added")
        return f"response-{optional}-property-added"
    if kind.startswith("property-removed"):
        return f"request-{kind}" if flow == "request" else f"response-{optional}-{kind}"
    if kind in _PROPERTY_KINDS:
        # a response's reader doesn't care about defaults: its identifiers know no such form
        return f"{flow}-property-" + (kind if flow == "request" else kind.removesuffix("-with-default"))
    if kind.startswith("became-") and kind.endswith(("read-only", "write-only")):
        return f"{flow}-{optional}-property-{kind}"
    if inner == "parameter-property" and kind == "type-changed" and difference.effect == "narrower":
        kind = "type-specialized"
    return f"{flow}-{inner}-{kind}"


def value_text(value: Any) -> str:
    """A JSON value as a sentence shows it: a long one is cut."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _values_text(values: Any) -> str:
    if not isinstance(values, list):
        return value_text(values)
    texts = [value_text(value) for value in values[:_MOST_VALUES]]
    more = len(values) - len(texts)
    return ", ".join(texts) + (f" and {more} more" if more else "")


def _named_values(words: str, values: Any) -> str:
    return f"{words}{'s' * (isinstance(values, list) and len(values) != 1)} {_values_text(values)}"


def _types_text(values: Any) -> str:
    if values is None:
        return "nothing"
    return " or ".join(str(value) for value in values) if isinstance(values, list) else str(values)


_EFFECT_WORDS: Mapping[Effect, str] = {
    "wider": "accepts more than before",
    "narrower": "accepts less than before",
    "different": "accepts other values than before",
    "unknown": "may accept other values than before",
}

_SENTENCES: Mapping[str, str] = {
    "became-nullable": "{subject} may now be null.",
    "became-not-nullable": "{subject} may no longer be null.",
    "became-allowed": "{subject} is now allowed.",
    "became-forbidden": "{subject} is no longer allowed to have any value.",
    "became-enum": "{subject} is now one of {new}.",
    "became-not-enum": "{subject} is no longer restricted to {old}.",
    "const-added": "{subject} now has to be {new}.",
    "const-removed": "{subject} no longer has to be {old}.",
    "const-changed": "{subject} has to be {new} instead of {old}.",
    "enum-value-removed": "{subject} no longer has {old_values}.",
    "enum-value-added": "{subject} has {new_values}.",
    "pattern-added": "{subject} now has to match the pattern {new}.",
    "pattern-removed": "{subject} no longer has to match the pattern {old}.",
    "pattern-changed": "{subject} has to match the pattern {new} instead of {old}, which can't be compared.",
    "unique-items-set": "{subject} may no longer hold an item twice.",
    "unique-items-unset": "{subject} may now hold an item twice.",
    "default-value-added": "{subject} now has the default {new}.",
    "default-value-removed": "{subject} no longer has the default {old}.",
    "default-value-changed": "The default of {subject} changed from {old} to {new}.",
    "deprecated": "{subject} is now deprecated.",
    "sunset-deleted": "{subject} no longer says when it goes; it was {old_words}.",
    "sunset-date-added": "{subject} goes on {new_words}.",
    "sunset-date-changed": "{subject} goes on {new_words}, and not on {old_words} yet.",
    "sunset-date-changed-too-small": "{subject} goes on {new_words} already, and not on {old_words}.",
    "reactivated": "{subject} is no longer deprecated.",
    "became-required": "{subject} is now required.",
    "became-required-with-default": "{subject} is now required; its default does not make a value without it valid.",
    "became-optional": "{subject} is now optional.",
    "became-read-only": "{subject} is now read-only and no longer part of requests.",
    "became-not-read-only": "{subject} is no longer read-only and now part of requests.",
    "became-write-only": "{subject} is now write-only and no longer part of responses.",
    "became-not-write-only": "{subject} is no longer write-only and now part of responses.",
    "additional-properties-allowed": "{subject} may now have properties that are not declared.",
    "additional-properties-forbidden": "{subject} may no longer have properties that are not declared.",
    "additional-items-allowed": "{subject} may now hold more items than its prefix.",
    "additional-items-forbidden": "{subject} may no longer hold more items than its prefix.",
    "any-of-added": "{subject} has one alternative more{named}.",
    "any-of-removed": "{subject} has one alternative less{named}.",
    "one-of-added": "{subject} has one alternative more{named}.",
    "one-of-removed": "{subject} has one alternative less{named}.",
    "one-of-became-any-of": "{subject} may now meet several of its alternatives at once.",
    "any-of-became-one-of": "{subject} may no longer meet several of its alternatives at once.",
    "list-of-types-widened": "{subject} may now be {new_words} instead of {old_words}.",
    "list-of-types-narrowed": "{subject} may now only be {new_words} instead of {old_words}.",
    "pattern-property-added": "{subject} now says what properties matching {name} have to be.",
    "pattern-property-removed": "{subject} no longer says what properties matching {name} have to be.",
    "pattern-property-changed": "What {subject} accepts depends on a pattern of property names and can't be compared.",
    "dependent-required-added": "{subject} now needs {new} where it is present.",
    "dependent-required-removed": "{subject} no longer needs {old} where it is present.",
    "dependent-required-changed": "{subject} needs {new} instead of {old} where it is present.",
    "content-encoding-changed": "`{name}` of {subject} changed from {old} to {new}.",
    "composition-changed": "What {subject} is composed of changed in a way that can't be compared.",
    "discriminator-added": "{subject} now has a discriminator.",
    "discriminator-removed": "{subject} no longer has a discriminator.",
    "discriminator-property-name-changed": "{subject} is now told apart by the property {new} instead of {old}.",
    "discriminator-mapping-added": "The discriminator of {subject} knows the new value `{name}`.",
    "discriminator-mapping-deleted": "The discriminator of {subject} no longer knows the value `{name}`.",
    "discriminator-mapping-changed": "The discriminator of {subject} leads from `{name}` to {new} instead of {old}.",
}

_BOUND_NAMES: Mapping[str, str] = {
    "max": "maximum",
    "min": "minimum",
    "exclusive-max": "exclusive maximum",
    "exclusive-min": "exclusive minimum",
    "max-length": "greatest length",
    "min-length": "least length",
    "max-items": "greatest number of items",
    "min-items": "least number of items",
    "max-properties": "greatest number of properties",
    "min-properties": "least number of properties",
    "min-contains": "least number of matching items",
    "max-contains": "greatest number of matching items",
}


def sentence(difference: Difference, subject: str) -> str:
    """Describe a difference in one sentence; `subject` names the value, as in the middle of a sentence."""
    text = _SENTENCES.get(difference.kind) or _other_sentence(difference)
    filled = text.format(
        subject=subject,
        old=_values_text(difference.old),
        new=_values_text(difference.new),
        old_words=_types_text(difference.old),
        new_words=_types_text(difference.new),
        old_values=_named_values("the value", difference.old),
        new_values=_named_values("the new value", difference.new),
        name=difference.name,
        named=f": `{difference.name}`" if difference.name else "",
    )
    return filled[:1].upper() + filled[1:]


def _other_sentence(difference: Difference) -> str:
    """The sentence of a kind that `_SENTENCES` does not list, with the same fields to fill."""
    kind = difference.kind
    if kind.startswith("property-"):
        optional = "required" if difference.required else "optional"
        note = ", although it has a default" if kind.endswith("default") else ""
        removed = f"{{subject}} was removed; it was {optional}."
        if kind == "property-removed-before-sunset":
            return "{subject} was removed before its sunset on {old_words}."
        return removed if kind == "property-removed" else f"{{subject}} is new and {optional}{note}."
    if kind.startswith("type-"):
        what = "format" if difference.name == "format" else "type"
        return "The " + what + " of {subject} changed from {old_words} to {new_words}."
    if kind.startswith("multiple-of-"):
        return {
            "multiple-of-set": "{subject} now has to be a multiple of {new}.",
            "multiple-of-unset": "{subject} no longer has to be a multiple of {old}.",
        }.get(kind, "{subject} has to be a multiple of {new} instead of {old}.")
    name, _, action = kind.rpartition("-")
    if name in _BOUND_NAMES:
        words = {"set": "is now {new}", "unset": "is no longer {old}"}
        return (
            f"The {_BOUND_NAMES[name]} of {{subject}} " + words.get(action, f"{action} from {{old}} to {{new}}") + "."
        )
    if (
        kind.endswith("-changed")
        and difference.effect == "unknown"
        and (difference.old is not None or difference.new is not None)
    ):
        return "`{name}` of {subject} changed from {old} to {new}."
    keyword = kind.removesuffix(f"-{action}")
    verb = {"added": "was added to", "removed": "was removed from"}.get(action, "changed in")
    return f"The constraint `{keyword}` {verb} {{subject}}, which {_EFFECT_WORDS.get(difference.effect, 'changed')}."


def verdict(changes: Iterable[Change], audiences: Sequence[Audience] = AUDIENCES) -> Verdict:
    """The part of the version number that has to be raised (semver.org): major for a breaking change, minor for one that adds.

    A version is for those who use what it numbers: of all audiences, callers count; of chosen ones, these. A warning
    counts as minor; changes that touch no set of values (documentation, tags) as patch.
    """
    found = list(changes)
    if not found:
        return "none"
    counted = CALLERS if set(audiences) == set(AUDIENCES) else audiences
    levels = {change.level(audience) for change in found for audience in counted}
    if "error" in levels:
        return "major"
    return "minor" if "warning" in levels or any(change.effect != "none" for change in found) else "patch"


def broken(changes: Iterable[Change], audience: Audience) -> list[Change]:
    """The changes that break an audience, and are not accepted."""
    return [change for change in changes if change.level(audience) == "error" and not change.accepted]


def override(changes: Sequence[Change], severities: Mapping[str, str]) -> tuple[Change, ...]:
    """Apply levels by identifier (those of the settings, checked already); `none` leaves a change out.

    A level is the one for callers; services break no more than that.
    """
    kept = []
    for change in changes:
        wanted = cast("Level | Literal['none'] | None", severities.get(change.identifier))
        if wanted is None:
            kept.append(change)
        elif wanted != "none":
            service = max(change.service, wanted, key=MOST_SEVERE_FIRST.index)
            kept.append(replace(change, severity=wanted, service=service))
    return tuple(kept)


def reaches(changes: Iterable[Change], fail_on: FailOn, audiences: Sequence[Audience] = AUDIENCES) -> bool:
    """Whether a change that is not accepted is at or above the level of `--fail-on` for one of the audiences."""
    if fail_on == "never":
        return False
    count = {"breaking": 1, "warning": 2, "any": 3}[fail_on]
    left = [change for change in changes if not change.accepted]
    return any(change.level(each) in MOST_SEVERE_FIRST[:count] for change in left for each in audiences)


def most_severe(severities: Iterable[Level]) -> Level:
    """The most severe of some severities; `info` for none."""
    return min(severities, key=MOST_SEVERE_FIRST.index, default="info")


def by_severity(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Changes, the most severe first, otherwise in their order."""
    return tuple(sorted(changes, key=lambda change: MOST_SEVERE_FIRST.index(change.severity)))
