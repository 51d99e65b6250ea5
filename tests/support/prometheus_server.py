"""A real Prometheus that scrapes the given targets every second, and answers queries.

    with PrometheusServer(tmp_path, targets=["127.0.0.1:9108"]) as prometheus:
        prometheus.wait_for_series("driftd_build_info")
        prometheus.query("sum(rate(driftd_events_total[1m]))")
"""

import json
import shutil
import subprocess
import time

import requests
from process import Process, free_port, wait_until


def missing():
    """What keeps Prometheus from running here, or None."""
    absent = [name for name in ("prometheus", "promtool") if not shutil.which(name)]
    return f"no {' and no '.join(absent)} (scripts/setup --tests installs them)" if absent else None


class PrometheusServer(Process):
    def __init__(self, directory, targets, interval="1s", job="driftd", rule_files=(), scrape=None):
        """scrape: further keys of the scrape_config."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        directory.mkdir(parents=True, exist_ok=True)
        self.config = directory / "prometheus.yml"
        self.config.write_text(
            json.dumps(  # JSON is YAML
                {
                    "global": {"scrape_interval": interval, "evaluation_interval": interval},
                    "rule_files": [str(path) for path in rule_files],
                    "scrape_configs": [{"job_name": job, "static_configs": [{"targets": list(targets)}], **(scrape or {})}],
                }
            )
        )
        command = ["prometheus", f"--config.file={self.config}", f"--storage.tsdb.path={directory / 'tsdb'}"]
        super().__init__([*command, f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn"], directory, "prometheus")

    def start(self, seconds=60.0):
        self.spawn()
        self.wait_ready(self._ready, seconds)

    def _ready(self):
        try:
            return requests.get(f"{self.url}/-/ready", timeout=2).status_code == 200
        except requests.ConnectionError:
            return False

    def _get(self, path, **parameters):
        answer = requests.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=30)
        body = answer.json()
        assert body["status"] == "success", f"{parameters}: {body.get('error')}"
        return body["data"]

    def query(self, expression, at=None):
        """An instant query: a list of {"metric": labels, "value": float}."""
        data = self._get("query", query=expression, **({"time": at} if at is not None else {}))
        if data["resultType"] == "scalar":
            return [{"metric": {}, "value": float(data["result"][1])}]
        return [{"metric": row["metric"], "value": float(row["value"][1])} for row in data["result"]]

    def query_range(self, expression, start, end, step):
        return self._get("query_range", query=expression, start=start, end=end, step=step)["result"]

    def alerts(self):
        return self._get("alerts")["alerts"]

    def wait_for_series(self, expression, seconds=30.0):
        """The answer of a query as soon as it is not empty."""
        return wait_until(lambda: self.query(expression), seconds, f"series of {expression}", every=0.2)

    def wait_for_scrapes(self, count=1, seconds=30.0):
        """Waits until every target was scraped `count` times more."""
        since = time.time()
        expression = "min(count_over_time(up[1h]))"

        def scraped():
            targets = self._get("targets")["activeTargets"]
            assert all(not target["lastError"] for target in targets), [target["lastError"] for target in targets]
            rows = self.query(expression)
            return rows and rows[0]["value"] >= before + count

        rows = self.query(expression, since)
        before = rows[0]["value"] if rows else 0
        wait_until(scraped, seconds, f"{count} scrapes", every=0.2)


def promtool(*arguments, stdin=None):
    """(exit code, what it said)"""
    done = subprocess.run(["promtool", *map(str, arguments)], input=stdin, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr
