"""Applying OpenAPI Overlays, for documents that one does not own (Overlay 1.0.0 and 1.1.0)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..diagnostics.diagnostic import Diagnostic, Refused
from ..diagnostics.location import diagnose
from ..parsing.limits import Budget, Limits, weigh
from ..parsing.parse import parse
from ..parsing.source import Source
from ..pointer import Tokens, copy, join

if TYPE_CHECKING:
    from .json_path import CountedPaths

_VERSION = re.compile(r"1\.[01](?:\.\d+)?")
_JsonPath = tuple[str | int, ...]
_MOST_NODES = 100_000  # that one target may match
_LOOKS = 2
"""All targets together may look at so many times the values that a document may have."""


def apply(root: dict[str, Any], overlays: Sequence[Source], limits: Limits, budget: Budget) -> dict[str, Any]:
    """Apply overlays, one after the other, to a copy of a tree. What updates write is taken off the budget.

    Raises Refused for a text that is no overlay, for a target that is no JSONPath (RFC 9535), for one that matches
    nothing: an action that does nothing is a mistake, or was overtaken by a new version of the document; and for targets
    that look at more values, all together, than the limits allow.
    """
    from .json_path import CountedPaths  # seldom needed

    made: dict[str, Any] = copy(root)
    paths = CountedPaths(_LOOKS * limits.nodes)
    for source in overlays:
        made = _Overlay(source, parse(source, limits), limits, budget, paths).apply(made)
    return made


class _Overlay:
    def __init__(
        self, source: Source, overlay: dict[str, Any], limits: Limits, budget: Budget, paths: CountedPaths
    ) -> None:
        self.source = source
        self.overlay = overlay
        self.limits, self.budget, self.paths = limits, budget, paths
        self.problems: list[Diagnostic] = []

    def apply(self, root: dict[str, Any]) -> dict[str, Any]:
        version = self.overlay.get("overlay")
        if not isinstance(version, str) or not _VERSION.fullmatch(version):
            self._problem((), 'this is not an OpenAPI Overlay of version 1.0 or 1.1: "overlay" does not say so')
            raise Refused(self.problems)
        actions = self.overlay.get("actions")
        if not isinstance(actions, list) or not actions:
            self._problem(("actions",), '"actions" must be a list of at least one action')
        for index, action in enumerate(actions if isinstance(actions, list) else ()):
            self._act(("actions", str(index)), action, root)
        if self.problems:
            raise Refused(self.problems)
        return root

    def _act(self, place: Tokens, action: Any, root: dict[str, Any]) -> None:
        if not isinstance(action, dict) or not isinstance(action.get("target"), str):
            self._problem(place, 'an action is an object with a "target"')
            return
        matched = self._find((*place, "target"), action["target"], root)
        if matched is None:
            return
        if action.get("remove") is True:
            for path in sorted(matched, key=_last_first, reverse=True):
                if not path:
                    self._problem((*place, "target"), "the whole document can't be removed")
                    return
                _remove(root, path)
            return
        value = action.get("update")
        if "copy" in action:
            value = self._copied((*place, "copy"), action["copy"], root)
        if value is None:
            self._problem(place, 'an action has an "update", a "remove" that is true, or (1.1) a "copy"')
            return
        values, characters = weigh(value)
        at = partial(self.source.locate, place)
        self.budget.spend(values * len(matched), characters * len(matched), at)
        for path in matched:
            self._update(place, root, path, value)

    def _find(self, place: Tokens, target: str, root: dict[str, Any]) -> list[_JsonPath] | None:
        import jsonpath_rfc9535 as jsonpath  # seldom needed

        from .json_path import TooMuchError

        try:
            nodes = islice(self.paths.finditer(target, root), _MOST_NODES + 1)
            found = [tuple(node.location) for node in nodes]
        except TooMuchError:
            message = f"the targets of overlays look at more than {_LOOKS * self.limits.nodes:,} values, all together"
            hint = f"`$.paths` looks at less than `$..`, and a filter at each value for all others; {self.limits.hint('nodes')}"
            raise Refused(
                diagnose("error", message, self.source.locate(place), hint=hint, pointer=join("#", *place))
            ) from None
        except (jsonpath.JSONPathError, RecursionError) as error:
            self._problem(place, f"the target is not a JSONPath: {str(error).splitlines()[0]}")
            return None
        if len(found) > _MOST_NODES:  # $..*..* comes to the same nodes over and over
            self._problem(place, f"the target matches more than {_MOST_NODES:,} values")
            return None
        if not found:
            self._problem(place, f"the target matches nothing: {target}")
            return None
        return list(dict.fromkeys(found))

    def _copied(self, place: Tokens, target: Any, root: dict[str, Any]) -> Any:
        found = self._find(place, target, root) if isinstance(target, str) else None
        if found is None or len(found) != 1:
            self._problem(place, '"copy" must match exactly one value')
            return None
        return copy(_at(root, found[0]))

    def _update(self, place: Tokens, root: dict[str, Any], path: _JsonPath, value: Any) -> None:
        node = _at(root, path)
        if isinstance(node, dict) and isinstance(value, dict):
            _merge(node, value)
        elif isinstance(node, list):
            node.append(copy(value))
        elif path and not isinstance(node, dict):
            _at(root, path[:-1])[path[-1]] = copy(value)  # 1.1: a scalar is replaced
        else:
            self._problem((*place, "update"), f"an object can't be updated with {type(value).__name__}")

    def _problem(self, place: Tokens, message: str) -> None:
        location = self.source.locate(place)
        self.problems.append(diagnose("error", message, location, pointer=join("#", *place)))


def _merge(node: dict[str, Any], value: dict[str, Any]) -> None:
    """Merge as the Overlay Specification says (4.4.3.1): objects by member, lists at their end, others replaced."""
    for key, part in value.items():
        old = node.get(key)
        if isinstance(old, dict) and isinstance(part, dict):
            _merge(old, part)
        elif isinstance(old, list) and isinstance(part, list):
            old.extend(copy(part))
        else:
            node[key] = copy(part)


def _at(root: Any, path: _JsonPath) -> Any:
    for token in path:
        root = root[token]
    return root


def _remove(root: dict[str, Any], path: _JsonPath) -> None:
    try:
        del _at(root, path[:-1])[path[-1]]
    except (KeyError, IndexError, TypeError):
        return  # inside something that was removed before it


def _last_first(path: _JsonPath) -> tuple[tuple[int, int, str], ...]:
    """Order paths so that, in reverse, the items of a list are removed from its end."""
    return tuple((1, token, "") if isinstance(token, int) else (0, 0, token) for token in path)
