"""Only how two columns go together changes (STATISTICS 11): no column sees it by itself, derived ones do, and say it."""
import json
import random

import pytest
from split_replay import opened, split_replay

ROWS, CHANGE = 9000, 6000
BEGIN = 1_767_225_600  # 2026-01-01T00:00:00Z

CONFIG = """
threads: {threads}
models:
  credit:
    reference: {{first: 3000}}
    budget: {{alerts: 1, per: 30d}}
    derived: {derived}
"""


def stream(change):
    """A prediction a minute; age and income lose what they have in common from the row `change` on."""
    numbers = random.Random(5)
    for row in range(ROWS):
        common, own = numbers.gauss(0, 1), numbers.gauss(0, 1)
        income = 0.7 * common + 0.714 * own if row < change else own
        time = BEGIN + 60 * row
        features = {"age": round(common, 6), "income": round(income, 6), "tenure": round(numbers.gauss(0, 1), 6)}
        yield json.dumps({"type": "prediction", "model": "credit", "version": "1", "time": time * 1000, "features": features})


def replay(program, folder, lines, partitions=1, threads=1, derived="{}"):
    return split_replay(program, folder, CONFIG.format(threads=threads, derived=derived), lines, partitions)


@pytest.fixture(scope="module")
def changed():
    return list(stream(CHANGE))


def test_a_lost_correlation_is_told_in_words_and_nothing_else_alarms(program, tmp_path, changed):
    output, metrics = replay(program, tmp_path / "one", changed)
    incidents = opened(output)
    assert [one["kind"] for one in incidents] == ["covariate"], output
    incident = incidents[0]
    assert "age and income no longer move together" in incident["summary"]
    assert incident["columns"][0]["column"] == "derived:age*income"
    assert sum(column["share"] for column in incident["columns"]) == pytest.approx(1, abs=1e-3)  # the smallest of many are left out
    assert 'driftd_drift_statistic{' in metrics and 'column="derived:age*income"' in metrics
    assert 'kind="covariate"' in metrics


def test_partitions_and_threads_do_not_show(program, tmp_path, changed):
    expected = replay(program, tmp_path / "one", changed)
    for partitions, threads in ((2, 1), (7, 4)):
        assert replay(program, tmp_path / f"p{partitions}", changed, partitions, threads) == expected


def test_without_derived_columns_nobody_sees_it(program, tmp_path, changed):
    off = "{pairs: 0, projections: 0, components: 0, missing_pattern: false}"
    output, metrics = replay(program, tmp_path / "off", changed, derived=off)
    assert opened(output) == []
    assert "derived:" not in metrics


def test_nothing_is_told_where_nothing_changes(program, tmp_path):
    output, metrics = replay(program, tmp_path / "calm", list(stream(ROWS)))
    assert opened(output) == []
    assert 'column="derived:age*income"' in metrics
