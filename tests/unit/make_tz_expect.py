#!/usr/bin/env python3
"""Writes tests/unit/tz_expect.txt, what test_tz.c compares with: Python's zoneinfo is the second opinion.

Run it by hand: python3 tests/unit/make_tz_expect.py > tests/unit/tz_expect.txt
Only zones whose law has been quiet for years are in it, so that a new tzdata does not break the test.

Lines:  zone NAME
        at INSTANT OFFSET                    what a clock there shows, seconds east of UTC
        wall YYYY-MM-DDTHH:MM KIND FIRST SECOND
             KIND once, skipped, doubled; the instants for fold 0 and fold 1. A skipped time has the offset from before
             the gap in both (RFC 5545, 3.3.5), which is zoneinfo's fold 0.
"""
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONES = """
Africa/Abidjan Africa/Johannesburg Africa/Lagos Africa/Nairobi America/Adak America/Anchorage
America/Argentina/Buenos_Aires America/Bogota America/Caracas America/Chicago America/Denver America/Halifax
America/Indiana/Indianapolis America/Lima America/Los_Angeles America/New_York America/Panama America/Phoenix
America/Puerto_Rico America/Sao_Paulo America/St_Johns Asia/Bangkok Asia/Dhaka Asia/Dubai Asia/Ho_Chi_Minh Asia/Hong_Kong
Asia/Jakarta Asia/Jerusalem Asia/Kabul Asia/Kathmandu Asia/Kolkata Asia/Manila Asia/Riyadh Asia/Seoul Asia/Shanghai
Asia/Singapore Asia/Taipei Asia/Tashkent Asia/Tokyo Asia/Yangon Atlantic/Azores Atlantic/Reykjavik Australia/Adelaide
Australia/Brisbane Australia/Darwin Australia/Lord_Howe Australia/Perth Australia/Sydney Europe/Athens Europe/Berlin
Europe/Dublin Europe/Helsinki Europe/Istanbul Europe/Lisbon Europe/London Europe/Madrid Europe/Moscow Europe/Paris
Europe/Zurich Pacific/Auckland Pacific/Chatham Pacific/Honolulu Pacific/Kiritimati UTC
""".split()

START = int(datetime(2020, 1, 1, tzinfo=timezone.utc).timestamp())
END = int(datetime(2046, 1, 1, tzinfo=timezone.utc).timestamp())
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def offset(zone, instant):
    return int((EPOCH + timedelta(seconds=instant)).astimezone(zone).utcoffset().total_seconds())


def changes(zone, start, end):
    """The instants at which the offset changes, found by halving between days."""
    day = start
    while day < end:
        low, high = day, day + 86400
        if offset(zone, low) != offset(zone, high):
            while high - low > 1:
                middle = (low + high) // 2
                if offset(zone, middle) == offset(zone, low):
                    low = middle
                else:
                    high = middle
            yield high
        day += 86400


def wall_line(zone, local):
    def instant(fold):
        at = local.replace(tzinfo=zone, fold=fold)
        return int((local - at.utcoffset() - datetime(1970, 1, 1)).total_seconds())

    def exists(at):
        return (EPOCH + timedelta(seconds=at + offset(zone, at))).replace(tzinfo=None) == local

    first, second = instant(0), instant(1)
    if not exists(first):
        kind, second = "skipped", first
    else:
        kind = "once" if first == second else "doubled"
    return f"wall {local:%Y-%m-%dT%H:%M} {kind} {first} {second}"


def main():
    print("# Written by make_tz_expect.py.")
    for name in ZONES:
        zone = ZoneInfo(name)
        print("zone", name)
        # A step that is no whole number of days, so that the hours differ too.
        for i in range(28):
            at = START + (END - START) // 28 * i + i * 3700
            print("at", at, offset(zone, at))
        for year in (2027, 2044):
            begin = int(datetime(year, 1, 1, tzinfo=timezone.utc).timestamp())
            for at in changes(zone, begin, begin + 366 * 86400):
                print("at", at - 1, offset(zone, at - 1))
                print("at", at, offset(zone, at))
                low = min(offset(zone, at - 1), offset(zone, at))
                high = max(offset(zone, at - 1), offset(zone, at))
                for wall in (at + low - 60, at + low, (2 * at + low + high) // 2, at + high - 60, at + high):
                    print(wall_line(zone, datetime(1970, 1, 1) + timedelta(seconds=wall // 60 * 60)))
        for local in (datetime(2026, 1, 15, 9, 0), datetime(2026, 7, 15, 17, 30), datetime(2045, 7, 1, 0, 0)):
            print(wall_line(zone, local))


main()
