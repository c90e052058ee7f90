"""Do generated models accept what the schemas of a document accept, and give it back? As the library `jsonschema` judges.

    python -m tests.tools.instances ../shared/corpus [--only NAME] [--seed N] [--per-schema 30]

For every component schema: values that it accepts, and such values broken in one place, are read as a generated server
reads a body. The verdict must be that of `jsonschema` for the schema in 3.1 terms, and what was accepted must be written
as it came: formats by value, numbers as IEEE 754 doubles. The conversion from 3.0 is independent of the generator's.

What can be read in several ways is read so: `nullable` with a `type` adds null to the type only (an enum without null
still refuses it); beside allOf, oneOf or anyOf without a type it is one more branch; alone it says nothing. A schema that
differs by direction is judged without the properties that the direction hides: those that are readOnly or writeOnly by
their own word or by that of what they refer to. Patterns are ECMA-262's: `$` does not match before a last newline, digits
and letters are those of ASCII. `multipleOf` is reckoned in decimals. Formats are not asserted, so a value whose text is
malformed for a format that becomes a type (date-time, date, time, uuid, byte, base64url, ipv4, ipv6; or for its
`contentEncoding`) is left out and counted.
"""

from __future__ import annotations

import argparse
import base64
import importlib
import ipaddress
import json
import multiprocessing
import re
import sys
import tempfile
import time
import uuid
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as time_of_day
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.tools.instance_values import Maker

ONE = ("additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then")
MORE = ("unevaluatedItems", "unevaluatedProperties")
MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED = ("properties", "patternProperties", "dependentSchemas")
ENCODINGS = {"base64": "byte", "base64url": "base64url"}
SILENT = {
    "discriminator",
    "xml",
    "example",
    "examples",
    "externalDocs",
    "default",
    "title",
    "description",
    "deprecated",
    "nullable",
}


_DOLLAR = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$")


def _pattern(pattern: str) -> str:
    """Write a pattern of ECMA-262 as Python has it: `$` is the end, digits and letters are those of ASCII."""
    return "(?a)" + _DOLLAR.sub(lambda found: r"\Z" if found[0] == "$" else found[0], pattern)


