"""docs/guarantee.md and docs/guarantee.svg out of what run.py measured.

    report.py WORK DOCS
"""

import json
import sys
from pathlib import Path

import figures
import verdicts
from real_data import PLANTED

PROTOCOLS = ("P1", "P2", "P3", "P5", "P6", "P7", "P7b", "P8", "P9", "P11", "P12", "P14")
NOT_MEASURED = "was not measured in this run."
# Case of P8: the streams' file, what others have, and the limits of STATISTICS 14.
P8 = (
    ("known reference, mean + .5 sd after 500 events", "known-mean-50", 0.9),
    ("known reference, mean + .5 sd after 5,000 events", "known-mean-50-late", None),
    ("5,000 events of reference, mean + .5 sd", "equal-mean-50", 1.1),
    ("5,000 events of reference, mean + .25 sd", "equal-mean-25", 1.25),
    ("known reference, sd x 2 after 500 events", "known-sd-2", None),
    ("known rate of errors, .10 to .20 after 500 events", "known-errors", 0.9),
)


def load(work):
    """What was measured; what was not is empty, and said so."""
    rows = {}
    for name in (*PROTOCOLS, "mutations", "compared"):
        path = work / f"{name}.jsonl"
        rows[name] = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    others = {"events": [], "months": []}
    for part in others:
        if (path := work / f"competitors_{part}.json").exists():
            others[part] = json.loads(path.read_text())
    if (path := work / "competitors_alibi.json").exists():
        others["months"] += json.loads(path.read_text())
    return rows, others, json.loads((work / "real.json").read_text())


def extremes(rows):
    """The rows that P13 asks for: an alarm at every slot, and none ever."""
    if any("false discovery" in row["what"] for row in rows):
        return [
            ("always lists everything", "false discovery proportion; share of the moved ones", "0.925; 1", "", "**fails**"),
            ("never lists anything", "false discovery proportion; share of the moved ones", "0; 0", "", "**fails**"),
        ]
    slots = 30 * 288
    if not any("hours" in row["what"] for row in rows):
        return []
    return [
        ("always fires", "false alarms per 30 d; hours to find", f"{slots}; 0.08", "", "**fails**"),
        ("never fires", "false alarms per 30 d; hours to find", "0; never", "", "**fails**"),
    ]


def protocol_tables(rows):
    parts = []
    for name in PROTOCOLS:
        if name == "P8":
            continue
        if not rows[name]:
            parts.append(f"**{name}** {NOT_MEASURED}")
            continue
        lines = [
            (row["where"], row["what"], figures.shown(figures.of_row(row)), figures.limit(row), figures.verdict(row)) for row in rows[name]
        ]
        parts.append(f"**{name}**\n\n" + figures.table(("case", "measured", "figure", "limit", ""), lines + extremes(rows[name])))
    return "\n\n".join(parts)


def p8_table(rows, others):
    if not others["events"]:
        own = [(where, figures.shown(figures.median(next(row["values"] for row in rows["P8"] if row["where"] == where)))) for where, _, _ in P8]
        return figures.table(("case", "driftd, events"), own) + f"\n\nADWIN {NOT_MEASURED}"
    adwin = next(row for row in others["events"] if row["name"] == "ADWIN" and row["what"] == "default")
    lines = []
    for where, case, most in P8:
        ours = next(row["values"] for row in rows["P8"] if row["where"] == where)
        theirs = adwin["waits"][case]
        both = figures.ratio(ours, theirs)
        missed = sum(value is None for value in theirs) / len(theirs)
        said = "none" if most is None else f"≤ {most}"
        verdict = "" if most is None else "holds" if both[0] <= most else "**fails**"
        if case == "known-sd-2":
            said, verdict = "driftd ≤ 60, ADWIN misses ≥ 80 %", "holds" if figures.median(ours)[0] <= 60 and missed >= 0.8 else "**fails**"
        lines.append((where, figures.shown(figures.median(ours)), figures.shown(figures.median(theirs)), f"{missed:.0%}", figures.shown(both), said, verdict))
    lines.append(("always fires", "1", "1", "0%", "1", "", ""))
    lines.append(("never fires", "never", "never", "100%", "", "", ""))
    return figures.table(("case", "driftd, events", "ADWIN(.002), events", "missed by ADWIN", "ratio", "limit", ""), lines)


def events_table(rows, others):
    if not others["events"]:
        return f"This {NOT_MEASURED}"
    quiet = next(row for row in rows["compared"] if row["where"] == "independent events, no change")
    cases = (("5,000 events of reference, mean + .5 sd", "equal-mean-50"), ("5,000 events of reference, mean + .25 sd", "equal-mean-25"))
    waits = [figures.shown(figures.median(next(row["values"] for row in rows["P8"] if row["where"] == where))) for where, _ in cases]
    lines = [("driftd", "1 per 100,000", figures.shown(figures.of_row(quiet)), *waits)]
    for row in others["events"]:
        shown = [figures.shown(figures.median(row["waits"][case])) for _, case in cases]
        lines.append((row["name"], f"{row['what']}: {row['setting']}", figures.shown(figures.rate(row["count"], row["exposure"])), *shown))
    lines.append(("always fires", "", "100,000", "1", "1"))
    lines.append(("never fires", "", "0", "never", "never"))
    return figures.table(("detector", "setting", "false alarms per 100,000 events", "events to find + .5 sd", "+ .25 sd"), lines)


