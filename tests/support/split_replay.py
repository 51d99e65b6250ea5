"""`driftd replay` of lines that are spread over partitions at random."""

import json
import random
import subprocess

from same_answer import state_of


def run(program, *arguments):
    done = subprocess.run([program, *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def split_replay(program, folder, config, lines, partitions):
    """What it printed, and the state that the metrics show at the end; `folder` is made, with the configuration in it."""
    folder.mkdir()
    spread = random.Random(partitions)
    parts = [[] for _ in range(partitions)]
    for line in lines:
        parts[spread.randrange(partitions)].append(line)
    paths = []
    for number, part in enumerate(parts):
        paths.append(folder / f"part-{number:02}.jsonl")
        paths[-1].write_text("\n".join(part) + "\n")
    (folder / "driftd.yaml").write_text(config)
    output = run(program, "replay", "-c", folder / "driftd.yaml", *paths, "--metrics", folder / "end.prom")
    return output, state_of((folder / "end.prom").read_text())


def opened(output):
    return [one["data"] for one in map(json.loads, output.splitlines()) if one["type"] == "drift.incident.opened"]
