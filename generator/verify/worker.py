"""Runs in a clean process: proves a package by its document and prints one JSON object a line."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import credentials, refusals
from .cases import SETS, Case, Cases, Reply
from .document import Operation, Reader
from .exchange import Bench, Call, Refused
from .merging import NoInstance
from .package import Mismatch, Package
from .schemas import Schemas
from .values import FULL, MINIMAL, Mode, Values


@dataclass(slots=True)
class Result:
    """What came of one operation."""

    title: str
    calls: int = 0
    refused: list[str] = field(default_factory=list)
    no_instance: list[str] = field(default_factory=list)
    failure: str = ""
    case: str = ""

    def fail(self, case: str, problem: str) -> None:
        """Keep the first failure."""
        if not self.failure:
            self.failure, self.case = problem, case


class Proof:
    """Proves the operations of a package one after the other."""

    def __init__(self, root: Mapping[str, Any], package: Package, seed: int, only: tuple[str, ...]) -> None:
        self.reader = Reader(root)
        self.operations = self.reader.operations(only)
        self.package = package
        self.sent = Values(Schemas(self.reader, "request"), seed)
        self.answered = Values(Schemas(self.reader, "response"), seed)
        self.plain = Values(Schemas(self.reader, ""), seed)
        streams = {}
        for operation in self.operations:
            try:
                method = package.find(operation)
                streams[method.group, method.member] = method.streams
            except Mismatch:
                continue
        self.bench = Bench(package, self.reader.schemes(), streams)

    def undeclared(self) -> list[str]:
        """List the contract's entries that the document has no operation for."""
        known = {(o.method, o.path) for o in self.reader.operations()}
        return [f"{method} {path}" for method, path in self.package.entries if (method, path) not in known]

    def run(self) -> Iterator[Result]:
        """Yield what came of each operation."""
        for operation in self.operations:
            result = Result(operation.title)
            try:
                _Operation(self, operation, result).run()
            except Mismatch as error:
                result.fail("", str(error))
            except NoInstance as error:
                result.no_instance.append(str(error))
            except Exception as error:  # noqa: BLE001 - one operation never costs the rest
                last = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{last.filename.rpartition('/')[2]}:{last.lineno}"
                result.fail("", f"{type(error).__name__}: {error} ({where})"[:600])
            yield result


