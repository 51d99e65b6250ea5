"""driftd itself: started with a configuration, asked over HTTP, ended gently or not.

    driftd = Driftd(tmp_path, config={"kafka": {...}, "models": {...}})
    driftd.start(); driftd.metric("driftd_events_total", event="prediction"); driftd.kill(); driftd.start()
"""

import json
import os
import subprocess

import requests
from paths import PROGRAM
from process import Process, free_port
from prometheus_client.parser import text_string_to_metric_families


def missing():
    """What keeps driftd from running here, or None."""
    return None if PROGRAM.exists() else f"no program at {PROGRAM.name} (build the release preset)"


def driftd(*arguments, stdin=None, env=None, seconds=300, cwd=None):
    """Runs a command of driftd to its end: CompletedProcess with text."""
    return subprocess.run(
        [str(PROGRAM), *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=seconds, cwd=cwd,
        env={**os.environ, **(env or {})}, check=False,
    )  # fmt: skip


class Driftd(Process):
    """`driftd run`; its store, configuration and log lie in `directory`. `config` is a dict; storage.path
    and http.listen are filled in unless given."""

    def __init__(self, directory, config, arguments=(), env=None):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config_path = directory / "driftd.yaml"
        super().__init__(
            [PROGRAM, "run", "--config", self.config_path, *arguments], directory, "driftd", {**os.environ, **(env or {})}
        )
        self.configure(config)

    def configure(self, config):
        """Writes the configuration file; a running driftd reads it on reload()."""
        whole = {
            **config,
            "storage": {"path": str(self.directory / "store"), **config.get("storage", {})},
            "http": {"listen": f"127.0.0.1:{self.port}", **config.get("http", {})},
        }
        self.config_path.write_text(json.dumps(whole, indent=1))  # JSON is YAML

    def start(self, seconds=60.0):
        self.spawn()
        self.wait_ready(self.ready, seconds)

    def ready(self):
        try:
            return requests.get(f"{self.url}/-/ready", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def get(self, path):
        """A GET's JSON; anything but 200 is an AssertionError."""
        answer = requests.get(f"{self.url}{path}", timeout=30)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def post(self, path, **arguments):
        return requests.post(f"{self.url}{path}", timeout=30, **arguments)

    def reload(self):
        return self.post("/-/reload")

    def metrics_text(self):
        answer = requests.get(f"{self.url}/metrics", timeout=30)
        assert answer.status_code == 200, answer.text[:500]
        return answer.text

    def samples(self, name, **labels):
        """The samples of one metric that carry all these labels: a list of (labels, value)."""
        return [
            (sample.labels, sample.value)
            for family in text_string_to_metric_families(self.metrics_text())
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]

    def metric(self, name, **labels):
        """The sum over the samples that carry these labels; 0 if there is none."""
        return sum(value for _, value in self.samples(name, **labels))
