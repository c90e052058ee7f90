"""In a checkout, `spectwin` is the package in `generator/`; an editable installation finds this in its place.

The package takes this module's place before the import ends, so that nothing of it is imported twice.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_spec = spec_from_file_location(__name__, Path(__file__).resolve().parents[3] / "generator" / "__init__.py")
if _spec is None or _spec.loader is None:
    raise ImportError(__name__)
_package = sys.modules[__name__] = module_from_spec(_spec)
_spec.loader.exec_module(_package)
