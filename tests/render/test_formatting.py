"""Modules that ruff gets together come out as each of them does alone."""

from __future__ import annotations

import pytest

from generator.python.syntax import GateError
from generator.render import formatting

BEGIN = '"""The schemas of the document as Pydantic models."""\n\n'
MODULES = {
    "models/a.py": BEGIN + "import place\n\nclass A(Model):\n  a:int=1\n\n  b : str\n",
    "models/b.py": BEGIN
    + "# First.\nfrom .c import C as C\n\n# isort: split\nimport place\n\nB=TypeAliasType('B',int)\n",
    "models/c.py": BEGIN + "import place\n\n\n# also judged: if\nclass C(Model):\n    '''Words.\n    '''\n\n\n\nD = 1",
}
HEADS = {
    "models/a.py": BEGIN + "from uuid import UUID\nfrom typing import Literal, Any\n\nclass C: ...\n",
    "models/b.py": BEGIN
    + "# First.\nfrom .c import C as C\n\n# isort: split\nfrom .b import B, A\nfrom .a import C\nx = 1\n",
    "models/c.py": BEGIN + "from .c import A\n",
}


@pytest.mark.parametrize("size", [1, 150, 500_000])
def test_modules_come_out_together_as_they_do_alone(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(formatting, "_SIZE", size)
    for files, work in ((MODULES, formatting.lay_out), (HEADS, formatting.sort_imports)):
        alone = work(files)
        assert alone != files
        assert work(files, files.keys()) == alone
        assert work(files, {"models/a.py", "models/c.py"}) == alone
        assert list(work(files, files.keys())) == list(files)


def test_the_module_that_is_not_python_is_named() -> None:
    with pytest.raises(GateError, match=r"models/b.py:1"):
        formatting.lay_out({**MODULES, "models/b.py": "class"}, MODULES.keys())