class Converter:
    """Writes the schemas of a document as one JSON Schema 2020-12 for one direction."""

    def __init__(self, root: Mapping[str, Any], side: str) -> None:
        """Take the direction: `request` hides readOnly properties, `response` writeOnly ones."""
        self._root = root
        self._old = str(root["openapi"]).startswith("3.0")
        self._flag = "readOnly" if side == "request" else "writeOnly"
        self.definitions: dict[str, Any] = {}

    def schema(self, pointer: str) -> dict[str, Any]:
        """Write the schema at a pointer, with all that it refers to."""
        self._refer(pointer)
        return {"$ref": self._name(pointer), "$defs": self.definitions}

    def _name(self, pointer: str) -> str:
        return "#/$defs/" + pointer.replace("~", "~0").replace("/", "~1").replace("%", "%25")

    def _refer(self, pointer: str) -> None:
        if pointer not in self.definitions:
            self.definitions[pointer] = True
            self.definitions[pointer] = self.convert(self._at(pointer))

    def _at(self, pointer: str) -> Any:
        value: Any = self._root
        for token in pointer.removeprefix("#").split("/")[1:]:
            token = token.replace("~1", "/").replace("~0", "~")
            value = value[int(token)] if isinstance(value, list) else value[token]
        return value

    def _hidden(self, schema: Any, seen: tuple[str, ...] = ()) -> set[str]:
        """Name the properties that the direction hides, also those of the parts of an object."""
        if not isinstance(schema, dict):
            return set()
        found = {name for name, one in (schema.get("properties") or {}).items() if self._flagged(one)}
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            found |= self._hidden(self._at(reference), (*seen, reference))
        return found.union(*(self._hidden(part, seen) for part in schema.get("allOf", [])))

    def _flagged(self, schema: Any, depth: int = 0) -> bool:
        """Whether the direction hides a property: by its own word, or by that of what it refers to."""
        if not isinstance(schema, dict) or depth > 20:
            return False
        parts = schema.get("allOf")
        inner = parts[0] if isinstance(parts, list) and len(parts) == 1 and "$ref" not in schema else None
        reference = schema.get("$ref")
        inner = self._at(reference) if isinstance(reference, str) else inner
        return schema.get(self._flag) is True or self._flagged(inner, depth + 1)

    def convert(self, schema: Any, hidden: frozenset[str] = frozenset()) -> Any:
        """Write one schema; `hidden` are properties that the object around it hides."""
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            self._refer(schema["$ref"])
            if self._old:
                return {"$ref": self._name(schema["$ref"])}
        hidden |= self._hidden(schema)
        result: dict[str, Any] = {}
        for key, value in schema.items():
            if key == "$ref":
                result[key] = self._name(value)
            elif key in NAMED and isinstance(value, dict):
                kept = {name: one for name, one in value.items() if key != "properties" or name not in hidden}
                write = _pattern if key == "patternProperties" else str
                result[key] = {write(name): self.convert(one) for name, one in kept.items()}
            elif key in MANY and isinstance(value, list):
                result[key] = [self.convert(one, hidden) for one in value]
            elif key in ONE or key in MORE:
                result[key] = self.convert(value)
            elif key == "required":
                result[key] = [name for name in value if name not in hidden]
            elif key == "pattern" and isinstance(value, str):
                result[key] = _pattern(value)
            elif key not in SILENT and not key.startswith(("x-", "$")):
                result[key] = value
        if not self._old and result.get("contentEncoding") in ENCODINGS:
            result.setdefault("format", ENCODINGS[result["contentEncoding"]])
        return self._modern(result, schema) if self._old else result

    def _modern(self, result: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
        for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if isinstance(result.get(exclusive), bool):
                strict = result.pop(exclusive)
                if strict and bound in result:
                    result[exclusive] = result.pop(bound)
        if schema.get("nullable") is True:
            if isinstance(result.get("type"), str):
                result["type"] = [result["type"], "null"]
            elif any(key in result for key in ("allOf", "oneOf", "anyOf")):
                return {"anyOf": [{"type": "null"}, result]}
        return result


@cache
def validators() -> Any:
    """Extend the library's validator: `multipleOf` is reckoned in decimals, where it divides doubles."""
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def multiple(_: Any, step: Any, value: Any, __: Any) -> Iterator[Any]:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and Fraction(str(value)) % Fraction(str(step)):
            yield ValidationError(f"{value} is no multiple of {step}")

    return extend(Draft202012Validator, {"multipleOf": multiple})


@cache
def formats() -> Any:
    """Make a checker of the formats that become types."""
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    patterns = {
        "date-time": r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)",
        "date": r"\d{4}-\d\d-\d\d",
        "time": r"\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)?",
    }
    makers: dict[str, Callable[[str], object]] = {
        "date-time": lambda text: datetime.fromisoformat(text.upper()),
        "date": date.fromisoformat,
        "time": lambda text: time_of_day.fromisoformat(text.upper()),
        "uuid": uuid.UUID,
        "ipv4": ipaddress.IPv4Address,
        "ipv6": ipaddress.IPv6Address,
        "byte": lambda text: base64.b64decode(text, validate=True),
        "base64url": _url_bytes,
    }

    def check(name: str, value: Any) -> bool:
        if isinstance(value, str):
            if name in patterns and not re.fullmatch(patterns[name], value, re.ASCII):
                return False
            makers[name](value)
        return True

    for name in makers:
        checker.checks(name, raises=ValueError)(partial(check, name))
    return checker


def doubles(value: Any) -> Any:
    """Round numbers to what a double holds (RFC 8259 section 6)."""
    if isinstance(value, dict):
        return {key: doubles(item) for key, item in value.items()}
    if isinstance(value, list):
        return [doubles(item) for item in value]
    return int(float(value)) if isinstance(value, int) and not isinstance(value, bool) else value


