"""Schemas → models.py, or the modules of a split package.

The annotations are ours (`annotations.py`): they have to stand in signatures too, and datamodel-code-generator's own
accept what a schema refuses. It writes the classes around them (`source.py`), in one module or in many (`modules.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from ..diagnostics.diagnostic import Diagnostic, Refused
from ..document.document import Document
from ..parsing.limits import weigh
from ..pointer import join
from ..python import names, reserved
from ..python.pins import check_pins
from ..python.types import NONE, Class, Type, alternatives, classes, heads, loose, optional, replaced
from ..records import record
from ..schemas.constants import constants_in_words
from ..schemas.directions import Direction, Directional
from ..schemas.families import Families
from ..schemas.normal_form import Flattener
from ..schemas.patterns import LONGEST, is_judged_pattern
from . import modules, source
from .annotations import Annotator
from .definitions import Annotation, Definition, Site
from .inheritance import Inheritance, inherit, link
from .notices import notices
from .order import before_use
from .reached import reached
from .recursion import decide
from .runtime_rules import Rules
from .unions import branch_hints
from .uses import Uses

if TYPE_CHECKING:
    from ..ir import ModelModule
    from ..settings.settings import Settings
    from ..settings.values import Layout


SPLIT_FROM = 300
"""So many classes of a new package are split into modules that are imported when they are used."""
BY_TAG = (
    "a value that several accept is taken as the one that its discriminator names; give that property a `const` in each branch,"
    ' or set discriminator = "exact"'
)
EXACTLY = 'a value that several accept is refused, as discriminator = "exact" says; give that property a `const` in each branch'


@record(kw_only=True)
class Models:
    """The classes of models.py, the annotation of each schema that operations use, and what stays to be judged.

    `source` is the module's text, or `modules` are those of a split package; empty where only the annotations are wanted.
    """

    definitions: Sequence[Definition]
    types: Mapping[tuple[str, Direction], Type]
    """By pointer and direction."""
    class_names: Mapping[str, str]
    objects: frozenset[str]
    rules: Rules
    count: int
    unreached: int
    """So many of all classes no operation leads to; in a package with `models = "reached"` these are left out."""
    aliases: Mapping[str, Type]
    warnings: tuple[Diagnostic, ...] = ()
    positions: Mapping[str, int]
    """Those of the definitions in the document, by key."""
    components: frozenset[str]
    """The pointers of the document's components, those that are left out too."""
    layout: Layout
    source: str = ""
    modules: tuple[ModelModule, ...] = ()

    @property
    def written_names(self) -> Mapping[str, str]:
        """The `class_names` of what models.py has: without those that are left out."""
        there = {one.name for one in self.definitions}
        return {key: name for key, name in self.class_names.items() if name in there}


def build(document: Document, used: Uses, settings: Settings) -> Models:
    """Write the models of all components and of what operations use."""
    found = annotate(document, used, settings)
    if found.layout == "split":
        divided = modules.divide(found.definitions, found.positions, found.class_names, found.components)
        return replace(found, modules=modules.write(divided, found.aliases))
    return replace(found, source=source.write(found.definitions, found.aliases))


