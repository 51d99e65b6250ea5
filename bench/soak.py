"""Whether driftd's memory stays flat at full speed: it reads from a broker that is filled all the while, with labels, scrapes
and incidents.

    ~/.cache/driftd/python/bin/python bench/soak.py [--minutes 30]

Resident memory is printed every ten seconds. In the end a straight line is laid through its second half; exit code 1
where that rises by more than `--limit` percent of it an hour, and by more than a step that the allocator makes anyway.
The stream is in event time many times faster than the clock, so that slots, labels and what is kept of both pass by the
thousand; its ids wait an hour of event time. The topic keeps 64 MB.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import requests  # noqa: E402
from driftd_process import Driftd  # noqa: E402
from kafka_broker import KafkaBroker  # noqa: E402
from memory import peak, resident, slope  # noqa: E402
from webhook_receiver import WebhookReceiver  # noqa: E402

MB = 1_000_000
START = 1_790_000_040_000
EVENTS_PER_SECOND = 20  # of event time
LABEL_AFTER = 600  # events
STEP = 8 * MB  # what one allocation more or less of librdkafka or the store makes, at any length of a soak
AHEAD = 100_000  # events that may lie unread in the broker
KEPT = {"retention.bytes": "67108864", "segment.bytes": "16777216", "retention.ms": "-1", "file.delete.delay.ms": "1000"}


def prediction(i):
    """Every tenth stretch of 20,000 events has a column that has moved."""
    moved = 300 if i // 20_000 % 10 == 9 else 0
    return (f'{{"type":"prediction","id":"request-{i:012}","model":"credit","version":"7","time":{START + i * 1000 // EVENTS_PER_SECOND},'
            f'"features":{{"income":{i * 37 % 97 + moved},"age":{i % 61},"country":"{("DE", "FR", "PL")[i % 3]}"}},'
            f'"prediction":{{"label":"{"good" if i % 3 else "bad"}","score":0.5}}}}').encode()  # fmt: skip


def feedback(i):
    time_of_label = START + (i + LABEL_AFTER) * 1000 // EVENTS_PER_SECOND
    return f'{{"type":"feedback","id":"request-{i:012}","model":"credit","time":{time_of_label},"label":"{"good" if i % 4 else "bad"}"}}'.encode()


def configuration(broker, topic, hook):
    rule = {"name": "income-psi", "column": "income", "statistic": "psi", "above": 1.0, "at_least": 50, "action": "notify"}
    return {
        "kafka": {"brokers": [broker.bootstrap], "group": topic, "start": "earliest", "dead_letter_topic": f"{topic}-dead",
                  "topics": {"predictions": [topic], "feedback": [topic]}},
        "storage": {"checkpoint_every": "2s", "retention": "6h"}, "threads": 1, "idle_after": "1h", "max_ahead": "3660d", "dedupe": "10m",
        "models": {"credit": {"reference": {"first": 5000}, "window": "10m", "label_horizon": "1h", "segments": ["country"], "rules": [rule]}},
        "alerts": {"webhooks": [{"name": "all", "url": hook.url}]},
    }  # fmt: skip


class Filler(threading.Thread):
    """Fills the topic as long as it is let, never far ahead of what has been read."""

    def __init__(self, broker, topic, read):
        super().__init__(daemon=True)
        self.broker, self.topic, self.read = broker, topic, read
        self.sent = 0
        self.ending = threading.Event()

    def run(self):
        producer = self.broker.producer(linger_ms=20, queue_buffering_max_kbytes=16384)
        while not self.ending.is_set():
            if self.sent > self.read() + AHEAD:
                self.ending.wait(0.05)
                continue
            for i in range(self.sent, self.sent + 2000):
                self._send(producer, prediction(i))
                if i >= LABEL_AFTER and i % 10 < 7:
                    self._send(producer, feedback(i - LABEL_AFTER))
            self.sent += 2000
        producer.flush(30)

    def _send(self, producer, value):
        while True:
            try:
                producer.produce(self.topic, value, partition=0)
                return
            except BufferError:
                producer.poll(0.1)


class Soak:
    def __init__(self, broker, folder, topic="soak"):
        self.broker, self.folder, self.topic = broker, folder, topic
        self.points = []  # (seconds, resident bytes)
        self.read = 0
        self.scrapes = 0
        self.page = ""

    def run(self, minutes, scrape_every, tell=print):
        self.broker.create_topic(self.topic, 1, KEPT)
        with WebhookReceiver() as hook, Driftd(self.folder / "driftd", configuration(self.broker, self.topic, hook)) as driftd:
            filler = Filler(self.broker, self.topic, lambda: self.read)
            filler.start()
            begin = told = time.monotonic()
            while (now := time.monotonic()) < begin + 60 * minutes:
                self._scrape(driftd)
                self.points.append((now - begin, resident(driftd.popen.pid)))
                if now >= told:
                    told += 10
                    tell(f"{now - begin:7.0f} s {self.points[-1][1] / MB:9.1f} MB {self.read:14,.0f} predictions {len(hook.requests):5} calls {self.scrapes:6} scrapes")
                time.sleep(scrape_every)
            filler.ending.set()
            filler.join()
            self.peak = peak(driftd.popen.pid)
        self.code, self.calls, self.log = driftd.returncode, len(hook.requests), driftd.log

    def _scrape(self, driftd):
        self.page = requests.get(f"{driftd.url}/metrics", timeout=60).text
        self.scrapes += 1
        self.read = sum(float(line.rpartition(" ")[2]) for line in self.page.splitlines() if line.startswith("driftd_predictions_total{"))

    def figures(self):
        """(bytes an hour, resident bytes, bytes by which the line rises) of the second half."""
        half = [point for point in self.points if point[0] >= self.points[-1][0] / 2]
        rise = slope(half)
        return rise * 3600, sum(y for _, y in half) / len(half), rise * (half[-1][0] - half[0][0])

    def is_flat(self, percent):
        hourly, mean, risen = self.figures()
        return hourly <= percent / 100 * mean or risen <= STEP


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--scrape-every", type=float, default=0.25, help="seconds")
    parser.add_argument("--limit", type=float, default=10, help="percent of resident memory an hour")
    parser.add_argument("--json", type=Path, help="write the points to this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="driftd-soak-") as name:
        broker = KafkaBroker(Path(name) / "kafka")
        try:
            broker.start(seconds=300)  # the machine may be busy
            soak = Soak(broker, Path(name))
            soak.run(options.minutes, options.scrape_every, lambda line: print(line, flush=True))
        finally:
            broker.kill()
    if options.json:
        options.json.write_text(json.dumps(soak.points))
    hourly, mean, risen = soak.figures()
    flat = soak.is_flat(options.limit)
    print(f"second half: {mean / MB:.1f} MB on average, peak {soak.peak / MB:.1f} MB; {hourly / MB:+.2f} MB an hour ({hourly / mean:+.1%}), {risen / MB:+.2f} MB in it")
    print("flat" if flat else "NOT flat")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
