"""Validation by models, for `make bench`: generated ones without leftovers against such as somebody would write."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial

from pydantic import BaseModel, ConfigDict
from weave_costs import models

from tests.bench.calls import COST
from tests.bench.measure import Row, cpu, say, take_turns

TIMES = 20


class Cost(BaseModel):
    """A cost, by hand."""

    model_config = ConfigDict(extra="forbid")
    cache_creation_input_token_cost: float = 0
    cache_read_input_token_cost: float = 0
    completion_token_cost: float
    completion_token_cost_unit: str | None = "USD"
    effective_date: datetime | None = None
    prompt_token_cost: float
    prompt_token_cost_unit: str | None = "USD"
    provider_id: str | None = None


class Request(BaseModel):
    """A closed object, by hand."""

    model_config = ConfigDict(extra="forbid")
    costs: dict[str, Cost]
    project_id: str
    wb_user_id: str | None = None


class Problem(BaseModel):
    """An error, by hand."""

    model_config = ConfigDict(extra="allow")
    loc: list[str | int]
    msg: str
    type: str


class Problems(BaseModel):
    """An open object, by hand."""

    model_config = ConfigDict(extra="allow")
    detail: list[Problem] | None = None


REQUEST = {"project_id": "acme/demo", "costs": {f"model-{index}": COST for index in range(TIMES)}}
PROBLEMS = {"detail": [{"loc": ["body", "costs", index], "msg": "no", "type": "x"} for index in range(TIMES)]}


def validation(rounds: int, times: int) -> list[Row]:
    """CPU time of reading a body of some 2 KB, each model in turn."""
    say("validation by models")
    rows = []
    for what, ours, theirs, value in (
        ("closed models", models.CostCreateReq, Request, REQUEST),
        ("open models", models.HTTPValidationError, Problems, PROBLEMS),
    ):
        data = json.dumps(value).encode()
        pair: dict[str, type[BaseModel]] = {"ours": ours, "hand": theirs}
        candidates = {
            name: partial(cpu, partial(model.model_validate_json, data), times) for name, model in pair.items()
        }
        micro = {name: value * 1e6 for name, value in take_turns(candidates, rounds).items()}
        rows.append(
            Row(
                what=f"validation, {what}",
                against="pydantic models by hand",
                measured=micro["ours"] / micro["hand"],
                target="≤ 1.05",
                note=f"{micro['ours']:.1f} µs / {micro['hand']:.1f} µs",
            )
        )
    return rows
