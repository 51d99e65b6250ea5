"""DESIGN 7.1: the same events give the same metrics and incidents, to the bit, however they are spread over partitions
and threads. Files stand for partitions here; test_restart.py does it with a broker and kill -9."""
import gzip
import json
import random
import subprocess

import pytest
from same_answer import state_of

CONFIG = """
threads: {threads}
models:
  elec2:
    reference: {{first: 5000}}
    window: 7d
    label_horizon: 7d
    columns: {{nsw_price: {{detectors: [{{kind: page_hinkley, threshold: 5}}]}}}}
    segments: [{{column: period, cuts: [0.25, 0.5]}}]
    rules:
      - {{name: price-psi, column: nsw_price, statistic: psi, above: 1.0, clear: 0.5, for: 6h, action: notify}}
      - {{name: accuracy-floor, metric: accuracy, below: 0.65, action: retrain}}
      - {{name: adwin-loss, column: loss, detector: adwin, action: retrain}}
      - {{name: fresh-labels, new_labels: 5000, action: retrain}}
  bike:
    reference: {{first: 30d}}
    window: 7d
    segments: [season, [weather, working_day]]
    rules: [{{name: mae, metric: mae, above: 60, action: retrain}}, {{name: temp, column: temp, statistic: ks, above: 0.5}}]
"""


def lines(path):
    return gzip.decompress(path.read_bytes()).splitlines(keepends=True)


@pytest.fixture(scope="module")
def events(shared_data):
    """Two models' predictions and feedback, with copies: identical ones and ones that differ."""
    data = shared_data / "data"
    random_numbers = random.Random(7)
    streams = {}
    for model in ("elec2", "bike"):
        for kind in ("predictions", "feedback"):
            streams[model, kind] = lines(data / f"{model}.{kind}.jsonl.gz")[:9000]
    copies = []
    for line in streams["elec2", "predictions"]:
        copies.append(line)
        chance = random_numbers.random()
        if chance < 0.02:
            copies.append(line)
        elif chance < 0.04:
            other = json.loads(line)
            other["features"]["nsw_price"] = 0.99
            copies.append(json.dumps(other).encode() + b"\n")
    streams["elec2", "predictions"] = copies
    return streams


def replay(program, folder, events, partitions, threads, seed):
    random_numbers = random.Random(seed)
    files = {}
    for (_, kind), stream in events.items():
        for line in stream:
            files.setdefault(f"{kind}-{random_numbers.randrange(partitions):02}", []).append((json.loads(line)["time"], line))
    folder.mkdir()
    paths = []
    for name, content in sorted(files.items()):
        content.sort(key=lambda entry: entry[0])  # stable: no event is behind its partition's watermark
        paths.append(folder / f"{name}.jsonl")
        paths[-1].write_bytes(b"".join(line for _, line in content))
    (folder / "driftd.yaml").write_text(CONFIG.format(threads=threads))
    done = subprocess.run([program, "replay", "-c", folder / "driftd.yaml", *paths, "--metrics", folder / "end.prom",
                           "--blocks", "month", "--report", folder / "report.json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return state_of((folder / "end.prom").read_text()), done.stdout, (folder / "report.json").read_text()


def test_partitions_and_threads_do_not_show(program, events, tmp_path):
    metrics, incidents, report = replay(program, tmp_path / "one", events, 1, 1, 0)
    assert incidents.count('"drift.incident.opened"') > 10
    assert "driftd_detector_drifts_total" in metrics and 'segment="season=' in report or 'season=' in metrics
    for partitions, threads in ((1, 4), (2, 1), (7, 4), (64, 1), (64, 4)):
        again = replay(program, tmp_path / f"p{partitions}t{threads}", events, partitions, threads, partitions)
        assert again[0] == metrics, (partitions, threads)
        assert again[1] == incidents, (partitions, threads)
        assert again[2] == report, (partitions, threads)
