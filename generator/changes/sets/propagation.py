"""All differences that a pair of schemas leads to, also of recursive schemas; a cycle is searched once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from ..model import Difference, Effect, Level, Polarity
from .differences import Edge, Key, SchemaPair, compose, turned

Identity = tuple[str, str, str, str]
_Verdict = tuple[Identity, Effect, bool, Level | None, Level | None]
"""A difference with all that is said of it: one that is judged otherwise is another one."""
PlacedDifference = tuple[Difference, str]
"""A difference, with its effect on the whole schema, and the path to it."""

FAR = "…"
"""The path to a difference that is too far away to search for its path from each place."""

_MOST_STATES = 120  # pairs that are searched for paths from one place


@dataclass(slots=True, eq=False)
class _State:
    """A pair, reached with one polarity; `number`, `low` and `open` are Tarjan's (SIAM J. Comput. 1, 1972)."""

    pair: SchemaPair
    polarity: Polarity
    number: int = -1
    low: int = -1
    open: bool = False
    mask: int = 0
    """The differences that it leads to, one bit each; complete once the state is closed."""
    below: list[tuple[str, _State]] | None = field(default=None, repr=False)


class PairGraph:
    """The graph of the pairs of one flow, searched from any number of roots, each part of it once."""

    def __init__(self, pair: Callable[[Key], SchemaPair], same: Callable[[Key], bool]) -> None:
        self._pair, self._same = pair, same
        self._states: dict[tuple[SchemaPair, Polarity], _State] = {}
        self._count = 0
        self._stack: list[_State] = []
        self._bits: dict[_Verdict, int] = {}
        self._differences: list[tuple[Identity, Difference]] = []
        self._decoded: dict[int, dict[Identity, Difference]] = {}
        self._own: dict[_State, dict[Identity, Difference]] = {}

    def differences(self, root: Key) -> Iterator[PlacedDifference]:
        """Every difference that the pair leads to, nearest first."""
        start = self._state(self._pair(root), "+")
        if start.number < 0:
            self._close(start)
        wanted = self._decode(start.mask)
        if not wanted:
            return
        paths = self._paths(start, wanted)
        for identity, path in paths.items():
            yield wanted[identity], path
        for identity, difference in wanted.items():
            if identity not in paths:
                yield difference, FAR

    def _state(self, pair: SchemaPair, polarity: Polarity) -> _State:
        known = self._states.get((pair, polarity))
        if known is None:
            known = self._states[pair, polarity] = _State(pair, polarity)
        return known

    def _below(self, state: _State) -> list[tuple[str, _State]]:
        if state.below is None:
            state.below = [
                (edge.segment, self._state(self._pair(edge.key), compose(state.polarity, edge.polarity)))
                for edge in state.pair.edges
                if edge.polarity != "?" and not self._same(edge.key)
            ]
        return state.below

    def _close(self, start: _State) -> None:
        """Find the strongly connected parts from a state on; all states of a part lead to the same differences."""
        work: list[tuple[_State, Iterator[tuple[str, _State]]]] = [(start, iter(self._open(start)))]
        while work:
            state, rest = work[-1]
            for _, other in rest:
                if other.number < 0:
                    work.append((other, iter(self._open(other))))
                    break
                if other.open:
                    state.low = min(state.low, other.number)
                state.mask |= other.mask
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    above.low = min(above.low, state.low)
                if state.low == state.number:
                    self._finish(state)
                if work:
                    work[-1][0].mask |= state.mask

    def _open(self, state: _State) -> list[tuple[str, _State]]:
        state.number = state.low = self._count
        self._count += 1
        state.open = True
        self._stack.append(state)
        for identity, difference in self._own_differences(state).items():
            key = identity, difference.effect, difference.sure, difference.severity, difference.service
            bit = self._bits.setdefault(key, len(self._differences))
            if bit == len(self._differences):
                self._differences.append((identity, difference))
            state.mask |= 1 << bit
        return self._below(state)

    def _finish(self, head: _State) -> None:
        part = []
        while True:
            state = self._stack.pop()
            state.open = False
            part.append(state)
            head.mask |= state.mask
            if state is head:
                break
        for state in part:
            state.mask = head.mask

    def _own_differences(self, state: _State) -> dict[Identity, Difference]:
        known = self._own.get(state)
        if known is None:
            differences = {**state.pair.differences, **self._undecided(state.pair)}
            known = {identity: placed(difference, state.polarity) for identity, difference in differences.items()}
            self._own[state] = known
        return known

    def _undecided(self, pair: SchemaPair) -> dict[Identity, Difference]:
        """One difference for each changed part whose effect on the whole schema is unknown."""
        edges = [edge for edge in pair.edges if edge.polarity == "?"]
        undecided = SchemaPair(pair.old, pair.new, pair.flow)
        for edge in edges:
            if self._changes_values(edge):
                old, new, _ = edge.key
                undecided.add(edge.title, "unknown", old[0] if old else "", new[0] if new else "")
        return undecided.differences

    def _changes_values(self, edge: Edge) -> bool:
        """Whether the set of values changed anywhere from an edge on."""
        todo, seen = [edge.key], {edge.key}
        while todo:
            pair = self._pair(todo.pop())
            if any(difference.effect != "none" for difference in pair.differences.values()):
                return True
            below = [each.key for each in pair.edges if each.key not in seen and not self._same(each.key)]
            seen.update(below)
            todo += below
        return False

    def _decode(self, mask: int) -> dict[Identity, Difference]:
        """The differences of a mask; one with two polarities is joined."""
        known = self._decoded.get(mask)
        if known is None:
            known = {}
            rest = mask
            while rest:
                bit = (rest & -rest).bit_length() - 1
                rest &= rest - 1
                identity, difference = self._differences[bit]
                known[identity] = _joined(known[identity], difference) if identity in known else difference
            self._decoded[mask] = known
        return known

    def _paths(self, start: _State, wanted: dict[Identity, Difference]) -> dict[Identity, str]:
        """The shortest paths to near differences, by a breadth-first search of the states that lead to any."""
        found: dict[Identity, str] = {}
        todo: deque[tuple[_State, str]] = deque([(start, "")])
        seen = {start}
        while todo and len(found) < len(wanted):
            state, path = todo.popleft()
            for identity in self._own_differences(state):
                found.setdefault(identity, path)
            for segment, other in self._below(state):
                if other.mask and other not in seen and len(seen) < _MOST_STATES:
                    seen.add(other)
                    todo.append((other, join(path, segment)))
        return found


def placed(difference: Difference, polarity: Polarity) -> Difference:
    """A difference with its effect on the whole schema."""
    if polarity == "+":
        return difference
    return replace(
        difference,
        effect=turned(difference.effect, polarity),
        sure=difference.sure and polarity != "~",
        severity=difference.severity if polarity == "~" else None,
        service=difference.service if polarity == "~" else None,
    )


def _joined(first: Difference, other: Difference) -> Difference:
    """One difference that is reached twice: if the effects differ, its effect is unknown."""
    effect = first.effect if first.effect == other.effect else "unknown"
    severity = first.severity if first.severity == other.severity else None
    service = first.service if first.service == other.service else None
    return replace(first, effect=effect, sure=first.sure and other.sure, severity=severity, service=service)


def join(path: str, segment: str) -> str:
    """A path with a segment more."""
    if not segment or segment.startswith("["):
        return path + segment
    return f"{path}.{segment}" if path else segment
