"""`driftd certify` and the service that asks for it: of a profile, and of a reference that was learnt."""

import csv
import datetime
import json
import random

from driftd_process import driftd as command
from process import wait_until

START = datetime.datetime(2026, 9, 7, tzinfo=datetime.UTC)
SAID = "nobody has measured whether the budget of false alarms is kept"


def rows(days, each=30):
    """One every `each` seconds: time, features."""
    numbers = random.Random(1)
    for i in range(int(days * 86400 / each)):
        time = (START + datetime.timedelta(seconds=each * i)).isoformat().replace("+00:00", "Z")
        yield time, {"x": round(numbers.gauss(0, 1), 4), "country": numbers.choice(["DE", "DE", "FR"])}


def events(days, each=30):
    return [
        json.dumps({"type": "prediction", "id": f"p{i}", "model": "credit", "time": time, "features": features}).encode()
        for i, (time, features) in enumerate(rows(days, each))
    ]


def details(running):
    return running.get("/api/v1/models/credit")["details"][0]


def test_the_service_says_what_was_never_certified_until_it_is(driftd, broker, topic, program, tmp_path):
    data = tmp_path / "training.csv"
    with data.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["time", "x", "country"])
        table.writerows([time, *features.values()] for time, features in rows(3))
    profile = tmp_path / "credit.profile.json"
    assert command("profile", "--model", "credit", "-o", profile, data).returncode == 0

    predictions = topic("predictions", 1)
    config = {
        "kafka": {"brokers": [broker.bootstrap], "start": "earliest", "topics": {"predictions": [predictions]}},
        "models": {"credit": {"reference": {"file": str(profile)}}},
    }
    running = driftd(config)
    assert f"{SAID}: credit: it was never certified; driftd certify -c {running.config_path} --model credit" in running.log
    broker.produce(predictions, events(0.01))
    wait_until(lambda: running.metric("driftd_slots_closed_total") > 0)
    assert details(running)["certificate"] == {"state": "none", "why": "it was never certified"}

    done = command("certify", "-c", running.config_path, "--model", "credit", "--months", "3", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["months"] == 3
    assert (tmp_path / "credit.certificate.json").exists()
    certificate = details(running)["certificate"]
    assert certificate["state"] == "fits"
    assert certificate["verdict"] == json.loads(done.stdout)["verdict"]
    said = running.log.count(SAID)
    assert running.reload().status_code == 200
    assert running.log.count(SAID) == said

    config["models"]["credit"]["budget"] = {"alerts": 4}
    running.configure(config)
    assert running.reload().status_code == 200
    assert "it was certified with another budget" in running.log
    assert details(running)["certificate"]["state"] == "outdated"


def test_a_learnt_reference_is_certified_while_the_service_runs(driftd, broker, topic):
    predictions = topic("predictions", 1)
    running = driftd(
        {
            "kafka": {"brokers": [broker.bootstrap], "start": "earliest", "topics": {"predictions": [predictions]}},
            "storage": {"checkpoint_every": "1s"},
            "models": {"credit": {"reference": {"first": "2d"}}},
        }
    )
    learning = ("certify", "-c", running.config_path, "--model", "credit", "--months", "2")
    early = command(*learning)
    assert early.returncode == 2
    assert "no prediction of credit has been seen yet" in early.stderr
    broker.produce(predictions, events(2.1, each=60))
    wait_until(lambda: running.metric("driftd_model_info") > 0 and details(running)["state"] == "watching")
    wait_until(lambda: command(*learning).returncode == 0)
    assert details(running)["certificate"]["state"] == "fits"
    assert list((running.directory / "store" / "certificates").iterdir())
    running.kill()
    running.start()
    assert SAID not in running.log.rsplit('"started"', 1)[-1]
