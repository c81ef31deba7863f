"""Run every bench of this folder, one after the other, each in a process of its own."""

import subprocess
import sys
from pathlib import Path

BENCHES = (
    "start.py",
    "import_list.py",
    "planning/two_sides.py 100000",
    "planning/countries.py 100000 --ours",
    "ledger/figures.py",
    "ledger/hostile.py 10000",
    "ledger/sync.py --entries 2000",
    "pages.py",
    "matching/tokens.py",
    "matching/names.py",
    "statements/read.py",
)


def main() -> int:
    """Run them and return the first exit code that is not 0."""
    folder = Path(__file__).parent
    codes = []
    for bench in BENCHES:
        print(f"== {bench}", flush=True)
        script, *arguments = bench.split()
        run = subprocess.run([sys.executable, folder / script, *arguments], check=False)
        codes.append(run.returncode)
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main())
