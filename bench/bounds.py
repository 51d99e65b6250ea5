"""What memory driftd takes when something grows that others decide on: ids, series, models, incidents, clients.

    ~/.cache/driftd/python/bin/python bench/bounds.py [--full] [CASE ...]

Each case is a driftd of its own, `replay` of a pipe or `run` beside a real broker; resident memory is what the kernel
says of that process. The small form takes minutes, the full one an hour and 8 GB. A case prints the figures of its
growth, so that a bound shows as a line that no longer rises.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "bench")]
import bounds_streams as streams  # noqa: E402
from driftd_process import Driftd  # noqa: E402
from kafka_broker import KafkaBroker  # noqa: E402
from memory import forget_peak, peak, resident  # noqa: E402
from paths import PROGRAM  # noqa: E402
from process import wait_until  # noqa: E402
from slow_clients import SlowClients, StalledReceiver, every  # noqa: E402

MB = 1_000_000
GET_METRICS = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"


def row(case, what, value, unit=""):
    print(f"{case:<22} {what:<58} {value:>14} {unit}", flush=True)


class Bench:
    def __init__(self, folder, full):
        self.folder, self.full = folder, full
        self._broker = None

    def size(self, small, full):
        return full if self.full else small

    @property
    def broker(self):
        if self._broker is None:
            self._broker = KafkaBroker(self.folder / "kafka")
            self._broker.start(seconds=300)  # the machine may be busy
        return self._broker

    def close(self):
        if self._broker:
            self._broker.kill()

    def replay(self, case, config, lines, every_lines):
        """Feeds a replay through a pipe and prints its memory as it grows; the final metrics."""
        home = self.folder / case
        home.mkdir()
        (home / "driftd.yaml").write_text(json.dumps({"threads": 1, **config}))
        os.mkfifo(home / "pipe.jsonl")
        command = [PROGRAM, "replay", "-c", home / "driftd.yaml", home / "pipe.jsonl", "--metrics", home / "end.prom"]
        with open(home / "said", "wb") as said:
            child = subprocess.Popen(list(map(str, command)), stdout=said, stderr=said, env={**os.environ, "TMPDIR": str(home)})
        begin, count, before = time.monotonic(), 0, 0
        with open(home / "pipe.jsonl", "wb", buffering=1 << 20) as pipe:
            for count, line in enumerate(lines, 1):  # noqa: B007
                pipe.write(line)
                if count % every_lines == 0:
                    now = resident(child.pid)
                    row(case, f"after {count:,} records, {(now - before) / every_lines:.0f} bytes more for each", f"{now / MB:,.0f}", "MB")
                    before = now
            pipe.flush()
            row(case, f"at the end of {count:,} records, peak", f"{peak(child.pid) / MB:,.0f}", "MB")
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{case}: ended with {child.returncode}\n{(home / 'said').read_text()[-2000:]}")
        row(case, f"peak with the end of all input, {time.monotonic() - begin:.0f} s", f"{used.ru_maxrss * 1024 / MB:,.0f}", "MB")
        said = (home / "said").read_text()
        row(case, "lines of the log that tell of a limit", sum("limit=" in line for line in said.splitlines()))
        return (home / "end.prom").read_text()

    @contextlib.contextmanager
    def run(self, case, config, lines, partitions=1):
        """A running driftd that has read these records."""
        self.broker.create_topic(case, partitions)
        count = 0

        def counted():
            nonlocal count
            for line in lines:
                count += 1
                yield {"value": line.rstrip(), "partition": count % partitions}

        kafka = {"brokers": [self.broker.bootstrap], "group": case, "start": "earliest", "dead_letter_topic": f"{case}-dead", "topics": {"predictions": [case]}}
        driftd = Driftd(self.folder / case, {"threads": 1, "kafka": kafka, **config})
        driftd.start()
        row(case, "nothing read yet", f"{resident(driftd.popen.pid) / MB:,.0f}", "MB")
        try:
            self.broker.produce(case, counted())
            wait_until(lambda: said(driftd, "driftd_events_total") + said(driftd, "driftd_events_rejected_total") >= count, 1200, "all to be read", every=2)
            row(case, f"{count:,} records read; resident", f"{resident(driftd.popen.pid) / MB:,.0f}", "MB")
            yield driftd
        finally:
            row(case, "peak", f"{peak(driftd.popen.pid) / MB:,.0f}", "MB")
            row(case, "ends with", driftd.stop(60))
            told = [line for line in driftd.log.splitlines() if "limit=" in line]
            row(case, "lines of the log that tell of a limit", len(told))


def said(driftd, name):
    """The sum of a metric's samples, without parsing a page that may be large."""
    lines = requests.get(f"{driftd.url}/metrics", timeout=120).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith((name + "{", name + " ")))


