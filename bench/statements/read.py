"""How well and how fast statements are read.

usage: read.py [CORPUS.jsonl]   (default: the invented statements of the golden tests)

Prints one JSON line for each language: F1 of legs without and with their source, documents
whose legs are all right, precision of what is called sure; then milliseconds per 1,000
characters and the start of `homeward read`. A corpus has `text`, `lang`, `published` and
`events` as the open one has them.
"""

import collections
import datetime as dt
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.golden.statements.corpus import chief, found, items, kind, side, wanted  # noqa: E402

from homeward.statements.reading import read_statement  # noqa: E402
from homeward.statements.reading.as_json import document  # noqa: E402

Leg = tuple[str, int, str, str]


def of_corpus(path: str) -> list[tuple[str, str, str | None, set[Leg]]]:
    """Return language, text, day and legs of each item of an annotated corpus."""
    rows = []
    for line in Path(path).read_text("utf-8").splitlines():
        item = json.loads(line)
        legs = {
            (
                leg["home_party"],
                leg["count"],
                kind(leg["unit"].replace("bodies", "remains")),
                side(leg["per_source"] or "narrator"),
            )
            for event in chief(item["events"])
            for leg in event["legs"]
            if leg["count"] is not None
        }
        rows.append((item["lang"], item["text"], (item["published"] or "")[:10] or None, legs))
    return rows


def of_golden() -> list[tuple[str, str, str | None, set[Leg]]]:
    """Return the same of the invented statements."""
    return [(name[:2], item["text"], item["published"], wanted(item)) for name, item in items()]


def f1(counts: collections.Counter[str]) -> float:
    right, wrong = counts["right"], counts["invented"] + counts["missed"]
    return round(2 * right / (2 * right + wrong), 3) if right else 0.0


def main() -> None:
    rows = of_corpus(sys.argv[1]) if len(sys.argv) > 1 else of_golden()
    tables: dict[str, dict[str, collections.Counter[str]]] = {}
    seconds = []
    for language, text, published, gold in rows:
        day = dt.date.fromisoformat(published) if published and len(published) == 10 else None
        began = time.process_time()
        doc = document(read_statement(text, day))
        seconds.append((time.process_time() - began) * 1000 / max(1, len(text)) * 1000)
        table = tables.setdefault(language, collections.defaultdict(collections.Counter))
        got = found(doc)
        for name, cut in (("legs", 3), ("with_source", 4)):
            a, b = {leg[:cut] for leg in gold}, {leg[:cut] for leg in got}
            table[name].update(right=len(a & b), invented=len(b - a), missed=len(a - b))
        plain = {leg[:3] for leg in gold}
        table["documents"].update(all=1, exact=plain == {leg[:3] for leg in got})
        for event in chief(doc["events"]):
            for leg in event["legs"]:
                if leg["confidence"] == "sure":
                    right = (leg["home"], leg["count"], kind(leg["unit"])) in plain
                    table["sure"].update(all=1, right=right)
    for language, table in sorted(tables.items()):
        line = {
            "what": language,
            "legs": f1(table["legs"]),
            "with_source": f1(table["with_source"]),
        }
        line |= {"documents": dict(table["documents"]), "sure": dict(table["sure"])}
        print(json.dumps(line), flush=True)
    print(
        json.dumps(
            {"what": "reading", "ms_per_1000_characters": round(statistics.median(seconds), 1)}
        )
    )
    starts = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "homeward", "read", "-", "--json"],
            input=b"Ukraine received 90 soldiers.",
            check=True,
            capture_output=True,
        )
        starts.append(time.perf_counter() - began)
    print(
        json.dumps(
            {
                "what": "homeward read, from start to end",
                "seconds": round(statistics.median(starts), 3),
            }
        )
    )


if __name__ == "__main__":
    main()