def annotate(document: Document, used: Uses, settings: Settings) -> Models:
    """Decide the models of all components and of what operations use, their names too; nothing is written."""
    flattener = Flattener(document.version, document.at, document.spend)
    pointers = [join("#", "components", "schemas", name) for name in _components(document)]
    families = Families(flattener, pointers)
    directional = Directional(flattener, families)
    inheritance = Inheritance(families, flattener)
    annotator = _annotator(flattener, directional, inheritance, settings)
    with _ended(document):
        found = _annotated(document, annotator, inheritance, directional, used)
    class_names = _named(document, annotator, settings)
    ordered = _ordered(document, used, annotator.definitions)
    definitions = before_use(ordered)
    bind = _binding(annotator.definitions, class_names)
    for definition in definitions:
        _name(definition, class_names, bind, settings.field_names)
    _spend_words(document, definitions)
    definitions = inherit(definitions, annotator.rules)
    decide(definitions, flattener)
    types = {use: bind(annotation).known for use, annotation in found.items()}
    judged = {class_names[key]: one for key, one in annotator.rules.items()}
    every, needed = definitions, reached(definitions, types.values())
    if settings.models == "reached":
        definitions = [one for one in every if one.name in needed]
        judged = {name: one for name, one in judged.items() if name in needed}
    count = _count(definitions)
    return Models(
        definitions=definitions,
        types=types,
        class_names=class_names,
        objects=_objects({pointer for pointer, _ in types}, annotator, flattener),
        rules=Rules(
            flattener=flattener,
            directional=directional,
            judged=judged,
            by_tag=settings.discriminator == "tag",
        ),
        count=count,
        unreached=_count(one for one in every if one.name not in needed),
        layout=_layout(annotator, settings, count),
        aliases={one.name: one.annotation.known for one in definitions if one.kind == "alias"},
        positions={one.key: index for index, one in enumerate(ordered)},
        components=frozenset(pointers),
        warnings=(
            *_pattern_warnings(document, annotator),
            *_loose_warnings(document, definitions),
            *_overlap_warnings(document, annotator, flattener, by_tag=settings.discriminator == "tag"),
            *notices(document, flattener, annotator.admits, [*pointers, *(at for at, _ in used.found)], settings.types),
        ),
    )


@contextmanager
def _ended(document: Document) -> Iterator[None]:
    """Refuse schemas whose combinations have no end: a document alone nests 200 deep."""
    try:
        yield
    except RecursionError:
        message = "schemas that lead back to themselves are combined to ever new ones, each inside the last one"
        hint = "allOf of properties that lead back must not add others each time: refer to one schema there"
        raise Refused(document.diagnostic("error", message, "#/components/schemas", hint)) from None


def _annotator(
    flattener: Flattener, directional: Directional, inheritance: Inheritance, settings: Settings
) -> Annotator:
    return Annotator(
        flattener,
        directional=directional,
        date_time="UTCDateTime" if settings.naive_datetimes == "utc" else "DateTime",
        types={format_: target.replace(":", ".").rpartition(".")[2] for format_, target in settings.types.items()},
        inheritance=inheritance,
        by_tag=settings.discriminator == "tag",
    )


def _count(definitions: Iterable[Definition]) -> int:
    return sum(one.kind == "class" for one in definitions)


def _objects(pointers: Collection[str], annotator: Annotator, flattener: Flattener) -> frozenset[str]:
    """Choose the schemas that accept objects and null alone, or that have properties."""
    alone = {one for one in pointers if annotator.admits.kinds(flattener.at(one)) - {"null"} == {"object"}}
    return frozenset(alone | {one for one in pointers if flattener.flat(flattener.at(one)).properties})


def _annotated(
    document: Document, annotator: Annotator, inheritance: Inheritance, directional: Directional, used: Uses
) -> dict[tuple[str, Direction], Annotation]:
    """Annotate what operations use, all components, and what the classes of these extend or are extended by."""
    found: dict[tuple[str, Direction], Annotation] = {}
    # In an order that is not the document's: what is met first may give a name to what is met again. A schema that
    # stands in an operation is named after that one, rather than after those that refer to it.
    for (pointer, direction), hint in sorted(
        used.found.items(), key=lambda use: (_refers(document, use[0][0]), use[0])
    ):
        # What stands in a media type of the components is the same for all who use it (OpenAPI 3.2, section 4.7).
        apart = not pointer.startswith("#/components/mediaTypes/") or directional(pointer, direction)
        found[pointer, direction] = annotator.use(pointer, Site(direction if apart else "", "", hint))
    for name in sorted(_components(document)):
        pointer = join("#", "components", "schemas", name)
        if not any(f"{pointer}{side}" in annotator.definitions for side in ("", "?request", "?form")):
            annotator.component(pointer, "")
    queue = list(annotator.definitions)
    for key in queue:
        one, known = annotator.definitions[key], len(annotator.definitions)
        for relative in inheritance.relatives(one.pointer):
            annotator.component(relative, one.direction)
        if len(annotator.definitions) > known:
            queue += list(annotator.definitions)[known:]
    link(annotator.definitions)
    return found