def scrape(driftd):
    return len(requests.get(f"{driftd.url}/metrics", timeout=120).content)


def ids(bench):
    """Distinct prediction ids whose labels never come."""
    count = bench.size(300_000, 10_000_000)
    page = bench.replay("ids", {"models": {"credit": {"reference": {"first": 1000}}}}, streams.unlabelled(count), count // 10)
    row("ids", "expired at the end", f"{total(page, 'driftd_join_expired_total'):,.0f}")


def ids_at_the_limit(bench):
    """The same with a tenth of them allowed to wait."""
    count = bench.size(300_000, 3_000_000)
    config = {"join": {"max_waiting": count // 10}, "models": {"credit": {"reference": {"first": 1000}}}}
    page = bench.replay("ids-at-the-limit", config, streams.unlabelled(count), count // 10)
    row("ids-at-the-limit", "evicted", f"{total(page, 'driftd_join_evicted_total'):,.0f}")


def ids_wide(bench):
    """Of 25 columns."""
    count = bench.size(100_000, 1_000_000)
    bench.replay("ids-wide", {"models": {"credit": {"reference": {"first": 1000}}}}, streams.unlabelled(count, 25), count // 5)


def feedback(bench):
    """Distinct feedback ids that match nothing."""
    count = bench.size(300_000, 10_000_000)
    page = bench.replay("feedback", {"models": {"credit": {"reference": {"first": 1000}}}}, streams.unmatched(count), count // 10)
    row("feedback", "unmatched at the end", f"{total(page, 'driftd_feedback_unmatched_total'):,.0f}")


def total(page, name):
    return sum(float(line.rpartition(" ")[2]) for line in page.splitlines() if line.startswith(name + "{"))


def series(bench):
    """Many series, all of them scraped: once, every 100 ms, by fifty at once, and by clients that hardly read."""
    models, segments, columns = bench.size((10, 10, 10), (50, 20, 20))
    config = {
        "metrics": {"max_series": 10_000_000}, "slot": "10s", "lateness": "1s",
        "models": {"default": {"reference": {"first": 40 * segments}, "segments": ["part"], "derived": {"pairs": 0, "projections": 0, "components": 0}}},
    }  # fmt: skip
    with bench.run("series", config, streams.wide(models, segments, columns, 100)) as driftd:
        size = scrape(driftd)
        lines = requests.get(f"{driftd.url}/metrics", timeout=120).text.splitlines()
        row("series", "on the page", f"{sum(not line.startswith('#') for line in lines):,}", f"({size / MB:.1f} MB)")
        under("series", driftd, "a scrape every 100 ms", bench.size(10, 60), lambda ending: every(0.1, lambda: scrape(driftd), ending))
        under("series", driftd, "fifty scrapers at once", bench.size(5, 20), lambda ending: fifty(driftd, ending))
        with SlowClients(driftd.port, 500, GET_METRICS, reads=True) as clients:
            under("series", driftd, "500 clients read a byte a second", 45, lambda ending: every(1, lambda: scrape(driftd), ending))
            row("series", "of them closed", clients.ended())
        time.sleep(1)
        row("series", "after them", f"{resident(driftd.popen.pid) / MB:,.0f}", "MB")


def fifty(driftd, ending):
    with ThreadPoolExecutor(50) as pool:
        return [took for one in pool.map(lambda _: every(0.1, lambda: scrape(driftd), ending), range(50)) for took in one]


def under(case, driftd, what, seconds, do):
    """Prints the peak and the slowest answer while `do(ending)` goes on for so many seconds."""
    forget_peak(driftd.popen.pid)
    ending = threading.Event()
    threading.Timer(seconds, ending.set).start()
    took = do(ending)
    row(case, f"{what}: {len(took)} answers, the slowest after {max(took):.2f} s; peak", f"{peak(driftd.popen.pid) / MB:,.0f}", "MB")


def connections(bench):
    """Clients that say nothing, too little, or hold back the end of a large body."""
    with bench.run("connections", {}, streams.unlabelled(1000)) as driftd:
        kinds = {
            "2,000 say nothing": SlowClients(driftd.port, 2000),
            "500 send a header a byte a second": SlowClients(driftd.port, 500, b"GET /metrics HTTP/1.1\r\nX-A: ", drip=b"a"),
            "300 hold back the end of a body of 32 MB": SlowClients(
                driftd.port, bench.size(40, 300), b"POST /-/reload HTTP/1.1\r\nContent-Length: 33554432\r\n\r\n" + b"x" * 33554431),
        }  # fmt: skip
        for what, slow in kinds.items():
            forget_peak(driftd.popen.pid)
            with slow as clients:
                under("connections", driftd, what, 10, lambda ending: every(0.5, lambda: scrape(driftd), ending))
                row("connections", "of them closed by then", clients.ended())


def models(bench):
    """Models without end, under a raised limit and under the usual one."""
    count = bench.size(2000, 10_000)
    with bench.run("models", {"limits": {"max_models": 20_000}, "models": {"default": {"reference": {"first": 30}}}}, streams.many_models(count, 60)) as driftd:
        begin = time.monotonic()
        row("models", "the page", f"{scrape(driftd) / MB:.1f}", f"MB in {time.monotonic() - begin:.2f} s")
    with bench.run("models-at-the-limit", {"models": {"default": {"reference": {"first": 30}}}}, streams.many_models(bench.size(4000, 20_000), 10)) as driftd:
        row("models-at-the-limit", "rejected", f"{said(driftd, 'driftd_events_rejected_total'):,.0f}")


def webhook(bench):
    """Thousands of incidents for a receiver that accepts and never answers."""
    rule = {"name": "moved", "column": "income", "statistic": "psi", "above": 1.0, "at_least": 20, "action": "notify"}
    config = {"lateness": "0s", "limits": {"max_models": 1000},
              "models": {"default": {"reference": {"first": 150}, "window": "1m", "rules": [rule], "derived": {"pairs": 0, "projections": 0, "components": 0}}}}  # fmt: skip
    with StalledReceiver() as receiver:
        config["alerts"] = {"webhooks": [{"name": "stalled", "url": receiver.url}]}
        with bench.run("webhook", config, streams.restless(bench.size(50, 500), bench.size(40, 80))) as driftd:
            for name in ("driftd_incidents_total", "driftd_webhook_pending", "driftd_webhook_attempts_total", "driftd_webhook_abandoned_total"):
                row("webhook", name, f"{said(driftd, name):,.0f}")
            row("webhook", "connections", len(receiver.connections))


CASES = [ids, ids_at_the_limit, ids_wide, feedback, series, connections, models, webhook]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="of " + ", ".join(case.__name__ for case in CASES))
    parser.add_argument("--full", action="store_true", help="ten million ids, ten thousand models, a hundred thousand series")
    options = parser.parse_args()
    known = {case.__name__: case for case in CASES}
    if unknown := set(options.cases) - set(known):
        raise SystemExit(f"no such case: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="driftd-bounds-") as name:
        bench = Bench(Path(name), options.full)
        try:
            for case in options.cases or known:
                known[case](bench)
        finally:
            bench.close()


if __name__ == "__main__":
    main()
