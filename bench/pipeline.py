"""CPU seconds per million events of the whole pipeline: from a file, and from a real broker beside a bare consumer.

    ~/.cache/driftd/python/bin/python bench/pipeline.py [--events 1000000] [--rounds 3] [--ids] [--no-broker]

Events are 723 bytes with 25 columns (20 numbers, 5 texts and flags). The reference is what `driftd profile` makes of
the first 20,000. Every figure is user + system time of the process measured, as the kernel counts it; both sides of a
comparison are measured in the same round, one after the other.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from driftd_process import Driftd  # noqa: E402
from kafka_broker import KafkaBroker  # noqa: E402
from kafka_broker import missing as broker_missing  # noqa: E402
from paths import PROGRAM  # noqa: E402

EVENT_SIZE = 723
REFERENCE_ROWS = 20_000
EVENTS_PER_SECOND = 100  # in event time: a slot of a minute holds 6,000
PARTITIONS = 4
BENCHES = PROGRAM.parent / "bench"


def feature_texts(count):
    """The features of `count` different rows: 20 numbers, 3 texts, 2 flags."""
    draw = random.Random(1)
    for _ in range(count):
        row = {f"amount_{i:02}": round(draw.gauss(0, 1) if i % 2 else draw.lognormvariate(3, 1), 4) for i in range(20)}
        row |= {"country": draw.choice(["DE", "FR", "PL"]), "channel": draw.choice(["web", "phone"])}
        row |= {"tier": draw.choice(["basic", "silver", "gold"]), "repeat": draw.random() < 0.5, "trial": draw.random() < 0.1}
        yield json.dumps(row, separators=(",", ":")), round(draw.random(), 6)


def events(count, ids):
    """JSON texts, each of EVENT_SIZE bytes unless its numbers are too long."""
    rows = list(feature_texts(min(count, REFERENCE_ROWS)))
    for number in range(count):
        features, score = rows[number % len(rows)]
        whole, part = divmod(number, EVENTS_PER_SECOND)
        moment = f"2026-11-{1 + whole // 86400:02}T{whole // 3600 % 24:02}:{whole // 60 % 60:02}:{whole % 60:02}.{part * 10:03}Z"
        key = f'"id":"e{number:09}",' if ids else ""
        text = f'{{"type":"prediction",{key}"model":"credit","version":"7","time":"{moment}","features":{features},"prediction":{{"score":{score}}}'
        yield f'{text},"note":"{"x" * (EVENT_SIZE - len(text) - 11)}"}}'


def write_events(path, count, ids):
    with open(path, "w") as out:
        for text in events(count, ids):
            out.write(text)
            out.write("\n")


def cpu_of(command, **more):
    """(CPU seconds, wall seconds, output) of a command to its end."""
    begin = time.monotonic()
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True, **more)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{command[0]} {command[1]} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - begin, output


def cpu_now(pid):
    """User and system seconds of a running process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def row(what, cpu, wall, count):
    print(f"{what:<44} {cpu * 1e6 / count:8.2f} {count / wall:12,.0f}", flush=True)


def make_reference(folder, data):
    first = folder / "first.jsonl"
    with open(data) as source, open(first, "w") as out:
        for _, line in zip(range(REFERENCE_ROWS), source):
            out.write(line)
    subprocess.run([PROGRAM, "profile", "--model", "credit", "-o", folder / "credit.profile.json", first], check=True,
                   capture_output=True)  # fmt: skip


def models(folder):
    return {"credit": {"task": "binary", "reference": {"file": str(folder / "credit.profile.json")}, "window": "1h"}}


def from_file(folder, data, count):
    config = folder / "replay.yaml"
    config.write_text(json.dumps({"threads": 1, "models": models(folder)}))
    cpu, wall, _ = cpu_of([PROGRAM, "replay", "-c", config, data])
    row("driftd replay, file, 1 thread", cpu, wall, count)


def from_broker(folder, broker, count, number):
    cpu, wall, _ = cpu_of([BENCHES / "bench_bare_consumer", broker.bootstrap, "predictions", count])
    row("bare librdkafka consumer, broker", cpu, wall, count)
    kafka = {"brokers": broker.bootstrap, "topics": {"predictions": "predictions"}, "start": "earliest"}
    home = folder / f"run-{number}"
    driftd = Driftd(home, {"kafka": kafka, "models": models(folder)})
    begin = time.monotonic()
    with driftd:
        while driftd.metric("driftd_events_total", event="prediction") < count:
            time.sleep(0.25)
        wall = time.monotonic() - begin
        cpu = cpu_now(driftd.popen.pid)  # its start and the scrapes that asked how far it is included
    row("driftd run, broker, store on disk", cpu, wall, count)


def fill(broker, count, ids):
    broker.create_topic("predictions", PARTITIONS, config={"message.timestamp.type": "CreateTime"})
    # Runs of events to one partition after another, so that all of them end at about the same event time.
    broker.produce(
        "predictions", ({"value": text.encode(), "partition": i // 500 % PARTITIONS} for i, text in enumerate(events(count, ids)))
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ids", action="store_true", help="every event with an id: the join and its store take part")
    parser.add_argument("--no-broker", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="driftd-bench-") as name:
        folder = Path(name)
        data = folder / "events.jsonl"
        write_events(data, options.events, options.ids)
        make_reference(folder, data)
        print(f"{options.events:,} events of {data.stat().st_size // options.events - 1} bytes, load average {os.getloadavg()[0]:.1f}")
        print(f"{'':<44} {'CPU s/M':>8} {'events/s':>12}")
        for _ in range(options.rounds):
            from_file(folder, data, options.events)
        print(cpu_of([BENCHES / "bench_stages", data, folder / "credit.profile.json"])[2], end="")
        if options.no_broker:
            return
        if broker_missing():
            raise SystemExit(broker_missing())
        broker = KafkaBroker(folder / "kafka")
        try:
            broker.start(seconds=300)  # the machine may be busy
            fill(broker, options.events, options.ids)
            for number in range(options.rounds):
                from_broker(folder, broker, options.events, number)
        finally:
            broker.kill()


if __name__ == "__main__":
    main()
