#!/usr/bin/env python3
"""Sums what scripts/test left in a directory: `checks` (a line each: passed|failed NAME) and the JUnit
files of ctest and pytest. Prints what failed, and at last: N passed, N failed, N skipped."""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def outcome(case):
    """passed, failed or skipped, of one JUnit test case; ctest says notrun and disabled for the last."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return "skipped"
    return "passed"


def outcomes(directory):
    """(outcome, name) of everything that ran."""
    for line in (directory / "checks").read_text().splitlines():
        yield tuple(line.split(" ", 1))
    for file in sorted(directory.glob("*.xml")):
        for case in ElementTree.parse(file).iter("testcase"):
            yield outcome(case), f"{file.stem}: {case.get('name')}"


def main():
    counts = dict.fromkeys(("passed", "failed", "skipped"), 0)
    for result, name in outcomes(Path(sys.argv[1])):
        counts[result] += 1
        if result == "failed":
            print(f"failed: {name}")
    print(", ".join(f"{count} {result}" for result, count in counts.items()))
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
