"""The identifiers that `diff` gives to changes, for settings that judge them otherwise; light, as settings are read by all.

What `changes.verdicts.identifier` puts together is put together here too, so a few are listed that no change has.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Literal

Audience = Literal["wire-caller", "wire-server", "python-caller", "python-service"]
"""Who can break: those who send requests, in any language; those who answer them; whose Python code uses the client and
the models; whose Python code implements the Protocols."""

AUDIENCES: tuple[Audience, ...] = ("wire-caller", "wire-server", "python-caller", "python-service")
LEVELS = ("error", "warning", "info", "none")

_BOUNDS = """
    max min exclusive-max exclusive-min max-length min-length max-items min-items max-properties min-properties
    min-contains max-contains
""".split()
_ADDED_OR_REMOVED = """
    any-of one-of not if contains property-names pattern-property dependent-required dependent-schema
    unevaluated-properties unevaluated-items const pattern enum-value default-value discriminator
""".split()
_CHANGED = """
    type composition if contains pattern const default-value multiple-of dependent-required pattern-property
    unevaluated-properties unevaluated-items content-media-type content-encoding not property-names
    dependent-schema discriminator-property-name discriminator-mapping
""".split()
_OTHERS = """
    type-generalized type-specialized list-of-types-widened list-of-types-narrowed became-nullable
    became-not-nullable became-allowed became-forbidden became-enum became-not-enum deprecated unique-items-set
    unique-items-unset multiple-of-set multiple-of-unset multiple-of-generalized multiple-of-specialized
    additional-properties-allowed additional-properties-forbidden reactivated additional-items-allowed
    additional-items-forbidden one-of-became-any-of any-of-became-one-of discriminator-mapping-added
    discriminator-mapping-deleted sunset-deleted sunset-date-added sunset-date-changed sunset-date-changed-too-small
""".split()
_OPERATIONS = """
    endpoint-added endpoint-deprecated endpoint-reactivated api-operation-id-added api-operation-id-removed
    api-removed-without-deprecation api-removed-with-deprecation api-path-removed-without-deprecation
    api-path-removed-with-deprecation api-tag-added api-tag-removed api-tag-renamed
    path-variable-renamed api-schema-renamed api-server-added api-server-removed
    api-server-variables-changed api-server-default-changed api-schema-removed api-documentation-changed schema-documentation-changed
    info-documentation-changed webhook-added webhook-removed callback-added callback-removed
    new-required-request-parameter new-optional-request-parameter new-request-path-parameter
    request-parameter-removed request-parameter-removed-with-deprecation request-parameter-became-required
    request-parameter-removed-before-sunset request-parameter-sunset-parse request-parameter-sunset-deleted
    request-parameter-sunset-date-added request-parameter-sunset-date-changed
    request-parameter-sunset-date-changed-too-small request-parameter-became-allow-empty-value
    request-parameter-became-not-allow-empty-value api-removed-before-sunset api-path-removed-before-sunset
    api-sunset-parse api-path-sunset-parse sunset-deleted api-sunset-date-added api-sunset-date-changed
    api-sunset-date-changed-too-small api-path-became-template response-link-added response-link-removed
    response-link-changed
    request-parameter-became-optional request-parameter-style-changed request-parameter-explode-changed
    request-parameter-became-allow-reserved request-parameter-became-not-allow-reserved
    request-parameter-media-type-changed request-parameter-schema-added request-parameter-schema-removed
    request-body-added-required request-body-added-optional request-body-removed request-body-became-required
    request-body-became-optional request-body-media-type-added request-body-media-type-removed
    response-media-type-added response-media-type-removed request-body-media-type-generalized
    request-body-media-type-specialized response-media-type-generalized response-media-type-specialized required-response-header-removed
    optional-response-header-removed response-header-added response-header-became-required
    response-header-became-optional response-header-explode-changed response-header-media-type-changed response-header-schema-added
    response-header-schema-removed
""".split()
_PROPERTIES = """
    new-required-request-property new-optional-request-property new-required-request-property-with-default
    request-property-removed request-property-removed-before-sunset
    request-property-became-required request-property-became-required-with-default
    request-property-became-optional response-required-property-added response-optional-property-added
    response-required-property-removed response-required-property-removed-before-sunset
    response-optional-property-removed-before-sunset response-optional-property-removed response-property-became-required
    response-property-became-optional
""".split()
_SECURITY = """
    removed added type-changed in-changed name-changed scheme-changed open-id-connect-url-changed oauth-flow-added
    oauth-flow-removed oauth-url-changed oauth-token-url-changed oauth-scope-added oauth-scope-removed
    oauth-scope-changed
""".split()
_PYTHON = """
    package-renamed group-renamed module-added module-removed name-added name-removed name-renamed name-type-changed class-added
    class-removed class-renamed class-moved layout-changed
    class-parent-added class-parent-removed
    field-added field-removed field-type-changed field-became-required field-became-optional required-field-added
    function-added function-removed function-renamed method-added method-removed method-renamed method-kind-changed
    return-type-changed arguments-reordered argument-added argument-removed argument-type-changed
    argument-became-required argument-became-optional argument-became-keyword-only argument-became-positional argument-renamed
    required-argument-added
""".split()


@cache
def identifiers() -> frozenset[str]:
    """Every identifier that a change can have."""
    return frozenset(_all())


def _all() -> Iterator[str]:
    yield from _OPERATIONS
    yield from _PROPERTIES
    for success, action in product(("success", "non-success"), ("added", "removed")):
        yield f"response-{success}-status-{action}"
    for prefix, kind in product(("api-security", "api-global-security"), ("", "scope-")):
        yield from (f"{prefix}-{kind}{action}" for action in ("added", "removed"))
    yield from (f"api-security-component-{kind}" for kind in _SECURITY)
    for direction in ("request", "response"):
        yield f"{direction}-body-encoding-changed"
        for kind, action in product(("schema", "item-schema"), ("added", "removed")):
            yield f"{direction}-body-media-type-{kind}-{action}"
        for required, word, side in product(("required", "optional"), ("became", "became-not"), ("read", "write")):
            yield f"{direction}-{required}-property-{word}-{side}-only"
        for part in ("body", "property", "parameter", "parameter-property", "header", "header-property"):
            yield from (f"{direction}-{part}-{kind}" for kind in _kinds())
    yield from (f"python-{kind}" for kind in _PYTHON)


def _kinds() -> Iterator[str]:
    for name, action in product(_BOUNDS, ("set", "unset", "increased", "decreased")):
        yield f"{name}-{action}"
    for name, action in product(_ADDED_OR_REMOVED, ("added", "removed")):
        yield f"{name}-{action}"
    yield from (f"{name}-changed" for name in _CHANGED)
    yield from _OTHERS


def wrong(identifier: str, level: object) -> tuple[str, str] | None:
    """What is wrong with judging an identifier so, and a hint; None where nothing is."""
    if identifier not in identifiers():
        from difflib import get_close_matches

        close = get_close_matches(identifier, identifiers(), n=1)
        return (
            f"no change is called {identifier}",
            f"did you mean {close[0]}?" if close else "docs/changes.md lists the identifiers",
        )
    if level not in LEVELS:
        return f"the level of {identifier} is none of {', '.join(LEVELS)}", ""
    return None
