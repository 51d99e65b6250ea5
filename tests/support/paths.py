"""Where things are: the repository, the program under test, what scripts/setup put into the cache."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("DRIFTD_SHARED_DIR", ROOT.parent / "shared"))
PROGRAM = Path(os.environ.get("DRIFTD_PROGRAM", ROOT / "build" / "release" / "driftd"))
CACHE = Path(
    os.environ.get("DRIFTD_CACHE")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "driftd"
)
FULL = os.environ.get("DRIFTD_FULL") == "1"
