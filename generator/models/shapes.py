"""The shapes of classes, as datamodel-code-generator lays them out: the same few for every document.

To import it takes longer than everything else together, so it is asked once: its answer is kept beside the byte code of this
module, as long as it is the same datamodel-code-generator and the same question. Where nothing is kept, `start` forks a
process that imports it while the document is read and judged here.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import re
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from typing import Any, BinaryIO

from ..disk import FILE_LIMIT, InTheWay, read_file, write_file
from ..records import record

DEFAULT, DESCRIBED = " with a default", " with words"
"""Ends of the names of shapes: of fields that have a default, of all that has a description."""
HOLES = {"name": "Class0Slot", "field": "field0_slot", "type": "s1_slot", "default": "s2_slot", "words": "s3_slot"}
"""What stands in a shape for what each class, field or alias has of its own."""
_SECOND = "field9_slot"
_LINE = 88
"""So long a line may be: no line of a shape is."""
_MAKERS = ("datamodel_code_generator", "jinja2", "pydantic", __name__)
"""The modules that decide what is laid out: this one has the question."""


def shapes() -> Mapping[str, str]:
    """Return the few shapes that classes are made of: heads, fields with and without defaults and words, aliases.

    A field is laid out alike whatever stands around it, but for the last one, which no empty line follows. So the time
    that datamodel-code-generator takes, which grows faster than its input, is the same for every document.
    """
    return _kept() or _made()


@cache
def _made() -> Mapping[str, str]:
    question, made_by = _question(), _made_by()
    found = dict(zip(question, _ask([*question.values()]), strict=True))
    for described in ("", DESCRIBED):
        found[f"class{described}"] = found[f"class{described}"].partition(f"    {HOLES['field']}")[0]
        for with_default in ("", DEFAULT):
            kind = f"{with_default}{described}"
            whole = found[f"field{kind}"].removeprefix(found["class"])
            found[f"field{kind}"], _, second = whole.partition(f"    {_SECOND}")
            found[f"last{kind}"] = f"    {HOLES['field']}{second}"
    _keep(found, made_by)
    return found


def _question() -> dict[str, dict[str, Any]]:
    """Return a schema for each shape."""
    field_: dict[str, Any] = {"type": "string", "x-python-type": HOLES["type"]}
    own, words = HOLES["field"], {"description": HOLES["words"]}
    asked: dict[str, dict[str, Any]] = {}
    for more, described in (({}, ""), (words, DESCRIBED)):
        asked[f"alias{described}"] = {**field_, **more}
        asked[f"empty{described}"] = _object({}, **more)
        asked[f"class{described}"] = _object({own: field_}, **more)
        for default, with_default in (({}, ""), ({"default": HOLES["default"]}, DEFAULT)):
            one = {**field_, **default, **more}
            asked[f"field{with_default}{described}"] = _object({own: one, _SECOND: one})
    return asked


def _object(fields: Mapping[str, Any], **more: str) -> dict[str, Any]:
    required = [name for name, one in fields.items() if "default" not in one]
    return {"type": "object", "properties": dict(fields), "required": required, **more}


def _ask(schemas: list[dict[str, Any]]) -> list[str]:
    """Have classes and aliases laid out, in the process that has datamodel-code-generator at hand if there is one."""
    text = ""
    try:
        with suppress(OSError, EOFError):  # the process is gone
            text = _worker.ask(schemas) if _worker else ""
    finally:
        stop()  # nothing else is asked; its memory is better used for what follows
    text = text or _generate(schemas)
    parts = re.split(r"^(?=class Class|Class\d+Slot = )", text, flags=re.MULTILINE)[1:]
    return [re.sub(r"Class\d+Slot", HOLES["name"], part).rstrip("\n") + "\n" for part in parts]


def _generate(schemas: Sequence[Mapping[str, Any]]) -> str:
    """Run datamodel-code-generator; give the classes, with what stands before them."""
    from datamodel_code_generator import Formatter, InputFileType, generate
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import PythonVersion

    info = {"title": "-", "version": "-"}
    classes = {f"Class{index}Slot": schema for index, schema in enumerate(schemas)}
    text = generate(
        {"openapi": "3.1.0", "info": info, "paths": {}, "components": {"schemas": classes}},
        input_file_type=InputFileType.OpenAPI,
        output_model_type=DataModelType.PydanticV2BaseModel,
        base_class="base.Model",
        formatters=[Formatter.BUILTIN],
        disable_timestamp=True,
        use_annotated=True,
        field_constraints=True,
        target_python_version=PythonVersion.PY_311,
        use_schema_description=True,
        use_field_description=True,
        use_inline_field_description=True,
        use_type_alias=True,
        use_type_alias_type=True,
        use_double_quotes=True,
        allow_remote_refs=False,
        strict_nullable=True,
        builtin_format_line_length=_LINE,
        settings_path=Path(Path(__file__).anchor),  # else the nearest pyproject.toml decides
    )
    if not isinstance(text, str):
        raise TypeError("datamodel-code-generator wrote more than one module")
    return text


# --- what is kept -----------------------------------------------------------------------------------------------------


@cache
def _kept() -> Mapping[str, str] | None:
    """Return the shapes that an earlier run was given by the same datamodel-code-generator."""
    with suppress(OSError, ValueError, NotImplementedError):
        seal, _, text = read_file(place(), FILE_LIMIT).decode().partition("\n")
        if (made_by := _made_by()) and seal == _seal(made_by, text):
            return {name: str(shape) for name, shape in json.loads(text).items()}
    return None


def _keep(found: Mapping[str, str], made_by: str) -> None:
    if made_by and not sys.dont_write_bytecode:
        text = json.dumps(found, indent=1)
        with suppress(OSError, InTheWay, NotImplementedError):
            write_file(place(), f"{_seal(made_by, text)}\n{text}".encode())


def _seal(made_by: str, text: str) -> str:
    """Tell what is kept from what is damaged, or made by another one."""
    return hashlib.sha256(f"{made_by}\n{text}".encode()).hexdigest()


def place() -> Path:
    """Give the file beside the byte code of this module, or where PYTHONPYCACHEPREFIX says; raise NotImplementedError."""
    return Path(cache_from_source(__file__)).with_suffix(".json")


def _made_by() -> str:
    """Tell what lays classes out, as Python tells modules apart, and what it is asked; the empty text if that can't be told."""
    if _MAKERS[0] in sys.modules:  # whoever has imported it may have changed it, and to ask it takes little now
        return ""
    what: list[Any] = [sys.version, _question()]
    for name in _MAKERS:
        spec = find_spec(name)
        if not (spec and spec.origin and isinstance(spec.loader, SourceFileLoader)):
            return ""
        what.append([spec.origin, spec.loader.path_stats(spec.origin)])
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()


