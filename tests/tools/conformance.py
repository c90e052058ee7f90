"""`make schemathesis`: every check of schemathesis, valid and invalid data, against the mocks of documents.

The cost API, then the documents of a folder, in process. A failure counts unless it is an answer of 400, 401, 405, 413
or 415 that the document does not declare, a check of state, which a mock has none of, or a request that schemathesis did
not write as OpenAPI says (`misspelt`, counted). Prints counts by document (by operation with `--operations`); the exit
status is 1 where anything failed.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import inspect
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator import pipeline
from generator.diagnostics.diagnostic import Refused
from generator.document import load
from generator.models.scalars import FORMATS
from generator.python import names
from generator.settings.settings import Settings
from generator.validation import validate
from tests.support.folders import CORPUS, ROOT

UNDECLARED = frozenset({400, 401, 405, 413, 415})
STATEFUL = frozenset({"use_after_free", "ensure_resource_availability"})
"""Checks that ask whether what was made or deleted is there: a mock keeps nothing."""
KEY = "spectwin-key"
TYPES = frozenset(FORMATS) | {"date-time", "binary"}


@dataclass(slots=True)
class Result:
    """What came of one document: cases and failures by operation."""

    name: str
    cases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    checks: int = 0
    undeclared: int = 0
    misspelt: int = 0
    failures: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(app: Any, name: str, root: dict[str, Any], examples: int, seed: int) -> Result:
    """Run all phases of schemathesis against an application."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import from_schema

    everything = {"generation": {"mode": "all", "max-examples": examples, "deterministic": True, "database": "none"}}
    known = (root.get("components") or {}).get("securitySchemes") or {}
    keys = {name: key for name, one in known.items() if (key := _key(one))}
    place = {"workers": 1, "base-url": "http://testserver", **({"auth": {"openapi": keys}} if keys else {})}
    config = SchemathesisConfig.from_dict({**everything, "seed": seed, **place})
    schema = schemathesis.openapi.from_dict(root, config=config)
    schema.app = app
    schema.location = "http://testserver/openapi.json"
    result = Result(name)
    begin = time.perf_counter()
    try:
        for event in from_schema(schema).execute():
            if type(event).__name__ == "ScenarioFinished":
                _count(getattr(event, "recorder", None), result)
            elif type(event).__name__ in ("NonFatalError", "FatalError"):
                result.problems.append(f"{getattr(event, 'label', '')}: {getattr(event, 'value', event)!r}"[:500])
    except Exception as error:  # a defect of schemathesis: the other documents are still to be tried
        result.problems.append(f"schemathesis broke off: {error!r}"[:500])
    result.seconds = time.perf_counter() - begin
    return result


def _key(scheme: Any) -> dict[str, str] | None:
    """Write the one key that the mock knows, as schemathesis is told of it."""
    if not isinstance(scheme, dict):
        return None
    if scheme.get("type") == "apiKey":
        return {"api_key": KEY}
    if scheme.get("type") == "http" and str(scheme.get("scheme")).lower() == "basic":
        return {"username": KEY, "password": KEY}
    return {"bearer": KEY} if scheme.get("type") == "http" and str(scheme.get("scheme")).lower() == "bearer" else None


def authenticate(presented: Any) -> None:
    """Take the one key, and whatever is no key, such as certificates; raise Unauthorized."""
    module = importlib.import_module(f"{type(presented).__module__.partition('.')[0]}.errors")
    for value in presented.credentials.values():
        found = {getattr(value, name) for name in ("token", "value", "password") if hasattr(value, name)}
        if found - {KEY}:
            raise module.Unauthorized("unknown")


def _count(recorder: Any, result: Result) -> None:
    """Count the cases and checks of one scenario."""
    for case_id, node in recorder.cases.items():
        label = node.value.operation.label
        interaction = recorder.interactions.get(case_id)
        status = interaction.response.status_code if interaction and interaction.response else 0
        result.cases[label] += 1
        result.statuses[status] += 1
        for one in recorder.checks.get(case_id, ()):
            result.checks += 1
            if one.failure_info is None:
                continue
            if one.name == "status_code_conformance" and status in UNDECLARED:
                result.undeclared += 1
                continue
            if one.name in STATEFUL:
                continue
            if one.name == "positive_data_acceptance" and not _succeeds(node.value.operation):
                continue  # errors are all that the document declares
            if misspelt(one.name, status, node.value):
                result.misspelt += 1
                continue
            failure = one.failure_info.failure
            sample = str(getattr(one.failure_info, "code_sample", ""))
            text = f"{one.name}, answered {status}: {failure.title}: {failure.message}"
            result.failures.setdefault(label, {}).setdefault(f"{one.name} {failure.title}", f"{text}\n{sample}"[:1200])


