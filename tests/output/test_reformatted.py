"""Files that a formatter of the project rewrote: told apart from files that somebody edited."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from generator.diagnostics.diagnostic import Refused
from generator.output import plan
from generator.output.package import Package
from generator.output.reformatted import is_reformatted

TEXT = '"""A  module."""\n\nfrom b import y, x\nimport a\n\nX = {"a": 1, "b": [2, 3]}\n\n\nclass C:\n    """Says\n    more."""\n'

OTHERWISE = (
    "'''A module.'''\nimport a\nfrom b import x\nfrom b import y\n"
    "X = {'a': 1, 'b': [\n  2, 3]}\nclass C:\n  '''Says more.'''"
)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (OTHERWISE, True),
        (TEXT + "# a remark\n", False),
        (TEXT.replace("X = ", "\n\nX  =  "), True),
        ("from b import y, x\nX = x\nimport a\n", False),
        (TEXT.replace("1", "2"), False),
        (TEXT.replace("import a", "import c"), False),
        (TEXT.replace("Says", "Tells"), False),
        (TEXT + "Y = 1\n", False),
        ("x = (", False),
    ],
)
def test_layout_quotes_and_order_of_imports_do_not_count(found: str, expected: bool) -> None:
    assert is_reformatted(found.encode(), TEXT.encode()) is expected


def package(**files: str) -> Package:
    texts = {PurePosixPath("p", f"{name}.py"): text for name, text in files.items()}
    return Package(name="p", files=texts, warnings=(), operations=0, models=0)


def test_reformatted_files_are_one_message_with_the_remedy(tmp_path: Path) -> None:
    made = package(**dict.fromkeys("abcde", TEXT))
    plan.write(plan.plan(made, tmp_path, inputs_digest=""))
    for name in "abcde":
        (tmp_path / "p" / f"{name}.py").write_text(TEXT.replace('"', "'"))
    (tmp_path / "p" / "e.py").write_text(TEXT + "mine = 1\n")
    again = plan.plan(made, tmp_path, inputs_digest="")
    edited, formatted = plan.refusals(again)
    assert edited.file.endswith("p/e.py")
    assert "p/a.py, p/b.py, p/c.py and 1 more" in formatted.message
    assert "only reformatted" in formatted.message
    assert "--force" in formatted.hint
    shown = plan.compare(again)
    assert shown.count("only reformatted: p/a.py, p/b.py, p/c.py and 1 more") == 1
    assert "a.py (on disk)" not in shown
    assert "e.py (on disk)" in shown
    with pytest.raises(Refused):
        plan.write(again)
    assert plan.write(again, force=True).of("edited")
    assert (tmp_path / "p" / "a.py").read_text() == TEXT


def test_what_type_checkers_read_is_reformatted_too(tmp_path: Path) -> None:
    path = PurePosixPath("p", "__init__.pyi")
    made = Package(name="p", files={path: TEXT}, warnings=(), operations=0, models=0)
    plan.write(plan.plan(made, tmp_path, inputs_digest=""))
    (tmp_path / path).write_text(TEXT.replace('"', "'"))
    (only,) = plan.refusals(plan.plan(made, tmp_path, inputs_digest=""))
    assert "only reformatted" in only.message
