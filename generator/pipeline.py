"""`build`: document → package, the stages one after the other."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from . import stages
from .diagnostics.diagnostic import Diagnostic, Findings, Refused
from .diagnostics.similar import Similar
from .document import implied, operations, schema_ids, select
from .lowering import lower, without_effect
from .mock import answers
from .models import plan, runtime_rules, uses
from .output.package import Package
from .parsing import json_writer
from .pointer import join
from .python import names
from .python.modules import MODULES
from .python.pins import PinError
from .records import record
from .render import render
from .render.requirements import requirements
from .schemas.effort import BLIND, Repetition
from .schemas.normal_form import BESIDE

if TYPE_CHECKING:
    from .document.document import Document
    from .ir import Api, JudgingSchemas
    from .settings.settings import Settings


RECURSION = 5_000
"""Python calls inside one another: a document may nest 200 deep, and each level takes several of ours."""


@contextmanager
def deep_calls() -> Iterator[None]:
    """Let Python calls nest as deep as a document may; the limit is put back at the end."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _lengthened(document: Document, naming: names.Naming) -> list[Diagnostic]:
    """Say which operations have a longer name because another one would be called the same."""
    return [
        document.diagnostic(
            "notice",
            f"the operation is called {naming.operations[pointer][1]}: another one would be {alone} too",
            pointer,
            "pin a name under [tool.spectwin.names]",
        )
        for pointer, alone in naming.lengthened.items()
    ]


def package_name(document: Document, settings: Settings) -> str:
    """Name the package as the settings say, else after the document. Raises Refused for the name of a module that it would hide."""
    if settings.package:
        return settings.package
    name = names.package(str(document.root["info"]["title"]))
    if name in MODULES:
        message = f"a package called {name} would hide a module of Python, or one that Spectwin or its packages need"
        hint = f'choose a name: --package {name}_api, or package = "{name}_api" in the settings'
        raise Refused(document.diagnostic("error", message, "#/info/title", hint))
    return name


def _named(views: Sequence[operations.OperationView]) -> list[names.View]:
    return [(view.pointer, view.tag, view.method, view.path, view.operation_id) for view in views]


@contextmanager
def _kept(settings: Settings) -> Iterator[None]:
    """Refuse pinned names that would have to be changed."""
    try:
        yield
    except PinError as error:
        raise Refused([_pin_error(pin, settings.names[pin], why) for pin, why in error.wrong.items()]) from None


def _pin_error(
    pin: str, name: str, why: str, hint: str = "choose another name under [tool.spectwin.names]"
) -> Diagnostic:
    return Diagnostic(severity="error", message=f'the pinned name {pin} = "{name}": {why}', hint=hint)


def _find_pins(document: Document, drawn: Drawn, settings: Settings) -> None:
    """Look for what each pin names, in the whole document. Raises Refused for pins that name nothing."""
    known = drawn.naming.pins | drawn.models.class_names.keys()
    if settings.operations and settings.names.keys() - known:
        known |= {pin for view in operations.read(document) for pin in (view.operation_id, view.pointer) if pin}
        schemas = (document.root.get("components") or {}).get("schemas") or {}
        known |= {join("#", "components", "schemas", name) for name in schemas}
    wrong, similar, candidates = Findings(), Similar(), sorted(known)
    for pin in sorted(settings.names.keys() - known):
        close = similar.find(pin, candidates)
        hint = f"did you mean {close[0]}?" if close else "pins are operationIds, and pointers of operations and schemas"
        wrong.add("error", partial(_pin_error, pin, settings.names[pin], "the document has nothing of that name", hint))
    if wrong:
        raise Refused(wrong.listed())


def _judging(document: Document, rules: runtime_rules.Rules) -> JudgingSchemas:
    """Write the schemas of rules. Raises Refused where services would judge a value by the same again and again."""
    schemas = runtime_rules.bundle(rules)
    repetition = Repetition.of(schemas)
    if repetition.most > BLIND and "unevaluated" in json_writer.write(schemas):
        name = max(rules.judged, key=repetition.ways.__getitem__)
        place = rules.judged[name].node.pointer.partition(BESIDE)[0]
        message = f"a value would be judged in {repetition.ways[name]:,} ways: schemas share others beside unevaluated…"
        hint = "leave out unevaluatedProperties and unevaluatedItems, or have fewer schemas refer to the same one"
        raise Refused(document.diagnostic("error", message, place, hint))
    return repetition.described(schemas)


@record(kw_only=True)
class Drawn:
    """All that is decided about a package before anything of it is written."""

    served: Document
    """What the package implements, as it is written."""
    document: Document
    """The same with references as pointers."""
    views: Sequence[operations.OperationView]
    naming: names.Naming
    models: plan.Models
    api: Api
    warnings: tuple[Diagnostic, ...]


@deep_calls()
def draw(document: Document, settings: Settings, *, outline: bool = False) -> Drawn:
    """Decide what the package of a checked document holds; an `outline` is without the text of models.py.

    Raises Refused where the document can't be served.
    """
    if settings.operations:
        document = document.with_root(select.select(document.root, settings.operations))
    if settings.properties_imply_object:
        document = implied.with_types(document)
    # A name that the document chose says nothing about whose variables may go to its servers.
    environment = (settings.package or "").upper()
    settings = replace(settings, package=package_name(document, settings))
    served, document = document, schema_ids.as_pointers(document)
    views = operations.read(document)
    events = operations.webhooks(document, views)
    with _kept(settings):
        stages.enter("naming", views, "operation")
        naming = names.name_operations(_named(views), settings.names, _named(events))
        used = uses.uses(
            document, (*views, *events), {view.pointer: naming.words(view.pointer) for view in (*views, *events)}
        )
        stages.enter("modelling", (document.root.get("components") or {}).get("schemas"), "component")
        written = (plan.annotate if outline else plan.build)(document, used, settings)
    settings = replace(settings, layout=written.layout)
    stages.enter("describing", views, "operation")
    api, warnings = lower.lower(document, views, events, written, naming, settings, environment)
    return Drawn(
        served=served, document=document, views=views, naming=naming, models=written, api=api, warnings=warnings
    )


@deep_calls()
def build(document: Document, settings: Settings) -> Package:
    """Generate the package of a checked document. Nothing is written.

    Raises Refused where the document can't be served, GateError for a defect of ours.
    """
    if settings.templates is None:
        render.prepare()  # while the process that lays classes out gets ready
    drawn = draw(document, settings)
    _find_pins(document, drawn, settings)
    document, api, written = drawn.document, drawn.api, drawn.models
    stages.enter("writing", written.definitions, "model")
    package = PurePosixPath(api.package)
    files = {package / "openapi.json": json_writer.write(drawn.served.root) + "\n"}
    schemas = _judging(document, written.rules)
    files |= render.render(api, settings.types, schemas, settings.templates)
    mocked: tuple[Diagnostic, ...] = ()
    if "server" in api.sides:
        stages.enter("making examples for", drawn.views, "operation")
        files[package / "server" / "mock.jsonl"], mocked = answers.answers(document, drawn.views, api, written.rules)
    return Package(
        name=api.package,
        files=dict(sorted(files.items())),
        layout=api.layout,
        requires=requirements(api.package, files, api.sides).all,
        warnings=(
            *without_effect.without_effect(document, api, settings),
            *written.warnings,
            *drawn.warnings,
            *mocked,
            *_lengthened(document, drawn.naming),
        ),
        operations=len(drawn.views),
        models=written.count,
        unreached=written.unreached,
        api=api,
        classes=written.written_names,
    )
