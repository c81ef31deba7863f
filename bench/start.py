"""How long commands take to start, as a ratio to starting Python alone; and a node's import.

Prints one JSON line each: median seconds of five runs, and the ratio.
"""

import csv
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
ROWS = 100_000
COMMANDS = (("--help",), ("plan", "--help"), ("check", "--help"), ("ledger", "verify", "--help"))


def median(command: list[str]) -> float:
    seconds = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def people(count: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        (
            "ref",
            "family_name",
            "given_name",
            "birth_date",
            "sex",
            "power",
            "status",
            "health",
            "captured_on",
        )
    )
    for i in range(count):
        born = f"{1965 + i % 40}-{1 + i % 12:02}-{1 + i % 28:02}"
        writer.writerow(
            (
                f"R-{i:06}",
                f"Family{i % 9973}",
                f"Given{i % 211}",
                born,
                "M",
                "XB",
                "pow",
                "good",
                "2023-05-01",
            )
        )
    return out.getvalue().encode()


def main() -> None:
    python = median([sys.executable, "-c", "pass"])
    print(json.dumps({"what": "python alone", "seconds": round(python, 3)}), flush=True)
    for words in COMMANDS:
        seconds = median([sys.executable, "-m", "homeward", *words])
        line = {
            "what": f"homeward {' '.join(words)}",
            "seconds": round(seconds, 3),
            "per_python": round(seconds / python, 1),
        }
        print(json.dumps(line), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        home, file, word = (Path(folder) / name for name in ("node", "list.csv", "passphrase"))
        file.write_bytes(people(ROWS))
        word.write_text("a bench of five words\n")
        base = [sys.executable, "-m", "homeward"]
        where = ["--home", str(home), "--passphrase-file", str(word)]
        subprocess.run(
            [*base, "init", "--party", "XA", "--role", "bureau", "--name", "Bench", *where],
            check=True,
            capture_output=True,
        )
        for turn in ("first", "same file again"):
            began = time.perf_counter()
            subprocess.run(
                [*base, "import", "held", str(file), *where], check=True, capture_output=True
            )
            seconds = time.perf_counter() - began
            print(
                json.dumps(
                    {
                        "what": f"import of {ROWS} rows, {turn}",
                        "seconds": round(seconds, 1),
                        "rows_per_s": round(ROWS / seconds),
                    }
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