# --- a process of its own ---------------------------------------------------------------------------------------------


@record
class _Worker:
    """A forked process that has datamodel-code-generator at hand."""

    process: int
    requests: BinaryIO
    answers: BinaryIO

    def ask(self, question: Any) -> str:
        """Have a layout made; what fails there fails here."""
        self.requests.write(json.dumps(question).encode() + b"\n")
        self.requests.flush()
        line = self.answers.readline()
        if not line:
            raise EOFError("the process that lays classes out has ended")
        answer = json.loads(line)
        if "failed" in answer:
            raise RuntimeError(f"laying classes out failed: {answer['failed']}")
        return str(answer["text"])


_worker: _Worker | None = None
_BOTH = ("fractions", "importlib.resources", "pydantic_core", "subprocess", "uuid", "zipfile")
"""What both processes need: it is imported once, before they part."""


def start() -> None:
    """Fork the process, where that is possible and there is a second processor for it."""
    global _worker  # noqa: PLW0603 - one process for all packages of a run
    threading = sys.modules.get("threading")
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    # A fork takes the calling thread only along: locks that others hold would never be given back.
    if _worker is not None or not hasattr(os, "fork") or processors < 2 or (threading and threading.active_count() > 1):
        return
    if _kept() or _made.cache_info().currsize:  # nothing is asked
        return
    for name in _BOTH:
        import_module(name)
    sys.stdout.flush()  # what is buffered would be written twice
    sys.stderr.flush()
    (question, ask), (answered, answer) = os.pipe(), os.pipe()
    process = os.fork()
    if process == 0:
        os.close(ask)
        os.close(answered)
        _serve(question, answer)
    os.close(question)
    os.close(answer)
    _worker = _Worker(process, os.fdopen(ask, "wb"), os.fdopen(answered, "rb"))


def stop() -> None:
    """End the process."""
    global _worker
    if _worker is None:
        return
    worker, _worker = _worker, None
    with suppress(OSError):
        os.kill(worker.process, signal.SIGKILL)
    with suppress(OSError):
        os.waitpid(worker.process, 0)
    for pipe in (worker.requests, worker.answers):
        with suppress(OSError):
            pipe.close()


def _serve(question: int, answer: int) -> None:
    """Be the process: import, then answer until nobody asks any more; end without any of the parent's clean-up."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
        gc.disable()  # it answers once, and nothing of what it imports is ever given back
        os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # else the metadata of all that is installed is read
        import datamodel_code_generator.parser.openapi  # noqa: F401 - to have it at hand

        with os.fdopen(question, "rb") as questions, os.fdopen(answer, "wb") as answers:
            for line in questions:
                try:
                    found = {"text": _generate(json.loads(line))}
                except Exception as error:
                    found = {"failed": f"{type(error).__name__}: {error}"}
                answers.write(json.dumps(found).encode() + b"\n")
                answers.flush()
    finally:
        os._exit(0)
