"""Models read and written, for `make bench`: generated ones without leftovers against such as somebody would write."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial

from pydantic import BaseModel, ConfigDict, TypeAdapter
from weave_costs import models
from weave_costs._runtime.wire.contract import Json

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


def small(rounds: int, times: int) -> list[Row]:
    """CPU time of writing and of reading 1,000 small models, each kind in turn."""
    say("small models")
    media = Json(list[models.CostCreateInput])
    hand = TypeAdapter(list[Cost])
    data = json.dumps([COST] * 1000).encode()
    ours, theirs = media.read(data), hand.validate_json(data)
    if media.write(ours)[0] != hand.dump_json(theirs, exclude_unset=True):
        raise RuntimeError("what is written differs")
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object], str]] = {
        "written": (partial(media.write, ours), partial(hand.dump_json, theirs, exclude_unset=True), "≤ 2"),
        "read": (partial(media.read, data), partial(hand.validate_json, data), "≤ 1.1"),
    }
    rows = []
    for what, (our_call, their_call, target) in pairs.items():
        candidates = {"ours": partial(cpu, our_call, times), "hand": partial(cpu, their_call, times)}
        micro = {name: value * 1e6 for name, value in take_turns(candidates, rounds).items()}
        rows.append(
            Row(
                what=f"1,000 small models, {what}",
                against="TypeAdapter and pydantic models by hand",
                measured=micro["ours"] / micro["hand"],
                target=target,
                note=f"{micro['ours']:.0f} µs / {micro['hand']:.0f} µs",
            )
        )
    return rows


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
