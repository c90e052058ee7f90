"""The service: what `POST /cost/create` does. Everything about HTTP is in the generated package."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Engine, insert
from weave_costs import errors, models
from weave_costs.server import Forbidden, create_app
from weave_costs.server.stub import SyncCosts

from . import keys, projects
from .database import DEFAULT_URL, PRICES, connect, transaction
from .unique_keys import UniqueKeys


class Costs(SyncCosts):
    """Stores costs for one principal.

    Sync, so that it runs in threads: drivers of databases block, and a request is little more than one transaction.
    """

    def __init__(self, engine: Engine, principal: keys.Principal) -> None:
        self._engine = engine
        self._principal = principal

    def create(self, body: models.CostCreateReq) -> models.CostCreateRes:
        """Store all costs of a request, or none; `wb_user_id` is who asks, whatever was sent."""
        if body.project_id.partition("/")[0] != self._principal.entity:
            raise Forbidden(f"the key opens projects of {self._principal.entity} only")
        if wrong := projects.fault(body.project_id):
            raise _invalid(wrong, "project_id")
        now = datetime.now(UTC)
        common = {
            "pricing_level": "project",
            "pricing_level_id": body.project_id,
            "provider_id": "default",
            "effective_date": now,
            "prompt_token_cost_unit": "USD",
            "completion_token_cost_unit": "USD",
            "created_by": self._principal.username,  # whatever wb_user_id says
            "created_at": now,
        }
        rows = [{**common, **_row(llm_id, cost)} for llm_id, cost in body.costs.items()]
        if rows:  # without any, SQLAlchemy would insert one row of defaults
            with transaction(self._engine) as connection:
                connection.execute(insert(PRICES), rows)
        return models.CostCreateRes(ids=[(row["id"], row["llm_id"]) for row in rows])


def _row(llm_id: str, cost: models.CostCreateInput) -> dict[str, Any]:
    """Return the columns that a cost fills: the table calls them as the document does. Null means the default.

    Raises:
        errors.UnprocessableEntity: the document allows it, but databases cannot hold it.
    """
    given = {name: value for name, value in cost.model_dump().items() if value is not None}
    for name, text in [("", llm_id), *given.items()]:
        if isinstance(text, str) and "\0" in text:
            raise _invalid("must not have NUL characters", "costs", llm_id, *filter(None, [name]))
    if cost.effective_date:
        try:
            given["effective_date"] = cost.effective_date.astimezone(UTC)
        except OverflowError:
            raise _invalid("must be in the years 1 to 9999 in UTC", "costs", llm_id, "effective_date") from None
    return {"id": str(uuid.uuid4()), "llm_id": llm_id, **given}


def _invalid(message: str, *loc: str) -> errors.UnprocessableEntity:
    """Return 422 in the document's form, for one value of the body."""
    detail = models.ValidationError(loc=["body", *loc], msg=message, type="value_error")
    return errors.UnprocessableEntity(models.HTTPValidationError(detail=[detail]))


def application() -> FastAPI:
    """Build the application that uvicorn's workers serve, for the database of `DATABASE_URL`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    engine = connect(os.environ.get("DATABASE_URL") or DEFAULT_URL)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    app = create_app(costs=partial(Costs, engine), authenticate=partial(keys.check, engine), lifespan=lifespan)
    app.add_middleware(UniqueKeys)
    return app
