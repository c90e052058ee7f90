"""What is made of a document is bounded by one budget, and what is wrong with it is counted rather than listed."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from generator.diagnostics.diagnostic import MOST, Refused
from generator.diagnostics.location import Location
from generator.document.load import load
from generator.parsing.limits import Budget, Limits, weigh
from generator.pipeline import build
from generator.settings.settings import Settings
from generator.validation.validate import validate

EMPTY: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
SMALL = Limits(made=10_000, made_text=100_000)


def refused(folder: Path, files: dict[str, Any], limits: Limits = SMALL) -> Refused:
    for name, value in files.items():
        (folder / name).write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    spec = folder / next(iter(files))
    with pytest.raises(Refused) as found:
        build(validate(load(spec, limits=limits))[0], Settings(spec=spec, package="p"))
    return found.value


def test_values_and_characters_are_counted() -> None:
    assert weigh({"a": ["bc", 1, None], "d": {}}) == (6, 4)
    budget = Budget(Limits(made=5, made_text=5))
    place = partial(Location, file="a.json", line=2, column=3, source="")
    budget.spend(5, 5, place)
    with pytest.raises(Refused, match="more than 5 values") as found:
        budget.spend(1, 0, place)
    assert [(each.file, each.line) for each in found.value.diagnostics] == [("a.json", 2)]


HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n"
LONG = "y" * 1_000
ITEM = {"x-a": [{}] * 100, "get": {"responses": {"200": {"description": ""}}}}
SCHEMES = {f"k{number}": {"type": "apiKey", "in": "header", "name": f"x{number}"} for number in range(20)}

AMPLIFIED: dict[str, dict[str, Any]] = {
    "aliases of a long text": {"a.yaml": f"{HEAD}x-d: &d {LONG}\nx-l: [{','.join(['*d'] * 200)}]\n"},
    "aliases of a list": {"a.yaml": f"{HEAD}x-d: &d [{'1,' * 200}1]\nx-l: [{','.join(['*d'] * 100)}]\n"},
    "one path item of another file": {
        "a.json": {**EMPTY, "paths": {f"/a{number}": {"$ref": "b.json#/p"} for number in range(200)}},
        "b.json": {"p": ITEM},
    },
    "security of each operation": {
        "a.json": {
            **EMPTY,
            "security": [{name: [] for name in SCHEMES}] * 20,
            "paths": {f"/{number}": {"get": {"responses": {"200": {"description": ""}}}} for number in range(50)},
            "components": {"securitySchemes": SCHEMES},
        }
    },
}
AMPLIFIED["alternatives of security of each operation, each value several times"] = {
    "a.json": {**AMPLIFIED["security of each operation"]["a.json"], "security": [{name: []} for name in SCHEMES] * 4}
}
AMPLIFIED["properties of dependentSchemas in each class"] = {
    "a.json": {
        **EMPTY,
        "components": {
            "schemas": {
                "A": {
                    "type": "object",
                    "properties": {"q": {}},
                    "dependentSchemas": {f"d{n}": {"$ref": "#/components/schemas/B"} for n in range(150)},
                },
                "B": {"properties": {f"p{n}": {} for n in range(150)}},
            }
        },
    }
}
AMPLIFIED["properties of a chain of allOf"] = {
    "a.json": {
        **EMPTY,
        "components": {
            "schemas": {
                "S0": {"type": "object", "properties": {"p0": {}}},
                **{
                    f"S{number}": {
                        "allOf": [{"$ref": f"#/components/schemas/S{number - 1}"}, {"properties": {f"p{number}": {}}}]
                    }
                    for number in range(1, 200)
                },
            }
        },
    }
}
AMPLIFIED["words of a response for each operation"] = {
    "a.json": {
        **EMPTY,
        "paths": {
            f"/{number}": {"get": {"responses": {"200": {"$ref": "#/components/responses/R"}}}} for number in range(200)
        },
        "components": {"responses": {"R": {"description": LONG}}},
    }
}
AMPLIFIED["headers of a response for each operation"] = {
    "a.json": {
        **EMPTY,
        "paths": {
            f"/{number}": {"get": {"responses": {"200": {"$ref": "#/components/responses/R"}}}} for number in range(100)
        },
        "components": {
            "responses": {
                "R": {
                    "description": "",
                    "headers": {f"X-{number}": {"schema": {"type": "string"}} for number in range(50)},
                }
            }
        },
    }
}
AMPLIFIED["words of a property in each class"] = {
    "a.json": {
        **EMPTY,
        "components": {
            "schemas": {
                "P": {"type": "object", "properties": {"p": {"type": "string", "description": LONG}}},
                **{
                    f"S{number}": {"allOf": [{"$ref": "#/components/schemas/P"}, {"properties": {f"p{number}": {}}}]}
                    for number in range(200)
                },
            }
        },
    }
}


AMPLIFIED["names of classes that are called after all around them, in each class"] = {
    "a.json": {
        **EMPTY,
        "components": {
            "schemas": {
                "T": {
                    "type": "object",
                    "properties": {
                        f"p{n}": {"allOf": [{"$ref": "#/components/schemas/T"}], "maxProperties": n} for n in range(50)
                    },
                }
            }
        },
    }
}


LONG_LIST: dict[str, Any] = {"type": "array", "items": {"type": "integer"}, "default": [1] * 500}
REFERS = {"$ref": "#/components/schemas/D"}
AMPLIFIED["a default that many properties refer to"] = {
    "a.json": {
        **EMPTY,
        "components": {
            "schemas": {"D": LONG_LIST, "C": {"type": "object", "properties": {f"p{n}": REFERS for n in range(50)}}}
        },
    }
}
AMPLIFIED["a default that many parameters refer to"] = {
    "a.json": {
        **EMPTY,
        "paths": {
            "/a": {
                "get": {
                    "parameters": [{"name": f"p{n}", "in": "query", "schema": REFERS} for n in range(50)],
                    "responses": {"200": {"description": ""}},
                }
            }
        },
        "components": {"schemas": {"D": LONG_LIST}},
    }
}
CHAIN = {
    f"R{n}": {
        "$id": f"http://x.example/r{n}",
        "$dynamicAnchor": "node",
        "properties": {"v": {"$dynamicRef": "#node"}},
        **({"allOf": [{"$ref": f"http://x.example/r{n - 1}"}]} if n else {}),
    }
    for n in range(20)
}
AMPLIFIED["copies for a dynamicRef"] = {"a.json": {**EMPTY, "components": {"schemas": CHAIN}}}


def leads_to(name: str) -> dict[str, Any]:
    return {"properties": {"p": {"$ref": f"#/components/schemas/{name}"}}}


AMPLIFIED["combinations of a chain and a circle"] = {
    "a.json": {
        **EMPTY,
        "components": {
            "schemas": {
                **{f"S{n}": leads_to(f"S{n + 1}") for n in range(20)},
                "S20": {},
                **{f"T{n}": leads_to(f"T{(n + 1) % 40}") for n in range(40)},
                **{
                    f"C{n}": {"allOf": [{"$ref": "#/components/schemas/S0"}, {"$ref": f"#/components/schemas/T{n}"}]}
                    for n in range(40)
                },
            }
        },
    }
}
LISTED = {"enum": [f"v{n}" for n in range(100)]}
for beside in ({"maxLength": 9}, {"enum": ["v1"]}):
    AMPLIFIED[f"values of an enum beside {next(iter(beside))} in each class"] = {
        "a.json": {
            **EMPTY,
            "components": {
                "schemas": {
                    "E": LISTED,
                    **{f"S{n}": {**beside, "allOf": [{"$ref": "#/components/schemas/E"}]} for n in range(120)},
                }
            },
        }
    }
for keyword, value in {"default": LONG_LIST["default"], "examples": [LONG_LIST["default"]], "title": LONG}.items():
    AMPLIFIED[f"the {keyword} of a property in each class"] = {
        "a.json": {
            **EMPTY,
            "components": {
                "schemas": {
                    "P": {"type": "object", "properties": {"p": {"items": {"type": "integer"}, keyword: value}}},
                    **{
                        f"S{n}": {"allOf": [{"$ref": "#/components/schemas/P"}, {"properties": {f"p{n}": {}}}]}
                        for n in range(150)
                    },
                }
            },
        }
    }


@pytest.mark.parametrize("name", AMPLIFIED)
def test_what_repeats_is_bounded(tmp_path: Path, name: str) -> None:
    (found,) = refused(tmp_path, AMPLIFIED[name]).diagnostics
    assert "would be made of this document" in found.message
    assert found.line or "each class" in name or "chain" in name, "no place"


REPEATED: dict[str, dict[str, str]] = {
    "JSON": {"a.json": '{"openapi": "3.1.0",\n' + '"a": 0,\n' * (MOST + 51) + '"b": 1}'},
    "YAML": {"a.yaml": "openapi: 3.1.0\n" + "a: 0\n" * (MOST + 51)},
}


@pytest.mark.parametrize("name", REPEATED)
def test_repeated_keys_are_counted(tmp_path: Path, name: str) -> None:
    found = refused(tmp_path, REPEATED[name]).diagnostics
    assert len(found) == MOST + 1
    assert [one.message for one in found if one.message.startswith("… and 50 more ")]


def test_broken_references_are_counted(tmp_path: Path) -> None:
    schemas = {f"S{number}": {"$ref": f"no{number}.json#/d"} for number in range(MOST + 7)}
    found = refused(tmp_path, {"a.json": {**EMPTY, "components": {"schemas": schemas}}}).diagnostics
    assert [one.message for one in found if one.message.startswith("…")] == ["… and 7 more errors"]


def test_findings_of_the_rules_are_counted(tmp_path: Path) -> None:
    schemas = {f"S{number}": {"type": "strange"} for number in range(MOST + 7)}
    found = refused(tmp_path, {"a.json": {**EMPTY, "components": {"schemas": schemas}}}).diagnostics
    assert [one.message for one in found if one.message.startswith("…")] == ["… and 7 more errors"]
