"""How long a list of 100,000 people takes to read.

Run: python bench/import_list.py [ROWS]
Prints seconds of one core, rows per second, and how many times longer than csv.reader alone.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import sys
import time

from homeward.records.model import COLUMNS, HELD
from homeward.records.read import read_list

TODAY = dt.date(2025, 2, 5)


def invent_list(rows: int, seed: int = 1) -> bytes:
    """Return a held list of invented people as CSV."""
    draw = random.Random(seed)
    family = [f"Вигаданенко{i}" for i in range(2_000)]
    given = [f"Лук'ян{i}" for i in range(300)]
    first_day = dt.date(1960, 1, 1).toordinal()
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS[HELD])
    for number in range(rows):
        names = (draw.choice(family), draw.choice(given), draw.choice(given))
        born = dt.date.fromordinal(first_day + draw.randrange(16_000)).isoformat()
        captured = (
            f"202{draw.randrange(2, 5)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
        )
        person = (f"RU-{number:06}", *names, " ".join(names), born, "Вигаданівка", "M", "UA", "pow")
        service = ("soldier", f"{draw.randrange(10**6):06}", f"A{draw.randrange(4000):04}", "yes")
        capture = (captured, "Вигаданівка", f"RU-camp-{draw.randrange(40)}")
        health = draw.choice(("good", "wounded", "serious"))
        writer.writerow((*person, *service, *capture, health, "", "yes", "unknown"))
    return text.getvalue().encode()


def main() -> None:
    """Print one line of figures."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    data = invent_list(rows)
    start = time.process_time()
    baseline = sum(1 for _ in csv.reader(io.StringIO(data.decode(), newline="")))
    between = time.process_time()
    reading = read_list(data, kind=HELD, file="bench.csv", today=TODAY)
    seconds = time.process_time() - between
    assert len(reading.records) == baseline - 1 == rows, "every invented row is good"
    print(
        f"{rows} rows, {len(data) / 1e6:.1f} MB: {seconds:.2f} s, {rows / seconds:,.0f} rows/s, "
        f"{seconds / (between - start):.1f} times csv.reader"
    )


if __name__ == "__main__":
    main()
