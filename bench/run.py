"""Run every bench of this folder, one after the other, each in a process of its own."""

import subprocess
import sys
from pathlib import Path

BENCHES = (
    "start.py",
    "import_list.py",
    "planning.py",
    "pages.py",
    "matching/tokens.py",
    "matching/names.py",
)


def main() -> int:
    """Run them and return the first exit code that is not 0."""
    folder = Path(__file__).parent
    codes = []
    for bench in BENCHES:
        print(f"== {bench}", flush=True)
        codes.append(subprocess.run([sys.executable, folder / bench], check=False).returncode)
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main())
