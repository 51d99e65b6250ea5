"""Other people's pipelines and receivers of alerts, started for a test: Alertmanager, Prefect, Dagster, Airflow.

`missing(NAME)` says what keeps one from running here. Each is given an empty directory and ends with its process.
"""

import json
import os
import shutil
import sqlite3
import time

import requests
from paths import CACHE
from process import Process, free_port

HOME = CACHE / "receivers"


def missing(name):
    """What keeps it from running here, or None."""
    if name == "alertmanager":
        return None if shutil.which("prometheus-alertmanager") else "no Alertmanager (scripts/setup --tests installs it)"
    return None if (HOME / name / ".complete").exists() else f"no {name} (DRIFTD_FULL=1 scripts/setup --tests installs it)"


class Receiver(Process):
    """`name`, the arguments after its program, where it says that it is ready, and further environment variables."""

    def __init__(self, directory, name, program, arguments, ready, env):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.path = ready
        directory.mkdir(parents=True, exist_ok=True)
        places = {"PORT": str(self.port), "DIRECTORY": str(directory)}
        command = [program, *(argument.format(**places) for argument in arguments)]
        # Nothing of this machine's own settings, and no word home.
        env = {"PATH": f"{HOME / name / 'bin'}:{os.environ['PATH']}", "HOME": str(directory), "NO_PROXY": "*",
               **{key: value.format(**places) for key, value in env.items()}}  # fmt: skip
        super().__init__(command, directory, name, env=env)

    def start(self, seconds=180.0):
        self.spawn()
        self.wait_ready(self._ready, seconds)

    def _ready(self):
        try:
            return requests.get(self.url + self.path, timeout=5).status_code == 200
        except (requests.ConnectionError, requests.Timeout):
            return False

    def get(self, path, **options):
        return self._json(lambda: requests.get(self.url + path, timeout=30, **options))

    def post(self, path, body, **options):
        return self._json(lambda: requests.post(self.url + path, json=body, timeout=30, **options))

    # Prefect answers 503 while its own database is busy.
    def _json(self, call):
        answer = call()
        for _ in range(30):
            if answer.status_code != 503:
                break
            time.sleep(1)
            answer = call()
        assert answer.ok, f"{answer.status_code} {answer.text[:2000]}"
        return answer.json()


def alertmanager(directory):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "alertmanager.yml").write_text(json.dumps({"route": {"receiver": "none"}, "receivers": [{"name": "none"}]}))
    return Receiver(directory, "alertmanager", "prometheus-alertmanager",
                    ["--config.file={DIRECTORY}/alertmanager.yml", "--storage.path={DIRECTORY}/data",
                     "--web.listen-address=127.0.0.1:{PORT}", "--cluster.listen-address="], "/-/ready", {})  # fmt: skip


def prefect(directory):
    return Receiver(directory, "prefect", HOME / "prefect" / "bin" / "prefect",
                    ["server", "start", "--host", "127.0.0.1", "--port", "{PORT}"], "/api/health",
                    {"PREFECT_HOME": "{DIRECTORY}", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"})  # fmt: skip


DAGSTER_JOB = """
from dagster import Definitions, job, op

@op
def train():
    pass

@job
def retrain():
    train()

defs = Definitions(jobs=[retrain])
"""


def dagster(directory):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "defs.py").write_text(DAGSTER_JOB)
    (directory / "dagster.yaml").write_text(json.dumps({"telemetry": {"enabled": False}}))
    return Receiver(directory, "dagster", HOME / "dagster" / "bin" / "dagster-webserver",
                    ["-f", "{DIRECTORY}/defs.py", "-h", "127.0.0.1", "-p", "{PORT}"], "/server_info",
                    {"DAGSTER_HOME": "{DIRECTORY}"})  # fmt: skip


AIRFLOW_DAG = """
from airflow.sdk import dag, task

@dag(schedule=None, is_paused_upon_creation=False)
def retrain():
    @task
    def train():
        pass

    train()

retrain()
"""


class Airflow(Receiver):
    """The API server alone: it takes runs, nobody executes them."""

    def __init__(self, directory):
        (directory / "dags").mkdir(parents=True, exist_ok=True)
        (directory / "dags" / "retrain.py").write_text(AIRFLOW_DAG)
        settings = {"AIRFLOW_HOME": "{DIRECTORY}", "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW__CORE__DAGS_FOLDER": "{DIRECTORY}/dags",
                    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "driftd:admin",
                    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": "{DIRECTORY}/passwords.json",
                    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False"}  # fmt: skip
        (directory / "passwords.json").write_text(json.dumps({"driftd": "secret"}))
        super().__init__(directory, "airflow", HOME / "airflow" / "bin" / "airflow",
                         ["api-server", "--host", "127.0.0.1", "--port", "{PORT}", "--workers", "1"], "/api/v2/version", settings)  # fmt: skip

    def start(self, seconds=300.0):
        for step in (["db", "migrate"], ["dags", "reserialize"]):
            one = Process([self.command[0], *step], self.directory, "airflow-" + step[0], env=self.env)
            one.spawn()
            code = one.popen.wait(seconds)
            assert code == 0, f"airflow {' '.join(step)} ended with {code}:\n{one.log[-3000:]}"
        super().start(seconds)

    def token(self):
        return self.post("/auth/token", {"username": "driftd", "password": "secret"})["access_token"]

    def runs(self):
        with sqlite3.connect(f"file:{self.directory}/airflow.db?mode=ro", uri=True) as database:
            return database.execute("select run_id, conf from dag_run where dag_id = 'retrain'").fetchall()
