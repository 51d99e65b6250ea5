#!/usr/bin/env python3
"""The times that random cron expressions name in random time zones, by croniter 7.0.0: writes cron_cases.txt.

A line: expression, zone, the time from which on, and the next six times, in seconds since 1970, parted by "|". Half of
the starts lie just before a change of the clocks.
"""

import random
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from croniter import croniter

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe",
         "Pacific/Auckland", "America/St_Johns", "Asia/Kathmandu", "Africa/Casablanca")
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
WEEKDAYS = "sun mon tue wed thu fri sat".split()
CASES = 400
TIMES = 6


def item(draws, least, most, words):
    first = draws.randint(least, most)
    last = draws.randint(first, most)
    name = (lambda value: draws.choice((words[value - least], words[value - least].upper(), str(value)))) if words and draws.random() < 0.5 else str
    if last > first and draws.random() < 0.4:
        step = f"/{draws.randint(1, max(1, (most - least) // 3))}" if draws.random() < 0.4 else ""
        return f"{name(first)}-{name(last)}{step}"
    if draws.random() < 0.2:
        return f"*/{draws.randint(2, most)}"
    return name(first)


def field(draws, least, most, stars, words=None):
    if draws.random() < stars:
        return "*"
    return ",".join(item(draws, least, most, words) for _ in range(draws.choice((1, 1, 1, 2, 3))))


def expression(draws):
    if draws.random() < 0.05:
        return draws.choice(("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually"))
    return " ".join((field(draws, 0, 59, 0.2), field(draws, 0, 23, 0.4), field(draws, 1, 31, 0.6),
                     field(draws, 1, 12, 0.8, MONTHS), field(draws, 0, 6, 0.5, WEEKDAYS)))


def changes(zone):
    """Hours before which the zone's offset is another than after, 2019 to 2030."""
    found, at = [], datetime(2019, 1, 1, tzinfo=timezone.utc)
    while at.year < 2031:
        after = at + timedelta(hours=1)
        if at.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            found.append(after)
        at = after
    return found


def main():
    draws = random.Random(66)
    all_changes = {name: changes(ZoneInfo(name)) for name in ZONES}
    lines = []
    while len(lines) < CASES:
        name, text = draws.choice(ZONES), expression(draws)
        start = datetime(2019, 1, 1, tzinfo=timezone.utc) + timedelta(minutes=draws.randrange(11 * 365 * 1440))
        if all_changes[name] and draws.random() < 0.5:
            start = draws.choice(all_changes[name]) - timedelta(minutes=draws.randrange(2 * 1440))
        try:
            times = croniter(text, start.astimezone(ZoneInfo(name)), max_years_between_matches=30)
            found = [int(times.get_next(float)) for _ in range(TIMES)]
        except Exception:  # an expression that never comes
            continue
        lines.append("|".join((text, name, str(int(start.timestamp())), *map(str, found))))
    Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
