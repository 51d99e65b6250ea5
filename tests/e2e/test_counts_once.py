"""P10 of STATISTICS 14: copies and replay count nothing twice. What evidence says, what it spent and the incidents are
those of the stream without copies; the same events under ids of their own, which are no copies, are the contrast."""
import gzip
import json
import re
import subprocess

import pytest

ROWS = 4000  # Christmas is among them, with an incident of evidence
CONFIG = "models:\n  elec2:\n    task: binary\n    positive: UP\n    reference: {file: profile.json}\n"
EVIDENCE = re.compile(r"^driftd_(drift_evidence|budget_\w+|incidents_total|predictions_total|drift_statistic|performance)\{.*$", re.M)


@pytest.fixture(scope="module")
def inputs(program, shared_data, tmp_path_factory):
    """The folder with the profile, and what each input holds: events as bytes."""
    folder = tmp_path_factory.mktemp("once")
    data = shared_data / "data"
    subprocess.run([program, "profile", "--model", "elec2", "-o", folder / "profile.json", data / "elec2.reference.csv.gz"],
                   check=True, capture_output=True)
    (folder / "driftd.yaml").write_text(CONFIG)
    return folder, {kind: gzip.decompress((data / f"elec2.{kind}.jsonl.gz").read_bytes()).splitlines(keepends=True)[:ROWS]
                    for kind in ("predictions", "feedback")}


def replay(program, folder, files):
    """(evidence, budget, incidents and statistics at the end; the incidents told; the copies that were counted as such)"""
    paths = []
    for name, lines in files.items():
        paths.append(folder / f"{name}.jsonl")
        paths[-1].write_bytes(b"".join(lines))
    done = subprocess.run([program, "replay", "-c", folder / "driftd.yaml", *paths, "--metrics", folder / "end.prom"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    page = (folder / "end.prom").read_text()
    copies = sum(float(value) for value in re.findall(r"^driftd_events_duplicate_total\S* (\S+)$", page, re.M))
    return sorted(match.group() for match in EVIDENCE.finditer(page)), done.stdout, copies


def renamed(line):
    event = json.loads(line)
    event["id"] += "-again"
    return json.dumps(event).encode() + b"\n"


def test_copies_and_a_replay_of_everything_count_nothing_twice(program, inputs):
    folder, events = inputs
    once = replay(program, folder, events)
    assert '"kind":"data"' in once[1] and any(line.startswith("driftd_drift_evidence") for line in once[0])
    assert once[2] == 0
    copied = replay(program, folder, {kind: [line for line in lines for _ in range(3)] for kind, lines in events.items()})
    assert copied[:2] == once[:2]
    assert copied[2] == 4 * ROWS
    replayed = replay(program, folder, events | {f"{kind}-again": lines for kind, lines in events.items()})
    assert replayed[:2] == once[:2]
    assert replayed[2] == 2 * ROWS


def test_the_same_events_under_other_ids_count_twice(program, inputs):
    folder, events = inputs
    doubled = {kind: [one for line in lines for one in (line, renamed(line))] for kind, lines in events.items()}
    assert replay(program, folder, doubled)[:2] != replay(program, folder, events)[:2]