def _spend_words(document: Document, definitions: Iterable[Definition]) -> None:
    """Take what is written of classes and fields off the budget: each class that has a property describes it.

    So does its default, also if that comes from what the property refers to. Names that types mention count as well: one
    may hold those of all around it.
    """
    for one in definitions:
        mentioned = (name for each in one.properties for name in classes(each.annotation.known))
        document.spend(0, sum(map(len, mentioned)), one.pointer)
        for node in (one.node, *(each.node for each in one.properties)):
            if isinstance(node.schema, dict):
                words = node.schema.get("description")
                said = len(words) if isinstance(words, str) else 0
                document.spend(0, said + len(constants_in_words(node.schema)), node.pointer)
        for each in one.properties:
            for value in source.values_of_field(each):
                document.spend(*weigh(value), each.node.pointer)


def _binding(
    definitions: Mapping[str, Definition], class_names: Mapping[str, str]
) -> Callable[[Annotation], Annotation]:
    """Make a function that puts names in the places of keys."""

    def named(found: Class) -> Type:
        one, definition = Class(class_names[found.name]), definitions[found.name]
        if not found.late or definition.kind != "class":
            return one
        null = NONE in alternatives(definition.annotation.known)
        return loose(one) if definition.loose else optional(one) if null else one

    def bind(annotation: Annotation) -> Annotation:
        found = replaced(annotation.known, named, class_names)
        return annotation if found is annotation.known else replace(annotation, type=found)

    return bind


def _name(
    definition: Definition,
    class_names: Mapping[str, str],
    bind: Callable[[Annotation], Annotation],
    style: names.FieldNames,
) -> None:
    """Give a definition and its fields their names, and its types the names of others; inherited fields have theirs."""
    definition.name, definition.annotation = class_names[definition.key], bind(definition.annotation)
    if definition.tags is not None:
        tags = tuple((tag, class_names[key]) for tag, key in definition.tags.classes)
        definition.tags = replace(definition.tags, classes=tags)
    if isinstance(definition.extra, Annotation):
        definition.extra = bind(definition.extra)
    properties = [(one, bind(one.annotation)) for one in definition.properties]
    annotations = [annotation for _, annotation in properties]
    annotations += [definition.extra] if isinstance(definition.extra, Annotation) else []
    read = {name for one in annotations for name in heads(one.known)}
    inherited = {one.wire_name: one.name for one in definition.base.properties} if definition.base else {}
    fields = names.fields([one.wire_name for one, _ in properties], read, style, inherited)
    definition.properties = [
        replace(one, annotation=annotation, name=fields[one.wire_name]) for one, annotation in properties
    ]


def _refers(document: Document, pointer: str) -> bool:
    schema = document.at(pointer)
    return isinstance(schema, dict) and "$ref" in schema


def _components(document: Document) -> Mapping[str, Any]:
    found = (document.root.get("components") or {}).get("schemas")
    return found if isinstance(found, dict) else {}


def _pattern_warnings(document: Document, annotator: Annotator) -> Iterable[Diagnostic]:
    """Say which patterns Pydantic's engine can't run, and what becomes of them."""
    for pointer, pattern in annotator.unusual_patterns.items():
        if is_judged_pattern(pattern):
            message = "the pattern has look-around or back-references: jsonschema-rs judges it, not Pydantic"
            hint = f"texts of more than {LONGEST:,} characters are refused there, as no engine does it in linear time"
            yield document.diagnostic("notice", message, pointer, hint)
        else:
            message = (
                "the pattern is not checked: ECMA-262 allows it, and no engine with a bound on time and memory takes it"
            )
            yield document.diagnostic("warning", message, pointer, "shorten its counts, or say it with maxLength")


def _loose_warnings(document: Document, definitions: Sequence[Definition]) -> Iterable[Diagnostic]:
    """Say that schemas of classes have no `type`, and by which setting they get one; once for all, at the first of them."""
    loose_ = sorted((one for one in definitions if one.loose), key=lambda one: (one.pointer.count("/"), one.pointer))
    if not loose_:
        return
    others = ", ".join(one.name for one in loose_[1:4]) + (f" and {len(loose_) - 4} more" if len(loose_) > 4 else "")
    message = "a schema with properties and no type accepts every value that is no object, too"
    if others:
        message += f" (also {others})"
    hint = 'add "type: object", or set properties-imply-object = true'
    yield document.diagnostic("notice", message, loose_[0].pointer, hint)


