"""A month of two models through `driftd replay --deliver`: a digest a day, the one that drifts in it, each once
(docs/digest.md)."""
import json
import random
import subprocess
from datetime import datetime, timedelta, timezone

import pytest

from conftest import SECRET

START = datetime(2026, 3, 2, tzinfo=timezone.utc)
DAYS = 30
STEP = timedelta(minutes=2)
DRIFT = 20  # day on which `moving` moves by half a standard deviation
CONFIG = """
slot: 5m
models:
  default:
    reference: {{first: 14d}}
    task: none
alerts:
  digest: {{at: "0 8 * * *", timezone: Europe/Berlin}}
  webhooks:
    - {{name: daily, url: "{url}", events: [digest], secret: {secret}}}
    - {{name: all, url: "{url}-all"}}
"""


def stamp(time):
    return time.isoformat().replace("+00:00", "Z")


def stream():
    draw = random.Random(11)
    for number in range(int(timedelta(days=DAYS) / STEP)):
        time = START + number * STEP
        for model in ("moving", "still"):
            shift = 0.5 if model == "moving" and time >= START + timedelta(days=DRIFT) else 0
            yield json.dumps({"type": "prediction", "model": model, "version": "1", "id": f"{model}-{number}", "time": stamp(time),
                              "features": {"x": round(draw.gauss(0, 1) + shift, 3), "y": round(draw.random(), 3)},
                              "prediction": round(draw.gauss(0, 1), 3)})


@pytest.fixture
def replay(program, tmp_path):
    def run(name, files, *options, url="http://127.0.0.1:1/"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "driftd.yaml").write_text(CONFIG.format(url=url, secret=SECRET))
        paths = []
        for number, lines in enumerate(files):
            paths.append(folder / f"{number}.jsonl")
            paths[-1].write_text("\n".join(lines) + "\n")
        done = subprocess.run([program, "replay", "-c", folder / "driftd.yaml", *options, *paths], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        told = [json.loads(line) for line in done.stdout.splitlines()]
        return [one for one in told if one["type"] == "drift.digest"], [one for one in told if one["type"] != "drift.digest"]

    return run


def test_a_digest_a_day_names_the_model_that_drifts_and_only_it(replay, receiver):
    lines = list(stream())
    digests, incidents = replay("once", [lines], "--deliver", url=receiver.url)

    # 08:00 in Berlin is 07:00Z until the clocks change on the 29th
    expected = [START.replace(hour=7) + timedelta(days=day) for day in range(DAYS)]
    expected = [time if time < datetime(2026, 3, 29, tzinfo=timezone.utc) else time - timedelta(hours=1) for time in expected]
    assert [one["timestamp"] for one in digests] == [stamp(time) for time in expected]

    found = {one["timestamp"][:10]: {(each["model"], each["kind"]) for each in one["data"]["discoveries"]} for one in digests}
    for day, time in enumerate(expected):
        listed = found[stamp(time)[:10]]
        assert listed <= {("moving", "data"), ("moving", "covariate")}, (day, listed)  # projections read x too
        if day > DRIFT + 3:
            assert ("moving", "data") in listed, day
        if time < START + timedelta(days=DRIFT):
            assert not listed, day
    last = digests[-1]["data"]
    data = next(one for one in last["discoveries"] if one["kind"] == "data")
    assert data["columns"][0]["column"] == "x"
    assert data["columns"][0]["share"] > 0.9
    assert last["hypotheses"] == 4  # data and covariates of both
    assert {one["model"] for one in last["others"]} >= {"still"}
    assert digests[0]["data"]["hypotheses"] == 0  # both learn

    # several may be under way at once
    calls = sorted((one for one in receiver.requests if one.path == "/hook"), key=lambda one: one.json["timestamp"])
    assert [one.json for one in calls] == digests
    assert all(one.verified for one in calls)
    assert len({one.headers["webhook-id"] for one in calls}) == DAYS
    others = [one.json["type"] for one in receiver.requests if one.path == "/hook-all"]
    assert len(others) == len(incidents) > 0
    assert "drift.digest" not in others

    again, _ = replay("again", [lines])
    assert again == digests
    split, _ = replay("split", [lines[0::3], lines[1::3], lines[2::3]])
    assert split == digests
