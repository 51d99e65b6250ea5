"""Champion and challenger (docs/comparison.md): a shadow that is better asks for its promotion, and only who wants to know
of that is told; of equals nothing is said; the same however the stream is spread."""
import json
import random
from datetime import datetime, timedelta, timezone

import pytest
from split_replay import opened, run, split_replay
from webhook_receiver import WebhookReceiver

START = datetime(2026, 3, 2, tzinfo=timezone.utc)
STEP = timedelta(seconds=20)
CONFIG = """
kafka: {brokers: ["localhost:9092"], topics: {predictions: [p]}}
slot: 5m
models:
  credit:
    task: binary
    positive: bad
    reference: {first: 1d}
    segments: [country]
    comparisons:
      - {name: next, champion: {version: "7"}, challenger: {version: "8"}}
      - {name: dealt, champion: {variant: control}, challenger: {variant: treated}, metric: brier, block: 2h}
"""


def stamp(time):
    return time.isoformat().replace("+00:00", "Z")


def predict(draw, request, version, variant, wrong):
    """The event of one version's answer, wrong with this probability."""
    time, number, country, bad = request
    said = bad != (draw.random() < wrong)
    score = round(0.55 + 0.4 * draw.random() if said else 0.45 - 0.4 * draw.random(), 3)
    return (time, {"type": "prediction", "model": "credit", "version": version, "variant": variant,
                   "id": f"i{number}", "time": stamp(time), "features": {"country": country, "x": number % 17},
                   "prediction": {"label": "bad" if said else "good", "score": score}})  # fmt: skip


def stream(hours, error, seed=5):
    """Requests that version 7 scores and version 8 scores in the shadow; a coin deals them to two variants of version 9."""
    draw = random.Random(seed)
    made = []
    for number in range(int(timedelta(hours=hours) / STEP)):
        time = START + number * STEP
        bad = draw.random() < 0.3
        country = draw.choice(["DE", "FR"])

        request = (time, number, country, bad)
        made.append(predict(draw, request, "7", "", error["7"]))
        made.append(predict(draw, request, "8", "shadow", error["8"]))
        variant = draw.choice(["control", "treated"])
        made.append(predict(draw, request, "9", variant, error[variant]))
        later = time + timedelta(minutes=draw.randrange(1, 180))
        made.append((later, {"type": "feedback", "model": "credit", "id": f"i{number}", "time": stamp(later),
                             "label": "bad" if bad else "good"}))
    return [json.dumps(event) for _, event in sorted(made, key=lambda entry: entry[0])]


BETTER = {"7": 0.2, "8": 0.1, "control": 0.25, "treated": 0.1}
EQUAL = dict.fromkeys(BETTER, 0.2)


def comparisons(output):
    return [one for one in opened(output) if one["kind"] == "comparison"]


@pytest.mark.parametrize("partitions", [3, 8])
def test_better_challengers_are_found_whatever_the_partitions(program, tmp_path, partitions):
    lines = stream(48, BETTER)
    output, state = split_replay(program, tmp_path / "one", CONFIG, lines, 1)
    found = comparisons(output)
    assert sorted(one["comparison"]["name"] for one in found) == ["dealt", "next"]
    for one in found:
        assert (one["action"], one["severity"], one["comparison"]["verdict"]) == ("promote", "info", "better")
        assert one["comparison"]["lower"] < one["comparison"]["difference"] < one["comparison"]["upper"] < 0
    (shadow,) = [one for one in found if one["comparison"]["name"] == "next"]
    assert (shadow["version"], shadow["comparison"]["paired"], shadow["comparison"]["metric"]) == ("8", True, "error")
    (dealt,) = [one for one in found if one["comparison"]["name"] == "dealt"]
    assert (dealt["version"], dealt["comparison"]["paired"], dealt["comparison"]["metric"]) == ("", False, "brier")
    other, other_state = split_replay(program, tmp_path / "many", CONFIG, lines, partitions)
    assert sorted(comparisons(other), key=lambda one: one["incident"]) == sorted(found, key=lambda one: one["incident"])
    assert other_state == state


def test_of_equals_nothing_is_said(program, tmp_path):
    output, state = split_replay(program, tmp_path / "null", CONFIG, stream(48, EQUAL), 1)
    assert comparisons(output) == []
    for name in ("next", "dealt"):
        assert f'driftd_comparison_verdict{{model="credit",comparison="{name}",verdict="unknown"}} 1' in state
        assert f'driftd_comparison_difference{{model="credit",comparison="{name}"' in state


def test_who_promotes_is_told_and_nobody_else(program, tmp_path):
    with WebhookReceiver() as receiver:
        hooks = [{"name": action, "url": f"{receiver.url}/{action}", "actions": [action]} for action in ("promote", "retrain", "stop")]
        config = CONFIG + "alerts: " + json.dumps({"webhooks": hooks}) + "\n"
        (tmp_path / "driftd.yaml").write_text(config)
        (tmp_path / "events.jsonl").write_text("\n".join(stream(48, BETTER)) + "\n")
        run(program, "replay", "-c", tmp_path / "driftd.yaml", tmp_path / "events.jsonl", "--deliver")
        told = [request.json["data"] for request in receiver.requests if request.json["type"] == "drift.incident.opened"]
        assert {request.path for request in receiver.requests} == {"/hook/promote"}
        assert sorted(one["comparison"]["name"] for one in told) == ["dealt", "next"]