def _overlap_warnings(
    document: Document, annotator: Annotator, flattener: Flattener, *, by_tag: bool
) -> Iterable[Diagnostic]:
    """Say which `oneOf` with a discriminator have branches that accept the same values, and what becomes of these."""
    for pointer, (flat, branches) in annotator.overlaps.items():
        if flat.discriminator is not None:
            hints = branch_hints(flat.unions[0][1], flattener)
            pairs = combinations(zip(hints, branches, strict=True), 2)
            shared = {
                name
                for one, two in pairs
                if not annotator.admits.exclusive([one[1], two[1]])
                for name in (one[0], two[0])
            }
            listed = ", ".join(hint for hint in hints if hint in shared)
            message = f"branches of the oneOf accept the same values: {listed}"
            yield document.diagnostic("warning", message, pointer, BY_TAG if by_tag else EXACTLY)


def _ordered(document: Document, used: Uses, definitions: Mapping[str, Definition]) -> list[Definition]:
    """Order definitions as the document does; inline ones follow what they stand in."""
    uses_ = {pointer: index for index, (pointer, _) in enumerate(used.found)}

    def rank(pointer: str) -> int:
        while pointer and pointer not in uses_:
            pointer = pointer.rpartition("/")[0]
        return uses_.get(pointer, len(uses_))

    children: dict[str, list[Definition]] = {}
    for definition in definitions.values():
        children.setdefault(definition.parent, []).append(definition)
    position = {join("#", "components", "schemas", name): index for index, name in enumerate(_components(document))}
    roots = sorted(
        children.get("", []),
        key=lambda one: (position.get(one.pointer, len(position)), rank(one.pointer), "?" in one.key),
    )
    result: list[Definition] = []
    queue = list(reversed(roots))
    placed: set[str] = set()
    while queue:
        definition = queue.pop()
        if definition.key not in placed:
            placed.add(definition.key)
            result.append(definition)
            queue += reversed(children.get(definition.key, []))
    return result + [one for one in definitions.values() if one.key not in placed]


def _layout(annotator: Annotator, settings: Settings, count: int) -> Layout:
    """The layout of a package with so many models. Raises PinError for what no class of a split package is called."""
    layout: Layout = settings.layout or ("split" if count >= SPLIT_FROM else "single")
    if layout == "split":
        pins = {key: (name,) for key, name in settings.names.items() if key in annotator.definitions}
        check_pins(pins, {reserved.MODELS_HELPER})
    return layout


def _named(document: Document, annotator: Annotator, settings: Settings) -> dict[str, str]:
    """Name all classes, aliases and rules: components first, then what stands in them, level by level."""
    components = {join("#", "components", "schemas", name): name for name in _components(document)}
    definitions = annotator.definitions
    own = {target.rpartition(".")[2] for target in settings.types.values()}
    result = {key: name for key, name in settings.names.items() if key in definitions}
    check_pins({key: (name,) for key, name in result.items()}, reserved.MODEL_NAMES | own)
    unpinned = {pointer: name for pointer, name in components.items() if pointer not in result}
    result.update(names.schemas(unpinned, taken={*result.values(), *own}))
    variants = {
        key: f"{result[one.pointer]}{key.rpartition('?')[2].capitalize()}"
        for key, one in definitions.items()
        if one.pointer in components and key not in result and not one.parent
    }
    result.update(names.variants(variants, taken={*result.values(), *own}))
    waiting = {key: (one.parent, one.hint) for key, one in definitions.items() if key not in result}
    for key, rule in annotator.rules.items():
        if key not in result:
            waiting.setdefault(key, (rule.site.parent, rule.site.hint))
    while waiting:
        ready = {key: value for key, value in waiting.items() if not value[0] or value[0] in result}
        ready = ready or {key: ("", hint) for key, (_, hint) in waiting.items()}
        places = {key: (result.get(parent, ""), hint) for key, (parent, hint) in ready.items()}
        result.update(names.inline_schemas(places, taken={*result.values(), *own}))
        waiting = {key: value for key, value in waiting.items() if key not in ready}
    return result
