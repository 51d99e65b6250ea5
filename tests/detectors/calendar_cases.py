"""Writes calendar_cases.txt: cells of the week as Python's zoneinfo and datetime have them.

Lines: `zone NAME FIRST_OFFSET AT:OFFSET ...` (seconds), then for that zone `holidays DAY ...` (ISO dates)
and `case SECONDS OFFSET HOUR_OF_DAY HOUR_OF_WEEK`, the last with the holidays as Sundays.
usage: calendar_cases.py > calendar_cases.txt
"""
import datetime
import random
import zoneinfo

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
HOLIDAYS = ["1969-12-25", "2011-12-31", "2024-03-31", "2026-05-01", "2026-12-25", "2026-12-26"]
FIRST = int(datetime.datetime(1965, 1, 1, tzinfo=datetime.timezone.utc).timestamp())
LAST = int(datetime.datetime(2028, 1, 1, tzinfo=datetime.timezone.utc).timestamp())
rng = random.Random(20261121)


def offset(zone, seconds):
    utc = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return int(utc.astimezone(zone).utcoffset().total_seconds())


def changes(zone):
    """By looking every day and halving where two days differ."""
    for day in range(FIRST, LAST, 86400):
        low, high = day, day + 86400
        if offset(zone, low) == offset(zone, high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(zone, middle) == offset(zone, low) else (low, middle)
        yield high, offset(zone, high)


for name in ZONES:
    zone = zoneinfo.ZoneInfo(name)
    found = list(changes(zone))
    print("zone", name, offset(zone, FIRST), *(f"{at}:{value}" for at, value in found))
    print("holidays", *HOLIDAYS)
    times = [rng.randrange(FIRST, LAST) for _ in range(40)]
    for at, _ in rng.sample(found, min(12, len(found))):
        times += [at - 3600, at - 1, at, at + 3599, at + 7200]
    for day in HOLIDAYS:
        noon = int(datetime.datetime.fromisoformat(day + "T12:00:00+00:00").timestamp())
        times += [noon - 86400, noon - 43200, noon, noon + 43200]
    for seconds in times:
        local = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds + offset(zone, seconds))
        weekday = 6 if local.date().isoformat() in HOLIDAYS else local.weekday()
        print("case", seconds, offset(zone, seconds), local.hour, weekday * 24 + local.hour)