class _Operation:
    """Proves one operation."""

    def __init__(self, proof: Proof, operation: Operation, result: Result) -> None:
        self.proof = proof
        self.operation = operation
        self.result = result
        self.method = proof.package.find(operation)
        self.cases = Cases(operation, self.method.contract, proof.sent, proof.answered, proof.plain, result.no_instance)
        self.calls: dict[str, Call] = {}

    def run(self) -> None:
        """Make all calls."""
        self._check_shape()
        replies = list(self.cases.replies())
        first = replies[0] if replies else self._unimplemented()
        passed = False
        for name, mode in SETS:
            for position in range(len(self.operation.bodies) or 1):
                if position and mode not in (MINIMAL, FULL):
                    continue
                passed |= self._set(name, mode, position, first)
        if not passed and not self.result.failure:
            self.result.fail("", "nothing gets through") if not self.result.no_instance else None
        minimal = self._minimal()
        if minimal is None:
            return
        for reply in replies[1:]:
            case = Case(name="minimal", arguments=minimal[0], body=minimal[1], reply=reply, alternative=self._alternative())
            self._both(case)
        self._security(minimal, first)

    def _check_shape(self) -> None:
        declared = {media.media_type for media in self.operation.bodies}
        there = {media.media_type for media in self.method.contract.bodies}
        if declared != there:
            raise Mismatch(f"the bodies are {sorted(there)}, not {sorted(declared)}")
        keys, found = {r.key for r in self.operation.responses}, set(self.method.contract.responses)
        if keys != found:
            raise Mismatch(f"the responses are {sorted(found)}, not {sorted(keys)}")
        if declared and self.method.contract.body_required != self.operation.body_required:
            raise Mismatch(f"body_required is {self.method.contract.body_required}")

    def _unimplemented(self) -> Reply:
        return Reply(response=None, status=200, is_first=True)

    def _alternative(self) -> int | None:
        schemes = self.proof.bench.schemes
        for index, names in enumerate(self.operation.security):
            if not credentials.clashes(names, schemes):
                return index
        return None

    def _set(self, name: str, mode: Mode, position: int, reply: Reply) -> bool:
        """Make the calls of one set of arguments; tell whether they got through."""
        try:
            arguments = self._free(self.cases.arguments(mode))
            body = None
            if self.operation.bodies and (mode.level or self.operation.body_required or position):
                body = self.cases.body(self.operation.bodies[position], mode)
        except NoInstance as error:
            self.result.no_instance.append(f"{name}: {error}")
            return False
        case = Case(name=name, arguments=arguments, body=body, reply=reply, alternative=self._alternative())
        return self._both(case)

    def _free(self, arguments: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
        """Leave out parameters that stand where credentials go."""
        alternative = self._alternative()
        names = self.operation.security[alternative] if alternative is not None else frozenset()
        taken = {credentials.place(self.proof.bench.schemes[name]) for name in names}
        required = {p.key for p in self.operation.parameters if p.required}
        return {
            (where, name): value
            for (where, name), value in arguments.items()
            if (where, name.lower() if where == "header" else name) not in taken or (where, name) in required
        }

    def _reasons(self, case: Case) -> dict[tuple[str, str], str]:
        """Return why arguments may be refused."""
        found = {}
        for parameter in self.operation.parameters:
            if parameter.key in case.arguments:
                flat = self.cases.flat(self.proof.plain.schemas, parameter.schema)
                if reason := refusals.reason(parameter, case.arguments[parameter.key], flat):
                    found[parameter.key] = reason
        return found

    def _both(self, case: Case) -> bool:
        """Make a call, async and blocking; what is refused is counted, and called again without it."""
        try:
            self._call(case)
        except Refused as refused:
            reasons = self._reasons(case)
            body_reason = self._body_reason(case)
            if not reasons and not body_reason and not self._reply_reason(case):
                self.result.fail(case.name, f"refused without a reason: {refused}")
                return False
            self.result.refused += [f"{case.name}: {name} in {where}: {reason}" for (where, name), reason in reasons.items()]
            if body_reason:
                self.result.refused.append(f"{case.name}: body: {body_reason}")
            again = self._without(case, reasons)
            if again is None:
                return False
            try:
                self._call(again)
            except Refused as error:
                if not (self._reasons(again) or self._body_reason(again) or self._reply_reason(again)):
                    self.result.fail(case.name, f"refused without a reason: {error}")
                self.result.refused.append(f"{case.name}: {error}"[:200])
                return False
        return not self.result.failure

    def _call(self, case: Case) -> None:
        for is_async in (True, False):
            call = self._caller(case)
            self.result.calls += 1
            if problem := call.run(case, is_async=is_async):
                kind = "async" if is_async else "sync"
                self.result.fail(f"{case.name} arguments, {case.reply.title}, {kind}", problem)
                return

    def _caller(self, case: Case) -> Call:
        key = case.body.media.media_type if case.body else ""
        if key not in self.calls:
            properties: dict[str, Any] = {}
            if case.body:
                schemas = self.proof.sent.schemas
                flat = self.cases.flat(schemas, case.body.media.schema)
                for name, schema in flat.get("properties", {}).items():
                    inner = self._flat(schema)
                    properties[name] = inner
                    if "items" in inner:
                        properties[f"{name}[]"] = self._flat(inner["items"])
            self.calls[key] = Call(self.proof.bench, self.operation, self.method, properties)
        return self.calls[key]

    def _flat(self, schema: Any) -> dict[str, Any]:
        import random

        from .values import Maker

        try:
            return Maker(self.proof.sent.schemas, random.Random(0), FULL, "json").flat(schema, 0)  # noqa: S311
        except (NoInstance, RecursionError):
            return {}

    def _body_reason(self, case: Case) -> str:
        if case.body is None or case.body.kind not in ("form", "multipart"):
            return ""
        return refusals.form_reason(case.body.value, self.cases.flat(self.proof.sent.schemas, case.body.media.schema))

    def _reply_reason(self, case: Case) -> str:
        for header in case.reply.response.headers if case.reply.response else ():
            if header.name in case.reply.headers:
                flat = self.cases.flat(self.proof.plain.schemas, header.schema)
                if reason := refusals.reason(header, case.reply.headers[header.name], flat):
                    self.result.refused.append(f"{case.name}: response header {header.name}: {reason}")
                    return reason
        if any(item.kind == "events" for item in case.reply.items or ()):
            return "an event with a carriage return"
        return ""

    def _without(self, case: Case, reasons: Mapping[tuple[str, str], str]) -> Case | None:
        """Return a case whose arguments nothing speaks against."""
        arguments = dict(case.arguments)
        for parameter in self.operation.parameters:
            if parameter.key not in reasons:
                continue
            del arguments[parameter.key]
            if parameter.required or parameter.location == "path":
                value = self._better(parameter)
                if value is None:
                    return None
                arguments[parameter.key] = value
        body = case.body
        if self._body_reason(case) and body is not None:
            if case.name == "minimal":
                body = self.cases.body(body.media, FULL)
            else:
                body = self.cases.body(body.media, MINIMAL) if self.operation.body_required else None
        reply = case.reply
        if self._reply_reason(case):
            reply = Reply(response=reply.response, status=reply.status, is_error=reply.is_error, is_first=reply.is_first, body=reply.body)
            reply.headers = {}
        return Case(name=case.name, arguments=arguments, body=body, reply=reply, alternative=case.alternative)

    def _better(self, parameter: Any) -> Any:
        flat = self.cases.flat(self.proof.plain.schemas, parameter.schema)
        for mode in (FULL, MINIMAL, Mode(1, 1), Mode(1, 2), Mode(1, 3), Mode(2, 3)):
            try:
                value = self.cases.parameter(parameter, mode)
            except NoInstance:
                continue
            if not refusals.reason(parameter, value, flat):
                return value
        return None

    def _minimal(self) -> tuple[dict[tuple[str, str], Any], Any] | None:
        """Return arguments that get through, as few as possible."""
        try:
            arguments = self._free(self.cases.arguments(MINIMAL))
            body = self.cases.body(self.operation.bodies[0], MINIMAL) if self.operation.body_required and self.operation.bodies else None
        except NoInstance:
            return None
        case = Case(name="minimal", arguments=arguments, body=body, reply=self._unimplemented())
        again = self._without(case, self._reasons(case))
        return (again.arguments, again.body) if again else None

    def _security(self, minimal: tuple[dict[tuple[str, str], Any], Any], reply: Reply) -> None:
        """Present each alternative in turn, then nothing."""
        schemes = self.proof.bench.schemes
        for index, names in enumerate(self.operation.security):
            if credentials.clashes(names, schemes):
                self.result.refused.append(f"security: {', '.join(sorted(names))} need the same place in a request")
            elif index != self._alternative():
                self._both(Case(name=f"security {index + 1}", arguments=minimal[0], body=minimal[1], reply=reply, alternative=index))
        if not self.operation.security or credentials.chosen(self.operation.security, frozenset(), schemes) is not None:
            return
        call = Call(self.proof.bench, self.operation, self.method, {})
        case = Case(name="security", arguments=minimal[0], body=minimal[1], reply=reply)
        self.result.calls += 1
        self.result.fail("no credentials", problem) if (problem := call.unauthorized(case)) else None


def main() -> None:
    """Read what to do from the command line; print the results."""
    document, name, seed, only = sys.argv[1:5]
    with open(document, encoding="utf-8") as file:  # noqa: PTH123
        root = json.load(file)

    def say(**event: Any) -> None:
        sys.__stdout__.write(json.dumps(event, ensure_ascii=True, default=repr) + "\n")  # type: ignore[union-attr]
        sys.__stdout__.flush()  # type: ignore[union-attr]

    try:
        package = Package(name)
        proof = Proof(root, package, int(seed), tuple(json.loads(only)))
    except Exception as error:  # noqa: BLE001 - told to whoever asked
        say(event="broken", problem=f"{type(error).__name__}: {error}"[:2000], trace=traceback.format_exc()[-3000:])
        return
    say(event="begin", operations=len(proof.operations))
    for result in proof.run():
        say(event="operation", **{n: getattr(result, n) for n in Result.__slots__})
    say(event="end", undeclared=proof.undeclared() if not json.loads(only) else [])
