"""Whether each incident of the real streams is right, by ../shared/data/MANIFEST.md and by what was planted: a sentence
each, by stream, kind and day. report.py refuses an incident without one."""

SENTENCES = {
    ("elec2", "data", "1996-12-26"): "Right: at Christmas demand is below anything in the reference, which holds no summer (May to November).",
    ("elec2", "performance", "1997-03-27"): "Right: accuracy falls from .835 to .755 in these weeks, the first harm.",
    ("elec2", "covariate", "1997-01-11"): "Right, and not news: directions that demand leads, low as kind `data` said at Christmas.",
    ("elec2", "prediction", "1997-07-03"): "Right: the model says UP less than half as often as in the reference.",
    ("elec2", "concept", "1997-06-09"): "Right: the market was joined with Victoria in May, accuracy is .648 in June. (The columns of Victoria, "
    "which vary from 1997-05-05 on, join the incident of kind `data` that is open.)",
    ("bike", "schema", "2011-09-23"): "Right: the reference ends in August and has no winter, as the file calls the autumn.",
    ("bike", "data", "2011-09-23"): "Right: the same new value, by evidence, four hours later.",
    ("bike", "concept", "2011-09-25"): "Right: the mean absolute error is 33.7 in September, 23.4 in the reference.",
    ("bike", "schema", "2011-12-23"): "Right: it ends with that season.",
    ("bike", "covariate", "2012-01-16"): "True of that day, a holiday in the cold; a change that lasts it is not.",
    ("bike", "schema", "2012-09-23"): "Right: the season comes again.",
    ("bike", "labels", "2012-10-30"): "Right: storm Sandy, one row on 2012-10-29; over when the rows came again.",
    ("bike", "schema", "2012-12-23"): "Right: it ends with that season.",
    ("housing", "data", "2021-06-01"): "Right: from the first day the rows are of another part of the state (PSI of 5.4 to 8.3 each month).",
    ("housing", "covariate", "2021-06-02"): "Right, and not news: with the place, latitude and longitude no longer go together as they did.",
    ("housing", "prediction", "2021-08-17"): "Right: with the place the share of high prices goes down.",
    ("housing", "concept", "2021-09-02"): "Right: accuracy is .670 in the reference, .561 in August, .517 in September.",
    ("housing", "performance", "2021-09-12"): "Right: the model misses more of what is high.",
    ("sea, x3 + 1", "data", "2026-01-01"): "Right, minutes after it was planted, and the right column; nothing is said of harm, since there is none.",
    ("sea, x3 + 1", "covariate", "2026-01-01"): "Right, and not news: directions that x3 leads, 21 minutes after kind `data`.",
    ("sea, x2 missing", "covariate", "2026-01-01"): "Right, and not news: the pattern of what is missing.",
    ("sea, x2 missing", "data", "2026-01-01"): "Right, minutes after it was planted, and the right column and shape.",
    ("sea, labels turned", "concept", "2026-01-01"): "Right, minutes after it was planted, and the right rates.",
    ("sea, labels turned", "performance", "2026-01-01"): "Right: the same errors by class.",
    ("elec2, a meter sticks", "data", "1996-12-10"): "Right, and since when is right to the half hour; at 48 values a day it takes eight days.",
    ("elec2, a meter sticks", "covariate", "1996-12-10"): "Right: a meter that sticks no longer goes with the time of day.",
    ("housing shuffled, rooms doubled", "covariate", "2021-03-02"): "Right, and not news: directions and pairs of ave_rooms.",
    ("bike, thermometer in Fahrenheit", "covariate", "2011-09-15"): "Right, and not news: directions that temp leads.",
    ("housing shuffled, rooms doubled", "data", "2021-03-01"): "Right, after 16 values.",
    ("bike, thermometer in Fahrenheit", "data", "2011-09-12"): "Right, after nine values.",
}
QUIET = {
    "sea": "Nothing, and that is right.",
    "housing shuffled": "Nothing, and that is right.",
}


def sentence(stream, incident):
    day = incident["time"][:10]
    own = stream.split(",")[0]
    if (stream, incident["kind"], day) in SENTENCES:
        return SENTENCES[stream, incident["kind"], day]
    if stream != own and (own, incident["kind"], day) in SENTENCES:
        return "The stream's own, as above."
    raise SystemExit(f"verdicts.py says nothing of {stream}: {incident['kind']} on {day}: {incident['summary']}")
