"""`driftd replay --blocks month --report` against what numpy, scipy and scikit-learn computed from the same files
(shared/data/expected): everything that counts decide to 1e-9, the rest within its stated bound."""
import gzip
import json
import math
import subprocess

import pytest

CASES = {
    "elec2": {"reference": "elec2.reference.csv.gz", "task": "binary", "positive": "UP"},
    "housing": {"reference": "housing_reference.csv.gz", "task": "binary", "positive": "1"},
    "bike": {"reference": "bike.reference.csv.gz", "task": "regression"},
}


def near(a, b):
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


@pytest.fixture(scope="module", params=sorted(CASES))
def report(request, program, shared_data, tmp_path_factory):
    model, case = request.param, CASES[request.param]
    folder = tmp_path_factory.mktemp(model)
    subprocess.run([program, "profile", "--model", model, "-o", folder / "profile.json", shared_data / "data" / case["reference"]],
                   check=True, capture_output=True)
    positive = f"    positive: '{case['positive']}'\n" if "positive" in case else ""
    (folder / "driftd.yaml").write_text(
        f"models:\n  {model}:\n    task: {case['task']}\n{positive}    reference: {{file: profile.json}}\n")
    subprocess.run([program, "replay", "-c", folder / "driftd.yaml", shared_data / "data" / f"{model}.predictions.jsonl.gz",
                    shared_data / "data" / f"{model}.feedback.jsonl.gz", "--blocks", "month", "--report", folder / "report.json"],
                   check=True, capture_output=True)
    expected = json.loads((shared_data / "data" / "expected" / f"{model}.json").read_text())
    return json.loads((folder / "report.json").read_text()), expected


def test_the_reference_is_that_of_numpy(report):
    got, expected = report
    for name, column in expected["columns"].items():
        mine = got["columns"][name]
        assert mine["type"] == column["type"], name
        if column["type"] == "numeric":
            assert mine["edges"] == column["edges"], name
        else:
            assert mine["categories"] == column["categories"], name
        assert mine["reference"]["counts"] == column["reference"]["counts"], name
        assert mine["reference"]["missing"] == column["reference"]["missing"], name


def test_every_month_is_there_with_its_rows(report):
    got, expected = report
    assert [(b["block"], b["rows"], b["first"], b["last"]) for b in got["blocks"]] == \
           [(b["block"], b["rows"], b["first"], b["last"]) for b in expected["blocks"]]


def test_what_counts_decide_is_exact(report):
    got, expected = report
    for mine, block in zip(got["blocks"], expected["blocks"]):
        for name, column in block["columns"].items():
            where = f"{block['block']} {name}"
            assert mine["columns"][name]["counts"] == column["counts"], where
            for key in ("missing", "missing_ratio", "psi", "jensen_shannon"):
                assert near(mine["columns"][name][key], column[key]), f"{where} {key}"
            if "chi_square" in column and column["chi_square"]["dof"] > 0:
                assert near(mine["columns"][name]["chi_square"]["statistic"], column["chi_square"]["statistic"]), where
                assert near(mine["columns"][name]["chi_square"]["p_value"], column["chi_square"]["p_value"]), where


def test_ks_and_wasserstein_are_within_their_bounds(report):
    got, expected = report
    for mine, block in zip(got["blocks"], expected["blocks"]):
        for name, column in block["columns"].items():
            if "ks" not in column:
                continue
            ours = mine["columns"][name]
            where = f"{block['block']} {name}"
            shares = [max(r / sum(got["columns"][name]["reference"]["counts"]) for r in
                          got["columns"][name]["reference"]["counts"]),
                      max(c / sum(column["counts"]) for c in column["counts"])]
            assert abs(ours["ks"]["statistic"] - column["ks"]["statistic"]) <= max(shares) + 1e-12, where
            assert abs(ours["wasserstein"] - column["wasserstein"]) <= ours["wasserstein_bound"] + 1e-12, where


def test_performance_is_that_of_scikit_learn(report):
    got, expected = report
    for mine, block in zip([got["reference"], *got["blocks"]], [expected["reference"], *expected["blocks"]]):
        for metric, value in block["performance"].items():
            if value is None:
                continue
            tolerance = 0.002 if metric == "roc_auc" else 1e-9
            assert math.isclose(mine["performance"][metric], value, rel_tol=tolerance if tolerance < 1e-6 else 0,
                                abs_tol=tolerance), f"{block.get('block', 'reference')} {metric}"


def test_planted_faults_are_counted(program, shared_data, tmp_path):
    subprocess.run([program, "profile", "--model", "bike", "-o", tmp_path / "profile.json",
                    shared_data / "data" / "bike.reference.csv.gz"], check=True, capture_output=True)
    (tmp_path / "driftd.yaml").write_text(
        "models:\n  default:\n    task: regression\n    reference: {file: profile.json}\n")
    subprocess.run([program, "replay", "-c", tmp_path / "driftd.yaml", shared_data / "data" / "bike_faults.predictions.jsonl.gz",
                    shared_data / "data" / "bike_faults.feedback.jsonl.gz", "--metrics", tmp_path / "end.prom", "--blocks", "month",
                    "--report", tmp_path / "report.json"], check=True, capture_output=True)
    truth = json.loads((shared_data / "data" / "bike_faults.truth.json").read_text())
    metrics = {}
    for line in (tmp_path / "end.prom").read_text().splitlines():
        if not line.startswith("#"):
            series, value = line.rsplit(" ", 1)
            metrics[series] = float(value)

    def total(name, *labels):
        return sum(v for k, v in metrics.items() if k.startswith(name + "{") and all(label in k for label in labels))

    months, joins = truth["per_month"], truth["joins"]
    assert total("driftd_schema_faults_total", 'column="windspeed"', 'fault="missing_column"') == sum(
        months["windspeed_absent"].values())
    assert total("driftd_schema_faults_total", 'column="feels_like"', 'fault="type_change"') == sum(
        months["feels_like_as_text"].values())
    assert total("driftd_predictions_total") == truth["predictions"]
    assert total("driftd_feedback_total") == truth["feedback"]
    assert total("driftd_join_expired_total") == joins["without_feedback"]
    assert total("driftd_events_duplicate_total") == joins["feedback_twice"]
    assert total("driftd_feedback_unmatched_total") == joins["feedback_of_unknown_id"]
    assert total("driftd_join_matched_total") == truth["predictions"] - joins["without_feedback"]
    report = json.loads((tmp_path / "report.json").read_text())
    for block in report["blocks"]:
        if block["block"] == "all":
            continue
        assert block["rows"] == months["rows"][block["block"]]
        assert block["columns"]["humidity"]["missing"] == months["humidity_null"].get(block["block"], 0)
        assert block["columns"]["windspeed"]["missing"] == months["windspeed_absent"].get(block["block"], 0)


def test_gzip_and_plain_give_the_same(program, shared_data, tmp_path):
    plain = tmp_path / "bike_faults.predictions.jsonl"
    plain.write_bytes(gzip.decompress((shared_data / "data" / "bike_faults.predictions.jsonl.gz").read_bytes()))
    (tmp_path / "driftd.yaml").write_text("models: {default: {reference: {first: 500}}}\n")
    outputs = []
    for path in (plain, shared_data / "data" / "bike_faults.predictions.jsonl.gz"):
        subprocess.run([program, "replay", "-c", tmp_path / "driftd.yaml", path, "--metrics", tmp_path / "end.prom"],
                       check=True, capture_output=True)
        outputs.append((tmp_path / "end.prom").read_text().replace(".jsonl.gz", ".jsonl"))
    assert outputs[0] == outputs[1]