def same(one: Any, two: Any) -> bool:
    """Compare two JSON values: numbers as doubles, texts by the value that they may be written for."""
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(same, one, two))
    if isinstance(one, bool) or isinstance(two, bool) or one is None or two is None:
        return one is two
    if isinstance(one, str) and isinstance(two, str):
        return one == two or any(
            _equal(make, one, two) for make in (_moment, uuid.UUID, ipaddress.ip_address, _hour, _bytes, _url_bytes)
        )
    return isinstance(one, int | float) and isinstance(two, int | float) and (one == two or float(one) == float(two))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.upper())


def _hour(text: str) -> time_of_day:
    return time_of_day.fromisoformat(text.upper())


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _url_bytes(text: str) -> bytes:
    if not re.fullmatch("[A-Za-z0-9_-]*={0,2}", text):
        raise ValueError(text)
    return base64.urlsafe_b64decode(text if "=" in text else text + "=" * (-len(text) % 4))


def _equal(make: Any, one: str, two: str) -> bool:
    try:
        return bool(make(one) == make(two))
    except (ValueError, TypeError):
        return False


@dataclass(slots=True)
class Tally:
    """What was found for one document: counts, and the first values of each cause of disagreement."""

    counts: Counter[str] = field(default_factory=Counter)
    causes: dict[str, list[str]] = field(default_factory=dict)
    numbers: Counter[str] = field(default_factory=Counter)

    def problem(self, cause: str, where: str, value: Any) -> None:
        """Note a disagreement."""
        self.numbers[cause] += 1
        self.causes.setdefault(cause, []).append(f"{where}: {json.dumps(value, ensure_ascii=False)[:300]}")


def packaged(path: Path, folder: Path) -> tuple[Mapping[str, Any], dict[str, str], Any]:
    """Generate a package; returns the checked document's root, class names by key, and its `wire` module."""
    from generator import pipeline
    from generator.diagnostics.diagnostic import Refused
    from generator.document import load
    from generator.models import plan
    from generator.settings.settings import Settings
    from generator.validation import validate

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

    name = "instances_" + re.sub(r"\W", "_", path.stem)
    with patch.object(plan, "build", listening):
        package = pipeline.build(loaded, Settings(spec=path, package=name, sides=frozenset({"client"})))
    for relative, text in package.files.items():
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    importlib.import_module(f"{name}.models")
    return loaded.root, dict(built[0].class_names), importlib.import_module(f"{name}._runtime.wire.contract")


def examine(path: Path, seed: int, per_schema: int, only: str) -> Tally:
    """Judge the component schemas of one document."""
    warnings.simplefilter("ignore")
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        root, names, wire = packaged(path, Path(folder))
        models = sys.modules[wire.__name__.partition(".")[0] + ".models"]
        for key, name in names.items():
            pointer, _, direction = key.partition("?")
            if not re.fullmatch(r"#/components/schemas/[^/&]+", pointer) or not re.search(only, name):
                continue
            if direction not in ("", "request"):
                tally.counts["forms and parts of unions, left out"] += 1
                continue
            converter = Converter(root, "request" if direction else "response")
            if not hasattr(models, name) and (f"{pointer}?request" in names or f"{pointer}?form" in names):
                continue  # only its request variant is used
            schema = converter.schema(pointer)
            tally.counts["schemas"] += 1
            try:
                media = wire.Json(getattr(models, name))
                _ = media.adapter
            except Exception as error:
                tally.problem(f"unusable: {type(error).__name__}", f"{path.stem} {name}", str(error)[:200])
                continue
            for value in _values(Maker(converter.definitions, seed), schema, per_schema):
                if value is None and isinstance(media.type, type):
                    tally.counts["null for a class (annotations say `| None`), left out"] += 1
                    continue
                _judge(tally, f"{path.stem} {name}", schema, media, value)
    return tally


