#!/usr/bin/env python3
"""Which sources compile as one: what most of their time goes into, the headers of others, is then read once.

    scripts/batches.py FILE...      a line `NUMBER;FILE` each, equal numbers for files of one batch

Two files that define a name each for themselves alone (in an unnamed namespace, as far as their text shows) cannot be in
one batch.
"""

import re
import sys
from pathlib import Path

MOST = 12  # of one batch
NO_NAMES = {"TEST", "TEST_F", "TEST_P", "INSTANTIATE_TEST_SUITE_P", "MATCHER", "MATCHER_P", "static_assert", "requires"}


def own_names(path):
    """What a file defines for itself only: names at the left margin of an unnamed namespace, and macros."""
    text = Path(path).read_text()
    inner = "".join(re.findall(r"^namespace \{$(.*?)^\}  // namespace$", text, re.S | re.M))
    names = {
        name
        for line in inner.splitlines()
        if line[:1].isalpha()
        for name in re.findall(r"\w+(?=\(|\{|\[| =|;| \{| :)", line)
    }
    return (names - NO_NAMES) | set(re.findall(r"^#define (\w+)", text, re.M))


def batches(items, path_of, key_of=lambda item: None, most=MOST):
    """The items in groups that compile as one: equal keys, no name twice."""
    found = []
    for item in items:
        key, names = key_of(item), own_names(path_of(item))
        for batch in found:
            if batch["key"] == key and len(batch["items"]) < most and not batch["names"] & names:
                break
        else:
            batch = {"key": key, "names": set(), "items": []}
            found.append(batch)
        batch["items"].append(item)
        batch["names"] |= names
    return [batch["items"] for batch in found]


if __name__ == "__main__":
    for number, batch in enumerate(batches(sys.argv[1:], path_of=lambda path: path)):
        for path in batch:
            print(f"{number};{path}")
