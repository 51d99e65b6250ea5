"""A feature of 32 numbers whose items begin to go together while each by itself stays as it was (STATISTICS 11): its random
Fourier features see it and say it. And what is no such array is a schema fault."""
import json
import random

import pytest
from split_replay import opened, run, split_replay

ROWS, CHANGE, LENGTH = 9000, 6000, 32
BEGIN = 1_767_225_600  # 2026-01-01T00:00:00Z

CONFIG = """
threads: {threads}
models:
  search:
    reference: {reference}
    budget: {{alerts: 1, per: 30d}}
    derived: {derived}
"""


def vector(numbers, together):
    """Standard normal items, of which the first sixteen have a correlation of `together`."""
    common = numbers.gauss(0, 1)
    shared, own = together**0.5 * common, (1 - together) ** 0.5
    items = [numbers.gauss(0, 1) for _ in range(LENGTH)]
    return [round(shared + own * item if i < 16 else item, 5) for i, item in enumerate(items)]


def stream(change, odd=None):
    """A prediction a minute; from the row `change` on items go together, or the vector is `odd` where that is given."""
    numbers = random.Random(5)
    for row in range(ROWS):
        text = vector(numbers, 0.6 if row >= change and odd is None else 0)
        if row >= change and odd is not None:
            text = odd
        time = (BEGIN + 60 * row) * 1000
        features = {"text": text, "length": round(numbers.expovariate(1), 4)}
        yield json.dumps({"type": "prediction", "model": "search", "version": "1", "time": time, "features": features})


def replay(program, folder, lines, partitions=1, threads=1, derived="{}", reference="{first: 3000}"):
    config = CONFIG.format(threads=threads, derived=derived, reference=reference)
    return split_replay(program, folder, config, lines, partitions)


@pytest.fixture(scope="module")
def changed():
    return list(stream(CHANGE))


def test_items_that_begin_to_go_together_are_told(program, tmp_path, changed):
    output, metrics = replay(program, tmp_path / "one", changed)
    incidents = opened(output)
    assert [one["kind"] for one in incidents] == ["covariate"], output
    assert "text (embedding of 32 numbers) is distributed in another way" in incidents[0]["summary"]
    assert incidents[0]["columns"][0]["column"].startswith("derived:text_fourier_")
    assert 'column="derived:text_fourier_64"' in metrics


def test_nothing_is_told_where_nothing_changes(program, tmp_path):
    output, metrics = replay(program, tmp_path / "calm", list(stream(ROWS)))
    assert opened(output) == []
    assert 'column="derived:text_fourier_64"' in metrics


def test_without_fourier_features_nobody_sees_it(program, tmp_path, changed):
    output, metrics = replay(program, tmp_path / "off", changed, derived="{fourier: 0}")
    assert opened(output) == []
    assert "_fourier_" not in metrics


def test_partitions_and_threads_do_not_show(program, tmp_path, changed):
    expected = replay(program, tmp_path / "one", changed)
    assert replay(program, tmp_path / "seven", changed, 7, 4) == expected


@pytest.mark.parametrize("odd", [[1, 2, 3], "a text", [0.5] * 31 + ["x"]], ids=["short", "text", "item"])
def test_what_is_no_such_array_is_a_schema_fault(program, tmp_path, odd):
    output, _ = replay(program, tmp_path / "odd", list(stream(CHANGE, odd)))
    incidents = {one["kind"]: one for one in opened(output)}
    assert incidents["schema"]["fault"] == "type_change" and incidents["schema"]["columns"][0]["column"] == "text"
    assert incidents["data"]["summary"].startswith("text: missing 0 % -> 100 %")
    told = [one["column"] for one in incidents["covariate"]["columns"] if one["share"] > 1e-3]
    assert told == ["derived:missing_pattern"]  # once is enough: no Fourier feature repeats it


def test_a_profile_of_a_file_certifies_and_watches(program, tmp_path, changed):
    """The reference as JSON Lines: events, and the same as flat objects."""
    (tmp_path / "events.jsonl").write_text("\n".join(changed[:3000]) + "\n")
    run(program, "profile", tmp_path / "events.jsonl", "--model", "search", "-o", tmp_path / "events.json")
    flat = []
    for line in changed[:3000]:
        event = json.loads(line)
        flat.append(json.dumps({"time": event["time"], **event["features"]}))
    (tmp_path / "flat.jsonl").write_text("\n".join(flat) + "\n")
    run(program, "profile", tmp_path / "flat.jsonl", "--model", "search", "-o", tmp_path / "flat.json")
    profiles = [json.loads((tmp_path / name).read_text()) for name in ("events.json", "flat.json")]
    assert profiles[0]["derived"] == profiles[1]["derived"]
    text = next(column for column in profiles[0]["columns"] if column["name"] == "text")
    assert text["length"] == LENGTH
    output, _ = replay(program, tmp_path / "watched", changed, reference=f"{{file: {tmp_path / 'events.json'}}}")
    assert [one["kind"] for one in opened(output)] == ["covariate"], output
    certify = ("certify", "-c", tmp_path / "watched" / "driftd.yaml", "--model", "search", "--months", "3", "--format", "json")
    assert json.loads(run(program, *certify))["verdict"] in ("kept", "undecided")
