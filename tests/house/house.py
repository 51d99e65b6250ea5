#!/usr/bin/env python3
"""Holds the rules of the house that no compiler holds: who may include whom, where each third-party
library may appear, how long files and functions may grow. Prints every fault and exits 1 if there is one.

    house.py [ROOT]
"""

import fnmatch
import re
import sys
from pathlib import Path

ROOMS = ("core", "collector", "detectors", "alerts", "storage", "app")

# A star: core <- {collector, detectors, alerts, storage} <- app.
MAY_INCLUDE = {room: {"core", room} for room in ROOMS} | {"app": set(ROOMS)}

# Each third-party header, by the start of its name, and the only places that may include it. A
# library that is not here is refused: whoever adds one says where it belongs.
HTTP_EDGES = ("alerts/delivery*", "app/http/*")
PLACES = {
    "absl/": ("app/time_zone*",),
    "librdkafka/": ("collector/kafka_*",),
    "simdjson": ("collector/decode*", "collector/file*", "collector/json*"),
    "gsl/": ("detectors/maths/*",),
    "rocksdb/": ("storage/*",),
    "prometheus/": ("alerts/exposition*",),
    "boost/": HTTP_EDGES,
    "openssl/": ("core/hash*", "alerts/signature*", *HTTP_EDGES),
    "kainjow/": ("alerts/template*",),
    "yaml-cpp/": ("app/config/*",),
    "CLI/": ("app/commands/*", "app/main.cc"),
    "crypt.h": ("app/http/password_hash*",),
    "csv.h": ("app/table_reader*",),
    "spdlog/": ("app/log*",),
    "xxhash.h": ("core/hash*",),
    "zlib.h": ("collector/line_reader*", "app/gzip*", "app/table_reader*"),
    "nlohmann/json_fwd.hpp": ("*",),
    "nlohmann/json.hpp": ("*.cc",),
}

# The system's own headers are no third party.
SYSTEM = re.compile(
    r"(sys|netinet|arpa|linux)/|(unistd|fcntl|poll|signal|dirent|dlfcn|errno|malloc|netdb|pthread|sched"
    r"|stdlib|string|strings|syslog|termios|time|immintrin|pwd)\.h$"
)

FILE_LINES, FUNCTION_LINES = 500, 80
FILE_P95, FUNCTION_P95 = 350, 40

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|placeholder|not implemented)\b", re.IGNORECASE)
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def sources(root):
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in (".h", ".cc"):
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def third_party_fault(file, header):
    """What is wrong with `#include <header>` in this file, if anything."""
    if ("." not in header and "/" not in header and header != "simdjson") or SYSTEM.match(header):
        return None
    start = max((p for p in PLACES if header.startswith(p)), key=len, default=None)
    if start is None:
        return f"<{header}> belongs to no library that tests/house knows"
    if not any(fnmatch.fnmatch(file, place) for place in PLACES[start]):
        return f"<{header}> is for {', '.join(PLACES[start])} only"
    return None


def include_faults(file, text):
    room = file.split("/")[0]
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        kind, header = match.groups()
        if kind == "<":
            fault = third_party_fault(file, header)
        else:
            other = header.split("/")[0]
            fault = None
            if other not in ROOMS:
                fault = f'"{header}" does not begin with a room'
            elif other not in MAY_INCLUDE[room]:
                fault = f'"{header}" is a sideways include: {room} knows {", ".join(sorted(MAY_INCLUDE[room]))}'
        if fault:
            yield f"{file}:{number}: {fault}"


def blanked(text):
    """The text with comments and literals emptied, lines kept, so that braces can be counted."""
    pattern = re.compile(
        r'R"(?P<mark>[^(\s]*)\((?:.|\n)*?\)(?P=mark)"'
        r'|//[^\n]*|/\*(?:.|\n)*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'|^[ \t]*\#[^\n]*',
        re.MULTILINE,
    )
    return pattern.sub(lambda m: "\n" * m.group().count("\n"), text)


def functions(text):
    """(first line, number of lines, name) of every function, found by its braces.

    A table of data inside a function is read as data: its lines do not count.
    """
    stack, head, line, head_line, data_lines = [], "", 1, 1, 0
    for char in blanked(text):
        if char == "\n":
            line += 1
        if char == "{":
            outside = all(kind == "scope" for kind, *_ in stack)
            if outside and re.match(r"\s*((template\s*<.*>|inline|export)\s*)*(namespace|class|struct|union|extern)\b[^()]*$", head, re.S):
                kind = "scope"
            elif outside and "(" in head and not re.search(r"(?<![=!<>])=(?!=)", head.split("(")[0]):
                kind, data_lines = "function", 0
            elif head.rstrip().endswith("=") and "data" not in [kind for kind, *_ in stack]:
                kind, head_line = "data", line
            else:
                kind = "other"
            stack.append((kind, head_line, head))
            head = ""
        elif char == "}":
            if stack:
                kind, start, signature = stack.pop()
                if kind == "data":
                    data_lines += line - start
                if kind == "function":
                    name = re.search(r"([\w:~]+)\s*\(", signature)
                    yield start, line - start + 1 - data_lines, name.group(1) if name else "?"
            head = ""
        elif char == ";":
            head = ""
        else:
            if not head.strip():
                head_line = line
                head = ""
            head += char


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0


def size_faults(files):
    lengths, bodies = [], []
    for file, text in files:
        lengths.append(text.count("\n"))
        if lengths[-1] > FILE_LINES:
            yield f"{file}: {lengths[-1]} lines, {FILE_LINES} are the limit"
        for start, count, name in functions(text):
            bodies.append(count)
            if count > FUNCTION_LINES:
                yield f"{file}:{start}: {name} has {count} lines, {FUNCTION_LINES} are the limit"
    for what, values, limit in (("files", lengths, FILE_P95), ("functions", bodies, FUNCTION_P95)):
        if percentile(values, 0.95) > limit:
            yield f"1 of 20 {what} is longer than {percentile(values, 0.95)} lines, {limit} are the limit"


def text_faults(file, text):
    for number, line in enumerate(text.splitlines(), 1):
        if UNFINISHED.search(line):
            yield f"{file}:{number}: unfinished by its own words: {line.strip()}"
    if file.endswith(".h") and "#pragma once" not in text:
        yield f"{file}: a header without #pragma once"


def faults(root):
    files = list(sources(Path(root)))
    for file, text in files:
        yield from include_faults(file, text)
        yield from text_faults(file, text)
    yield from size_faults(files)


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    found = list(faults(root))
    print("\n".join(found) if found else "the house is in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
