"""Judging a document: what the OpenAPI specification refuses, and what a generator can't work with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from ..diagnostics.diagnostic import Diagnostic, Findings, Refused, Severity
from ..document.document import Document
from ..document.edits import Edit, Tree
from ..document.index import Index
from ..document.objects import SECTIONS, PlacedObject, kind_of, place_of
from ..pointer import Pointer, Tokens, get, join
from . import newer_words
from .dialect_rules import has_other_dialect
from .example_rules import judge_examples
from .finding import Finding
from .repairs import repair
from .rules import judge, judge_servers
from .schema_errors import Violation, describe, violations
from .value_rules import is_judged

_ROUNDS = 40  # repairing one violation may bring out the next one below it
_LENIENT = "--lenient generates with a warning"
_NAME_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_")


def validate(
    document: Document, *, lenient: bool = False, examples: bool = True
) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Judge a document against the OpenAPI schemas and the rules that they can't express.

    Returns the document, repaired where warnings say so, and the warnings. With ``lenient``, errors that have a repair
    become warnings. Examples that do not fit are warnings, which only who shows these asks for (`examples`). Raises Refused,
    with everything that was found, where an error remains.
    """
    tree = Tree(document)
    found = _Found()
    touched: set[Pointer] = set()  # since the index was made or updated
    index: Index | None = None
    for _ in range(_ROUNDS):
        edits = _settle(tree, list(_structure(tree.document)), found, lenient=lenient)
        touched.update(edit.touched for edit in edits)
        if edits:
            continue
        broken = found.listed.refuse
        if index is None:
            index = Index(tree.document)
            fresh = index.objects
        else:
            fresh = index.update(tree.document, touched)
        findings = [
            finding
            for node in (*index.elsewhere, *newer_words.unseen(index))
            for finding in _structure_of(node, tree.document)
        ]
        edits = _settle(tree, [*findings, *judge(index, fresh)], found, lenient=lenient)
        touched = {edit.touched for edit in edits}
        if broken or not edits:  # with errors in the structure, the rules are shown too, but once
            break
    if index is not None:
        rest = [*judge_examples(index.document, index.objects)] if examples else []
        rest += judge_servers(index) if lenient else ()
        _settle(tree, rest, found, lenient=lenient)
    if found.listed.refuse:
        raise Refused(found.listed.listed())
    return tree.document, found.listed.listed()


@dataclass(slots=True)
class _Found:
    """What was found: each finding once, by where it was written and what it says."""

    listed: Findings = field(default_factory=Findings)
    known: set[tuple[Pointer, str]] = field(default_factory=set)


def _settle(tree: Tree, findings: list[Finding], found: _Found, *, lenient: bool) -> list[Edit]:
    """Note each finding, with its place, and repair those that are warnings; return the edits that this took."""
    edits: list[Edit] = []
    for finding in findings:
        number, origin = tree.document.origin(finding.pointer)
        key = (f"{number}{origin}", finding.message)
        repaired = finding.repair is not None and (lenient or finding.severity != "error")
        if key not in found.known:
            found.known.add(key)
            severity: Severity = "warning" if repaired else finding.severity
            found.listed.add(severity, partial(_to_diagnostic, tree.document, finding, repaired=repaired))
        if repaired and finding.repair:
            edits.extend(finding.repair[0])
    tree.apply(edits)
    return edits


def _to_diagnostic(document: Document, finding: Finding, *, repaired: bool) -> Diagnostic:
    message, hint = finding.message, finding.hint
    if repaired and finding.repair and finding.repair[1]:
        message = f"{message}; {finding.repair[1]}"
    elif finding.severity == "error" and finding.repair is not None:
        hint = f"{hint} ({_LENIENT})" if hint else _LENIENT
    severity = "warning" if repaired else finding.severity
    found = document.diagnostic(severity, message, finding.pointer, hint)
    # The pointer names the value as it was written: a repaired tree may have it elsewhere.
    return replace(found, pointer=document.origin(finding.pointer)[1])


# What the OpenAPI schemas refuse


def _structure(document: Document) -> Iterator[Finding]:
    for violation in violations(document.root, document.version):
        severity = _severity(violation, document)
        if severity is not None:
            yield _to_finding(violation, document, severity)


def _to_finding(violation: Violation, document: Document, severity: Severity) -> Finding:
    message, hint = describe(violation)
    found = repair(violation, document)
    newer = newer_words.hint(violation, place_of(violation.path), document.version)
    return Finding(
        pointer=join("#", *violation.path),
        message=message,
        hint=newer or hint,
        severity=severity if found is not None else "error",
        repair=found,
    )


def _structure_of(node: PlacedObject, document: Document) -> Iterator[Finding]:
    """Hold an object against the schema that stands where the schema does not look, in an extension."""
    prefix = ("components", SECTIONS[node.kind], "X")
    below = join("#", *prefix)
    root = {"openapi": document.root["openapi"], "info": {"title": "", "version": ""}, "paths": {}}
    root["components"] = {prefix[1]: {prefix[2]: node.value}}
    version = document.version
    if node.kind == "pathItem" and version == (3, 0):  # whose components have none
        version = (3, 1)
    for violation in violations({**root, "openapi": f"{version[0]}.{version[1]}.0"}, version):
        if violation.path[: len(prefix)] != prefix:
            continue
        finding = _to_finding(violation, document.with_root(root), "warning")
        found = finding.repair
        if found is not None:
            edits = tuple(replace(edit, pointer=node.pointer + edit.pointer[len(below) :]) for edit in found[0])
            found = edits, found[1]
        yield replace(finding, pointer=node.pointer + finding.pointer[len(below) :], repair=found)


def _severity(violation: Violation, document: Document) -> Severity | None:
    """Say how bad a violation is: a warning where openapi-spec-validator does not look, None where it is none."""
    path = violation.path
    if document.version == (3, 0):
        named = path[:1] == ("components",) and len(path) > 3
        return "warning" if named and not _NAME_CHARACTERS.issuperset(path[2]) else "error"
    schema = _schema_around(path)
    if schema is None or len(schema) == len(path):
        return "error"
    if has_other_dialect(document.root, path):
        return None
    # It follows a $ref without a look at what stands beside it.
    unseen = "$ref" in get(document.root, join("#", *schema))
    # Nor does it look into OpenAPI's own keywords of a schema.
    place = place_of(path)
    unseen = unseen or place.kind == "discriminator" or place.member in {"discriminator", "xml", "externalDocs"}
    return "error" if is_judged(join("#", *schema)) and not unseen else "warning"


def _schema_around(path: Tokens) -> Tokens | None:
    """Find the outermost schema that a value stands in."""
    return next((path[:end] for end in range(1, len(path) + 1) if kind_of(path[:end]) == "schema"), None)