def misspelt(check: str, status: int, case: Any) -> bool:
    """Tell whether a request is blamed that schemathesis 4.32 did not write as OpenAPI says.

    - A path whose variable is empty is another path: `/pets/` for `/pets/{id}`. It is sent where a link takes an empty
      text out of an earlier exchange; schemathesis itself generates none.
    - Allow names the methods of a path that two templates share, `/{a}` and `/{b}`: they are identical (4.8.8.2).
    - "Valid" requests with a parameter that its own schema, asked through schemathesis, refuses: links take any text.
    - "Valid" data that has objects in objects or arrays. In a query there is no spelling for it (4.8.12.3 and Appendix
      C; schemathesis says so in `_query_object_conversions`), and in a form it is JSON (4.8.14.4): schemathesis
      writes names with brackets, or the objects' keys without their values.
    - An empty object (or array) as a required query parameter: nothing is written (RFC 6570, 2.3), which schemathesis
      elsewhere, as "missing required parameter", wants refused. With explode: false it writes `p=`, which is the array of
      one empty text, and none of these items may be empty.
    """
    if check == "allow_header_conformance":
        return [_shape(path) for path in case.operation.schema].count(_shape(case.operation.path)) > 1
    if check == "status_code_conformance" and status == 404:
        return "" in (case.path_parameters or {}).values()
    return check == "positive_data_acceptance" and (_is_unfit(case) or _is_unwritten(case))


def _is_unfit(case: Any) -> bool:
    """Tell whether a parameter's text does not fit its schema: a scalar neither as text nor as JSON, an empty array."""
    operation = case.operation
    places = (
        (operation.path_parameters, case.path_parameters),
        (operation.query, case.query),
        (operation.headers, case.headers),
    )
    for parameters, values in places:
        for one in parameters:
            value, type_ = (values or {}).get(one.name), one.validation_schema.get("type")
            if value == "" and type_ in ("array", "object"):
                return True
            if isinstance(value, str) and type_ in ("string", "integer", "number", "boolean"):
                readings = [value]
                with contextlib.suppress(ValueError):
                    readings += [json.loads(value)] if type_ != "string" else []
                if not any(map(one.is_valid, readings)):
                    return True
    return False


def _is_unwritten(case: Any) -> bool:
    """Tell whether the query or form of a request does not say what the data is."""
    query = case.query or {}
    declared = {one.name: one for one in case.operation.query}
    bracketed = [declared[one] for name in query if "[" in name and (one := name.partition("[")[0]) in declared]
    if any(one.definition.get("style") != "deepObject" for one in bracketed) or any(map(_is_deep, query.values())):
        return True
    sent = {name.partition("[")[0] for name in query}
    if sent <= declared.keys() and any(one.is_required and one.name not in sent for one in case.operation.query):
        return True
    form = str(case.media_type).startswith("application/x-www-form-urlencoded")
    return form and isinstance(case.body, dict) and any(isinstance(v, dict) or _is_deep(v) for v in case.body.values())


def _shape(path: str) -> str:
    return re.sub("{[^{}]*}", "{}", path)


def _is_deep(value: Any) -> bool:
    """Tell whether an array holds arrays or objects."""
    return isinstance(value, list | tuple) and any(isinstance(item, dict | list | tuple) for item in value)


def _succeeds(operation: Any) -> bool:
    """Tell whether a document declares any answer but errors for an operation."""
    declared = operation.definition.raw.get("responses") or {}
    return not declared or any(str(status)[0] in "123d" for status in declared)


def mocked(path: Path, folder: Path) -> tuple[Any, dict[str, Any]]:
    """Generate a package from a document; return its mock and the document."""
    loaded = load.load(path)
    try:
        judged, _ = validate.validate(loaded)
    except Refused:
        judged, _ = validate.validate(loaded, lenient=True)
    package = f"conformance_{names.package(path.stem)}"
    built = pipeline.build(judged, Settings(spec=path, package=package, sides=frozenset({"server"})))
    for relative, text in built.files.items():
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        server = importlib.import_module(f"{package}.server")
        secured = "authenticate" in inspect.signature(server.create_app).parameters
        return server.create_app(mock=True, **({"authenticate": authenticate} if secured else {})), judged.root
    finally:
        sys.path.remove(str(folder))


