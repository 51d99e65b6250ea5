"""Libraries that are loaded before the C library (LD_PRELOAD), built from C beside this file; and clocks that a test
sets while a program runs (clocks.c)."""

import mmap
import shutil
import struct
import subprocess
import time
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SECOND = 1_000_000_000  # nanoseconds


def built(name, directory):
    """The library of NAME.c; the test is skipped where nothing compiles it."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    library = directory / f"{name}.so"
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, HERE / f"{name}.c", "-ldl"], check=True)
    return library


def environment(library, **more):
    return {"LD_PRELOAD": str(library), "ASAN_OPTIONS": "verify_asan_link_order=0", **{k: str(v) for k, v in more.items()}}


class Clocks:
    """What a program that is started with `env` believes of the time."""

    def __init__(self, file, library):
        file.write_bytes(bytes(16))
        self.env = environment(library, DRIFTD_CLOCKS=file)
        self._file = open(file, "r+b")
        self._map = mmap.mmap(self._file.fileno(), 16)

    def set_by(self, seconds):
        """The wall clock alone is set, by so much more."""
        self._add(0, seconds)

    def pass_by(self, seconds):
        """So much time passes at once, by every clock."""
        self._add(0, seconds)
        self._add(8, seconds)

    def _add(self, place, seconds):
        (value,) = struct.unpack_from("q", self._map, place)
        struct.pack_into("q", self._map, place, value + int(seconds * SECOND))

    def now(self):
        """Seconds since the epoch by its wall clock."""
        return time.time() + struct.unpack_from("q", self._map, 0)[0] / SECOND

    def close(self):
        self._map.close()
        self._file.close()