def month_rows(rows, others):
    """(name, setting, false alarms, waits for + .5 sd, for + .25 sd), driftd first."""
    ours = {row["where"]: row for row in rows["compared"]}
    alarms = ours["recorded months"]
    first = ("driftd", "default", (alarms["count"], alarms["exposure"]), *(
        ours[f"recorded months, {shift} in one column"]["values"] for shift in ("+ .5 sd", "+ .25 sd")))
    return [first] + [
        (row["name"], f"{row['what']}: {row['setting']}", (row["count"], row["exposure"]), row["waits"]["+ .5 sd"], row["waits"]["+ .25 sd"])
        for row in others["months"]
    ]


def all_others(others):
    return all(any(row["name"].startswith(name) for row in others["months"]) for name in ("ADWIN", "Evidently", "NannyML", "alibi-detect"))


def month_table(rows, others):
    note = "" if all_others(others) else f"\n\nOf others that are not in the table this {NOT_MEASURED}"
    lines = [
        (name, setting, figures.shown(figures.rate(*alarms)), figures.shown(figures.median(large)), figures.shown(figures.median(small)))
        for name, setting, alarms, large, small in month_rows(rows, others)
    ]
    lines.append(("always fires", "", "8640", "0.08", "0.08"))
    lines.append(("never fires", "", "0", "never", "never"))
    return figures.table(("detector", "setting", "false alarms per 30 d", "hours to find + .5 sd", "+ .25 sd"), lines) + note


def real_tables(real):
    parts = []
    for stream, incidents in real.items():
        planted = f" (planted: {PLANTED[stream]})" if stream in PLANTED else " (as it is)"
        if not incidents:
            parts.append(f"**{stream}**{planted}\n\n{verdicts.QUIET[stream]}")
            continue
        lines = [
            (each["time"][:16].replace("T", " "), f"{each['kind']} {each['event']}", each["severity"], each["strength"] or "",
             (each["estimated_start"] or "")[:16].replace("T", " "), each["summary"].split(";")[0], verdicts.sentence(stream, each))
            for each in incidents
        ]
        parts.append(f"**{stream}**{planted}\n\n" + figures.table(("time", "incident", "severity", "strength", "since", "summary", "is it right?"), lines))
    return "\n\n".join(parts)


def draw(rows, others, path):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "driftd"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(8.5, 5.2))
    top = 100
    families = {"driftd": "tab:green", "Evidently": "tab:orange", "NannyML": "tab:red", "ADWIN": "tab:blue", "Page-Hinkley": "tab:purple", "KSWIN": "tab:brown", "alibi-detect": "tab:cyan"}
    for name, setting, (count, exposure), large, _ in month_rows(rows, others):
        color = next(color for family, color in families.items() if name.startswith(family))
        hours = min(figures.median(large)[0], top)
        filled = not setting.startswith("default") or name == "driftd"
        axes.scatter(count / exposure, hours, s=140 if name == "driftd" else 45, marker="*" if name == "driftd" else "o",
                     facecolor=color if filled else "none", edgecolor=color, zorder=3)
    axes.scatter([8640], [1 / 12], marker="x", color="black")
    axes.scatter([0], [top], marker="x", color="black")
    axes.annotate("always fires", (8640, 1 / 12), xytext=(-6, 6), textcoords="offset points", ha="right")
    axes.annotate("never fires", (0, top), xytext=(8, -12), textcoords="offset points")
    axes.set_xscale("symlog", linthresh=0.5)
    axes.set_yscale("log")
    axes.set_xlim(-0.1, 15_000)
    axes.set_yticks([1 / 12, 1, 3, 12, 24, 72, top], ["5 min", "1 h", "3 h", "12 h", "24 h", "72 h", "never"])
    axes.minorticks_off()
    axes.axvline(1, color="gray", linestyle=":", zorder=0)
    axes.set_xlabel("false alarms of a model of 20 columns in 30 days (dotted: the budget)")
    axes.set_ylabel("median time to find + .5 sd in one column")
    handles = [plt.Line2D([], [], linestyle="", marker="o", color=color, label=family) for family, color in families.items()]
    axes.legend(handles=handles, loc="lower center", title="hollow: defaults\nfilled: matched")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main():
    work, docs = Path(sys.argv[1]), Path(sys.argv[2])
    rows, others, real = load(work)
    mutations = [
        (row["where"], row["protocol"], row["what"], figures.shown(figures.of_row(row)), f"> {figures.number(row['at_least'])}", "fails, as it must" if row["holds"] else "**does not fail**")
        for row in rows["mutations"]
    ]
    text = (Path(__file__).parent / "guarantee.md.in").read_text()
    for mark, part in (
        ("PROTOCOLS", protocol_tables(rows)), ("P8", p8_table(rows, others)), ("EVENTS", events_table(rows, others)),
        ("MONTHS", month_table(rows, others)), ("REAL", real_tables(real)),
        ("PICTURE", "![False alarms and delays](guarantee.svg)" if all_others(others) else f"The picture {NOT_MEASURED}"),
        ("MUTATIONS", figures.table(("safeguard off", "protocol", "measured", "figure", "the limit it breaks", ""), mutations)),
    ):
        text = text.replace(f"@{mark}@", part)
    (docs / "guarantee.md").write_text(text)
    if all_others(others):
        draw(rows, others, docs / "guarantee.svg")


if __name__ == "__main__":
    main()
