"""`make narrowness`: how many `Value` stand in the annotations of documents' models, and why.

    python -m tests.tools.narrowness ../shared/corpus [--only NAME] [--show 3]

Each `Value` is counted once for each place where an annotation says it: in a field, a further property, an alias, or in what
an operation sends or gets. Its reason is the keyword of the schema there, or the lack of one. What stands in brackets in the
table is a choice of the document: no type could be narrower.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from generator import pipeline
from generator.diagnostics.diagnostic import Refused
from generator.document import load
from generator.models import plan
from generator.models.definitions import Annotation
from generator.models.plan import Models
from generator.python.types import VALUE, Annotated, Class, Generic, Type, Union, walk
from generator.schemas.acceptance import AcceptedTypes
from generator.schemas.normal_form import Flattener, PlacedSchema
from generator.settings.settings import Settings
from generator.validation import validate

NO_SCHEMA = "[no schema, {} or true]"
OPEN_LIST = "[list without items]"
OPEN_MAP = "[object without properties]"
MIXED = "constants of several types"
DEEPEST = 20
JSON_TYPES = {"list": "array", "tuple": "array", "dict": "object", "str": "string", "int": "integer", "bool": "boolean"}
JSON_TYPES |= {"float": "number"}


class Reasons:
    """Finds why an annotation of one document says `Value`."""

    def __init__(self, flattener: Flattener) -> None:
        self._flattener = flattener
        self._admits = AcceptedTypes(flattener)

    def of(self, one: Type, node: PlacedSchema, depth: int = 0) -> Iterator[tuple[str, str]]:
        """Yield the reason and the pointer of each `Value` in the type of a schema."""
        if VALUE not in walk(one):
            return
        if one == VALUE or depth > DEEPEST:
            yield self._whole(node), node.pointer
        elif isinstance(one, Annotated):
            yield from self.of(one.inner, node, depth)
        elif isinstance(one, Union):
            for part in one.parts:
                yield from self.of(part, self._branch(part, node), depth + 1)
        elif isinstance(one, Generic):
            yield from self._parts(one, node, depth + 1)

    def _parts(self, one: Generic, node: PlacedSchema, depth: int) -> Iterator[tuple[str, str]]:
        """Go on with what a list, a tuple or a dictionary holds."""
        flat = self._flattener.flat(node)
        if one.name in ("Loose", "Conditional"):
            yield from self.of(one.arguments[0], node, depth)
        elif one.name == "dict":
            if flat.additional is None or flat.additional.schema is False:
                yield self._lacking("object", node, OPEN_MAP), node.pointer
            else:
                yield from self.of(one.arguments[1], flat.additional, depth)
        else:
            items = [*flat.prefix, *([flat.items] if flat.items is not None else [])]
            for index, part in enumerate(one.arguments):
                if part == VALUE and (not items or flat.enum is not None):
                    yield self._lacking("array", node, OPEN_LIST), node.pointer
                else:
                    yield from self.of(part, items[min(index, len(items) - 1)], depth)

    def _lacking(self, kind: str, node: PlacedSchema, reason: str) -> str:
        """Name the keyword that a list or an object has in place of the one that would type its parts."""
        flat = self._flattener.flat(node)
        if flat.enum is not None:
            return "constants that are lists or objects"
        keywords = {"array": ("prefixItems", "contains"), "object": ("patternProperties", "propertyNames")}[kind]
        found = [key for key in keywords if key in flat.rest or (key == "prefixItems" and flat.prefix)]
        closed = flat.items if kind == "array" else flat.additional
        if not found and closed is not None and closed.schema is False:
            return f"[empty {kind} only]"
        return found[0] if found else reason

    def _whole(self, node: PlacedSchema) -> str:
        """Say why a schema as a whole is `Value`."""
        flat = self._flattener.flat(node)
        if flat.enum is not None:
            return MIXED if flat.enum else "nothing fits"
        if not flat.types:
            return "nothing fits"
        if flat.unions:
            return f"{flat.unions[0][0]} with a branch that says nothing"
        keywords = sorted(flat.rest) + [
            kind for kind in ("string", "number", "array", "object") if flat.constrains(kind)
        ]
        if not flat.typed:
            return f"no type beside {', '.join(keywords)}" if keywords else NO_SCHEMA
        return f"of type {'/'.join(flat.types)}, with {', '.join(keywords)}"

    def _branch(self, part: Type, node: PlacedSchema) -> PlacedSchema:
        """Find the branch of a union that a part of its type comes from."""
        kind = next((JSON_TYPES[name] for one in walk(part) if (name := getattr(one, "name", "")) in JSON_TYPES), "")
        branches = [branch for _, found in self._flattener.flat(node).unions for branch in found]
        return next((one for one in branches if part == VALUE or kind in self._admits.kinds(one)), node)


def counted(models: Models, reasons: Reasons) -> Iterator[tuple[str, str]]:
    """Yield the reason and the pointer of each `Value` of a document's models."""
    flattener = models.rules.flattener
    for one in models.definitions:
        if one.loose:
            yield "properties without a type", one.pointer
        if one.kind == "alias":
            yield from reasons.of(one.annotation.known, one.node)
            continue
        for each in one.properties:
            yield from reasons.of(each.annotation.known, each.node)
        flat = flattener.flat(one.node)
        if isinstance(one.extra, Annotation) and flat.additional is not None:
            yield from reasons.of(one.extra.known, flat.additional)
        elif one.extra == "allow" and "patternProperties" in flat.rest:
            yield "patternProperties beside properties", one.pointer
        yield from [("if beside properties", one.pointer)] * ("if" in flat.rest)
    for (pointer, _), found in models.types.items():
        if not isinstance(found, Class):
            yield from reasons.of(found, flattener.at(pointer))


