"""The files of a package that change, with the numbers of added and removed lines: those that a pull request shows."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from ...diagnostics.diagnostic import Refused
from ...disk import scratch
from ...git import git
from ...output.package import Package
from ...records import record
from .line_blocks import MOST_LINES, inner, order

_COUNT = "diff --no-index --numstat --no-renames --no-ext-diff --no-textconv -z before after".split()

Numbers = tuple[int, int]
"""Added and removed lines."""


@record(kw_only=True)
class ChangedFile:
    """A file that changes, comes or goes; `note` says of a static file which of these."""

    name: str
    plus: int
    minus: int
    note: str


def changed_files(packages: tuple[Package, Package], static: frozenset[str]) -> tuple[list[ChangedFile], bool]:
    """List what differs, in the order in which it is read; and whether git counted the lines.

    For large files, and for lines that occur often, git does not look for the fewest: only git knows what it shows. Where it
    can't be run, the lines are counted here.
    """
    before, after = (inner(package.files) for package in packages)
    names = sorted((name for name in {**before, **after} if before.get(name) != after.get(name)), key=order)
    old, new = ({name: text for name in names if (text := side.get(name)) is not None} for side in (before, after))
    by_git = _by_git(old, new)
    files = []
    for name in names:
        note = "" if name not in static else "the same in every package" if name in after else "no longer needed"
        plus, minus = (by_git or {}).get(name) or _counted(old.get(name, ""), new.get(name, ""))
        files.append(ChangedFile(name=name, plus=plus, minus=minus, note=note))
    return files, by_git is not None


def _by_git(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, Numbers] | None:
    """Have git count the lines; None where it can't."""
    texts = {
        f"{side}/{name}": text for side, files in (("before", old), ("after", new)) for name, text in files.items()
    }
    try:
        with scratch({"before/.none": "", "after/.none": "", **texts}) as folder:
            said = git(*_COUNT, folder=folder)
    except subprocess.CalledProcessError as error:
        if error.returncode != 1:  # which says that there are differences
            return None
        said = error.stdout
    except (Refused, OSError):
        return None
    return dict(_read(said.decode("utf-8", "replace").split("\0")))


def _read(said: list[str]) -> Iterator[tuple[str, Numbers]]:
    """Read what `git diff --numstat -z` says: numbers, then the two names, of which one is of no file where it came or went."""
    for numbers, *names in zip(said[::3], said[1::3], said[2::3], strict=False):
        plus, minus, _ = numbers.split("\t")
        name = next(name for name in reversed(names) if name.startswith(("before/", "after/")))
        if plus.isdecimal() and minus.isdecimal():  # it says - of what it takes for binary
            yield name.partition("/")[2], (int(plus), int(minus))


def _counted(old: str, new: str) -> Numbers:
    """Count the lines of one file; very many are not compared."""
    olds, news = old.splitlines(), new.splitlines()
    same = 0
    if max(len(olds), len(news)) <= MOST_LINES:
        same = sum(block.size for block in SequenceMatcher(None, olds, news, autojunk=False).get_matching_blocks())
    return len(news) - same, len(olds) - same
