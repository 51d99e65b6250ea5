"""`driftd replay` of the real streams with evidence at its defaults: as they are, and with drift that is planted.

Used by run.py. Where the drift is stands in ../shared/data/MANIFEST.md; what was planted stands in PLANTED.
"""

import csv
import gzip
import json
import random
import subprocess

MODELS = {
    "elec2": {"reference": "elec2.reference.csv.gz", "task": "binary", "positive": "UP"},
    "bike": {"reference": "bike.reference.csv.gz", "task": "regression"},
    "housing": {"reference": "housing_reference.csv.gz", "task": "binary", "positive": "1"},
}
PLANTED_FROM = 20_000  # row of sea
PLANTED = {
    "sea": "nothing: the control",
    "sea, x3 + 1": "from 05:33:20 on x3, which decides nothing, is 1 larger (.35 sd)",
    "sea, x2 missing": "from 05:33:20 on every twelfth x2 is missing",
    "sea, labels turned": "from 05:33:20 on every fifth label is turned round: 26 % errors instead of 10 %",
    "elec2, a meter sticks": "from 1996-12-02 on nsw_demand stays what it was",
    "housing shuffled": "nothing: the rows of its reference in random order, half of them the reference",
    "housing shuffled, rooms doubled": "from 2021-03-01 on ave_rooms is doubled",
    "bike, thermometer in Fahrenheit": "from 2011-09-12 on temp is that of a thermometer in Fahrenheit",
}
LEARNT = 10_000  # rows of sea that are its reference


def lines(path):
    with gzip.open(path, "rt") as file:
        yield from file


def change_elec2(event):
    if event["time"] >= "1996-12-02":
        event["features"]["nsw_demand"] = 0.44


def change_bike(event):
    if event["time"] >= "2011-09-12":
        event["features"]["temp"] = round(event["features"]["temp"] * 1.8 + 32 / 41, 4)


CHANGES = {
    "elec2, a meter sticks": change_elec2,
    "bike, thermometer in Fahrenheit": change_bike,
}


def rows_of_sea(data, name):
    """Rows with a prediction: `high` where x1 + x2 > 9, which the labels follow up to their noise."""
    chance = random.Random(1)
    with gzip.open(data / "sea.csv.gz", "rt") as file:
        for number, row in enumerate(csv.DictReader(file)):
            row["prediction"] = "high" if float(row["x1"]) + float(row["x2"]) > 9 else "low"
            row["label"] = "high" if row["label"] == "1" else "low"
            planted = number >= PLANTED_FROM
            if planted and name == "sea, x3 + 1":
                row["x3"] = f"{float(row['x3']) + 1:.6f}"
            if planted and name == "sea, x2 missing" and chance.random() < 1 / 12:
                row["x2"] = ""
            if planted and name == "sea, labels turned" and chance.random() < 1 / 5:
                row["label"] = "low" if row["label"] == "high" else "high"
            yield number, row


def write_sea(data, name, folder):
    with open(folder / "reference.csv", "w", newline="") as reference, open(folder / "events.jsonl", "w") as events:
        table = csv.writer(reference)
        table.writerow(["time", "x1", "x2", "x3", "prediction", "label"])
        for number, row in rows_of_sea(data, name):
            if number < LEARNT:
                table.writerow([row[key] for key in ("time", "x1", "x2", "x3", "prediction", "label")])
                continue
            common = {"id": f"s{number}", "model": "sea", "version": "1", "time": row["time"]}
            features = {key: float(row[key]) if row[key] else None for key in ("x1", "x2", "x3")}
            events.write(json.dumps({"type": "prediction", **common, "features": features, "prediction": {"label": row["prediction"]}}) + "\n")
            events.write(json.dumps({"type": "feedback", **common, "label": row["label"]}) + "\n")
    return folder / "reference.csv", [folder / "events.jsonl"], {"task": "binary", "positive": "high"}


def write_shuffled(data, name, folder):
    with gzip.open(data / "housing_reference.csv.gz", "rt") as file:
        head, *rows = csv.reader(file)
    times = [row[1] for row in rows]
    random.Random(1).shuffle(rows)
    half = len(rows) // 2
    with open(folder / "reference.csv", "w", newline="") as reference, open(folder / "events.jsonl", "w") as events:
        table = csv.writer(reference)
        table.writerow(head)
        for number, (time, row) in enumerate(zip(times, rows, strict=True)):
            if number < half:
                table.writerow([row[0], time, *row[2:]])
                continue
            features = dict(zip(head[2:10], map(float, row[2:10]), strict=True))
            if "doubled" in name and time >= "2021-03-01":
                features["ave_rooms"] *= 2
            common = {"id": row[0], "model": "housing", "version": "1", "time": time}
            events.write(json.dumps({"type": "prediction", **common, "features": features,
                                     "prediction": {"label": row[10], "score": float(row[11])}}) + "\n")
            events.write(json.dumps({"type": "feedback", **common, "label": row[12]}) + "\n")
    return folder / "reference.csv", [folder / "events.jsonl"], MODELS["housing"]


def write_changed(data, name, folder):
    """The inputs of a model, its predictions changed where drift is planted."""
    model = name.split(",")[0]
    predictions = data / f"{model}.predictions.jsonl.gz"
    if name in CHANGES:
        changed = folder / "predictions.jsonl"
        with open(changed, "w") as out:
            for line in lines(predictions):
                event = json.loads(line)
                CHANGES[name](event)
                out.write(json.dumps(event) + "\n")
        predictions = changed
    return data / MODELS[model]["reference"], [predictions, data / f"{model}.feedback.jsonl.gz"], MODELS[model]


def incidents(driftd, data, name, folder):
    """The incidents of evidence and schema that a replay tells, in their order."""
    model = name.split(",")[0].split()[0]
    folder.mkdir(parents=True, exist_ok=True)
    write = write_sea if model == "sea" else write_shuffled if "shuffled" in name else write_changed
    reference, inputs, task = write(data, name, folder)
    subprocess.run([driftd, "profile", "--model", model, "-o", folder / "profile.json", reference], check=True, capture_output=True)
    positive = f"    positive: '{task['positive']}'\n" if "positive" in task else ""
    config = f"models:\n  {model}:\n    task: {task['task']}\n{positive}    reference: {{file: profile.json}}\n"
    (folder / "driftd.yaml").write_text(config)
    said = subprocess.run([driftd, "replay", "-c", folder / "driftd.yaml", *inputs], check=True, capture_output=True, text=True).stdout
    events = [json.loads(line) for line in said.splitlines()]
    return [
        {
            "event": event["type"].rsplit(".", 1)[1], "time": event["timestamp"],
            **{key: event["data"][key] for key in ("kind", "severity", "action", "strength", "summary", "estimated_start", "evidence")},
        }
        for event in events
    ]


def all_incidents(driftd, data, folder):
    names = [*MODELS, *PLANTED]
    return {name: incidents(driftd, data, name, folder / name.replace(" ", "_").replace(",", "")) for name in names}
