"""One operation, proven: several sets of arguments, each declared response, each alternative of security."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from ..document.document import Field, Media, Operation
from ..document.merging import Impossible, NoInstance, Undecided
from ..document.package import Mismatch
from ..document.schemas import canonical
from ..values.choices import FULL, MINIMAL, Mode
from ..values.values import Values
from ..wire import credentials
from ..wire.bodies import Body, entries
from ..wire.compare import shown
from . import refusals
from .bench import Bench
from .call import Call
from .cases import SETS, Case, Cases, Reply
from .narrowness import too_wide
from .refusals import CallRefused
from .result import OperationResult
from .writing import WritingProof

_Arguments = dict[tuple[str, str], Any]
_UNIMPLEMENTED = Reply(response=None, status=501, is_error=True)


@dataclass(slots=True)
class OperationProof:
    """Proves one operation; what is found goes into the verdict."""

    bench: Bench
    operation: Operation
    call: Call
    cases: Cases
    verdict: OperationResult
    _seen: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Make all calls, until one is not as it should be."""
        self._require_declared()
        clashes = [one for one in self.operation.security if credentials.clashes(one, self.bench.schemes)]
        for names in clashes:
            self.verdict.refused.append(f"security: {', '.join(sorted(names))} need the same place in a request")
        if clashes and len(clashes) == len(self.operation.security):
            return  # no request gets through
        replies = list(self.cases.replies())
        first = replies[0] if replies else _UNIMPLEMENTED
        passed = False
        for name, mode in SETS:
            for position in range(len(self.operation.bodies) or 1):
                if not position or mode in (MINIMAL, FULL):
                    passed |= self._set(name, mode, position, first)
        if not passed and not (self.verdict.no_instance or self.verdict.refused):
            self.verdict.fail("", "nothing gets through")
        self._require_bodies()
        minimal = self._minimal()
        if minimal is None:
            return
        for reply in replies[1:]:
            self._both(replace(minimal, reply=reply))
        self._examples(minimal, first)
        self._writing(minimal, first)
        self._security(minimal, first)

    def again(self) -> None:
        """Make a few calls once more, over another transport."""
        for name, mode in (("minimal", MINIMAL), ("full", FULL)):
            reply = next((r for r in self.cases.replies() if r.status not in (204, 205, 304)), _UNIMPLEMENTED)
            self._seen.clear()
            self._set(name, mode, 0, reply)

    def _examples(self, minimal: Case, first: Reply) -> None:
        """Send and answer what hypothesis-jsonschema makes."""
        for media in self.operation.bodies[:1]:
            plain = minimal.body or self.cases.body(media, FULL)
            for value in self._of_format(self.cases.sent, media) if plain.kind == "Json" else ():
                self._both(replace(minimal, name="hypothesis", body=replace(plain, value=value), reply=first))
        if first.body is not None and first.body.kind == "Json":
            for value in self._of_format(self.cases.answered, first.body.media):
                self._both(replace(minimal, reply=replace(first, body=replace(first.body, value=value))))

    def _writing(self, minimal: Case, first: Reply) -> None:
        """Send and answer defaults that were changed in place, and instances of classes that are not the declared ones."""
        if self.verdict.failure or first.is_error or self._reply_reason(replace(minimal, reply=first)):
            return
        if minimal.body is None and self.operation.bodies:
            with suppress(NoInstance):  # which is counted already
                minimal = replace(minimal, body=self.cases.body(self.operation.bodies[0], MINIMAL))
        writing = WritingProof(self.call, self.cases, self.verdict)
        for case in writing.changed(minimal, first):
            self._both(case)
        if not self.verdict.failure:
            writing.strangers(minimal, first)

    def _of_format(self, values: Values, media: Media) -> Iterator[Any]:
        """Go through the examples of a body; those that are no value of their format are counted as refused."""
        for value in values.examples(media.schema):
            if values.is_valid(media.schema, value, formats=True):
                yield value
            else:
                self.verdict.refused.append(f"hypothesis: {shown(value)} has a text that is no value of its format")

    def _require_declared(self) -> None:
        """Raise Mismatch unless the contract has the declared bodies and responses."""
        declared = {media.media_type for media in self.operation.bodies}
        there = {media.media_type for media in entries(self.cases.contract.body)}
        if declared != there:
            raise Mismatch(f"the bodies are {sorted(there)}, not {sorted(declared)}")
        keys, found = {r.key for r in self.operation.responses}, set(self.cases.contract.responses)
        if keys != found:
            raise Mismatch(f"the responses are {sorted(found)}, not {sorted(keys)}")
        self._require_types()
        if declared and self.cases.contract.body_required != self.operation.body_required:
            raise Mismatch(f"body_required is {self.cases.contract.body_required}")

    def _require_types(self) -> None:
        """Raise Mismatch where an answer takes any value although its schema is narrower."""
        schemas, models = self.cases.answered.schemas, self.bench.package.models
        for response in self.operation.responses:
            for media in response.media:
                for entry in entries(self.cases.contract.responses[response.key].media):
                    if entry.media_type != media.media_type or type(entry).__name__ != "Json" or media.schema is None:
                        continue
                    if problem := too_wide(schemas, schemas.convert(media.schema), entry.type, models):
                        raise Mismatch(f"response {response.key} {media.media_type}: {problem}")

    def _require_bodies(self) -> None:
        """Fail if no value was found for a declared body, unless its schema says that there is none, or may say so."""
        for media in self.operation.bodies:
            problem: NoInstance | None = None
            for _, mode in SETS:
                try:
                    self.cases.body(media, mode)
                    break
                except NoInstance as error:
                    problem = problem if problem and not isinstance(problem, Impossible | Undecided) else error
            else:
                if problem and not isinstance(problem, Impossible | Undecided):
                    self.verdict.fail(media.media_type, f"no value was found for the body: {problem}")

    def _alternative(self) -> frozenset[str]:
        """Return the first alternative of security that a request can have."""
        schemes = self.bench.schemes
        usable = (names for names in self.operation.security if not credentials.clashes(names, schemes))
        return next(usable, frozenset())

    def _set(self, name: str, mode: Mode, position: int, reply: Reply) -> bool:
        """Make the calls of one set of arguments; tell whether they got through."""
        try:
            case = self._case(name, mode, position, reply)
        except NoInstance as error:
            self.verdict.no_instance.append(f"{name}: {error}")
            return False
        key = canonical([sorted(case.arguments.items()), repr(case.body.value) if case.body else None, position])
        if key in self._seen:
            return False
        self._seen.add(key)
        return self._both(case)

    def _case(self, name: str, mode: Mode, position: int, reply: Reply) -> Case:
        """Return the call of one set of arguments, with the body at a position if it needs one. Raises NoInstance."""
        arguments = self._free(self.cases.arguments(mode))
        body = None
        if self.operation.bodies and (mode.level or self.operation.body_required or position):
            body = self.cases.body(self.operation.bodies[position], mode)
        return Case(name=name, arguments=arguments, body=body, reply=reply, schemes=self._alternative())

    def _free(self, arguments: _Arguments) -> _Arguments:
        """Leave out parameters that stand where credentials go."""
        taken = {credentials.parameter_key(self.bench.schemes[name]) for name in self._alternative()}
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
                flat = self.cases.sent.flat(parameter.schema)
                value = case.arguments[parameter.key]
                reason = refusals.reason(parameter, value, flat)
                if parameter.location == "path" and not reason:
                    reason = refusals.side_by_side(self.operation.path, parameter.name, flat)
                if reason:
                    found[parameter.key] = reason
        return found

    def _both(self, case: Case) -> bool:
        """Make a call, async and blocking; what is refused is counted, and called again without it."""
        if self.verdict.failure:
            return False
        # In Python, None leaves the body out.
        if case.body is not None and case.body.value is None and not self.operation.body_required:
            self.verdict.refused.append(f"{case.name}: null as a body that may be left out")
            return False
        try:
            self._call(case)
        except CallRefused as refused:
            again = self._judged(case, refused)
            if again is None:
                return False
            try:
                self._call(again)
            except CallRefused as error:
                self._judged(again, error)
                return False
        return not self.verdict.failure

    def _judged(self, case: Case, refused: CallRefused) -> Case | None:
        """Count what was rightly refused, fail where it was not; return the case without it."""
        reasons = self._reasons(case)
        others = [reason for reason in (self._body_reason(case), self._reply_reason(case)) if reason]
        if not reasons and not others and not refused.is_right:
            self.verdict.fail(f"{case.name} arguments, {case.reply.title}", f"refused without a reason: {refused}")
            return None
        self.verdict.refused += [f"{case.name}: {name} in {where}: {why}" for (where, name), why in reasons.items()]
        self.verdict.refused += [f"{case.name}: {reason}" for reason in others]
        if refused.is_right:
            self.verdict.refused.append(f"{case.name}: {refused}")
            return None
        return self._without(case, reasons)

    def _call(self, case: Case) -> None:
        for is_async in (True, False):
            self.verdict.calls += 1
            try:
                problem = self.call.run(case, is_async=is_async)
            except Mismatch as error:
                problem = str(error)
            except TimeoutError:
                problem = "no answer within five seconds"
            if problem:
                kind = "async" if is_async else "sync"
                self.verdict.fail(f"{case.name} arguments, {case.reply.title}, {kind}", problem)
                return

    def _body_reason(self, case: Case) -> str:
        if case.body is None or case.body.kind not in ("Form", "Multipart"):
            return ""
        flat = self.cases.sent.flat(case.body.media.schema)
        reason = refusals.form_reason(case.body.value, flat, case.body.media.encoding)
        return f"body: {reason}" if reason else ""

    def _reply_reason(self, case: Case) -> str:
        for name, reason in self._header_reasons(case.reply).items():
            return f"response header {name}: {reason}"
        return next((reason for item in case.reply.items or () if (reason := _item_reason(item))), "")

    def _header_reasons(self, reply: Reply) -> dict[str, str]:
        """Return why headers of a response may be refused."""
        found = {}
        for header in reply.response.headers if reply.response else ():
            if header.name in reply.headers:
                flat = self.cases.answered.flat(header.schema)
                if reason := refusals.reason(header, reply.headers[header.name], flat):
                    found[header.name] = reason
        return found

    def _without(self, case: Case, reasons: Mapping[tuple[str, str], str]) -> Case | None:
        """Return a case whose arguments nothing speaks against."""
        arguments = dict(case.arguments)
        for parameter in self.operation.parameters:
            if parameter.key not in reasons:
                continue
            del arguments[parameter.key]
            if parameter.required:
                value = self._better(parameter)
                if value is None:
                    return None
                arguments[parameter.key] = value
        body, reply = case.body, case.reply
        if self._body_reason(case) and body is not None:
            if case.name != "minimal" and not self.operation.body_required:
                body = None
            else:
                body = self.cases.body(body.media, FULL if case.name == "minimal" else MINIMAL)
        if self._reply_reason(case):
            refused = self._header_reasons(reply)
            if any(one.required and one.name in refused for one in (reply.response.headers if reply.response else ())):
                return None
            left = None if reply.items is None else [item for item in reply.items if not _item_reason(item)]
            headers = {name: value for name, value in reply.headers.items() if name not in refused}
            reply = replace(reply, headers=headers, items=left)
        return replace(case, arguments=arguments, body=body, reply=reply)

    def _better(self, parameter: Field) -> Any:
        flat = self.cases.sent.flat(parameter.schema)
        for mode in (FULL, MINIMAL, Mode(1, 1), Mode(1, 2), Mode(1, 3), Mode(2, 3)):
            try:
                value = self.cases.parameter(parameter, mode)
            except NoInstance:
                continue
            if not refusals.reason(parameter, value, flat):
                return value
        return None

    def _minimal(self) -> Case | None:
        """Return a call that gets through, with as few arguments as possible."""
        try:
            case = self._case("minimal", MINIMAL, 0, _UNIMPLEMENTED)
        except NoInstance:
            return None
        return self._without(case, self._reasons(case))

    def _security(self, minimal: Case, reply: Reply) -> None:
        """Present each alternative in turn, then nothing."""
        schemes = self.bench.schemes
        for index, names in enumerate(self.operation.security):
            if not credentials.clashes(names, schemes) and index != self.operation.security.index(self._alternative()):
                self._both(replace(minimal, name=f"security {index + 1}", reply=reply, schemes=names))
        if not self.operation.security or credentials.chosen(self.operation.security, frozenset(), schemes) is not None:
            return
        case = replace(minimal, name="security", reply=reply, schemes=frozenset())
        self.verdict.calls += 1
        if problem := self.call.unauthorized(case):
            self.verdict.fail("no credentials", problem)


def _item_reason(item: Body) -> str:
    """Return why an item of a stream may be refused."""
    if item.kind != "EventStream":
        return ""
    if _has_return(item.value):
        return "an event with a carriage return"
    is_whole = item.media.item_schema is not None and isinstance(item.value, dict)  # OpenAPI 3.2
    if is_whole and item.value.get("data") is None:
        return "an event without data, which readers pass over (WHATWG HTML, 9.2.6)"
    return ""


def _has_return(value: Any) -> bool:
    """Tell whether a text, or a text in an event's fields, has a carriage return, which ends a line of its own."""
    if isinstance(value, str):
        return "\r" in value
    return isinstance(value, dict) and any(map(_has_return, value.values()))