def mended(tree: Any, ignored: frozenset[str] | None = None) -> Any:
    """Copy a document without what schemathesis 4.32 reads in another way than OpenAPI.

    - Pairs of the same are written as arrays: it takes its own form of `prefixItems`, `items: [...]`, which its judge
      of responses then refuses.
    - Formats that are only documentation (JSON Schema 2020-12, Validation 7.2.1) are dropped: it judges by them.
    - Header parameters named Accept, Content-Type or Authorization "shall be ignored" (OpenAPI 3.1.1, 4.8.12.1).
    """
    if ignored is None:
        parameters = (tree.get("components") or {}).get("parameters") or {}
        ignored = frozenset(f"#/components/parameters/{name}" for name, one in parameters.items() if _is_ignored(one))
    if isinstance(tree, list):
        return [mended(one, ignored) for one in tree if not (_is_ignored(one) or _ref(one) in ignored)]
    if not isinstance(tree, dict):
        return tree
    found = {key: mended(one, ignored) for key, one in tree.items()}
    if isinstance(found.get("format"), str) and found["format"] not in TYPES and "type" in found:
        del found["format"]
    parts = found.get("prefixItems")
    if isinstance(parts, list) and parts and all(one == parts[0] for one in parts) and "items" not in found:
        found["items"] = found.pop("prefixItems")[0]
    return found


def _ref(one: Any) -> str:
    return str(one.get("$ref")) if isinstance(one, dict) else ""


def _is_ignored(one: Any) -> bool:
    is_header = isinstance(one, dict) and one.get("in") == "header"
    return is_header and str(one.get("name")).lower() in ("accept", "content-type", "authorization")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="conformance", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpus", type=Path, nargs="?", default=CORPUS)
    parser.add_argument("--documents", type=int, default=10, help="how many, the smallest first")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help="documents whose names contain one of these"
    )
    parser.add_argument("--examples", type=int, default=20, help="of each operation and phase")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--operations", action="store_true", help="count by operation")
    options = parser.parse_args(arguments)
    documents = (one for one in options.corpus.glob("*.json") if one.read_bytes()[:1] == b"{")
    found = sorted(documents, key=lambda path: (path.stat().st_size, path.name))
    chosen = [one for one in found if not options.only or any(name in one.name for name in options.only)]
    if not chosen:
        sys.stderr.write(f"No documents are at {options.corpus} (CORPUS=...): the cost API alone is tried\n")
    paths = [ROOT / "spec" / "openapi.json", *chosen[: options.documents]]
    failed = False
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="spectwin-conformance-") as folder:
        for path in paths:
            app, root = mocked(path, Path(folder))
            result = run(app, path.name, mended(root), options.examples, options.seed)
            show(result, by_operation=options.operations)
            failed |= bool(result.failures or result.problems)
            total.update(documents=1, operations=len(result.cases), requests=sum(result.cases.values()))
            total.update(checks=result.checks, undeclared=result.undeclared, misspelt=result.misspelt)
            total.update({"operations failed": len(result.failures)})
    sys.stdout.write(", ".join(f"{number:,} {what}" for what, number in total.items()) + "\n")
    return 1 if failed else 0


def show(result: Result, *, by_operation: bool) -> None:
    """Print what came of one document."""
    statuses = " ".join(f"{status}:{count}" for status, count in sorted(result.statuses.items()))
    sys.stdout.write(
        f"{result.name}: {len(result.cases)} operations, {sum(result.cases.values())} requests ({statuses}), "
        f"{result.checks} checks, {result.undeclared} undeclared refusals, {result.misspelt} misspelt requests, "
        f"{len(result.failures)} operations failed; {result.seconds:.0f} s\n"
    )
    for label, count in result.cases.items() if by_operation else ():
        sys.stdout.write(f"    {label}: {count} requests, {len(result.failures.get(label, {}))} failures\n")
    for label, texts in result.failures.items():
        for text in texts.values():
            sys.stdout.write(f"  {label}: {text}\n")
    for problem in result.problems:
        sys.stdout.write(f"  {problem}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