def _values(maker: Maker, schema: Any, number: int) -> Iterator[Any]:
    seen: set[str] = set()
    for _ in range(-(-number // 3)):
        first = maker.make(schema)
        for value in (first, maker.broken(first), maker.broken(first)):
            text = json.dumps(value)
            if text not in seen and len(text) < 50_000:
                seen.add(text)
                yield value


def _judge(tally: Tally, where: str, schema: Any, media: Any, value: Any) -> None:
    """Compare the verdicts on one value, and the value with what is written for it."""
    from jsonschema.exceptions import best_match

    validator = validators()
    try:
        error = best_match(validator(schema).iter_errors(value))
    except (re.error, RecursionError) as problem:  # a pattern that is not Python's, references without an end
        tally.counts[f"left out: jsonschema: {type(problem).__name__}"] += 1
        return
    if (error is None) != validator(schema, format_checker=formats()).is_valid(value):
        tally.counts["malformed for its format, left out"] += 1
        return
    if (error is None) != validator(schema).is_valid(doubles(value)):
        tally.counts["more digits than a double has, left out"] += 1
        return
    data = json.dumps(value).encode()
    try:
        read = media.read(data)
    except ValueError as refused:
        details = getattr(refused, "details", None)
        if error is None:
            cause = (
                details[0]["type"] + ": " + details[0]["msg"][:60]
                if details
                else f"{type(refused).__name__}: {refused}"
            )
            tally.problem(f"refused: {cause}", f"{where} at {details[0]['loc'] if details else ''}", value)
        tally.counts["valid" if error is None else "invalid"] += 1
        return
    except Exception as crash:
        tally.problem(f"crash: {type(crash).__name__}: {str(crash)[:80]}", where, value)
        return
    tally.counts["valid" if error is None else "invalid"] += 1
    if error is not None:
        tally.problem(f"accepted against {error.validator}", f"{where} at {list(error.path)}", value)
        return
    try:
        again = json.loads(media.write(read)[0])
    except Exception as crash:
        tally.problem(f"not written: {type(crash).__name__}: {str(crash)[:80]}", where, value)
        return
    if not same(value, again):
        tally.problem("came back as something else", where, [value, again])


def _run(task: tuple[Path, int, int, str]) -> tuple[Path, Tally, float]:
    started = time.monotonic()
    try:
        return task[0], examine(*task), time.monotonic() - started
    except Exception as crash:
        tally = Tally()
        tally.problem(f"no package: {type(crash).__name__}", task[0].stem, str(crash)[:500])
        return task[0], tally, time.monotonic() - started


def main() -> int:
    """Judge the documents of a folder; exit 1 on any disagreement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of documents, or one document")
    parser.add_argument("--only", default="", help="documents whose name begins so")
    parser.add_argument("--schema", default="", help="models whose name matches this pattern")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--per-schema", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, default=3, help="values shown of each cause")
    options = parser.parse_args()
    found = sorted(options.folder.glob("*.*")) if options.folder.is_dir() else [options.folder]
    paths = [
        path
        for path in found
        if path.suffix in (".json", ".yaml", ".yml")
        and path.name != "index.json"
        and path.name.startswith(options.only)
    ]
    total = Tally()
    tasks = [(path, options.seed, options.per_schema, options.schema) for path in paths]
    with multiprocessing.get_context("spawn").Pool(options.jobs, maxtasksperchild=1) as pool:
        for path, tally, seconds in pool.imap(_run, tasks, chunksize=1):
            wrong = sum(tally.numbers.values())
            print(
                f"{path.name:45} {tally.counts['schemas']:5} schemas {_judged(tally):7} values {wrong:5} wrong {seconds:6.1f} s"
            )
            total.counts += tally.counts
            total.numbers += tally.numbers
            for cause, examples in tally.causes.items():
                total.causes.setdefault(cause, []).extend(examples)
    for cause, number in total.numbers.most_common():
        print(f"\n{number} {cause}")
        for example in total.causes[cause][: options.show]:
            print(f"    {example}")
    print()
    for name, number in sorted(total.counts.items()):
        print(f"{number:8} {name}")
    judged, wrong = _judged(total), sum(total.numbers.values())
    print(f"{judged - wrong} of {judged} values judged and given back as they should be")
    return 1 if wrong else 0


def _judged(tally: Tally) -> int:
    return tally.counts["valid"] + tally.counts["invalid"]


if __name__ == "__main__":
    sys.exit(main())
