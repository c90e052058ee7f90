"""What users may do to the models of a package: classes that are not the declared ones, and defaults changed in place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..document.package import bare, members

SECRET = "verify_secret"
"""The field of a user's own subclass, which the declared class has not."""

Maker = Callable[[Any, Any], Any]
"""Makes an instance of another class from a model and its JSON value; None for what is no such model."""


def add_in_place(value: Any, full: Any, name: str) -> bool:
    """Put what a property of one model holds into the default of another, in place; tell whether that has one."""
    from pydantic import BaseModel

    if not isinstance(value, BaseModel) or type(full) is not type(value):
        return False
    fields = {field.alias or own: own for own, field in type(value).model_fields.items()}
    held, more = (getattr(one, fields[name], None) if name in fields else None for one in (value, full))
    if isinstance(held, list) and isinstance(more, list):
        held.extend(more)
    elif isinstance(held, dict) and isinstance(more, dict):
        held.update(more)
    else:
        return False
    return True


def foreign(value: Any, data: Any) -> Any:
    """Return an instance of another class of the package's kind, with the same data; None for what is no such model."""
    base = _base(value)
    return None if base is None else _read(type("Stranger", (base,), {"__module__": __name__}), data)


def extended(value: Any, data: Any) -> Any:
    """Return an instance of a subclass that has a field more; None for what is no such model."""
    if _base(value) is None:
        return None
    names = {"__module__": __name__, "__annotations__": {SECRET: str}, SECRET: ""}
    made = _read(type("Extended", (type(value),), names), data)
    setattr(made, SECRET, "secret")
    return made


def only_models(annotation: Any) -> bool:
    """Tell whether an annotation takes models and nothing else but None."""
    return all(one is type(None) or hasattr(one, "model_fields") for one in members(bare(annotation)))


def _base(value: Any) -> Any:
    """Return the class that all models of a package share; None for other values and for models that take any value."""
    names = [one.__name__ for one in type(value).__mro__]
    found = next((one for one in type(value).__mro__ if one.__module__.endswith("._runtime.models.base")), None)
    return None if found is None or "LooseModel" in names else found


def _read(cls: Any, data: Any) -> Any:
    return cls.model_validate_json(json.dumps(data), by_alias=True, by_name=False)
