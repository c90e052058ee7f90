"""The generator against datamodel-code-generator, and the clients that other generators make, for `make bench`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.bench.measure import SCRIPTS, SPEC, Failed, Row, cpu_seconds, memory, say, seconds, take_turns
from tests.support.folders import ROOT

Command = list[str | Path]
MODELS = 500


def ours(spec: Path, output: Path, *options: str) -> Command:
    """The command that generates a package of a document."""
    return [sys.executable, "-m", "generator", "generate", spec, "-o", output, *options]


def models_only(spec: Path, output: Path, *options: str) -> Command:
    """The command by which datamodel-code-generator alone writes the models of a document."""
    return [
        *(SCRIPTS / "datamodel-codegen", "--input", spec, "--input-file-type", "openapi", "--output", output),
        *("--output-model-type", "pydantic_v2.BaseModel", "--formatters", "builtin", *options),
    ]


def one_document(folder: Path, rounds: int) -> list[Row]:
    """Generating the cost document: cold, and with nothing to do."""
    say("generating the cost document")
    cold, there = folder / "cold", folder / "there"

    def generate() -> float:
        shutil.rmtree(cold, ignore_errors=True)
        return seconds(ours(SPEC, cold))

    seconds(ours(SPEC, there))
    median = take_turns(
        {
            "cold": generate,
            "models": partial(seconds, models_only(SPEC, folder / "models.py")),
            "current": partial(seconds, ours(SPEC, there)),
            "python": partial(seconds, [sys.executable, "-c", "pass"]),
        },
        rounds,
    )
    return [
        Row(
            what="cold generate: checks, models, client, server",
            against="datamodel-codegen alone, builtin formatter",
            measured=median["cold"] / median["models"],
            target="≤ 1.3",
            note=f"{median['cold']:.2f} s / {median['models']:.2f} s",
        ),
        Row(
            what="generate with nothing to do",
            against="",
            measured=median["current"],
            target="≤ 0.12",
            unit=" s",
            note=f"python alone {median['python']:.3f} s",
        ),
    ]


def large_documents(corpus: Path, folder: Path, rounds: int, number: int) -> Iterator[Row]:
    """Time and memory for the largest documents of a corpus, against the models of the same schemas alone."""
    entries = {entry["file"]: entry for entry in json.loads((corpus / "index.json").read_text(encoding="utf-8"))}
    largest = sorted((corpus / name for name in entries), key=lambda path: -path.stat().st_size)[:number]
    for spec in largest:
        say(f"generating {spec.name}")
        strict = entries[spec.name]["valid_for_openapi_spec_validator"]
        generate = partial(_generate, spec, folder / "large", *([] if strict else ["--lenient"]))
        models = models_only(spec, folder / "large.py", "--openapi-scopes", "schemas", "api")
        try:
            median = take_turns({"ours": partial(_timed, generate), "models": partial(seconds, models)}, rounds)
            peak = {"ours": memory(generate()), "models": memory(models)}
        except Failed as error:
            say(f"left out, because this failed: {error}")
            continue
        size = f"{spec.name}, {spec.stat().st_size / 1e6:.1f} MB"
        note = f"{median['ours']:.1f} s / {median['models']:.1f} s"
        against = "datamodel-codegen alone, schemas and api"
        yield Row(
            what=f"generate {size}",
            against=against,
            measured=median["ours"] / median["models"],
            target="≤ 1.6",
            note=note,
        )
        note = f"{peak['ours']:.0f} MiB / {peak['models']:.0f} MiB"
        yield Row(
            what="… peak memory", against=against, measured=peak["ours"] / peak["models"], target="≤ 1.5", note=note
        )


def _generate(spec: Path, output: Path, *options: str) -> Command:
    """Empty a folder, and give the command that generates into it."""
    shutil.rmtree(output, ignore_errors=True)
    return ours(spec, output, "--package", "large", *options)


def _timed(command: Callable[[], Command]) -> float:
    return seconds(command())


def imports(folder: Path, rounds: int) -> Iterator[Row]:
    """Importing the cost client, and a package of many models."""
    say(f"generating a document of {MODELS} models")
    seconds(ours(many_models(folder), folder, "--package", "many_models"))
    seconds([sys.executable, "-m", "compileall", "-q", ROOT / "generated", folder])  # as what is installed is
    say("importing")
    paths = f"import sys; sys.path[:0] = [{str(ROOT / 'generated')!r}, {str(folder)!r}]; "
    texts = {
        "base": "import httpx2; from pydantic import BaseModel",
        "client": "import weave_costs.client",
        "models": "import many_models.client",
    }
    median = take_turns(
        {name: partial(cpu_seconds, [sys.executable, "-c", paths + text]) for name, text in texts.items()}, rounds
    )
    for name, what, target in (
        ("client", "importing the cost client", "≤ 1.2"),
        ("models", f"importing a client with {MODELS} models", "≤ 2.5"),
    ):
        yield Row(
            what=what,
            against="importing httpx2 and pydantic's BaseModel",
            measured=median[name] / median["base"],
            target=target,
            note=f"{median[name]:.3f} s / {median['base']:.3f} s",
        )


def many_models(folder: Path) -> Path:
    """Write a document of many models, each of which refers to another; return its path."""
    text = {"type": "string", "minLength": 1, "description": "A text."}
    schemas = {
        f"Model{number}": {
            "type": "object",
            "required": ["id", "name"],
            "properties": {
                "id": {"type": "integer"},
                "name": text,
                "tags": {"type": "array", "items": text},
                "created_at": {"type": "string", "format": "date-time"},
                "next": {"$ref": f"#/components/schemas/Model{number // 2}"},
            },
        }
        for number in range(MODELS)
    }
    answer = {
        "description": "fine",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Model0"}}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Many", "version": "1"},
        "paths": {"/models": {"get": {"operationId": "list", "responses": {"200": answer}}}},
        "components": {"schemas": schemas},
    }
    target = folder / "many_models.json"
    target.write_text(json.dumps(document), encoding="utf-8")
    return target


def other_clients(folder: Path) -> None:
    """Generate the clients of others into a folder: packages `opc_client` and `dmcg_client`."""
    say("generating the clients of others")
    path = {"PATH": f"{SCRIPTS}:/usr/bin:/bin"}  # openapi-python-client looks for ruff there
    commands: list[Command] = [
        [
            *(SCRIPTS / "openapi-python-client", "generate", "--path", SPEC, "--output-path", folder / "opc_client"),
            *("--meta", "none", "--overwrite"),
        ],
        [
            *models_only(SPEC, folder / "dmcg_models.py", "--openapi-scopes", "schemas", "api"),
            *("--use-missing-sentinel", "--target-pydantic-version", "2.14", "--generate-client", "httpx2"),
            *("--client-output", folder / "dmcg_client", "--client-package", "dmcg_client"),
            *("--client-model-package", "dmcg_models", "--client-default-base-url", "http://bench"),
        ],
    ]
    for command in commands:
        subprocess.run(list(map(str, command)), cwd=folder, env=path, check=True, capture_output=True)
