"""The folders of the project that tests read."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
"""A folder for each feature: a document and every file that it gives."""
ERRORS = ROOT / "tests" / "errors"
"""A folder for each case: a faulty document and the exact messages about it."""
HOSTILE = ROOT / "tests" / "hostile"
STATIC = ROOT / "templates" / "static"
"""The modules that are copied to every package."""
CORPUS = ROOT.parent / "shared" / "corpus"
"""Documents of others, where they are there."""
BIG = ROOT.parent / "shared" / "big"
"""Two big documents of others, where they are there: github.json and graph.json."""
PAGE = ROOT / "tests" / "support" / "tea-house.md"
"""A Markdown page that holds a document."""