def models_of(path: Path) -> Models:
    """Decide the models of a document, as `generate --lenient` does."""
    loaded = load.load(path)
    try:
        loaded, _ = validate.validate(loaded)
    except Refused:
        loaded, _ = validate.validate(loaded, lenient=True)
    built: list[Any] = []
    build = plan.build

    def listening(*arguments: Any) -> Any:
        built.append(build(*arguments))
        return built[-1]

    with patch.object(plan, "build", listening):
        pipeline.build(loaded, Settings(spec=path, package="narrowness", sides=frozenset({"client"})))
    found: Models = built[0]
    return found


def main() -> int:
    """Print the table for a folder of documents, or for one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="documents whose name begins so")
    parser.add_argument("--show", type=int, default=2, help="places shown of each reason")
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.*")) if options.folder.is_dir() else [options.folder]
    numbers: Counter[str] = Counter()
    places: dict[str, list[str]] = {}
    annotations = 0
    for path in paths:
        if path.suffix not in (".json", ".yaml", ".yml") or path.name == "index.json":
            continue
        if not path.name.startswith(options.only):
            continue
        try:
            models = models_of(path)
        except Refused as refused:
            print(f"{path.name}: refused: {refused.diagnostics[0].message}", file=sys.stderr)
            continue
        annotations += len(models.types) + sum(len(one.properties) or 1 for one in models.definitions)
        for reason, pointer in counted(models, Reasons(models.rules.flattener)):
            numbers[reason] += 1
            places.setdefault(reason, []).append(f"{path.name} {pointer}")
    for reason, number in numbers.most_common():
        print(f"{number:7}  {reason}")
        for place in places[reason][: options.show]:
            print(f"             {place}")
    avoidable = sum(number for reason, number in numbers.items() if not reason.startswith("["))
    print(f"{sum(numbers.values())} Value in {annotations} annotations; {avoidable} beyond what documents leave open")
    return 0


if __name__ == "__main__":
    sys.exit(main())
